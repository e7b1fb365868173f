"""The rows of a table that goes on over the page break."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from extractor.documents.formats.ruled.grids import Cell
from extractor.documents.formats.ruled.order import rounded
from extractor.documents.formats.ruled.sheets import Part
from extractor.documents.formats.ruled.tables import Entry, rows_of
from extractor.documents.formats.ruled.wraps import joined
from extractor.documents.reading import Piece

MAX_HEADER = 3
"""Rows that a printer repeats on top of a page."""
BEHIND = 100
"""Rows above the page break that say whether a column leaves cells empty."""

_LABEL = re.compile("[（(]?[0-9０-９.．一二三四五六七八九十]{1,6}[)）、.．]?")
_WHOLE = re.compile("[。；！？;]$")


class _Said(NamedTuple):
    """A cell of a row, and the page it is from."""

    part: Part
    entry: Entry


_Row = list[list[_Said]]
"""By column: none, one, or two that the page break parted."""


def rows(chain: Sequence[Part]) -> Iterator[list[list[Piece]]]:
    """Yield the cells of each row of a table in pieces that have a place each.

    A header that is printed again is left out. A row that the page break cuts is put
    together, and a merged cell goes on, only where that is clear.
    """
    first = _rows(chain[0])
    made = list(first)
    for part in chain[1:]:
        more = _rows(part)
        header = 0
        for row, above in zip(more[:MAX_HEADER], first, strict=False):
            if _texts(row) != _texts(above):
                break
            header += 1
        more = more[header:]
        if not more:
            continue
        is_cut = _is_cut(made[-1], more[0], _singles(part, header))
        carried = _carried(part, header, [*made[-BEHIND:], *more[1:]], made[-1])
        for column, cell, said in carried:
            for row in more[: cell.rows]:
                row[column] = said
        if is_cut:
            columns = {column for column, _, _ in carried}
            made[-1] = [
                above if at in columns else above + below
                for at, (above, below) in enumerate(zip(made[-1], more[0], strict=True))
            ]
            del more[0]
        made += more
    for row in made:
        yield [list(_pieces(cell)) for cell in row]


def _pieces(cell: list[_Said]) -> Iterator[Piece]:
    for at, (part, entry) in enumerate(cell):
        text = entry.after(cell[at - 1].entry.lines[-1]) if at else entry.text
        row = entry.cell.row + 1
        locator = f"page {part.page}, table {part.number}, row {row}"
        yield Piece(text, locator, part.page, rounded(entry.box))


def _rows(part: Part) -> list[_Row]:
    table = part.table
    return [
        [[_Said(part, entry)] if entry else [] for entry in row]
        for row in rows_of(table.grid, table.entries)
    ]


def _texts(row: _Row) -> list[str]:
    return ["".join(said.entry.text for said in cell) for cell in row]


def _carried(
    part: Part, row: int, others: Sequence[_Row], above: _Row
) -> list[tuple[int, Cell, list[_Said]]]:
    """Return the empty cells that go on from a cell above the page break.

    They are merged, since nobody merges empty cells, or the rest of a merged cell in a
    column that leaves no cell empty.
    """
    said = {(entry.cell.row, entry.cell.column) for entry in part.table.entries}
    carried = []
    for cell in part.table.grid.cells:
        before = above[cell.column]
        if cell.row != row or (row, cell.column) in said or not before:
            continue
        begun = before[-1].entry.cell
        is_rest = begun.rows > 1 and all(other[cell.column] for other in others)
        if begun.columns == cell.columns and (cell.rows > 1 or is_rest):
            carried.append((cell.column, cell, before))
    return carried


def _singles(part: Part, row: int) -> set[int]:
    """Return the columns in which the cell of a row is merged with none below it."""
    cells = part.table.grid.cells
    return {cell.column for cell in cells if cell.row == row and cell.rows == 1}


def _is_cut(above: _Row, below: _Row, singles: set[int]) -> bool:
    """Say whether a row is clearly the rest of the one above the page break.

    It has no number where that one has its own, and no text but what goes on.
    """
    said = [(a, b) for a, b in zip(above, below, strict=True) if b]
    begun = sum(bool(cell) for cell in above)
    is_numbered = any(
        a and not b and at in singles and _is_number(a[-1])
        for at, (a, b) in enumerate(zip(above, below, strict=True))
    )
    return (
        is_numbered
        and bool(said)
        and 2 * len(said) <= begun
        and all(_goes_on(*two) for two in said)
    )


def _is_number(said: _Said) -> bool:
    cell = said.entry.cell
    return cell.rows == cell.columns == 1 and bool(_LABEL.fullmatch(said.entry.text))


def _goes_on(above: list[_Said], below: list[_Said]) -> bool:
    if not above:
        return False
    entry, after = above[-1].entry, below[0].entry
    last, first = entry.lines[-1], after.lines[0]
    return (
        entry.cell.columns == after.cell.columns
        and not _WHOLE.search(last.text)
        and not (last.text[-1].isdigit() and first.text[0].isdigit())
        and joined(last, first, min(entry.room, after.room)) == ""
    )
