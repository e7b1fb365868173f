"""Marking: whatever the spans are, the text stays whole and the marks nest."""

from __future__ import annotations

import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor.browse.marking import (
    DEEPEST,
    Closing,
    Edge,
    Mark,
    Opening,
    Token,
    joined,
    marked,
)
from extractor.core.spans import Span

TEXT = "各区新增学位1.5万个，年底前建成。"

KINDS = ["cut", "clause", "action", "object", "left"]

spans = st.builds(Span, st.integers(-3, 25), st.integers(-3, 25))
marks = st.lists(
    st.builds(Mark, spans, st.sampled_from(KINDS), st.just(("r",))), max_size=30
)


def shown(tokens: list[Token]) -> str:
    """Write tokens as brackets, so that a case fits on a line."""
    signs = {Closing(): ")", Edge(): "|"}
    return "".join(
        token
        if isinstance(token, str)
        else f"{token.mark.kind[0]}("
        if isinstance(token, Opening)
        else signs[token]
        for token in tokens
    )


@pytest.mark.parametrize(
    ("places", "expected"),
    [
        pytest.param([], "abcdef", id="none"),
        pytest.param([(1, 3, "clause")], "ac(bc)def", id="one"),
        pytest.param([(0, 6, "clause"), (1, 3, "object")], "c(ao(bc)def)", id="nested"),
        pytest.param(
            [(0, 4, "clause"), (2, 6, "object")], "c(abo(cd))o(ef)", id="crossing"
        ),
        pytest.param(
            [(1, 3, "object"), (1, 3, "clause")], "ac(o(bc))def", id="clause-outside"
        ),
        pytest.param([(3, 3, "object"), (4, 2, "object")], "abcdef", id="empty"),
        pytest.param([(-1, 2, "object"), (5, 9, "cut")], "abcdef", id="outside"),
    ],
)
def test_marks_become_brackets(
    places: list[tuple[int, int, str]], expected: str
) -> None:
    """Each opens and closes where its span does, and those that cross are split."""
    given = [Mark(Span(start, end), kind) for start, end, kind in places]  # type: ignore[arg-type]

    assert expected == shown(list(marked("abcdef", given)))


def test_edges_part_a_mark() -> None:
    """At an edge every mark ends, and goes on behind it without beginning again."""
    tokens = list(marked("abcdef", [Mark(Span(1, 5), "clause", ("r",))], [0, 3, 6]))

    assert "|ac(bc)|c(de)f|" == shown(tokens)
    openings = [token for token in tokens if isinstance(token, Opening)]
    assert [True, False] == [opening.is_first for opening in openings]


def test_equal_marks_are_one() -> None:
    """Two records with the same words have one mark that names both."""
    both = [Mark(Span(0, 2), "object", (name,)) for name in ("a", "b", "a")]

    assert [Mark(Span(0, 2), "object", ("a", "b"))] == joined(both)


@given(marks, st.lists(st.integers(-2, 22), max_size=5))
def test_any_spans_nest(given: list[Mark], edges: list[int]) -> None:
    """The text is whole, marks nest no deeper than allowed, and none is lost."""
    tokens = list(marked(TEXT, given, edges))
    depth, deepest, firsts = 0, 0, 0
    for token in tokens:
        if isinstance(token, Opening):
            depth += token.is_shown
            firsts += token.is_first
        elif isinstance(token, Closing):
            depth -= 1
        elif isinstance(token, Edge):
            assert 0 == depth
        deepest = max(deepest, depth)
        assert depth >= 0

    assert TEXT == "".join(token for token in tokens if isinstance(token, str))
    assert 0 == depth
    assert deepest <= DEEPEST
    fitting = [m for m in given if 0 <= m.span.start < m.span.end <= len(TEXT)]
    assert len(joined(fitting)) == firsts


@given(marks)
def test_a_marked_character_is_in_its_mark(given: list[Mark]) -> None:
    """Where few marks overlap, each covers the characters of its span and no other."""
    given = given[:DEEPEST]
    covered: dict[Mark, set[int]] = {}
    stack: list[Mark] = []
    at = 0
    for token in marked(TEXT, given):
        if isinstance(token, Opening):
            stack.append(token.mark)
        elif isinstance(token, Closing):
            stack.pop()
        elif isinstance(token, str):
            for mark in stack:
                covered.setdefault(mark, set()).update(range(at, at + len(token)))
            at += len(token)

    fitting = [m for m in given if 0 <= m.span.start < m.span.end <= len(TEXT)]
    assert {m: set(range(*m.span)) for m in joined(fitting)} == covered


def test_hostile_spans_take_linear_time() -> None:
    """A staircase of crossing marks over a long text costs no square of them."""
    counts = (4_000, 32_000)
    seconds = []
    for count in counts:
        stairs = [
            Mark(Span(at, at + count), "object", (str(at),)) for at in range(count)
        ]
        started = time.process_time()
        tokens = list(marked("字" * 2 * count, stairs, range(0, 2 * count, 7)))
        seconds.append(time.process_time() - started)
        assert len(tokens) < 50 * count

    assert all(after < 40 * before for before, after in pairwise(seconds))
