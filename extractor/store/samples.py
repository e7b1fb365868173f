"""A few hard records of a run, and why items failed: database in, rows out."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from extractor.core.fields import QUOTES
from extractor.store.database import read_database, translated

_QUOTES = ", ".join(f"v.{q.column} as {q.name}" for q in QUOTES if q.name != "deadline")
_SAMPLE = f"""
select *
from (
  select
    v.source_path, coalesce(v.item_label, substr(i.title, 1, 12)) as item_label,
    {_QUOTES},
    coalesce(v.deadline_date, v.deadline_quote) as deadline, v.method, v.status,
    count(*) over () as available,
    row_number() over (
      order by v.source_path, v.document_id, v."start", c.position
    ) as place,
    row_number() over (
      partition by v.document_id order by v."start", c.position
    ) as place_in_document
  from v_commitments v
  join commitments c on c.id = v.commitment_id
  join items i on i.id = c.item_id
  where v.run_id = :run_id and v.kind = 'hard'
)
order by place_in_document, place
limit :limit
"""


def hard_records(db_path: Path, run_id: str, limit: int) -> list[dict[str, Any]]:
    """Return hard records of a run in reading order, the first ones of each document.

    Each row also says how many the run has (`available`).

    Raises:
        UserError: the database cannot be read.
    """
    with closing(read_database(db_path)) as conn, translated(db_path):
        conn.row_factory = sqlite3.Row
        rows = conn.execute(_SAMPLE, {"run_id": run_id, "limit": limit}).fetchall()
    return sorted((dict(row) for row in rows), key=lambda row: int(row["place"]))


def failure_reasons(db_path: Path, run_id: str, limit: int) -> list[tuple[str, int]]:
    """Return why items of a run failed, each with how many, the most frequent first.

    Raises:
        UserError: the database cannot be read.
    """
    with closing(read_database(db_path)) as conn, translated(db_path):
        return conn.execute(
            "select kind || ': ' || message, count(*) as failed from failures "
            "where run_id = ? group by kind, message order by failed desc, 1 limit ?",
            [run_id, limit],
        ).fetchall()
