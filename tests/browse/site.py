"""A database as tests of its pages see it: by address, and by SQL."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from extractor.browse.serving import datasette_app


@contextmanager
def fetching(path: Path) -> Iterator[Callable[[str], Any]]:
    """Give what fetches a page of the database by its address."""
    app = datasette_app(path)
    yield lambda address: asyncio.run(app.client.get(address))
    for database in app.databases.values():
        database.close()
    app.executor.shutdown()


@contextmanager
def reading(path: Path) -> Iterator[sqlite3.Connection]:
    """Open the database for reading."""
    with closing(sqlite3.connect(path)) as conn:
        conn.row_factory = sqlite3.Row
        yield conn
