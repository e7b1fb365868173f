"""What is shown and found: kept in step with runs, versions and names of documents.

`commitments.is_shown` says which records `v_commitments` shows, so that it need not be
worked out for a million rows at every look; `read_places.is_shown` does so for
`v_readings`.
Functions here run on the connection of the store's transaction.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from extractor.core.records import Commitment, Content, Item, Quote
from extractor.core.spans import Span
from extractor.store.derived.decisions import decide_stored
from extractor.store.derived.read_places import compare_document
from extractor.store.finding.search_text import clean_words
from extractor.store.finding.shadows import (
    About,
    Printed,
    Row,
    about_text,
    anchors,
    around_text,
    item_text,
    printed_in,
    printed_without,
    record_text,
    shadow_row,
)
from extractor.store.rows import commitment_row, stored_commitment
from extractor.store.statements import insert, locate

# The same order as in the views v_versions and v_latest_documents.
_IS_FINISHED = """exists (
    select 1 from run_documents r
    where r.document_id = {0}.document_id and r.finished_at is not null
)"""
_PATH = f"""
select p.path from document_paths p
where p.document_id = :document_id and not exists (
  select 1 from document_paths o
  where o.place = p.place and o.document_id <> p.document_id and (
    {_IS_FINISHED.format("o")}, o.seen_at, p.document_id
  ) > (
    {_IS_FINISHED.format("p")}, p.seen_at, o.document_id
  )
)
order by p.seen_at desc, p.path limit 1
"""
_RUN = """
select run_id from run_documents where document_id = :document_id
order by finished_at is null, finished_at desc, started_at desc, run_id limit 1
"""
_BESIDE = """
select distinct o.document_id from document_paths p
join document_paths o on o.place = p.place where p.document_id = ?
"""


def about(db: sqlite3.Connection, document_id: str) -> About:
    """Return what is said of all records of a stored document."""
    return About(
        *db.execute(
            "select title, issuer, plan_year from documents where id = ?", [document_id]
        ).fetchone()
    )


def show(db: sqlite3.Connection, document_id: str) -> None:
    """Mark what is shown of a document, and of its other versions.

    To be called whenever a run of it begins, ends or is reset, or it is seen again.
    """
    for table in ("commitments", "read_places"):
        show_rows(db, document_id, table)


def show_rows(db: sqlite3.Connection, document_id: str, table: str) -> None:
    """Mark the rows of a table that are of the latest run of a latest version."""
    beside = {found for (found,) in db.execute(_BESIDE, [document_id])}
    for one in beside | {document_id}:
        path, run_id = what_is_shown(db, one)
        db.execute(
            f"update {table} set source_path = :path, is_shown = 1 "
            "where document_id = :id and run_id = :run "
            "and (source_path is not :path or not is_shown)",
            {"id": one, "path": path, "run": run_id if path else None},
        )
        db.execute(
            f"update {table} set is_shown = 0 "
            "where document_id = :id and is_shown and run_id is not :run",
            {"id": one, "run": run_id if path else None},
        )


def what_is_shown(
    db: sqlite3.Connection, document_id: str
) -> tuple[str | None, str | None]:
    """Return the path of a document that is a latest version, and its latest run."""
    path, run = (
        db.execute(sql, {"document_id": document_id}).fetchone()
        for sql in (_PATH, _RUN)
    )
    return path and path[0], run and run[0]


def rename(db: sqlite3.Connection, document_id: str) -> None:
    """Let the records and items of a document follow its title, issuer and year."""
    now = about(db, document_id)
    db.execute(
        "update commitments set issuer = :issuer, plan_year = :year, "
        "who = iif(actor is null, :who, who) where document_id = :id",
        {
            "id": document_id,
            "issuer": now.issuer,
            "year": now.plan_year,
            "who": clean_words(now.issuer) if now.issuer else None,
        },
    )
    for table in ("commitments", "items", "reviews"):
        db.execute(
            f"update {table}_fts set issuer = :issuer, title = :title where rowid in "
            f"(select rowid from {table} where document_id = :id)",
            {"id": document_id, **about_text(now)},
        )


def index_items(db: sqlite3.Connection, items: Iterable[Item]) -> None:
    """Put stored items into full text, in place of what stood there of them."""
    known: dict[str, About] = {}
    for item in items:
        if item.document_id not in known:
            known[item.document_id] = about(db, item.document_id)
        around = around_text(known[item.document_id], _headings(item))
        _replace(db, "items", item.id, item_text(item.clean, around))


class Around(NamedTuple):
    """What stands beside all records of a document."""

    about: About
    shown: Row
    """The columns by which a run's rows of it are shown."""
    has_places: bool
    """Its file has pages, paragraphs or cells to open it at."""


def surroundings(db: sqlite3.Connection, run_id: str, document_id: str) -> Around:
    """Return what stands beside the records that a run makes of a stored document."""
    (has_places,) = db.execute(
        "select places <> '[]' from documents where id = ?", [document_id]
    ).fetchone()
    return Around(
        about(db, document_id), _mark(db, run_id, document_id), bool(has_places)
    )


def insert_records(
    db: sqlite3.Connection,
    run_id: str,
    item: Item,
    records: Sequence[Commitment],
    known: Around,
) -> None:
    """Insert a run's records of an item, with what stands beside their quotes."""
    if not records:
        return
    printed = printed_in(item)
    outside = around_text(known.about, _headings(item))
    named = zip(records, anchors(records), strict=True)
    for position, (record, anchor) in enumerate(named):
        row = commitment_row(record, run_id, position) | known.shown
        row |= shadow_row(record, known.about, printed)
        row_id = insert(db, "commitments", row | {"anchor": anchor})
        text = record_text(record, record.clause, outside, printed)
        insert(db, "commitments_fts", {"rowid": row_id, **text})
    if known.has_places:
        locate(db, run_id, item.id)


def follow(db: sqlite3.Connection, run_id: str, document_id: str) -> None:
    """Do for a document whose rows were stored at once what is done item by item."""
    index_stored(db, document_id)
    compare_document(db, run_id, document_id, _mark(db, run_id, document_id))
    decide_stored(db, document_id)
    show(db, document_id)


def _mark(db: sqlite3.Connection, run_id: str, document_id: str) -> Row:
    """Return the columns by which the rows of a run over a document are shown."""
    path, latest = what_is_shown(db, document_id)
    return {"source_path": path, "is_shown": int(path is not None and latest == run_id)}


def index_stored(db: sqlite3.Connection, document_id: str) -> None:
    """Do for a stored document what the store does while it writes one."""
    own = about(db, document_id)
    (cuts,) = db.execute(
        "select cuts from documents where id = ?", [document_id]
    ).fetchone()
    printed = _printed(cuts)
    factory, db.row_factory = db.row_factory, sqlite3.Row
    try:
        for item in db.execute(
            "select * from items where document_id = ?", [document_id]
        ).fetchall():
            span = Span(item["start"], item["end"])
            headings = _stored_headings(item["heading_path"], item["title"])
            around = around_text(own, headings)
            words = printed(Quote(text=item["text"], span=span))
            _replace(db, "items", item["id"], item_text(words, around))
            for records in _of_runs(db, item["id"]):
                for record, anchor in zip(records, anchors(records), strict=True):
                    shadow = shadow_row(record, own, printed) | {"anchor": anchor}
                    _update(db, record.id, shadow)
                    row = record_text(record, record.clause, around, printed)
                    _replace(db, "commitments", record.id, row)
    finally:
        db.row_factory = factory
    show_rows(db, document_id, "commitments")  # there was no other table then


def index_review(
    db: sqlite3.Connection, review_id: str, record: Content[Quote], clause: Quote
) -> None:
    """Put the record of a stored review into full text."""
    document_id, cuts, *headings = db.execute(
        "select d.id, d.cuts, i.heading_path, i.title from reviews r "
        "join documents d on d.id = r.document_id "
        "left join items i on i.id = r.item_id where r.id = ?",
        [review_id],
    ).fetchone()
    around = around_text(about(db, document_id), _stored_headings(*headings))
    row = record_text(record, clause, around, _printed(cuts))
    _replace(db, "reviews", review_id, row)


def _printed(cuts: str) -> Printed:
    """Return how words stand in a source, by the cuts of its document."""
    return printed_without(Span(c["start"], c["end"]) for c in json.loads(cuts))


def _stored_headings(heading_path: str | None, title: str | None) -> list[str]:
    return [*json.loads(heading_path or "[]"), title or ""]


def _headings(item: Item) -> list[str]:
    return [*item.heading_path, item.title or ""]


def _of_runs(db: sqlite3.Connection, item_id: str) -> list[list[Commitment]]:
    """Return the records of an item, those of each run together."""
    runs: dict[str, list[Commitment]] = {}
    for row in db.execute(
        "select * from commitments where item_id = ? order by run_id, position",
        [item_id],
    ):
        runs.setdefault(row["run_id"], []).append(stored_commitment(row))
    return list(runs.values())


def _update(db: sqlite3.Connection, commitment_id: str, row: Row) -> None:
    settings = ", ".join(f"{name} = :{name}" for name in row)
    db.execute(
        f"update commitments set {settings} where id = :id", row | {"id": commitment_id}
    )


def _replace(db: sqlite3.Connection, table: str, row_id: str, row: Row) -> None:
    """Put tokens into the full-text table under the row id of what they are of."""
    db.execute(
        f"insert or replace into {table}_fts (rowid, {', '.join(row)}) values "
        f"((select rowid from {table} where id = :id), "
        f"{', '.join(f':{name}' for name in row)})",
        row | {"id": row_id},
    )
