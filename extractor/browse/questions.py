"""Questions: the canned queries as Datasette wants them, with metadata or without."""

from __future__ import annotations

from typing import Any

from extractor.browse.canned import QUERIES
from extractor.browse.meanings.chinese import named


def questions() -> dict[str, dict[str, Any]]:
    """Return the canned queries by name."""
    return {
        name: {
            "title": str(named(name, query).title),
            "description": str(named(name, query).description),
            "sql": query.sql.strip(),
            "params": list(query.params),
            "hide_sql": True,
        }
        for name, query in QUERIES.items()
    }
