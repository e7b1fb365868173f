"""The schema of the database, as append-only `sqlite_utils` migrations.

A published migration is never edited: add the next `mNNN_…` below it.
Their statements stand in `schema`.
What each table, view and column means stands in `dictionary`.
"""

from __future__ import annotations

import os
from pathlib import Path

from sqlite_utils import Database, Migrations

from extractor.documents.paths import place_of
from extractor.store.derived.decisions import decide_stored
from extractor.store.derived.read_places import compare_stored
from extractor.store.finding.shown import index_review, index_stored, show_rows
from extractor.store.reviews import read_record
from extractor.store.schema.m001 import COMMITMENTS, DOCUMENTS, RUNS, VIEWS
from extractor.store.schema.m002 import EVAL_TABLES, EVAL_VIEWS
from extractor.store.schema.m003 import REPLACED_VIEWS, VERSION_TABLES, VERSION_VIEWS
from extractor.store.schema.m004 import PLACE_COLUMNS, PLACE_VIEW, REPLACED_VIEW
from extractor.store.schema.m005 import (
    LEFT_OUT_TABLE,
    LEFT_OUT_VIEWS,
    REPLACED_RUNS,
    STATED_COLUMN,
)
from extractor.store.schema.m006 import (
    READINGS_TABLE,
    READINGS_VIEWS,
    REBUILT_COMMITMENTS,
    SUPERSEDED_VIEWS,
)
from extractor.store.schema.m007 import (
    COMMITMENTS_VIEW,
    FULL_TEXT,
    INDEXES,
    REPLACED_FULL_TEXT,
    REVIEW_VIEWS,
    REVIEWS_TABLE,
    SHADOW_COLUMNS,
    SUPERSEDED_VIEW,
)
from extractor.store.schema.m008 import (
    ORDERS,
    OUTGROWN_VIEW,
    REVIEWS_FULL_TEXT,
    UNGROUNDED_VIEW,
)
from extractor.store.schema.m009 import (
    COUNTED_ORDERS,
    READ_PLACES,
    READ_PLACES_ORDERS,
    REPLACED_BY_STORED,
    VERDICT_COLUMNS,
    VIEWS_OF_STORED,
)
from extractor.store.schema.m010 import BATCHES
from extractor.store.schema.m011 import SHEETS_TABLE
from extractor.store.schema.m012 import TOGETHER
from extractor.store.statements import see

MIGRATIONS = Migrations("extractor")


_SEARCHED = ("clause", "action", "object", "actor", "target_quote", "deadline_quote")
"""Columns of `commitments` that full text finds."""


def _full_text(db: Database, table: str, columns: tuple[str, ...]) -> None:
    """Index `columns` of `table` by trigrams, kept in step by triggers.

    Written by hand: `enable_fts` uses `executescript`, which commits the migration's
    transaction half-way.
    Datasette finds the index by `content="…"` with double quotes.
    """
    names = ", ".join(f'"{column}"' for column in columns)
    db.execute(
        f"CREATE VIRTUAL TABLE {table}_fts USING FTS5 "
        f"({names}, tokenize='trigram', content=\"{table}\")"
    )
    _keep_in_step(db, table, columns)


def _keep_in_step(db: Database, table: str, columns: tuple[str, ...]) -> None:
    """Create the triggers by which the full-text index follows its table."""
    names = ", ".join(f'"{column}"' for column in columns)
    new = ", ".join(f'new."{column}"' for column in columns)
    old = ", ".join(f'old."{column}"' for column in columns)
    index = f"{table}_fts"
    remove = (
        f"insert into {index}({index}, rowid, {names}) "
        f"values ('delete', old.rowid, {old});"
    )
    add = f"insert into {index}(rowid, {names}) values (new.rowid, {new});"
    for name, event, body in (
        ("ai", "insert", add),
        ("ad", "delete", remove),
        ("au", f"update of {names}", f"{remove} {add}"),
    ):
        db.execute(
            f"create trigger {table}_{name} after {event} on {table} begin {body} end"
        )


@MIGRATIONS()
def m001_first_schema(db: Database) -> None:
    """Create documents, items, runs, the ledger, records, indexes and views."""
    for statement in (*DOCUMENTS, *RUNS, *COMMITMENTS, *VIEWS):
        db.execute(statement)
    _full_text(db, "items", ("text",))
    _full_text(db, "commitments", _SEARCHED)


@MIGRATIONS()
def m002_eval_scores(db: Database) -> None:
    """Create what evaluations leave behind, and the view of the latest scores."""
    for statement in (*EVAL_TABLES, *EVAL_VIEWS):
        db.execute(statement)


def _folder(db: Database) -> Path:
    """Return the folder of the database; its path may be no UTF-8."""
    factory, db.conn.text_factory = db.conn.text_factory, os.fsdecode
    try:
        ((_, _, file),) = db.execute("pragma database_list").fetchall()[:1]
    finally:
        db.conn.text_factory = factory
    return Path(file).parent


@MIGRATIONS()
def m003_versions(db: Database) -> None:
    """Remember which file each document was, and show the latest version of it.

    Where earlier versions of the program were run is not known; the database is made
    in the current folder unless told otherwise, so paths are read from its folder.
    """
    for statement in VERSION_TABLES:
        db.execute(statement)
    folder = _folder(db)
    for document_id, path, seen_at in db.execute(
        "select id, path, coalesce((select max(started_at) from run_documents r "
        "where r.document_id = documents.id), added_at) from documents"
    ).fetchall():
        place = place_of(str(folder / path), folder)
        see(db.conn, document_id, place, path, seen_at)
    for view in REPLACED_VIEWS:
        db.execute(f"drop view {view}")
    for statement in VERSION_VIEWS:
        db.execute(statement)


@MIGRATIONS()
def m004_places(db: Database) -> None:
    """Say what format a file has, and where in it each record stands."""
    for statement in PLACE_COLUMNS:
        db.execute(statement)
    db.execute(f"drop view {REPLACED_VIEW}")
    db.execute(PLACE_VIEW)


@MIGRATIONS()
def m005_left_out(db: Database) -> None:
    """Keep the numbers and dates that are in no record, and count what was refused."""
    for statement in (*LEFT_OUT_TABLE, STATED_COLUMN):
        db.execute(statement)
    db.execute(f"drop view {REPLACED_RUNS}")
    for statement in LEFT_OUT_VIEWS:
        db.execute(statement)


@MIGRATIONS()
def m006_readings(db: Database) -> None:
    """Keep what rules and model each read, and let a record say that they agree."""
    columns = ", ".join(f'"{column.name}"' for column in db["commitments"].columns)
    for statement in REBUILT_COMMITMENTS:
        db.execute(statement.format(columns=columns))
    _keep_in_step(db, "commitments", _SEARCHED)
    for statement in READINGS_TABLE:
        db.execute(statement)
    for view in SUPERSEDED_VIEWS:
        db.execute(f"drop view {view}")
    for statement in READINGS_VIEWS:
        db.execute(statement)


@MIGRATIONS()
def m007_reading_and_reviewing(db: Database) -> None:
    """Let words be found in either script, rows be counted, and records be judged."""
    for statement in (*REPLACED_FULL_TEXT, *SHADOW_COLUMNS, *FULL_TEXT):
        db.execute(statement)
    for (document_id,) in db.execute("select id from documents").fetchall():
        index_stored(db.conn, document_id)
    db.execute(f"drop view {SUPERSEDED_VIEW}")
    for statement in (*INDEXES, COMMITMENTS_VIEW, *REVIEWS_TABLE, *REVIEW_VIEWS):
        db.execute(statement)


@MIGRATIONS()
def m008_at_size(db: Database) -> None:
    """Let questions be answered in their order, and what reviewers wrote be found."""
    db.execute(f"drop view {OUTGROWN_VIEW}")
    for statement in (*ORDERS, UNGROUNDED_VIEW):
        db.execute(statement)
    db.execute(REVIEWS_FULL_TEXT)
    for review_id, record in db.execute(
        "select id, record from reviews where record is not null"
    ).fetchall():
        written = read_record(record)
        index_review(db.conn, review_id, written, written.clause)


@MIGRATIONS()
def m009_stored_answers(db: Database) -> None:
    """Store whether readers agree and which review decides, for all that is there."""
    for statement in (*VERDICT_COLUMNS, *READ_PLACES):
        db.execute(statement)
    compare_stored(db.conn)
    for (document_id,) in db.execute("select id from documents").fetchall():
        show_rows(db.conn, document_id, "read_places")
        decide_stored(db.conn, document_id)
    for view in REPLACED_BY_STORED:
        db.execute(f"drop view {view}")
    for statement in (*COUNTED_ORDERS, *READ_PLACES_ORDERS, *VIEWS_OF_STORED):
        db.execute(statement)


@MIGRATIONS()
def m010_batches(db: Database) -> None:
    """Keep what was asked for in batches until it is answered."""
    for statement in BATCHES:
        db.execute(statement)


@MIGRATIONS()
def m011_sheets(db: Database) -> None:
    """Keep what a run needs to know of a file that has nothing left to do."""
    db.execute(SHEETS_TABLE)


@MIGRATIONS()
def m012_together(db: Database) -> None:
    """Keep which records were accepted with the rest of their item."""
    for statement in TOGETHER:
        db.execute(statement)


def known_migrations() -> list[str]:
    """Return the names of all migrations, oldest first."""
    return [migration.name for migration in MIGRATIONS.pending(Database(memory=True))]
