"""Annotators: gold directories in, what is scored against and who read what out.

```
gold/*.jsonl          what is scored against: the settled reading, or the only one
gold/first/*.jsonl    the first of two independent readings
gold/second/*.jsonl   the second
```

A document that has a second reading and no first one is not settled: its gold is the
first reading.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from extractor.core.errors import ConfigError
from extractor.evals.gold.records import FIRST, SECOND, GoldItem, by_document, load_gold


class Annotators(NamedTuple):
    """Two independent readings of one document."""

    first: tuple[GoldItem, ...]
    second: tuple[GoldItem, ...]


def load_settled(directories: Sequence[Path]) -> dict[str, tuple[GoldItem, ...]]:
    """Return what is scored against, by the documents' names, in the order given.

    Raises:
        ConfigError: a directory has no gold, or two have gold of the same document.
    """
    settled: dict[str, tuple[GoldItem, ...]] = {}
    for directory in directories:
        items = _own(directory)
        if not items:
            raise ConfigError(f"there is no gold in {str(directory)!r}")
        twice = next((name for name in items if name in settled), None)
        if twice:
            raise ConfigError(
                f"{twice!r} has gold in {str(directory)!r} and in a directory before "
                "it; take one out of the task"
            )
        settled |= items
    return settled


def load_readings(directories: Sequence[Path]) -> dict[str, Annotators]:
    """Return both readings of every document that has two, by its name.

    Raises:
        ConfigError: a file is not of the form of gold.
    """
    readings = {}
    for directory in directories:
        second = _own(directory / SECOND)
        first = _own(directory) | _own(directory / FIRST)
        for name in first:
            if name in second:
                readings[name] = Annotators(first[name], second[name])
    return readings


def _own(directory: Path) -> dict[str, tuple[GoldItem, ...]]:
    """Return the gold of a directory without those below it, none of none."""
    return by_document(load_gold(directory)) if directory.is_dir() else {}
