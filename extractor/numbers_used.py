"""Account for every number of an item: used by a record, or unused for a reason.

Pure; `candidates` supplies the reasons.
A number is a run of digits of the item's cleaned text, any width.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from extractor.amounts import mask
from extractor.claims import Claim
from extractor.models import Item
from extractor.numerals import fold
from extractor.offsets import Span
from extractor.rules import ItemReading
from extractor.strategies import read_item

UNACCOUNTED = "unaccounted"
"""The reason of a number that no record uses and no rule leaves out."""
UNUSED_TARGET = "unused-target"
"""The rules take it for a target and no record uses it: unaccounted, too."""

_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_OPEN = frozenset({UNACCOUNTED, UNUSED_TARGET})


def account_numbers(
    item: Item, claims: Sequence[Claim], plan_year: int | None
) -> dict[str, int]:
    """Return why each number of an item is used or not, as reason to count.

    Reasons: `used` (in a quote of a record), `label` (the item's label or title),
    `date` (a time that no record takes), `name` (inside a date, ordinal, formula,
    title, quoted or model name), `purpose` (in a clause that states a purpose), the
    candidate's own reason (`existing`, `merely-counted`, …), `UNUSED_TARGET` and
    `UNACCOUNTED`.

    Args:
        item: the item.
        claims: the records made of it.
        plan_year: the document's.
    """
    folded = fold(item.clean)
    reading = read_item(item, plan_year)
    used = [
        span
        for claim in claims
        for quote in claim.quotes()
        if (span := item.offsets.to_clean(quote.span))
    ]
    masked = mask(folded)
    reasons: Counter[str] = Counter()
    for match in _NUMBER.finditer(folded):
        place = Span(*match.span())
        if any(span.overlaps(place) for span in used):
            reasons["used"] += 1
        elif place.start < reading.start:
            reasons["label"] += 1
        else:
            reasons[_reason(place, reading, masked)] += 1
    return dict(sorted(reasons.items()))


def accounted(reasons: dict[str, int]) -> tuple[int, int]:
    """Return how many numbers are accounted for, and how many there are."""
    total = sum(reasons.values())
    return total - sum(reasons.get(reason, 0) for reason in _OPEN), total


def _reason(place: Span, reading: ItemReading, masked: str) -> str:
    for number in reading.found.numbers:
        if number.span.overlaps(place):
            if number in reading.numbers:
                return UNUSED_TARGET
            return "purpose" if number.role == "target" else number.reason
    if any(date.span.overlaps(place) for date in reading.found.dates):
        return "date"
    return "name" if "\x00" in place.slice(masked) else UNACCOUNTED
