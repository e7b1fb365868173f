"""Item view: clauses, edges and deadlines before anything is read."""

from __future__ import annotations

import pytest

from extractor.extraction.rules.view import ItemView


@pytest.mark.parametrize(
    ("text", "is_purpose"),
    [
        pytest.param("为强村富民打牢发展基础", True, id="basis"),
        pytest.param("为项目落地创造良好条件", True, id="conditions"),
        pytest.param("为小微企业提供担保", False, id="service"),
    ],
)
def test_purpose_clause_names_what_the_others_are_for(
    text: str, *, is_purpose: bool
) -> None:
    """为…提供保证 promises nothing, 为…提供担保 does (section 6)."""
    assert ItemView(text, 0, 2025).is_purpose(0) is is_purpose


@pytest.mark.parametrize(
    ("text", "quote"),
    [
        pytest.param("一季度开工，验收", "一季度", id="governs-on"),
        pytest.param("一季度开工，全年验收", None, id="whole-year"),
        pytest.param("一季度开工。验收", None, id="next-sentence"),
    ],
)
def test_deadline_for_ends_at_the_whole_year(text: str, quote: str | None) -> None:
    """全年 takes the place of the time before it."""
    view = ItemView(text, 0, 2025)

    found = view.deadline_for(1, with_number=False)

    assert quote == (found.span.slice(text) if found else None)


def test_left_edge_is_the_date_that_a_link_opens() -> None:
    """6月底前开工、|12月底前…率: the second date begins its own phrase."""
    text = "安置房6月底前开工、12月底前入住率达到75%"

    left, _ = ItemView(text, 0, 2025).edges(0)

    assert left.slice(text) == "12月底前入住率达到"
