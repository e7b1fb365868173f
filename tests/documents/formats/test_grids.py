"""Grids: cells are what lines close; a page of any lines is no hang."""

from __future__ import annotations

import time
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor.documents.formats.layout import Box
from extractor.documents.formats.ruled.glyphs import Glyphs
from extractor.documents.formats.ruled.grids import Grid, find_grids
from extractor.documents.formats.ruled.tables import find_tables

PLACE = st.integers(0, 30).map(lambda place: place * 10.0)


def level(at: float, start: float = 0, end: float = 100) -> Box:
    """Return a line that lies."""
    return start, at, end, at


def upright(at: float, start: float = 0, end: float = 60) -> Box:
    """Return a line that stands."""
    return at, start, at, end


SQUARE = [*map(level, (0, 30, 60)), *map(upright, (0, 50, 100))]


def shape(grid: Grid) -> list[tuple[int, int, int, int]]:
    """Return where the cells of a grid are and how many squares they take."""
    return [(c.row, c.column, c.rows, c.columns) for c in grid.cells]


def test_cells_are_counted_from_the_upper_left_corner() -> None:
    """As they are read."""
    (grid,) = find_grids(SQUARE)

    assert shape(grid) == [(0, 0, 1, 1), (0, 1, 1, 1), (1, 0, 1, 1), (1, 1, 1, 1)]
    assert grid.box == (0, 0, 100, 60)
    assert grid.cells[1].box == (50, 30, 100, 60)


@pytest.mark.parametrize(
    ("strokes", "cells"),
    [
        pytest.param(
            [*map(level, (0, 60)), level(30, 50), *map(upright, (0, 50, 100))],
            [(0, 0, 2, 1), (0, 1, 1, 1), (1, 1, 1, 1)],
            id="over-rows",
        ),
        pytest.param(
            [*map(level, (0, 30, 60)), upright(0), upright(50, 0, 30), upright(100)],
            [(0, 0, 1, 2), (1, 0, 1, 1), (1, 1, 1, 1)],
            id="over-columns",
        ),
        pytest.param(
            [*SQUARE, level(10, 5, 45), upright(20, 35, 55)],
            [(0, 0, 1, 1), (0, 1, 1, 1), (1, 0, 1, 1), (1, 1, 1, 1)],
            id="underline-in-a-cell",
        ),
        pytest.param(
            [(x + 1, y - 1, r + 1, t - 1) for x, y, r, t in SQUARE] + SQUARE,
            [(0, 0, 1, 1), (0, 1, 1, 1), (1, 0, 1, 1), (1, 1, 1, 1)],
            id="double",
        ),
    ],
)
def test_merged_cells(strokes: list[Box], cells: list[tuple[int, ...]]) -> None:
    """Where no line is drawn between two squares they are one cell."""
    (grid,) = find_grids(strokes)

    assert shape(grid) == cells


@pytest.mark.parametrize(
    "strokes",
    [
        pytest.param([level(0), level(60), upright(0), upright(100)], id="box"),
        pytest.param(list(map(level, (0, 30, 60))), id="level-lines"),
        pytest.param(
            [
                *map(level, (0, 60)),
                *map(upright, (0, 100)),
                level(30, 0, 50),
                upright(50, 0, 30),
                level(10, 50),
                upright(70, 10),
            ],
            id="no-rectangles",
        ),
        pytest.param([level(0), level(30, 0, 60), *map(upright, (0, 50))], id="open"),
    ],
)
def test_other_lines_are_no_grid(strokes: list[Box]) -> None:
    """A table has two columns of closed cells."""
    assert find_grids(strokes) == []


@given(
    st.lists(st.tuples(PLACE, PLACE, PLACE).map(lambda p: level(p[0], *sorted(p[1:])))),
    st.lists(
        st.tuples(PLACE, PLACE, PLACE).map(lambda p: upright(p[0], *sorted(p[1:])))
    ),
)
def test_cells_of_any_grid_lie_beside_each_other(
    lying: list[Box], standing: list[Box]
) -> None:
    """No two overlap, and none is outside."""
    for grid in find_grids([*lying, *standing]):
        left, bottom, right, top = grid.box
        for cell in grid.cells:
            assert left <= cell.box[0] < cell.box[2] <= right
            assert bottom <= cell.box[1] < cell.box[3] <= top
        for one, other in combinations(grid.cells, 2):
            assert (
                one.box[2] <= other.box[0]
                or other.box[2] <= one.box[0]
                or one.box[3] <= other.box[1]
                or other.box[3] <= one.box[1]
            )


@pytest.mark.parametrize(
    "strokes",
    [
        pytest.param(
            [level(n, 0, 999) for n in range(999)]
            + [upright(n, 0, 999) for n in range(999)],
            id="hatching",
        ),
        pytest.param(
            [level(5 * n, 0, 20) for n in range(5000)]
            + [upright(n, 0, 25000) for n in (0, 10, 20)],
            id="rows",
        ),
        pytest.param([level(n % 97, n, n + 7) for n in range(50_000)], id="pieces"),
    ],
)
def test_many_lines_are_soon_read(strokes: list[Box]) -> None:
    """What tries each line with each other takes minutes, also with a page of text."""
    boxes: list[Box | None] = [
        (n % 20, n / 2, n % 20 + 3, n / 2 + 3) for n in range(10_000)
    ]
    start = time.process_time()

    find_tables(find_grids(strokes), Glyphs([0x5B57] * len(boxes), boxes), 0)

    assert time.process_time() - start < 3
