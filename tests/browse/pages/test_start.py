"""Start page: the numbers of the database, links to what is behind them, only text."""

from __future__ import annotations

import asyncio
import re
import sqlite3
from contextlib import closing
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from extractor.browse.canned import QUERIES
from extractor.browse.dictionary import TABLES, VIEWS
from extractor.browse.pages.document import document_page
from extractor.browse.pages.start import find_doubts, unsettled
from extractor.browse.pages.summary import summary
from extractor.browse.serving import datasette_app
from extractor.store.store import Store
from tests.browse.pages.conftest import NAME, assert_harmless
from tests.store_samples import fill, make_document, make_items, make_run


def test_numbers_are_the_database_s(conn: sqlite3.Connection) -> None:
    """Documents, items, promises, failures, calls and cost are those of the views."""
    found = summary(conn)
    run = conn.execute("select * from v_runs").fetchone()

    assert 1 == len(found.documents)
    assert run["items"] == found.total("items")
    assert run["hard"] == found.total("hard")
    assert run["soft_records"] == found.total("soft")
    assert run["failed"] == found.total("failed")
    assert (run["calls"], run["cost_usd"]) == (found.calls, found.cost_usd)
    assert [run["cost_usd"]] == [row.cost_usd for row in found.documents]


def test_pictures_count_every_record(conn: sqlite3.Connection) -> None:
    """Deadlines, targets and actors are counted in the latest run, each once."""
    found = summary(conn)
    (due, targets, records) = conn.execute(
        "select count(deadline_date), count(target_value), count(*) from v_commitments"
    ).fetchone()

    assert due == sum(month.count for _, months in found.years for month in months)
    assert ["2031"] == [year for year, _ in found.years]
    assert targets == sum(bar.total for bar in found.units)
    assert records == sum(bar.total for bar in found.actors)


def test_doubts_are_those_of_the_document_page(conn: sqlite3.Connection) -> None:
    """The number beside a document is the one on its page; known ones are kept."""
    (row,) = summary(conn).documents
    found = find_doubts(conn, (row,), {})
    counted = unsettled(found, {})

    assert document_page(conn, row.id).counts.doubtful == counted[row.id, row.run_id]
    assert {} == find_doubts(conn, (row,), found)


def test_index_is_the_start_page(get: Any, conn: sqlite3.Connection) -> None:
    """With one database of ours the site begins with what its plans promise."""
    (document_id,) = conn.execute("select id from documents").fetchone()
    index, page = get("/"), get(f"/-/plans/{NAME}")

    assert 200 == index.status_code == page.status_code
    for html in (index.text, page.text):
        assert f'href="/-/plan/{NAME}/{document_id}"' in html
        assert f'action="/{NAME}/v_commitments"' in html
        for name in [*QUERIES, *VIEWS, *TABLES]:
            assert f'href="/{NAME}/{name}"' in html
    assert "databases" not in get("/.json").text
    assert NAME in get("/.json").json()


def test_links_find_what_was_counted(get: Any) -> None:
    """Each number of a month, a unit or an actor leads to as many rows."""
    html = get("/").text
    links = [
        unescape(link)
        for link in re.findall(rf'href="(/{NAME}/v_commitments\?[^"]+)"', html)
    ]

    assert len(links) >= 4
    for link in links:
        rows = get(link.replace("v_commitments?", "v_commitments.json?")).json()
        assert rows["filtered_table_rows_count"] > 0, link


def test_hostile_words_are_text(get: Any) -> None:
    """Markup in titles, issuers, actors and paths does nothing."""
    assert_harmless(get("/").text)


@pytest.mark.parametrize("page", ["0", "99", "-1", "x", "9" * 50, "٣"])
def test_any_page_number_answers(get: Any, page: str) -> None:
    """A number that is none shows a page that is there."""
    response = get(f"/?page={page}")

    assert 200 == response.status_code
    assert 'class="plain wide"' in response.text


def test_other_database_has_no_start_page(get: Any) -> None:
    """A name that is not attached answers with a plain page."""
    assert 404 == get("/-/plans/other").status_code


def test_start_page_follows_the_database(tmp_path: Path) -> None:
    """What is written while the site is open shows at the next look."""
    path = tmp_path / f"{NAME}.db"
    with Store(path) as store:
        app = datasette_app(path)
        empty = asyncio.run(app.client.get("/")).text
        document = make_document()
        store.add_document(document)
        store.add_items(make_items(document))
        unread = asyncio.run(app.client.get("/")).text
        fill(store, make_run())
        full = asyncio.run(app.client.get("/")).text
        for database in app.databases.values():
            database.close()

    assert "There are no documents yet" in empty
    assert "not yet read" in unread
    assert "not yet read" not in full


def test_other_databases_keep_their_index(hostile_path: Path, tmp_path: Path) -> None:
    """Beside another program's database the index is its own, with a way to ours."""
    from datasette.app import Datasette  # type: ignore[import-untyped]  # no types

    other = tmp_path / "other.db"
    with closing(sqlite3.connect(other)) as conn, conn:
        conn.execute("create table pages (kind text)")
        conn.execute("insert into pages values ('hard')")
    datasette_app(hostile_path)  # registers the plugin, as its entry point does
    app = Datasette([str(hostile_path), str(other)])
    index = asyncio.run(app.client.get("/")).text
    table = asyncio.run(app.client.get("/other/pages")).text
    for database in app.databases.values():
        database.close()

    assert 'href="/other"' in index
    assert f'href="/-/plans/{NAME}"' in index
    assert "硬承诺" not in table
    assert "column-descriptions" not in table
    assert "Advanced export" in table


def test_questions_without_metadata(hostile_path: Path) -> None:
    """Plain Datasette offers the same questions."""
    from datasette.app import Datasette

    app = Datasette([str(hostile_path)])
    response = asyncio.run(app.client.get(f"/{NAME}/due_before?date=2031-12-31"))
    for database in app.databases.values():
        database.close()

    assert 200 == response.status_code
    assert "2031-12-31" in response.text
