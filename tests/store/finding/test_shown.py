"""What is shown: the flag beside the records says what the views of versions say."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from extractor.core.records import Document
from extractor.store.outcomes import Outcome
from extractor.store.store import Store
from tests.store_samples import (
    PLAN,
    fill,
    found_violations,
    make_commitment,
    make_document,
    make_items,
    make_run,
)

OLD = make_document()
NEW = make_document(PLAN + "新")
ELSEWHERE = make_document(path="plans/copy.txt")

_BY_THE_VIEWS = """
select c.id, l.source_path from v_latest_documents l
join v_latest_runs r on r.document_id = l.document_id
join commitments c on c.document_id = r.document_id and c.run_id = r.run_id
order by 1
"""
_BY_THE_FLAG = "select commitment_id, source_path from v_commitments order by 1"


def assert_in_step(path: Path) -> int:
    """Compare the flag with the views, and return how many records are shown."""
    with closing(sqlite3.connect(path)) as conn:
        wanted = conn.execute(_BY_THE_VIEWS).fetchall()
        assert wanted == conn.execute(_BY_THE_FLAG).fetchall()
    assert [] == found_violations(path)
    return len(wanted)


def begin(store: Store, name: str, document: Document) -> None:
    """Start a run that reads one item and is not finished."""
    run, item = make_run(name), make_items(document)[0]
    store.start_run(run)
    store.start_document(run.id, document.id, 0)
    record = make_commitment(run.id, item, "增加学位", action="增加")
    store.add_outcomes(run.id, [Outcome(item, [record])])


STEPS: list[tuple[str, Callable[[Store], object], int]] = [
    ("a first run", lambda store: fill(store, make_run(), OLD), 4),
    ("another begins", lambda store: begin(store, "second", OLD), 4),
    ("it is finished", lambda store: fill(store, make_run("second"), OLD), 4),
    ("the first is last", lambda store: fill(store, make_run(), OLD), 4),
    ("it is reset", lambda store: store.reset_run(make_run().id), 4),
    ("the file is edited", lambda store: store.add_document(NEW), 4),
    (
        "and begun",
        lambda store: (store.add_items(make_items(NEW)), begin(store, "third", NEW)),
        4,
    ),
    ("and finished", lambda store: fill(store, make_run("third"), NEW), 4),
    ("the old one is copied", lambda store: store.add_document(ELSEWHERE), 8),
    ("the file is set back", lambda store: store.add_document(OLD), 4),
    ("its run is reset", lambda store: store.reset_run(make_run("second").id), 4),
    (
        "it is decoded anew",
        lambda store: store.add_document(
            NEW.model_copy(update={"source": "甲" + NEW.source})
        ),
        0,
    ),
]


def test_flag_follows_runs_and_versions(tmp_path: Path) -> None:
    """After each step of a long life exactly the latest records are shown."""
    path = tmp_path / "plans.db"
    with Store(path) as store:
        found = [
            (name, step(store), assert_in_step(path))[::2] for name, step, _ in STEPS
        ]

    assert [(name, count) for name, _, count in STEPS] == found


@pytest.mark.parametrize("finished", [True, False])
def test_an_upgrade_marks_what_is_shown(tmp_path: Path, finished: bool) -> None:
    """A flag that is lost comes back when the document is seen again."""
    path = tmp_path / "plans.db"
    with Store(path) as store:
        fill(store, make_run(), OLD)
        if not finished:
            begin(store, "second", OLD)
    with closing(sqlite3.connect(path)) as conn, conn:
        conn.execute("update commitments set is_shown = 1 - is_shown")

    with Store(path) as store:
        store.add_document(OLD)

    assert 4 == assert_in_step(path)
