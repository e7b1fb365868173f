"""Markdown: the text as it is shown, by way of the page that it stands for."""

from __future__ import annotations

import re
from collections.abc import Iterable

from lxml import etree
from markdown_it import MarkdownIt
from markdown_it.token import Token

from extractor.core.errors import DocumentError
from extractor.documents.encodings import decode
from extractor.documents.formats.html import LINE, write_tree
from extractor.documents.formats.markup import Element, parse_page
from extractor.documents.reading import Reading, Writer

MAX_NESTING = 20
"""Levels of lists, quotes and brackets; a list in a list takes two.

The library looks ahead once for each, and leaves out what is nested deeper.
"""

_SAID = re.compile(re.escape(LINE), re.IGNORECASE)


def read_markdown(content: bytes, name: str, encoding: str | None = None) -> Reading:
    """Read Markdown; every line of a paragraph stays a line, as plans are written.

    Raises:
        DocumentError: it is no text, or nests lists or quotes without end.
    """
    decoded = decode(content, name, encoding)
    shown = MarkdownIt(
        "commonmark", {"breaks": True, "html": True, "maxNesting": MAX_NESTING}
    ).enable("table")
    tokens = shown.parse(decoded.text)
    if any(map(_is_innermost, tokens)):
        raise DocumentError(
            f"{name!r} nests its lists or quotes too deeply; save its text as a .txt "
            "file"
        )
    _forget_said_lines(tokens)
    for token in tokens:
        if token.map and token.nesting >= 0:
            token.attrSet(LINE, str(token.map[0] + 1))
    root = parse_page(shown.renderer.render(tokens, shown.options, {}), name)
    _hand_down_lines(root)
    writer = Writer(name, len(content))
    write_tree(root, writer)
    return writer.reading("markdown", decoded.encoding)


def _is_innermost(token: Token) -> bool:
    """Say whether what stands in a list or a quote is left out."""
    holds = token.type in {"blockquote_open", "list_item_open"}
    return holds and token.level + 1 >= MAX_NESTING


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
