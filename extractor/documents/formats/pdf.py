"""PDF with text: spans give page and box.

A ruled table comes row by row, with its cells. Columns of the page come in the order of
the file; running heads and page numbers are left to cleaning.
"""

from __future__ import annotations

import logging
import re

import pypdfium2

from extractor.core.errors import DocumentError
from extractor.documents.formats.layout import Line, paragraphs
from extractor.documents.formats.ruled.breaks import rows
from extractor.documents.formats.ruled.glyphs import (
    Glyphs,
    quarters,
    read_glyphs,
    turned,
)
from extractor.documents.formats.ruled.grids import LEAST_STROKES, Grid, find_grids
from extractor.documents.formats.ruled.sheets import Part, Sheet, settled, sheet_of
from extractor.documents.formats.ruled.strokes import (
    TooMuchError,
    read_strokes,
)
from extractor.documents.formats.ruled.tables import Table, find_tables
from extractor.documents.reading import Reading, Writer

MAX_PAGES = 2000
"""A work plan has some ten pages."""
MAX_PAGE_CHARACTERS = 200_000
"""A printed page has some thousand."""
MAX_TABLE_CHARACTERS = 50_000
"""Characters of a page above which no tables are looked for."""
MIN_CHARACTERS = 20
"""Mean of a page below which a file is a scan; its scanner may print its name."""

_VISIBLE = re.compile(r"\w")
_TABLE = "\0"
"""Stands for a table among the lines of a page; no line has such a character."""
_log = logging.getLogger(__name__)


def read_pdf(content: bytes, name: str) -> Reading:
    """Read a PDF that has text.

    Raises:
        DocumentError: it is damaged, locked, too large, or a scan.
    """
    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        raise DocumentError(
            f"{name!r} looks like a PDF but cannot be opened: it is damaged or locked "
            "with a password; save it again"
        ) from error
    try:
        if len(document) > MAX_PAGES:
            raise DocumentError(
                f"{name!r} has {len(document):,} pages, more than the limit of "
                f"{MAX_PAGES:,}; split it or extract the plan's text"
            )
        return _read_pages(document, name)
    finally:
        document.close()


def _read_pages(document: pypdfium2.PdfDocument, name: str) -> Reading:
    writer = Writer(name)
    read = [_sheet(document, at, name) for at in range(1, len(document) + 1)]
    sheets, parts = settled(read)
    chains = {id(chain[0].table): chain for chain in parts}
    empty = []
    for sheet in sheets:
        if not any(_is_visible(block) for block in sheet.blocks):
            empty.append(sheet.number)
        _write(sheet, chains, writer)
    visible = len(_VISIBLE.findall(writer.text))
    if visible < MIN_CHARACTERS * max(1, len(document)):
        raise DocumentError(
            f"{name!r} is a scan: its {len(document)} pages are pictures without text; "
            "run OCR on it first, for example ocrmypdf -l chi_sim"
        )
    if empty:
        pages = ", ".join(map(str, empty[:20]))
        _log.warning("%r has no text on page %s; are they scanned?", name, pages)
    return writer.reading("pdf")


def _is_visible(block: Line | Table) -> bool:
    """Say whether a block of a page has text."""
    return isinstance(block, Table) or bool(_VISIBLE.search(block.text))


def _write(sheet: Sheet, chains: dict[int, list[Part]], writer: Writer) -> None:
    """Write a page; a table that goes on over pages stands where it begins."""
    lines = [
        block if isinstance(block, Line) else Line(_TABLE, None)
        for block in sheet.blocks
    ]
    tables = (block for block in sheet.blocks if isinstance(block, Table))
    for paragraph in paragraphs(lines):
        if paragraph[0].text == _TABLE:
            chain = chains.get(id(next(tables)))
            for row in rows(chain) if chain else ():
                writer.put_cells(row)
            continue
        for line in paragraph:
            writer.put(
                line.text, f"page {sheet.number}", page=sheet.number, box=line.box
            )
        writer.end_line()


def _sheet(document: pypdfium2.PdfDocument, number: int, name: str) -> Sheet:
    """Read a page."""
    try:
        page = document[number - 1]
        text = page.get_textpage()
    except pypdfium2.PdfiumError:
        _log.warning("%r: page %d is damaged and left out", name, number)
        return sheet_of(number, Glyphs([], []), 0, ())
    count = text.count_chars()
    if count > MAX_PAGE_CHARACTERS:
        raise DocumentError(
            f"{name!r} has {count:,} characters on page {number}, more than can be "
            "printed; extract the plan's text"
        )
    glyphs = read_glyphs(text, count)
    try:
        grids, quarter = _grids(page, text, glyphs)
    except TooMuchError as error:
        grids, quarter = [], 0
        _log.warning(
            "%r: page %d has more %s than a table can have; its text is read line by "
            "line",
            name,
            number,
            error,
        )
    tables = find_tables(grids, glyphs, quarter)
    text.close()
    page.close()
    return sheet_of(number, glyphs, quarter, tables)


def _grids(
    page: pypdfium2.PdfPage, text: pypdfium2.PdfTextPage, glyphs: Glyphs
) -> tuple[list[Grid], int]:
    """Return the grids of a page as its text sees them, and how that is turned."""
    strokes = read_strokes(page)
    if len(strokes) < LEAST_STROKES:
        return [], 0
    if len(glyphs.codes) > MAX_TABLE_CHARACTERS:
        raise TooMuchError("characters")
    quarter = quarters(text, [at for at, box in enumerate(glyphs.boxes) if box])
    return find_grids(turned(stroke, quarter) for stroke in strokes), quarter
