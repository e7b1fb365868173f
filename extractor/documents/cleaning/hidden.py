"""Find the parts of a web page that are never shown: scripts, styles, comments."""

from __future__ import annotations

import re

from extractor.core.spans import Span

_OPEN = re.compile(
    r"<(?P<element>script|style|head|noscript)\b|<!(?P<comment>--)|<!(?P<type>doctype)",
    re.IGNORECASE,
)
_CLOSE = {
    name: re.compile(rf"</{name}\s{{0,9}}>", re.IGNORECASE)
    for name in ("script", "style", "head", "noscript")
} | {"--": re.compile("-->"), "doctype": re.compile(">")}
_TAG_END = re.compile(">")


def find_hidden(text: str) -> list[Span]:
    """Return the hidden stretches of `text`, in order.

    One pass: where nothing closes a kind of element once, nothing does later.
    """
    spans: list[Span] = []
    unclosed: set[str] = set()
    position = 0
    while found := _OPEN.search(text, position):
        position = found.end()
        kind = (found["element"] or found["comment"] or found["type"]).lower()
        if kind in unclosed:
            continue
        opened = _TAG_END.search(text, position) if found["element"] else found
        closed = _CLOSE[kind].search(text, opened.end()) if opened else None
        if closed is None:
            unclosed.add(kind)
        else:
            position = closed.end()
            spans.append(Span(found.start(), position))
    return spans
