"""The straight lines that are drawn on a page, however they are drawn."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pypdfium2
from pypdfium2 import raw

from extractor.documents.formats.layout import Box

MAX_OBJECTS = 200_000
"""Objects of a page that are looked at; each may be a character or a line."""
MAX_POINTS = 100_000
"""Corners of paths that are looked at: a table has some thousand, a map more."""
MAX_DEPTH = 4
"""Forms inside forms: a printer's, a stamp's."""
FARTHEST = 100_000.0
"""Points from the corner of a page beyond which nothing is printed."""
THICKNESS = 4.0
"""Points up to which something filled or stroked is a line."""
SLANT = 0.7
"""Points by which a straight line may be out of the level."""

_Matrix = tuple[float, float, float, float, float, float]
_Point = tuple[float, float]
_PLAIN: _Matrix = (1, 0, 0, 1, 0, 0)


class TooMuchError(Exception):
    """A page has more than a table can have: of what."""


def read_strokes(page: pypdfium2.PdfPage) -> list[Box]:
    """Return the level and upright lines of a page as boxes without a thickness.

    Borders come as stroked lines, as stroked rectangles or as thin filled ones, whole
    or in pieces.

    Raises:
        TooMuchError: there are too many to look at.
    """
    return list(_Page(page).strokes())


class _Page:
    """Look at the objects of a page, and count them."""

    def __init__(self, page: pypdfium2.PdfPage) -> None:
        self._page = page
        self._objects = self._points = 0

    def strokes(self) -> Iterator[Box]:
        """Yield the lines of the page."""
        count = raw.FPDFPage_CountObjects(self._page)
        for at in self._counted(count):
            item = raw.FPDFPage_GetObject(self._page, at)
            yield from self._of(item, _PLAIN, 0)

    def _of(self, item: Any, outer: _Matrix, depth: int) -> Iterator[Box]:
        kind = raw.FPDFPageObj_GetType(item)
        if kind == raw.FPDF_PAGEOBJ_PATH:
            yield from self._lines(item, outer)
        elif kind == raw.FPDF_PAGEOBJ_FORM and depth < MAX_DEPTH:
            inner = _times(_matrix(item), outer)
            for at in self._counted(raw.FPDFFormObj_CountObjects(item)):
                part = raw.FPDFFormObj_GetObject(item, at)
                yield from self._of(part, inner, depth + 1)

    def _counted(self, count: int) -> range:
        self._objects += count
        if self._objects > MAX_OBJECTS:
            raise TooMuchError("drawn lines")
        return range(count)

    def _lines(self, path: Any, outer: _Matrix) -> Iterator[Box]:
        fill, is_stroked = ctypes.c_int(), ctypes.c_int()
        raw.FPDFPath_GetDrawMode(path, fill, is_stroked)
        if not (fill.value or is_stroked.value):
            return
        matrix = _times(_matrix(path), outer)
        if is_stroked.value and _width(path, matrix) <= THICKNESS:
            for points in self._shapes(path, matrix):
                yield from _sides(points)
        elif fill.value:
            for points in self._shapes(path, matrix):
                yield from _middle(points)

    def _shapes(self, path: Any, matrix: _Matrix) -> Iterator[list[_Point | None]]:
        """Yield the corners of each shape of a path, None where a curve comes."""
        count = raw.FPDFPath_CountSegments(path)
        self._points += max(count, 1)
        if self._points > MAX_POINTS:
            raise TooMuchError("drawn lines")
        a, b, c, d, e, f = matrix
        points: list[_Point | None] = []
        x, y = ctypes.c_float(), ctypes.c_float()
        for at in range(count):
            segment = raw.FPDFPath_GetPathSegment(path, at)
            kind = raw.FPDFPathSegment_GetType(segment)
            if kind == raw.FPDF_SEGMENT_MOVETO and points:
                yield points
                points = []
            if kind == raw.FPDF_SEGMENT_BEZIERTO:
                points.append(None)
            raw.FPDFPathSegment_GetPoint(segment, x, y)
            across = a * x.value + c * y.value + e
            up = b * x.value + d * y.value + f
            is_near = abs(across) < FARTHEST and abs(up) < FARTHEST
            points.append((across, up) if is_near else None)
            if raw.FPDFPathSegment_GetClose(segment):
                points.append(points[0])
        if points:
            yield points


def _sides(points: list[_Point | None]) -> Iterator[Box]:
    """Yield the straight lines from corner to corner."""
    for start, end in pairwise(points):
        if start and end:
            yield from _straight(start, end)


def _middle(points: list[_Point | None]) -> Iterator[Box]:
    """Yield the line that a thin filled shape makes; a dot makes two."""
    corners = [point for point in points if point]
    if not corners:
        return
    left, right = min(x for x, _ in corners), max(x for x, _ in corners)
    bottom, top = min(y for _, y in corners), max(y for _, y in corners)
    if top - bottom <= THICKNESS:
        middle = (bottom + top) / 2
        yield left, middle, right, middle
    if right - left <= THICKNESS:
        middle = (left + right) / 2
        yield middle, bottom, middle, top


def _straight(start: _Point, end: _Point) -> Iterator[Box]:
    (x, y), (to_x, to_y) = start, end
    wide, high = abs(to_x - x), abs(to_y - y)
    if high <= SLANT < wide:
        middle = (y + to_y) / 2
        yield min(x, to_x), middle, max(x, to_x), middle
    elif wide <= SLANT < high:
        middle = (x + to_x) / 2
        yield middle, min(y, to_y), middle, max(y, to_y)


def _matrix(item: Any) -> _Matrix:
    room = raw.FS_MATRIX()
    if not raw.FPDFPageObj_GetMatrix(item, room):
        return _PLAIN
    return room.a, room.b, room.c, room.d, room.e, room.f


def _times(inner: _Matrix, outer: _Matrix) -> _Matrix:
    if outer is _PLAIN:
        return inner
    a, b, c, d, e, f = inner
    m, n, o, p, q, r = outer
    return (
        a * m + b * o,
        a * n + b * p,
        c * m + d * o,
        c * n + d * p,
        e * m + f * o + q,
        e * n + f * p + r,
    )


def _width(path: Any, matrix: _Matrix) -> float:
    width = ctypes.c_float()
    raw.FPDFPageObj_GetStrokeWidth(path, width)
    a, b, c, d, _, _ = matrix
    return width.value * float(abs(a * d - b * c) ** 0.5)
