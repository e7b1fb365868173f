"""Canned queries: each reads what it shows in the order of an index."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest

from extractor.browse.canned import QUERIES
from extractor.store.finding.search_text import fts_query
from tests.big_database import make


@pytest.fixture(scope="module")
def conn(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    """Open a database of a few hundred records."""
    path = tmp_path_factory.mktemp("canned") / "plans.db"
    make(path, 600, 300)
    with closing(sqlite3.connect(path)) as conn:
        conn.create_function("search_query", 1, fts_query)
        yield conn


def plan_of(conn: sqlite3.Connection, name: str) -> str:
    """Return how SQLite answers a query."""
    query = QUERIES[name]
    rows = conn.execute(
        f"explain query plan {query.sql}", dict.fromkeys(query.params, "学位")
    )
    return "\n".join(str(row[3]) for row in rows)


@pytest.mark.parametrize(
    ("name", "index"),
    [
        pytest.param("due_before", "commitments_shown_by_deadline_date", id="due"),
        pytest.param("targets_by_indicator", "commitments_shown_by_object", id="what"),
        pytest.param("by_actor", "commitments_shown_by_body", id="actor"),
        pytest.param("in_doubt", "read_places_shown_by_doubt", id="doubt"),
        pytest.param("ungrounded", "commitments_shown_ungrounded", id="ungrounded"),
        pytest.param("search", "SCAN f VIRTUAL TABLE INDEX", id="search"),
    ],
)
def test_query_uses_its_index(conn: sqlite3.Connection, name: str, index: str) -> None:
    """However many records there are, those shown come first."""
    assert index in plan_of(conn, name)


@pytest.mark.parametrize(
    "name", ["due_before", "targets_by_indicator", "by_actor", "in_doubt"]
)
def test_query_sorts_nothing_as_a_whole(conn: sqlite3.Connection, name: str) -> None:
    """At most rows that are alike in front are put in order behind."""
    assert "USE TEMP B-TREE FOR ORDER BY" not in plan_of(conn, name)


def test_places_that_were_read_come_in_their_order(conn: sqlite3.Connection) -> None:
    """The view needs no sorting: the rows of an index stand in reading order."""
    plan = str(
        conn.execute("explain query plan select * from v_readings limit 51").fetchall()
    )
    places = conn.execute(
        'select source_path, document_id, "start", "end" from v_readings'
    ).fetchall()

    assert "p USING INDEX read_places_shown (" in plan
    assert places == sorted(places) != []
