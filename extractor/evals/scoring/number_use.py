"""Account for every number of an item: used by a record, or unused for a reason.

Pure; `candidates` supplies the reasons.
A number is a run of digits of the item's cleaned text, any width.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from extractor.core.records import Claim, Item, Quote, Record
from extractor.core.spans import Span
from extractor.extraction.rules.targets import ItemReader
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


def find_numbers(item: Item, view: ItemReader) -> tuple[NumberUse, ...]:
    """Return each number of an item with the reason it has when no record uses it.

    Reasons: `LABEL`, `date` (a time that no record takes), `name` (inside a date,
    ordinal, formula, title, quoted or model name), `purpose` (in a clause that states
    a purpose), the candidate's own reason (`existing`, `merely-counted`, …), and the
    two of `OPEN`.

    Args:
        item: the item.
        view: the rules' view of it.
    """
    folded = fold(item.clean)
    masked = mask(folded)
    uses = []
    for match in _NUMBER.finditer(folded):
        place = Span(*match.span())
        is_label = place.start < view.start
        span = item.offsets.to_source(place)
        words = span.shift(-item.span.start).slice(item.text)
        uses.append(
            NumberUse(
                label=item.label,
                number=Quote(text=words, span=span),
                reason=LABEL if is_label else _reason(place, view, masked),
            )
        )
    return tuple(uses)


def account_numbers(
    numbers: Sequence[NumberUse], claims: Sequence[Claim]
) -> Iterator[NumberUse]:
    """Yield the numbers of an item; those in a quote of its records are `USED`."""
    quotes = [quote.span for claim in claims for _, quote in claim.words()]
    for number in numbers:
        is_used = any(span.overlaps(number.number.span) for span in quotes)
        yield number.model_copy(update={"reason": USED}) if is_used else number


def _reason(place: Span, view: ItemReader, masked: str) -> str:
    for number in view.found.numbers:
        if number.span.overlaps(place):
            if number in view.numbers:
                return UNUSED_TARGET
            return "purpose" if number.role == "target" else number.reason
    if any(date.span.overlaps(place) for date in view.found.dates):
        return "date"
    return "name" if "\x00" in place.slice(masked) else UNACCOUNTED
