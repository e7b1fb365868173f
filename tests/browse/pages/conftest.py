"""Fixtures of the pages: a hostile plan, served as `extract serve` does."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from extractor.core.records import Cut, Document
from extractor.core.spans import Span
from extractor.store.store import Store
from tests.browse.site import fetching, reading
from tests.store_samples import PLAN, SCRIPT, fill, make_document, make_run

NAME = "plans"
HOSTILE = f'{SCRIPT}"><img onerror=a()>{{{{7*7}}}}javascript:a()'


def hostile_document() -> Document:
    """Return the sample plan with hostile words wherever words can stand."""
    return make_document(
        PLAN,
        path=f"plans/{HOSTILE}.txt",
        title=HOSTILE,
        issuer=HOSTILE,
        cuts=(Cut(span=Span(0, 4), reason="furniture", text=HOSTILE),),
    )


@pytest.fixture(scope="session")
def hostile_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a database with one finished run over a hostile plan; nobody writes it."""
    path = tmp_path_factory.mktemp("pages") / f"{NAME}.db"
    with Store(path) as store:
        fill(store, make_run(model=HOSTILE), hostile_document())
    with closing(sqlite3.connect(path)) as conn, conn:
        conn.execute("update items set label = ?, heading_path = ?", [HOSTILE, "[]"])
        conn.execute("update commitments set locator = ?, page = 3", [HOSTILE])
        conn.execute("update failures set kind = ?", [HOSTILE])
    return path


@pytest.fixture(scope="session")
def get(hostile_path: Path) -> Iterator[Callable[..., Any]]:
    """Fetch a page of the hostile database by its address."""
    with fetching(hostile_path) as fetch:
        yield fetch


@pytest.fixture
def conn(hostile_path: Path) -> Iterator[sqlite3.Connection]:
    """Open the hostile database for reading."""
    with reading(hostile_path) as conn:
        yield conn


def assert_harmless(html: str) -> None:
    """Fail when a document's markup, address or template got into the page."""
    for markup in ("<script>alert", "<img", "onerror='a()'>", "丙市教育局<b>"):
        assert markup not in html
    for link in ('href="javascript', 'href="https://evil', "src='"):
        assert link not in html
    assert "{{7*7}}" in html
    assert "&lt;script&gt;alert" in html
