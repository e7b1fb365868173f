"""Soft commitments: which clauses without a number are records (section 7)."""

from __future__ import annotations

import pytest

from extractor.core.spans import Span
from extractor.extraction.rules.targets import ItemReader
from extractor.extraction.rules.unnumbered import soft_draft
from tests.clause_cases import Row, matches, read_clause, read_table, words


@pytest.mark.parametrize(
    "row", list(read_table("soft_clauses")), ids=lambda row: row[0]
)
def test_clause_gives_its_promises(row: Row) -> None:
    """Each governing verb phrase is one record; gains and orientations are none."""
    clause, wanted = row

    found = [(words(d.action), words(d.object)) for d in read_clause(clause)]

    assert matches(found, wanted), found


def test_same_verb_and_object_twice_is_one_record() -> None:
    """The first mention is kept."""
    drafts = read_clause("完善应急预案。定期演练，完善应急预案。")

    assert [words(d.object) for d in drafts].count("应急预案") == 1


@pytest.mark.parametrize(
    ("text", "action", "noun", "deadline"),
    [
        ("甲站6月底前建成通车", "建成通车", "甲站", "6月底前"),
        ("新校区须于8月底前交付使用", "交付使用", "新校区", "8月底前"),
        ("推动数据平台于年底前上线", "上线", "数据平台", "年底前"),
        ("年底前将旧站房改造为展厅", "改造为", "旧站房", "年底前"),
        ("2025年结业率达到规定要求", "达到", "结业率", "2025年"),
        ("一季度末前全面启动编制", "启动", "编制", "一季度末前"),
        ("北环隧道国庆节前建成通车", "建成通车", "北环隧道", "国庆节前"),
        ("候选名单10月底前公示", "公示", "候选名单", "10月底前"),
    ],
)
def test_dated_clause_is_hard(text: str, action: str, noun: str, deadline: str) -> None:
    """A deadline without a number makes one record (section 2)."""
    (draft,) = read_clause(text, soft=False)

    assert words(draft.deadline) == deadline
    assert words(draft.action) == action
    assert words(draft.object) == noun


def test_two_dates_in_one_clause_are_two_records() -> None:
    """Each predicate takes its own date."""
    drafts = read_clause("确保甲站6月底前建成通车、乙库年底前下闸蓄水", soft=False)

    found = [(words(d.action), words(d.object), words(d.deadline)) for d in drafts]
    assert found == [("建成通车", "甲站", "6月底前"), ("下闸蓄水", "乙库", "年底前")]


def test_what_is_reported_stands_in_the_clause_before() -> None:
    """报…审定 acts on the paper that was drawn up, by its own deadline."""
    drafts = read_clause("修订防汛预案，4月底前报市政府审定")

    found = [(words(d.action), words(d.object), words(d.deadline)) for d in drafts]
    assert found == [("修订", "防汛预案", "-"), ("报", "防汛预案", "4月底前")]


def test_what_is_built_is_not_the_actor() -> None:
    """The subject of a dated predicate is its object where it has no other."""
    (draft,) = read_clause("确保城东车站6月底前建成", soft=False)

    assert (draft.actor, draft.actor_source) == (None, "issuer")


@pytest.mark.parametrize(
    "text",
    [
        "6月底前完成改造，让群众出行更便利",
        "6月底前完成改造，提升服务水平",
        "8月底前建成南门立交，缓解老城拥堵压力",
        "5月底前完成清淤，防止雨季内涝",
        "3月底前完成摸排，为项目落地提供有力保障",
    ],
)
def test_result_tail_takes_no_deadline(text: str) -> None:
    """Purpose and result tails are no records (section 6)."""
    assert len(read_clause(text, soft=False)) == 1


def test_soft_draft_makes_the_record_of_a_clause() -> None:
    """Another strategy's verb gets the clause's actor and deadline."""
    text = "各县9月底前完善应急预案"
    reading = ItemReader(text, 0, 2025)
    verb = text.index("完善")

    draft = soft_draft(reading, 0, Span(verb, verb + 2))

    assert (words(draft.actor), words(draft.deadline)) == ("各县", "9月底前")
    assert (words(draft.action), draft.object) == ("完善", None)


def test_bare_year_does_not_make_an_action_hard() -> None:
    """2025年 dates an indicator, not an action (section 4)."""
    (draft,) = read_clause("2025年完善应急预案")

    assert draft.deadline is None


def test_a_later_year_makes_an_action_hard() -> None:
    """Only the plan's own year says nothing new (section 4): 2027年 is a deadline."""
    (draft,) = read_clause("乌北区要在2027年通过省级节水型社会达标验收")

    assert words(draft.deadline) == "2027年"
    assert draft.due is not None
    assert draft.due.date == "2027-12-31"
