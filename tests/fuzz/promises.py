"""What must hold of whatever a reader, the splitter or a parser returns."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date
from itertools import pairwise

from extractor.core.records import Deadline, Document, Item, Quantity
from extractor.core.spans import Span
from extractor.documents.items import Split

BLANK = "\ufeff"
"""Beside white space, what needs no place: a byte order mark."""


def document_holds(document: Document) -> None:
    """The text can be stored, and every character of it is kept or cut."""
    source = document.source
    source.encode()
    for name in (document.title, document.issuer, document.path):
        (name or "").encode()
    assert document.plan_year is None or 1900 < document.plan_year < 2101
    _places_hold(document)
    assert len(document.clean) == len(document.offsets)
    kept = [
        Span(run.source_start, run.source_start + run.length)
        for run in document.offsets.runs
    ]
    _in_order(kept, len(source))
    for cut in document.cuts:
        assert cut.text == cut.span.slice(source) != ""
    spans = [*kept, *(cut.span for cut in document.cuts)]
    assert _missing(source, spans) <= {BLANK}


def _places_hold(document: Document) -> None:
    for place in document.places:
        assert 0 <= place.start < len(document.source)
        assert place.locator and place.locator == " ".join(place.locator.split(" "))
        assert place.page is None or place.page >= 1
        assert place.box is None or all(map(math.isfinite, place.box))
    for before, after in pairwise(document.places):
        assert before.start < after.start


def split_holds(document: Document, parts: Split) -> None:
    """Items and rest are disjoint, in order, and all the text that is not cut."""
    for at, item in enumerate(parts.items):
        assert item.position == at
        item_holds(document, item)
    clean = [document.offsets.to_clean(item.span) for item in parts.items]
    lines = [line.span for line in parts.rest]
    _in_order(lines, len(document.clean))
    _in_order(sorted([*filter(None, clean), *lines]), len(document.clean))
    spans = [item.span for item in parts.items]
    _in_order(spans, len(document.source))
    spans += [cut.span for cut in document.cuts]
    spans += [document.offsets.to_source(span) for span in lines]
    spans += _breaks(document)
    assert _missing(document.source, spans) <= {BLANK}
    assert len({item.id for item in parts.items}) == len(parts.items)


def _breaks(document: Document) -> list[Span]:
    """Return what is read as white space, as the < of a tag that begins a line is."""
    return [
        document.offsets.to_source(Span(at, at + 1))
        for at, char in enumerate(document.clean)
        if char.isspace()
    ]


def item_holds(document: Document, item: Item) -> None:
    """Its texts are what stands at its places."""
    assert item.text == item.span.slice(document.source) != ""
    assert item.clean and len(item.clean) == len(item.offsets)
    assert item.offsets.to_source(Span(0, len(item.clean))) == item.span
    assert 0 <= item.prose_start <= len(item.clean)
    assert item.label is None or item.label
    for cell in item.cells:
        _inside(cell.span, len(item.clean))


def quantity_holds(quantity: Quantity) -> None:
    """Its values are numbers, and its unit is printed."""
    for value in (quantity.value, quantity.upper, quantity.baseline):
        assert value is None or (value.is_finite() and value >= 0)
    assert quantity.upper is None or quantity.upper > quantity.value
    assert (quantity.upper is not None) == (quantity.comparator == "range")
    assert len(quantity.unit) <= len(quantity.quote) + 1


def deadline_holds(deadline: Deadline) -> None:
    """Its date is a day of a year people plan for."""
    assert date.fromisoformat(deadline.date).isoformat() == deadline.date


def spans_hold(spans: Sequence[Span], text: str) -> None:
    """They are ordered, apart, inside, and say something."""
    _in_order(spans, len(text))
    for span in spans:
        words = span.slice(text)
        assert words and words == words.strip()


def _in_order(spans: Sequence[Span], length: int) -> None:
    for span in spans:
        _inside(span, length)
    for before, after in pairwise(spans):
        assert before.end <= after.start


def _inside(span: Span, length: int) -> None:
    assert 0 <= span.start < span.end <= length


def _missing(text: str, spans: Sequence[Span]) -> set[str]:
    """Return the visible characters that no span covers."""
    covered = bytearray(len(text))
    for span in spans:
        covered[span.start : span.end] = b"1" * (span.end - span.start)
    return {
        char
        for char, is_there in zip(text, covered, strict=True)
        if not is_there and not char.isspace()
    }
