"""CSV from the pages: a spreadsheet knows its script, a program its length."""

from __future__ import annotations

import asyncio
import csv
import io
from pathlib import Path
from typing import Any

import pytest

from extractor.browse.serving import datasette_app
from extractor.store.store import Store
from tests.store_samples import fill, make_run


@pytest.fixture
def site(tmp_path: Path) -> Any:
    """Serve a filled database."""
    with Store(tmp_path / "a.db") as store:
        fill(store, make_run())
    return datasette_app(tmp_path / "a.db")


@pytest.mark.parametrize(
    "address",
    ["/a/v_commitments.csv", "/a/v_commitments.csv?_dl=1&_stream=1",
     "/a/search.csv?words=x", "/-/indicators/a/table.csv"],
)  # fmt: skip
def test_csv_begins_with_one_mark(site: Any, address: str) -> None:
    """Excel takes UTF-8 for the code page of the machine without it."""
    response = asyncio.run(site.client.get(address))

    assert response.status_code == 200
    assert response.content.startswith(b"\xef\xbb\xbf")
    assert response.content.count(b"\xef\xbb\xbf") == 1
    length = response.headers.get("content-length")
    assert length is None or int(length) == len(response.content)
    assert list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))


@pytest.mark.parametrize("address", ["/a/nothing.csv", "/a/v_commitments.json"])
def test_nothing_else_is_marked(site: Any, address: str) -> None:
    """An error and other formats stay as they are."""
    response = asyncio.run(site.client.get(address))

    assert not response.content.startswith(b"\xef\xbb\xbf")
