"""Account for every number of an item: used by a record, or unused for a reason.

Pure; `candidates` supplies the reasons.
A number is a run of digits of the item's cleaned text, any width.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from extractor.core.records import Claim, Item, Quote, Record
from extractor.core.spans import Span
from extractor.extraction.rules.targets import ItemReader
from extractor.extraction.strategy import read_item
from extractor.language.numbers.amounts import mask
from extractor.language.numbers.numerals import fold

USED = "used"
"""In a quote of a record."""
LABEL = "label"
"""In the item's label or title."""
UNACCOUNTED = "unaccounted"
"""No record uses it and no rule leaves it out."""
UNUSED_TARGET = "unused-target"
"""The rules take it for a target and no record uses it: unaccounted, too."""
OPEN = frozenset({UNACCOUNTED, UNUSED_TARGET})
"""Reasons that are none."""

_NUMBER = re.compile(r"\d+(?:\.\d+)?")


class NumberUse(Record):
    """A number of the text and what became of it."""

    label: str | None
    """Of its item."""
    number: Quote
    reason: str


def account_numbers(
    item: Item, claims: Sequence[Claim], plan_year: int | None
) -> tuple[NumberUse, ...]:
    """Return why each number of an item is used or not, in reading order.

    Reasons: `USED`, `LABEL`, `date` (a time that no record takes), `name` (inside a
    date, ordinal, formula, title, quoted or model name), `purpose` (in a clause that
    states a purpose), the candidate's own reason (`existing`, `merely-counted`, …), and
    the two of `OPEN`.

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
        for _, quote in claim.words()
        if (span := item.offsets.to_clean(quote.span))
    ]
    masked = mask(folded)
    uses = []
    for match in _NUMBER.finditer(folded):
        place = Span(*match.span())
        if any(span.overlaps(place) for span in used):
            reason = USED
        elif place.start < reading.start:
            reason = LABEL
        else:
            reason = _reason(place, reading, masked)
        span = item.offsets.to_source(place)
        words = span.shift(-item.span.start).slice(item.text)
        number = Quote(text=words, span=span)
        uses.append(NumberUse(label=item.label, number=number, reason=reason))
    return tuple(uses)


def _reason(place: Span, reading: ItemReader, masked: str) -> str:
    for number in reading.found.numbers:
        if number.span.overlaps(place):
            if number in reading.numbers:
                return UNUSED_TARGET
            return "purpose" if number.role == "target" else number.reason
    if any(date.span.overlaps(place) for date in reading.found.dates):
        return "date"
    return "name" if "\x00" in place.slice(masked) else UNACCOUNTED
