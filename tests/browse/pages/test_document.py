"""Document page: the source whole, every record in place, and nothing but text."""

from __future__ import annotations

import asyncio
import re
import sqlite3
from contextlib import closing
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from extractor.browse.pages import document
from extractor.browse.pages.answering import NotHere, Site
from extractor.browse.pages.document import DocumentPage, document_page
from extractor.browse.serving import datasette_app
from extractor.store.store import Store
from tests.big_database import make
from tests.browse.pages.conftest import NAME, assert_harmless
from tests.store_samples import PLAN, fill, make_document, make_run


def page_of(conn: sqlite3.Connection) -> DocumentPage:
    """Read the page of the only document."""
    (id_,) = conn.execute("select id from documents").fetchone()
    return document_page(conn, id_)


def printed(page: DocumentPage) -> str:
    """Return the source as the page's text has it."""
    html = "".join(block.text for block in page.blocks)
    return unescape(re.sub(r"<[^>]*>", "", html))


def test_source_is_whole(conn: sqlite3.Connection) -> None:
    """Without the tags the blocks are the source, character by character."""
    assert PLAN == printed(page_of(conn))


def test_every_record_has_its_place(get: Any, conn: sqlite3.Connection) -> None:
    """A record's link is in its clause, and its entry in the list leads there."""
    page = page_of(conn)
    html = get(f"/-/plan/{NAME}/{page.document['id']}").text
    ids = [row["id"] for row in conn.execute("select id from commitments")]

    assert 4 == len(ids)
    for id_ in ids:
        assert 1 == html.count(f'id="r-{id_}"')
        assert 1 == html.count(f'id="l-{id_}"')
        assert f'href="/-/record/{NAME}/{id_}"' in html


def test_counts_are_the_database_s(conn: sqlite3.Connection) -> None:
    """Items, promises, failures and idle numbers are those of the views."""
    counts = page_of(conn).counts
    run = conn.execute("select * from v_runs").fetchone()

    for name in ("items", "with_records", "without_records", "failed", "hard"):
        assert run[name] == getattr(counts, name)
    assert run["soft_records"] == counts.soft
    (unused,) = conn.execute("select count(*) from v_left_out").fetchone()
    assert unused == counts.unused
    assert 0 == counts.not_done


def test_doubts_stand_at_their_records(get: Any, conn: sqlite3.Connection) -> None:
    """A refused field and a missing verb are named, in text and in the list."""
    page = page_of(conn)
    kinds = {doubt.kind for card in page.doubtful for doubt in card.doubts}
    html = get(f"/-/plan/{NAME}/{page.document['id']}").text

    assert {"ungrounded", "no-verb", "differ"} <= kinds
    assert page.counts.doubtful == len(page.doubtful)
    assert html.count('class="n is-doubtful" id="r-') == page.counts.doubtful


def test_hostile_words_are_text(get: Any, conn: sqlite3.Connection) -> None:
    """Markup in source, title, issuer, label, path and messages does nothing."""
    response = get(f"/-/plan/{NAME}/{page_of(conn).document['id']}")

    assert 200 == response.status_code
    assert_harmless(response.text)


@pytest.mark.parametrize(
    ("address", "status"),
    [
        pytest.param(f"/-/plan/{NAME}/0123456789abcdef", 404, id="unknown"),
        pytest.param("/-/plan/other/0123456789abcdef", 404, id="other-database"),
        pytest.param(f"/-/plan/{NAME}/~3Cscript~3Ealert", 404, id="no-id"),
        pytest.param(f"/-/plan/{NAME}/0123456789ABCDEF", 404, id="upper-case"),
        pytest.param("/-/plan/_internal/0123456789abcdef", 404, id="internal"),
    ],
)
def test_wrong_address_is_told(get: Any, address: str, status: int) -> None:
    """What is not there answers with a plain page."""
    response = get(address)

    assert status == response.status_code
    assert "Traceback" not in response.text
    assert "<script>alert" not in response.text


def test_unknown_document_is_not_here(conn: sqlite3.Connection) -> None:
    """Reading says so, too."""
    with pytest.raises(NotHere, match="no document"):
        document_page(conn, "0" * 16)


def test_spans_from_elsewhere_do_no_harm(tmp_path: Path) -> None:
    """A database with impossible spans still shows the whole source."""
    path = tmp_path / "odd.db"
    with Store(path) as store:
        fill(store, make_run())
    with sqlite3.connect(path) as conn:
        conn.row_factory = sqlite3.Row
        conn.execute('update commitments set "start" = 5, "end" = 99999')
        conn.execute("update commitments set object_start = 9, object_end = 3")
        conn.execute('update items set "start" = 20, "end" = 60 where position < 2')
        conn.execute("update documents set cuts = '[]'")
        page = page_of(conn)
    conn.close()

    assert PLAN == printed(page)
    assert 4 == sum(len(block.cards) for block in page.blocks)


def test_document_without_a_run_shows_its_source(tmp_path: Path) -> None:
    """A file that was only read has a page without records."""
    path = tmp_path / "new.db"
    with Store(path) as store:
        store.add_document(make_document())
    with sqlite3.connect(path) as conn:
        conn.row_factory = sqlite3.Row
        page = page_of(conn)
    conn.close()

    assert PLAN == printed(page)
    assert page.run is None
    assert 0 == page.counts.items


def statements(path: Path) -> list[str]:
    """Return what is asked of a database for the page of its only document."""
    asked: list[str] = []
    with closing(sqlite3.connect(path)) as conn:
        conn.row_factory = sqlite3.Row
        (id_,) = conn.execute("select id from documents").fetchone()
        conn.set_trace_callback(asked.append)
        document_page(conn, id_)
    return asked


def test_no_record_is_asked_for_alone(tmp_path: Path) -> None:
    """Of ten times as many records the page asks no more often."""
    for name, records in (("short", 30), ("long", 300)):
        make(tmp_path / f"{name}.db", records, records)

    short, long = (statements(tmp_path / f"{name}.db") for name in ("short", "long"))

    assert len(short) == len(long) < 20


def test_readings_alike_are_not_read(tmp_path: Path) -> None:
    """Where both readers say the same there is no doubt, and nothing to make of it."""
    path = tmp_path / "plan.db"
    make(path, 300, 300)
    with closing(sqlite3.connect(path)) as conn:
        conn.row_factory = sqlite3.Row
        (id_,) = conn.execute("select id from documents").fetchone()
        (reading,) = (sql for sql in statements(path) if "from readings" in sql)
        read = conn.execute(reading).fetchall()
        differ = conn.execute(
            'select "start" from v_readings where agree = 0'
        ).fetchall()
        page = document_page(conn, id_)
    doubtful = [
        card
        for card in page.doubtful
        if any(doubt.kind == "differ" for doubt in card.doubts)
    ]

    assert len(differ) == len(doubtful) == len(read) / 2 == 33


def test_long_page_is_no_heavier_than_it_must(tmp_path: Path) -> None:
    """A record has its id six times on the page, and not at each of its words."""
    path = tmp_path / f"{NAME}.db"
    make(path, 300, 300)
    app = datasette_app(path)
    html = asyncio.run(app.client.get(f"/-/plan/{NAME}/{0:016x}")).text
    for database in app.databases.values():
        database.close()

    assert len(html) / 300 < 930
    assert html.count(f"{99:016x}") == 6


def test_long_page_is_sent_while_it_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What cannot be made says so at its place, behind all that was sent before.

    Such a page is not kept: the next reader sees it whole.
    """
    path = tmp_path / f"{NAME}.db"
    make(path, 300, 300)
    app = datasette_app(path)
    made: list[int] = []
    part = Site.part

    def failing(site: Site, template: str, page: Any) -> Any:
        made.append(len(page.blocks))
        if len(made) == 2:
            raise ValueError
        return part(site, template, page)

    monkeypatch.setattr(document, "AT_ONCE", 10)
    monkeypatch.setattr(Site, "part", failing)
    address = f"/-/plan/{NAME}/{0:016x}"
    broken, whole = (asyncio.run(app.client.get(address)).text for _ in range(2))
    for database in app.databases.values():
        database.close()

    assert made == [10, 10, 10, 10, 10, 2]
    assert "the rest of the page is missing" in broken
    assert broken.count('class="block item"') == 9
    assert whole.count('class="block item"') == 30
    assert broken.endswith(whole[-20:])
