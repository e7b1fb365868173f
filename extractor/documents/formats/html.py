"""Web pages: the text as a browser shows it, with the numbers that it makes itself."""

from __future__ import annotations

import re

from lxml import etree

from extractor.documents.formats.lists import Numbering
from extractor.documents.formats.markup import (
    Element,
    decode_page,
    is_wrap,
    parse_page,
)
from extractor.documents.formats.tables import data_rows
from extractor.documents.reading import (
    Reading,
    Writer,
    one_line,
    raise_number,
)

LINE = "data-source-line"
"""Attribute with the line of an element, for pages made from another format."""

_BLOCKS = frozenset(
    "address article aside blockquote body caption center dd details dialog dir div dl "
    "dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header hr html legend "
    "li main menu ol p pre search section summary table tbody td tfoot th thead tr "
    "ul".split()
)
_LISTS = frozenset({"ol", "ul", "menu"})
_SPACE = re.compile("([ \t\r\n\f]+)")


def read_html(content: bytes, name: str, encoding: str | None = None) -> Reading:
    """Read a web page or a fragment of one.

    What belongs to the page only (banners, menus without `nav`, footers) is left to
    cleaning, which says what it cuts: libraries that pick out the main text drop titles
    and the numbers of points with it.
    """
    decoded = decode_page(content, name, encoding)
    root = parse_page(decoded.text, name)
    etree.strip_attributes(root, LINE)  # a page's own says nothing
    writer = Writer(name, len(content))
    write_tree(root, writer)
    return writer.reading("html", decoded.encoding)


def write_tree(root: Element, writer: Writer) -> None:
    """Write the text of a page."""
    _Flow(writer).read(root)


class _Flow:
    """Write the text of elements the way a browser lays it out."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer
        self._space = ""
        self._last = ""
        self._marker = ""
        self._lists: list[Numbering] = []
        self._preformatted = 0

    def read(self, root: Element) -> None:
        """Write an element without what follows it."""
        steps = etree.iterwalk(root, events=("start", "end"))
        for event, element in steps:
            if event == "end":
                self._close(element)
                if element is not root:
                    self._say(element.tail, element)
            elif element.tag == "table" and self._write_rows(element):
                steps.skip_subtree()
            else:
                self._open(element)
                self._say(_text(element), element)

    def _write_rows(self, table: Element) -> bool:
        rows = data_rows(table, _inner_text, _locator)
        for row in rows or ():
            self._writer.put_row(row)
        return rows is not None

    def _open(self, element: Element) -> None:
        if element.tag in _BLOCKS:
            self._break()
        if element.tag == "br":
            self._space = self._last = ""
            self._writer.end_line()
        elif element.tag in _LISTS:
            self._lists.append(Numbering(element))
        elif element.tag == "li" and self._lists:
            self._marker += self._lists[-1].next_marker(element)
        elif element.tag == "pre":
            self._preformatted += 1

    def _close(self, element: Element) -> None:
        if element.tag in _BLOCKS:
            self._break()
        if element.tag in _LISTS:
            self._lists.pop()
        elif element.tag == "li":
            self._marker = ""
        elif element.tag == "pre":
            self._preformatted -= 1

    def _break(self) -> None:
        self._space = self._last = ""
        self._writer.end_paragraph()

    def _say(self, text: str | None, element: Element) -> None:
        if self._preformatted:
            for line in (text or "").splitlines(keepends=True):
                self._put(line.rstrip("\r\n"), element)
                if line.endswith(("\r", "\n")):
                    self._writer.end_line()
            return
        for position, piece in enumerate(_SPACE.split(text or "")):
            if position % 2:
                self._space += piece
            elif piece:
                self._put(piece, element)

    def _put(self, piece: str, element: Element) -> None:
        if self._space and self._last and not is_wrap(self._space, self._last, piece):
            self._writer.put(" ")
        self._writer.put(self._marker + piece, _locator(element))
        self._space = self._marker = ""
        self._last = piece[-1:]


def _text(element: Element) -> str | None:
    text: str | None = element.text
    if text and element.tag == "sup" and not len(element):
        return raise_number(text)
    return text


def _locator(element: Element) -> str:
    return f"line {element.get(LINE) or element.sourceline}"


def _inner_text(element: Element) -> str:
    writer = Writer("a table")
    _Flow(writer).read(element)
    return one_line(writer.text)
