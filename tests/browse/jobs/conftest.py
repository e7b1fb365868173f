"""Fixtures of jobs: an empty database served for writing, and a program that asks."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import pytest

from extractor.browse.jobs.uploads import uploads
from extractor.browse.jobs.waiting import close_jobs
from extractor.browse.serving import datasette_app
from extractor.browse.writing.desk import Desk
from extractor.store.store import Store
from tests.browse.review.conftest import Browser, close

NAME = "plans"
SEND = f"/-/api/{NAME}/extract"
FORM = f"/-/extract/{NAME}"
PLAN = """丙市教育局2031年工作要点
一、扩大供给
1.增加学位。2031年底前新增公办幼儿园学位1.5万个。
2.建成学校30所，培训教师500名。
3.加强宣传。
"""
WAIT_S = 60


class Program:
    """What a program does: sends plans with the token, and asks how they stand."""

    def __init__(self, site: Any, desk: Desk) -> None:
        self.site, self.desk, self.path = site, desk, desk.path
        self.token: str | None = desk.token

    def ask(self, method: str, address: str, headers: Any = None, **said: Any) -> Any:
        """Send a request."""
        own = {"authorization": f"Bearer {self.token}"} if self.token else {}
        asking = self.site.client.request(
            method, address, headers=own | (headers or {}), **said
        )
        return asyncio.run(asking)

    def send(self, text: str = PLAN, **told: Any) -> Any:
        """Send a text."""
        return self.ask("POST", SEND, json={"text": text, **told})

    def upload(self, name: str, content: bytes, **told: str) -> Any:
        """Send a file."""
        return self.ask("POST", SEND, files={"file": (name, content)}, data=told)

    def job(self, sent: Any) -> dict[str, Any]:
        """Return how the job of an answer stands."""
        job: dict[str, Any] = self.ask("GET", sent.headers["location"]).json()
        return job

    def wait(self, sent: Any) -> dict[str, Any]:
        """Return how the job of an answer ended."""
        assert 202 == sent.status_code, sent.text
        until = time.monotonic() + WAIT_S
        while (job := self.job(sent))["state"] in ("waiting", "running"):
            assert time.monotonic() < until, job
            time.sleep(0.05)
        return job

    def rows(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        """Read the database as another program would."""
        with closing(sqlite3.connect(self.path)) as conn:
            return conn.execute(sql, values).fetchall()

    def kept(self) -> list[str]:
        """Return the names of the files that are kept."""
        folder = uploads(self.path)
        return sorted(file.name for file in folder.iterdir()) if folder.is_dir() else []

    def is_untouched(self) -> bool:
        """Say whether nothing was written."""
        tables = ("documents", "items", "runs", "llm_calls")
        rows = [self.rows(f"select count(*) from {table}") for table in tables]
        return rows == [[(0,)]] * len(tables) and not uploads(self.path).exists()


Open = Callable[..., Program]


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Open]:
    """Return what serves a database for writing, with the models that are allowed."""
    with ExitStack() as stack:

        def serve(**given: Any) -> Program:
            path = tmp_path / f"{NAME}.db"
            Store(path).close()
            desk = Desk(path, **given)
            site = datasette_app(path, desk)
            stack.callback(close, site)
            stack.callback(close_jobs, site)
            return Program(site, desk)

        yield serve


@pytest.fixture
def program(opened: Open) -> Program:
    """Serve it with the rules alone."""
    return opened()


@pytest.fixture
def browser(program: Program) -> Browser:
    """Enter with a browser."""
    visitor = Browser(program.site, program.path, program.desk)
    return visitor.enter(reviewer=None, plan=FORM)
