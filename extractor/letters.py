"""The letters of a text by which two printings of it are told to be the same.

White space, the width and script of characters, and punctuation that only pauses are
left out; what belongs to a number (12.5, 30%, 3—5, ≥90) never is.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from itertools import accumulate, pairwise

from extractor.labels import BULLETS
from extractor.lines import Line
from extractor.numerals import fold

DAMAGE = "?\ufffd"
"""What bad conversion leaves in the place of lost letters."""

_NUMERAL = "0-9〇零一二两三四五六七八九十百千万亿"
_STRETCH = re.compile(r"\S+")
_PAUSES = (
    r",.:;!'\"、。；！，：“”‘’„‟…·()（）《》〈〉【】〔〕「」『』{}\[\]<>~^`—|/\\#*_-"
)
_KEPT = re.compile(
    # 3.5 and 3、5 are not 35, but a sentence may end between two numbers.
    rf"[^\W_]+|[{DAMAGE}]+|(?<=[{_NUMERAL}])[^\w\s。；！;!](?=[{_NUMERAL}])"
    rf"|[-~<>](?=[0-9])|[^\w\s{_PAUSES}]"
)
_SENTENCE = re.compile("[。；！;!]+['\"”’」』》）)】\\]]*")
_BULLET = re.compile(f"[{BULLETS}]")


class Letters:
    """The letters of some lines of a text, and where sentences begin among them.

    Args:
        text: the text.
        lines: the lines that count, in order.
    """

    def __init__(self, text: str, lines: Sequence[Line]) -> None:
        self._source = text
        squeezed, self._place_starts, self._places, first = _squeeze(fold(text), lines)
        kept = [m.span() for m in _KEPT.finditer(squeezed) if not _is_bullet(m)]
        self.text = "".join([squeezed[start:end] for start, end in kept])
        self._kept = [start for start, _ in kept]
        self._kept_starts = _sums(end - start for start, end in kept)
        self.lines = sorted({self._index(at) for at in first})
        """Where lines begin."""
        ends = {self._index(m.end()) for m in _SENTENCE.finditer(squeezed)}
        self.units = sorted(ends.union(self.lines) - {len(self.text)})
        """Where lines and sentences begin."""

    def _index(self, squeezed_at: int) -> int:
        """Return the index of the first letter at or after a place."""
        run = bisect_right(self._kept, squeezed_at) - 1
        if run < 0:
            return 0
        length = self._kept_starts[run + 1] - self._kept_starts[run]
        offset = min(squeezed_at - self._kept[run], length)
        return self._kept_starts[run] + offset

    def place(self, index: int) -> int:
        """Return where the letter with this index stands in the text."""
        run = bisect_right(self._kept_starts, index) - 1
        at = self._kept[run] + index - self._kept_starts[run]
        stretch = bisect_right(self._place_starts, at) - 1
        return self._places[stretch] + at - self._place_starts[stretch]

    def is_line(self, index: int) -> bool:
        """Say whether a line begins at a letter, or the text ends there."""
        at = bisect_left(self.lines, index)
        return index == len(self.text) or self.lines[at : at + 1] == [index]

    def is_unit(self, index: int) -> bool:
        """Say whether a sentence begins at a letter, or the text ends there."""
        at = bisect_left(self.units, index)
        return index == len(self.text) or self.units[at : at + 1] == [index]

    def printed(self, start: int, end: int) -> str:
        """Return the text from one letter up to another one."""
        return self._source[self.place(start) : self.place(end - 1) + 2]

    def sentences(self, start: int, end: int) -> set[str]:
        """Return the different sentences between two letters."""
        first, last = bisect_left(self.units, start), bisect_left(self.units, end)
        marks = [start, *self.units[first:last], end]
        found = {self.text[a:b] for a, b in pairwise(marks)}
        return found - {""}


def _squeeze(
    folded: str, lines: Sequence[Line]
) -> tuple[str, list[int], list[int], list[int]]:
    """Join the visible stretches of lines.

    Returns:
        The joined text; where each stretch begins in it and in the text; where each
        line begins in it.
    """
    parts: list[str] = []
    starts: list[int] = []
    places: list[int] = []
    first: list[int] = []
    length = 0
    for line in lines:
        first.append(length)
        for found in _STRETCH.finditer(folded, line.text_start, line.text_end):
            parts.append(found[0])
            starts.append(length)
            places.append(found.start())
            length += len(found[0])
    return "".join(parts), starts, places, first


def _is_bullet(match: re.Match[str]) -> bool:
    return _BULLET.fullmatch(match[0]) is not None


def _sums(lengths: Iterable[int]) -> list[int]:
    return list(accumulate(lengths, initial=0))
