"""Compare one field of a gold record and the prediction aligned to it.

Pure; what the same text and number are is said in `tolerance`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import eq
from typing import Any, Literal

from extractor.core.fields import SCORED, FieldKind
from extractor.core.records import Claim, Quote
from extractor.evals.gold.records import GoldCommitment
from extractor.evals.scoring.tolerance import is_any_of, is_same_number, is_same_text

Outcome = Literal["correct", "correct_null", "wrong", "missed", "spurious"]

FIELDS = tuple(SCORED)
"""Every field that is scored, in the order of reports."""
COMPUTED_FIELDS = {name: f.source for name, f in SCORED.items() if f.source}
"""What the parsers compute from a quote and its clause, and from which quote."""

_SAME: dict[FieldKind, Callable[[Any, Any], bool]] = {
    "quote": is_same_text,
    "text": is_same_text,
    "number": is_same_number,
    "word": eq,
}


def compare_field(field: str, gold: GoldCommitment, predicted: Claim) -> Outcome:
    """Say what became of a field of an aligned pair.

    An alternative may be empty: an action of 达 with the alternative None is right when
    the prediction has no action.
    """
    if field == "partners":
        return _compare_partners(gold.partners, predicted.partners)
    own, value = plain_value(field, gold), plain_value(field, predicted)
    accepted = [own, *getattr(gold.alternatives, field, ())]
    if any(same(field)(value, other) for other in accepted):
        return "correct_null" if value is None else "correct"
    if own is None:
        return "spurious"
    return "missed" if value is None else "wrong"


def is_stated(field: str, claim: Claim) -> bool:
    """Say whether a claim has a value in the field."""
    return plain_value(field, claim) not in (None, ())


def is_right(field: str, gold: GoldCommitment, predicted: Claim) -> bool:
    """Say whether a field of an aligned pair is right, empty or not."""
    return compare_field(field, gold, predicted) in ("correct", "correct_null")


def plain_value(field: str, claim: Claim) -> Any:
    """Return a field as it is compared: of a quote the text, wherever it stands."""
    value = SCORED[field].of(claim)
    return value.text if isinstance(value, Quote) else value


def same(field: str) -> Callable[[Any, Any], bool]:
    """Return what says whether two values of a field are the same."""
    return _SAME[SCORED[field].kind]


def _compare_partners(gold: Sequence[Quote], predicted: Sequence[Quote]) -> Outcome:
    """Compare two lists of bodies as sets."""
    if not gold or not predicted:
        if not gold and not predicted:
            return "correct_null"
        return "missed" if gold else "spurious"
    ours, theirs = [q.text for q in gold], [q.text for q in predicted]
    same = all(is_any_of(text, theirs) for text in ours) and all(
        is_any_of(text, ours) for text in theirs
    )
    return "correct" if same else "wrong"
