"""Which printed line of a cell goes on from the one above it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from extractor.documents.formats.ruled.lines import APART, CLOSING, FIGURES, Printed

PADDING = 8.0
"""Points between the border and the text, at most."""

_GROUP = 3
_BEGUN = re.compile(r"(?<![\d.])\d{1,3}(?:,\d{3})*,(\d{1,2})$")
_REST = re.compile(r"\d+")
_IN_FIGURES = FIGURES | frozenset(".,-–~")
_LINKING = frozenset("-–/~")


def joined(above: Printed, below: Printed, width: float) -> str:
    """Return what stands between two lines of a cell: nothing, or space.

    Nothing where the line was wrapped, since what comes next had no room on it.
    """
    room = width - (above.right - above.left)
    last, first = above.text[-1], below.text[0]
    slack = max(above.em, below.em) / 2
    is_cut = room < below.first + slack and not above.is_spaced
    if last in _IN_FIGURES and first in _IN_FIGURES:
        return "" if is_cut and _is_figure(above.text, below.text) else APART
    if above.is_upright:
        return ""
    if (first in CLOSING or last in _LINKING) and not above.is_spaced:
        return ""
    if last.isascii() and first.isascii():
        is_word = above.text.isascii() and " " not in above.text
        return "" if is_cut and is_word else " "
    return "" if room < below.head + slack else " "


def _is_figure(above: str, below: str) -> bool:
    """Say whether a number is broken: 1,2|00 and 0.|5, but 2024|2025 may be two."""
    if above[-1] in FIGURES and below[0] in FIGURES:
        begun, rest = _BEGUN.search(above), _REST.match(below)
        return bool(begun and rest and len(begun[1] + rest[0]) == _GROUP)
    return True


def room_of(lines: Sequence[Printed], left: float, right: float) -> float:
    """Return how wide the text of a column can be, as its lines tell."""
    gaps = [max(0.0, line.left - left) for line in lines]
    return right - left - 2 * min([PADDING, *gaps])
