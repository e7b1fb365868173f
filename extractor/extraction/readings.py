"""What rules and model each read: a strategy's readings in, with their places, out."""

from __future__ import annotations

from collections.abc import Sequence

from extractor.core.records import Document, Item, Reading
from extractor.extraction.grounding import to_source
from extractor.extraction.strategy import Read


def readings(item: Item, document: Document, reads: Sequence[Read]) -> list[Reading]:
    """Return the readings of an item, in reading order, the rules' before the model's.

    Of a place that one reader reads twice, what was taken stays, else what came first.

    Args:
        item: the item.
        document: the item's document.
        reads: what a strategy says that rules and model read.
    """
    found: dict[tuple[object, ...], Reading] = {}
    for read in sorted(reads, key=lambda read: not read.is_taken):
        quote = to_source(read.span, item, document, whole=read.kind == "action")
        if quote is not None:
            reading = Reading(quote=quote, **read.model_dump(exclude={"span"}))
            found.setdefault((read.reader, read.kind, quote.span), reading)
    return sorted(found.values(), key=_place)


def _place(reading: Reading) -> tuple[int, int, bool]:
    return (*reading.quote.span, reading.reader == "model")
