"""Compact: spaces go, and every stretch leads back to where it stands."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor.core.spans import Span
from extractor.language.times.compact import Compact


@pytest.mark.parametrize(
    ("text", "compact"),
    [
        pytest.param("2025 年 9 月", "2025年9月", id="around-digits"),
        pytest.param("第15 3月", "第15 3月", id="between-numbers"),
        pytest.param("A B项", "A B项", id="between-letters"),
        pytest.param("2 0 2 5 年底", "2025年底", id="year-of-digits"),
        pytest.param("年　底", "年底", id="wide-space"),
        pytest.param("年\n底", "年\n底", id="line-break"),
    ],
)
def test_spaces_of_conversion_go(text: str, compact: str) -> None:
    """A space goes unless it keeps two numbers or two words of letters apart."""
    assert compact == Compact(text).text


@given(st.text(alphabet="2年 　a\n底", max_size=12), st.data())
def test_stretches_lead_back(text: str, data: st.DataObject) -> None:
    """The stretch of the text has the letters of the stretch of the copy."""
    compact = Compact(text)
    size = len(compact.text)
    start = data.draw(st.integers(0, max(size - 1, 0)))
    end = data.draw(st.integers(min(start + 1, size), size))
    if not size:
        return

    span = compact.span(start, end)

    letters = [char for char in span.slice(text) if char not in " 　"]
    assert letters == [char for char in compact.text[start:end] if char != " "]
    assert Span(start, end) == Span(
        compact.place(span.start), compact.place(span.end - 1) + 1
    )
