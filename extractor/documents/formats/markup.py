"""HTML bytes to a tree: decoded, unescaped, without what no reader sees."""

from __future__ import annotations

import codecs
import html
import re
import unicodedata
from typing import Any

import lxml.html

from extractor.core.errors import DocumentError
from extractor.documents.encodings import Decoded, decode

Element = Any
"""An element of lxml, which has no types."""

UNSEEN = frozenset(
    "area applet audio base button canvas datalist embed head iframe input link map "
    "meta nav noframes noscript object option rp rt script select style svg template "
    "textarea title video".split()
)
"""Never shown as text, typed in by the reader, or, `nav`, no part of what is told."""

_PAGE = re.compile(
    r"\s*+(?:<\?xml\b[^>]*>\s*+|(?><!--.*?-->)\s*+)*+<(?:!doctype\s+html|html)\b",
    re.IGNORECASE | re.DOTALL,
)
_CHARSET = re.compile(rb"(?i)<meta\b[^>]{0,200}?charset\s*=\s*[\"'\\]*([\w-]+)")
_FAMILY = {"gb2312": "gb18030", "gbk": "gb18030", "big5": "big5hkscs"}
"""Pages declare the small set and use the large one."""
_ESCAPED_QUOTE = re.compile(r"=\s*\\+[\"']")
_ESCAPED_BREAK = re.compile(r"(?:\\r)?\\n|\\r")
_ESCAPED_TAG = re.compile(r"&lt;/?(?:p|div|span|br|table|h[1-6]|li)\b", re.IGNORECASE)
_TAG = re.compile(r"</?[a-z]", re.IGNORECASE)
_ESCAPE = re.compile(r"\\{1,4}(r\\{1,4}n|[rnt](?![a-z]{2})|[\"'/])")
_HIDING = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden"
    r"|(?:font-size|opacity)\s*:\s*0(?![.\d])",
    re.IGNORECASE,
)


def is_page(text: str) -> bool:
    """Say whether a text is clearly a web page, whatever its name ends in."""
    return _PAGE.match(text.lstrip("\ufeff")) is not None


def decode_page(content: bytes, name: str, encoding: str | None) -> Decoded:
    """Decode a page: as told, by its mark, as UTF-8, as it declares, by detection."""
    declared = _CHARSET.search(content, 0, 4096)
    if encoding is None and declared and not _is_utf8(content):
        codec = declared[1].decode().lower()
        try:
            found = codecs.lookup(_FAMILY.get(codec, codec))
            text, _ = found.decode(content)
        except (LookupError, UnicodeDecodeError):
            return decode(content, name)
        if isinstance(text, str) and "\0" not in text:
            return Decoded(text.removeprefix("\ufeff"), found.name)
    return decode(content, name, encoding)


def _is_utf8(content: bytes) -> bool:
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return True


def parse_page(text: str, name: str) -> Element:
    """Return the tree of a page, without what no reader sees.

    The parser of HTML expands no entities of a document's own and fetches nothing.

    Raises:
        DocumentError: the page is no tree that a browser would show.
    """
    parser = lxml.html.HTMLParser(
        encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True
    )
    try:
        root = lxml.html.document_fromstring(unescape(text).encode(), parser=parser)
    except (lxml.etree.LxmlError, ValueError) as error:
        raise DocumentError(f"{name!r} has no text in its HTML") from error
    if any("depth" in entry.message for entry in parser.error_log):
        # The parser drops the rest of such a page.
        raise DocumentError(
            f"{name!r} nests its HTML too deeply; save its text as a .txt file"
        )
    _drop_unseen(root)
    return root


def unescape(text: str) -> str:
    r"""Return a fragment as it was before a database or a script wrote it down.

    Written down, `"` is `\"`, a line break `\r\n`, and sometimes `<p>` is `&lt;p&gt;`.
    Breaks become spaces, so that lines keep their numbers.
    """
    if _ESCAPED_QUOTE.search(text) or _is_on_escaped_lines(text):
        text = _ESCAPE.sub(lambda m: m[1] if m[1] in "\"'/" else " ", text)
    if not _TAG.search(text) and _ESCAPED_TAG.search(text):
        text = html.unescape(text)
    return text


def _is_on_escaped_lines(text: str) -> bool:
    """Say whether line breaks are written as escapes, and more often than not."""
    return 2 * len(_ESCAPED_BREAK.findall(text)) > text.count("\n") + 1


def _drop_unseen(root: Element) -> None:
    whole = len(root.text_content())
    for element in list(root.iter(lxml.etree.Element)):
        if element is root or element.tag == "body":
            continue
        # What a script unfolds is hidden in the file; a plan is most of its page.
        if element.tag in UNSEEN or (
            _is_hidden(element) and 2 * len(element.text_content()) < whole
        ):
            # Dropping it would copy what follows, which may hold control characters.
            element.clear(keep_tail=True)
            element.tag = "span"


def _is_hidden(element: Element) -> bool:
    return (
        "hidden" in element.attrib
        or element.get("role") == "navigation"
        or _HIDING.search(element.get("style", "")) is not None
    )


def is_wrap(space: str, before: str, after: str) -> bool:
    """Say whether white space only wraps the file: Chinese lines join without it."""
    return "\n" in space and _is_wide(before) and _is_wide(after[0])


def _is_wide(mark: str) -> bool:
    return unicodedata.east_asian_width(mark) in "WF"
