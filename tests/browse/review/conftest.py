"""Fixtures of reviewing: a hostile plan, served with a desk, and a browser of ours."""

from __future__ import annotations

import asyncio
import re
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from extractor.browse.serving import datasette_app
from extractor.browse.writing.desk import Desk
from extractor.store.store import Store
from tests.store_samples import fill, make_document, make_items, make_run

NAME = "plans"
DOCUMENT = make_document()
ITEMS = make_items(DOCUMENT)
PLAN = f"/-/plan/{NAME}/{DOCUMENT.id}"
REVIEW = f"/-/review/{NAME}/{DOCUMENT.id}"
UNDO = f"/-/review/{NAME}/undo"


class Browser:
    """What a browser does: keeps cookies, says where it comes from, sends forms."""

    def __init__(self, site: Any, path: Path, desk: Desk | None) -> None:
        self.site, self.path, self.desk = site, path, desk
        self.cookies: dict[str, str] = {}

    def _keep(self, response: Any) -> Any:
        self.cookies |= dict(response.cookies)
        return response

    def get(self, address: str) -> Any:
        """Open a page."""
        return self._keep(
            asyncio.run(self.site.client.get(address, cookies=self.cookies))
        )

    def enter(self, reviewer: str | None = "甲", plan: str = PLAN) -> Browser:
        """Open the printed address, then the plan, and say who reviews."""
        assert self.desk
        assert 303 == self.get(f"/-/review/enter?token={self.desk.token}").status_code
        self.get(plan)
        if reviewer:
            assert 303 == self.post("/-/review/name", name=reviewer).status_code
        return self

    def post(self, address: str, headers: Any = None, **form: str) -> Any:
        """Send a form of the page, as it is sent without a script."""
        form.setdefault("csrftoken", self.cookies.get("ds_csrftoken", ""))
        own = {"origin": "http://localhost", "sec-fetch-site": "same-origin"}
        return self._keep(
            asyncio.run(
                self.site.client.post(
                    address,
                    data=form,
                    cookies=self.cookies,
                    headers=own | (headers or {}),
                )
            )
        )

    def send(self, address: str, **said: Any) -> Any:
        """Send JSON, as a script does."""
        return asyncio.run(
            self.site.client.post(
                address,
                json=said,
                cookies=self.cookies,
                headers={"x-csrftoken": self.cookies.get("ds_csrftoken", "")},
            )
        )

    def rows(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        """Read the database as another program would."""
        with closing(sqlite3.connect(self.path)) as conn:
            return conn.execute(sql, values).fetchall()

    def reviews(self) -> list[tuple[Any, ...]]:
        """Return all rows of reviews, in short."""
        return self.rows(
            "select reviewer, verdict, note, undoes is not null from reviews "
            "order by rowid"
        )

    def record(self, action: str) -> str:
        """Return the id of the record with a verb."""
        ((found,),) = self.rows("select id from commitments where action = ?", action)
        return str(found)


def close(site: Any) -> None:
    """Let go of the database."""
    for database in site.databases.values():
        database.close()
    site.executor.shutdown()


def text_of(html: str) -> str:
    """Return the words of a page."""
    return " ".join(re.sub(r"<[^>]*>", " ", html).split())


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a database with one finished run over the hostile plan; nobody writes it."""
    path = tmp_path_factory.mktemp("review") / f"{NAME}.db"
    with Store(path) as store:
        fill(store, make_run())
    return path


@pytest.fixture
def path(filled: Path, tmp_path: Path) -> Path:
    """Return a copy of it to write to."""
    return Path(shutil.copy(filled, tmp_path))


@pytest.fixture
def stranger(path: Path) -> Iterator[Browser]:
    """Serve it for review, to somebody who has not entered."""
    desk = Desk(path)
    site = datasette_app(path, desk)
    yield Browser(site, path, desk)
    close(site)


@pytest.fixture
def browser(stranger: Browser) -> Browser:
    """Enter as 甲."""
    return stranger.enter()
