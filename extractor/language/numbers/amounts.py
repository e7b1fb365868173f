"""Amounts in folded text: number, unit and comparator suffix, before any context.

`quantities` builds on this; nothing here looks at verbs or at the words around.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from extractor.language.numbers import units
from extractor.language.numbers.numerals import (
    MAGNITUDE,
    NUMERAL,
    ROUND,
    format_numeral,
    has_magnitude,
    parse_numeral,
    scaled,
    trailing_factor,
)

_MORE = "余|多(?!元|样|媒|功|种|家)|多(?=家|元/)"
_TENTHS_STOP = "立|为|果|功|效|长|员|人|本|都|熟|绩|品|交|才|像|片|建制|规模|分"
FIRST = r"\d±正一二两三四五六七八九十廿卅百千万亿半"
"""What an amount may begin with, as a class of characters: most places are none."""
AMOUNT = re.compile(
    rf"(?=[{FIRST}])(?:±|正负)?(?:"
    rf"(?P<per>[百千万]分之)(?P<per_num>{NUMERAL}|百)(?P<per_more>{_MORE})?"
    rf"|(?P<below>{NUMERAL})分之(?P<above>{NUMERAL})"
    rf"|(?P<over>(?<![\d./])[1-9])/(?P<under>[1-9]\d?)(?![\d./\-前日号])"
    rf"|(?P<half>一半|半数)"
    rf"|(?P<tenths>(?<!\d)[1-9一二两三四五六七八九])成(?!{_TENTHS_STOP})"
    rf"(?P<tenth>[一二三四五六七八九](?!{units.UNIT}))?"
    rf"|(?P<num>{NUMERAL}|{ROUND})(?P<more>{_MORE})?"
    rf"(?P<mag>{MAGNITUDE})?(?P<more2>{_MORE})?"
    rf"\s?(?P<unit>{units.UNIT})?(?P<more3>多(?=$|[，。；、,;]))?)"
    rf"(?P<suffix>{units.SUFFIX})?"
)
_ROUND = re.compile(ROUND)
_ANY_NUMERAL = re.compile(r"[\d一二两三四五六七八九十廿卅百千万亿半]")
"""What every amount has one of."""
_RATIO = re.compile(
    r"(?<![\d:.,百千万亿])(\d+(?:\.\d+)?)\s*(?::|比)\s*(\d+(?:\.\d+)?)"
    r"(?![\d:十百千万亿]|[.,]\d)"
    rf"(?P<suffix>{units.SUFFIX})?"
)
_RANGE_AHEAD = re.compile(rf"(?:{units.RANGE_SIGN.pattern}){NUMERAL}")
_NUMBER_BEHIND = re.compile(r"[\d零〇一二两三四五六七八九十百千万亿廿卅]|[.,]\d")
_JOINT = re.compile("[，。；,;]")
_SHARED = re.compile("比|配")
_NEAR = 16
"""Characters in front of an amount that may say what it is."""
_PER = {"百分之": "%", "千分之": "‰", "万分之": "‱"}


@dataclass(frozen=True)
class Amount:
    """One amount, its place in the folded text it was read from."""

    start: int
    end: int
    value: Decimal
    unit: str
    """As folded; `unit_start` and `unit_end` give the printed form."""
    unit_start: int
    unit_end: int
    suffix: str
    has_more: bool
    """Followed by 余 or 多."""
    kind: str
    """Part of the rule's name: arabic, chinese, round, per, fraction, half, tenths
    or ratio."""
    number: str
    """The number's characters."""

    @property
    def is_bare(self) -> bool:
        """A number without a unit."""
        return not self.unit


def tidy(value: Decimal) -> Decimal:
    """Return the value without exponent and trailing zeros, as it will be shown."""
    return Decimal(format_numeral(value))


def _percent_like(match: re.Match[str]) -> tuple[Decimal, str, str] | None:
    """Read 百分之八十, 三分之一, 2/3, 一半 and 八成五 as (value, unit, kind)."""
    if match["per"]:
        word = match["per_num"]
        value = Decimal(100) if word == "百" else parse_numeral(word)
        return None if value is None else (value, _PER[match["per"]], "per")
    if match["below"] or match["under"]:
        below = parse_numeral(match["below"] or match["under"])
        above = parse_numeral(match["above"] or match["over"])
        # A share is a part: what is more has lost a digit or is no number at all.
        if not below or above is None or above >= below:
            return None
        share = (above / below).quantize(Decimal("0.0001")) * 100
        return share, "%", "fraction"
    if match["half"]:
        return Decimal(50), "%", "half"
    tens = parse_numeral(match["tenths"])
    ones = parse_numeral(match["tenth"]) if match["tenth"] else Decimal(0)
    if tens is None or ones is None:
        return None
    return tens * 10 + ones, "%", "tenths"


def _from_match(match: re.Match[str]) -> Amount | None:
    """Turn a match of `AMOUNT` into an amount, None when the number is malformed."""
    suffix = match["suffix"] or ""
    if match["num"] is None:
        read = _percent_like(match)
        if read is None:
            return None
        end = match.end() - len(suffix)
        value, unit, kind = read
        more = bool(match["per_more"])
        return Amount(
            match.start(), match.end(), tidy(value), unit, end, end,
            suffix, more, kind, match[0][: end - match.start()],
        )  # fmt: skip
    word, scale = match["num"], match["mag"] or ""
    is_round = _ROUND.fullmatch(word) is not None
    number = Decimal(trailing_factor("1" + word)) if is_round else parse_numeral(word)
    if number is None:
        return None
    if scale:
        number = scaled(number, trailing_factor("1" + scale))
    unit_start, unit_end = match.span("unit")
    return Amount(
        match.start(), match.end(), tidy(number), match["unit"] or "",
        unit_start, unit_end, suffix,
        any(match[name] for name in ("more", "more2", "more3")),
        "round" if is_round else "arabic" if word[0].isascii() else "chinese",
        word + scale,
    )  # fmt: skip


def _is_counted(amount: Amount, text: str) -> bool:
    """Say whether a magnitude alone counts: 万名, 百余户, 近千亩; but 千亿级, 万人计划.

    Without 余 and outside of a comparator at the end of its phrase, only a count of
    people, things and events is one: 亿元企业 and 万亩示范片 are sizes in a name.
    """
    if amount.is_bare:
        return False
    if amount.has_more:
        return True
    near = max(0, amount.start - _NEAR)
    if amount.unit in units.ROUND_UNITS:
        is_slogan = units.ROUND_SLOGAN_BEFORE.search(text, near, amount.start)
        named = units.EVENT_NAMED if amount.unit in "场次" else units.ROUND_NAMED
        return not (is_slogan or named.match(text, amount.end))
    is_compared = units.COMPARED.search(text, near, amount.start) is not None
    return is_compared and units.PHRASE_END.match(text, amount.end) is not None


def _is_phrase(amount: Amount, text: str) -> bool:
    """Say whether a Chinese number and its unit are part of a word or set phrase."""
    number, unit = amount.number, amount.unit
    before = text[amount.start - 1 : amount.start]
    if before and before in units.VAGUE_BEFORE and number[0] in "十百千万":
        return True
    # 二十一所|一级幼儿园: nobody makes a slogan of so many.
    is_slogan = len(number) < 3 and units.SLOGAN_AFTER.match(text, amount.end)
    if number == "二" or is_slogan:
        return True
    if number == "一":
        return before in units.BOUND_ONE or unit not in units.SINGLE_UNITS
    return len(number) == 1 and unit in units.DIGITS_ONLY_UNITS


# 1万|24小时, 2,|000户, 万|五亩; but 统一|两所.
_NUMBER_BEFORE = re.compile(r"\d[百千万亿]?$|\d\.$")
_NUMERAL_BEFORE = re.compile(
    rf"(?<![{''.join(sorted(units.BOUND_ONE))}])[零〇一二两三四五六七八九十百千万亿廿卅]$"
)


def _goes_on(amount: Amount, text: str) -> bool:
    """Say whether an amount is what is left of a number that was not understood."""
    before = text[max(0, amount.start - 3) : amount.start]
    if amount.number[0].isascii():
        is_group = re.match(r"\d{3}(?!\d)", amount.number)
        cut_left = _NUMBER_BEFORE.search(before) or (
            is_group and re.search(r"\d,$", before)
        )
    else:
        cut_left = _NUMERAL_BEFORE.search(before)
    is_open = not amount.suffix and amount.unit_start == amount.unit_end
    is_whole = amount.number.endswith("百")  # 百分之百一致
    cut_right = is_open and not is_whole and _NUMBER_BEHIND.match(text, amount.end)
    return bool(cut_left or cut_right)


def _is_refused(amount: Amount, text: str) -> bool:
    """Say whether an amount is no quantity whatever stands around it."""
    number = amount.number
    after = text[amount.end : amount.end + 1]
    if _goes_on(amount, text):
        return True
    is_years = amount.unit == "年" and "." not in number
    # 五千吨级, 千瓦级: a size in a name.
    is_size = amount.unit and text.startswith("级", amount.unit_end)
    if is_years or is_size:
        return True
    if amount.kind == "round":
        return not _is_counted(amount, text)
    if amount.kind == "chinese":
        if amount.is_bare and not ("万" in number or "亿" in number):
            # 一至两次: the unit stands behind the other end.
            return not _RANGE_AHEAD.match(text, amount.end)
        if _is_phrase(amount, text):
            return True
    # 二十几个: the number goes on in words.
    if after == "几":
        return True
    if not amount.is_bare:
        return False
    if after.isascii() and after.isalnum():
        return True
    return len(re.sub(r"\D", "", number)) >= 7 and "," not in number


def ratios(text: str, before: str = "") -> Iterator[Amount]:
    """Yield ratios (1:15, 1比15): the side that is not 1, the other as the unit.

    A time of day has the same form, so 比 or 配 must stand before, or one side be 1.
    """
    is_announced = _SHARED.search(_JOINT.split(before)[-1]) is not None
    position = 0
    for match in _RATIO.finditer(text):
        left, right = match[1], match[2]
        between = _JOINT.split(text[position : match.start()])
        is_announced = is_announced and len(between) == 1
        is_announced = is_announced or _SHARED.search(between[-1]) is not None
        position = match.start()
        if "1" not in (left, right) and not is_announced:
            continue
        value, unit = (right, "1:") if left == "1" else (left, f":{right}")
        suffix = match["suffix"] or ""
        end = match.end() - len(suffix)
        yield Amount(
            match.start(), match.end(), Decimal(value), unit, end, end, suffix,
            has_more=False, kind="ratio", number=match[0][: end - match.start()],
        )  # fmt: skip


def mask(text: str) -> str:
    """Blank out decoys (dates, ordinals, titles, formulas), length kept."""
    return units.DECOYS.sub(lambda match: "\x00" * len(match[0]), text)


def blank(text: str, amounts: Iterable[Amount]) -> str:
    """Blank out amounts, which are in order, length kept."""
    parts, at = [], 0
    for amount in amounts:
        start = max(at, amount.start)
        parts += [text[at:start], "\x00" * (amount.end - start)]
        at = max(at, amount.end)
    return "".join([*parts, text[at:]])


def scan(text: str, before: str = "") -> Iterator[Amount | None]:
    """Yield every amount of folded text in order, None for digits that are none.

    Args:
        text: folded text to read.
        before: folded text in front of it, only looked at.
    """
    if not _ANY_NUMERAL.search(text):
        return
    found = list(ratios(text, before))
    rest = mask(blank(text, found))
    readings: list[tuple[int, Amount | None]] = [(item.start, item) for item in found]
    for match in AMOUNT.finditer(rest):
        amount = _from_match(match)
        if amount is not None and _is_refused(amount, rest):
            amount = None
        # A Chinese number that is none belongs to a word (一般性支出); digits never do.
        if amount is not None or match[0][0].isascii():
            readings.append((match.start(), amount))
    yield from (amount for _, amount in sorted(readings, key=lambda pair: pair[0]))


def range_ends(first: Amount, second: Amount) -> tuple[Decimal, Decimal] | None:
    """Return both ends of a range, None when the two amounts do not make one.

    A magnitude or 成 printed once holds for both ends: 3至5万, 七至八成.
    """
    low, high = first.value, second.value
    if first.unit and first.unit != second.unit:
        return None
    if first.is_bare and not has_magnitude(first.number):
        factor = trailing_factor(second.number)
        if second.kind == "tenths":
            factor = 10
        if scaled(low, factor) < high:
            low = scaled(low, factor)
    return (low, high) if low < high else None
