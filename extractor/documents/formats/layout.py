"""Printed lines to paragraphs: which line goes on from the one above it."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from extractor.language.labels import find_label

INDENT = 1.5
"""Characters that a line stands in where a paragraph begins."""
RAGGED = 2.0
"""Characters that a full line may lack: no line begins with a comma."""
LEADING = 2.5
"""Heights of a line that the next one may be below it."""
COLUMN = 4.0
"""Characters by which the lines of one column begin apart at most."""

Box = tuple[float, float, float, float]
"""Left, bottom, right and top, in points from the lower left corner."""


class Line(NamedTuple):
    """A line as printed."""

    text: str
    box: Box | None

    @property
    def em(self) -> float:
        """Width of a Han character, as far as the line tells."""
        ems = sum(
            1.0 if unicodedata.east_asian_width(mark) in "WFA" else 0.5
            for mark in self.text
        )
        return (self.box[2] - self.box[0]) / ems if self.box and ems else 0.0


class Column(NamedTuple):
    """Left and right edge of the lines that begin about where a line does."""

    left: float
    right: float


def paragraphs(lines: Sequence[Line]) -> Iterator[list[Line]]:
    """Yield the lines of each paragraph of a page, in order.

    A paragraph that stands in begins with two wide spaces, as it is typed.
    """
    lines = [line for line in lines if line.text]
    columns = _columns(lines)
    made: list[Line] = []
    before: tuple[Line, Column | None] | None = None
    for line, column in zip(lines, columns, strict=True):
        if before and _goes_on(*before, line, column):
            space = " " * (made[-1].text[-1:].isascii() and line.text[:1].isascii())
            made.append(line._replace(text=space + line.text))
        else:
            if made:
                yield made
            wide = "\u3000\u3000" * _is_inside(line, column)
            made = [line._replace(text=wide + line.text)]
        before = line, column
    if made:
        yield made


def _columns(lines: list[Line]) -> list[Column | None]:
    """Return the column of each line; a page has few different left edges."""
    edges: dict[int, Column] = {}
    for line in lines:
        if line.box:
            at = round(line.box[0])
            known = edges.get(at, Column(line.box[0], line.box[2]))
            edges[at] = Column(
                min(known.left, line.box[0]), max(known.right, line.box[2])
            )
    found: list[Column | None] = []
    for line in lines:
        if line.box is None:
            found.append(None)
            continue
        reach = COLUMN * line.em
        near = [e for at, e in edges.items() if abs(at - line.box[0]) <= reach + 1]
        found.append(Column(min(e.left for e in near), max(e.right for e in near)))
    return found


def _goes_on(
    line: Line, column: Column | None, after: Line, next_column: Column | None
) -> bool:
    """Say whether `after` is the rest of what `line` begins."""
    if not (line.box and after.box and column and next_column):
        return False
    height = line.box[3] - line.box[1]
    drop = line.box[1] - after.box[1]
    label = find_label(after.text)
    return (
        column.right - line.box[2] <= RAGGED * line.em
        and abs(column.left - next_column.left) <= line.em
        and not _is_inside(after, next_column)
        and 0 < drop <= LEADING * max(height, line.em)
        and (label is None or label.is_weak)
    )


def _is_inside(line: Line, column: Column | None) -> bool:
    return bool(
        line.box and column and line.box[0] - column.left >= INDENT * line.em > 0
    )
