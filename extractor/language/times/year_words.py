"""Years that are named by another year of their sentence: 今年 and 次年.

A text and the place of a time in it in, its `Deadline` out.
今年 as the plain time of a plan is no deadline; beside another year it is one for its
clause (到2027年建成2个，其中今年建成1个).
次年 is the year after the one that is named before it, else after the plan's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from functools import lru_cache

from extractor.core.records import Deadline
from extractor.core.spans import Span
from extractor.language.clauses import Clause, clause_at, split_clauses
from extractor.language.numbers.numerals import fold
from extractor.language.times.deadlines import iter_deadlines, parse_deadline
from extractor.language.times.patterns import NOT_AFTER, START_AFTER

PART = re.compile(r"[（(]?其中")
"""How a clause begins that names a part of what was counted before."""

_THIS_YEAR = re.compile(
    r"(?<![较比同与按])(?:到|至)?(?P<word>今年|本年度?|当年)(?:度|内)?"
    r"(?![的前初底末]|以来|中央|同期|工作|政府|第?[\d一二三四五六七八九十]{1,3}(?:个?月|季))"
)
NEXT_YEAR = re.compile(r"(?:到|至)?(?:[次翌]年|下[一1]?年度)")
# A count of years, a plan period or 到 reaches over the years before its last day.
_HORIZON = re.compile(r"^[到至]|内$|五|[-~至到]\d{4}年|时间|努力")
_ANY_YEAR = 2000
_WINDOW = 400


def read_deadline(text: str, span: Span, plan_year: int | None) -> Deadline | None:
    """Compute the deadline that the words at `span` name where they stand."""
    words = span.slice(text)
    folded = fold(words)
    if NEXT_YEAR.match(folded):
        return _after_named_year(text, span, plan_year)
    if _THIS_YEAR.fullmatch(folded):
        is_due = plan_year is not None and is_contrast(text, span, plan_year)
        if not is_due:
            return None
        return Deadline(
            quote=words,
            date=f"{plan_year}-12-31",
            basis="plan_year",
            rule="this-year-beside-another",
        )
    return parse_deadline(words, plan_year)


def this_years(text: str, plan_year: int | None) -> Iterator[Span]:
    """Yield each 今年 of a text that is a deadline because another year stands by."""
    for match in _THIS_YEAR.finditer(fold(text)):
        span = Span(*match.span())
        before = text[max(0, span.start - 6) : span.start]
        is_start = START_AFTER.match(text, span.end) or NOT_AFTER.search(before)
        if not is_start and is_contrast(text, span, plan_year):
            yield span


def is_contrast(text: str, span: Span, plan_year: int | None) -> bool:
    """Say whether a later year is a deadline of the same sentence.

    其中 ties its clause to the sentence before as well.
    """
    scope, is_part = _sentence(text, span)
    for other in _later_years(text, scope, plan_year or _ANY_YEAR):
        if span.overlaps(other):
            continue
        if fold(span.slice(text)).lstrip("到至") != "当年" or is_part:
            return True
        # 2026年6月开工，当年…: that year, not the plan's.
        if other.end <= span.start and _HORIZON.search(fold(other.slice(text))):
            return True
    return False


def _sentence(text: str, span: Span) -> tuple[Span, bool]:
    """Return the sentence around a time, and whether its clause names a part."""
    clauses = _clauses_around(text, span.start // _WINDOW)
    index = clause_at(clauses, span.start)
    if index is None:
        return span, False
    here = clauses[index]
    ahead = clauses[index - 1].span.slice(text) if index else ""
    # 其中，今年建成1个: the word can be a clause of its own.
    is_part = bool(PART.match(here.span.slice(text)) or PART.fullmatch(ahead))
    first = here.sentence - is_part
    same = [c.span for c in clauses if first <= c.sentence <= here.sentence]
    return Span(min(s.start for s in same), max(s.end for s in same)), is_part


# Many times of one sentence ask for the same.
@lru_cache(maxsize=4)
def _clauses_around(text: str, window: int) -> tuple[Clause, ...]:
    """Return the clauses of a window of a text and of the one on each side.

    An item can be a whole file; its sentences are short.
    """
    start = max(0, (window - 1) * _WINDOW)
    stretch = text[start : (window + 2) * _WINDOW]
    clauses = split_clauses(stretch)
    return tuple(clause._replace(span=clause.span.shift(start)) for clause in clauses)


@lru_cache(maxsize=4)
def _later_years(text: str, scope: Span, plan_year: int) -> tuple[Span, ...]:
    """Return the deadlines of a stretch that lie in a year behind the plan's."""
    stretch = scope.slice(text)
    found = (
        (span, parse_deadline(span.slice(stretch), plan_year))
        for span in iter_deadlines(stretch)
    )
    return tuple(
        span.shift(scope.start) for span, due in found if due and _year(due) > plan_year
    )


def _year(due: Deadline) -> int:
    """Return the year a deadline lies in; a term that ends in January began before."""
    day = date.fromisoformat(due.date)
    return day.year - (due.rule.startswith("term") and day.month == 1)


def _after_named_year(text: str, span: Span, plan_year: int | None) -> Deadline | None:
    """Count 次年 from the last year that its sentence names before it."""
    scope, _ = _sentence(text, span)
    words, before = span.slice(text), text[scope.start : span.start]
    for found in reversed(list(iter_deadlines(before))):
        named = parse_deadline(found.slice(before), plan_year)
        is_next = NEXT_YEAR.match(fold(found.slice(before)))
        if named is None or named.basis == "named_period" or is_next:
            continue
        due = parse_deadline(words, _year(named))
        return due and due.model_copy(update={"basis": named.basis})
    return parse_deadline(words, plan_year)
