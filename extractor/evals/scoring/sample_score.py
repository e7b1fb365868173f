"""Score one item: gold and predicted claims in, counts and errors out.

Pure and deterministic; the counts of items add up to those of documents and of a whole
task (`counts`).

What is right (`tolerance` says what the same text and number are, `alignment` who is
compared with whom):

- *found*: the pair has targets of the same value and kind (share, points or amount);
  where neither has a target, deadlines of the same date.
- *strict*: found, and value, upper, unit, comparator, deadline date, actor, action and
  object are all right; alternatives of action and object count as right.
- Other fields (change, baseline, partners, actor_source, basis, the quotes) are scored
  alone and decide nothing.

A pair that is not found counts as missed gold and as a spurious prediction.

Soft records are scored only in items of coverage `full`; in `hard` items predicted
soft records are ignored.
*soft_found* is a pair whose clauses meet, *soft* one whose action is right too; the
share `soft_objects` collects the character overlap of the objects of the pairs.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from math import exp
from typing import Any, Literal, NamedTuple

from pydantic import Field, field_serializer

from extractor.core.fields import COMPUTED, SCORED, STRICT
from extractor.core.records import Claim, Kind, Method, Quote, Record
from extractor.core.spans import Span
from extractor.evals.gold.records import Alternatives, Coverage, GoldCommitment
from extractor.evals.scoring.alignment import (
    Alignment,
    Pair,
    align,
    is_same_target,
    object_overlap,
)
from extractor.evals.scoring.calibration import Stated
from extractor.evals.scoring.counts import FieldCounts, Score, Share, Tally
from extractor.evals.scoring.fields import (
    COMPUTED_FIELDS,
    FIELDS,
    compare_field,
    is_right,
    is_stated,
    plain_value,
)

_SHOWN = tuple(field for field in FIELDS if field not in COMPUTED)
"""Fields whose errors are shown: 建成30所 for 30所 is one if the number says so."""

ErrorKind = Literal["missed", "spurious", "wrong"]

_SENTENCE_END = re.compile(r"[。；;！？!?\n\r]")

METHODS: Mapping[str, tuple[Method, ...]] = {
    "both": ("both",),
    "model": ("model",),
    "rules": ("rules",),
    "one": ("model", "rules"),
}
"""Who made a record: strict_by_* and soft_by_* are the share of each that is right."""


class Sample(Record):
    """One gold item of a document: the unit that is scored."""

    document: str
    """Name of the gold document."""
    position: int
    """0-based place of the item in the document's gold; -1 for what is in no item."""
    label: str | None
    span: Span
    """Place in the source."""
    coverage: Coverage
    claims: tuple[GoldCommitment, ...] = Field(exclude=True)
    """What is right for it; a report has it in the errors."""
    tallies: dict[str, Tally] = Field(default_factory=dict)
    """What became of it, once it is scored."""


class ErrorCase(Record):
    """One error, with what is needed to show it."""

    document: str
    item: int
    """Position of the sample, -1 for a prediction that stands in no item."""
    label: str | None
    kind: ErrorKind
    is_soft: bool
    decides: bool
    """Whether it counts against *strict* (*soft* for a soft record), not only against
    a field that decides nothing."""
    fields: tuple[str, ...]
    """What is wrong, of a pair; empty for missed and spurious records."""
    gold: GoldCommitment | None
    predicted: Claim | None
    source: Quote
    """The sentences both come from. Every span of the claims indexes the same source:
    subtract `source.span.start` to mark it in `source.text`; what lies outside (an
    actor named earlier) is not in the window."""

    @field_serializer("gold", "predicted")
    def _flat(self, claim: Claim | None) -> dict[str, Any] | None:
        """Return a claim with all its fields side by side."""
        if claim is None:
            return None
        gold = claim if isinstance(claim, GoldCommitment) else None
        alternatives = gold.alternatives if gold else Alternatives()
        return {
            **{name: field.of(claim) for name, field in SCORED.items()},
            "clause": claim.place,
            "action_alternatives": alternatives.action,
            "object_alternatives": alternatives.object,
            "note": gold.note if gold else None,
            "method": claim.method or "",
            "ungrounded": [field for field, _ in claim.ungrounded],
        }


class SampleResult(NamedTuple):
    """A sample's score and its errors, in reading order."""

    score: Score
    errors: tuple[ErrorCase, ...]
    stated: tuple[Stated, ...]
    """The records that have a likelihood."""


def is_found(gold: GoldCommitment, predicted: Claim) -> bool:
    """Say whether a prediction finds a gold record (see the module's docstring)."""
    if gold.target or predicted.target:
        return is_same_target(gold, predicted)
    return gold.due is not None and is_right("date", gold, predicted)


def wrong_fields(
    gold: GoldCommitment, predicted: Claim, fields: Iterable[str] = STRICT
) -> tuple[str, ...]:
    """Return the fields of a pair that are wrong, of those that decide or of others."""
    return tuple(f for f in fields if not is_right(f, gold, predicted))


def is_strict(gold: GoldCommitment, predicted: Claim) -> bool:
    """Say whether a prediction is right in everything that counts."""
    return is_found(gold, predicted) and not wrong_fields(gold, predicted)


def score_sample(
    sample: Sample, predicted: Sequence[Claim], source: str
) -> SampleResult:
    """Score the predictions of one item.

    Args:
        sample: the item with its gold.
        predicted: every prediction that stands in the item.
        source: the document's decoded text, for the errors' sentences.
    """
    hard = align(sample.claims, predicted, "hard")
    score = _hard_score(hard)
    errors = _errors(sample, source, hard)
    stated = _stated(hard, "hard", is_strict)
    if sample.coverage == "full":
        soft = align(sample.claims, predicted, "soft")
        score += _soft_score(soft)
        errors += _errors(sample, source, soft, soft=True)
        stated += _stated(soft, "soft", _is_right_action)
    refused = sum(bool(claim.ungrounded) for claim in predicted)
    score += Score(shares={"ungrounded": Share(part=refused, whole=len(predicted))})
    return SampleResult(score, tuple(sorted(errors, key=_place)), tuple(stated))


def _hard_score(hard: Alignment) -> Score:
    found = sum(is_found(*pair) for pair in hard.pairs)
    right = [theirs for ours, theirs in hard.pairs if is_strict(ours, theirs)]
    return Score(
        shares=_by_method("strict", hard, right),
        tallies={"found": hard.tally(found), "strict": hard.tally(len(right))},
        fields={field: count_field(field, hard) for field in FIELDS},
        given_quote=_given_quote(hard.pairs),
        confusions={
            field: _confusions(field, hard.pairs) for field in ("comparator", "unit")
        },
    )


def _by_method(
    metric: str, aligned: Alignment, right: Sequence[Claim]
) -> dict[str, Share]:
    """Count the predictions that are right by who made them."""
    predicted = [*(theirs for _, theirs in aligned.pairs), *aligned.spurious]
    return {
        f"{metric}_by_{name}": Share(
            part=sum(claim.method in methods for claim in right),
            whole=sum(claim.method in methods for claim in predicted),
        )
        for name, methods in METHODS.items()
    }


def _stated(
    aligned: Alignment, kind: Kind, is_right: Callable[[GoldCommitment, Claim], bool]
) -> list[Stated]:
    """Return the predictions that have a likelihood, each with whether it is right."""
    judged = [
        *((theirs, is_right(ours, theirs)) for ours, theirs in aligned.pairs),
        *((theirs, False) for theirs in aligned.spurious),
    ]
    return [
        Stated(kind, exp(min(0.0, claim.likelihood)), right)
        for claim, right in judged
        if claim.likelihood is not None
    ]


def count_field(field: str, aligned: Alignment) -> FieldCounts:
    """Count what became of a field of aligned pairs and of the records left over."""
    outcomes = Counter[str](compare_field(field, *pair) for pair in aligned.pairs)
    return FieldCounts(
        **outcomes,
        missed_records=sum(is_stated(field, claim) for claim in aligned.missed),
        spurious_records=sum(is_stated(field, claim) for claim in aligned.spurious),
    )


def _given_quote(pairs: Sequence[Pair]) -> dict[str, Share]:
    """Count how often computed fields are right, where their quote is."""
    counted: dict[str, Share] = {}
    for field, quote in COMPUTED_FIELDS.items():
        fair = [
            pair
            for pair in pairs
            if is_stated(quote, pair[0]) and is_right(quote, *pair)
        ]
        right = sum(is_right(field, *pair) for pair in fair)
        counted[field] = Share(part=right, whole=len(fair))
    return counted


def _confusions(field: str, pairs: Sequence[Pair]) -> dict[str, int]:
    """Count what was taken for what, where both have a value and it is wrong."""
    counted = Counter(
        " → ".join(str(plain_value(field, claim)) for claim in pair)
        for pair in pairs
        if compare_field(field, *pair) == "wrong"
    )
    return dict(sorted(counted.items()))


def _soft_score(soft: Alignment) -> Score:
    right = [theirs for ours, theirs in soft.pairs if _is_right_action(ours, theirs)]
    overlap = sum(object_overlap(*pair) for pair in soft.pairs)
    return Score(
        tallies={
            "soft_found": soft.tally(len(soft.pairs)),
            "soft": soft.tally(len(right)),
        },
        shares={
            "soft_objects": Share(part=overlap, whole=len(soft.pairs)),
            **_by_method("soft", soft, right),
        },
    )


def _is_right_action(gold: GoldCommitment, predicted: Claim) -> bool:
    return is_right("action", gold, predicted)


# --- errors ---------------------------------------------------------------------


def _errors(
    sample: Sample, source: str, aligned: Alignment, *, soft: bool = False
) -> list[ErrorCase]:
    judged = ("action", "object") if soft else _SHOWN
    deciding = ("action",) if soft else STRICT
    cases: list[
        tuple[ErrorKind, tuple[str, ...], GoldCommitment | None, Claim | None]
    ] = [
        *(("wrong", f, *p) for p in aligned.pairs if (f := wrong_fields(*p, judged))),
        *(("missed", (), gold, None) for gold in aligned.missed),
        *(("spurious", (), None, predicted) for predicted in aligned.spurious),
    ]
    return [
        ErrorCase(
            document=sample.document,
            item=sample.position,
            label=sample.label,
            kind=kind,
            is_soft=soft,
            decides=not fields or any(field in deciding for field in fields),
            fields=fields,
            gold=ours,
            predicted=theirs,
            source=_window([c for c in (ours, theirs) if c], sample.span, source),
        )
        for kind, fields, ours, theirs in cases
    ]


def _window(claims: Sequence[Claim], item: Span, source: str) -> Quote:
    """Return the sentences that the claims stand in, inside the item."""
    start = min(min(claim.extent.start, claim.anchor.start) for claim in claims)
    end = max(max(claim.extent.end, claim.anchor.end) for claim in claims)
    low, high = min(item.start, start), max(item.end, end)
    breaks = [m.end() for m in _SENTENCE_END.finditer(source, low, start)]
    start = breaks[-1] if breaks else low
    closing = _SENTENCE_END.search(source, max(start, end - 1), high)
    end = closing.end() if closing else high
    return Quote(text=source[start:end], span=Span(start, end))


def _place(case: ErrorCase) -> tuple[int, int, str]:
    claim = case.gold or case.predicted
    return case.source.span.start, claim.anchor.start if claim else 0, case.kind
