"""Find the times of an item: those that can be deadlines, those that end their reach.

Recall first: what a parser reads is a candidate, and what dates a noun, a right or
the past is left out (guidelines, "Not deadlines").
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from extractor.core.records import Deadline
from extractor.core.spans import Span
from extractor.language.clauses import Clause, clause_at, quoted_spans
from extractor.language.lexicon import closing_verb
from extractor.language.numbers.numerals import fold
from extractor.language.times.deadlines import iter_deadlines
from extractor.language.times.undated import undated_times
from extractor.language.times.year_words import (
    NEXT_YEAR,
    PART,
    is_contrast,
    read_deadline,
    this_years,
)
from extractor.language.verbs import WRAPPERS


class DateCandidate(NamedTuple):
    """A time expression that can be a deadline."""

    span: Span
    clause: int
    is_bare_year: bool
    """The plan's own year without 底/前/到: it makes no promise hard."""
    due: Deadline | None
    """Its last day; None where the plan's year is needed and not known."""


class Stop(NamedTuple):
    """A time of its own that gives no date: 汛期前, 全年, 从2026年起."""

    span: Span
    clause: int


# 5年内享受补贴: how long a right lasts (section 6).
_ENTITLEMENT = re.compile(r"(?:可以?|均可|继续)?(?:享受|给予|免征|减征|减免|缓缴|不变)")
_RELATIVE_CLAUSE = re.compile(
    r"(?:建成|投用|竣工|完成|认定|备案|入学|出生|毕业|批准|立项)[^，。；]{0,2}的(?!\d)"
)
_SCHOOL_TERM = re.compile(r"学期|学年|假|暑期|秋季|春季")
_BY = re.compile(r"前|末|底|内|结束")
_BARE_YEAR = re.compile(r"[0-9０-９二〇零一三四五六七八九]{4}年度?")
_YEAR = re.compile(r"(?:19|20)\d\d")
# 一季度开工80个，全年引进150个: the first time does not govern on.
_WHOLE_YEAR = re.compile(
    r"(?:[（(]?其中)?[：:，,]?(?:力争|确保)?(?:全年|今年|年度|本年度?|当年)"
)


def find_times(
    text: str, start: int, clauses: Sequence[Clause], plan_year: int | None
) -> tuple[tuple[DateCandidate, ...], tuple[Stop, ...]]:
    """Return the times of `text[start:]` that can be deadlines, and those that cannot.

    Args:
        text: an item's cleaned text.
        start: where its prose begins, behind the label.
        clauses: the clauses of that prose.
        plan_year: for times without a year.
    """
    titles = [s for s in quoted_spans(text) if text[s.start] == "《"]
    readable = _readable(text, start, plan_year)
    # 2012年起 is a start, 2012年起，5年内 is a time by which.
    named = {at: span for span in (*titles, *readable) for at in range(*span)}
    undated = [
        stop
        for stop in _undated(text, clauses)
        if stop.span.end > named.get(stop.span.start, Span(0, 0)).end
    ]
    open_places = {at for stop in undated for at in range(*stop.span)}
    dates: list[DateCandidate] = []
    past: list[Stop] = []
    for span in readable:
        index = clause_at(clauses, span.start)
        if index is None or any(title.contains(span) for title in titles):
            continue
        # 2026年春节前 is not the year 2026.
        if not open_places.isdisjoint(range(*span)):
            continue
        due = read_deadline(text, span, plan_year)
        if _is_past(span.slice(text), due, plan_year):
            past.append(Stop(span, index))
        elif _is_due(text, clauses[index].span.start, span):
            is_bare = _is_bare_year(text, span, due, plan_year)
            dates.append(DateCandidate(span, index, is_bare, due))
    undated += [stop for stop in past if _opens(text, clauses[stop.clause], stop.span)]
    taken = {date.clause for date in dates} | {stop.clause for stop in undated}
    undated += [s for s in _whole_years(text, clauses) if s.clause not in taken]
    return tuple(dates), tuple(sorted(undated))


def _readable(text: str, start: int, plan_year: int | None) -> list[Span]:
    """Return the times that can be read, in order."""
    # A label runs into the text behind it: 1．4月底前.
    found = [span.shift(start) for span in iter_deadlines(text[start:])]
    taken = {at for span in found for at in range(*span)}
    years = this_years(text, plan_year) if found else ()
    found += [s for s in years if s.start >= start and taken.isdisjoint(range(*s))]
    return sorted(found)


def _is_due(text: str, clause: int, span: Span) -> bool:
    """Say whether a time is one by which: not a noun's, not how long a right lasts."""
    words = span.slice(text)
    return not (
        _RELATIVE_CLAUSE.match(text, span.end)
        or (words.endswith("年内") and text.startswith("的", span.end))
        or _ENTITLEMENT.match(text, span.end)
        or _is_inside_object(text, clause, span)
        or (_SCHOOL_TERM.search(words) and not _BY.search(words))
    )


def _is_inside_object(text: str, start: int, span: Span) -> bool:
    """Say whether a plan period belongs to a noun: 执行|“十三五”期间采伐限额."""
    if not span.slice(text).endswith("期间"):
        return False
    verb = closing_verb(text, start, span.start)
    return verb is not None and verb.group() not in WRAPPERS


def _is_past(words: str, due: Deadline | None, plan_year: int | None) -> bool:
    """Say whether the words name a year before the plan's: 由2024年的41%."""
    if not plan_year or not due or due.basis != "absolute":
        return False
    folded = fold(words)
    if due.rule == "years-from" or NEXT_YEAR.match(folded):
        # 2012年起5年内 is a time by which, whenever it ends; 次年 names no year itself.
        return False
    return max([int(due.date[:4]), *map(int, _YEAR.findall(folded))]) < plan_year


def _is_bare_year(
    text: str, span: Span, due: Deadline | None, plan_year: int | None
) -> bool:
    """Say whether a time is a year and no more, and no other year stands by it."""
    if not _BARE_YEAR.fullmatch(text, *span):
        return False
    if plan_year and due is not None and due.date > f"{plan_year}-12-31":
        return False  # only the plan's own year says nothing (guidelines, section 4)
    # 到2027年全面建成，2025年启动: the plan's own year is a deadline here.
    is_own_year = due is not None and due.date == f"{plan_year}-12-31"
    return not (is_own_year and is_contrast(text, span, plan_year))


def _undated(text: str, clauses: Sequence[Clause]) -> list[Stop]:
    """Return the times of each clause that no calendar dates."""
    stops = []
    for index, clause in enumerate(clauses):
        for found in undated_times(clause.span.slice(text)):
            span = found.shift(clause.span.start)
            # What stands in a bracket is found in the bracket's own clause.
            if not _is_bracketed(clauses, index, span):
                stops.append(Stop(span, index))
    return stops


def _is_bracketed(clauses: Sequence[Clause], index: int, span: Span) -> bool:
    """Say whether a stretch of a clause lies in one of its brackets."""
    at = index + 1
    while at < len(clauses) and clauses[at].is_bracketed:
        if clauses[at].span.start <= span.start < clauses[at].span.end:
            return True
        at += 1
    return False


def _opens(text: str, clause: Clause, span: Span) -> bool:
    """Say whether a clause begins with a time, or with 其中 and a time."""
    before = text[clause.span.start : span.start]
    return not before or PART.fullmatch(before) is not None


def _whole_years(text: str, clauses: Sequence[Clause]) -> Iterator[Stop]:
    """Yield the clauses that begin with 全年 or 今年."""
    for index, clause in enumerate(clauses):
        if match := _WHOLE_YEAR.match(text, *clause.span):
            yield Stop(Span(*match.span()), index)
