"""Lines of a text: where each starts and ends, whatever breaks them.

What breaks a line is what `str.splitlines` says; a line of white space alone is none.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import NamedTuple, overload

BREAK = re.compile("\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]")
"""What ends a line, as `str.splitlines` has it."""


class Line(NamedTuple):
    """One line: what is visible of it, and `[start, stop)` with its break."""

    start: int
    stop: int
    """Where the next one starts."""
    text_start: int
    """Where the first visible character stands."""
    text: str
    """The line's characters without the break and without outer white space."""

    @property
    def text_end(self) -> int:
        """Return where the last visible character ends."""
        return self.text_start + len(self.text)

    @property
    def indent(self) -> int:
        """Return how many white space characters stand in front of `text`."""
        return self.text_start - self.start


def split_lines(text: str, start: int = 0, end: int | None = None) -> list[Line]:
    """Return the lines of `text[start:end]`; offsets index `text`."""
    lines = []
    for raw in text[start:end].splitlines(keepends=True):
        visible = raw.strip()
        stop = start + len(raw)
        if visible:
            indent = 0 if raw[0] == visible[0] else len(raw) - len(raw.lstrip())
            lines.append(Line(start, stop, start + indent, visible))
        start = stop
    return lines


class Lines(Sequence[Line]):
    """The lines of a text that may have millions: arrays, and a `Line` when asked."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.starts = array("q")
        self._stops = array("q")
        self._text_starts = array("q")
        self._text_ends = array("q")
        start = 0
        for raw in text.splitlines(keepends=True):
            stop = start + len(raw)
            length = len(raw.lstrip())
            if length:
                self.starts.append(start)
                self._stops.append(stop)
                self._text_starts.append(stop - length)
                self._text_ends.append(start + len(raw.rstrip()))
            start = stop

    def __len__(self) -> int:
        return len(self.starts)

    @overload
    def __getitem__(self, at: int) -> Line: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Line]: ...
    def __getitem__(self, at: int | slice) -> Line | Sequence[Line]:
        if isinstance(at, slice):
            return [self[index] for index in range(*at.indices(len(self)))]
        return Line(
            self.starts[at], self._stops[at], self._text_starts[at], self.words(at)
        )

    def __iter__(self) -> Iterator[Line]:
        return map(Line, self.starts, self._stops, self._text_starts, self.texts())

    def words(self, at: int) -> str:
        """Return the visible characters of one line."""
        return self.text[self._text_starts[at] : self._text_ends[at]]

    def texts(self) -> Iterator[str]:
        """Yield the visible characters of each line."""
        places = zip(self._text_starts, self._text_ends, strict=True)
        return (self.text[start:end] for start, end in places)

    def between(self, start: int, end: int) -> slice:
        """Return which lines begin in `[start, end)`."""
        return slice(bisect_left(self.starts, start), bisect_left(self.starts, end))

    def part(self, which: slice) -> Lines:
        """Return some of the lines, of the same text."""
        part = Lines("")
        part.text = self.text
        part.starts = self.starts[which]
        part._stops = self._stops[which]
        part._text_starts = self._text_starts[which]
        part._text_ends = self._text_ends[which]
        return part
