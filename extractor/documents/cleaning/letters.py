"""The letters of a text by which two printings of it are told to be the same.

White space, the width and script of characters, and punctuation that only pauses are
left out; what belongs to a number (12.5, 30%, 3—5, ≥90) never is.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Container, Iterable, Iterator
from functools import cached_property
from heapq import merge
from itertools import pairwise

from extractor.core.lines import Lines
from extractor.language.labels import BULLETS
from extractor.language.numbers.numerals import fold

DAMAGE = "?\ufffd"
"""What bad conversion leaves in the place of lost letters."""

_BLOCK = 1 << 16
_BLANK = "\0"
"""What stands for a character that is no letter; cleaning leaves none in a text."""
_NUMERAL = "0-9〇零一二两三四五六七八九十百千万亿"
_STRETCH = re.compile(r"\S+")
_STOPS = "。；！;!"
_SIGNS = "<>~-"
_PAUSES = (
    rf"_{_STOPS}{BULLETS},.:'\"、，：“”‘’„‟…·^`—|/\\#*"
    rf"()（）《》〈〉【】〔〕「」『』{{}}\[\]{_SIGNS}"
)
_PAUSE = re.compile(
    # 3.5 and 3、5 are not 35, -5 is not 5; but a sentence may end between two numbers.
    rf"[{_PAUSES}](?:(?![{_NUMERAL}])|(?<=[{_STOPS}_])"
    rf"|(?<![{_NUMERAL}].)(?:(?<![{_SIGNS}])|(?![0-9])))"
)
_SENTENCE = re.compile(f"[{_STOPS}]+['\"”’」』》）)】\\]]*")


class Letters:
    """The letters of a text, and where lines and sentences begin among them.

    Positions are kept in arrays of machine integers: a text may have millions.

    Args:
        lines: the text's lines.
        without: which of them have no letters that count.
    """

    def __init__(self, lines: Lines, without: Container[int] = ()) -> None:
        self._lines = lines
        self._without = without
        starts, squeezed = _squeezed(lines, without)
        self._masked = _masked(squeezed)
        self.text = self._masked.replace(_BLANK, "")
        self.lines = array("q", _unique(self._indices(starts)))
        """Where lines begin."""
        ends = (found.end() for found in _SENTENCE.finditer(squeezed))
        at_units = array("q", merge(starts, ends))
        self.units = array("q")
        """Where lines and sentences begin."""
        self._at_units = array("q")
        last = -1
        for at, unit in zip(at_units, self._indices(at_units), strict=True):
            if last < unit < len(self.text):
                self.units.append(unit)
                self._at_units.append(at)
                last = unit

    def _indices(self, places: Iterable[int]) -> Iterator[int]:
        """Yield how many letters stand in front of each of some ordered places."""
        index = before = 0
        for at in places:
            index += at - before - self._masked.count(_BLANK, before, at)
            before = at
            yield index

    def place(self, index: int) -> int:
        """Return where the letter with this index stands in the text."""
        unit = bisect_right(self.units, index) - 1
        at, ahead = self._at_units[unit], index - self.units[unit]
        while ahead or self._masked[at] == _BLANK:
            ahead -= self._masked[at] != _BLANK
            at += 1
        starts, places = self._stretches
        stretch = bisect_right(starts, at) - 1
        return places[stretch] + at - starts[stretch]

    @cached_property
    def _stretches(self) -> tuple[array[int], array[int]]:
        """Where what white space parts begins: without that space, and in the text."""
        starts, places = array("q"), array("q")
        length = 0
        for at, line in enumerate(self._lines):
            if at in self._without:
                continue
            for found in _STRETCH.finditer(line.text):
                starts.append(length)
                places.append(line.text_start + found.start())
                length += len(found[0])
        return starts, places

    def is_line(self, index: int) -> bool:
        """Say whether a line begins at a letter, or the text ends there."""
        return index == len(self.text) or _has(self.lines, index)

    def is_unit(self, index: int) -> bool:
        """Say whether a sentence begins at a letter, or the text ends there."""
        return index == len(self.text) or _has(self.units, index)

    def printed(self, start: int, end: int) -> str:
        """Return the text from one letter up to another one."""
        return self._lines.text[self.place(start) : self.place(end - 1) + 2]

    def sentences(self, start: int, end: int) -> set[str]:
        """Return the different sentences between two letters."""
        first, last = bisect_left(self.units, start), bisect_left(self.units, end)
        marks = [start, *self.units[first:last], end]
        found = {self.text[a:b] for a, b in pairwise(marks)}
        return found - {""}


def _squeezed(lines: Lines, without: Container[int]) -> tuple[array[int], str]:
    """Return where lines begin in a text without white space, and that text, folded."""
    starts, parts = array("q"), []
    length = 0
    for at, words in enumerate(lines.texts()):
        if at not in without:
            part = "".join(words.split())
            starts.append(length)
            length += len(part)
            parts.append(part)
    return starts, fold("".join(parts))


def _masked(text: str) -> str:
    """Return a text with blanks for what is no letter, made in blocks."""
    parts = []
    for start in range(0, len(text), _BLOCK):
        # A character is judged by the ones beside it.
        first = max(start - 1, 0)
        block = _PAUSE.sub(_BLANK, text[first : start + _BLOCK + 1])
        parts.append(block[start - first :][:_BLOCK])
    return "".join(parts)


def _has(ordered: array[int], value: int) -> bool:
    at = bisect_left(ordered, value)
    return at < len(ordered) and ordered[at] == value


def _unique(ordered: Iterator[int]) -> Iterator[int]:
    last = -1
    for value in ordered:
        if value != last:
            yield value
        last = value
