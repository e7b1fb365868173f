"""Spreadsheets: sheet by sheet, one row a line, merged cells filled downwards."""

from __future__ import annotations

import csv
import html
import io
import logging
import re
import warnings

import openpyxl
from openpyxl.utils import range_boundaries

from extractor.core.errors import DocumentError
from extractor.documents.archives import check_package, damaged, xml_parts
from extractor.documents.encodings import decode
from extractor.documents.formats.cells import shown
from extractor.documents.reading import Reading, Writer, one_line

MAX_CELLS = 2_000_000
MAX_MADE, SPARE = 10, 40_000
"""Times the cells that a workbook stores that it may span, and some above.

A cell far out makes all cells before it; merged ranges make theirs.
"""

_MERGE = re.compile(rb"<(?:\w+:)?mergeCell\b[^<>]*?ref\s*=\s*[\"']([^\"'<>]*)")
_STORED = re.compile(rb"<(?:\w+:)?c[\s/>]")
_log = logging.getLogger(__name__)


def read_xlsx(content: bytes, name: str) -> Reading:
    """Read a workbook: values as last computed and as shown; macros are not looked at.

    Raises:
        DocumentError: it is damaged, or too large to be a plan.
    """
    size = check_package(content, name)
    most = _most_cells(content, name)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about styles and charts it leaves out
            book = openpyxl.load_workbook(io.BytesIO(content), data_only=True)
    except Exception as error:
        # The library believes what it opens: a damaged file fails anywhere in it.
        raise damaged(name, "an Excel workbook") from error
    writer = Writer(name, size)
    for sheet in book.worksheets:
        if sheet.sheet_state != "visible":
            _log.warning("%r: the hidden sheet %r is left out", name, sheet.title)
            continue
        if sheet.max_row * sheet.max_column > most:
            raise _too_large(name, most)
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


def _most_cells(content: bytes, name: str) -> int:
    """Return how many cells a sheet may span, for what the workbook stores.

    Raises:
        DocumentError: merged ranges do more, which the library would unfold before
            anybody can count it.
    """
    stored = merged = 0
    for part in xml_parts(content, "xl/"):
        plain = part.replace(b"\0", b"")  # of UTF-16
        stored += len(_STORED.findall(plain))
        merged += sum(_cells_of(ref) for ref in _MERGE.findall(plain))
    most = min(MAX_CELLS, MAX_MADE * stored + SPARE)
    if merged > most:
        raise _too_large(name, most)
    return most


def _cells_of(reference: bytes) -> int:
    """Return how many cells a range has; none where the library refuses it."""
    try:
        edges = range_boundaries(html.unescape(reference.decode("ascii", "replace")))
    except ValueError:
        return 0
    left, top, right, bottom = (edge or 0 for edge in edges)
    return int(max(right - left + 1, 0) * max(bottom - top + 1, 0))


def _too_large(name: str, most: int) -> DocumentError:
    return DocumentError(
        f"{name!r} spans more than {most:,} cells; "
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
