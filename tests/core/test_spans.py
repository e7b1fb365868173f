"""Offsets: every cleaned position has one place in the source, and back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor.core.spans import OffsetMap, Run, Span


@st.composite
def kept_texts(draw: st.DrawFn) -> tuple[str, list[Span]]:
    """Draw a source and ordered, disjoint spans of it to keep."""
    source = draw(st.text(alphabet="甲乙丙丁12。\n", max_size=40))
    marks = sorted(draw(st.lists(st.integers(0, len(source)), max_size=12)))
    return source, [Span(a, b) for a, b in zip(marks[::2], marks[1::2], strict=False)]


@given(kept_texts())
def test_cleaned_characters_stand_where_the_map_says(
    kept: tuple[str, list[Span]],
) -> None:
    """Each cleaned character equals the source character at its position."""
    source, spans = kept
    clean = "".join(span.slice(source) for span in spans)
    offsets = OffsetMap.from_kept(spans)

    assert len(clean) == len(offsets)
    assert clean == "".join(
        source[offsets.source_position(at)] for at in range(len(clean))
    )


@given(kept_texts(), st.data())
def test_spans_survive_the_round_trip(
    kept: tuple[str, list[Span]], data: st.DataObject
) -> None:
    """A cleaned span mapped to the source and back is the same span."""
    _, spans = kept
    offsets = OffsetMap.from_kept(spans)
    if len(offsets) == 0:
        return
    start = data.draw(st.integers(0, len(offsets) - 1))
    end = data.draw(st.integers(start + 1, len(offsets)))
    clean = Span(start, end)

    assert clean == offsets.to_clean(offsets.to_source(clean))


@given(kept_texts(), st.data())
def test_slices_keep_the_way_to_the_source(
    kept: tuple[str, list[Span]], data: st.DataObject
) -> None:
    """The map of a slice sends it to the same source characters."""
    source, spans = kept
    clean = "".join(span.slice(source) for span in spans)
    offsets = OffsetMap.from_kept(spans)
    start = data.draw(st.integers(0, len(clean)))
    end = data.draw(st.integers(start, len(clean)))

    part = offsets.slice(Span(start, end))

    assert clean[start:end] == "".join(
        source[part.source_position(at)] for at in range(end - start)
    )
    assert clean[start:end] == "".join(
        piece.slice(source) for piece in offsets.pieces(Span(start, end))
    )


def test_identity_shifts_by_its_start() -> None:
    """A plain slice of the source is one run."""
    offsets = OffsetMap.identity(3, source_start=7)

    assert Span(8, 10) == offsets.to_source(Span(1, 3))
    assert OffsetMap.identity(0) == OffsetMap([])
    assert len(OffsetMap([])) == 0


def test_adjacent_and_empty_spans_make_one_run() -> None:
    """Neighbouring kept spans join; empty ones leave nothing."""
    offsets = OffsetMap.from_kept([Span(0, 2), Span(2, 2), Span(2, 5), Span(6, 7)])

    assert (Run(0, 0, 5), Run(5, 6, 1)) == offsets.runs


@pytest.mark.parametrize("position", [-1, 3, 99])
def test_positions_outside_are_refused(position: int) -> None:
    """A position outside the cleaned text has no place."""
    with pytest.raises(IndexError, match="outside"):
        OffsetMap.identity(3).source_position(position)


def test_an_empty_span_has_no_place() -> None:
    """An empty cleaned span cannot be mapped."""
    with pytest.raises(ValueError, match="empty span"):
        OffsetMap.identity(3).to_source(Span(1, 1))


def test_a_cut_span_maps_to_nothing() -> None:
    """A source span that was cut has no cleaned counterpart."""
    offsets = OffsetMap.from_kept([Span(0, 2), Span(5, 8)])

    assert offsets.to_clean(Span(2, 5)) is None
    assert Span(1, 3) == offsets.to_clean(Span(1, 6))


def test_maps_compare_and_print_by_their_runs() -> None:
    """Equal runs make equal, equally hashed maps."""
    one, two = OffsetMap.identity(3), OffsetMap([Run(0, 0, 3)])

    assert one == two
    assert hash(one) == hash(two)
    assert one != "abc"
    assert repr(one) == "OffsetMap(3 characters in 1 runs)"


def test_span_relations() -> None:
    """Spans are half-open: touching is not overlapping."""
    span = Span(2, 5)

    assert Span(4, 7) == span.shift(2)
    assert span.slice("abcdefg") == "cde"
    assert span.overlaps(Span(4, 9))
    assert not span.overlaps(Span(5, 9))
    assert span.contains(Span(2, 5))
    assert not span.contains(Span(1, 4))
