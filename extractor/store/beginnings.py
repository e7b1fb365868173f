"""What stands in the database before anything is made of an item: documents and items.

Functions here run on the connection of the store's transaction.
"""

from __future__ import annotations

import logging
import sqlite3
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from extractor.core.errors import UserError
from extractor.core.records import Document, Item
from extractor.core.runs import utc_text
from extractor.documents.paths import place_of
from extractor.store.database import read_database, translated
from extractor.store.finding.shown import (
    about,
    index_items,
    rename,
    show,
    what_is_shown,
)
from extractor.store.rows import document_row, item_row
from extractor.store.statements import (
    displace,
    insert,
    remove_document_rows,
    remove_unused_items,
    see,
    upsert,
)

_log = logging.getLogger(__name__)


def add_document(db: sqlite3.Connection, document: Document, folder: Path) -> None:
    """See `Store.add_document`; `folder` is that of the database."""
    known = db.execute(
        "select source, title, issuer, plan_year from documents where id = ?",
        [document.id],
    ).fetchone()
    if known and known[0] != document.source:
        _log.warning(
            "document %s (%s) was decoded differently before: "
            "the records of its earlier runs are removed",
            document.id,
            document.path,
        )
        remove_document_rows(db, document.id)
    moment = utc_text()
    row = document_row(document)
    if not known:
        row["added_at"] = moment
    upsert(db, "documents", row)
    place = place_of(document.path, folder)
    see(db, document.id, place, document.path, moment)
    if known and known[1:] != about(db, document.id):
        rename(db, document.id)
    show(db, document.id)


def add_items(db: sqlite3.Connection, items: Sequence[Item], *, is_whole: bool) -> None:
    """See `Store.add_items`."""
    document_ids = {item.document_id for item in items}
    met = {one for one in document_ids if _has_items(db, one)}
    for document_id in met:
        if is_whole:
            displace(db, document_id, 0, sys.maxsize)
    for item in items:
        if item.document_id in met:
            displace(db, item.document_id, *item.span)
            upsert(db, "items", item_row(item))
        else:
            insert(db, "items", item_row(item))
    index_items(db, items)
    for document_id in met:
        remove_unused_items(db, document_id)


def _has_items(db: sqlite3.Connection, document_id: str) -> bool:
    found = db.execute("select 1 from items where document_id = ?", [document_id])
    return found.fetchone() is not None


def start_document(
    db: sqlite3.Connection, run_id: str, document_id: str, position: int
) -> None:
    """See `Store.start_document`."""
    db.execute(
        "insert into run_documents (run_id, document_id, position, started_at) "
        "values (?, ?, ?, ?) on conflict (run_id, document_id) do update "
        "set position = excluded.position, started_at = excluded.started_at",
        [run_id, document_id, position, utc_text()],
    )
    show(db, document_id)


def shown_outcome(
    db: sqlite3.Connection, run_id: str, document_id: str, path: str
) -> tuple[int, int] | None:
    """See `Store.shown_outcome`."""
    done = db.execute(
        "select items, failed from run_documents where run_id = ? "
        "and document_id = ? and finished_at is not null",
        [run_id, document_id],
    ).fetchone()
    is_shown = done and what_is_shown(db, document_id) == (path, run_id)
    return (done[0], done[1]) if is_shown else None


@contextmanager
def stored_sheets(path: Path) -> Iterator[Callable[[str, str], str | None]]:
    """Yield what finds the sheet that a database keeps of a document under a key.

    A database that is not there, or cannot be read yet, keeps none.
    """
    try:
        conn = read_database(path)
    except UserError:
        yield lambda _document_id, _key: None
        return
    with closing(conn), translated(path):

        def find(document_id: str, key: str) -> str | None:
            found = conn.execute(
                "select sheet from document_sheets where document_id = ? and key = ?",
                [document_id, key],
            ).fetchone()
            return found and str(found[0])

        yield find
