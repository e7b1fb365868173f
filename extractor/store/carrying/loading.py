"""Loading: the rows of a part into a database, a document at a time or not at all."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from extractor.core.errors import StoreError
from extractor.documents.paths import place_of
from extractor.store.carrying.parts import REFUSED_COLUMN, Columns, Row, part_columns
from extractor.store.finding.shown import follow
from extractor.store.statements import (
    OF_ITEMS,
    displace,
    insert,
    locate,
    remove_unused_items,
    see,
    upsert,
)
from extractor.store.store import Store

_ENDING = ("status", "finished_at")
_STANDING = frozenset({*_ENDING, "created_at"})
"""What of a run is no part of its identity."""


class DocumentPart(NamedTuple):
    """What a run made of one document: rows by table."""

    document: Row
    started: Row
    """The row of `run_documents`."""
    rows: Mapping[str, Sequence[Row]]
    """Those of its items, and of what was made of them."""

    @property
    def run_id(self) -> str:
        """The run that made it."""
        return str(self.started["run_id"])


class Loading(Store):
    """A database that takes rows which another one held."""

    def columns(self) -> dict[str, Columns]:
        """Return the columns that a part must have."""
        return part_columns(self._conn)

    def load_run(self, row: Row) -> None:
        """Insert a run, or say how it stands now.

        Raises:
            StoreError: another run has its id.
        """
        with self._transaction() as db:
            names = [name for name in row if name not in _STANDING]
            stored = ", ".join(f'"{name}"' for name in ("status", *names))
            known = db.execute(
                f"select {stored} from runs where id = ?", [row["id"]]
            ).fetchone()
            if not known:
                insert(db, "runs", row)
            elif known[1:] != tuple(row[name] for name in names):
                raise StoreError(f"{self.path} has another run {row['id']!r}")
            elif known[0] != "finished":
                upsert(db, "runs", {name: row[name] for name in ("id", *_ENDING)})

    def load_calls(self, rows: Sequence[Row]) -> None:
        """Insert attempts that are not there; items that are not stored go unnamed."""
        with self._transaction() as db:
            for row in rows:
                if not db.execute(
                    "select 1 from llm_calls where id = ?", [row["id"]]
                ).fetchone():
                    stored = db.execute(
                        "select id from items where id = ?", [row["item_id"]]
                    ).fetchone()
                    insert(db, "llm_calls", row | {"item_id": stored and stored[0]})

    def has(self, part: DocumentPart) -> bool:
        """Say whether just this was loaded, or made here, before."""
        row = part.started
        known: tuple[Any, ...] | None = self._conn.execute(
            "select started_at, finished_at, items, with_records, without_records, "
            "failed from run_documents where run_id = ? and document_id = ?",
            [row["run_id"], row["document_id"]],
        ).fetchone()
        names = ("items", "with_records", "without_records", "failed")
        times = (row["started_at"], row["finished_at"])
        return known == (*times, *(row[name] for name in names))

    def load_document(self, part: DocumentPart, *, is_whole: bool) -> None:
        """Store what a run made of a document, in place of what it made before.

        Titles, versions, full text and what is shown follow, as if it had been made
        here.

        Args:
            part: the rows; the run is stored.
            is_whole: the run was to do all items (no `--limit`).

        Raises:
            StoreError: what is stored is of another text, or is not what a run makes;
                nothing is changed then.
        """
        document, run_id = part.document, part.run_id
        document_id = document["id"]
        with self._transaction() as db:
            known = db.execute(
                "select source, added_at from documents where id = ?", [document_id]
            ).fetchone()
            if known and known[0] != document["source"]:
                raise StoreError(
                    f"{self.path} has document {document_id} with another text, read "
                    "with another --encoding; give another --db"
                )
            added_at = known[1] if known else document["added_at"]
            upsert(db, "documents", document | {"added_at": added_at})
            place = place_of(document["path"], self.path.parent)
            (seen_at,) = db.execute(
                "select max(seen_at) from document_paths "
                "where document_id = ? and place = ?",
                [document_id, place],
            ).fetchone()
            seen_at = max(seen_at or "", part.started["started_at"])
            see(db, document_id, place, document["path"], seen_at)
            for table in (*OF_ITEMS, "run_documents"):
                _forget(db, table, run_id, document_id)
            if is_whole:
                displace(db, document_id, 0, len(document["source"]))
            for item in part.rows["items"]:
                displace(db, document_id, item["start"], item["end"])
                upsert(db, "items", item)
            for call in part.rows["llm_calls"]:
                _load_call(db, call)
            for table in (name for name in OF_ITEMS if name in part.rows):
                for row in part.rows[table]:
                    stored = {k: v for k, v in row.items() if k != REFUSED_COLUMN}
                    insert(db, table, stored)
            insert(db, "run_documents", part.started)
            for item in part.rows["items"]:
                locate(db, run_id, item["id"])
            remove_unused_items(db, document_id)
            follow(db, run_id, document_id)


def _load_call(db: sqlite3.Connection, call: Row) -> None:
    """Insert an attempt, or say what its answer was found to be worth since."""
    known = db.execute(
        "select run_id from llm_calls where id = ?", [call["id"]]
    ).fetchone()
    if not known:
        insert(db, "llm_calls", call)
    elif known[0] == call["run_id"]:
        upsert(db, "llm_calls", {"id": call["id"], "error": call["error"]})
    else:
        raise StoreError(f"another run has made call {call['id']!r}")


def _forget(db: sqlite3.Connection, table: str, run_id: str, document_id: str) -> None:
    """Remove what a run made of a document, from one table."""
    where = (
        "document_id = ?"
        if table == "run_documents"
        else "item_id in (select id from items where document_id = ?)"
    )
    db.execute(
        f"delete from {table} where run_id = ? and {where}", [run_id, document_id]
    )


def was_whole(run: Row) -> bool:
    """Say whether a run was to do all items of its documents."""
    config = json.loads(run["config"])
    return isinstance(config, dict) and config.get("limit") is None
