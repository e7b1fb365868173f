"""Lines of a text: where each starts and ends, whatever breaks them."""

from __future__ import annotations

import re
from typing import NamedTuple

BREAK = re.compile("\r\n|[\n\r\v\f\x85\u2028\u2029]")


class Line(NamedTuple):
    """One line: `[start, end)` is its text, `stop` is where the next one starts."""

    start: int
    end: int
    stop: int
    text: str
    """The line's characters without the break and without outer white space."""
    indent: int
    """White space characters in front of `text`."""

    @property
    def text_start(self) -> int:
        """Return where the first visible character stands."""
        return self.start + self.indent

    @property
    def text_end(self) -> int:
        """Return where the last visible character ends."""
        return self.start + self.indent + len(self.text)


def split_lines(text: str) -> list[Line]:
    """Return the lines of `text`; offsets index `text`."""
    lines = []
    start = 0
    for found in BREAK.finditer(text):
        lines.append(_line(text, start, found.start(), found.end()))
        start = found.end()
    if start < len(text):
        lines.append(_line(text, start, len(text), len(text)))
    return lines


def _line(text: str, start: int, end: int, stop: int) -> Line:
    raw = text[start:end]
    visible = raw.strip()
    if not visible:
        return Line(start, end, stop, "", 0)
    indent = 0 if raw[0] == visible[0] else len(raw) - len(raw.lstrip())
    return Line(start, end, stop, visible, indent)
