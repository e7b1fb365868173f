"""First days of feasts: the word of a feast and a year in, the day out.

Feasts of the sun have their date here; those of the moon and the solar terms are
computed by the calendar of borax, which knows the years 1900 to 2100.
Terms that are weather as well (大雪, 雨水) are left out: 大雪前 names no day.
"""

from __future__ import annotations

from datetime import date, timedelta

from borax.calendars.lunardate import TERMS_CN, LunarDate, TermUtils

_SOLAR = {
    "元旦": (1, 1), "五一": (5, 1), "劳动节": (5, 1), "七一": (7, 1), "八一": (8, 1),
    "教师节": (9, 10), "国庆": (10, 1), "国庆节": (10, 1), "十一": (10, 1),
}  # fmt: skip
_LUNAR = {
    "春节": (1, 1), "元宵": (1, 15), "端午": (5, 5), "七夕": (7, 7), "中秋": (8, 15),
    "重阳": (9, 9),
}  # fmt: skip
_EVE = "除夕"
_WEATHER = frozenset("雨水 小暑 大暑 小雪 大雪 小寒 大寒".split())
_TERMS = frozenset(TERMS_CN) - _WEATHER
_FIRST_YEAR, _LAST_YEAR = 1900, 2100

LUNAR = frozenset({*_LUNAR, _EVE, *_TERMS})
"""Feasts whose day no month and day name."""
FEAST = "|".join(sorted({*_SOLAR, *LUNAR}, key=lambda word: (-len(word), word)))
"""The words of all feasts, as an alternation; 节 may follow."""


def first_day(feast: str, year: int) -> date | None:
    """Return the day on which a feast of a year begins; None where none is known."""
    if feast in _SOLAR:
        return date(year, *_SOLAR[feast])
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        return None
    if feast in _TERMS:
        return _day(TermUtils.day_start_from_term(year, feast))
    if feast == _EVE:
        return _day(LunarDate(year, *_LUNAR["春节"]).to_solar_date()) - timedelta(1)
    return _day(LunarDate(year, *_LUNAR[feast]).to_solar_date())


def _day(found: date) -> date:
    """Return a day of the untyped library as what it is."""
    return date(found.year, found.month, found.day)
