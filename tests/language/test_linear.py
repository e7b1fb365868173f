"""Time of the readers of numbers and times: it grows with a text, not its square."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from extractor.language.clauses import split_clauses
from extractor.language.numbers.quantities import iter_quantities, parse_quantity
from extractor.language.times.deadlines import iter_deadlines
from extractor.language.times.undated import leading_time, undated_times
from extractor.language.times.year_words import this_years

SIZE = 20_000
LIMIT_S = 1.5
"""Processor time; each of these took more than twice as long, found by fuzzing."""


def _this_years(text: str) -> object:
    return list(this_years(text, 2024))


def _beside(text: str) -> object:
    return parse_quantity("3所", before=text, after=text)


def _behind_fillers(text: str) -> object:
    return parse_quantity(f"不低于{text[:80]}甲5所")


@pytest.mark.parametrize(
    ("read", "unit"),
    [
        pytest.param(lambda text: list(iter_quantities(text)), "a", id="letters"),
        pytest.param(lambda text: list(iter_quantities(text)), "从1", id="starts"),
        pytest.param(parse_quantity, "km", id="letters-of-a-quote"),
        pytest.param(_behind_fillers, "达到", id="fillers"),
        pytest.param(_beside, "从", id="starts-beside"),
        pytest.param(_beside, "增", id="verbs-beside"),
        pytest.param(_beside, "新建由", id="clauses-beside"),
        pytest.param(lambda text: list(iter_deadlines(text)), "春节", id="feasts"),
        pytest.param(undated_times, "春节", id="undated-feasts"),
        pytest.param(undated_times, "1月", id="dated-months"),
        pytest.param(undated_times, "、", id="joints"),
        pytest.param(leading_time, "1月", id="leading-months"),
        pytest.param(_this_years, "今年", id="this-year"),
        pytest.param(_this_years, "今年达到", id="this-year-reached"),
        pytest.param(split_clauses, "（3个）。", id="brackets"),
    ],
)
def test_no_phrase_takes_more_than_its_length(
    read: Callable[[str], object], unit: str
) -> None:
    """What is in front of a number or behind it is looked at once."""
    text = (unit * SIZE)[:SIZE]
    started = time.process_time()

    read(text)

    assert time.process_time() - started < LIMIT_S
