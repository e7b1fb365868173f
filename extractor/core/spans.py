"""Spans, and the map from a cleaned text back to the source it was cut from.

Every character of a cleaned text stands for exactly one character of the source
(cleaning deletes, or replaces one character by one), so the map is a list of runs.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from typing import NamedTuple


class Span(NamedTuple):
    """Half-open range of code points, `text[start:end]`."""

    start: int
    end: int

    def shift(self, by: int) -> Span:
        """Move both ends by `by` code points."""
        return Span(self.start + by, self.end + by)

    def slice(self, text: str) -> str:
        """Return the characters of `text` the span covers."""
        return text[self.start : self.end]

    def overlaps(self, other: Span) -> bool:
        """Say whether the two spans share at least one character."""
        return self.start < other.end and other.start < self.end

    def contains(self, other: Span) -> bool:
        """Say whether `other` lies wholly inside this span."""
        return self.start <= other.start and other.end <= self.end


def trim(text: str, span: Span) -> Span:
    """Drop white space at both ends of `span`."""
    start, end = span
    while start < end and text[start].isspace():
        start += 1
    while start < end and text[end - 1].isspace():
        end -= 1
    return span if (start, end) == span else Span(start, end)


class Run(NamedTuple):
    """`length` characters that stand next to each other in both texts."""

    clean_start: int
    source_start: int
    length: int


class OffsetMap:
    """Map positions of a cleaned text to positions of its source."""

    __slots__ = ("_starts", "runs")

    def __init__(self, runs: Iterable[Run]) -> None:
        self.runs: tuple[Run, ...] = tuple(runs)
        self._starts: tuple[array[int], array[int]] | None = None

    def _found(self) -> tuple[array[int], array[int]]:
        """Return where runs start, cleaned and in the source, listed when first asked.

        There is a map for every item, and most of them are never asked.
        """
        if self._starts is None:
            self._starts = (
                array("q", [run.clean_start for run in self.runs]),
                array("q", [run.source_start for run in self.runs]),
            )
        return self._starts

    @property
    def _clean_starts(self) -> array[int]:
        return self._found()[0]

    @property
    def _source_starts(self) -> array[int]:
        return self._found()[1]

    @classmethod
    def identity(cls, length: int, source_start: int = 0) -> OffsetMap:
        """Return the map of a text that is a plain slice of its source."""
        return cls([Run(0, source_start, length)] if length else [])

    @classmethod
    def from_kept(cls, kept: Iterable[Span]) -> OffsetMap:
        """Return the map of the text made by joining these source spans, in order."""
        runs: list[Run] = []
        clean_start = length = start = 0
        for span in kept:
            if span.end <= span.start:
                continue
            if length and start + length == span.start:
                length += span.end - span.start
                continue
            if length:
                runs.append(Run(clean_start, start, length))
                clean_start += length
            start, length = span.start, span.end - span.start
        if length:
            runs.append(Run(clean_start, start, length))
        return cls(runs)

    def __len__(self) -> int:
        return self.runs[-1].clean_start + self.runs[-1].length if self.runs else 0

    def __eq__(self, other: object) -> bool:
        return isinstance(other, OffsetMap) and self.runs == other.runs

    def __hash__(self) -> int:
        return hash(self.runs)

    def __repr__(self) -> str:
        return f"OffsetMap({len(self)} characters in {len(self.runs)} runs)"

    def source_position(self, clean_position: int) -> int:
        """Return where the character at `clean_position` stands in the source.

        Raises:
            IndexError: the position is outside the cleaned text.
        """
        index = bisect_right(self._clean_starts, clean_position) - 1
        if index >= 0 and clean_position >= 0:
            run = self.runs[index]
            offset = clean_position - run.clean_start
            if offset < run.length:
                return run.source_start + offset
        raise IndexError(f"position {clean_position} is outside {self!r}")

    def to_source(self, clean: Span) -> Span:
        """Return the source span from the first to the last character of `clean`.

        What was cut in between is inside the result; see `pieces`.
        """
        if clean.end <= clean.start:
            raise ValueError(f"empty span {clean!r} has no place in the source")
        return Span(
            self.source_position(clean.start), self.source_position(clean.end - 1) + 1
        )

    def pieces(self, clean: Span) -> tuple[Span, ...]:
        """Return the source spans that `clean` was joined from, in order."""
        pieces = []
        is_one = len(self.runs) == 1
        runs = self.runs if is_one else self._reached(self._clean_starts, clean)
        for run in runs:
            start = max(clean.start, run.clean_start)
            end = min(clean.end, run.clean_start + run.length)
            if start < end:
                by = run.source_start - run.clean_start
                pieces.append(Span(start + by, end + by))
        return tuple(pieces)

    def to_clean(self, source: Span) -> Span | None:
        """Return the cleaned span of what is left of `source`, None if nothing is."""
        first: int | None = None
        last = 0
        for run in self._reached(self._source_starts, source):
            start = max(source.start, run.source_start)
            end = min(source.end, run.source_start + run.length)
            if start < end:
                by = run.clean_start - run.source_start
                first = start + by if first is None else first
                last = end + by
        return None if first is None else Span(first, last)

    def _reached(self, starts: array[int], span: Span) -> Sequence[Run]:
        """Return the runs that begin before the end of `span`, from its start on."""
        first = max(bisect_right(starts, span.start) - 1, 0)
        return self.runs[first : bisect_left(starts, span.end)]

    def slice(self, clean: Span) -> OffsetMap:
        """Return the map of `clean_text[clean.start:clean.end]`."""
        pieces = self.pieces(clean)
        if len(pieces) == 1:
            return OffsetMap.identity(pieces[0].end - pieces[0].start, pieces[0].start)
        return OffsetMap.from_kept(pieces)
