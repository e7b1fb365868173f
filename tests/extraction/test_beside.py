"""Words of an answer are placed where their promise is."""

from __future__ import annotations

import pytest

from extractor.extraction.beside import Placing
from extractor.extraction.rules.targets import ItemReader
from tests.clause_cases import PLAN_YEAR


@pytest.mark.parametrize(
    ("text", "action", "noun", "place"),
    [
        pytest.param(
            "排查企业，整改隐患。指导机械等企业开展创建",
            "指导",
            "企业",
            "指导机械等企业",
            id="the-noun-of-an-earlier-clause-has-another-verb",
        ),
        pytest.param(
            "编制任务清单，把年度任务分解到村",
            "分解",
            "年度任务",
            "年度任务分解",
            id="verb-behind-its-object",
        ),
        pytest.param(
            "培育学生社团，组织学生参赛",
            "组织",
            "学生",
            "组织学生",
            id="noun-inside-another",
        ),
        pytest.param("加强管护", "落实", "管护", "管护", id="verb-is-nowhere"),
        pytest.param("加强管护", "加强", "巡查", "加强", id="noun-is-nowhere"),
        pytest.param("加强管护", "加强", None, "加强", id="verb-alone"),
        pytest.param("加强管护", "落实", "巡查", None, id="neither"),
    ],
)
def test_promise_stands_in_the_clause_that_holds_both_words(
    text: str, action: str, noun: str | None, place: str | None
) -> None:
    """The object of one promise is a word of many others."""
    placing = Placing(ItemReader(text, 0, PLAN_YEAR))

    span = placing.promise(action, noun, 0)

    assert (span.slice(text) if span else None) == place
