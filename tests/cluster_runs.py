"""Runs on a cluster in tests: commands, what they leave, and what is compared."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

PLANS = ("minsheng-2023.txt", "report-2024-gbk.txt", "donglan-portal-2023.txt")
"""Shipped plans that are read quickly."""
_TIMES = frozenset(
    {"added_at", "created_at", "finished_at", "started_at", "seen_at", "latency_s"}
)
TABLES = (
    *("documents", "document_paths", "items", "runs", "run_documents", "run_items"),
    *("llm_calls", "failures", "left_out", "readings", "commitments"),
)


def stored_rows(db: Path, *, with_times: bool = False) -> dict[str, list[str]]:
    """Return all rows of all tables and full text, but for when it was."""
    with closing(sqlite3.connect(db)) as conn:
        conn.row_factory = sqlite3.Row
        queries = {table: f"select * from {table}" for table in TABLES} | {
            f"{table}_fts": f"select t.id, f.* from {table} t "
            f"join {table}_fts f on f.rowid = t.rowid"
            for table in ("items", "commitments")
        }
        return {
            name: sorted(
                repr({k: row[k] for k in row.keys() if with_times or k not in _TIMES})  # noqa: SIM118
                for row in conn.execute(sql)
            )
            for name, sql in queries.items()
        }


def written_files(out: Path) -> dict[str, bytes]:
    """Return every file of an output, by name."""
    return {
        str(path.relative_to(out)): path.read_bytes()
        for path in sorted(out.rglob("*"))
        if path.is_file()
    }
