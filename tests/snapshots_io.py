"""Snapshots: texts that tests compare with, written when asked to."""

from __future__ import annotations

import os
from pathlib import Path

WRITE = "EXTRACT_SNAPSHOTS"
SNAPSHOTS = Path(__file__).parent / "snapshots"


def snapshot(name: str, text: str) -> str:
    """Return the snapshot's text; write it first when asked to."""
    path = SNAPSHOTS / name
    if os.environ.get(WRITE):
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    if not path.is_file():
        return f"there is no {path}; write it: {WRITE}=1 python -m pytest"
    return path.read_text(encoding="utf-8")
