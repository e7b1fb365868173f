"""The pages of a document, and the tables that go on from one to the next."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from extractor.documents.formats.layout import Box, Line
from extractor.documents.formats.ruled.glyphs import Glyphs, turned
from extractor.documents.formats.ruled.order import blocks
from extractor.documents.formats.ruled.tables import Table

SAME = 3.0
"""Points by which the columns of a table stand apart on two pages at most."""

_NUMBER = re.compile(r"\d+")
_BETWEEN = re.compile(r"[\W\d_第共页续上接表]*")
"""A page number, or 续表."""


class Sheet(NamedTuple):
    """A page as far as it is read."""

    number: int
    glyphs: Glyphs
    quarter: int
    """By how many quarters its text is turned to the left."""
    tables: tuple[Table, ...]
    """Sure ones, and what may be parts of one."""
    blocks: tuple[Line | Table, ...]
    """Its lines and tables, in their order."""


def sheet_of(
    number: int, glyphs: Glyphs, quarter: int, tables: Sequence[Table]
) -> Sheet:
    """Return a page whose lines are those outside the tables."""
    found = tuple(blocks(glyphs, tables, quarter))
    are_sure = all(table.is_sure for table in tables)
    # Characters are many; they are read again only where a table is not sure.
    kept = Glyphs([], []) if are_sure else glyphs
    return Sheet(number, kept, quarter, tuple(tables), found)


def settled(sheets: Sequence[Sheet]) -> tuple[list[Sheet], list[list[Part]]]:
    """Return the pages without what is no table, and the parts of each that is one."""
    chains = [
        chain for chain in _chains(sheets) if any(part.table.is_sure for part in chain)
    ]
    known = {id(part.table) for chain in chains for part in chain}
    return [
        sheet
        if all(id(table) in known for table in sheet.tables)
        else sheet_of(
            sheet.number,
            sheet.glyphs,
            sheet.quarter,
            [table for table in sheet.tables if id(table) in known],
        )
        for sheet in sheets
    ], chains


class Part(NamedTuple):
    """What one page shows of a table."""

    page: int
    number: int
    """The table's number on the page."""
    table: Table


def _chains(sheets: Sequence[Sheet]) -> list[list[Part]]:
    """Return the tables of a document, each with its parts on the next pages."""
    heads = Counter(
        place for sheet in sheets for place in {*map(_place, _lines(sheet))}
    )
    furniture = {place for place, count in heads.items() if count > 1}
    chains: list[list[Part]] = []
    open_chain: list[Part] | None = None
    before: Sheet | None = None
    for sheet in sheets:
        parts = _parts(sheet)
        by_height = sorted(parts, key=lambda part: -part.table.grid.rows[0])
        first = by_height[0] if by_height else None
        goes_on = (
            first
            and before
            and open_chain
            and open_chain[-1].page + 1 == sheet.number
            and before.quarter == sheet.quarter
            and _are_alike(open_chain[-1].table, first.table)
            and _ends(before, open_chain[-1].table, furniture)
            and _begins(sheet, first.table, furniture)
        )
        last_chain = open_chain
        for part in parts:
            if goes_on and part is first and last_chain:
                last_chain.append(part)
                chain = last_chain
            else:
                chain = [part]
                chains.append(chain)
            if part is by_height[-1]:
                open_chain = chain
        before = sheet
    return chains


def _parts(sheet: Sheet) -> list[Part]:
    tables = [block for block in sheet.blocks if isinstance(block, Table)]
    return [Part(sheet.number, at, table) for at, table in enumerate(tables, start=1)]


def _lines(sheet: Sheet) -> list[Line]:
    return [block for block in sheet.blocks if isinstance(block, Line) and block.text]


def _place(line: Line) -> tuple[str, float]:
    # 附件1 and 附件2 are titles, 第1页 and 第2页 are none.
    text = _NUMBER.sub("0", line.text) if "页" in line.text else line.text
    return text, round(line.box[1], 0) if line.box else 0.0


def _are_alike(table: Table, other: Table) -> bool:
    columns, others = table.grid.columns, other.grid.columns
    return len(columns) == len(others) and all(
        abs((edge - columns[0]) - (place - others[0])) <= SAME
        for edge, place in zip(columns, others, strict=True)
    )


def _ends(sheet: Sheet, table: Table, furniture: set[tuple[str, float]]) -> bool:
    """Say whether a table is the last thing on a page but for its foot."""
    bottom = table.grid.rows[-1]
    return all(
        (box[1] + box[3]) / 2 > bottom for box in _boxes(sheet, table, furniture)
    )


def _begins(sheet: Sheet, table: Table, furniture: set[tuple[str, float]]) -> bool:
    """Say whether a table is the first thing on a page but for its head."""
    top = table.grid.rows[0]
    return all((box[1] + box[3]) / 2 < top for box in _boxes(sheet, table, furniture))


def _boxes(
    sheet: Sheet, table: Table, furniture: set[tuple[str, float]]
) -> Iterator[Box]:
    """Yield where the text of a page is, without a table and the page's furniture."""
    for block in sheet.blocks:
        if isinstance(block, Table):
            if block is not table:
                yield block.grid.box
        elif (
            block.box
            and not _BETWEEN.fullmatch(block.text)
            and _place(block) not in furniture
        ):
            yield turned(block.box, sheet.quarter)
