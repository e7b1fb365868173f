"""Changes page: two runs over one document, as text and with links to records."""

from __future__ import annotations

import sqlite3
from typing import Any

import pytest

from extractor.browse.across.changes import changes_page
from tests.browse.across.test_indicators import table
from tests.browse.pages.conftest import NAME, assert_harmless
from tests.store_samples import make_run

HERE = f"/-/changes/{NAME}"


def test_two_runs(conn: sqlite3.Connection, plans: dict[str, str]) -> None:
    """The last two are compared when none are named, each record once."""
    page = changes_page(conn, plans["earlier"])
    counts = dict(page.counts)

    assert {"changed": 1, "first": 0, "second": 0, "same": 3} == counts
    assert [("value",)] == [change.fields for change in page.changes]


def test_runs_may_be_named(conn: sqlite3.Connection, plans: dict[str, str]) -> None:
    """Swapped runs show the same with the sides swapped; a run equals itself."""
    first, second = make_run().id, make_run("second").id
    there = changes_page(conn, plans["earlier"], first, second)
    back = changes_page(conn, plans["earlier"], second, first)
    itself = changes_page(conn, plans["earlier"], first, first)

    assert [(c.first, c.second) for c in there.changes] == [
        (c.second, c.first) for c in back.changes
    ]
    assert {"changed": 0, "first": 0, "second": 0, "same": 4} == dict(itself.counts)


def test_page(get: Any, plans: dict[str, str]) -> None:
    """Hostile words are text, and both records are linked."""
    every = get(f"{HERE}?document={plans['earlier']}&kind=same").text
    differing = get(f"{HERE}?document={plans['earlier']}").text

    assert_harmless(every + differing)
    assert 2 == differing.count(f'href="/-/record/{NAME}/')
    assert '<span lang="zh">数值</span>' in differing


def test_one_run_only(get: Any, plans: dict[str, str]) -> None:
    """There is nothing to compare yet."""
    assert "read once only" in get(f"{HERE}?document={plans['later']}").text


@pytest.mark.parametrize("query", ["", "?document=x", "?document={}&first=x"])
def test_what_is_not_there(get: Any, plans: dict[str, str], query: str) -> None:
    """An id of nothing answers with a plain page."""
    assert 404 == get(HERE + query.format(plans["earlier"])).status_code


def test_csv(get: Any, plans: dict[str, str]) -> None:
    """The file has what the page has."""
    (row,) = table(get(f"{HERE}/table.csv?document={plans['earlier']}"))

    assert "有不同 changed" == row["what"]
    assert "数值 value" == row["differs"]
    assert row["first"].startswith("新增") and row["second"].startswith("新增")


def test_document_page_leads_there(get: Any, plans: dict[str, str]) -> None:
    """A document with two runs says so."""
    link = f'href="{HERE}?document={plans["earlier"]}"'

    assert link in get(f"/-/plan/{NAME}/{plans['earlier']}").text
    assert HERE not in get(f"/-/plan/{NAME}/{plans['later']}").text
