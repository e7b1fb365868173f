"""Counts of a served database: made once, and anew when the file was written to."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from extractor.browse.counting import KEPT
from extractor.browse.serving import datasette_app
from extractor.store.store import Store
from tests.store_samples import fill, make_run

FACET = "select kind as value, count(*) as count from commitments group by kind"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Write a database."""
    with Store(tmp_path / "a.db") as store:
        fill(store, make_run())
    return tmp_path / "a.db"


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the statements that reach SQLite."""
    from datasette.database import Database

    statements: list[str] = []
    execute = Database.execute

    async def noted(self: Any, sql: str, *arguments: Any, **named: Any) -> Any:
        statements.append(sql)
        return await execute(self, sql, *arguments, **named)

    monkeypatch.setattr(Database, "execute", noted)
    return statements


def rows(site: Any, sql: str, params: Any = None) -> list[tuple[Any, ...]]:
    """Return the rows of a statement as a page reads them."""
    found = asyncio.run(site.get_database("a").execute(sql, params))
    return [tuple(row) for row in found.rows]


def test_a_count_is_made_once(path: Path, asked: list[str]) -> None:
    """The same count of the same file is the same; other statements are not kept."""
    site = datasette_app(path)
    first = rows(site, FACET)

    assert rows(site, FACET) == first
    assert asked.count(FACET) == 1
    assert rows(site, "select 1") == rows(site, "select 1") == [(1,)]
    assert asked.count("select 1") == 2


def test_other_parameters_are_another_count(path: Path, asked: list[str]) -> None:
    """What is filtered by another value is counted anew."""
    site = datasette_app(path)
    sql = "select count(*) from commitments where kind = :kind"
    counts = {kind: rows(site, sql, {"kind": kind}) for kind in ("hard", "soft", "x")}

    assert counts["x"] == [(0,)]
    assert counts["hard"] != counts["x"]
    assert asked.count(sql) == 3


def test_a_count_is_made_anew_when_the_file_was_written(path: Path) -> None:
    """What another program writes is seen at once."""
    site = datasette_app(path)
    sql = "select count(*) from commitments"
    ((before,),) = rows(site, sql)
    with closing(sqlite3.connect(path)) as conn, conn:
        conn.execute("delete from commitments")

    assert before > 0
    assert rows(site, sql) == [(0,)]


def test_counts_do_not_pile_up(path: Path) -> None:
    """However many filters are tried, what is kept has a bound."""
    site = datasette_app(path)
    for number in range(KEPT + 20):
        rows(site, f"select count(*) from commitments where position = {number}")

    assert len(site.get_database("a").counts) == KEPT
