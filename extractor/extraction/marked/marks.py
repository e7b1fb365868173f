"""Marks: every number and time of an item, named so that a model can speak of it.

`【3:12所】` is number 3, `〔t2:6月底前〕` time 2. What the text itself prints in such
brackets is shown in others, so that no plan can print a mark.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from extractor.core.lines import BREAK
from extractor.core.records import Deadline
from extractor.core.spans import Span
from extractor.extraction.rules.candidates import NumberCandidate
from extractor.extraction.rules.view import IN_WORK, ItemView
from extractor.language.times.deadlines import iter_deadlines

_OWN_BRACKETS = str.maketrans("【】〔〕", "［］［］")
_BREAKS = re.compile(rf"(?:{BREAK.pattern})\s*")


class TimeMark(NamedTuple):
    """A time of the item."""

    span: Span
    due: Deadline | None
    """Its last day; None where it is read when the record is made."""


class Marks(NamedTuple):
    """The numbers and times of an item, in reading order; names count from 1."""

    numbers: tuple[NumberCandidate, ...]
    times: tuple[TimeMark, ...]

    def numbers_in(self, span: Span) -> tuple[int, ...]:
        """Return the names of the numbers in a stretch of the text."""
        return tuple(
            name
            for name, number in enumerate(self.numbers, start=1)
            if span.contains(number.span)
        )

    def time(self, name: str) -> TimeMark | None:
        """Return the time of a name such as t2, None without one."""
        found = re.fullmatch(r"\W*[tT]\s*(\d{1,4})\W*", name)
        at = int(found[1]) if found else 0
        return self.times[at - 1] if 0 < at <= len(self.times) else None


@lru_cache(maxsize=IN_WORK)  # asked for before the answers and behind them
def marks_of(view: ItemView) -> Marks:
    """Return the marks of an item: recall first, decoys are marked too."""
    known = {date.span: date.due for date in view.found.dates}
    taken = [number.span for number in view.found.numbers]
    spans = set(known)
    for found in iter_deadlines(view.words[view.start :]):
        span = found.shift(view.start)
        if not any(span.overlaps(other) for other in (*known, *taken)):
            spans.add(span)
    times = tuple(TimeMark(span, known.get(span)) for span in sorted(spans))
    return Marks(view.found.numbers, times)


def shown(view: ItemView, marks: Marks, span: Span, numbers: Sequence[int]) -> str:
    """Return a stretch of the item with its times and these numbers marked."""
    text = view.printed.translate(_OWN_BRACKETS)
    parts: list[str] = []
    at = span.start
    for place, name in _named(marks, span, numbers):
        words = _plain(place.slice(text))
        opening, closing = "【】" if name.isdecimal() else "〔〕"
        parts += [_plain(text[at : place.start]), f"{opening}{name}:{words}{closing}"]
        at = place.end
    return "".join([*parts, _plain(text[at : span.end])]).strip()


def _named(
    marks: Marks, span: Span, numbers: Sequence[int]
) -> Iterator[tuple[Span, str]]:
    """Yield place and name of each mark to show, in order."""
    named = [(marks.numbers[name - 1].span, str(name)) for name in numbers]
    named += [
        (time.span, f"t{name}")
        for name, time in enumerate(marks.times, start=1)
        if span.contains(time.span)
    ]
    end = span.start
    for place, name in sorted(named):
        if place.start >= end:  # a number inside a time is a part of it
            yield place, name
            end = place.end


def _plain(text: str) -> str:
    """Return words of the plan as they stand in a question."""
    return _BREAKS.sub("\n", text)
