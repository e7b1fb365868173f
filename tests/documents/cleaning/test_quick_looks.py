"""Quick looks spare slow ones, and never change what they find."""

from __future__ import annotations

import re

import opencc
import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor.core.lines import Lines
from extractor.core.spans import Span
from extractor.documents.cleaning import advertising, letters, text, wording
from extractor.documents.cleaning.letters import Letters
from extractor.documents.cleaning.repeats import OFTEN, find_runs
from extractor.language.numbers import numerals
from extractor.language.numbers.numerals import fold

ADS = st.lists(
    st.sampled_from(
        "官网 体育 _ ＿ 亚博 手机 365bet bet36 abc123 123ab www. .com http:// "
        "a1 . / 。 ， \n 建成 加 添 添加 微信 QQ Q ： : abc12345 领取 场所 公里".split(
            " "
        )
    ),
    max_size=14,
).map("".join)
LINES = st.lists(
    st.sampled_from(
        "首页 > 来源： 2024-01-02 10:00 目录 …… 12 印发 某局 此件 公开 "
        "记者 张三 第3页 - 甲 打印 | 上一篇： （ ） 。 ，".split(" ")
    ),
    min_size=1,
    max_size=8,
).map("".join)


@given(words=ADS)
def test_advertising_is_found_as_if_looked_for_everywhere(words: str) -> None:
    """A pattern is tried in the sentences that have its mark, and has no others."""
    for pattern, marks in (
        (advertising._BRAND, advertising._BRAND_MARKS),
        (advertising._CHAIN, (advertising._SEPARATOR,)),
        (advertising._ADDRESS, (advertising._ADDRESS_MARK,)),
    ):
        found = advertising._matches_beside(words, pattern, *marks)

        assert [m.span() for m in found] == [m.span() for m in pattern.finditer(words)]

    lures = [Span(*match.span()) for match in advertising._LURE.finditer(words)]
    assert [*advertising._lures(words)] == lures


@given(words=LINES)
def test_a_line_that_is_cut_passes_the_quick_look(words: str) -> None:
    """Also where running text stands around it."""
    for inside in (True, False):
        cut = wording.reason_to_cut(words, inside=inside) is not None

        assert wording.may_be_cut(words) or not cut


@pytest.mark.parametrize("lines", [1, 2, 3, 4])
@pytest.mark.parametrize("ahead", [0, 1, 37, 75, 76, 77])
def test_the_shortest_run_is_seen_wherever_it_begins(lines: int, ahead: int) -> None:
    """One try in each run is enough."""
    block = "".join(f"{at}.建成学校3所。\n" for at in range(lines))
    above = "".join(f"第{at}行。\n" for at in range(ahead))

    found = find_runs(above + block * (OFTEN + 1))

    start = len(above) + len(block)
    assert found == [Span(start, start + OFTEN * len(block))]


def test_what_differs_in_one_line_of_each_round_is_no_run() -> None:
    """The quick look sees some lines, the slow one all."""
    source = "".join(f"建成学校。\n第{at}所。\n" for at in range(2 * OFTEN))

    assert find_runs(source) == []


@given(block=st.text(alphabet="甲1三，。、-<·_ \n；”", min_size=1, max_size=12))
def test_letters_are_the_same_in_blocks(block: str) -> None:
    """A character is judged by its neighbours also across the edge of a block."""
    whole = re.sub(r"\s", "", block * 3)
    size = letters._BLOCK
    try:
        letters._BLOCK = 3
        parts = letters._masked(whole)
    finally:
        letters._BLOCK = size

    assert parts == letters._PAUSE.sub("\0", whole)


def test_letters_lead_back_to_their_places() -> None:
    """White space, pauses and lines without letters in between are stepped over."""
    source = "（一）建 成\u3000学校，3、5所。\n\n——\n“新建”2.5公里；\n"
    found = Letters(Lines(source))

    assert found.text == "一建成学校3、5所新建2.5公里"
    places = [found.place(at) for at in range(len(found.text))]
    assert "".join(source[at] for at in places) == found.text
    assert places == sorted(set(places))
    assert [found.text[at:] for at in found.units] == [found.text, "新建2.5公里"]


@pytest.mark.parametrize("phrase", ["一目瞭然", "甦醒", "慰藉", "覆核", "什么"])
def test_what_is_traditional_in_a_phrase_only_is_counted(phrase: str) -> None:
    """The count is at least what opencc changes."""
    simplified = opencc.OpenCC("t2s").convert(phrase)
    changed = sum(a != b for a, b in zip(phrase, simplified, strict=True))

    assert text._count_traditional(phrase) >= changed


@pytest.mark.parametrize("ending", ["。\n", "。", ""])
def test_script_of_a_long_text_is_what_most_of_it_is(
    monkeypatch: pytest.MonkeyPatch, ending: str
) -> None:
    """The first part decides only where the others cannot outweigh it."""
    monkeypatch.setattr(text, "BLOCK", 20)
    simplified, traditional = f"发展农业建设乡镇{ending}", f"發展農業建設鄉鎮{ending}"

    assert not text.is_traditional(simplified * 6 + traditional * 5)
    assert text.is_traditional(simplified * 5 + traditional * 6)


@given(words=st.text(alphabet="甲，；（０餘薴發\u3000-—", max_size=30))
def test_folding_is_done_character_by_character(words: str) -> None:
    """Long texts are folded in blocks, those of many kinds by a table."""
    size, few = numerals._BLOCK, numerals._FEW
    try:
        numerals._BLOCK, numerals._FEW = 7, 3
        folded = fold(words)
    finally:
        numerals._BLOCK, numerals._FEW = size, few

    assert folded == "".join(map(fold, words))
    assert fold(folded) == folded


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("当前位置：首页 > 公告", "navigation"),
        ("公告 > 计划 > 正文页", "navigation"),
        ("收藏 打印 关闭", "navigation"),
        ("一、总体要求…………3", "navigation"),
        ("来源：某市教育局", "furniture"),
        ("- 12 -", "furniture"),
        ("通知 2024-01-02 10:00", "furniture"),
        ("某市教育局办公室2024年1月2日印发", "furniture"),
        ("（此件公开发布）", "furniture"),
        ("记者 张三", "furniture"),
        ("——", "furniture"),
        ("1.建成学校3所。", None),
    ],
)
def test_each_kind_of_line_passes_the_quick_look(
    words: str, reason: str | None
) -> None:
    """A rule that is tried behind it loses none of its lines."""
    assert wording.reason_to_cut(words, inside=False) == reason
    assert wording.may_be_cut(words) == (reason is not None)
