"""A text without the spaces that conversion left in it, and the way back.

2025 年 9 月底前 is one time; `Compact` lets patterns read it without allowing for a
space at every joint.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence

from extractor.core.spans import Span
from extractor.language.numbers.numerals import fold

# Between two letters or digits a space keeps them apart: 第15 3月 is not 153月.
_SPACE = re.compile(
    r"(?<![0-9A-Za-z])[ \t\u00a0\u2009\u202f]+|[ \t\u00a0\u2009\u202f]+(?![0-9A-Za-z])"
)
_ANY_SPACE = re.compile(r"[ \t\u00a0\u2009\u202f]")
_SPACED_YEAR = re.compile(r"(?<!\d)(?:1 ?9|2 ?0) ?\d ?\d(?= ?年)")


class Compact:
    """A folded copy of a text without its spaces.

    Args:
        text: any text; line breaks stay.
    """

    def __init__(self, text: str) -> None:
        folded = fold(text)
        self._places: Sequence[int] = range(len(folded))
        self.text = folded
        if not _ANY_SPACE.search(folded):
            return
        spaces = {at for run in _SPACE.finditer(folded) for at in range(*run.span())}
        for year in _SPACED_YEAR.finditer(folded):
            spaces.update(at for at in range(*year.span()) if folded[at] == " ")
        kept = [at for at in range(len(folded)) if at not in spaces]
        self.text = "".join(folded[at] for at in kept)
        self._places = kept

    def span(self, start: int, end: int) -> Span:
        """Return where a stretch of the copy stands in the text itself."""
        return Span(self._places[start], self._places[end - 1] + 1)

    def place(self, position: int) -> int:
        """Return where the text's `position` stands in the copy, or what follows it."""
        return bisect_left(self._places, position)
