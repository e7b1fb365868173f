"""CSV from the pages: a spreadsheet knows its script and runs nothing of it."""

from __future__ import annotations

import asyncio
import csv
import io
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from extractor.browse.serving import datasette_app
from extractor.browse.spreadsheets import for_spreadsheets, without_formulas
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


FORMULA = '=HYPERLINK("http://x.invalid","来看")'


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("=1+1,b\r\n", "'=1+1,b\r\n"),
        ('a,"=X(""b"",1)"\r\n', 'a,"\'=X(""b"",1)"\r\n'),
        ("-5,+3.5,-1e-07,- 5\r\n", "-5,+3.5,-1e-07,'- 5\r\n"),
        ('"a, =b","c\r\n=d"\r\n@e,\tf\r\n', '"a, =b","c\r\n=d"\r\n\'@e,\'\tf\r\n'),
        ("＝1,'=1,,\r\n", "'＝1,'=1,,\r\n"),
        ('"""=",""\r\n', '"""=",""\r\n'),
    ],
)
def test_no_text_begins_like_a_formula(written: str, expected: str) -> None:
    """Numbers are no texts, and what stands inside a cell is not its beginning."""
    assert without_formulas(written) == expected


@pytest.mark.parametrize("stream", ["", "&_stream=on"])
def test_a_formula_of_a_plan_stays_text(site: Any, tmp_path: Path, stream: str) -> None:
    """As in an export: the page's CSV has it behind an apostrophe, once."""
    with closing(sqlite3.connect(tmp_path / "a.db")) as conn, conn:
        conn.execute(
            "update commitments set object = ?, target_value = -5", [f"{FORMULA}\n-"]
        )
    address = f"/a/v_commitments.csv?_size=max{stream}"
    response = asyncio.run(site.client.get(address))
    rows = list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"))))

    assert {row["object"] for row in rows} == {f"'{FORMULA}\n-"}
    assert {row["target_value"] for row in rows} == {"-5"}


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
def test_rows_may_come_in_pieces(size: int) -> None:
    """Wherever an answer is cut, the same is sent on."""
    whole = 'a,b\r\n"=1\r\n,""x""",-2\r\n公式,"=X(""来看"",1)"\r\n'
    body = whole.encode()
    sent: list[Any] = []

    async def app(_scope: Any, _receive: Any, send: Any) -> None:
        headers = [(b"content-type", b"text/csv"), (b"content-length", b"1")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        for at in range(0, len(body), size):
            piece = {"body": body[at : at + size], "more_body": True}
            await send({"type": "http.response.body"} | piece)
        await send({"type": "http.response.body", "body": b""})

    async def keep(event: Any) -> None:
        sent.append(event)

    scope = {"type": "http", "path": "/a/x.csv"}
    asyncio.run(for_spreadsheets(app)(scope, None, keep))

    got = b"".join(event.get("body", b"") for event in sent).decode("utf-8-sig")
    assert got == without_formulas(whole)
    assert sent[0]["headers"] == [(b"content-type", b"text/csv")]
