"""The characters of a page with their boxes, and the way they run."""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import pypdfium2
from pypdfium2 import raw

from extractor.documents.formats.layout import Box

SAMPLED = 200
"""Characters of a page that say which way its text runs."""

# Fonts name the radical ⼀ where they print the word 一.
_RADICAL = re.compile("[\u2e80-\u2fdf]")


class Glyph(NamedTuple):
    """A character as the library gives it: half of one beyond the first plane."""

    code: int
    box: Box | None
    """None for a space or a break that the library puts where there is a gap."""


class Glyphs(NamedTuple):
    """The characters of a page in the order of the file."""

    codes: list[int]
    boxes: list[Box | None]


def read_glyphs(text: pypdfium2.PdfTextPage, count: int) -> Glyphs:
    """Return the characters of a page."""
    read_code, read_box, here = (
        raw.FPDFText_GetUnicode,
        raw.FPDFText_GetLooseCharBox,
        text.raw,
    )
    # The loose box has the height of the font also where a glyph has none.
    room = raw.FS_RECTF()
    glyphs = Glyphs([], [])
    for at in range(count):
        glyphs.codes.append(read_code(here, at))
        read_box(here, at, room)
        left, right = room.left, room.right
        glyphs.boxes.append(
            (left, room.bottom, right, room.top) if right > left else None
        )
    return glyphs


def text_of(codes: Iterable[int]) -> str:
    """Return characters as text."""
    # Characters beyond the first plane come in two halves.
    units = "".join(map(chr, codes)).encode("utf-16-le", "surrogatepass")
    text = units.decode("utf-16-le", "replace")
    return _RADICAL.sub(lambda m: unicodedata.normalize("NFKC", m[0]), text)


def around(boxes: Iterable[Box]) -> Box:
    """Return the box around boxes, of which there must be one."""
    left, bottom, right, top = zip(*boxes, strict=True)
    return min(left), min(bottom), max(right), max(top)


def quarters(text: pypdfium2.PdfTextPage, at: Sequence[int]) -> int:
    """Return by how many quarters, to the left, most of these characters are turned."""
    step = max(1, len(at) // SAMPLED)
    angles = (raw.FPDFText_GetCharAngle(text, one) for one in at[::step])
    turns = (
        -round(angle / (math.pi / 2)) % 4 for angle in angles if math.isfinite(angle)
    )
    return max(Counter(turns).items(), key=lambda one: one[1], default=(0, 0))[0]


def turned(box: Box, by: int) -> Box:
    """Return a box as it lies when the page is turned to the right by quarters."""
    left, bottom, right, top = box
    if by == 1:
        return bottom, -right, top, -left
    if by == 2:
        return -right, -top, -left, -bottom
    if by == 3:
        return -top, left, -bottom, right
    return box
