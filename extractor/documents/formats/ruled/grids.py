"""Drawn lines to grids: where the cells of a table are, merged ones too.

A cell is what lines close on all sides. Where a line between two cells is missing they
are one, merged; what is open, or no rectangle, is no cell.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from extractor.documents.formats.layout import Box

LEAST_STROKES = 3
"""Lines that a row of two cells has, printed without sides."""
SNAP = 3.0
"""Points within which lines stand in one place: double borders, borders of cells."""
REACH = 2.0
"""Points that a line may end before or behind the one it meets."""
SHORTEST = 6.0
"""Points below which a line is a dot, or part of a sign."""
MAX_MEETINGS = 200_000
"""Pairs of level and upright lines that are tried: more make a map or a hatching."""
MAX_SQUARES = 20_000
"""Smallest cells of a table."""
OPEN_ROW = 40.0
"""Points that a row without any upright line is high at most, in a table that is
printed without sides: a heading of rows."""
COVERED = 0.9
"""Share of a table that its cells cover; boxes with arrows cover less."""


class Cell(NamedTuple):
    """A cell: its first row and column, how many it takes of each, and where it is."""

    row: int
    column: int
    rows: int
    columns: int
    box: Box


class Grid(NamedTuple):
    """The cells of a table, whose places are counted from the upper left corner."""

    columns: tuple[float, ...]
    """The upright edges from left to right, one more than there are columns."""
    rows: tuple[float, ...]
    """The level edges from the top down."""
    cells: tuple[Cell, ...]

    @property
    def box(self) -> Box:
        """Where the table is."""
        return self.columns[0], self.rows[-1], self.columns[-1], self.rows[0]


class _Rule(NamedTuple):
    """A line: its height and its ends, or its place from the left and its ends."""

    at: float
    start: float
    end: float


def find_grids(strokes: Iterable[Box]) -> list[Grid]:
    """Return the grids of two columns or more."""
    level, upright = [], []
    for left, bottom, right, top in strokes:
        if right - left > top - bottom:
            level.append(_Rule(bottom, left, right))
        else:
            upright.append(_Rule(left, bottom, top))
    level, upright = _joined(level), _joined(upright)
    if len(level) * len(upright) > MAX_MEETINGS:
        return []
    grids = (_grid(*group) for group in _groups(level, upright))
    return [grid for grid in grids if grid]


def _joined(rules: list[_Rule]) -> list[_Rule]:
    """Return lines whose pieces are put together."""
    joined: list[_Rule] = []
    together: list[_Rule] = []
    for rule in sorted(rules):
        if together and rule.at - together[0].at > SNAP:
            joined += _in_place(together)
            together = []
        together.append(rule)
    joined += _in_place(together)
    return [rule for rule in joined if rule.end - rule.start >= SHORTEST]


def _in_place(rules: list[_Rule]) -> Iterator[_Rule]:
    """Yield the lines that pieces at about one place make."""
    if not rules:
        return
    at = (rules[0].at + rules[-1].at) / 2
    pieces = sorted((rule.start, rule.end) for rule in rules)
    start, end = pieces[0]
    for begins, ends in pieces:
        if begins > end + SNAP:
            yield _Rule(at, start, end)
            start, end = begins, ends
        end = max(end, ends)
    yield _Rule(at, start, end)


def _groups(
    level: list[_Rule], upright: list[_Rule]
) -> Iterator[tuple[list[_Rule], list[_Rule]]]:
    """Yield the lines that meet each other, directly or through others."""
    sets = _Sets(len(level) + len(upright))
    for at, line in enumerate(level):
        for other, post in enumerate(upright, start=len(level)):
            if (
                line.start - REACH <= post.at <= line.end + REACH
                and post.start - REACH <= line.at <= post.end + REACH
            ):
                sets.join(at, other)
    for at, other in _open_rows(level, upright):
        sets.join(at, other)
    groups: defaultdict[int, tuple[list[_Rule], list[_Rule]]]
    groups = defaultdict(lambda: ([], []))
    for at, line in enumerate(level):
        groups[sets.root(at)][0].append(line)
    for at, post in enumerate(upright, start=len(level)):
        groups[sets.root(at)][1].append(post)
    for lines, posts in groups.values():
        if len(lines) > 1 and posts:
            yield lines, [*posts, *_open_sides(lines, posts)]


def _open_rows(level: list[_Rule], upright: list[_Rule]) -> Iterator[tuple[int, int]]:
    """Yield lines below each other that are as long and have nothing at their ends."""
    ends = {(round(post.at / SNAP) + near) for post in upright for near in (-1, 0, 1)}
    free = [
        (line, at)
        for at, line in enumerate(level)
        if not {round(line.start / SNAP), round(line.end / SNAP)} & ends
    ]
    for (line, at), (above, other) in pairwise(free):
        if (
            above.at - line.at <= OPEN_ROW
            and abs(above.start - line.start) <= REACH
            and abs(above.end - line.end) <= REACH
        ):
            yield at, other


def _open_sides(level: list[_Rule], upright: list[_Rule]) -> Iterator[_Rule]:
    """Yield the left and right side of a table that is printed without them."""
    bottom, top = (edge(rule.at for rule in level) for edge in (min, max))
    left, right = min(rule.start for rule in level), max(rule.end for rule in level)
    if left < min(rule.at for rule in upright) - SHORTEST:
        yield _Rule(left, bottom, top)
    if right > max(rule.at for rule in upright) + SHORTEST:
        yield _Rule(right, bottom, top)


def _grid(level: list[_Rule], upright: Sequence[_Rule]) -> Grid | None:
    columns = sorted({rule.at for rule in upright})
    rows = sorted({rule.at for rule in level}, reverse=True)
    wide, high = len(columns) - 1, len(rows) - 1
    if wide < 2 or high < 1 or wide * high > MAX_SQUARES:
        return None
    sets = _Sets(wide * high + 1)  # the last one is what is outside
    above = _drawn(level, rows, columns)
    ups = [-row for row in rows]
    flipped = [_Rule(rule.at, -rule.end, -rule.start) for rule in upright]
    beside = _drawn(flipped, columns, ups)
    for row in range(high + 1):
        for column in range(wide):
            if (row, column) not in above:
                upper = (row - 1) * wide + column if row else wide * high
                lower = row * wide + column if row < high else wide * high
                sets.join(upper, lower)
    for column in range(wide + 1):
        for row in range(high):
            if (column, row) not in beside:
                before = row * wide + column - 1 if column else wide * high
                after = row * wide + column if column < wide else wide * high
                sets.join(before, after)
    squares: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
    for square in range(wide * high):
        squares[sets.root(square)].append(divmod(square, wide))
    squares.pop(sets.root(wide * high), None)
    return _made(list(squares.values()), columns, rows)


def _drawn(
    rules: Iterable[_Rule], places: Sequence[float], ends: Sequence[float]
) -> set[tuple[int, int]]:
    """Return which edges of squares are drawn, by line and by place along it."""
    numbers = {place: number for number, place in enumerate(places)}
    return {
        (numbers[rule.at], along)
        for rule in rules
        for along in range(
            bisect_left(ends, rule.start - REACH),
            bisect_right(ends, rule.end + REACH) - 1,
        )
    }


def _made(
    regions: list[list[tuple[int, int]]],
    columns: Sequence[float],
    rows: Sequence[float],
) -> Grid | None:
    """Return the grid of regions; None where one of them is no rectangle."""
    corners = []
    for region in regions:
        (row, column), (last_row, last_column) = region[0], region[-1]
        corner = row, column, last_row + 1, last_column + 1
        if (last_row + 1 - row) * (last_column + 1 - column) != len(region):
            return None
        corners.append(corner)
    # Edges that part no cells are underlines and what sticks out.
    used_rows = sorted({row for corner in corners for row in corner[::2]})
    used_columns = sorted({column for corner in corners for column in corner[1::2]})
    row_at = {row: at for at, row in enumerate(used_rows)}
    column_at = {column: at for at, column in enumerate(used_columns)}
    if len(used_columns) < 3:
        return None
    cells = tuple(
        Cell(
            row_at[top],
            column_at[left],
            row_at[bottom] - row_at[top],
            column_at[right] - column_at[left],
            (columns[left], rows[bottom], columns[right], rows[top]),
        )
        for top, left, bottom, right in corners
    )
    grid = Grid(
        tuple(columns[at] for at in used_columns),
        tuple(rows[at] for at in used_rows),
        cells,
    )
    covered = sum(_area(cell.box) for cell in cells)
    return grid if covered >= COVERED * _area(grid.box) else None


def _area(box: Box) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])


class _Sets:
    """Numbers that belong together."""

    def __init__(self, count: int) -> None:
        self._parents = list(range(count))

    def root(self, number: int) -> int:
        """Return the number that stands for all that belong to this one."""
        parents = self._parents
        while parents[number] != number:
            parents[number] = number = parents[parents[number]]
        return number

    def join(self, number: int, other: int) -> None:
        """Put the numbers of two together."""
        self._parents[self.root(number)] = self.root(other)
