"""Align the predicted records of an item to its gold records: claims in, pairs out.

Records are aligned by optimal assignment (the Hungarian method, as
`scipy.optimize.linear_sum_assignment`), never by order.
Each admissible pair has a gain; the assignment has the largest total gain, and a pair
without gain is no pair: its gold record is missed, its prediction spurious.

Hard records. A pair is admissible when

- the target quotes share a character, or
- both have targets of equal value and kind and the same object (a target that is
  stated twice), or
- at least one has no target, the deadlines have the same date (or share a character),
  and the action or the object is the same or the two stretches of source overlap.

The gain of an admissible pair is the sum of

| weight | term, 0 to 1 |
|---|---|
| 0.40 | Dice overlap of the target spans |
| 0.20 | same value and kind |
| 0.10 | same deadline date, 1 also when neither has one |
| 0.10 | Dice overlap of the extents (from first to last of action, object, target) |
| 0.08 | same action by the tolerance |
| 0.12 | character overlap of the objects, the best of the alternatives |

For the terms of a target that neither record has, the gain of a clean match (0.60)
is given for the overlap of extents instead, so that promises that have only a date
compete by place.

Soft records. A pair is admissible when the gold extent overlaps the prediction's
clause; gain: 0.5 Dice overlap of extents, 0.3 same action, 0.2 overlap of objects.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import NamedTuple, TypeVar

from extractor.core.errors import ConfigError
from extractor.core.records import Claim, Kind, Quantity
from extractor.core.spans import Span
from extractor.evals.gold.records import GoldCommitment
from extractor.evals.scoring.counts import Tally
from extractor.evals.scoring.fields import is_right, plain_value
from extractor.evals.scoring.tolerance import is_same_number, text_overlap

C = TypeVar("C", bound=Claim)
Pair = tuple[GoldCommitment, Claim]
"""A gold record and its prediction."""

_TARGET_SPAN, _VALUE, _DATE, _EXTENT, _ACTION, _OBJECT = (
    0.40,
    0.20,
    0.10,
    0.10,
    0.08,
    0.12,
)
_SOFT_EXTENT, _SOFT_ACTION, _SOFT_OBJECT = 0.5, 0.3, 0.2
_EPSILON = 1e-6
"""Gain of a pair that is admissible and has nothing else in common."""


class Alignment(NamedTuple):
    """The hard or the soft records of an item: who answers to whom."""

    pairs: tuple[Pair, ...]
    """In order of gold."""
    missed: tuple[GoldCommitment, ...]
    """Gold without a prediction."""
    spurious: tuple[Claim, ...]
    """Predictions without gold."""

    def tally(self, correct: int) -> Tally:
        """Return the counts of a metric by which so many pairs are right."""
        both = len(self.pairs)
        return Tally(
            correct=correct,
            predicted=both + len(self.spurious),
            gold=both + len(self.missed),
        )


def align(
    gold: Sequence[GoldCommitment], predicted: Sequence[Claim], kind: Kind
) -> Alignment:
    """Align the records of one kind; the others are left out."""
    gain = hard_gain if kind == "hard" else soft_gain
    ours = [claim for claim in gold if claim.kind == kind]
    theirs = [claim for claim in predicted if claim.kind == kind]
    partners = _assign([[gain(one, other) for other in theirs] for one in ours])
    taken = set(partners.values())
    return Alignment(
        pairs=tuple((ours[i], theirs[j]) for i, j in partners.items()),
        missed=tuple(one for i, one in enumerate(ours) if i not in partners),
        spurious=tuple(other for j, other in enumerate(theirs) if j not in taken),
    )


def hard_gain(gold: GoldCommitment, predicted: Claim) -> float:
    """Return the gain of a pair of hard records, 0 when it is not admissible."""
    same_action = is_right("action", gold, predicted)
    objects = object_overlap(gold, predicted)
    extents = span_overlap(gold.extent, predicted.extent)
    targets = _quote_overlap(gold, predicted)
    same_value = is_same_target(gold, predicted)
    if gold.target and predicted.target:
        if not targets and not (same_value and is_right("object", gold, predicted)):
            return 0.0
        number = _TARGET_SPAN * targets + _VALUE * same_value
    else:
        if not _is_same_time(gold, predicted) or not (
            same_action or is_right("object", gold, predicted) or extents
        ):
            return 0.0
        both_without = gold.target is None and predicted.target is None
        number = (_TARGET_SPAN + _VALUE) * extents * both_without
    return (
        _EPSILON
        + number
        + _DATE * is_right("date", gold, predicted)
        + _EXTENT * extents
        + _ACTION * same_action
        + _OBJECT * objects
    )


def soft_gain(gold: GoldCommitment, predicted: Claim) -> float:
    """Return the gain of a pair of soft records, 0 when the clauses do not meet."""
    if not gold.extent.overlaps(predicted.place):
        return 0.0
    return (
        _EPSILON
        + _SOFT_EXTENT * span_overlap(gold.extent, predicted.extent)
        + _SOFT_ACTION * is_right("action", gold, predicted)
        + _SOFT_OBJECT * object_overlap(gold, predicted)
    )


def object_overlap(gold: GoldCommitment, predicted: Claim) -> float:
    """Return the character overlap of the objects, the best of the alternatives."""
    text = plain_value("object", predicted)
    accepted = (plain_value("object", gold), *gold.alternatives.object)
    return max(text_overlap(text, other) for other in accepted)


def is_same_target(gold: Claim, predicted: Claim) -> bool:
    """Say whether both have a target, of the same value and the same kind."""
    ours, theirs = gold.quantity, predicted.quantity
    return (
        ours is not None
        and theirs is not None
        and is_same_number(ours.value, theirs.value)
        and target_kind(ours) == target_kind(theirs)
    )


def target_kind(quantity: Quantity) -> str:
    """Return what sort of number a target is: share, points or amount.

    12% is not 12所, nor is it 12个百分点; 12所 and 12间 are told apart by `unit`.
    """
    if "百分点" in quantity.unit:
        return "points"
    return "share" if quantity.unit[:1] in ("%", "％", "‰", "‱") else "amount"


def span_overlap(first: Span, second: Span) -> float:
    """Return the Dice overlap of two spans, 2 |A ∩ B| / (|A| + |B|)."""
    shared = min(first.end, second.end) - max(first.start, second.start)
    total = (first.end - first.start) + (second.end - second.start)
    return 2 * shared / total if shared > 0 else 0.0


def _quote_overlap(gold: Claim, predicted: Claim) -> float:
    if gold.target is None or predicted.target is None:
        return 0.0
    return span_overlap(gold.target.span, predicted.target.span)


def _is_same_time(gold: GoldCommitment, predicted: Claim) -> bool:
    if gold.deadline is None or predicted.deadline is None:
        return False
    is_same_date = gold.due is not None and is_right("date", gold, predicted)
    return is_same_date or gold.deadline.span.overlaps(predicted.deadline.span)


def assign_to_items(
    claims: Sequence[C], spans: Sequence[Span]
) -> tuple[tuple[tuple[C, ...], ...], tuple[C, ...]]:
    """Sort claims into items by where their anchor stands.

    Args:
        claims: the claims of one document.
        spans: its items, in order, not overlapping.

    Returns:
        The claims of each item, and those that stand in none (a preamble, a footer).
    """
    inside: list[list[C]] = [[] for _ in spans]
    outside: list[C] = []
    for claim in claims:
        index = next((i for i, s in enumerate(spans) if s.overlaps(claim.anchor)), None)
        (outside if index is None else inside[index]).append(claim)
    return tuple(tuple(group) for group in inside), tuple(outside)


def _assign(gains: list[list[float]]) -> dict[int, int]:
    """Return row to column of the assignment with the largest total gain."""
    if not any(gains):
        return {}
    try:
        optimize = import_module("scipy.optimize")
    except ImportError as error:
        raise ConfigError(
            "scoring needs scipy; pip install 'workplan-extract[eval]'"
        ) from error
    rows, columns = optimize.linear_sum_assignment(gains, maximize=True)
    pairs = zip(rows.tolist(), columns.tolist(), strict=True)
    return {i: j for i, j in pairs if gains[i][j] > 0}
