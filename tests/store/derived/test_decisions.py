"""Decisions: what the store keeps is what reviews and readings say when asked anew."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlite_utils import Database

from extractor.store.migrations import MIGRATIONS
from extractor.store.reviews import Judgement
from extractor.store.store import Store
from tests.big_database import make
from tests.store_samples import fill, make_document, make_items, make_run

DOCUMENT = make_document().id


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Open a database with a finished run over the sample plan."""
    with Store(tmp_path / "plans.db") as store:
        fill(store, make_run())
        yield store


def rows(path: Path, sql: str) -> list[tuple[Any, ...]]:
    """Read with a connection of our own."""
    with closing(sqlite3.connect(path)) as conn:
        return conn.execute(sql).fetchall()


def first_record(store: Store) -> tuple[str, str]:
    """Return the ids of a record that is shown and of its item."""
    ((record, item), *_) = rows(
        store.path, "select commitment_id, item_id from v_commitments"
    )
    return record, item


def judge(store: Store, verdict: Any, reviewer: str = "甲") -> str:
    """Review the first record; return the id of the review."""
    record, item = first_record(store)
    return store.add_review(
        Judgement(
            document_id=DOCUMENT,
            item_id=item,
            reviewer=reviewer,
            verdict=verdict,
            commitment_id=record,
        )
    ).id


def kept(store: Store) -> list[tuple[Any, ...]]:
    """Return which verdicts decide, and what is left of the first record."""
    record, _ = first_record(store)
    (left,) = rows(store.path, f"select review from commitments where id = '{record}'")
    deciding = rows(store.path, "select verdict from reviews where decides")
    return [left, *deciding]


def test_the_latest_verdict_decides_until_it_is_taken_back(store: Store) -> None:
    """What is left of the record follows at once."""
    seen = [kept(store)]
    judge(store, "accept")
    seen.append(kept(store))
    last = judge(store, "reject", "乙")
    seen.append(kept(store))
    store.undo_review(last, "乙")
    seen.append(kept(store))

    accepted = [("accepted",), ("accept",)]
    assert seen == [[(None,)], accepted, [("gone",), ("reject",)], accepted]


def test_a_verdict_waits_for_the_records_of_a_later_run(store: Store) -> None:
    """Those are judged while they are written."""
    judge(store, "accept")
    fill(store, make_run("second"))

    assert rows(
        store.path,
        "select r.id, count(*) from commitments c join runs r on r.id = c.run_id "
        "where c.review = 'accepted' group by 1 order by r.created_at",
    ) == [(make_run().id, 1), (make_run("second").id, 1)]


def test_nothing_decides_of_a_text_that_is_no_more(store: Store) -> None:
    """A file decoded anew has other places."""
    judge(store, "accept")
    document = make_document()
    other = document.model_copy(update={"source": "甲" + document.source})
    store.add_document(other)

    assert [] == rows(store.path, "select 1 from reviews where decides")
    assert [] == rows(store.path, "select 1 from v_reviews")


def test_an_older_database_is_filled(tmp_path: Path) -> None:
    """The views say of it what they said before they read what is stored."""
    old, path = tmp_path / "old.db", tmp_path / "new.db"
    make(old, 600, 300)
    with closing(sqlite3.connect(old)) as conn:
        before = Database(sqlite3.connect(path))
        MIGRATIONS.apply(before, stop_before="m009_stored_answers")
        views = {
            name: sql.replace(f"VIEW {name}", f"TEMP VIEW was_{name}").replace(
                "from v_reviews", "from was_v_reviews"
            )
            for name, sql in before.execute(
                "select name, sql from sqlite_master where type = 'view' "
                "order by name desc"
            )
            if name in ("v_reviews", "v_readings", "v_commitments_reviewed")
        }
        for name, sql in views.items():
            conn.execute(sql)
            columns = conn.execute(f"select * from was_{name} limit 0").description
            names = ", ".join(f'"{column[0]}"' for column in columns)
            now, was = (
                conn.execute(f"select {names} from {view}").fetchall()
                for view in (name, f"was_{name}")
            )
            assert sorted(map(repr, now)) == sorted(map(repr, was)) != []


def test_a_run_that_is_forgotten_takes_its_places_along(store: Store) -> None:
    """No place stays that nothing was read in."""
    store.add_items(make_items(make_document())[1:], is_whole=True)
    store.finish_document(make_run().id, DOCUMENT)
    without = "select count(*) from read_places p where not exists (select 1 from "
    without += "readings g where g.run_id = p.run_id and g.item_id = p.item_id)"
    assert rows(store.path, without) == [(0,)]
    store.reset_run(make_run().id)

    assert rows(store.path, "select count(*) from read_places") == [(0,)]
