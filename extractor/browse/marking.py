"""Marking: a source and the spans to highlight in, tokens to print out, pure.

Marks may nest, overlap or be nonsense: one that crosses another is split at its edge,
so that what comes out always nests, and never deeper than `DEEPEST`.
The work is linear in the text and the marks, whatever their spans are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Literal, NamedTuple

from extractor.core.spans import Span

DEEPEST = 8
"""Marks around one character; those that begin inside this many are not shown."""

MarkKind = Literal[
    "cut", "clause", "actor", "partners", "action", "object", "target", "deadline",
    "left",
]  # fmt: skip

_OUTER = {"cut": 0, "clause": 1}
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


_CLOSING = Closing()


Token = str | Opening | Closing | Edge


def joined(marks: Iterable[Mark]) -> list[Mark]:
    """Return the marks with those of one span and kind made one, in reading order."""
    together: dict[tuple[int, int, int, MarkKind, str], list[Mark]] = {}
    for mark in marks:
        (start, end), kind, _, why = mark
        key = (start, -end, _OUTER.get(kind, len(_OUTER)), kind, why)
        together.setdefault(key, []).append(mark)
    return [_one(together[key]) for key in sorted(together, key=_READING_ORDER)]


_READING_ORDER = itemgetter(0, 1, 2, 3)


def _one(marks: Sequence[Mark]) -> Mark:
    """Return marks of one span and kind as one, of all their records."""
    first = marks[0]
    if len(marks) == 1:
        return first
    records = dict.fromkeys(record for mark in marks for record in mark.records)
    return first._replace(records=tuple(records))


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
    starts = [*(mark.span.start for mark in waiting), len(text)]
    stops = [*sorted({edge for edge in edges if 0 <= edge <= len(text)}), len(text) + 1]
    open_marks: list[Mark] = []
    at, next_mark, next_edge = 0, 0, 0
    ends = len(text)
    """Where the first of the open marks ends; the text behind all of them."""
    while True:
        if stops[next_edge] == at:
            next_edge += 1
            yield from _parted(open_marks, at)
            ends = _first_end(open_marks, len(text))
        elif ends == at:
            # Most often nothing crosses, and what ends lies inside what goes on.
            while open_marks and open_marks[-1].span.end <= at:
                open_marks.pop()
                yield _CLOSING
            ends = _first_end(open_marks, len(text))
            if open_marks and ends <= at:
                yield from _crossed(open_marks, at)
                ends = _first_end(open_marks, len(text))
        if at == len(text):
            return
        while starts[next_mark] == at:
            mark = waiting[next_mark]
            next_mark += 1
            is_shown = len(open_marks) < DEEPEST
            yield Opening(mark, is_first=True, is_shown=is_shown)
            if is_shown:
                open_marks.append(mark)
                ends = min(ends, mark.span.end)
        stop = min(ends, starts[next_mark], stops[next_edge])
        yield text[at:stop]
        at = stop


def _first_end(open_marks: list[Mark], end: int) -> int:
    for mark in open_marks:
        end = min(end, mark.span.end)
    return end


def _parted(open_marks: list[Mark], at: int) -> Iterator[Token]:
    """Close every mark, part the text, and open again those that go on."""
    yield from (_CLOSING for _ in open_marks)
    yield Edge()
    open_marks[:] = [mark for mark in open_marks if mark.span.end > at]
    yield from (Opening(mark, is_first=False) for mark in open_marks)


def _crossed(open_marks: list[Mark], at: int) -> Iterator[Token]:
    """Close the marks that end here and those inside, and open these again."""
    first = next(i for i, mark in enumerate(open_marks) if mark.span.end <= at)
    yield from (_CLOSING for _ in open_marks[first:])
    going_on = [mark for mark in open_marks[first:] if mark.span.end > at]
    open_marks[first:] = going_on
    yield from (Opening(mark, is_first=False) for mark in going_on)
