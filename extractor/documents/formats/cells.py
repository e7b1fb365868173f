"""The value of a spreadsheet's cell as the spreadsheet shows it."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from extractor.documents.reading import one_line

_LITERAL = re.compile(r'"([^"]*)"|\\(.)')
_IN_BRACKETS = re.compile(r"\[[^\]]*\]")
_DIGITS = re.compile(r"[#0?][#0?,]*(?:\.([0#?]+))?")
_MAX_EXPONENT = 30
"""Beyond it a number is a measurement of something else; it stays as stored."""


def shown(value: Any, number_format: str) -> str:
    """Return a cell's text: 0.94 formatted as a percentage is 94%.

    Dates are written the way plans print them: what a sheet shows depends on the
    reader's country.
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, date):
        return _date(value, number_format)
    if isinstance(value, int | float):
        return _number(value, number_format)
    if isinstance(value, time | timedelta):
        return str(value)
    return one_line(str(value))


def _date(value: date, number_format: str) -> str:
    text = f"{value.year}年{value.month}月"
    letters = _LITERAL.sub("", _IN_BRACKETS.sub("", number_format)).lower()
    if "d" in letters or "y" not in letters:
        text += f"{value.day}日"
    if isinstance(value, datetime) and (value.hour or value.minute):
        text += f"{value.hour}时{value.minute:02}分"
    return text


def _number(value: float, number_format: str) -> str:
    number = Decimal(str(value))
    if not number.is_finite() or abs(number.adjusted()) > _MAX_EXPONENT:
        return str(value)
    form = _IN_BRACKETS.sub("", number_format.split(";", maxsplit=1)[0])
    literals = [(m.start(), m[1] or m[2] or "") for m in _LITERAL.finditer(form)]
    bare = _LITERAL.sub(lambda m: "\0" * len(m[0]), form)
    digits = _DIGITS.search(bare)
    if digits is None:
        return _plain(number)
    is_percentage = "%" in bare
    if is_percentage:
        number *= 100
    places = len(digits[1] or "")
    rounded = f"{number:.{places}f}"
    # An optional digit (#) is shown only where there is one.
    if digits[1] and not digits[1].strip("#?"):
        rounded = _plain(Decimal(rounded))
    before = "".join(text for at, text in literals if at < digits.start())
    after = "".join(text for at, text in literals if at >= digits.end())
    return f"{before}{rounded}{'%' * is_percentage}{after}"


def _plain(number: Decimal) -> str:
    """Return a number with the digits that a sheet shows, not the noise behind them."""
    rounded = round(number, 10) if number.adjusted() < 15 else number
    text = f"{rounded:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
