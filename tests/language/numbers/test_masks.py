"""Masks of number-like text: they take a number whole or leave it whole."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor.language.numbers.amounts import mask
from tests.clause_cases import read_clause, words


@pytest.mark.parametrize(
    ("text", "targets"),
    [
        ("全年搬迁群众4321户16870人", ["4321户", "16870人"]),
        ("全年改造危房1201户1人", ["1201户", "1人"]),
        ("调解纠纷1001村1600件", ["1001村", "1600件"]),
        ("安装11户1表水表1200块", ["11户", "1200块"]),
        ("新增学前1200个学位", ["1200个"]),
        ("课前12个班级完成消毒", ["12个"]),
        ("汛前20处险工完成加固", ["20处"]),
        ("目前3家企业开工。新增岗位300个", ["300个"]),
        ("完成投资13500000000元", ["13500000000元"]),
        ("发放贷款18800000000元", ["18800000000元"]),
        ("兑付资金200-10000000元", ["200-10000000元"]),
        ("配备AED300台", ["300台"]),
        ("购置GPS500套", ["500套"]),
        ("组织一千零一名干部下乡", ["一千零一名"]),
        ("整治一百零一个村", ["一百零一个"]),
        ("建设二十一所一级幼儿园", ["二十一所"]),
        ("发放补贴1,234户5,678人", ["1,234户", "5,678人"]),
        ("组织180日1200场巡诊", ["1200场"]),
    ],
)
def test_number_beside_a_set_phrase_stays_whole(text: str, targets: list[str]) -> None:
    """The 1户1 of 4321户16870人 is no set phrase, and 学前 no rank."""
    drafts = read_clause(text, soft=False)

    assert [words(draft.target) for draft in drafts] == targets


@pytest.mark.parametrize(
    "text",
    [
        "落实1户1档",
        "推行一户一策",
        "进入全省前10名",
        "跻身前20强",
        "前三名学校",
        "治理PM2.5",
        "建设G60走廊",
        "推进5+N模式",
        "拨打13912345678",
        "电话0351-1234567",
        "8:30晨检",
        "升级2.0版",
    ],
)
def test_number_that_names_something_is_masked(text: str) -> None:
    """What the masks are for is still masked, whole."""
    assert not re.search(r"[0-9]", mask(text))


@given(
    st.lists(
        st.tuples(
            st.integers(1, 10**11),
            st.sampled_from("户 人 村 校 镇 园 班 个 所 次 前 号 年".split()),
        ),
        min_size=1,
        max_size=5,
    )
)
def test_mask_never_cuts_a_number(parts: list[tuple[int, str]]) -> None:
    """Every run of digits is masked as a whole or not at all."""
    text = "".join(f"{number}{unit}" for number, unit in parts)
    masked = mask(text)

    for found in re.finditer("[0-9]+", text):
        left = masked[found.start() : found.end()]
        assert left in {found.group(), "\x00" * len(left)}
