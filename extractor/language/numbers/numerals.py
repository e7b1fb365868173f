"""Numerals of any script to `Decimal` and back; text in, exact numbers out.

`fold` makes the local, length-preserving copy that all readers of numbers work on:
half width, simplified script, one kind of dash and colon (design, law 6).

The library cn2an is trusted with whole Chinese numbers only, where it was found
right (一百零八, 三万五, 一万两千, 二〇二五).
It refuses 一点五万, 3,000 and 万亿 after digits, and turns 10 into a float, so
points, digits, separators and magnitudes after digits are read here.
"""

from __future__ import annotations

import re
from decimal import MAX_EMAX, MAX_PREC, MIN_EMIN, Context, Decimal
from functools import cache, lru_cache

import cn2an
import opencc

CHINESE_DIGITS = "零〇一二两三四五六七八九"
_DIGIT_VALUES = dict(
    zip(CHINESE_DIGITS, (0, 0, 1, 2, 2, 3, 4, 5, 6, 7, 8, 9), strict=True)
)

# 5千瓦 is a size in kilowatts and 3百分点 a garbled unit, not 5000 and 300.
_THOUSAND = "千(?![瓦克米伏卡帕赫焦])"
_HUNDRED = "百(?!分)"
MAGNITUDE = f"(?:(?:[十百]|{_THOUSAND})?(?:万亿|亿|万)|{_THOUSAND}|{_HUNDRED})"
"""What may follow a number to scale it: 万, 亿, 百万, 万亿."""

ARABIC = (
    r"(?:(?<![\d.])(?<!\d,)\d{1,3}(?:,\d{3})+(?!\d)"
    r"|(?<![\d.])(?<!\d,)\d{1,3}(?:[ \u00a0\u2009\u202f]\d{3})+(?!\d)"
    r"|(?<![\d.])\d+)(?:\.\d+)?"
)
"""A number in digits, grouped by commas or spaces or not at all."""

ARABIC_SCALED = rf"{ARABIC}(?:[ \u00a0]?{MAGNITUDE}(?:零?\d+(?:\.\d+)?{MAGNITUDE})*)?"
"""`ARABIC` with magnitudes: 1.5万, 1.2万亿, 2万5千."""

_CN_START = "[一二两三四五六七八九十廿卅]"
_CN_NEXT = f"(?:[零〇一二两三四五六七八九十廿卅万亿]|{_THOUSAND}|{_HUNDRED})"
CHINESE = f"{_CN_START}{_CN_NEXT}*(?:点[{CHINESE_DIGITS}]+(?:{MAGNITUDE})?)?"
"""A Chinese number; a bare 百 or 万 (上百, 万人计划) is none."""

NUMERAL = f"(?:{ARABIC_SCALED}|{CHINESE})"
"""A number of either script."""

ROUND = (
    "(?<![几数上好每各第若零〇一二两三四五六七八九十百千万亿廿卅])"
    f"(?:[百千]?(?:亿|万)|{_THOUSAND}|{_HUNDRED})"
)
"""A magnitude alone, a number only before some measure words: 万名, 近百户."""

_FACTORS = {"十": 10, "百": 100, "千": 1000, "万": 10**4, "亿": 10**8}
_SCALED_PART = re.compile(rf"(\d+(?:\.\d+)?)({MAGNITUDE})?")
_TRAILING_MAGNITUDE = re.compile(rf"^(.*?)({MAGNITUDE})$")
# The usual 28 digits would round a longer number to another one.
_EXACT = Context(prec=MAX_PREC, Emax=MAX_EMAX, Emin=MIN_EMIN)
_SPACES = re.compile(r"[,\s]")

_DASHES = "‐‑‒–—―−─－﹣"
_FOLDS = {
    **{chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)},
    **dict.fromkeys(_DASHES, "-"),
    **dict.fromkeys("～〜∼˜", "~"),
    **dict.fromkeys("∶︰：﹕", ":"),
    "﹪": "%",
    # Zeros of years typed as circles: 二○二五年.
    **dict.fromkeys("○◯", "〇"),
    "\u3000": " ",
    "≧": "≥",
    "≦": "≤",
}


_BLOCK = 1 << 14
_FEW = 64
"""Kinds of characters in a block up to which replacing one kind after the other is
faster than looking up every character."""


@cache
def _folds() -> tuple[dict[int, str], re.Pattern[str]]:
    """Return what `fold` puts for which characters, and what finds them.

    Built once (about 20 ms).
    """
    han = [chr(code) for code in range(0x4E00, 0xA000)]
    simplified = opencc.OpenCC("t2s").convert("\n".join(han)).split("\n")
    script = {
        old: new
        for old, new in zip(han, simplified, strict=True)
        if old != new and len(new) == 1
    }
    # 薴 becomes 苧, and that 苎: what is folded stays as it is.
    script = {old: script.get(new, new) for old, new in script.items()}
    # 馀 is the simplification of some standards, 余 the measure suffix meant here.
    table = {**script, "餘": "余", "馀": "余", **_FOLDS}
    return str.maketrans(table), re.compile(f"[{re.escape(''.join(table))}]")


def fold(text: str) -> str:
    """Return `text` in half width and simplified script, character for character."""
    if len(text) <= _BLOCK:
        return _fold_block(text)
    starts = range(0, len(text), _BLOCK)
    return "".join([_fold_block(text[at : at + _BLOCK]) for at in starts])


def _fold_block(text: str) -> str:
    table, pattern = _folds()
    position = 0
    for _ in range(_FEW):
        found = pattern.search(text, position)
        if found is None:
            return text
        text = text.replace(found[0], table[ord(found[0])])
        position = found.end()
    return text.translate(table)


_FULL_WIDTH = re.compile("[０-９Ａ-Ｚａ-ｚ％]")
_HALF_WIDTH = {
    code: code - 0xFEE0
    for start, end in ("０９", "ＡＺ", "ａｚ", "％％")
    for code in range(ord(start), ord(end) + 1)
}


def half_width(text: str) -> str:
    """Return `text` with digits, letters and % in half width, character for character.

    Punctuation stays: full-width marks cut clauses.
    """
    return text.translate(_HALF_WIDTH) if _FULL_WIDTH.search(text) else text


def _magnitude(word: str) -> int:
    """Return the factor of a magnitude word (万亿 is 10**12)."""
    factor = 1
    for char in word:
        factor *= _FACTORS[char]
    return factor


def scaled(value: Decimal, factor: int) -> Decimal:
    """Return a value times a magnitude, with every digit that is printed."""
    return _EXACT.multiply(value, Decimal(factor))


def _arabic(text: str) -> Decimal | None:
    """Read digits with magnitudes; each part must be smaller than the one before."""
    compact = _SPACES.sub("", text).replace("零", "")
    total = Decimal(0)
    last: int | None = None
    end = 0
    for part in _SCALED_PART.finditer(compact):
        factor = _magnitude(part[2]) if part[2] else 1
        if part.start() != end or (last is not None and factor >= last):
            return None
        total = _EXACT.add(total, scaled(Decimal(part[1]), factor))
        last, end = factor, part.end()
    return total if end == len(compact) and end else None


def _chinese_integer(text: str) -> Decimal | None:
    """Read a whole Chinese number with cn2an.

    A run of bare digits is a year or a code (二〇二五), and two or three of them are
    a guess (三四个, 三五个), so only four are read as a number.
    """
    if all(char in _DIGIT_VALUES for char in text):
        if len(text) in (2, 3):
            return None
        return Decimal("".join(str(_DIGIT_VALUES[char]) for char in text))
    try:
        return Decimal(str(cn2an.cn2an(text.replace("卅", "三十"), "normal")))
    except (ValueError, KeyError):
        return None


def _chinese(text: str) -> Decimal | None:
    """Read a Chinese number, with a point and a magnitude after it or not."""
    if "点" not in text:
        return _chinese_integer(text)
    whole, _, rest = text.partition("点")
    factor = 1
    if ending := _TRAILING_MAGNITUDE.match(rest):
        rest, factor = ending[1], _magnitude(ending[2])
    base = _chinese_integer(whole)
    if base is None or not rest or any(char not in _DIGIT_VALUES for char in rest):
        return None
    digits = "".join(str(_DIGIT_VALUES[char]) for char in rest)
    return scaled(_EXACT.add(base, Decimal(f"0.{digits}")), factor)


_ARABIC_FULL = re.compile(ARABIC_SCALED)
_CHINESE_FULL = re.compile(f"(?:{CHINESE}|[零〇])")


@lru_cache(maxsize=4096)
def parse_numeral(text: str) -> Decimal | None:
    """Return the value of a whole numeral of any script and width.

    Args:
        text: the numeral alone: "1.5万", "两万", "３，０００", "一点五万".

    Returns:
        The exact value, or None when `text` is not one well-formed number.
    """
    folded = fold(text).strip()
    if _ARABIC_FULL.fullmatch(folded):
        return _arabic(folded)
    if _CHINESE_FULL.fullmatch(folded):
        return _chinese(folded)
    return None


def trailing_factor(text: str) -> int:
    """Return the factor of the magnitude a numeral ends in, 1 for none.

    A range prints it once: 3至5万 is 30000 to 50000.
    """
    folded = fold(text).strip()
    ending = _TRAILING_MAGNITUDE.match(folded)
    if not ending or not ending[1]:
        return 1
    return _magnitude(ending[2])


def has_magnitude(text: str) -> bool:
    """Say whether a numeral contains 十, 百, 千, 万 or 亿."""
    return any(char in "十百千万亿廿卅" for char in fold(text))


def format_numeral(value: Decimal) -> str:
    """Return the plain digits of a value: no exponent, no trailing zeros."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
