"""What is kept of a database: until its file is written to, and not too much."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from extractor.browse.pages.kept import Kept, stamp


class Base:
    """Stands for a database of Datasette."""

    def __init__(self, path: Path | None) -> None:
        self.path = path and str(path)


@pytest.fixture
def base(tmp_path: Path) -> Base:
    """Return a database with a file."""
    (tmp_path / "a.db").write_bytes(b"1")
    return Base(tmp_path / "a.db")


def keep(kept: Kept[str], base: Base, *keys: str) -> None:
    """Keep a thing under each key."""
    for key in keys:
        kept.put(base, key, key.upper(), stamp(base))


def test_a_thing_is_kept_until_the_file_is_written(base: Base) -> None:
    """The same file gives the same thing; a written one, or its log, gives none."""
    kept = Kept[str](2)
    keep(kept, base, "a")
    assert kept.get(base, "a") == "A"
    assert kept.get(base, "b") is None

    Path(f"{base.path}-wal").write_bytes(b"log")
    assert kept.get(base, "a") is None

    keep(kept, base, "a")
    assert base.path
    os.utime(base.path, (1, 1))
    assert kept.get(base, "a") is None


def test_what_was_read_before_a_write_is_not_kept_as_read_after(base: Base) -> None:
    """A thing that was read while somebody wrote is of the file before."""
    kept = Kept[str](2)
    since = stamp(base)
    assert base.path
    Path(base.path).write_bytes(b"22")
    kept.put(base, "a", "A", since)

    assert kept.get(base, "a") is None


def test_the_last_ones_asked_for_stay(base: Base) -> None:
    """What nobody asked for longest goes first."""
    kept = Kept[str](2)
    keep(kept, base, "a", "b")
    kept.get(base, "a")
    keep(kept, base, "c")

    assert [kept.get(base, key) for key in "abc"] == ["A", None, "C"]


def test_a_database_without_a_file_keeps_nothing() -> None:
    """Nobody could tell when it changed."""
    base = Base(None)
    kept = Kept[str](2)
    keep(kept, base, "a")

    assert kept.get(base, "a") is None
