"""Promises for the tests of what is compared across plans."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from extractor.core.records import content_id
from extractor.language.numbers.quantities import parse_quantity
from extractor.store.across.pledges import Pledge


def pledge(
    action: str | None, thing: str | None, target: str | None = None, **given: Any
) -> Pledge:
    """Return a promise of 甲市教育局's plan of 2024, its number read as by the rules.

    `change` and `comparator` may be given where the words alone do not say them.
    """
    words = f"{action or ''}{thing or ''}{target or ''}"
    before = f"{thing or ''}{action or ''}"
    quantity = parse_quantity(target, before=before) if target else None
    fields: dict[str, Any] = {
        "id": content_id(words, *given.values()),
        "document_id": content_id(given.get("issuer"), given.get("year")),
        "item_id": content_id(words),
        "clause": words,
        "action": action,
        "object": thing,
        "target": target,
        "issuer": "甲市教育局",
        "year": 2024,
    }
    if quantity:
        fields |= {
            "value": Fraction(quantity.value),
            "upper": quantity.upper and Fraction(quantity.upper),
            "unit": quantity.unit,
            "comparator": quantity.comparator,
            "change": quantity.change,
        }
    date = given.get("date")
    fields |= {"deadline": date} if date else {}
    return Pledge(**fields | given)
