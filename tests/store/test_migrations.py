"""Migrations: the schema, its constraints and the public view."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from sqlite_utils import Database

from extractor.store.browse.dictionary import RELATIONS, TABLES, VIEWS
from extractor.store.migrations import (
    MIGRATIONS,
    known_migrations,
)
from extractor.store.store import Store
from tests.store_samples import fill, make_eval, make_run


@pytest.fixture
def db(tmp_path: Path) -> Database:
    """Open a database with one run."""
    path = tmp_path / "plans.db"
    with Store(path) as store:
        fill(store, make_run())
        store.add_eval(make_eval(make_run().id))
    return Database(sqlite3.connect(path))


def test_v_commitments_is_the_public_contract(db: Database) -> None:
    """The view has exactly the columns of the design, in its order."""
    expected = [
        "commitment_id",
        "run_id",
        "document_id",
        "source_path",
        "page",
        "locator",
        "title",
        "issuer",
        "plan_year",
        "item_label",
        "heading_path",
        "actor",
        "actor_source",
        "partners",
        "action",
        "object",
        "target_quote",
        "target_value",
        "target_upper",
        "target_baseline",
        "target_unit",
        "target_comparator",
        "target_change",
        "deadline_quote",
        "deadline_date",
        "deadline_basis",
        "kind",
        "method",
        "clause",
        "start",
        "end",
        "status",
    ]

    columns = [column.name for column in db["v_commitments"].columns]

    assert expected == columns


def test_dictionary_describes_the_schema(db: Database) -> None:
    """Every table, view and column has its words, in the schema's order."""
    tables = {
        name
        for name in db.table_names()
        if "_fts" not in name and name != "_sqlite_migrations"
    }

    assert tables == set(TABLES)
    assert set(db.view_names()) == set(VIEWS)
    for name, relation in RELATIONS.items():
        columns = [column.name for column in db[name].columns]
        assert columns == list(relation.columns), name
        assert all(relation.columns.values())


def test_every_reference_is_declared(db: Database) -> None:
    """A column named for another table's row is a foreign key to it."""
    targets = {
        "run_id": "runs",
        "document_id": "documents",
        "item_id": "items",
        "call_id": "llm_calls",
        "eval_run_id": "eval_runs",
    }
    for name in TABLES:
        keys = db.table(name).foreign_keys
        declared = {key.column: key.other_table for key in keys}
        columns = {column.name for column in db[name].columns}
        assert declared == {c: t for c, t in targets.items() if c in columns}, name


def test_stored_rows_keep_the_constraints(db: Database) -> None:
    """Foreign keys, file and full-text indexes of a filled database are sound."""
    assert db.execute("pragma foreign_key_check").fetchall() == []
    assert db.execute("pragma integrity_check").fetchall() == [("ok",)]
    for table in ("items", "commitments"):
        db.execute(
            f"insert into {table}_fts({table}_fts, rank) values('integrity-check', 1)"
        )


def test_full_text_survives_vacuum(db: Database) -> None:
    """Row ids, which the index refers to, are the same after VACUUM."""
    db.execute("delete from commitments where position = 0 and method = 'model'")
    db.conn.commit()

    db.execute("vacuum")

    db.execute(
        "insert into commitments_fts(commitments_fts, rank) "
        "values('integrity-check', 1)"
    )
    found = db.execute(
        "select object from commitments where rowid in "
        "(select rowid from commitments_fts where commitments_fts match '财政局')"
    ).fetchall()
    assert found == [("学校",)]


def test_unknown_value_of_a_closed_set_is_refused(db: Database) -> None:
    """Closed sets are checked by the database too."""
    with pytest.raises(sqlite3.IntegrityError):
        db.execute("update commitments set method = 'magic'")


def test_lost_item_is_refused(db: Database) -> None:
    """Law 3 is a constraint: items are the sum of the three outcomes."""
    with pytest.raises(sqlite3.IntegrityError):
        db.execute("update run_documents set items = items + 1")


def test_applying_twice_changes_nothing(db: Database) -> None:
    """Migrations are recorded, under names in their order."""
    before = db.schema

    MIGRATIONS.apply(db)

    assert before == db.schema
    assert known_migrations() == [m.name for m in MIGRATIONS.applied(db)]


def test_database_of_the_first_version_is_brought_up_to_date(tmp_path: Path) -> None:
    """What it holds stays; the tables of evaluations come to it."""
    path = tmp_path / "old.db"
    old = Database(sqlite3.connect(path))
    MIGRATIONS.apply(old, stop_before="m002_eval_scores")
    assert "eval_runs" not in old.table_names()
    old.close()

    with Store(path) as store:
        fill(store, make_run())
        store.add_eval(make_eval())

    db = Database(sqlite3.connect(path))
    assert known_migrations() == [m.name for m in MIGRATIONS.applied(db)]
    assert (1, 10) == (db["eval_runs"].count, db["eval_scores"].count)


def test_bare_score_is_refused(db: Database) -> None:
    """A score has its n, and an interval both ends, in order."""
    for change in ("n = null", "low = null", "low = 2.0", "run_id = 'none'"):
        db.execute("pragma foreign_keys = on")
        with pytest.raises(sqlite3.IntegrityError):
            db.execute(f"update eval_scores set {change}")
