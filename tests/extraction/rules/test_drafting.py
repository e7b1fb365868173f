"""Drafts: the same amount twice is two promises, unless a sentence says it again."""

from __future__ import annotations

import pytest

from tests.clause_cases import read_clause, words


@pytest.mark.parametrize(
    ("text", "promises"),
    [
        pytest.param(
            "城东街道新增护理床位50张，9月底前投用；"
            "城西街道新增护理床位50张，11月底前投用。",
            [
                ("城东街道", "新增", "50张", "-"),
                ("城东街道", "投用", "-", "9月底前"),
                ("城西街道", "新增", "50张", "-"),
                ("城西街道", "投用", "-", "11月底前"),
            ],
            id="bodies-and-dates",
        ),
        pytest.param(
            "甲镇建成站点3个，乙镇建成站点3个。",
            [("甲镇", "建成", "3个", "-"), ("乙镇", "建成", "3个", "-")],
            id="bodies-in-one-sentence",
        ),
        pytest.param(
            "上半年改造小区20个，下半年改造小区20个。",
            [("-", "改造", "20个", "上半年"), ("-", "改造", "20个", "下半年")],
            id="halves-of-the-year",
        ),
        pytest.param(
            "6月底前培训干部100名。12月底前培训干部100名。",
            [("-", "培训", "100名", "6月底前"), ("-", "培训", "100名", "12月底前")],
            id="sentences",
        ),
        pytest.param(
            "在城东片区新建公园2个；在城西片区新建公园2个。",
            [("-", "新建", "2个", "-"), ("-", "新建", "2个", "-")],
            id="places",
        ),
        pytest.param(
            "安排资金500万元，用于道路建设；安排资金500万元，用于桥梁建设。",
            [("-", "安排", "500万元", "-"), ("-", "安排", "500万元", "-")],
            id="purposes",
        ),
        pytest.param(
            "为低保户发放补贴200元；为特困户发放补贴200元。",
            [("-", "发放", "200元", "-"), ("-", "发放", "200元", "-")],
            id="beneficiaries",
        ),
        pytest.param(
            "城东街道6月底前完成排查；城西街道9月底前完成排查。",
            [
                ("城东街道", "完成", "-", "6月底前"),
                ("城西街道", "完成", "-", "9月底前"),
            ],
            id="without-a-number",
        ),
        pytest.param(
            "新增公办学位1万个。全年新增公办学位1万个。",
            [("-", "新增", "1万个", "-")],
            id="said-again",
        ),
        pytest.param(
            "全年开展巡查12次。通过督导，确保开展巡查12次。",
            [("-", "开展", "12次", "-")],
            id="said-again-in-more-words",
        ),
    ],
)
def test_same_amount_is_one_record_only_where_it_is_said_again(
    text: str, promises: list[tuple[str, ...]]
) -> None:
    """Another body, place, date or purpose makes another promise."""
    found = [
        (words(d.actor), words(d.action), words(d.target), words(d.deadline))
        for d in read_clause(text)
        if d.target or d.deadline
    ]

    assert found == promises


def test_each_record_has_a_clause_of_its_own() -> None:
    """The evidence of one body is never that of another."""
    text = "城东街道新增床位50张；城西街道新增床位50张"

    clauses = [draft.clause.slice(text) for draft in read_clause(text)]

    assert clauses == ["城东街道新增床位50张", "城西街道新增床位50张"]
