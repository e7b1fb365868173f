"""Markdown: the text as it is shown, by way of the page that it stands for."""

from __future__ import annotations

import re
from collections.abc import Iterable

from lxml import etree
from markdown_it import MarkdownIt
from markdown_it.token import Token

from extractor.documents.encodings import decode
from extractor.documents.formats.html import LINE, write_tree
from extractor.documents.formats.markup import Element, parse_page
from extractor.documents.reading import Reading, Writer

_SAID = re.compile(re.escape(LINE), re.IGNORECASE)


def read_markdown(content: bytes, name: str, encoding: str | None = None) -> Reading:
    """Read Markdown; every line of a paragraph stays a line, as plans are written."""
    decoded = decode(content, name, encoding)
    shown = MarkdownIt(
        "commonmark", {"breaks": True, "html": True, "maxNesting": 100}
    ).enable("table")
    tokens = shown.parse(decoded.text)
    _forget_said_lines(tokens)
    for token in tokens:
        if token.map and token.nesting >= 0:
            token.attrSet(LINE, str(token.map[0] + 1))
    root = parse_page(shown.renderer.render(tokens, shown.options, {}), name)
    _hand_down_lines(root)
    writer = Writer(name, len(content))
    write_tree(root, writer)
    return writer.reading("markdown", decoded.encoding)


def _forget_said_lines(tokens: Iterable[Token]) -> None:
    """Take the attribute of lines out of HTML that stands in the file."""
    for token in tokens:
        if token.type in {"html_block", "html_inline"}:
            token.content = _SAID.sub("", token.content)
        _forget_said_lines(token.children or ())


def _hand_down_lines(root: Element) -> None:
    """Give each element the line of the block it is in, counted on by its breaks."""
    lines: dict[Element, str] = {}
    for element in root.iter(etree.Element):
        parent = element.getparent()
        line = element.get(LINE) or lines.get(parent)
        if line is None:
            continue
        if element.tag == "br":
            line = lines[parent] = str(int(line) + 1)
        element.set(LINE, line)
        lines[element] = line
