"""Questions: the canned queries as Datasette wants them, with metadata or without."""

from __future__ import annotations

from typing import Any

from extractor.browse.canned import QUERIES


def questions() -> dict[str, dict[str, Any]]:
    """Return the canned queries by name."""
    return {
        name: {
            "title": query.title,
            "description": query.description,
            "sql": query.sql.strip(),
            "params": list(query.params),
            "hide_sql": True,
        }
        for name, query in QUERIES.items()
    }
