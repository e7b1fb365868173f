"""The letters of a text by which two printings of it are told to be the same.

White space, the width and script of characters, and punctuation that only pauses are
left out; what belongs to a number (12.5, 30%, 3—5, ≥90) never is.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from heapq import merge
from itertools import chain, pairwise

from extractor.core.lines import BREAK
from extractor.language.labels import BULLETS
from extractor.language.numbers.numerals import fold

DAMAGE = "?\ufffd"
"""What bad conversion leaves in the place of lost letters."""

PART = 1 << 12
"""Matches that are joined at once."""
_NUMERAL = "0-9〇零一二两三四五六七八九十百千万亿"
_STRETCH = re.compile(r"\S+")
_SPACE = re.compile(r"\s+")
_PAUSES = (
    r",.:;!'\"、。；！，：“”‘’„‟…·()（）《》〈〉【】〔〕「」『』{}\[\]<>~^`—|/\\#*_-"
)
_KEPT = re.compile(
    # 3.5 and 3、5 are not 35, but a sentence may end between two numbers.
    rf"[^\W_]+|[{DAMAGE}]+|(?<=[{_NUMERAL}])[^\w\s。；！;!](?=[{_NUMERAL}])"
    rf"|[-~<>](?=[0-9])|[^\w\s{BULLETS}{_PAUSES}]"
)
_SENTENCE = re.compile("[。；！;!]+['\"”’」』》）)】\\]]*")


class Letters:
    """The letters of a text, and where lines and sentences begin among them.

    Positions are kept in arrays of machine integers: a text may have millions.

    Args:
        text: the text; what does not count is blank in it.
    """

    def __init__(self, text: str) -> None:
        self._source = text
        folded = fold(text)
        self._places, self._place_starts = _runs(_STRETCH, folded)
        squeezed = _SPACE.sub("", folded)
        breaks = chain([0], (found.end() for found in BREAK.finditer(folded)))
        first = array("q", map(self._squeezed, breaks))
        del folded
        self._kept, self._kept_starts = _runs(_KEPT, squeezed)
        self.text = _joined(squeezed, self._kept, self._kept_starts)
        self.lines = array("q", _unique(map(self._index, first)))
        """Where lines begin."""
        ends = (self._index(found.end()) for found in _SENTENCE.finditer(squeezed))
        starts = _unique(merge(self.lines, ends))
        self.units = array("q", (at for at in starts if at < len(self.text)))
        """Where lines and sentences begin."""

    def _squeezed(self, place: int) -> int:
        """Return where the first visible character at or after a place is squeezed."""
        return _within(self._places, self._place_starts, place)

    def _index(self, squeezed: int) -> int:
        """Return the index of the first letter at or after a squeezed place."""
        return _within(self._kept, self._kept_starts, squeezed)

    def place(self, index: int) -> int:
        """Return where the letter with this index stands in the text."""
        run = bisect_right(self._kept_starts, index) - 1
        at = self._kept[run] + index - self._kept_starts[run]
        stretch = bisect_right(self._place_starts, at) - 1
        return self._places[stretch] + at - self._place_starts[stretch]

    def is_line(self, index: int) -> bool:
        """Say whether a line begins at a letter, or the text ends there."""
        return index == len(self.text) or _has(self.lines, index)

    def is_unit(self, index: int) -> bool:
        """Say whether a sentence begins at a letter, or the text ends there."""
        return index == len(self.text) or _has(self.units, index)

    def printed(self, start: int, end: int) -> str:
        """Return the text from one letter up to another one."""
        return self._source[self.place(start) : self.place(end - 1) + 2]

    def sentences(self, start: int, end: int) -> set[str]:
        """Return the different sentences between two letters."""
        first, last = bisect_left(self.units, start), bisect_left(self.units, end)
        marks = [start, *self.units[first:last], end]
        found = {self.text[a:b] for a, b in pairwise(marks)}
        return found - {""}


def _runs(pattern: re.Pattern[str], text: str) -> tuple[array[int], array[int]]:
    """Return where matches begin in a text, and where in the text that they make.

    The second one ends with the length of that text.
    """
    places, starts = array("q"), array("q", [0])
    length = 0
    for found in pattern.finditer(text):
        start, end = found.span()
        places.append(start)
        length += end - start
        starts.append(length)
    return places, starts


def _joined(text: str, places: array[int], starts: array[int]) -> str:
    """Return the text that matches make, put together in a few large parts."""
    parts = []
    for first in range(0, len(places), PART):
        runs = range(first, min(first + PART, len(places)))
        lengths = ((places[run], starts[run + 1] - starts[run]) for run in runs)
        parts.append("".join([text[at : at + length] for at, length in lengths]))
    return "".join(parts)


def _within(places: array[int], starts: array[int], at: int) -> int:
    """Return where the first matched character at or after a place stands."""
    run = bisect_right(places, at) - 1
    if run < 0:
        return 0
    return starts[run] + min(at - places[run], starts[run + 1] - starts[run])


def _has(ordered: array[int], value: int) -> bool:
    at = bisect_left(ordered, value)
    return at < len(ordered) and ordered[at] == value


def _unique(ordered: Iterator[int]) -> Iterator[int]:
    last = -1
    for value in ordered:
        if value != last:
            yield value
        last = value
