"""Dimensions: units that measure the same are converted, others are kept apart."""

from __future__ import annotations

from fractions import Fraction

import pytest

from extractor.language.numbers.dimensions import measure


@pytest.mark.parametrize(
    ("one", "other", "factor"),
    [
        ("公里", "千米", Fraction(1)),
        ("公里", "米", Fraction(1000)),
        ("公顷", "亩", Fraction(15)),
        ("平方公里", "亩", Fraction(1500)),
        ("吨", "公斤", Fraction(1000)),
        ("名", "人", Fraction(1)),
        ("家", "个", Fraction(1)),
        ("‰", "%", Fraction(1, 10)),
        ("元/公斤", "元/吨", Fraction(1000)),
        ("微克/立方米", "毫克/立方米", Fraction(1, 1000)),
    ],
)
def test_units_of_one_dimension(one: str, other: str, factor: Fraction) -> None:
    """What is measured alike is converted exactly."""
    first, second = measure(one), measure(other)

    assert first.dimension == second.dimension
    assert factor == first.factor / second.factor


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("%", "个百分点"),
        ("%", "个"),
        ("户", "人"),
        ("人", "人次"),
        ("元", "美元"),
        ("元", "元/人"),
        ("工作日", "天"),
        ("亩", "公里"),
        ("", "人"),
    ],
)
def test_units_of_two_dimensions(one: str, other: str) -> None:
    """What measures something else is never put side by side."""
    assert measure(one).dimension != measure(other).dimension


def test_unknown_unit_measures_itself() -> None:
    """A unit that no list has is compared with itself only."""
    assert ("船次", Fraction(1)) == measure("船次")
