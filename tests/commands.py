"""Running commands in tests: their usual arguments, and what they ended with."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import Any

from click.testing import Result

from tests.conftest import DOCUMENTS
from tests.fake_endpoint import FakeEndpoint

PLAN = str(DOCUMENTS / "minsheng-2023.txt")
RULES = ("--model", "rules", "--db", "x.db")


def refused(result: Result, *words: str, code: int = 1) -> str:
    """Check that a command ended with one clear line, and return the line."""
    errors = [line for line in result.stderr.splitlines() if line.startswith("Error: ")]
    assert (result.exit_code, len(errors)) == (code, 1), result.output
    assert "Traceback" not in result.output
    for word in words:
        assert word in errors[0]
    return errors[0]


def hosted(endpoint: FakeEndpoint, *more: str) -> list[str]:
    """Return a command that asks the fake endpoint."""
    url = ("--model", "fake", "--base-url", endpoint.base_url)
    return ["run", PLAN, "--db", "x.db", *url, *more]


def rows(sql: str, db: str = "x.db") -> list[tuple[Any, ...]]:
    """Read the database as another program would."""
    with closing(sqlite3.connect(db)) as conn:
        return conn.execute(sql).fetchall()
