"""Fixtures of the pages that compare: hostile plans of one body, read twice."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from extractor.store.store import Store
from tests.browse.pages.conftest import HOSTILE, NAME, hostile_document
from tests.browse.site import fetching, reading
from tests.store_samples import PLAN, fill, make_document, make_run

FORMULA = "=HYPERLINK(学位)"


def later_document() -> Any:
    """Return the plan of the next year of the hostile body."""
    return make_document(
        PLAN.replace("丙市教育局2031", "丙市教育局2032"),
        path="plans/later.txt",
        title=HOSTILE,
        issuer=HOSTILE,
        plan_year=2032,
    )


@pytest.fixture(scope="session")
def across_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a database of two plans of one body, one of another, and two runs."""
    path = tmp_path_factory.mktemp("across") / f"{NAME}.db"
    other = make_document(PLAN.replace("2031年工作", "工作"), path="plans/other.txt")
    with Store(path) as store:
        fill(store, make_run(), hostile_document())
        fill(store, make_run("second", model=HOSTILE), hostile_document())
        fill(store, make_run("later"), later_document())
        fill(store, make_run("other"), other)
    with closing(sqlite3.connect(path)) as conn, conn:
        (run,) = conn.execute(
            "select run_id from v_commitments where plan_year = 2032"
        ).fetchone()
        conn.execute(
            "update commitments set target_value = 20000, target_quote = '2万个', "
            "deadline_date = '2032-12-31' where run_id = ? and action = '新增'",
            [run],
        )
        conn.execute(
            "update commitments set object = ? where run_id = ? and action = '建成'",
            [FORMULA, run],
        )
        conn.execute(
            "update commitments set target_value = 16000 where run_id = ? "
            "and action = '新增'",
            [make_run().id],
        )
    return path


@pytest.fixture(scope="session")
def get(across_path: Path) -> Iterator[Callable[..., Any]]:
    """Fetch a page of the database by its address."""
    with fetching(across_path) as fetch:
        yield fetch


@pytest.fixture
def conn(across_path: Path) -> Iterator[sqlite3.Connection]:
    """Open the database for reading."""
    with reading(across_path) as conn:
        yield conn


@pytest.fixture
def plans(conn: sqlite3.Connection) -> dict[str, str]:
    """Return the ids of the plans by year and body."""
    rows = conn.execute("select id, path from documents")
    names = {"later.txt": "later", "other.txt": "other"}
    return {names.get(path.rpartition("/")[2], "earlier"): id_ for id_, path in rows}
