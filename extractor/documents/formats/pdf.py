"""PDF with text: spans give page and box.

Columns come in the order of the file; running heads and page numbers are left to
cleaning.
"""

from __future__ import annotations

import logging
import re
import unicodedata
from collections.abc import Iterator

import pypdfium2
from pypdfium2 import raw

from extractor.core.errors import DocumentError
from extractor.documents.formats.layout import Box, Line, paragraphs
from extractor.documents.reading import Reading, Writer

MAX_PAGES = 2000
"""A work plan has some ten pages."""
MAX_PAGE_CHARACTERS = 200_000
"""A printed page has some thousand."""
MIN_CHARACTERS = 20
"""Mean of a page below which a file is a scan; its scanner may print its name."""

_VISIBLE = re.compile(r"\w")
# Fonts name the radical ⼀ where they print the word 一.
_RADICAL = re.compile("[\u2e80-\u2fdf]")
_DROPPED = {0, 2, 0xFFFE, 0xFFFF}
"""What the library puts for no character and for a hyphen at the end of a line."""
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
    empty = []
    for number in range(1, len(document) + 1):
        lines = list(_lines(document, number, name))
        if not any(_VISIBLE.search(line.text) for line in lines):
            empty.append(number)
        for paragraph in paragraphs(lines):
            for line in paragraph:
                writer.put(line.text, f"page {number}", page=number, box=line.box)
            writer.end_line()
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


def _lines(document: pypdfium2.PdfDocument, number: int, name: str) -> Iterator[Line]:
    """Yield the lines of a page."""
    try:
        page = document[number - 1]
        text = page.get_textpage()
    except pypdfium2.PdfiumError:
        _log.warning("%r: page %d is damaged and left out", name, number)
        return
    count = text.count_chars()
    if count > MAX_PAGE_CHARACTERS:
        raise DocumentError(
            f"{name!r} has {count:,} characters on page {number}, more than can be "
            "printed; extract the plan's text"
        )
    marks: list[int] = []
    boxes: list[Box] = []
    for at in range(count):
        code = raw.FPDFText_GetUnicode(text, at)
        if code in {10, 13}:
            yield _line(marks, boxes)
            marks, boxes = [], []
        elif code not in _DROPPED:
            marks.append(code)
            box = _box(text, at)
            if box[2] > box[0]:  # a space that the library put has none
                boxes.append(box)
    yield _line(marks, boxes)
    text.close()
    page.close()


def _box(text: pypdfium2.PdfTextPage, at: int) -> Box:
    # The loose box has the height of the font also where a glyph has none.
    box = raw.FS_RECTF()
    raw.FPDFText_GetLooseCharBox(text, at, box)
    return box.left, box.bottom, box.right, box.top


def _line(marks: list[int], boxes: list[Box]) -> Line:
    # Characters beyond the first plane come in two halves.
    units = "".join(map(chr, marks)).encode("utf-16-le", "surrogatepass")
    text = units.decode("utf-16-le", "replace").strip()
    text = _RADICAL.sub(lambda m: unicodedata.normalize("NFKC", m[0]), text)
    if not boxes:
        return Line(text, None)
    left, bottom, right, top = zip(*boxes, strict=True)
    edges = (min(left), min(bottom), max(right), max(top))
    return Line(text, tuple(round(edge, 1) for edge in edges))
