"""Kept: what was read of a whole database, until its file is written to."""

from __future__ import annotations

from pathlib import Path
from typing import Any


def stamp(db: Any) -> tuple[object, ...]:
    """Return what changes whenever the file is written; nothing where there is none."""
    if not db.path:
        return ()
    files = [Path(db.path), Path(f"{db.path}-wal")]
    return tuple(
        (status.st_mtime_ns, status.st_size)
        for status in (file.stat() for file in files if file.exists())
    )
