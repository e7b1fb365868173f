"""Search of a table: the same rows for a frequent word as for a rare one, and soon."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from extractor.browse import count_sql, counting, plugin
from extractor.browse.count_sql import bounded, quicker
from extractor.browse.plugin import SEARCHED, search_clauses
from extractor.browse.serving import datasette_app
from tests.big_database import make

WORD = "学位"
MOST = 100
FREQUENT = ("commitments", "items")


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a database in which a word is found 300 times, 60 times a year."""
    path = tmp_path_factory.mktemp("search") / "plans.db"
    make(path, 2400, 480)
    return path


@pytest.fixture
def conn(path: Path) -> Iterator[sqlite3.Connection]:
    """Open it."""
    with closing(sqlite3.connect(path)) as conn:
        yield conn


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the statements that reach SQLite; a hundred rows are many."""
    from datasette.database import Database

    statements: list[str] = []
    execute = Database.execute

    async def noted(self: Any, sql: str, *arguments: Any, **named: Any) -> Any:
        statements.append(" ".join(sql.split()))
        return await execute(self, sql, *arguments, **named)

    monkeypatch.setattr(Database, "execute", noted)
    for module in (count_sql, counting, plugin):
        monkeypatch.setattr(module, "MOST_COUNTED", MOST)
    return statements


def answer(path: Path, table: str, **filters: str) -> Any:
    """Return what a page of a table answers."""
    site = datasette_app(path)
    response = asyncio.run(site.client.get(f"/plans/{table}?{urlencode(filters)}"))
    for database in site.databases.values():
        database.close()
    assert response.status_code == 200
    return response


@pytest.mark.parametrize("table", SEARCHED)
def test_frequent_words_find_the_same_rows(
    conn: sqlite3.Connection, table: str
) -> None:
    """However rows are looked for, they and their order are the same."""
    found = []
    for often in ((), FREQUENT):
        (clause,), params = search_clauses(table, WORD, often)
        sql = f"select * from {table} where {clause} limit 400"
        found.append(conn.execute(sql, params).fetchall())
    rare, frequent = found

    assert len(rare) >= 240
    assert frequent == rare


@pytest.mark.parametrize("table", ["v_commitments", "v_commitments_reviewed"])
def test_frequent_words_are_looked_for_in_order(
    conn: sqlite3.Connection, table: str
) -> None:
    """Rows are gone through in the order of an index; no list is made of all ids."""
    (clause,), params = search_clauses(table, WORD, FREQUENT)
    sql = f"explain query plan select * from {table} where {clause} limit 51"
    steps = [step for *_, step in conn.execute(sql, params)]

    assert "SEARCH c USING INDEX commitments_shown (is_shown=?)" in steps
    assert "SEARCH commitments USING INTEGER PRIMARY KEY (rowid=?)" not in steps


@pytest.mark.parametrize("table", SEARCHED)
def test_counting_stops_at_the_bound(
    conn: sqlite3.Connection, table: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of each part so many are counted, and one; fewer are counted to the end."""
    (clause,), params = search_clauses(table, WORD, FREQUENT)
    count = f"select count(*) from {table} where {clause} "
    ((all_rows,),) = conn.execute(count, params)
    ((below,),) = conn.execute(bounded(count), params)
    monkeypatch.setattr(count_sql, "MOST_COUNTED", MOST)
    ((above,),) = conn.execute(bounded(count), params)

    assert quicker(bounded(count)) == bounded(count)
    assert below == all_rows
    assert MOST < above <= MOST + 20


@pytest.mark.parametrize("table", SEARCHED)
def test_many_rows_are_not_counted_and_the_page_says_so(
    path: Path, asked: list[str], table: str
) -> None:
    """Neither they nor their values: the page says it in both languages, and JSON."""
    html = answer(path, table, _search=WORD).text
    data = answer(path, f"{table}.json", _search=WORD).json()
    counted = [sql for sql in asked if sql.startswith("select") and "group by" in sql]

    assert counted == []
    assert f"超过 {MOST} 行" in html
    assert f"more than {MOST} rows" in html
    assert "找到的行太多" in html
    assert "Too many rows are found to count them by" in html
    assert html.count("<tr") == 51
    assert data["filtered_table_rows_count"] is None
    assert data["facet_results"] == {}


def test_many_rows_are_counted_where_a_filter_leaves_few(
    path: Path, asked: list[str]
) -> None:
    """A frequent word in the plans of one year is counted as ever."""
    data = answer(
        path, "v_commitments_reviewed.json", _search=WORD, plan_year="2001"
    ).json()

    assert asked
    assert 0 < data["filtered_table_rows_count"] <= MOST
    assert len(data["facet_results"]) > 5
    assert "kind" in data["facet_results"]


def test_rare_words_are_counted(path: Path, asked: list[str]) -> None:
    """What few rows have is found by the index, and counted."""
    html = answer(path, "v_commitments", _search="第12水利局").text

    assert asked
    assert "more than" not in html
    assert "facets-timed-out" not in html


def test_people_may_count_what_was_found(path: Path, asked: list[str]) -> None:
    """SQL of their own is answered, also where a page's own count is not."""
    (clause,), params = search_clauses("v_commitments", WORD, FREQUENT)
    sql = f"select count(*) from v_commitments where {clause}"
    site = datasette_app(path)
    query = urlencode({"sql": sql, "_shape": "arrays"} | params)
    counted = asyncio.run(site.client.get(f"/plans.json?{query}")).json()
    for database in site.databases.values():
        database.close()

    assert asked
    assert counted["rows"][0][0] > MOST
