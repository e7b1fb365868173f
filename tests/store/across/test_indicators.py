"""Indicators: what a number is of, from the record's own words."""

from __future__ import annotations

import pytest

from extractor.store.across.indicators import fold_name, indicator, steps
from tests.pledge_samples import pledge

SAME = [
    pytest.param(
        ("新增", "学位", "1.5万个"), ("新增", "學位", "15000个"), id="traditional"
    ),
    pytest.param(
        ("改造", "农村公路", "32公里"), ("改造", "农村公路", "32千米"), id="units"
    ),
    pytest.param(("培训", "教师", "300名"), ("培训", "教师", "0.03万人"), id="persons"),
    pytest.param(
        ("达到", "ＰＭ２．５优良率", "90%"), (None, "PM2.5优良率", "90%"), id="width"
    ),
    pytest.param(
        ("打通", "“断头路”", "3条"), ("打通", "断头路", "3条"), id="quotation marks"
    ),
    pytest.param(
        ("提高到", "2025年森林覆盖率", "40%"), ("达到", "森林覆盖率", "40%"), id="year"
    ),
    pytest.param(
        ("达到", "全市森林覆盖率", "40%"), (None, "森林覆盖率", "40%"), id="scope"
    ),
    pytest.param(
        ("完成", "老旧小区改造", "20个"), ("改造", "老旧小区", "20个"), id="verb behind"
    ),
    pytest.param(
        ("增长", "地区生产总值", "6%"), ("提高", "地区生产总值", "6%"), id="movement"
    ),
    pytest.param(
        ("培训", "農(nóng)民", "1000人"), ("培训", "农民", "1000人"), id="damage"
    ),
]
APART = [
    pytest.param(
        ("新增", "学位", "500个"), ("改造", "学位", "500个"), id="another verb"
    ),
    pytest.param(
        ("增长", "投资", "6%"), ("增长", "投资", "6个百分点"), id="share and points"
    ),
    pytest.param(
        ("达到", "就业", "5万人"), ("新增", "就业", "5万人"), id="level and amount"
    ),
    pytest.param(("下降", "能耗", "3%"), ("增长", "能耗", "3%"), id="down and up"),
    pytest.param(("搬迁", "移民", "300户"), ("搬迁", "移民", "300人"), id="unit"),
    pytest.param(
        ("接通", "12345热线", "90%"), ("接通", "12393热线", "90%"), id="number in name"
    ),
    pytest.param(
        ("放映", "公益电影", "80场"),
        ("放映", "公益电影", "1场", "每个村每月放映公益电影1场"),
        id="of each",
    ),
    pytest.param(
        ("召开", "例会", "1次", "每月召开例会1次"),
        ("召开", "例会", "1次", "每季度召开例会1次"),
        id="of other times",
    ),
    pytest.param((None, "PM2.5浓度", "25%"), (None, "PM25浓度", "25%"), id="point"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_same_indicator(one: tuple[str, ...], other: tuple[str, ...]) -> None:
    """Folding puts the wordings of one thing together, and says what it did."""
    first, second = pledge(*one), pledge(*other)

    assert indicator(first) == indicator(second)
    assert indicator(first).id == indicator(second).id


@pytest.mark.parametrize(("one", "other"), APART)
def test_other_indicator(one: tuple[str, ...], other: tuple[str, ...]) -> None:
    """Verb, sense, unit and number keep apart what differs."""
    first, second = (
        pledge(*words[:3], **({"clause": words[3]} if words[3:] else {}))
        for words in (one, other)
    )

    assert indicator(first) != indicator(second)


def test_steps_of_folding_are_told() -> None:
    """Whoever reads a group sees what was done to its words."""
    assert {"script", "year", "marks"} == fold_name("2025年“森林覆蓋率”").steps
    assert {"verb"} == steps(pledge("完成", "老旧小区改造", "20个"))
    assert frozenset() == steps(pledge("改造", "老旧小区", "20个"))


def test_name_is_never_folded_away() -> None:
    """A name that is nothing but a scope or a year stays."""
    assert "全市" == fold_name("全市").text
    assert "2025年" == fold_name("2025年").text


def test_record_without_number() -> None:
    """A promise with a date only is known by verb and object."""
    assert ("条例", "修订", "none", "", "") == indicator(pledge("修订", "條例"))
