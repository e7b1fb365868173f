"""Spreadsheets: sheet by sheet, one row a line, merged cells filled downwards."""

from __future__ import annotations

import csv
import io
import logging
import re
import warnings

import openpyxl

from extractor.core.errors import DocumentError
from extractor.documents.archives import check_package, damaged, xml_parts
from extractor.documents.encodings import decode
from extractor.documents.formats.cells import shown
from extractor.documents.reading import Reading, Writer, one_line

MAX_CELLS = 2_000_000
"""A cell far out makes all cells before it; merged ranges make theirs."""

_MERGE = re.compile(
    rb"<(?:\w+:)?mergeCell\b[^<>]*?ref\s*=\s*[\"']([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})"
)
_log = logging.getLogger(__name__)


def read_xlsx(content: bytes, name: str) -> Reading:
    """Read a workbook: values as last computed and as shown; macros are not looked at.

    Raises:
        DocumentError: it is damaged, or too large to be a plan.
    """
    check_package(content, name)
    _check_merges(content, name)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about styles and charts it leaves out
            book = openpyxl.load_workbook(io.BytesIO(content), data_only=True)
    except Exception as error:
        # The library believes what it opens: a damaged file fails anywhere in it.
        raise damaged(name, "an Excel workbook") from error
    writer = Writer(name)
    for sheet in book.worksheets:
        if sheet.sheet_state != "visible":
            _log.warning("%r: the hidden sheet %r is left out", name, sheet.title)
            continue
        if sheet.max_row * sheet.max_column > MAX_CELLS:
            raise _too_large(name)
        _write_sheet(sheet, writer)
    return writer.reading("xlsx")


def _write_sheet(sheet: openpyxl.worksheet.worksheet.Worksheet, writer: Writer) -> None:
    origins = {
        (row, merged.min_col): sheet.cell(merged.min_row, merged.min_col)
        for merged in sheet.merged_cells.ranges
        for row in range(merged.min_row + 1, merged.max_row + 1)
    }
    for row in sheet.iter_rows():
        cells = [origins.get((cell.row, cell.column), cell) for cell in row]
        writer.put_row(
            (
                shown(cell.value, cell.number_format),
                f"{sheet.title}!{cell.coordinate}",
            )
            for cell in cells
        )


def _check_merges(content: bytes, name: str) -> None:
    """Refuse what the library would unfold before anybody can count it."""
    cells = 0
    for part in xml_parts(content, "xl/worksheets/"):
        for left, top, right, bottom in _MERGE.findall(part):
            width = _column(right) - _column(left) + 1
            cells += width * (int(bottom) - int(top) + 1)
    if cells > MAX_CELLS:
        raise _too_large(name)


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number


def _too_large(name: str) -> DocumentError:
    return DocumentError(
        f"{name!r} spans more than {MAX_CELLS:,} cells; "
        "copy the plan's cells to a workbook of their own"
    )


def read_csv(content: bytes, name: str, encoding: str | None = None) -> Reading:
    """Read a table of values separated by commas, semicolons or tabs.

    Raises:
        DocumentError: it is no such table.
    """
    decoded = decode(content, name, encoding)
    head = decoded.text[:4000]
    delimiter = max(",\t;", key=head.count)
    writer = Writer(name)
    rows = csv.reader(io.StringIO(decoded.text, newline=""), delimiter=delimiter)
    try:
        for number, row in enumerate(rows, start=1):
            writer.put_row((one_line(cell), f"row {number}") for cell in row)
    except csv.Error as error:
        raise DocumentError(
            f"{name!r} is no table of values ({error}); save it again as CSV"
        ) from error
    return writer.reading("csv", decoded.encoding)
