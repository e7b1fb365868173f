"""Counts as SQL: quicker, and the same."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest

from extractor.browse.count_sql import quicker
from tests.big_database import make

COLUMNS = ("who", "plan_year", "kind", "review", "reviewer", "method")
FILTERS = (
    "",
    "where kind = 'hard'",
    "where review = 'corrected'",
    "where commitment_id in (select id from commitments where unit = '个')",
)


@pytest.fixture(scope="module")
def conn(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    """Open a database of some records, a few of which were judged."""
    path = tmp_path_factory.mktemp("counts") / "plans.db"
    make(path, 2400, 1200)
    with closing(sqlite3.connect(path)) as conn:
        yield conn


def values_sql(table: str, column: str, where: str) -> str:
    """Return the statement by which Datasette counts the values of a column."""
    return f"""
        select {column} as value, count(*) as count from (
            select * from {table} {where}
        )
        where {column} is not null
        group by {column} order by count desc, value limit 21
    """


@pytest.mark.parametrize("where", FILTERS)
@pytest.mark.parametrize("table", ["v_commitments", "v_commitments_reviewed"])
def test_values_are_counted_as_before(
    conn: sqlite3.Connection, table: str, where: str
) -> None:
    """Whatever the column, and with a filter or without."""
    columns = [c for c in COLUMNS if not c.startswith("review") or "_rev" in table]
    if "review" in where and "_rev" not in table:
        return
    for column in columns:
        asked = values_sql(table, column, where)
        assert quicker(asked) != asked
        assert conn.execute(quicker(asked)).fetchall() == conn.execute(asked).fetchall()


@pytest.mark.parametrize("where", FILTERS)
def test_rows_are_counted_as_before(conn: sqlite3.Connection, where: str) -> None:
    """One part after the other."""
    asked = f"select count(*) from v_commitments_reviewed {where}"

    assert quicker(asked) != asked
    assert conn.execute(quicker(asked)).fetchone() == conn.execute(asked).fetchone()


@pytest.mark.parametrize(
    "sql",
    [
        "select count(*) from v_commitments_reviewed where 1 group by who",
        "select count(*) from v_commitments_reviewed a, v_reviews b",
        "select count(*) from v_commitments_reviewed limit 1",
        "select count(*) from v_commitments",
        "select who from v_commitments_reviewed",
    ],
)
def test_what_people_ask_themselves_is_left_alone(sql: str) -> None:
    """Only what Datasette counts for its pages is known in all its words."""
    assert quicker(sql) == sql


def test_a_million_is_counted_without_a_look_at_it(conn: sqlite3.Connection) -> None:
    """Values come out of their index, and no index is gone through for a filter."""
    plan = conn.execute(
        "explain query plan " + quicker(values_sql("v_commitments_reviewed", "who", ""))
    )
    filtered = conn.execute(
        "explain query plan "
        + quicker(values_sql("v_commitments", "who", "where plan_year = 2001"))
    )

    assert "COVERING INDEX commitments_shown_by_who" in str(plan.fetchall())
    assert "commitments_shown_by_plan_year" in str(filtered.fetchall())
