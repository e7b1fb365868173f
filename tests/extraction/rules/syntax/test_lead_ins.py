"""Leads: what stands in front of a predicate is skipped."""

from __future__ import annotations

import pytest

from extractor.core.spans import Span
from extractor.extraction.rules.syntax.lead_ins import (
    is_link,
    skip_wrappers,
    strip_lead,
    strip_time,
)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        pytest.param("二是要全面建成泵站", "建成泵站", id="enumerator"),
        pytest.param("9月底前逐户更换水表", "更换水表", id="time-and-adverb"),
        pytest.param("开学前完成校舍维修", "完成校舍维修", id="school-term"),
        pytest.param("入汛前完成堤坝加固", "完成堤坝加固", id="flood-season"),
        pytest.param("含棉被", "棉被", id="part"),
    ],
)
def test_strip_lead_leaves_the_predicate(text: str, left: str) -> None:
    """Enumerators, times and adverbs go."""
    assert left == strip_lead(text, Span(0, len(text))).slice(text)


def test_strip_time_keeps_adverbs() -> None:
    """Links and times go, nothing else."""
    text = "，9月底前全面建成泵站"

    assert strip_time(text, Span(0, len(text))).slice(text) == "全面建成泵站"


@pytest.mark.parametrize(
    ("text", "wrapper", "left"),
    [
        pytest.param("力争年底前确保建成泵站", "确保", "建成泵站", id="last-wrapper"),
        pytest.param("使用财政资金", None, "使用财政资金", id="verb-in-word"),
    ],
)
def test_skip_wrappers_gives_the_last_one_and_the_content(
    text: str, wrapper: str | None, left: str
) -> None:
    """力争 and 确保 announce a verb; 使用 is one itself."""
    found, start = skip_wrappers(text, Span(0, len(text)))

    assert wrapper == (found.slice(text) if found else None)
    assert left == text[start:]


@pytest.mark.parametrize(
    ("text", "link"),
    [
        pytest.param("和泵站", True, id="and"),
        pytest.param("和谐社区", False, id="harmony"),
        pytest.param("及时", False, id="timely"),
        pytest.param("并网", False, id="grid"),
    ],
)
def test_link_inside_a_word_is_none(text: str, *, link: bool) -> None:
    """并 in 并网 joins nothing."""
    assert is_link(text, 0) is link
