"""Errors of an arm in words: error cases in, counts and plain text out.

Pure; texts are not escaped.
"""

from __future__ import annotations

from collections import Counter

from extractor.core.records import Claim
from extractor.evals.results import ArmResult, EvalResult
from extractor.evals.scoring.fields import plain_value
from extractor.evals.scoring.sample_score import ErrorCase

NOTHING = "–"
"""A figure of nothing, an empty field."""


def error_kinds(arm: ArmResult) -> Counter[str]:
    """Count the strict errors of hard records: missed, spurious, wrong by field."""
    counted = Counter[str]()
    for error in arm.errors:
        if error.is_soft or not error.decides:
            continue
        if error.kind == "wrong":
            counted.update(f"wrong {field}" for field in error.fields)
        else:
            counted[error.kind] += 1
    return counted


def kinds_by_arm(result: EvalResult) -> tuple[list[str], dict[str, Counter[str]]]:
    """Return the kinds of errors, the most frequent first, and each arm's counts."""
    counted = {arm.name: error_kinds(arm) for arm in result.arms}
    kinds = sorted(
        {kind for kinds in counted.values() for kind in kinds},
        key=lambda kind: (-max(kinds[kind] for kinds in counted.values()), kind),
    )
    return kinds, counted


def worst_items(arm: ArmResult) -> list[list[ErrorCase]]:
    """Return the strict errors of hard records by item, the worst item first."""
    grouped: dict[tuple[str, int], list[ErrorCase]] = {}
    for error in arm.errors:
        if error.decides and not error.is_soft:
            grouped.setdefault((error.document, error.item), []).append(error)
    return sorted(grouped.values(), key=lambda errors: -len(errors))


def describe(error: ErrorCase) -> str:
    """Say in words what is wrong."""
    if error.kind == "wrong" and error.gold and error.predicted:
        parts = [
            f"{field} {shown(field, error.predicted)} for {shown(field, error.gold)}"
            for field in error.fields
        ]
        return f"{summary(error.gold)}: {', '.join(parts)}"
    claim = error.gold or error.predicted
    return f"{error.kind} {summary(claim) if claim else ''}"


def summary(claim: Claim) -> str:
    """Return a record's action, object and number or date in a few words."""
    last = claim.target or claim.deadline
    quotes = (claim.action, claim.object, last)
    return " ".join(quote.text for quote in quotes if quote) or NOTHING


def shown(field: str, claim: Claim) -> str:
    """Return a field of a record as text."""
    value = plain_value(field, claim)
    if isinstance(value, tuple):
        return "、".join(quote.text for quote in value) or NOTHING
    return NOTHING if value is None else str(value)


def item_name(position: int, label: str | None) -> str:
    """Name an item: labels are repeated under each heading, so the place is said."""
    if position < 0:
        return "in no item"
    return f"no. {position + 1} {label or ''}".rstrip()
