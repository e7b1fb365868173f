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


class DocumentGold(NamedTuple):
    """Everything that was labelled in one document."""

    settled: tuple[GoldItem, ...]
    """What is scored against."""
    annotators: Annotators | None
    """Both readings, where there are two."""


def load_document_gold(directories: Sequence[Path]) -> dict[str, DocumentGold]:
    """Return what was labelled, by the documents' names, in the order given.

    Raises:
        ConfigError: a directory has no gold, two have gold of the same document, or a
            file is not of the form of gold.
    """
    found: dict[str, DocumentGold] = {}
    for directory in directories:
        settled = _own(directory)
        if not settled:
            raise ConfigError(f"there is no gold in {str(directory)!r}")
        first, second = settled | _own(directory / FIRST), _own(directory / SECOND)
        for name, items in settled.items():
            if name in found:
                raise ConfigError(
                    f"{name!r} has gold in {str(directory)!r} and in a directory "
                    "before it; take one out of the task"
                )
            is_read_twice = name in second
            found[name] = DocumentGold(
                items, Annotators(first[name], second[name]) if is_read_twice else None
            )
    return found


def _own(directory: Path) -> dict[str, tuple[GoldItem, ...]]:
    """Return the gold of a directory without those below it, none of none."""
    return by_document(load_gold(directory)) if directory.is_dir() else {}
