"""The lines and tables of a page in the order in which they are read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate

from extractor.documents.formats.layout import Box, Line
from extractor.documents.formats.ruled.glyphs import Glyphs, around, text_of, turned
from extractor.documents.formats.ruled.tables import Table

_BREAKS = {10, 13}
_DROPPED = {*_BREAKS, 0, 2, 0xFFFE, 0xFFFF}
"""What the library puts for no character and for a hyphen at the end of a line."""


def blocks(glyphs: Glyphs, tables: Sequence[Table], quarter: int) -> list[Line | Table]:
    """Return the lines of a page in the order of the file, and the tables among them.

    A table stands below the lines that are above it on the page, as far as their order
    allows: programs print tables before the text, or after it.
    """
    taken = {at: table for table in tables for at in table.glyphs}
    lines: list[Line] = []
    firsts: dict[int, tuple[Table, int]] = {}
    start = 0
    inside: Table | None = None
    for at, (code, box) in enumerate(zip(*glyphs, strict=True)):
        if inside and not box:
            continue
        table = taken.get(at) if taken else None
        if code in _BREAKS or (table and not inside):
            lines += _line(glyphs, start, at)
        if code in _BREAKS or table or inside:
            start = at + (table is not None)
        inside = table
        if table:
            firsts.setdefault(id(table), (table, len(lines)))
    lines += _line(glyphs, start, len(glyphs.codes))
    places = [
        (_place(table, lines, first, quarter), -table.grid.rows[0], table)
        for table, first in firsts.values()
    ]
    found: list[Line | Table] = list(lines)
    for place, _, table in sorted(places, key=lambda one: one[:2], reverse=True):
        found.insert(place, table)
    return found


def _line(glyphs: Glyphs, start: int, stop: int) -> Iterator[Line]:
    codes = [code for code in glyphs.codes[start:stop] if code not in _DROPPED]
    text = text_of(codes).strip()
    if text:
        boxes = [
            box
            for code, box in zip(*(part[start:stop] for part in glyphs), strict=True)
            if box and code not in _DROPPED
        ]
        yield Line(text, rounded(around(boxes)) if boxes else None)


def _place(table: Table, lines: Sequence[Line], first: int, quarter: int) -> int:
    """Return before which line a table is read: the fewest stand on the wrong side."""
    sides = [_side(table.grid.box, line, quarter) for line in lines]
    above_after = sum(side > 0 for side in sides)
    wrong = accumulate((-side for side in sides), initial=above_after)
    return min(enumerate(wrong), key=lambda one: (one[1], abs(one[0] - first)))[0]


def _side(table: Box, line: Line, quarter: int) -> int:
    """Return 1 for a line above a table, -1 for one below it, 0 for one beside it."""
    if line.box is None:
        return 0
    left, bottom, right, top = turned(line.box, quarter)
    if right <= table[0] or left >= table[2]:
        return 0
    middle = (bottom + top) / 2
    return int(middle >= table[3]) - int(middle <= table[1])


def rounded(box: Box) -> Box:
    """Return a box as it is kept."""
    left, bottom, right, top = (round(edge, 1) for edge in box)
    return left, bottom, right, top
