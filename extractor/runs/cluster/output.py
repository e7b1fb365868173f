"""Output: what is written of a run as a whole, beside the rows of its blocks."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from extractor.core.records import content_id
from extractor.core.runs import RunRecord, RunStatus, utc_text
from extractor.runs.cluster.blocks import refused_file, run_file
from extractor.runs.storage import Storage, is_address
from extractor.store.carrying import tables
from extractor.store.carrying.parts import Row, columns_now
from extractor.store.statements import run_row


class Refused(NamedTuple):
    """A file that cannot be used."""

    path: str
    reason: str


class Output:
    """A folder, here or in object storage, of Parquet files by table.

    Args:
        root: its path or address.
    """

    def __init__(self, root: str) -> None:
        self.root = root if is_address(root) else str(Path(root).absolute())
        self._storage = Storage(self.root)
        self._columns = columns_now()

    def begin(self, record: RunRecord) -> bool:
        """Say that a run goes on; False where it ended well before and stays so."""
        known = self._rows(run_file(record.id), "runs")
        if known and known[0]["status"] == "finished":
            return False
        began_at = known[0]["created_at"] if known else utc_text()
        self._write_run(run_row(record) | {"created_at": began_at})
        return True

    def end(self, record: RunRecord, status: RunStatus) -> tuple[str, str]:
        """Say how a run ended; return when it was begun first, and when it ended."""
        (known,) = self._rows(run_file(record.id), "runs")
        ended_at = utc_text()
        self._write_run(known | {"status": status, "finished_at": ended_at})
        return known["created_at"], ended_at

    def times(self, record: RunRecord) -> tuple[str, str]:
        """Return when a run that ended well was begun first, and when it ended."""
        (known,) = self._rows(run_file(record.id), "runs")
        return known["created_at"], known["finished_at"]

    def refuse(self, run_id: str, refused: Sequence[Refused]) -> None:
        """Write a row for each file that cannot be used, in place of those before."""
        name = refused_file(run_id)
        before = {row["id"]: row for row in self._rows(name, "failures")}
        moment = utc_text()
        rows: dict[str, Row] = {}
        for path, reason in refused:
            row_id = content_id(run_id, path, reason)
            rows[row_id] = before.get(row_id) or {
                "id": row_id,
                "run_id": run_id,
                "item_id": None,
                "kind": "document",
                "message": reason,
                "attempts": 0,
                "created_at": moment,
                "source_path": path,
            }
        if rows.keys() == before.keys():
            return
        if rows:
            ordered = [rows[row_id] for row_id in sorted(rows)]
            content = tables.written(self._columns["failures"], ordered)
            self._storage.write(name, content)
        else:
            self._storage.delete(name)

    def others(self, record: RunRecord) -> dict[str, Row]:
        """Return the other runs whose answers this one may take, by id."""
        own = run_row(record)
        rows = [
            row
            for file in self._storage.files("runs")
            if file.name.endswith(".parquet")
            for row in self._rows(file.name, "runs")
        ]
        return {
            row["id"]: row | {"config": json.dumps({})}
            for row in rows
            if row["base_url"] == own["base_url"] and row["id"] != record.id
        }

    def spent_usd(self, run_id: str) -> float:
        """Return what the run's calls have cost so far."""
        return sum(
            row["cost_usd"] or 0.0
            for file in self._storage.files("llm_calls")
            if file.name.endswith(".parquet")
            for row in self._rows(file.name, "llm_calls")
            if row["run_id"] == run_id
        )

    def _rows(self, name: str, table: str) -> list[Row]:
        content = self._storage.read(name)
        if content is None:
            return []
        return tables.read(
            content, self._storage.address(name), self._columns[table]
        ).rows

    def _write_run(self, row: Row) -> None:
        content = tables.written(self._columns["runs"], [row])
        self._storage.write(run_file(row["id"]), content)
