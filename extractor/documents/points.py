"""Points of a cleaned text to items, which quote the source."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from extractor.core.records import Cell, CellRole, Document, Item, content_id
from extractor.core.spans import OffsetMap, Span, trim
from extractor.documents.outline import is_heading
from extractor.language.numbers.quantities import iter_quantities

MAX_TITLE = 40

SECOND_LINE = re.compile("[\\r\\n\\v\\f\x85\u2028\u2029]\\s*\\S")
"""A line break in front of more."""
_TITLE = re.compile(f"[^。！？；\r\n]{{2,{MAX_TITLE}}}[。！](?=\\s*\\S)")
_COLON_TITLE = re.compile("[^。，；：:\r\n]{2,25}[：:](?=\\s*\\S)")


class Point(NamedTuple):
    """An item in the making; positions index the cleaned text."""

    start: int
    end: int
    label_length: int
    headings: tuple[Span, ...]
    cells: tuple[tuple[CellRole, Span], ...] = ()

    @property
    def span(self) -> Span:
        """Return its place in the cleaned text."""
        return Span(self.start, self.end)

    def trimmed(self, text: str) -> Point | None:
        """Return it without white space behind it; None when only the label is left."""
        end = trim(text, self.span).end
        return self._replace(end=end) if end > self.start + self.label_length else None


def items_of(document: Document, points: Iterable[Point]) -> Iterator[Item]:
    """Yield the items that points are in a document's source, in order."""
    path: tuple[str, ...] = ()
    above: tuple[Span, ...] = ()
    for position, point in enumerate(points):
        if point.headings != above:
            above = point.headings
            path = tuple(
                _printed(document.source, document.offsets, heading)
                for heading in above
            )
        yield _item(document, point, position, path)


def _item(
    document: Document, point: Point, position: int, path: tuple[str, ...]
) -> Item:
    offsets = document.offsets.slice(point.span)
    first, last = offsets.runs[0], offsets.runs[-1]
    span = Span(first.source_start, last.source_start + last.length)
    text = span.slice(document.source)
    clean = point.span.slice(document.clean)
    label = Span(point.start, point.start + point.label_length)
    title = None if point.cells else _title(document.clean, point)
    promises = title is not None and any(iter_quantities(title.slice(document.clean)))
    prose = title.end if title and not promises else label.end
    return Item(
        id=content_id(document.id, span.start, text),
        document_id=document.id,
        position=position,
        label=_printed(document.source, offsets, label.shift(-point.start)) or None,
        heading_path=path,
        title=_printed(document.source, offsets, title.shift(-point.start))
        if title
        else None,
        span=span,
        text=text,
        clean=text if text == clean else clean,
        prose_start=prose - point.start,
        cells=tuple(
            Cell(role=role, span=span.shift(-point.start)) for role, span in point.cells
        ),
        offsets=offsets,
    )


def _printed(source: str, offsets: OffsetMap, clean: Span) -> str:
    """Return the source's characters of a cleaned span, without what was cut."""
    pieces = [piece.slice(source) for piece in offsets.pieces(clean)]
    return "".join(pieces).strip()


def _title(text: str, point: Point) -> Span | None:
    """Return the short sentence or line that opens a point, if more follows."""
    body = trim(text, Span(point.start + point.label_length, point.end))
    second = SECOND_LINE.search(text, *body)
    first = text[body.start : second.start()].rstrip() if second else ""
    if is_heading(first, may_name_body=True):
        return Span(body.start, body.start + len(first))
    found = _COLON_TITLE.match(text, *body) or _TITLE.match(text, *body)
    return Span(*found.span()) if found else None
