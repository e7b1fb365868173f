"""The printed lines of a cell: which characters stand on one, and its text."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from extractor.documents.formats.layout import Box
from extractor.documents.formats.ruled.glyphs import Glyph, around, text_of

UPRIGHT = 3
"""Lines of one character that make a text set from the top down."""
GAP = 0.5
"""Widths of a Han character from which a gap beside one is a space."""
FIGURE_GAP = 1.5
"""Widths of a figure from which a gap parts two numbers, not thousands."""
APART = "  "
"""What stands between figures that may be two numbers: nobody reads them as one."""
OPENING = frozenset("（(【[《〈“‘「『〔")
CLOSING = frozenset("）)】]》〉”’」』〕，。、；：！？,.;:!?%％‰℃")
FIGURES = frozenset("0123456789")

_HYPHEN = ord("-")


class Printed(NamedTuple):
    """A line of a cell: its text, and what says whether more would have fitted."""

    text: str
    left: float
    right: float
    em: float
    """Width of its widest character."""
    first: float
    """Width of its first character."""
    head: float
    """Width of what cannot be broken at its start: a word, a mark with its sign."""
    is_spaced: bool = False
    """It ends with a space."""
    is_upright: bool = False
    """It is one of characters that are set below each other."""


def printed_lines(glyphs: Sequence[Glyph]) -> list[Printed]:
    """Return the lines of a cell, whose characters come in the order of the file."""
    runs = list(_runs(glyphs))
    if len(runs) >= UPRIGHT and all(len(run) == 1 for run in runs):
        # The first column of such a text is the right one; the file has the order.
        printed = [_printed(run)._replace(is_upright=True) for run in runs]
        return [line for line in printed if line.text]
    lines: list[list[Glyph]] = []
    place: Box | None = None
    for box, run in sorted(((_place(run), run) for run in runs), key=_height):
        if place and _is_beside(place, box):
            lines[-1] += run
            place = around((place, box))
        else:
            lines.append(run)
            place = box
    for line in lines:
        line.sort(key=lambda glyph: glyph.box[0] if glyph.box else 0.0)
    printed = [_printed(line) for line in lines]
    return [line for line in printed if line.text]


def _runs(glyphs: Sequence[Glyph]) -> Iterator[list[Glyph]]:
    """Yield characters that follow each other on a line."""
    run: list[Glyph] = []
    for glyph in glyphs:
        if not glyph.box:
            continue
        if run and not _follows(run[-1], glyph):
            yield run
            run = []
        run.append(glyph)
    if run:
        yield run


def _follows(before: Glyph, after: Glyph) -> bool:
    return bool(
        before.box
        and after.box
        and _is_beside(before.box, after.box)
        and after.box[0] > before.box[0] - (before.box[3] - before.box[1]) / 2
    )


def _is_beside(box: Box, other: Box) -> bool:
    """Say whether boxes are on one line: the lower one is half beside the other."""
    shared = min(box[3], other[3]) - max(box[1], other[1])
    return shared > min(box[3] - box[1], other[3] - other[1]) / 2


def _place(run: Sequence[Glyph]) -> Box:
    return around(glyph.box for glyph in run if glyph.box)


def _height(placed: tuple[Box, list[Glyph]]) -> float:
    return -placed[0][3]


def _printed(line: Sequence[Glyph]) -> Printed:
    marks = list(_marks(line))
    seen = [mark for mark in marks if not mark[0].isspace()]
    if not seen:
        return Printed("", 0.0, 0.0, 0.0, 0.0, 0.0)
    widths = [box[2] - box[0] for _, box in seen]
    em = max(widths)
    text = ""
    before = seen[0]
    is_typed = False
    for mark in marks:
        if mark[0].isspace():
            is_typed = bool(text)
            continue
        text += _space(before, mark, em, is_typed=is_typed) + mark[0]
        before, is_typed = mark, False
    return Printed(
        text,
        seen[0][1][0],
        seen[-1][1][2],
        em,
        widths[0],
        sum(widths[: _head([mark for mark, _ in seen])]),
        marks[-1][0].isspace(),
    )


def _space(
    mark: tuple[str, Box], after: tuple[str, Box], em: float, *, is_typed: bool
) -> str:
    """Return what stands between two characters of a line."""
    if mark is after:
        return ""
    (last, box), (first, next_box) = mark, after
    gap = next_box[0] - box[2]
    if last in FIGURES and first in FIGURES and gap > FIGURE_GAP * (box[2] - box[0]):
        return APART
    least = GAP / 2 if last.isascii() and first.isascii() else GAP
    return " " * (is_typed or gap > least * em)


def _marks(line: Sequence[Glyph]) -> Iterator[tuple[str, Box]]:
    """Yield whole characters with their boxes."""
    half: list[int] = []
    for code, box in line:
        if box is None:
            continue
        if 0xD800 <= code < 0xDC00:
            half = [code]
            continue
        # The library puts 2 for a hyphen at the end of a line.
        yield text_of([*half, _HYPHEN if code == 2 else code]), box
        half = []


def _head(marks: Sequence[str]) -> int:
    """Return how many characters at the start of a line cannot be parted."""
    at = 0
    while at < len(marks) - 1 and marks[at] in OPENING:
        at += 1
    is_word = _is_letter(marks[at])
    at += 1
    while at < len(marks) and (
        marks[at] in CLOSING or (is_word and _is_letter(marks[at]))
    ):
        at += 1
    return at


def _is_letter(mark: str) -> bool:
    return not mark.isspace() and unicodedata.east_asian_width(mark) not in "WFA"
