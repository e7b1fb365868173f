"""Periods inside a year: the words of a month, quarter, term or feast to its last day.

Part of `deadlines`; works on folded text with the numbers of months in digits.
The rulings are in the docstring of `deadlines`.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable
from datetime import date, timedelta
from typing import NamedTuple

from extractor.language.times.feasts import FEAST, first_day

BEFORE = "(?P<before>(?:之|以)?前)?"
"""前 behind a period, as a group of that name."""
TRAIL = re.compile(r"(?:左右|为止|止|时|期间|之内|以内)$")
"""Words behind a time that do not move it."""
_MARKS = '["“”‘’「」『』《》]?'


class Period(NamedTuple):
    """First and last day of a period."""

    first: date
    last: date


def _month_end(year: int, month: int) -> date:
    """Return the last day of a month."""
    return date(year, month, monthrange(year, month)[1])


def _months(year: int, first: int, last: int) -> Period:
    """Return the period from one month to another of the same year."""
    return Period(date(year, first, 1), _month_end(year, last))


_TENS_OF_DAYS = {"上": (1, 10), "初": (1, 10), "中": (11, 20)}
_SEASONS = {"春": (3, 5), "夏": (6, 8), "秋": (9, 11)}


def _in_month(year: int, match: re.Match[str]) -> Period | None:
    """Read 9月, 9月底, 9月中旬, 3-5月."""
    first, last = int(match["m1"]), int(match["m2"] or match["m1"])
    if not 1 <= first <= last <= 12:
        return None
    part = match["part"] or ""
    if part[:1] in ("底", "末"):
        # 月底前 ends with the month, unlike 月前.
        end = _month_end(year, last)
        return Period(end + timedelta(days=1), end)
    if part in ("上旬", "初", "中旬"):
        begin, end_day = _TENS_OF_DAYS[part[0]]
        return Period(date(year, last, begin), date(year, last, end_day))
    if part == "中":
        return Period(date(year, last, 11), date(year, last, 15))
    if part == "下旬":
        return Period(date(year, last, 21), _month_end(year, last))
    return _months(year, first, last)


def _on_day(year: int, match: re.Match[str]) -> Period | None:
    """Read 6月30日, also as the end of a span of days; 前 keeps the day."""
    month = int(match["m2"] or match["m1"])
    try:
        day = date(year, month, int(match["d2"] or match["d1"]))
    except ValueError:
        return None
    return Period(day + timedelta(days=1), day)


def _in_quarter(year: int, match: re.Match[str]) -> Period | None:
    """Read 三季度, 第三季度末."""
    quarter = int(match["q"])
    if not 1 <= quarter <= 4:
        return None
    period = _months(year, 3 * quarter - 2, 3 * quarter)
    # Nothing is due before a year begins: 一季度前 is loose for 一季度末前.
    return _closed(period) if match["end"] or quarter == 1 else period


def _closed(period: Period) -> Period:
    """Make 前 behind the period's own end (季度末前) mean that end."""
    return Period(period.last + timedelta(days=1), period.last)


def _in_half(year: int, match: re.Match[str]) -> Period:
    """Read 上半年 or 下半年."""
    first, last = (1, 6) if match["half"] == "上" else (7, 12)
    # 上半年前 is loose for 上半年底前: nothing is due before a year begins.
    return _closed(_months(year, first, last))


def _in_term(year: int, match: re.Match[str]) -> Period:
    """Read a school term: 秋季学期, 春季开学."""
    if match["term"] == "春":
        period = Period(date(year, 3, 1), date(year, 7, 31))
    else:
        period = Period(date(year, 9, 1), date(year + 1, 1, 31))
    if match["opening"]:
        return Period(period.first, period.first)
    return _closed(period) if match["end"] else period


def _in_season(year: int, match: re.Match[str]) -> Period:
    """Read 秋季."""
    return _months(year, *_SEASONS[match["season"]])


def _before_holiday(year: int, match: re.Match[str]) -> Period | None:
    """Read 国庆前, 春节前; a feast without 前 is no deadline."""
    day = first_day(match["holiday"], year)
    return Period(day, day) if day and match["before"] else None


def _named_day(year: int, match: re.Match[str]) -> Period | None:
    """Read “3·15”前; without 前 it is the name of a day."""
    return _on_day(year, match) if match["before"] else None


def _summer(year: int, match: re.Match[str]) -> Period:
    """Read 暑假, 暑期."""
    period = _months(year, 7, 8)
    return _closed(period) if match["end"] else period


def _year_end(year: int, _match: re.Match[str]) -> Period:
    """Read 年底, 年末, 年内."""
    return _closed(_months(year, 1, 12))


def _year_middle(year: int, _match: re.Match[str]) -> Period:
    """Read 年中."""
    return _closed(_months(year, 1, 6))


def _month_opening(year: int, match: re.Match[str]) -> Period | None:
    """Read 9月开学."""
    month = int(match["m1"])
    return _months(year, month, month) if 1 <= month <= 12 else None


_PartReader = Callable[[int, "re.Match[str]"], "Period | None"]
_M = r"(?P<m1>\d{1,2})(?:月?份?[-~至到](?P<m2>\d{1,2}))?月份?"
_ENDING = "(?P<end>结束|[期季]?末|季?底|期满)?"
_PARTS: tuple[tuple[str, re.Pattern[str], _PartReader], ...] = tuple(
    (name, re.compile(pattern), reader)
    for name, pattern, reader in (
        (
            "month",
            # 十二月月底前: the month is often printed twice.
            rf"{_M}的?(?:月?(?P<part>上旬|中旬|下旬|底|末|初|中))?{BEFORE}",
            _in_month,
        ),
        (
            "day",
            r"(?P<m1>\d{1,2})月(?P<d1>\d{1,2})(?:日|号)?"
            r"(?:[-~至到](?:(?P<m2>\d{1,2})月)?(?P<d2>\d{1,2})(?:日|号))?"
            rf"(?:24时|下班)?{BEFORE}",
            _on_day,
        ),
        (
            "month-opening",
            rf"(?P<m1>\d{{1,2}})月份?(?:学校)?开学{BEFORE}",
            _month_opening,
        ),
        (
            "quarter",
            r"第?(?:[1-3][-~至到、]第?)?(?P<q>[1-4])(?:个)?季度"
            rf"{_ENDING}{BEFORE}",
            _in_quarter,
        ),
        ("half", rf"(?P<half>上|下)半年(?:结束|末|底|内)?{BEFORE}", _in_half),
        (
            "term",
            r"(?P<term>春|秋)季?(?:学期)?(?P<opening>开学|学期开始)?(?<=[学期始])"
            rf"{_ENDING}{BEFORE}",
            _in_term,
        ),
        ("season", rf"(?P<season>春|夏|秋)季{BEFORE}", _in_season),
        (
            "holiday",
            rf"{_MARKS}(?P<holiday>{FEAST}){_MARKS}(?:假期|节|黄金周|小?长假)?{BEFORE}",
            _before_holiday,
        ),
        # “3·15”前: a day that has its date for a name.
        (
            "named-day",
            r"[“「『\"](?P<m1>\d{1,2})[·•.](?P<d1>\d{1,2})[”」』\"](?P<m2>)(?P<d2>)"
            rf"{BEFORE}",
            _named_day,
        ),
        ("summer", rf"暑(?:假|期)(?:期间)?{_ENDING}{BEFORE}", _summer),
        ("year-end", rf"(?:年?(?:底|末)|岁末|年终|内|年内|度内){BEFORE}", _year_end),
        ("year-middle", rf"年?中{BEFORE}", _year_middle),
    )
)


def read_part(year: int, rest: str) -> tuple[date, str] | None:
    """Read what follows a year (9月底前, 上半年), and apply 前."""
    rest = rest.removeprefix("的")
    for text in (rest, TRAIL.sub("", rest)):
        for name, pattern, reader in _PARTS:
            match = pattern.fullmatch(text)
            if not match:
                continue
            period = reader(year, match)
            if period is None:
                return None
            if match["before"]:
                return period.first - timedelta(days=1), f"{name}-before"
            return period.last, name
    return None
