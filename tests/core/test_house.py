"""The house: every package is on the map, and no room grows too large."""

from __future__ import annotations

import re
from statistics import median

import pytest

from tests.conftest import ROOT

SOURCE = ROOT / "extractor"
PACKAGES = sorted(path.parent for path in SOURCE.rglob("__init__.py"))
MODULES = sorted(p for p in SOURCE.rglob("*.py") if p.name != "__init__.py")
MAP = (ROOT / ".github" / "CONTRIBUTING.md").read_text(encoding="utf-8")
MAX_ENTRIES = 14
MAX_MODULES = 14
MAX_LINES = 400
MAX_MEDIAN = 150


def lines(path: object) -> int:
    """Return how many lines a file has."""
    return len(ROOT.joinpath(str(path)).read_text(encoding="utf-8").splitlines())


def test_map_lists_the_packages() -> None:
    """The first table of CONTRIBUTING has each package once, and no other."""
    table = MAP.split("**Words.**")[0]
    rows = re.findall(r"^\| `(\w+)/` ", table, flags=re.MULTILINE)

    assert sorted(rows) == sorted(
        path.name for path in PACKAGES if path.parent == SOURCE
    )


@pytest.mark.parametrize("named", sorted(set(re.findall(r"`([\w/]+\.py)`", MAP))))
def test_what_the_map_names_is_there(named: str) -> None:
    """A newcomer who follows the map finds the file."""
    assert (SOURCE / named).exists() or (ROOT / named).exists()


def test_few_entries_at_the_top() -> None:
    """What the product is made of is seen at a glance."""
    entries = [path for path in SOURCE.iterdir() if path.name != "__pycache__"]

    assert len(entries) <= MAX_ENTRIES


@pytest.mark.parametrize("package", PACKAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_package_is_small_enough_to_know(package: object) -> None:
    """More modules than fit in a head are two packages."""
    modules = [path for path in MODULES if path.parent == package]

    assert len(modules) <= MAX_MODULES


def test_modules_are_short() -> None:
    """One idea a module."""
    lengths = {path.relative_to(ROOT): lines(path) for path in MODULES}

    assert {path: n for path, n in lengths.items() if n > MAX_LINES} == {}
    assert median(lengths.values()) <= MAX_MEDIAN
