"""Doubts: a record and what was read at its place in, reasons to look twice out, pure.

No reason says that a record is wrong; each is a form that wrong ones often have.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_left
from collections.abc import Iterable
from typing import Literal, NamedTuple

from extractor.browse.wording import FIELDS, Words, in_words
from extractor.core.records import Commitment, Quote, Reading, hull
from extractor.core.spans import Span
from extractor.extraction.sentences.trust import Trust
from extractor.language.bodies import endings
from extractor.language.times.deadlines import iter_deadlines
from extractor.language.times.undated import undated_times

DoubtKind = Literal[
    "ungrounded", "differ", "unlikely", "bracket", "office", "no-verb", "carried"
]

LIKELY = Trust().reading
"""Log-probability up to which the model itself is not sure."""

KINDS: dict[DoubtKind, Words] = {
    "ungrounded": Words("原文查无", "not in the source"),
    "differ": Words("读法不一", "readings differ"),
    "unlikely": Words("模型没把握", "model unsure"),
    "bracket": Words("对象只是括注", "object is a bracket"),
    "office": Words("对象是机构", "object is an office"),
    "no-verb": Words("缺动词", "no verb"),
    "carried": Words("期限存疑", "deadline from elsewhere"),
}
"""Each doubt in two words, the gravest first."""

_TIME_WORD = re.compile("[年月日号季旬周天节假期学底末前后内]")
"""No time is said without one of these; most clauses are told by it."""
_BARE_YEAR = re.compile(r"\d{4}年度?")
_BRACKETS = "（）()【】[]〔〕〈〉<>"
_OPENING, _CLOSING = "（([【〔〈<", "）)]】〕〉>"
# What is built and founded is left out: 专科, 工作室, 学校, 合作社, 党支部, 布局.
_OFFICE = re.compile(
    r"(?!.*(?:[布格大全]局|支部)$)[^，。；、\s]{2,20}" + endings("organ")
)


class Doubt(NamedTuple):
    """A reason to look twice."""

    kind: DoubtKind
    why: Words
    field: str = "object"
    """The field that is most likely wrong, if the record is."""
    other: Reading | None = None
    """What the reader says who was not followed."""

    @property
    def name(self) -> Words:
        """It in two words."""
        return KINDS[self.kind]


class ReadPlace(NamedTuple):
    """What rules and model each read at a number, or at a promise without one."""

    kind: Literal["number", "action"]
    span: Span
    rules: Reading | None
    model: Reading | None

    @property
    def other(self) -> Reading | None:
        """Return what was read and not taken; None where it is not known which."""
        taken = [one.is_taken for one in (self.rules, self.model) if one]
        if taken == [True, False]:
            return self.model
        return self.rules if taken == [False, True] else None

    @property
    def agree(self) -> bool | None:
        """Say whether they read the same; None when one of them says nothing.

        The same as in the view `v_readings`.
        """
        if self.rules is None or self.model is None:
            return None
        if not self.rules.is_promise and not self.model.is_promise:
            return True
        return (
            self.rules.is_promise == self.model.is_promise
            and self.rules.action == self.model.action
            and self.rules.object == self.model.object
        )


class Readings:
    """The readings of an item, to be found by the place of a record."""

    def __init__(self, readings: Iterable[Reading] = ()) -> None:
        pairs: dict[tuple[Literal["number", "action"], Span], dict[str, Reading]] = {}
        for reading in readings:
            at = (reading.kind, reading.quote.span)
            pairs.setdefault(at, {})[reading.reader] = reading
        self._places = {
            kind: sorted(
                (
                    ReadPlace(kind, span, pair.get("rules"), pair.get("model"))
                    for (of, span), pair in pairs.items()
                    if of == kind
                ),
                key=lambda place: place.span,
            )
            for kind in ("number", "action")
        }

    def of(self, record: Commitment) -> list[ReadPlace]:
        """Return what was read at the record's number, else at its verb and object."""
        if record.target:
            return self._within("number", record.target.span)
        extent = hull((record.action, record.object))
        return self._within("action", extent) if extent else []

    def _within(self, kind: str, span: Span) -> list[ReadPlace]:
        """Return the places of a kind that lie within the span."""
        places = self._places[kind]
        first = bisect_left(places, span.start, key=lambda place: place.span.start)
        stop = bisect_left(places, span.end, key=lambda place: place.span.start)
        return [place for place in places[first:stop] if place.span.end <= span.end]


NOTHING_READ = Readings()


def doubts(record: Commitment, readings: Readings = NOTHING_READ) -> tuple[Doubt, ...]:
    """Return the reasons to doubt a record, the gravest first.

    Args:
        record: the record.
        readings: what rules and model read in its item.
    """
    found = [
        _refused(record),
        _differing(readings.of(record)),
        _unlikely(record.likelihood),
        _odd_object(record.object),
        _without_verb(record),
        _carried(record),
    ]
    return tuple(doubt for doubt in found if doubt)


def _refused(record: Commitment) -> Doubt | None:
    """Doubt a record of which a field was refused."""
    if record.status == "grounded":
        return None
    said = [(in_words(FIELDS, field), words) for field, words in record.ungrounded]
    return Doubt(
        "ungrounded",
        Words(
            "模型所说原文查无，未收："
            + "；".join(f"{field.zh}“{words}”" for field, words in said),
            "the model said what the source does not have; refused: "
            + "; ".join(f"{field.en} “{words}”" for field, words in said),
        ),
        record.ungrounded[0][0],
    )


def _differing(places: list[ReadPlace]) -> Doubt | None:
    """Doubt what rules and model read differently."""
    for place in places:
        if place.agree is False and place.rules and place.model:
            rules, model = in_short(place.rules), in_short(place.model)
            return Doubt(
                "differ",
                Words(
                    f"规则读作“{rules.zh}”，模型读作“{model.zh}”",
                    f"rules read “{rules.en}”, the model “{model.en}”",
                ),
                "object" if place.rules.action == place.model.action else "action",
                place.other,
            )
    return None


def in_short(reading: Reading) -> Words:
    """Say what one reader reads: verb and object."""
    if not reading.is_promise:
        return Words("不是承诺", "no promise")
    said = "·".join(filter(None, (reading.action, reading.object))) or "–"
    return Words(said, said)


def _unlikely(likelihood: float | None) -> Doubt | None:
    """Doubt what the model itself was not sure of."""
    if likelihood is None or likelihood > LIKELY:
        return None
    share = f"{chance(likelihood):.0%}"
    return Doubt(
        "unlikely",
        Words(
            f"模型对其中最没把握的一处只给{share}的概率",
            f"the model gives its least certain word a chance of {share}",
        ),
        "action",
    )


def chance(likelihood: float) -> float:
    """Return the probability of a log-probability, whatever number stands there."""
    return math.exp(min(max(likelihood, -50.0), 0.0))


def _odd_object(quote: Quote | None) -> Doubt | None:
    """Doubt an object that is nothing but a bracket or the name of an office."""
    words = quote.text.strip() if quote else ""
    if words and is_bracket(words):
        return Doubt(
            "bracket",
            Words("对象只是一个括注", "the object is nothing but a bracket"),
        )
    if words and _OFFICE.fullmatch(words):
        return Doubt(
            "office",
            Words(
                "对象是机构名，可能其实是责任单位",
                "the object is the name of an office, which may be who acts",
            ),
        )
    return None


def is_bracket(words: str) -> bool:
    """Say whether words are one bracket from end to end, or punctuation alone."""
    if not any(map(str.isalnum, words)):
        return True
    inner = words[1:-1]
    return (
        words[0] in _OPENING
        and words[-1] in _CLOSING
        and not any(mark in inner for mark in _BRACKETS)
    )


def _without_verb(record: Commitment) -> Doubt | None:
    """Doubt a record that says what, but not what is done with it."""
    if record.action:
        return None
    return Doubt("no-verb", Words("没有读出动词", "no verb was found"), "action")


def _carried(record: Commitment) -> Doubt | None:
    """Doubt a deadline of another clause where the clause has a time of its own."""
    due, clause = record.deadline, record.clause
    if due is None or clause.span.overlaps(due.span):
        return None
    if not _TIME_WORD.search(clause.text):
        return None
    spans = (*iter_deadlines(clause.text), *undated_times(clause.text))
    times = [span.slice(clause.text) for span in spans]
    # A year alone is what a number is compared with: 比2025年下降10%.
    own = next((words for words in times if not _BARE_YEAR.fullmatch(words)), None)
    if own is None:
        return None
    return Doubt(
        "carried",
        Words(
            f"期限“{due.text}”取自他处，而本句另有时间“{own}”",
            f"the deadline “{due.text}” stands elsewhere, "
            f"and the clause has a time of its own, “{own}”",
        ),
        "deadline",
    )
