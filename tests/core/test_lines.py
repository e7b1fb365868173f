"""Lines: the list of them and the arrays say the same."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from extractor.core.lines import Line, Lines, split_lines

TEXTS = st.text(alphabet="甲a \t\u3000\r\n\v\x85\u2028", max_size=40)


def test_a_line_has_its_break_and_its_indent() -> None:
    """What is visible is told from what stands around it."""
    text = "甲\r\n\n  乙 \u3000丙 \n \u2028丁"

    assert split_lines(text) == [
        Line(0, 3, 0, "甲"),
        Line(4, 12, 6, "乙 \u3000丙"),
        Line(14, 15, 14, "丁"),
    ]
    assert [line.indent for line in split_lines(text)] == [0, 2, 0]
    assert [line.text_end for line in split_lines(text)] == [1, 10, 15]


@given(text=TEXTS)
def test_lines_are_those_of_the_list(text: str) -> None:
    """One is for short texts, the other for millions of lines."""
    lines = Lines(text)

    assert [*lines] == split_lines(text)
    assert [lines[at] for at in range(len(lines))] == split_lines(text)
    assert [*lines.texts()] == [line.text for line in split_lines(text)]
    assert lines[1:] == split_lines(text)[1:]


@given(text=TEXTS, start=st.integers(0, 40), size=st.integers(0, 40))
def test_a_part_has_the_lines_that_begin_in_it(
    text: str, start: int, size: int
) -> None:
    """They keep their places in the whole text."""
    lines = Lines(text)
    part = lines.part(lines.between(start, start + size))

    assert [*part] == [
        line for line in split_lines(text) if start <= line.start < start + size
    ]


@given(text=TEXTS, start=st.integers(0, 40))
def test_lines_of_a_stretch_have_places_in_the_text(text: str, start: int) -> None:
    """As if the stretch stood alone, moved to where it stands."""
    assert split_lines(text, start) == [
        line._replace(
            start=line.start + start,
            stop=line.stop + start,
            text_start=line.text_start + start,
        )
        for line in split_lines(text[start:])
    ]
