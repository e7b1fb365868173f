"""Strategy `rules`: every record of an item without a model.

The deterministic baseline, and the reading that the `closed` strategy cross-checks.
"""

from __future__ import annotations

import re

from extractor.actors import ItemActors
from extractor.candidates import (
    Candidates,
    DateCandidate,
    NumberCandidate,
    find_candidates,
)
from extractor.drafts import mention, mentions, without_repeats
from extractor.frames import (
    beneficiary,
    closing_quote,
    counted_subject,
    disposal,
    goes_on,
    open_quote,
    receiving,
    sends,
    sent,
    served,
    subject_first,
)
from extractor.lexicon import PIVOTS, VERB_PATTERN, WRAPPERS
from extractor.models import Draft
from extractor.offsets import Span
from extractor.predicates import (
    first_verb,
    inner_verb,
    is_chain,
    level_verb_before,
    skip_preposition,
    strip_lead,
    verb_before,
)
from extractor.reading import (
    Reading,
    clean_object,
    enumeration_head,
    read_after,
    read_indicator,
    split_list,
)
from extractor.verbs import SENDING_VERBS

_PURPOSE = re.compile(
    r"^为.{2,60}(?:奠定[^，。]{0,8}基础|提供[^，。]{0,12}(?:保障|保证|支撑|支持)|创造[^，。]{0,6}条件)$"
)
_PREFIXED = re.compile(r"^(?:不|超|突破|高于|低于|至少|大于|小于|逾)")
_FROM = re.compile(r"(?:从|由)[^从由，。；]*?\d[^，。；]*$")
_RATE_OR_MONEY = re.compile(r"[%％元]|百分")
_LINK = re.compile(r"(?:、|和|与|及|以及|并|或|，|,)")
_CARRIERS = WRAPPERS | PIVOTS


class ItemReading:
    """The rules' view of one item: candidates, and a reading for each number.

    Args:
        text: the item's cleaned text.
        start: where its prose begins, behind label and title.
        plan_year: year of the plan, for dates without one.
    """

    def __init__(self, text: str, start: int, plan_year: int | None) -> None:
        self.text = text
        self.start = start
        self.found: Candidates = find_candidates(text, start, plan_year)
        self.actors = ItemActors(text)
        self.numbers: tuple[NumberCandidate, ...] = tuple(
            n for n in self.found.targets if not self._is_purpose(n)
        )
        self.readings: dict[int, Reading] = {}
        for index in range(len(self.numbers)):
            self.readings[index] = self._read(index)

    def _is_purpose(self, number: NumberCandidate) -> bool:
        return bool(_PURPOSE.match(self.clause_text(number.clause)))

    def clause_text(self, clause: int) -> str:
        """Return the words of the clause with this index."""
        return self.found.clauses[clause].span.slice(self.text)

    def in_note(self, span: Span) -> bool:
        """Say whether a span is a part of a responsibility note."""
        return any(note.span.contains(span) for note in self.actors.notes)

    def prose(self, clause: int) -> Span:
        """Return a clause without the responsibility notes at its ends."""
        start, end = self.found.clauses[clause].span
        for note in self.actors.notes:
            if note.span.start <= start < note.span.end:
                start = min(note.span.end, end)
            elif start < note.span.start < end:
                end = note.span.start
        return Span(start, end)

    def _read(self, index: int) -> Reading:
        number = self.numbers[index]
        left, right = self.edges(index)
        reading = self._distributed(index) or self._read_number(index, left, right)
        if reading.action is None and (verb := self._quoting_verb(number)):
            return reading._replace(action=verb)
        return reading

    def _quoting_verb(self, number: NumberCandidate) -> Span | None:
        """Return the verb in front of a quoted requirement: 落实“…不低于10%”."""
        sentence = self.found.clauses[number.clause].sentence
        first = next(c for c in self.found.clauses if c.sentence == sentence)
        quote = open_quote(self.text, first.span.start, number.span.start)
        if quote is None:
            return None
        start = max(c.span.start for c in self.found.clauses if c.span.start <= quote)
        return first_verb(self.text, Span(start, quote))

    def edges(self, index: int) -> tuple[Span, Span]:
        """Return the words of the number's clause before it and after it.

        A neighbouring number of the same clause ends them.
        """
        number = self.numbers[index].span
        return (
            Span(self._left_edge(index), number.start),
            Span(number.end, self._right_edge(index)),
        )

    def _left_edge(self, index: int) -> int:
        number = self.numbers[index]
        start = min(self.prose(number.clause).start, number.span.start)
        for other in self.found.numbers:
            is_before = other.span.end <= number.span.start
            if other.clause == number.clause and is_before and other.role == "target":
                start = max(start, other.span.end)
        quote = open_quote(self.text, start, number.span.start)
        return start if quote is None else quote + 1

    def _right_edge(self, index: int) -> int:
        """End of what can be the number's own noun phrase."""
        number = self.numbers[index]
        end = max(self.prose(number.clause).end, number.span.end)
        end = closing_quote(self.text, number.span.end, end)
        bracket = re.search(
            r"[（(](?=[^（()）]*(?:其中|\d))", self.text[number.span.end : end]
        )
        if bracket and not self.found.clauses[number.clause].is_bracketed:
            end = number.span.end + bracket.start()
        follower = next(
            (
                n.span.start
                for n in self.numbers
                if n.clause == number.clause and n.span.start >= number.span.end
            ),
            None,
        )
        if follower is None or follower > end:
            return end
        between = self.text[number.span.end : follower]
        if _LINK.match(between):
            return number.span.end
        links = list(_LINK.finditer(between))
        return number.span.end + links[-1].start() if links else follower

    def _read_number(self, index: int, left: Span, right: Span) -> Reading:
        text = self.text
        after = right.slice(text).strip("的 以上")
        if after:
            return (
                beneficiary(text, left, right)
                or disposal(text, left, right)
                or self._prenominal(index, left, right)
            )
        bare = strip_lead(text, left)
        if index > 0 and is_chain(text, bare):
            # 新建…6万亩、改造提升3.2万亩: the noun is the one before.
            return Reading(bare, self.readings[index - 1].object, "bare-verb")
        if level := level_verb_before(text, left.start, left.end):
            return self._indicator(index, left, level)
        if reading := served(text, left):
            return reading
        return self._postnominal(index, left)

    def _indicator(self, index: int, left: Span, level: Span) -> Reading:
        """…率|达到|96%以上."""
        edge = level.start
        if match := _FROM.search(self.text[left.start : edge]):
            edge = left.start + match.start()
        verb, indicator = read_indicator(
            self.text, Span(left.start, edge), has_level=True
        )
        if indicator is None and verb is None:
            indicator = self._previous_indicator(index)
        elif indicator and (received := receiving(self.text, indicator)):
            return received
        is_content = verb is not None and verb.slice(self.text) not in _CARRIERS
        if indicator is None and is_content:
            return Reading(level, verb, "indicator")
        return Reading(verb if is_content else level, indicator, "indicator")

    def _previous_indicator(self, index: int) -> Span | None:
        """Return the noun that a clause without one goes on about: …，同比增长10%."""
        number = self.numbers[index]
        if number.clause == 0:
            return None
        clause = self.found.clauses[number.clause]
        previous = self.found.clauses[number.clause - 1]
        if previous.sentence != clause.sentence:
            return None
        if index > 0 and self.numbers[index - 1].clause == number.clause - 1:
            return self.readings[index - 1].object
        _, indicator = read_indicator(self.text, previous.span)
        if indicator:
            for match in VERB_PATTERN.finditer(self.text, *indicator):
                if match.end() == indicator.end and match.start() > indicator.start + 1:
                    return clean_object(self.text, Span(indicator.start, match.start()))
        return indicator

    def _prenominal(self, index: int, left: Span, right: Span) -> Reading:
        """新增|27所|公办幼儿园."""
        text = self.text
        verb = verb_before(text, left.start, left.end)
        pattern = "verb-number-noun"
        if verb is None:
            verb = first_verb(text, skip_preposition(text, strip_lead(text, left)))
            pattern = "verb-list-number-noun"
            if sends(text, verb) and goes_on(text, right):
                return self._postnominal(index, left)
        if (verb is None or verb.slice(text) in WRAPPERS) and (
            reading := counted_subject(text, right)
        ):
            return reading
        if verb is None:
            verb, pattern = self.inherited_verb(index), "inherited-number-noun"
        pivot = verb is not None and verb.slice(text) in PIVOTS | SENDING_VERBS
        number = self.numbers[index].span
        noun = read_after(text, number, right.end, pivot=pivot)
        if noun is None:
            return self._postnominal(index, left)
        return Reading(verb, enumeration_head(text, noun), pattern)

    def _postnominal(self, index: int, left: Span) -> Reading:
        """增加|公办学位|7080个, 普惠率|不低于94%."""
        text, number = self.text, self.numbers[index].span
        words = number.slice(text)
        is_standing = left.slice(text).endswith("在")
        while left.end > left.start and text[left.end - 1] in "至到在为":
            left = Span(left.start, left.end - 1)
        skipped = skip_preposition(text, strip_lead(text, left))
        is_count = not _PREFIXED.match(words) and not _RATE_OR_MONEY.search(words)
        verb, noun = read_indicator(text, skipped, is_count=is_count)
        if noun is None and verb is None and (reading := self._previous(index, left)):
            return reading
        if noun is not None and (verb is None or verb.slice(text) in WRAPPERS):
            if reading := subject_first(text, noun, number):
                return reading
            verb, noun = self._inner(words, verb, noun)
        elif noun is not None and verb is not None and verb.slice(text) in PIVOTS:
            verb, noun = self._inner(words, verb, noun)
        if noun is None and verb is not None:
            return Reading(self.inherited_verb(index), verb, "noun-number")
        if verb is None and not is_standing and self._takes_verb(index, words):
            verb = self.inherited_verb(index)
        head = enumeration_head(text, noun) if noun else None
        return Reading(verb, head, "verb-noun-number")

    def _inner(
        self, words: str, verb: Span | None, noun: Span
    ) -> tuple[Span | None, Span | None]:
        """Read 城镇|新增|就业, 帮助企业|降低|成本: a predicate inside the phrase."""
        inner = None if "%" in words else inner_verb(self.text, noun)
        if inner is None:
            return verb, noun
        return inner, clean_object(self.text, Span(inner.end, noun.end))

    def _takes_verb(self, index: int, words: str) -> bool:
        """Say whether a number without a verb goes on with the one before it."""
        return not _PREFIXED.match(words) or self._is_share_of_previous(index)

    def _previous(self, index: int, left: Span) -> Reading | None:
        """Read a number that has no words of its own.

        搬迁600户|2100人 goes on with the number before; 安排医师下沉，每周|不少于2天
        with the clause before.
        """
        if index > 0 and self.numbers[index - 1].span.end == left.end:
            return self.readings[index - 1]
        clause = self.numbers[index].clause
        if clause == 0 or (index > 0 and self.numbers[index - 1].clause >= clause - 1):
            return None
        previous = self.found.clauses[clause - 1]
        if previous.sentence != self.found.clauses[clause].sentence:
            return None
        if reading := sent(self.text, previous.span):
            return reading
        verb = first_verb(self.text, previous.span)
        if verb is None:
            return None
        noun = clean_object(self.text, Span(verb.end, previous.span.end))
        return Reading(verb, noun, "clause-before") if noun else None

    def _is_share_of_previous(self, index: int) -> bool:
        """Say whether 其中 makes the number a part of the one before (section 6)."""
        clause = self.clause_text(self.numbers[index].clause)
        words = self.numbers[index].span.slice(self.text)
        return clause.startswith("其中") and not words.endswith(("%", "％"))

    def _distributed(self, index: int) -> Reading | None:
        """A、B持证率分别达到97%以上、12%以上: one indicator for each number."""
        number = self.numbers[index]
        same = [i for i, n in enumerate(self.numbers) if n.clause == number.clause]
        if len(same) < 2:
            return None
        first = self.numbers[same[0]]
        start = self.found.clauses[number.clause].span.start
        head = self.text[start : first.span.start]
        if "分别" not in head:
            return None
        level = level_verb_before(self.text, start, first.span.start)
        edge = start + head.index("分别")
        verb, phrase = read_indicator(self.text, Span(start, edge))
        if phrase is None:
            return None
        parts = split_list(self.text, phrase)
        if len(parts) != len(same):
            return None
        is_content = verb is not None and verb.slice(self.text) not in _CARRIERS
        action = verb if is_content else level
        return Reading(action or verb, parts[same.index(index)], "distributed")

    def inherited_verb(self, index: int) -> Span | None:
        """Return the verb of the number before, in the same sentence."""
        if index == 0:
            return None
        sentence = self.found.clauses[self.numbers[index].clause].sentence
        previous = self.numbers[index - 1]
        if self.found.clauses[previous.clause].sentence != sentence:
            return None
        return self.readings[index - 1].action

    def deadline_for(self, clause: int, *, with_number: bool) -> DateCandidate | None:
        """Return the deadline that governs a clause (guidelines, section 4).

        Its own, else the nearest one before it in the same sentence.
        A bare year only dates clauses with a number.
        """
        usable = [d for d in self.found.dates if with_number or not d.is_bare_year]
        own = [d for d in usable if d.clause == clause]
        if own:
            return own[-1]
        sentence = self.found.clauses[clause].sentence
        before = [
            d
            for d in usable
            if d.clause < clause and self.found.clauses[d.clause].sentence == sentence
        ]
        return before[-1] if before else self._noted_deadline(clause)

    def _noted_deadline(self, clause: int) -> DateCandidate | None:
        """Return the time that a responsibility note states (完成时限：6月底前)."""
        note = self.actors.note_for(self.prose(clause).start)
        if note is None or note.due is None:
            return None
        due = note.due
        return next((d for d in self.found.dates if due.contains(d.span)), None)

    def draft(self, index: int, reading: Reading, **extra: object) -> Draft:
        """Make the record of a number from a reading of its verb and object."""
        number = self.numbers[index]
        date = self.deadline_for(number.clause, with_number=True)
        clause = self.found.clauses[number.clause].span
        actor = self.actors.for_clause(clause, reading.action)
        return Draft(
            clause=clause,
            action=mention(self.text, reading.action),
            object=mention(self.text, reading.object),
            target=mention(self.text, number.span),
            deadline=mention(self.text, date.span if date else None),
            actor=mention(self.text, actor.span),
            actor_source=actor.source,
            partners=mentions(self.text, actor.partners),
            **{"method": "rules", **extra},  # type: ignore[arg-type]
        )


def hard_drafts(reading: ItemReading) -> list[Draft]:
    """Return one draft for each numeric target."""
    drafts = [
        reading.draft(i, reading.readings[i]) for i in range(len(reading.numbers))
    ]
    return without_repeats(drafts)
