"""XLSX: rows of a view in, a workbook of one sheet out, one row at a time.

Every text is a text cell, whatever it begins with, and the same rows give the same
bytes.
"""

from __future__ import annotations

import logging
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from extractor.core.errors import UserError
from extractor.store.formats.text import FORMULA_STARTS, names_of

MAX_ROWS = 1_048_576
"""Rows of a sheet, the header among them."""
MAX_TEXT = 32_767
"""Characters of a cell; Excel repairs a file that has more by cutting."""
SHEET = "commitments"

_LONG_AGO = datetime(1980, 1, 1)
_CORE = "docProps/core.xml"
_WIDTHS = {"clause": 60, "object": 24, "who": 20, "action": 10}

_log = logging.getLogger(__name__)


def write_xlsx(rows: sqlite3.Cursor, out: IO[bytes]) -> int:
    """Write a workbook and return how many rows it has, without the header.

    Raises:
        UserError: there are more rows than a sheet has.
    """
    book = Workbook(write_only=True)
    sheet = book.create_sheet(SHEET)
    names = names_of(rows)
    sheet.freeze_panes = "A2"
    for number, name in enumerate(names):
        letter = _letters(number)
        sheet.column_dimensions[letter].width = _WIDTHS.get(name, 14)
    sheet.append(names)
    count = 0
    for cells in _cells(sheet, rows):
        count += 1
        if count >= MAX_ROWS:
            raise UserError(
                f"a sheet has {MAX_ROWS - 1:,} rows and a header, and there are more "
                "records; export csv, jsonl or parquet"
            )
        sheet.append(cells)
    sheet.auto_filter.ref = f"A1:{_letters(len(names) - 1)}{count + 1}"
    book.properties.creator = "extract"
    book.properties.created = _LONG_AGO
    with tempfile.TemporaryFile() as made:
        book.save(made)
        _repack(made, out)
    return count


def _cells(sheet: Any, rows: Iterable[tuple[Any, ...]]) -> Iterator[list[Any]]:
    for row in rows:
        yield [
            _text(sheet, value) if isinstance(value, str) else value for value in row
        ]


def _text(sheet: Any, words: str) -> Any:
    """Return a cell that holds the words as text and nothing else."""
    shown = ILLEGAL_CHARACTERS_RE.sub("\ufffd", words)
    if len(shown) > MAX_TEXT:
        _log.warning("a text of %d characters is cut: %.20s…", len(shown), shown)
        shown = f"{shown[: MAX_TEXT - 1]}…"
    cell = WriteOnlyCell(sheet, shown)
    # Of "=1" and "#N/A" openpyxl makes a formula and an error.
    cell.data_type = "s"
    if shown.startswith(FORMULA_STARTS):
        # Still a text after somebody has edited it.
        cell.quotePrefix = True
    return cell


def _letters(number: int) -> str:
    """Return the name of a column, from 0: A, …, Z, AA."""
    more, last = divmod(number, 26)
    return (_letters(more - 1) if more else "") + chr(ord("A") + last)


def _repack(made: IO[bytes], out: IO[bytes]) -> None:
    """Copy a workbook without the moment it was made at."""
    with ZipFile(made) as old, ZipFile(out, "w", ZIP_DEFLATED) as new:
        for name in old.namelist():
            part = ZipInfo(name)  # dated to the first day of 1980
            part.compress_type = ZIP_DEFLATED
            with old.open(name) as source, new.open(part, "w", force_zip64=True) as to:
                if name == _CORE:
                    to.write(_undated(source.read()))
                else:
                    while block := source.read(1 << 16):
                        to.write(block)


def _undated(core: bytes) -> bytes:
    """Return the properties of a workbook as changed when it was created."""
    opening, closing = b"<dcterms:modified", b"</dcterms:modified>"
    head, found, tail = core.partition(opening)
    attributes, _, rest = tail.partition(b">")
    moment = f"{_LONG_AGO:%Y-%m-%dT%H:%M:%SZ}".encode()
    if not found:
        return core
    return b"".join(
        [head, opening, attributes, b">", moment, closing, rest.partition(closing)[2]]
    )
