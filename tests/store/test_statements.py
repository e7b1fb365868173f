"""Tests of statements made for every item: none looks through the whole run."""

from __future__ import annotations

import sqlite3
from typing import Any

import pytest

from extractor.core.runs import Failure
from extractor.store.outcomes import Outcome
from extractor.store.store import Store
from tests.store_samples import fill, make_run


def test_no_statement_of_an_item_grows_with_the_run(
    fresh_db: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each finds its rows by the item, the document or the request, never by the run.

    Ten times the items must not be a hundred times the time.
    """
    run = make_run()
    items = fill(fresh_db, run)
    conn, made = fresh_db._conn, []

    class Listening:
        def __getattr__(self, name: str) -> Any:
            return getattr(conn, name)

        def execute(self, sql: str, *values: Any) -> sqlite3.Cursor:
            made.append((sql, values))
            return conn.execute(sql, *values)

    monkeypatch.setattr(fresh_db, "_conn", Listening())
    item = items[0]
    call = {"item_id": item.id, "request_key": "k", "purpose": "p", "model": "m"}
    call |= {"attempt": 1, "started_at": "2026-01-01T00:00:00.000000Z"}
    fresh_db.answered_call(run.id, "k", "")
    fresh_db.add_call(run.id, call)
    fresh_db.add_outcomes(run.id, [Outcome(item, [], Failure("transport", "no"))])
    fresh_db.add_outcomes(run.id, [Outcome(item, [])])
    fresh_db.done_items(run.id, item.document_id)
    fresh_db.start_document(run.id, item.document_id, 0)
    fresh_db.finish_document(run.id, item.document_id)
    plans = {
        step
        for sql, values in made
        if sql.split()[0] in {"select", "delete", "update", "insert"}
        for *_, step in conn.execute(f"explain query plan {sql}", *values)
    }

    assert len(plans) > 10
    assert [step for step in plans if step.startswith("SCAN") and "-" not in step] == []
    assert [step for step in plans if "(run_id=?)" in step] == []
