"""The closed strategy: which of two readings of a number is believed."""

from __future__ import annotations

import pytest

from extractor.core.records import Draft
from extractor.extraction.choices import Question, ask_about
from extractor.extraction.closed import TargetAnswer, settle
from extractor.extraction.rules.targets import ItemReader
from extractor.model.requests import Answer


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
