"""Relation: a table or view of the database in words, an entry of the dictionary."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Relation:
    """A table or view in words."""

    title: str
    description: str
    columns: dict[str, str]
    """Column name to what it holds, in the schema's order."""
