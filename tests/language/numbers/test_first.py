"""Tests of what makes the search for numbers quick: it leaves none out."""

from __future__ import annotations

import re

import pytest

from extractor.language.numbers.amounts import AMOUNT, FIRST
from extractor.language.numbers.units import DECOY_FIRST, DECOYS
from tests.language.beginnings import Beginnings


@pytest.mark.parametrize(
    ("pattern", "first"),
    [(AMOUNT, FIRST), (DECOYS, DECOY_FIRST)],
    ids=["amounts", "decoys"],
)
def test_every_beginning_of_a_number_is_listed(
    pattern: re.Pattern[str], first: str
) -> None:
    """An alternative that is added adds what it begins with."""
    rest = pattern.pattern.removeprefix(f"(?=[{first}])")
    found = Beginnings(re.compile(rest))

    listed = re.compile(f"[{first}]")
    assert all(map(listed.match, found.characters))
    assert rest != pattern.pattern
    assert {one.rpartition("_")[2].lower() for one in found.classes} == {"digit"}
    everything = map(chr, range(0x10000))
    extra = {char for char in everything if listed.match(char)} - found.characters
    assert all(map(str.isdecimal, extra))
