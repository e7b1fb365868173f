"""Which code reads: other rules, other records."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

_DECIDING = ("core", "language", "documents", "model", "extraction")
"""Packages whose code decides what is recorded."""


@cache
def code_digest() -> str:
    """Return a digest of the packages that decide records: other rules, other records.

    The version alone is not enough, it stays the same while rules are worked on.
    """
    digest = hashlib.sha256()
    root = Path(__file__).resolve().parents[1]
    for package in _DECIDING:
        for path in sorted((root / package).rglob("*.py")):
            digest.update(str(path.relative_to(root)).encode() + path.read_bytes())
    return digest.hexdigest()[:16]
