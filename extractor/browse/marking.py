"""Marking: a source and the spans to highlight in, tokens to print out, pure.

Marks may nest, overlap or be nonsense: one that crosses another is split at its edge,
so that what comes out always nests, and never deeper than `DEEPEST`.
The work is linear in the text and the marks, whatever their spans are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal, NamedTuple

from extractor.core.spans import Span

DEEPEST = 8
"""Marks around one character; those that begin inside this many are not shown."""

MarkKind = Literal[
    "cut", "clause", "actor", "partners", "action", "object", "target", "deadline",
    "left",
]  # fmt: skip

_OUTER = ("cut", "clause")
"""Of two marks with the same span, these are put around the other."""


class Mark(NamedTuple):
    """A stretch of the source and why it is marked."""

    span: Span
    kind: MarkKind
    records: tuple[str, ...] = ()
    """Ids of the records it belongs to."""
    why: str = ""
    """In words, for people: why it is cut or left out."""


class Opening(NamedTuple):
    """A mark begins, or goes on behind an edge that it was split at."""

    mark: Mark
    is_first: bool
    """False where it only goes on."""
    is_shown: bool = True
    """False: too deep to be shown; it has no closing."""


@dataclass(frozen=True)
class Closing:
    """The innermost mark ends here."""


@dataclass(frozen=True)
class Edge:
    """The text is to be parted here; no mark is open."""


Token = str | Opening | Closing | Edge


def joined(marks: Iterable[Mark]) -> list[Mark]:
    """Return the marks with those of one span and kind made one, in reading order."""
    together: dict[tuple[Span, MarkKind, str], list[str]] = {}
    for mark in marks:
        together.setdefault((mark.span, mark.kind, mark.why), []).extend(mark.records)
    made = [
        Mark(span, kind, tuple(dict.fromkeys(records)), why)
        for (span, kind, why), records in together.items()
    ]
    return sorted(made, key=_reading_order)


def _reading_order(mark: Mark) -> tuple[int, int, int, str]:
    rank = _OUTER.index(mark.kind) if mark.kind in _OUTER else len(_OUTER)
    return mark.span.start, -mark.span.end, rank, mark.kind


def marked(
    text: str, marks: Iterable[Mark], edges: Iterable[int] = ()
) -> Iterator[Token]:
    """Yield the text in pieces with the marks around them, parted at the edges.

    The pieces that are texts, joined, are `text`.

    Args:
        text: the source.
        marks: what to mark; spans that are empty or outside the text are ignored.
        edges: places at which every mark is closed and opened anew.
    """
    waiting = joined(m for m in marks if 0 <= m.span.start < m.span.end <= len(text))
    parted = sorted({edge for edge in edges if 0 <= edge <= len(text)})
    open_marks: list[Mark] = []
    at, next_mark, next_edge = 0, 0, 0
    ends = len(text)
    """Where the first of the open marks ends; the text behind all of them."""
    while True:
        if next_edge < len(parted) and parted[next_edge] == at:
            next_edge += 1
            yield from _parted(open_marks, at)
            ends = _first_end(open_marks, len(text))
        elif ends == at:
            yield from _closed(open_marks, at)
            ends = _first_end(open_marks, len(text))
        while next_mark < len(waiting) and waiting[next_mark].span.start == at:
            is_shown = len(open_marks) < DEEPEST
            yield Opening(waiting[next_mark], is_first=True, is_shown=is_shown)
            if is_shown:
                open_marks.append(waiting[next_mark])
                ends = min(ends, waiting[next_mark].span.end)
            next_mark += 1
        if at == len(text):
            return
        stop = ends
        if next_mark < len(waiting):
            stop = min(stop, waiting[next_mark].span.start)
        if next_edge < len(parted):
            stop = min(stop, parted[next_edge])
        yield text[at:stop]
        at = stop


def _first_end(open_marks: list[Mark], end: int) -> int:
    return min((mark.span.end for mark in open_marks), default=end)


def _closed(open_marks: list[Mark], at: int) -> Iterator[Token]:
    """Close the marks that end here; those inside them that do not go on."""
    ended = [i for i, mark in enumerate(open_marks) if mark.span.end <= at]
    if ended:
        yield from _reopened(open_marks, ended[0], at)


def _parted(open_marks: list[Mark], at: int) -> Iterator[Token]:
    """Close every mark, part the text, and open again those that go on."""
    yield from (Closing() for _ in open_marks)
    yield Edge()
    inner = [mark for mark in open_marks if mark.span.end > at]
    open_marks[:] = inner
    yield from (Opening(mark, is_first=False) for mark in inner)


def _reopened(open_marks: list[Mark], first: int, at: int) -> Iterator[Token]:
    """Close the marks from the `first` on, and open again those that go on."""
    inner = open_marks[first:]
    yield from (Closing() for _ in inner)
    going_on = [mark for mark in inner if mark.span.end > at]
    open_marks[first:] = going_on
    yield from (Opening(mark, is_first=False) for mark in going_on)
