"""Grids and characters to tables: the text of each cell, and where it is."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from extractor.documents.formats.layout import Box
from extractor.documents.formats.ruled.glyphs import Glyph, Glyphs, around, turned
from extractor.documents.formats.ruled.grids import Cell, Grid
from extractor.documents.formats.ruled.lines import Printed, printed_lines
from extractor.documents.formats.ruled.wraps import joined, room_of
from extractor.documents.formats.tables import MAX_CELL

TOUCHING = 0.08
"""Share of a character's height below which a gap parts no cells: Excel prints a text
that is too long over the border."""
FILLED = 0.3
"""Share of the cells of a table that have text; a chart has figures here and there."""
MAX_LOOKED_AT = 2_000_000
"""Characters that are looked at for all grids of a page."""

_NO_CHARACTER = {0, 10, 13, 0xFFFE, 0xFFFF}


class Entry(NamedTuple):
    """A cell with text."""

    cell: Cell
    lines: tuple[Printed, ...]
    room: float
    """How wide a line of it can be."""
    box: Box
    """Where its text is on the page."""

    @property
    def text(self) -> str:
        """Return the lines as one."""
        return self.lines[0].text + self.after(self.lines[0])

    def after(self, above: Printed) -> str:
        """Return what the cell adds to a line: its first one, or one above it."""
        text = ""
        for line in self.lines[1:] if above is self.lines[0] else self.lines:
            text += joined(above, line, self.room) + line.text
            above = line
        return text


class Table(NamedTuple):
    """A table of a page, or what may be a part of one."""

    grid: Grid
    entries: tuple[Entry, ...]
    glyphs: frozenset[int]
    """Which characters of the page it takes."""
    is_sure: bool
    """Two rows or more have text in two columns or more; else only a table on the page
    before or behind makes it a part of one."""


def rows_of(grid: Grid, entries: Iterable[Entry]) -> list[list[Entry | None]]:
    """Return what each row says in its columns; a cell over several rows in each."""
    found: list[list[Entry | None]] = [
        [None] * (len(grid.columns) - 1) for _ in grid.rows[1:]
    ]
    for entry in entries:
        for row in range(entry.cell.row, entry.cell.row + entry.cell.rows):
            found[row][entry.cell.column] = entry
    return found


def find_tables(grids: Iterable[Grid], glyphs: Glyphs, quarter: int) -> list[Table]:
    """Return the grids that have text, less those that lay out the page."""
    grids = sorted(grids, key=lambda grid: _area(grid.box))
    if not grids:
        return []
    page = _Page(glyphs, quarter)
    tables = [table for grid in grids if (table := page.table(grid))]
    sure: list[Table] = []
    for table in tables:
        # A table inside a cell of another one is the table, the other is its frame.
        if table.is_sure and not any(_meet(table, inner) for inner in sure):
            sure.append(table)
    found = list(sure)
    for table in tables:
        if not table.is_sure and not any(_meet(table, other) for other in found):
            found.append(table)
    return found


class _Page:
    """The characters of a page as they lie when it is turned to be read."""

    def __init__(self, glyphs: Glyphs, quarter: int) -> None:
        self._quarter = quarter
        self._glyphs = [
            Glyph(code, turned(box, quarter) if box else None)
            for code, box in zip(*glyphs, strict=True)
        ]
        self._heights = sorted(
            ((box[1] + box[3]) / 2, at)
            for at, (_, box) in enumerate(self._glyphs)
            if box
        )
        self._left = MAX_LOOKED_AT

    def table(self, grid: Grid) -> Table | None:
        """Return a grid with its text; None where it has none, or too much."""
        held = self._held(grid)
        lines = {
            grid.cells[at]: printed_lines([self._glyphs[number] for number in numbers])
            for at, numbers in held.items()
        }
        rooms = _rooms(lines)
        entries = tuple(
            Entry(
                cell,
                tuple(printed),
                rooms[cell.column, cell.columns],
                self._place(numbers),
            )
            for (cell, printed), numbers in zip(
                lines.items(), held.values(), strict=True
            )
            if printed
        )
        if not entries or any(len(entry.text) > MAX_CELL for entry in entries):
            return None
        full = [
            row
            for row in rows_of(grid, entries)
            if sum(entry is not None for entry in row) > 1
        ]
        taken = frozenset(number for numbers in held.values() for number in numbers)
        is_filled = len(entries) >= FILLED * len(grid.cells)
        return Table(grid, entries, taken, is_filled and len(full) > 1)

    def _place(self, numbers: Iterable[int]) -> Box:
        box = around(box for at in numbers if (box := self._glyphs[at].box))
        return turned(box, -self._quarter % 4)

    def _held(self, grid: Grid) -> dict[int, list[int]]:
        """Return the characters of each cell by its number."""
        squares = {
            (row, column): number
            for number, cell in enumerate(grid.cells)
            for row in range(cell.row, cell.row + cell.rows)
            for column in range(cell.column, cell.column + cell.columns)
        }
        downwards = [-row for row in grid.rows]
        held: defaultdict[int, list[int]] = defaultdict(list)
        before: Box | None = None
        here: int | None = None
        for number in self._beside(grid):
            code, box = self._glyphs[number]
            if box is None:
                continue
            if here is None or before is None or not _is_touching(before, box):
                row = bisect_right(downwards, -(box[1] + box[3]) / 2) - 1
                column = bisect_right(grid.columns, (box[0] + box[2]) / 2) - 1
                here = squares.get((row, column))
            before = box
            if here is not None and code not in _NO_CHARACTER:
                held[here].append(number)
        return held

    def _beside(self, grid: Grid) -> list[int]:
        """Return the characters at the height of a grid, in the order of the file."""
        start = bisect_left(self._heights, (grid.rows[-1], -1))
        stop = bisect_right(self._heights, (grid.rows[0], len(self._glyphs)))
        self._left -= stop - start
        if self._left < 0:
            return []
        return sorted(at for _, at in self._heights[start:stop])


def _rooms(lines: dict[Cell, list[Printed]]) -> dict[tuple[int, int], float]:
    """Return how wide a line can be in the cells of the same columns."""
    columns: defaultdict[tuple[int, int], list[Printed]] = defaultdict(list)
    sides = {}
    for cell, printed in lines.items():
        columns[cell.column, cell.columns] += printed
        sides[cell.column, cell.columns] = cell.box[0], cell.box[2]
    return {at: room_of(columns[at], *sides[at]) for at in columns}


def _is_touching(box: Box, after: Box) -> bool:
    """Say whether a character goes on where the one before it ends."""
    height = box[3] - box[1]
    shared = min(box[3], after[3]) - max(box[1], after[1])
    is_next = box[0] < after[0] <= box[2] + TOUCHING * height
    return is_next and shared > height / 2


def _meet(table: Table, other: Table) -> bool:
    """Say whether tables overlap."""
    box, place = table.grid.box, other.grid.box
    return (
        box[0] < place[2]
        and place[0] < box[2]
        and box[1] < place[3]
        and place[1] < box[3]
    )


def _area(box: Box) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])
