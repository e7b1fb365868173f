"""Statements of the store: rows in, SQL on the connection of its transaction."""

from __future__ import annotations

import json
import sqlite3
from functools import cache
from urllib.parse import urlsplit, urlunsplit

from extractor.core.records import content_id
from extractor.core.runs import RunRecord
from extractor.store.derived.decisions import decide_stored
from extractor.store.rows import Row, storable

_OF_DOCUMENTS = ("commitments", "left_out", "readings", "read_places")
OF_ITEMS = (*_OF_DOCUMENTS, "failures", "run_items")
"""Tables of what a run made of an item; all but the last two name its document, too."""


def run_row(run: RunRecord) -> Row:
    """Return the row of a run that begins, without the time it was first begun."""
    row = run.model_dump()
    row["base_url"] = run.base_url and without_credentials(run.base_url)
    row["config"] = json.dumps(run.config, ensure_ascii=False, sort_keys=True)
    return row | {"status": "running", "finished_at": None}


def remove_document_rows(db: sqlite3.Connection, document_id: str) -> None:
    """Remove everything that was said about a document's text."""
    items = "select id from items where document_id = ?"
    for table in _OF_DOCUMENTS:
        db.execute(f"delete from {table} where document_id = ?", [document_id])
    for table in ("failures", "run_items"):
        db.execute(f"delete from {table} where item_id in ({items})", [document_id])
    db.execute("delete from run_documents where document_id = ?", [document_id])
    db.execute("delete from items where document_id = ?", [document_id])
    decide_stored(db, document_id)


def displace(db: sqlite3.Connection, document_id: str, start: int, end: int) -> None:
    """Take their position from the items of a document that overlap a span."""
    db.execute(
        "update items set position = null where document_id = ? "
        'and "start" < ? and "end" > ? and position is not null',
        [document_id, end, start],
    )


def remove_unused_items(db: sqlite3.Connection, document_id: str) -> None:
    """Remove the items of a document that have no position and that nothing names."""
    db.execute(
        "delete from items where document_id = ? and position is null "
        "and not exists (select 1 from run_items where item_id = items.id) "
        "and not exists (select 1 from llm_calls where item_id = items.id) "
        "and not exists (select 1 from reviews where item_id = items.id)",
        [document_id],
    )


def outcomes(
    db: sqlite3.Connection, run_id: str, document_id: str
) -> tuple[int, int, int, int]:
    """Return how many items of a document a run did: all, with records, none, failed.

    Only items that are stored count.
    """
    done, with_records, without, failed = db.execute(
        "select count(*), coalesce(sum(outcome = 'records'), 0), "
        "coalesce(sum(outcome = 'none'), 0), coalesce(sum(outcome = 'failed'), 0) "
        # From the few of the document to their outcomes, not from all of the run.
        "from items cross join run_items on item_id = items.id "
        "where run_id = ? and document_id = ?",
        [run_id, document_id],
    ).fetchone()
    return done, with_records, without, failed


def add_call(db: sqlite3.Connection, run_id: str, call: Row) -> str:
    """Add an attempt to the ledger; its id is that of the n-th of its request.

    The item is part of it: workers that do not see each other may ask the same for two.
    """
    (earlier,) = db.execute(
        # By the index of requests: the run may have a million calls.
        "select count(*) from llm_calls where +run_id = ? and request_key = ?",
        [run_id, call["request_key"]],
    ).fetchone()
    call_id = content_id(run_id, call["item_id"], call["request_key"], earlier + 1)
    row = {"id": call_id, "run_id": run_id} | {
        name: storable(value) if isinstance(value, str) else value
        for name, value in call.items()
    }
    insert(db, "llm_calls", row)
    return call_id


def answer_of_run(
    db: sqlite3.Connection, run_id: str, request_key: str, since: str
) -> tuple[str, str] | None:
    """Return id and body of the newest answer that a run may reuse: its endpoint's."""
    base_url = "(select base_url from runs where id = ?)"
    return _answer(db, base_url, run_id, request_key, since)


def answered_call(
    db: sqlite3.Connection, base_url: str | None, request_key: str
) -> tuple[str, str] | None:
    """Return id and body of the newest answer of an endpoint that may be reused."""
    return _answer(db, "?", base_url, request_key, "")


def _answer(
    db: sqlite3.Connection,
    base_url: str,
    endpoint: str | None,
    request_key: str,
    since: str,
) -> tuple[str, str] | None:
    """Return the newest answer; two endpoints may have different models of one name."""
    row = db.execute(
        "select c.id, c.response_body from llm_calls c "
        "join runs asked on asked.id = c.run_id "
        "where c.request_key = ? and c.status = 200 and c.error is null "
        "and c.response_body is not null and c.started_at >= ? "
        "and c.finish_reason is not 'length' "  # earlier versions kept those
        f"and asked.base_url is {base_url} "
        "order by c.started_at desc, c.id limit 1",
        [request_key, since, endpoint],
    ).fetchone()
    return (row[0], row[1]) if row else None


def remove_displaced(db: sqlite3.Connection, run_id: str, document_id: str) -> None:
    """Remove what a run made of items that the document no longer has."""
    for table in OF_ITEMS:
        db.execute(
            f"delete from {table} where run_id = ? and item_id in (select id "
            "from items where document_id = ? and position is null)",
            [run_id, document_id],
        )


def remove_outcome(db: sqlite3.Connection, run_id: str, item_id: str) -> None:
    """Remove what a run made of an item, if it made anything: one look for most."""
    place = [run_id, item_id]
    if db.execute(
        "select 1 from run_items where run_id = ? and item_id = ?", place
    ).fetchone():
        for table in OF_ITEMS:
            db.execute(f"delete from {table} where run_id = ? and item_id = ?", place)


def see(
    db: sqlite3.Connection, document_id: str, place: str, path: str, moment: str
) -> None:
    """Say that a document was found in a place, under a path as given."""
    row = {
        "id": content_id(document_id, place),
        "document_id": document_id,
        "place": place,
        "path": path,
        "seen_at": moment,
    }
    upsert(db, "document_paths", row)


def locate(db: sqlite3.Connection, run_id: str, item_id: str) -> None:
    """Say of a run's records of an item where a person finds them in the file."""
    db.execute(
        """
        update commitments set (page, locator) = (
          select p.value ->> 'page', p.value ->> 'locator'
          from documents d, json_each(d.places) p
          where d.id = commitments.document_id
            and p.value ->> 'start' <= commitments."start"
          order by p.id desc limit 1
        )
        where run_id = ? and item_id = ?
        """,
        [run_id, item_id],
    )


def insert(db: sqlite3.Connection, table: str, row: Row) -> int | None:
    """Insert a row and return its row id."""
    return db.execute(_insertion(table, tuple(row)), [*row.values()]).lastrowid


@cache
def _insertion(table: str, names: tuple[str, ...]) -> str:
    columns = ", ".join(f'"{name}"' for name in names)
    return f"insert into {table} ({columns}) values ({', '.join('?' * len(names))})"


def upsert(db: sqlite3.Connection, table: str, row: Row) -> None:
    """Insert a row or update the columns given of the one with its id.

    Not by `on conflict`: a new row needs columns that an update must not touch.
    """
    if db.execute(f"select 1 from {table} where id = ?", [row["id"]]).fetchone():
        settings = ", ".join(f'"{name}" = :{name}' for name in row if name != "id")
        db.execute(f"update {table} set {settings} where id = :id", row)
    else:
        insert(db, table, row)


def without_credentials(url: str) -> str:
    """Drop user name, password, query and fragment: they may hold keys."""
    parts = urlsplit(url)
    return urlunsplit(
        (parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", "")
    )
