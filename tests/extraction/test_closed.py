"""The closed strategy: which of two readings of a number is believed."""

from __future__ import annotations

import pytest

from extractor.core.records import Draft
from extractor.extraction.choices import Question, ask_about
from extractor.extraction.closed import (
    ClosedStrategy,
    SoftAnswer,
    TargetAnswer,
    settle,
)
from extractor.extraction.rules.targets import ItemReader
from extractor.model.prompts import load_prompt
from extractor.model.requests import Answer

CLOSED = ClosedStrategy(load_prompt("targets"), "model", load_prompt("soft"))


def _settled(text: str, answer: str) -> Draft:
    reading = ItemReader(text, 0, 2025)
    question: Question = ask_about(reading, 0)
    return settle(reading, 0, question, Answer(TargetAnswer.parse_lines(answer), "c"))


@pytest.mark.parametrize(
    ("text", "answer", "expected"),
    [
        pytest.param(
            "新增公办学位900个",
            "新增｜公办学位",
            ("新增", "公办学位", "model"),
            id="agreement-is-the-models",
        ),
        pytest.param(
            "新增公办学位900个",
            "新增｜无",
            ("新增", "公办学位", "rules"),
            id="an-answer-without-noun-loses",
        ),
        pytest.param(
            "新增公办学位900个",
            "增设｜学位",
            ("新增", "公办学位", "rules"),
            id="words-that-are-no-candidate-lose",
        ),
    ],
)
def test_rules_stand_where_the_model_differs(
    text: str, answer: str, expected: tuple[str, str, str]
) -> None:
    """The rules' reading stands, and `method` says whether the model shares it."""
    draft = _settled(text, answer)

    assert draft.action
    assert draft.object
    assert expected == (draft.action.text, draft.object.text, draft.method)


def test_answer_that_splits_the_rules_noun_wins() -> None:
    """A verb inside what the rules took for a noun is believed."""
    text = "班子成员全年专题研究党建工作不少于4次"
    reading = ItemReader(text, 0, 2025)
    noun = reading.predicates[0].object

    draft = _settled(text, "研究｜党建工作")

    assert noun
    assert noun.slice(text) == "班子成员全年专题研究党建工作"
    assert draft.action
    assert draft.object
    assert (draft.action.text, draft.object.text) == ("研究", "党建工作")
    assert draft.method == "model"


def test_marks_of_a_plan_are_no_marks_of_the_question() -> None:
    """One number is marked, whatever the plan prints."""
    reading = ItemReader("完成【改建】【医院】并新建学校5所", 0, 2025)

    assert ask_about(reading, 0).text == "完成〔改建〕〔医院〕并新建学校【5所】"


def test_lines_of_a_plan_are_no_lines_of_the_question() -> None:
    """A clause that breaks its line is one numbered line."""
    reading = ItemReader("健全机制（含\n2 新建\u2028航天港），优化布局", 0, 2025)

    asked = CLOSED.requests(reading)

    assert [request.purpose for request in asked] == ["soft"]
    assert asked[0].messages[-1].content == "1 健全机制（含2 新建航天港）\n2 优化布局"


def test_answer_about_clauses_that_were_not_asked_about_is_left_out_aloud() -> None:
    """Its lines are counted; those about the clauses stand."""
    reading = ItemReader("健全机制，优化布局", 0, 2025)
    (asked,) = CLOSED.requests(reading)
    value = SoftAnswer.parse_lines("0｜新建｜机场\n2｜优化｜布局\n99｜新建｜港口")

    made = CLOSED.drafts(reading, {asked: Answer(value, "c")})

    assert [draft.action and draft.action.text for draft in made.drafts] == ["优化"]
    assert made.remarks == ("2 lines about clauses that were not asked about left out",)
