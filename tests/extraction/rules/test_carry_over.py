"""Coordination: what a number or a predicate takes over from the words before."""

from __future__ import annotations

import pytest

from extractor.extraction.rules.targets import ItemReader


@pytest.mark.parametrize(
    ("text", "clause", "noun"),
    [
        pytest.param("改造旧泵站14座，9月底前全部完工", 1, "旧泵站", id="counted"),
        pytest.param("修订防汛预案，5月底前印发", 1, "防汛预案", id="uncounted"),
        pytest.param(
            "新建水窖50口，其中深水窖8口，9月底前全部完工", 2, "水窖", id="over-a-share"
        ),
        pytest.param("新建水窖50口。9月底前全部完工", 1, None, id="other-sentence"),
    ],
)
def test_noun_before_is_the_nearest_of_the_sentence(
    text: str, clause: int, noun: str | None
) -> None:
    """A predicate without a noun goes on about the one in front of it."""
    found = ItemReader(text, 0, 2025).noun_before(clause)

    assert noun == (found.slice(text) if found else None)
