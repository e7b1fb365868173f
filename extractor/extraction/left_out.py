"""What no record says: the numbers and dates of an item that its records leave out.

Most of them promise nothing, and the rules know why; each is kept with that reason, so
that a promise which was passed over can be found.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Literal

from extractor.core.records import Commitment, Document, Item, LeftOut
from extractor.core.spans import Span
from extractor.extraction.grounding import to_source
from extractor.extraction.rules.candidates import TARGET
from extractor.extraction.rules.view import ItemView
from extractor.language.numbers.quantities import iter_quantities
from extractor.language.times.deadlines import iter_deadlines

_BARE_YEAR = re.compile(r"\d{4}年度?")


def left_out(
    item: Item, document: Document, view: ItemView, records: Sequence[Commitment]
) -> list[LeftOut]:
    """Return the numbers and dates of an item that no field of a record quotes.

    A year alone is not counted, nor is the item's label.

    Args:
        item: the item.
        document: the item's document.
        view: the rules' view of the item, which says why a number is no target.
        records: the item's records.
    """
    quoted = [words.span for record in records for _, words in record.words()]
    baselines = {record.quantity.baseline for record in records if record.quantity}
    found = []
    for kind, span, reason, value in sorted(_values(item, view), key=lambda v: v[1]):
        quote = to_source(span, item, document)
        if quote is None or any(quote.span.overlaps(used) for used in quoted):
            continue
        if value is None or value not in baselines:
            found.append(LeftOut(kind=kind, quote=quote, reason=reason))
    return found


_Value = tuple[Literal["number", "date"], Span, str, Decimal | None]


def _values(item: Item, view: ItemView) -> Iterator[_Value]:
    """Yield every number and date with the reason why it may stand in no record."""
    label = len(item.label or "")
    words = view.words
    dates = [s.shift(label) for s in iter_deadlines(words[label:])]
    dates = [span for span in dates if not _BARE_YEAR.fullmatch(words, *span)]
    due = {date.span for date in view.found.dates}
    for span in dates:
        yield "date", span, "deadline" if span in due else "other-time", None
    for number in view.found.numbers:
        if not any(number.span.overlaps(date) for date in dates):
            reason = "target" if number.reason == TARGET else number.reason
            value = number.quantity.value if number.quantity else None
            yield "number", number.span, reason, value
    for inner in iter_quantities(words[label : item.prose_start]):
        span = inner.shift(label)
        if not any(span.overlaps(date) for date in dates):
            yield "number", span, "item-title", None
