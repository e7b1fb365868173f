"""Audit: check the laws on a stored database (`extract check`)."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from extractor.core.fields import QUOTES
from extractor.core.spans import Span
from extractor.extraction.invariants import (
    CheckedDocument,
    CheckedItem,
    Violation,
    violations,
)
from extractor.store.database import read_database, translated
from extractor.store.rows import stored_commitment

_ITEMS = "select * from items where document_id = ?"
_RECORDS = """
select * from commitments where document_id = ? order by run_id, "start", position
"""


class Audit(NamedTuple):
    """What was checked of one document, and what does not hold."""

    path: str
    """Of the source file, as it was given."""
    document_id: str
    items: int
    records: int
    """Of all runs."""
    violations: tuple[Violation, ...]


def audit(db_path: str | Path) -> Iterator[Audit]:
    """Check every document of a database with its items and the records of all runs.

    Raises:
        UserError: there is no such database.
        StoreError: it cannot be read.
    """
    path = Path(db_path)
    with closing(read_database(path)) as conn, translated(path):
        conn.row_factory = sqlite3.Row
        for row in conn.execute("select * from documents order by path, id").fetchall():
            records = conn.execute(_RECORDS, [row["id"]]).fetchall()
            placeless = [
                Violation("not-its-span", record["id"], words)
                for record in records
                for words in _unplaced(record)
            ]
            lost = {found.row_id for found in placeless}
            placed = [record for record in records if record["id"] not in lost]
            document = _checked(conn, row, placed)
            yield Audit(
                path=row["path"],
                document_id=row["id"],
                items=len(document.items),
                records=len(document.records),
                violations=(*placeless, *violations(document)),
            )


def _checked(
    conn: sqlite3.Connection, document: sqlite3.Row, records: Sequence[sqlite3.Row]
) -> CheckedDocument:
    cuts = [
        (Span(cut["start"], cut["end"]), cut["reason"])
        for cut in json.loads(document["cuts"])
    ]
    items = [
        CheckedItem(
            id=item["id"],
            label=item["label"],
            span=Span(item["start"], item["end"]),
            text=item["text"],
            is_current=item["position"] is not None,
        )
        for item in conn.execute(_ITEMS, [document["id"]])
    ]
    return CheckedDocument(
        document["source"],
        cuts,
        document["plan_year"],
        items,
        list(map(stored_commitment, records)),
    )


def _unplaced(row: sqlite3.Row) -> Iterator[str]:
    """Yield the quotes of a record that have no place at all."""
    for field in QUOTES:
        words, *place = (row[column] for column in field.columns())
        if words is not None and None in place:
            yield str(words)


def wrong_sums(db_path: str | Path) -> Iterator[Violation]:
    """Yield a violation where the records shown are not those of the latest versions.

    Counted here from the tables, by hand, and not by the views that show them.
    """
    path = Path(db_path)
    with closing(read_database(path)) as conn, translated(path):
        shown = conn.execute(
            "select count(*), count(distinct commitment_id) from v_commitments"
        ).fetchone()
        wanted = sum(
            conn.execute(
                "select count(*) from commitments where document_id = ? and run_id = ?",
                latest,
            ).fetchone()[0]
            for latest in _latest_runs(conn).items()
        )
    if set(shown) != {wanted}:
        words = f"{shown[0]} records are shown, the latest versions have {wanted}"
        yield Violation("sums", "v_commitments", words)


def _latest_runs(conn: sqlite3.Connection) -> dict[str, str]:
    """Return the latest run of each document that is a file's latest version."""
    runs: dict[str, tuple[tuple[bool, str, str], str]] = {}
    for document_id, run_id, started_at, finished_at in conn.execute(
        "select document_id, run_id, started_at, finished_at from run_documents "
        "order by run_id desc"
    ):
        age = (finished_at is not None, finished_at or "", started_at)
        if document_id not in runs or age >= runs[document_id][0]:
            runs[document_id] = (age, run_id)
    versions: dict[str, tuple[tuple[bool, str], str]] = {}
    for place, document_id, seen_at in conn.execute(
        "select place, document_id, seen_at from document_paths "
        "order by document_id desc"
    ):
        is_finished = document_id in runs and runs[document_id][0][0]
        age_of = (is_finished, seen_at)
        if place not in versions or age_of >= versions[place][0]:
            versions[place] = (age_of, document_id)
    latest = {document_id for _, document_id in versions.values()}
    return {document_id: runs[document_id][1] for document_id in latest & set(runs)}
