"""Migrations: the schema, its constraints and the public view."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlite_utils import Database

from extractor.browse.dictionary import RELATIONS, TABLES, VIEWS
from extractor.core.errors import StoreError
from extractor.store import migrations
from extractor.store.finding.search_text import fts_query
from extractor.store.migrations import (
    MIGRATIONS,
    known_migrations,
)
from extractor.store.rows import commitment_row, document_row, item_row
from extractor.store.statements import insert, see
from extractor.store.store import Store
from tests.big_database import make
from tests.store_samples import (
    Call,
    fill,
    make_commitment,
    make_document,
    make_eval,
    make_items,
    make_run,
    records_of,
)


@pytest.fixture
def db(tmp_path: Path) -> Database:
    """Open a database with one run."""
    path = tmp_path / "plans.db"
    with Store(path) as store:
        fill(store, make_run())
        store.add_eval(make_eval(make_run().id))
    return Database(sqlite3.connect(path))


def test_v_commitments_is_the_public_contract(db: Database) -> None:
    """Exactly these columns, in the order in which a person asks, ids last."""
    expected = [
        "who",
        "action",
        "object",
        "target_quote",
        "deadline_quote",
        "deadline_date",
        "clause",
        "item_label",
        "title",
        "issuer",
        "plan_year",
        "source_path",
        "page",
        "locator",
        "kind",
        "method",
        "likelihood",
        "status",
        "actor",
        "actor_source",
        "partners",
        "target_value",
        "target_upper",
        "target_baseline",
        "unit",
        "target_unit",
        "target_comparator",
        "target_change",
        "deadline_basis",
        "heading_path",
        "commitment_id",
        "run_id",
        "document_id",
        "item_id",
        "start",
        "end",
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
        "batch_id": "batches",
        "eval_run_id": "eval_runs",
        "undoes": "reviews",
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
        db.execute(f"insert into {table}_fts({table}_fts) values('integrity-check')")
        rows, indexed = (
            {row for (row,) in db.execute(f"select rowid from {name}")}
            for name in (table, f"{table}_fts")
        )
        assert rows == indexed


def test_full_text_survives_vacuum(db: Database) -> None:
    """Row ids, which the index refers to, are the same after VACUUM."""
    db.execute("delete from commitments where position = 0 and method = 'model'")
    db.conn.commit()

    db.execute("vacuum")

    found = db.execute(
        "select object from commitments where rowid in "
        "(select rowid from commitments_fts where commitments_fts match ?)",
        [fts_query("财政局")],
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


@pytest.fixture
def version_5(tmp_path: Path) -> Path:
    """Make a database as the fifth version left it, with a run of each strategy."""
    path = tmp_path / "old.db"
    db = Database(sqlite3.connect(path, isolation_level=None))
    MIGRATIONS.apply(db, stop_before="m006_readings")
    document = make_document()
    items = make_items(document)
    moment = "2031-01-02T03:04:05+00:00"
    insert(db.conn, "documents", document_row(document) | {"added_at": moment})
    see(db.conn, document.id, document.path, document.path, moment)
    for item in items:
        insert(db.conn, "items", item_row(item))
    for strategy in ("open", "marked", "closed"):
        run = make_run(strategy, strategy=strategy)
        row = run.model_dump() | {"config": "{}", "status": "finished"}
        insert(db.conn, "runs", row | {"created_at": moment})
        insert(
            db.conn,
            "run_documents",
            {"run_id": run.id, "document_id": document.id, "position": 0}
            | {"started_at": moment, "finished_at": f"{moment} {strategy == 'closed'}"},
        )
        for purpose in ("target", "soft"):
            call = vars(Call(purpose=purpose, item_id=items[0].id))
            row = {"id": strategy + purpose, "run_id": run.id} | call
            insert(db.conn, "llm_calls", row)
        of_items = records_of(run.id, items, f"{strategy}target")
        made = [record for records in of_items for record in records]
        made.append(
            make_commitment(
                run.id,
                items[3],
                "宣传",
                action="加强",
                method="model",
                call_id=f"{strategy}soft",
            )
        )
        for position, commitment in enumerate(made):
            row = commitment_row(commitment, run.id, position)
            del row["likelihood"]
            insert(db.conn, "commitments", row | {"page": 3, "locator": "page 3"})
    # Row ids are then not what counting gives.
    db.execute("delete from commitments where rowid in (2, 7)")
    db.close()
    return path


def _kept(path: Path, columns: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(path)) as conn:
        return conn.execute(
            f"select rowid, {columns} from commitments order by rowid"
        ).fetchall()


def test_records_of_the_fifth_version_keep_everything(version_5: Path) -> None:
    """Every row is there again under its row id; only the new column is empty."""
    with closing(sqlite3.connect(version_5)) as conn:
        names = [row[1] for row in conn.execute("pragma table_info(commitments)")]
    columns = ", ".join(f'"{name}"' for name in names if name != "method")
    before = _kept(version_5, columns)
    assert len(before) == 13

    Store(version_5).close()

    assert before == _kept(version_5, columns)
    assert {(None,)} == {row[1:] for row in _kept(version_5, "likelihood")}
    db = Database(sqlite3.connect(version_5))
    assert known_migrations() == [m.name for m in MIGRATIONS.applied(db)]
    assert "commitments_kept" not in db.table_names()
    assert db.execute("pragma foreign_key_check").fetchall() == []
    assert db.execute("pragma integrity_check").fetchall() == [("ok",)]


def test_upgraded_schema_is_that_of_a_new_database(
    version_5: Path, tmp_path: Path
) -> None:
    """Indexes, triggers, keys and views are there again, and no other."""
    Store(version_5).close()
    Store(tmp_path / "new.db").close()

    old, new = (
        Database(sqlite3.connect(path)).schema
        for path in (version_5, tmp_path / "new.db")
    )
    assert old == new


def test_agreement_of_closed_runs_is_called_so(version_5: Path) -> None:
    """Their `model` meant that the rules read the same, unless asked about a clause."""
    Store(version_5).close()

    with closing(sqlite3.connect(version_5)) as conn:
        found = conn.execute(
            "select r.strategy, c.method, count(*) from commitments c "
            "join runs r on r.id = c.run_id group by 1, 2 order by 1, 2"
        ).fetchall()
        answered = conn.execute(
            "select strategy, answered from v_runs order by strategy"
        ).fetchall()
    assert found == [
        ("closed", "both", 1),
        ("closed", "model", 1),
        ("closed", "rules", 3),
        ("marked", "model", 2),
        ("marked", "rules", 2),
        ("open", "model", 2),
        ("open", "rules", 2),
    ]
    assert answered == [("closed", 5), ("marked", 5), ("open", 5)]


def test_full_text_is_in_step_after_the_upgrade(version_5: Path) -> None:
    """It finds what it found, and follows what is removed and added."""
    find = (
        "select count(*) from commitments where rowid in "
        "(select rowid from commitments_fts where commitments_fts match ?)"
    )
    word = [fts_query("公辦幼兒園")]
    Store(version_5).close()

    with closing(sqlite3.connect(version_5)) as conn:
        assert conn.execute(find, word).fetchone() == (3,)
        conn.execute("delete from commitments where method = 'both'")
        assert conn.execute(find, word).fetchone() == (2,)
        conn.commit()
    with Store(version_5) as store:
        fill(store, make_run("new"))
    with closing(sqlite3.connect(version_5)) as conn:
        assert conn.execute(find, word).fetchone() == (3,)


def test_upgraded_rows_are_those_of_a_new_database(
    version_5: Path, tmp_path: Path
) -> None:
    """Clean words, anchors and tokens are the same, written at once or afterwards."""
    read = (
        "select c.id, c.who, c.unit, c.issuer, c.plan_year, c.anchor, f.* "
        "from commitments c join commitments_fts f on f.rowid = c.rowid "
        "union all select i.id, null, null, null, null, null, f.*, null "
        "from items i join items_fts f on f.rowid = i.rowid"
    )
    Store(version_5).close()
    with Store(tmp_path / "new.db") as store:
        fill(store, make_run("open"))

    with closing(sqlite3.connect(version_5)) as conn:
        old = {row[0]: row for row in conn.execute(read)}
    with closing(sqlite3.connect(tmp_path / "new.db")) as conn:
        new = {row[0]: row for row in conn.execute(read)}
    both = sorted(old.keys() & new.keys())
    assert len(both) >= 7
    assert [old[row_id] for row_id in both] == [new[row_id] for row_id in both]


def test_failed_upgrade_leaves_the_fifth_version(
    version_5: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The migration is one transaction: it is done whole or not at all."""
    before = _kept(version_5, "*")
    schema = Database(sqlite3.connect(version_5)).schema
    monkeypatch.setattr(migrations, "READINGS_VIEWS", ("create view nonsense",))

    with pytest.raises(StoreError, match="incomplete input"):
        Store(version_5)

    assert before == _kept(version_5, "*")
    assert schema == Database(sqlite3.connect(version_5)).schema


def test_bare_score_is_refused(db: Database) -> None:
    """A score has its n, and an interval both ends, in order."""
    for change in ("n = null", "low = null", "low = 2.0", "run_id = 'none'"):
        db.execute("pragma foreign_keys = on")
        with pytest.raises(sqlite3.IntegrityError):
            db.execute(f"update eval_scores set {change}")


def test_reviews_of_the_seventh_version_are_found(tmp_path: Path) -> None:
    """What reviewers wrote before is in full text, and the schema that of a new one."""
    make(tmp_path / "old.db", 300, 300)
    Store(tmp_path / "new.db").close()

    with closing(sqlite3.connect(tmp_path / "old.db")) as conn:
        written = conn.execute(
            "select rowid from reviews where record is not null"
        ).fetchall()
        found = conn.execute(
            "select rowid from reviews_fts where reviews_fts match ?",
            [fts_query("某市第0局 新增")],
        ).fetchall()
    old, new = (
        sorted(Database(sqlite3.connect(tmp_path / name)).schema.split(";"))
        for name in ("old.db", "new.db")
    )
    assert written == found != []
    assert old == new


def test_ungrounded_fields_are_those_of_the_records_shown(db: Database) -> None:
    """The view is quick because the records that have none are not looked at."""
    shown = db.execute(
        "select commitment_id, status from v_commitments where commitment_id in "
        "(select id from commitments where ungrounded <> '[]')"
    ).fetchall()
    listed = db.execute("select commitment_id, status from v_ungrounded").fetchall()
    plan = db.execute("explain query plan select * from v_ungrounded").fetchall()

    assert sorted(set(shown)) == sorted(set(listed)) != []
    assert "commitments_shown_ungrounded" in str(plan)
