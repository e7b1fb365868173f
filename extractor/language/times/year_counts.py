"""Years counted from a start, as words to a last day: 3年内, 2012年起5年内.

Part of `deadlines`; works on folded text without spaces, with its numbers in digits.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import NamedTuple

from extractor.core.records import DeadlineBasis
from extractor.language.numbers.numerals import parse_numeral

FIRST_YEAR, LAST_YEAR = 1949, 2149
"""Years that a time of a plan can name."""
YEAR_SHIFT = {**dict.fromkeys("今本当", 0), **dict.fromkeys("明次翌来下", 1), "后": 2}
"""How far the year that begins with this word is from the plan's."""
YEAR_WORD = r"(?:今年|本年度?|当年|[明次来]年度?|翌年|后年|下[一1]?年度)"
"""A year named by the plan's own."""

_MAX_COUNT = 30
_COUNT = r"[\d一二两三四五六七八九十]{1,3}"
_UP_TO = rf"(?:{_COUNT}[-~至到])?"
_WITHIN = (
    rf"(?:(?:未来|今后|接下来)的?{_UP_TO}(?P<n1>{_COUNT})年(?:左右)?的?"
    r"(?:内|之内|以内|时间|期间)?"
    rf"|(?:力争|争取)?(?:利?用|花|经过|通过){_UP_TO}(?P<n2>{_COUNT})年(?:左右)?的?"
    r"(?:(?:时间|努力)内?|内)"
    rf"|{_UP_TO}(?P<n3>{_COUNT})年(?:左右)?(?:的?时间)?(?:内|之内|以内)"
    r"|今明(?P<n4>[两二2])年(?:之?内|期间)?)"
)
_ALONE = re.compile(_WITHIN)
_FROM = re.compile(
    r"(?:自|从)?(?:(?P<first>\d{4})年?[-~至到]+(?P<last>\d{4})年度?"
    rf"|(?:(?P<year>\d{{4}})年度?|(?P<word>{YEAR_WORD}))"
    r"(?:(?P<month>\d{1,2})月份?(?:(?P<day>\d{1,2})[日号])?)?"
    rf"(?:起|开始|启动))计?,?的?(?:{_WITHIN}|(?P<n5>{_COUNT})年(?:时间|间))"
)


class Counted(NamedTuple):
    """The last day of a count of years, and where its first year comes from."""

    last: date
    basis: DeadlineBasis
    rule: str


def count_years(text: str, plan_year: int | None) -> Counted | None:
    """Read 3年内, whose first year is the plan's, and 2012年起5年内, whose is 2012."""
    if alone := _ALONE.fullmatch(text):
        count = _count(alone)
        if plan_year is None or count is None:
            return None
        return Counted(date(plan_year + count - 1, 12, 31), "plan_year", "years-within")
    match = _FROM.fullmatch(text)
    count = _count(match) if match else None
    if match is None or count is None:
        return None
    if match["first"]:
        first, last = int(match["first"]), int(match["last"])
        # 2021—2025年3年内 counts otherwise than it says: no date is better than one.
        if last - first + 1 != count or not FIRST_YEAR <= first <= LAST_YEAR:
            return None
        return Counted(date(last, 12, 31), "absolute", "years-from")
    start = _start(match, plan_year)
    if start is None:
        return None
    end = date(start.year + count, start.month, start.day) - timedelta(days=1)
    return Counted(end, "absolute" if match["year"] else "plan_year", "years-from")


def _count(match: re.Match[str]) -> int | None:
    groups = match.groupdict()
    words = next(w for n, w in groups.items() if w and re.fullmatch(r"n\d", n))
    count = parse_numeral(words)
    return int(count) if count is not None and 1 <= count <= _MAX_COUNT else None


def _start(match: re.Match[str], plan_year: int | None) -> date | None:
    """Return the first day of the count; None where none can be told."""
    if match["year"]:
        year = int(match["year"])
    elif plan_year is not None:
        year = plan_year + YEAR_SHIFT[match["word"][0]]
    else:
        return None
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return None
    try:
        start = date(year, int(match["month"] or 1), int(match["day"] or 1))
    except ValueError:
        return None
    # Other years have no February 29.
    return start if (start.month, start.day) != (2, 29) else start + timedelta(days=1)
