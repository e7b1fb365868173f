"""Tables with merged cells to rows that can each be read alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from extractor.documents.formats.markup import Element

MAX_CELL = 1000
"""Characters above which a cell is a column of the page, not of a table."""
MAX_ROWS, MAX_COLUMNS = 1000, 100
"""Rows and columns that a cell may span; a table of a plan has fewer."""
MAX_MADE, SPARE = 20, 20_000
"""Times its own cells that a table may have with the merged ones filled, and some."""

_NO_DATA = ("h1", "h2", "h3", "h4", "h5", "h6", "table")


class Cell(NamedTuple):
    """A cell as it stands in the file."""

    text: str
    locator: str
    rows: int = 1
    columns: int = 1


def spread(rows: Iterable[list[Cell]]) -> Iterator[list[tuple[str, str]]]:
    """Yield each row as (text, locator) of its columns.

    A cell over several rows is said in each of them, since each row is read alone; one
    over several columns is said once.
    """
    below: dict[int, tuple[Cell, int]] = {}
    for row in rows:
        made = {at: (cell.text, cell.locator) for at, (cell, _) in below.items()}
        below = {at: (cell, more - 1) for at, (cell, more) in below.items() if more > 1}
        column = 0
        for cell in row:
            while column in made:
                column += 1
            made[column] = (cell.text, cell.locator)
            if cell.rows > 1:
                below[column] = (cell, cell.rows - 1)
                empty = cell._replace(text="")
                for over in range(column + 1, column + cell.columns):
                    below[over] = (empty, cell.rows - 1)
            column += cell.columns
        width = max(made, default=-1) + 1
        yield [made.get(column, ("", "")) for column in range(width)]


def data_rows(
    table: Element, text_of: Callable[[Element], str], locator: Callable[[Element], str]
) -> Iterator[list[tuple[str, str]]] | None:
    """Return the rows of a table of data, None for one that only lays out the page."""
    if any(inner is not table for inner in table.iter(*_NO_DATA)):
        return None
    rows = []
    for row in table.iter("caption", "tr"):
        cells = [row] if row.tag == "caption" else row.iterchildren("td", "th")
        rows.append(
            [
                Cell(
                    text_of(cell),
                    locator(cell),
                    _size(cell.get("rowspan"), MAX_ROWS),
                    _size(cell.get("colspan"), MAX_COLUMNS),
                )
                for cell in cells
            ]
        )
    is_data = any(len(row) > 1 for row in rows)
    if not is_data or any(len(cell.text) > MAX_CELL for row in rows for cell in row):
        return None
    if _made(rows) > MAX_MADE * sum(map(len, rows)) + SPARE:
        return None
    return spread(row for row in rows if row)


def _made(rows: list[list[Cell]]) -> int:
    """Return how many cells the rows have with the merged ones filled."""
    return sum(
        min(cell.rows, len(rows) - at) * cell.columns
        for at, row in enumerate(rows)
        for cell in row
    )


def _size(text: str | None, most: int) -> int:
    if not text or not text.isdecimal() or len(text) > 5:
        return 1
    return min(max(int(text), 1), most)
