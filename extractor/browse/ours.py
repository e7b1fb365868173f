"""Ours: which of the databases that Datasette has open are this product's."""

from __future__ import annotations

from typing import Any
from weakref import WeakSet

_ours: WeakSet[Any] = WeakSet()


async def is_ours(datasette: Any, database: str) -> bool:
    """Say whether the database is one of this product."""
    db = datasette.get_database(database)
    if db not in _ours:
        if not await db.get_view_definition("v_provenance"):
            return False
        _ours.add(db)
    return True


async def our_databases(datasette: Any) -> list[str]:
    """Return the names of the databases of this product, as they were attached."""
    return [name for name in datasette.databases if await is_ours(datasette, name)]
