"""The numbers that a program puts in front of list points, as it shows them."""

from __future__ import annotations

from typing import Literal

from cn2an import an2cn

Style = Literal[
    "none", "bullet", "decimal", "zero", "wide", "circled", "lower-letter",
    "upper-letter", "doubled-lower-letter", "doubled-upper-letter", "lower-roman",
    "upper-roman", "han", "formal-han", "stem",
]  # fmt: skip
"""How a number is written; the doubled letters are Word's: aa, bb after z."""

BULLET = "•"
_STEMS = "甲乙丙丁戊己庚辛壬癸"
_ROMAN = (
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"),
    (50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
)  # fmt: skip
_WIDE = str.maketrans("0123456789", "０１２３４５６７８９")
_MAX = 9999
"""Beyond it no list counts; letters and Roman numerals would only grow long."""


def marker(number: int, style: Style) -> str:
    """Return a number in a style; one that the style cannot write in digits."""
    if style in {"none", "bullet"}:
        return BULLET if style == "bullet" else ""
    if not 1 <= number <= _MAX:
        return str(number)
    if style.endswith("letter"):
        return _letters(number, style)
    if style.endswith("roman"):
        return _cased(_roman(number), style)
    if style.endswith("han"):
        mode = "up" if style == "formal-han" else "low"
        return str(an2cn(number, mode))
    return _figure(number, style)


def _figure(number: int, style: Style) -> str:
    if style == "zero":
        return f"{number:02}"
    if style == "wide":
        return str(number).translate(_WIDE)
    if style == "circled" and number <= 20:
        return chr(ord("①") + number - 1)
    if style == "stem" and number <= len(_STEMS):
        return _STEMS[number - 1]
    return str(number)


def _letters(number: int, style: Style) -> str:
    rounds, place = divmod(number - 1, 26)
    letter = chr(ord("a") + place)
    if style.startswith("doubled"):
        return _cased(letter * (rounds + 1), style)
    # z, aa, ab: the columns of a spreadsheet
    return _cased((_letters(rounds, "lower-letter") if rounds else "") + letter, style)


def _roman(number: int) -> str:
    text = ""
    for value, letters in _ROMAN:
        text += letters * (number // value)
        number %= value
    return text


def _cased(text: str, style: Style) -> str:
    return text.upper() if "upper" in style else text
