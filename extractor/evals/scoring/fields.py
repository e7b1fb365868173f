"""Compare one field of a gold record and the prediction aligned to it.

Pure; what the same text and number are is said in `tolerance`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Literal

from extractor.core.claims import Claim
from extractor.core.records import Quote
from extractor.evals.scoring.tolerance import is_any_of, is_same_number, is_same_text

Outcome = Literal["correct", "correct_null", "wrong", "missed", "spurious"]

TEXT_FIELDS = ("actor", "action", "object", "target", "deadline")
"""Fields that are quotes: compared as text, wherever they stand."""
NUMBER_FIELDS = ("value", "upper", "baseline")
WORD_FIELDS = ("comparator", "change", "date", "basis")
"""Fields of a closed set, and the date: compared as they are."""
FIELDS = (
    "actor",
    "actor_source",
    "partners",
    "action",
    "object",
    "target",
    "value",
    "upper",
    "unit",
    "comparator",
    "change",
    "baseline",
    "deadline",
    "date",
    "basis",
)
"""Every field that is scored, in the order of reports."""


def compare_field(field: str, gold: Claim, predicted: Claim) -> Outcome:
    """Say what became of a field of an aligned pair.

    An alternative may be empty: an action of 达 with the alternative None is right when
    the prediction has no action.
    """
    if field == "partners":
        return _compare_partners(gold.partners, predicted.partners)
    accepted = [_shown(field, gold)]
    if field in ("action", "object"):
        accepted += getattr(gold, f"{field}_alternatives")
    value = _shown(field, predicted)
    if any(_same(field)(value, other) for other in accepted):
        return "correct_null" if value is None else "correct"
    if accepted[0] is None:
        return "spurious"
    return "missed" if value is None else "wrong"


def is_stated(field: str, claim: Claim) -> bool:
    """Say whether a claim has a value in the field."""
    if field == "partners":
        return bool(claim.partners)
    return _shown(field, claim) is not None


def is_right(field: str, gold: Claim, predicted: Claim) -> bool:
    """Say whether a field of an aligned pair is right, empty or not."""
    return compare_field(field, gold, predicted) in ("correct", "correct_null")


def _shown(field: str, claim: Claim) -> Any:
    value = getattr(claim, field)
    return value.text if isinstance(value, Quote) else value


def _same(field: str) -> Callable[[Any, Any], bool]:
    if field in NUMBER_FIELDS:
        return is_same_number
    if field in TEXT_FIELDS or field == "unit":
        return is_same_text
    return lambda first, second: bool(first == second)


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
