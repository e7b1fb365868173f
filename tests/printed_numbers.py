"""What a text prints, read naively: a second opinion for tests of the product."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache

_DIGITS = {"〇": 0, "零": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5}
_DIGITS |= {"六": 6, "七": 7, "八": 8, "九": 9}
_UNITS = {"十": 10, "百": 100, "千": 1000}
_LARGE = {"万": 10**4, "亿": 10**8}
_ARABIC = re.compile(r"(?<![0-9.])([0-9]+(?:,[0-9]{3})*(?:\.[0-9]+)?)([十百千万亿]*)")
_CHINESE = re.compile(f"[{''.join(_DIGITS)}十百千万亿]+")
_YEAR = re.compile(r"([0-9]{4})年")
_DAY = re.compile(r"([0-9]{1,2})月(?:([0-9]{1,2})日)?")


@lru_cache(maxsize=512)
def visible(text: str) -> str:
    """Return a text as it is seen: half width, without what has no picture."""
    return "".join(map(_seen, html.unescape(text)))


def _seen(char: str) -> str:
    if (digit := unicodedata.decimal(char, None)) is not None:
        return str(digit)
    if 0xFF01 <= ord(char) < 0xFF5F:
        return chr(ord(char) - 0xFEE0)
    is_hidden = unicodedata.category(char) in {"Cc", "Cf"} or char.isspace()
    return "" if is_hidden else char


def prints_words(text: str, words: str) -> bool:
    """Say whether words stand in a text, no number of them cut in two."""
    shown, sought = visible(text), visible(words)
    if not any(map(str.isalnum, sought)):
        return False
    at = shown.find(sought)
    while at >= 0:
        before, after = shown[:at], shown[at + len(sought) :]
        if not (
            (sought[0].isdecimal() and re.search(r"[0-9]$|[0-9][.,]$", before))
            or (sought[-1].isdecimal() and re.match(r"[.,]?[0-9]", after))
        ):
            return True
        at = shown.find(sought, at + 1)
    return False


def prints_number(text: str, value: float) -> bool:
    """Say whether a number of this value stands in a text."""
    return Decimal(str(value)) in _numbers(text)


@lru_cache(maxsize=512)
def _numbers(text: str) -> frozenset[Decimal]:
    shown = visible(text)
    arabic = (value for found in _ARABIC.finditer(shown) for value in _scaled(found))
    chinese = (_chinese(found.group()) for found in _CHINESE.finditer(shown))
    return frozenset([*arabic, *chinese])


def _scaled(found: re.Match[str]) -> Iterator[Decimal]:
    """Yield a number as it stands and with each magnitude behind it."""
    value = Decimal(found[1].replace(",", ""))
    yield value
    for magnitude in found[2]:
        value *= (_UNITS | _LARGE)[magnitude]
        yield value


def _chinese(numeral: str) -> Decimal:
    """Read 一千二百 or 二〇二五."""
    if all(char in _DIGITS for char in numeral):
        return Decimal("".join(str(_DIGITS[char]) for char in numeral))
    total = part = digit = 0
    for char in numeral:
        if char in _DIGITS:
            digit = _DIGITS[char]
        elif char in _UNITS:
            part, digit = part + (digit or 1) * _UNITS[char], 0
        else:
            total, part, digit = (total + part + digit) * _LARGE[char], 0, 0
    return Decimal(total + part + digit)


def prints_date(words: str, text: str, date: str, plan_year: int) -> bool:
    """Say whether a date is what its words say, in a year that the text gives.

    Without a year in the words it is the plan's or the next one.
    """
    shown = visible(words)
    year, month, day = map(int, date.split("-"))
    years = {int(found) for found in _YEAR.findall(shown)}
    years = years or {int(found) for found in _YEAR.findall(visible(text))}
    if not years:
        years = {plan_year, plan_year + 1}
    printed = _DAY.search(shown)
    return (
        (year in years or (not _YEAR.search(shown) and year == plan_year))
        and (printed is None or month == int(printed[1]))
        and (printed is None or printed[2] is None or day == int(printed[2]))
    )
