"""What reading a file gives: the text a person sees, and where each stretch stands."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from extractor.core.errors import DocumentError
from extractor.core.records import Format, Place

MAX_CHARACTERS = 20_000_000
"""What gives more text is no plan; merged cells can say little and mean millions."""
MAX_REPEATED, SPARE = 4, 500_000
"""Times the bytes of a file that its text may have characters, and some above."""

_SUPERSCRIPT = str.maketrans("0123456789+-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻")
_NO_TEXT = re.compile("\0|[\ud800-\udfff]")


class Reading(NamedTuple):
    """The text of a file and its places."""

    text: str
    format: Format
    encoding: str
    """The codec of a text; the format's own name where its library decodes."""
    places: tuple[Place, ...] = ()
    """By start, each good up to the next one; empty for plain text."""


class Piece(NamedTuple):
    """Text of a cell, and the place that it comes from."""

    text: str
    locator: str
    page: int | None = None
    box: tuple[float, float, float, float] | None = None


class Writer:
    """Join a text piece by piece, and keep where each piece comes from.

    Paragraphs and rows stand a blank line apart: a single break may be one that a page
    or a screen made, and cleaning joins those.

    Args:
        name: the file's name, for messages.
        stored: bytes that the file's text is written in; None where nothing repeats it.
    """

    def __init__(self, name: str, stored: int | None = None) -> None:
        self._name = name
        self._most = MAX_CHARACTERS
        if stored is not None:
            self._most = min(MAX_CHARACTERS, MAX_REPEATED * stored + SPARE)
        self._parts: list[str] = []
        self._length = 0
        self._breaks = 0
        self._places: list[Place] = []

    def put(
        self,
        text: str,
        locator: str | None = None,
        *,
        page: int | None = None,
        box: tuple[float, float, float, float] | None = None,
    ) -> None:
        """Add text; without a locator it belongs to the place before it."""
        text = _NO_TEXT.sub("", text)
        if not text:
            return
        if self._breaks and self._length:
            self._add("\n" * self._breaks)
        self._breaks = 0
        if locator is not None and self._is_new(locator, box):
            self._places.append(
                Place(start=self._length, locator=locator, page=page, box=box)
            )
        self._add(text)

    def put_row(self, cells: Iterable[tuple[str, str]]) -> None:
        """Add a row of (text, locator) as one line, cells separated by a tab."""
        self.put_cells([Piece(text, locator)] for text, locator in cells)

    def put_cells(self, cells: Iterable[Sequence[Piece]]) -> None:
        """Add a row whose cells come in pieces, each with a place of its own."""
        kept = list(cells)
        while kept and not any(piece.text for piece in kept[-1]):
            kept.pop()
        if not kept:
            return
        self.end_paragraph()
        tabs = 0
        for cell in kept:
            if any(piece.text for piece in cell):
                self.put("\t" * tabs)
                tabs = 0
            for text, locator, page, box in cell:
                self.put(text, locator, page=page, box=box)
            tabs += 1
        self.end_paragraph()

    def end_line(self) -> None:
        """Go to the next line, unless nothing stands on this one."""
        self._breaks = max(self._breaks, 1)

    def end_paragraph(self) -> None:
        """Leave a blank line, unless there is one."""
        self._breaks = 2

    def reading(self, form: Format, encoding: str | None = None) -> Reading:
        """Return what was written."""
        text = "".join(self._parts)
        return Reading(text + "\n" * bool(text), form, encoding or form, self.places)

    @property
    def text(self) -> str:
        """What was written."""
        return "".join(self._parts)

    @property
    def places(self) -> tuple[Place, ...]:
        """Where it comes from."""
        return tuple(self._places)

    def _add(self, text: str) -> None:
        self._parts.append(text)
        self._length += len(text)
        if self._length > self._most:
            raise DocumentError(
                f"{self._name!r} holds more than {self._most:,} characters, with the "
                "text of merged cells in each row; split it or extract the plan's text"
            )

    def _is_new(self, locator: str, box: object) -> bool:
        last = self._places[-1] if self._places else None
        return last is None or box is not None or last.locator != locator


def one_line(text: str) -> str:
    """Return the text of a cell on one line."""
    return " ".join(text.split())


def raise_number(text: str) -> str:
    """Return a raised number so that it does not add to the one before it: 10⁴."""
    digits = text.strip()
    is_number = digits.lstrip("+-").isascii() and digits.lstrip("+-").isdigit()
    return digits.translate(_SUPERSCRIPT) if is_number else text
