"""Numerals of both scripts and widths."""

from __future__ import annotations

from decimal import Decimal

import cn2an
import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor.language.numbers.numerals import (
    fold,
    format_numeral,
    has_magnitude,
    parse_numeral,
    trailing_factor,
)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0", "0"),
        ("12", "12"),
        ("１２", "12"),
        ("3,000", "3000"),
        ("3，000", "3000"),
        ("1,234,567.5", "1234567.5"),
        ("12 000", "12000"),
        ("12\u00a0000", "12000"),
        ("1.5万", "15000"),
        ("1.5 万", "15000"),
        ("１．５万", "15000"),
        ("5百万", "5000000"),
        ("3千", "3000"),
        ("5000万", "50000000"),
        ("1.2万亿", "1200000000000"),
        ("20亿", "2000000000"),
        ("2万5千", "25000"),
        ("3亿2000万", "320000000"),
        ("零", "0"),
        ("〇", "0"),
        ("两", "2"),
        ("十", "10"),
        ("十五", "15"),
        ("廿", "20"),
        ("廿五", "25"),
        ("卅", "30"),
        ("一百零八", "108"),
        ("一百二", "120"),
        ("一千二百", "1200"),
        ("两千零五", "2005"),
        ("三万五", "35000"),
        ("两万", "20000"),
        ("兩萬", "20000"),
        ("一万两千", "12000"),
        ("三千五百亿", "350000000000"),
        ("一万亿", "1000000000000"),
        ("一点五", "1.5"),
        ("一点五万", "15000"),
        ("三点二亿", "320000000"),
        ("九十五点零五", "95.05"),
        ("二〇二五", "2025"),
        ("二零二五", "2025"),
        ("二○二五", "2025"),
    ],
)
def test_numeral_is_read(text: str, value: str) -> None:
    """Every form has its exact value."""
    assert Decimal(value) == parse_numeral(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "万",
        "百",
        "万亿",
        "三四",
        "三五",
        "十四五",
        "1.5.2",
        "3,00",
        "2万5",
        "5千瓦",
        "2千5万",
        "一点",
        "点五",
        "abc",
        "三分之一",
        "八成",
        "12所",
        "一一",
        "1.万",
    ],
)
def test_malformed_numeral_is_refused(text: str) -> None:
    """What is not one whole number has no value."""
    assert parse_numeral(text) is None


@given(st.integers(0, 10**15))
def test_chinese_round_trip(value: int) -> None:
    """Every whole number survives being written in Chinese."""
    assert Decimal(value) == parse_numeral(cn2an.an2cn(value))


@given(st.decimals(0, 10**9, places=2, allow_nan=False, allow_infinity=False))
def test_plain_round_trip(value: Decimal) -> None:
    """Every decimal survives being written in plain digits."""
    assert value == parse_numeral(format_numeral(value))


@given(st.integers(0, 10**12))
def test_grouped_round_trip(value: int) -> None:
    """Grouping by commas changes nothing."""
    assert Decimal(value) == parse_numeral(f"{value:,}")


@given(st.text(max_size=40))
def test_fold_keeps_length(text: str) -> None:
    """Folding replaces characters one by one."""
    assert len(text) == len(fold(text))


def test_fold_widths_dashes_and_script() -> None:
    """Width, dashes, colons and script are folded, sentence marks are not."""
    assert fold("９４％—１∶３兩個，萬億。餘") == "94%-1:3两个,万亿。余"


@pytest.mark.parametrize(
    ("text", "factor"),
    [
        ("5万", 10**4),
        ("五百", 100),
        ("2亿", 10**8),
        ("3", 1),
        ("十", 1),
        ("5百万", 10**6),
    ],
)
def test_trailing_factor(text: str, factor: int) -> None:
    """The magnitude at the end of a range holds for both ends."""
    assert factor == trailing_factor(text)


def test_has_magnitude() -> None:
    """十 counts as a magnitude, digits alone do not."""
    assert has_magnitude("二十")
    assert has_magnitude("3万")
    assert not has_magnitude("35")


def test_format_numeral_has_no_exponent() -> None:
    """Values are shown in plain digits."""
    assert format_numeral(Decimal("1.50E+4")) == "15000"
    assert format_numeral(Decimal("0.50")) == "0.5"


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        pytest.param("1" * 40, "1" * 40, id="arabic"),
        pytest.param("九" * 40, "9" * 40, id="chinese"),
        pytest.param("0." + "1" * 40, "0." + "1" * 40, id="decimal"),
        pytest.param("9" * 30 + ".5万", "9" * 30 + "5000", id="scaled"),
        pytest.param("1." + "0" * 40 + "1万", "10000." + "0" * 36 + "1", id="nearly"),
        pytest.param("一点" + "零" * 40 + "一", "1." + "0" * 40 + "1", id="spoken"),
    ],
)
def test_long_number_keeps_every_digit(text: str, digits: str) -> None:
    """Found by fuzzing: behind 28 digits the value was another one."""
    value = parse_numeral(text)

    assert value == Decimal(digits)
    assert format_numeral(value) == digits
