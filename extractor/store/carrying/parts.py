"""Parts: what a run made of some documents, as rows of each table, to be carried.

The columns are those of the database, without what the store derives from them; so a
part of one database fits into another of the same version, and into no other.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from extractor.store.database import read_database, translated
from extractor.store.migrations import MIGRATIONS

Row = dict[str, Any]
Columns = Mapping[str, str]
"""Column to its type in SQLite."""

TABLES = (
    *("documents", "items", "run_items", "llm_calls", "commitments"),
    *("left_out", "readings", "failures", "run_documents"),
)
"""In the order of writing: where there is a row of `run_documents`, all others are."""

_DERIVED = frozenset(
    "who unit issuer plan_year anchor source_path is_shown review".split()
)
"""Columns of `commitments` that the store keeps in step with other tables."""
_WHOLE = frozenset({"documents", "items"})
"""Tables whose rows are of no run."""
REFUSED_COLUMN = "source_path"
"""Of `failures` in a part: a file that cannot be read has a row too, and no item."""


def columns_now() -> dict[str, Columns]:
    """Return the columns of each table as this version of the product has them."""
    with closing(sqlite3.connect(":memory:")) as conn:
        MIGRATIONS.apply(Database(conn, execute_plugins=False))
        return part_columns(conn)


def part_columns(conn: sqlite3.Connection) -> dict[str, Columns]:
    """Return the columns of each table of a part, and those of `runs`."""
    found: dict[str, Columns] = {}
    for table in (*TABLES, "runs"):
        described = conn.execute(f"pragma table_info({table})").fetchall()
        derived = _DERIVED if table == "commitments" else ()
        found[table] = {
            name: kind.lower() for _, name, kind, *_ in described if name not in derived
        }
    found["failures"] = {**found["failures"], REFUSED_COLUMN: "text"}
    return found


def read_part(db: Path, run_id: str, *tables: str) -> dict[str, list[Row]]:
    """Return what a database holds of a run, in order of ids.

    Args:
        db: a database of this run's documents alone.
        run_id: the run.
        tables: those wanted; all by default.
    """
    with closing(read_database(db)) as conn, translated(db):
        columns = part_columns(conn)
        conn.row_factory = sqlite3.Row
        return {
            table: _rows(conn, table, columns[table], run_id)
            for table in tables or TABLES
        }


def _rows(
    conn: sqlite3.Connection, table: str, columns: Columns, run_id: str
) -> list[Row]:
    where = "" if table in _WHOLE else "where run_id = :run"
    if table == "failures":
        sql = (
            "select f.*, (select d.path from documents d join items i "
            "on i.document_id = d.id where i.id = f.item_id) as source_path "
            f"from failures f {where} order by id"
        )
    else:
        names = ", ".join(f'"{name}"' for name in columns)
        sql = f"select {names} from {table} {where} order by 1, 2"
    return [dict(row) for row in conn.execute(sql, {"run": run_id})]
