"""The rest of a text: what stands in no point, why, and what of it promises.

Nothing that promises is outside (guidelines, section 1), so a paragraph of the rest
that states a target or a date of its own is a point; every other line has its reason.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from extractor.core.lines import Line, split_lines
from extractor.core.spans import Span, trim
from extractor.documents.outline import is_heading
from extractor.documents.retrospect import Reason, is_past
from extractor.language.labels import find_label
from extractor.language.numbers.quantities import iter_quantities
from extractor.language.times.deadlines import iter_deadlines
from extractor.language.verbs import VERB_PATTERN


class Rest(NamedTuple):
    """A line of the cleaned text that is in no point."""

    span: Span
    reason: Reason


_GOAL = re.compile(
    "目标(?:任务)?(?:是|为|[：:])|预期目标|力争|(?<!为)(?<!为了)确保|要(?:实现|完成|达到|新增|建成)"
)
_NEAR = 30
_MIN_PROMISE = 10
_BARE_YEAR = re.compile("\\d{4}年度?")
_SENTENCE = re.compile("[^。！？]+[。！？]?")


def rest_of(
    text: str,
    points: Sequence[Span],
    body: Sequence[Span],
    excluded: Iterable[Sequence[tuple[Span, Reason]]],
) -> list[Rest]:
    """Return the lines that no point covers, in order, each with its reason.

    Args:
        text: a document's cleaned text.
        points: the points found, in order.
        body: the parts of the text that may hold points.
        excluded: stretches that promise nothing, with the reason: several kinds, each
            in order; an earlier kind counts first.
    """
    first = points[0].start if points else len(text)
    last = points[-1].end if points else 0
    reasons = [Stretches(stretches) for stretches in excluded]
    parts = Stretches([(part, "loose") for part in body])
    rest = []
    for line in _lines_between(text, points):
        span = Span(line.text_start, line.text_end)
        why: Reason | None
        why = next(filter(None, (stretches.at(span) for stretches in reasons)), None)
        if why is None and parts.at(span) is None:
            why = "annex"
        if why is None and _is_bare(line.text):
            why = "heading"
        if why is None and span.end <= first:
            why = "opening"
        if why is None:
            why = "closing" if span.start >= last else "loose"
        rest.append(Rest(span, why))
    return rest


class Stretches:
    """Ordered stretches of a text, each with a reason."""

    def __init__(self, stretches: Sequence[tuple[Span, Reason]]) -> None:
        self._stretches = stretches
        self._ends = array("q", (span.end for span, _ in stretches))

    def at(self, span: Span) -> Reason | None:
        """Return the reason of the first stretch that a span overlaps."""
        first = bisect_right(self._ends, span.start)
        if first < len(self._stretches):
            stretch, reason = self._stretches[first]
            return reason if stretch.overlaps(span) else None
        return None


def values_by_reason(text: str, rest: Sequence[Rest]) -> dict[str, int]:
    """Return how many numbers and dates stand in the rest, by its reasons."""
    counts: Counter[str] = Counter()
    for line in rest:
        words = line.span.slice(text)
        dates = _dates(words)
        numbers = (
            number
            for number in iter_quantities(words)
            if not any(number.overlaps(date) for date in dates)
        )
        if found := len(dates) + sum(1 for _ in numbers):
            counts[line.reason] += found
    return dict(counts)


def promising(text: str, rest: Sequence[Rest], plan_year: int | None) -> Iterator[Span]:
    """Yield the stretches of the rest that promise something, in order.

    Each goes from the first sentence that does to the last one of its line; lines that
    follow one another for the same reason are one paragraph of goals, but behind the
    last point each is one of its own.
    """
    found: list[tuple[Span, Reason]] = []
    for line in rest:
        span = _promise(text, line, plan_year)
        if span is None:
            continue
        before = found[-1] if found else None
        is_next = before and not text[before[0].end : span.start].strip()
        if before and is_next and before[1] == line.reason != "closing":
            found[-1] = (Span(before[0].start, span.end), line.reason)
        else:
            found.append((span, line.reason))
    for span, _ in found:
        yield span


def _promise(text: str, line: Rest, plan_year: int | None) -> Span | None:
    """Return the sentences of a line that state a target or a date of its own.

    In front of the points, where news tell what a plan has (公布了38项重点), only what
    is called a goal counts; what a year before the plan's had is past.
    """
    words = line.span.slice(text)
    if line.reason in {"review", "annex", "heading"} or len(words) < _MIN_PROMISE:
        return None
    promises = [
        sentence.span()
        for sentence in _SENTENCE.finditer(words)
        if _states_value(sentence.group(), is_free=line.reason in {"loose", "closing"})
        and not is_past(sentence.group(), plan_year)
    ]
    if not promises:
        return None
    return trim(text, Span(promises[0][0], promises[-1][1]).shift(line.span.start))


def _states_value(sentence: str, *, is_free: bool) -> bool:
    goal = _GOAL.search(sentence)
    if not is_free and not goal:
        return False
    numbers = [*iter_quantities(sentence)]
    has_value = numbers or _dates(sentence)
    if not has_value or VERB_PATTERN.search(sentence) is None:
        return False
    is_near = goal and any(
        0 <= number.start - goal.end() <= _NEAR for number in numbers
    )
    return is_free or bool(is_near)


def _dates(words: str) -> list[Span]:
    """Return the dates of words; a year alone, as titles have it, is none."""
    dates = iter_deadlines(words)
    return [date for date in dates if not _BARE_YEAR.fullmatch(date.slice(words))]


def _is_bare(words: str) -> bool:
    label = find_label(words)
    name = words[label.length if label else 0 :].strip()
    return not name or is_heading(name, may_name_body=True)


def _lines_between(text: str, points: Sequence[Span]) -> Iterator[Line]:
    """Yield what lines have outside the points."""
    edges = [0, *(edge for point in points for edge in point), len(text)]
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        yield from split_lines(text, start, end)
