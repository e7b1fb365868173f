"""Refusals: whoever may not write is told so, and nothing is written."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from extractor.browse.review.answers import PLACE
from extractor.browse.serving import datasette_app, serve
from extractor.browse.writing.bucket import Bucket
from extractor.browse.writing.desk import Desk, open_desk
from extractor.browse.writing.places import FORM
from extractor.cli.main import main
from extractor.core.errors import ConfigError, UserError
from tests.browse.review.conftest import (
    ITEMS,
    NAME,
    PLAN,
    REVIEW,
    UNDO,
    Browser,
    close,
)

MAX_BODY = PLACE.max_bytes[FORM]
ADDRESSES = (REVIEW, UNDO, f"{REVIEW}/reading", "/-/review/name")


def form(browser: Browser) -> dict[str, str]:
    """Return a form that would be taken."""
    return {"accept": browser.record("新增"), "name": "甲", "reviewer": "甲"}


@pytest.mark.parametrize("address", ADDRESSES)
def test_without_the_token(stranger: Browser, address: str) -> None:
    """Who has not opened the printed address writes nothing."""
    response = stranger.post(address, **form(stranger))

    assert 403 == response.status_code
    assert "令牌" in response.text
    assert [] == stranger.reviews()


@pytest.mark.parametrize("address", ADDRESSES)
def test_with_a_wrong_token(stranger: Browser, address: str) -> None:
    """A cookie of another server, or a guess, is none."""
    assert stranger.desk
    stranger.cookies[stranger.desk.cookie] = "x" * 43

    assert 403 == stranger.post(address, **form(stranger)).status_code
    assert [] == stranger.reviews()


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({"origin": "https://evil.example"}, id="origin"),
        pytest.param({"origin": "null"}, id="no-origin"),
        pytest.param({"origin": "http://localhost:8002"}, id="other-port"),
        pytest.param({"sec-fetch-site": "cross-site"}, id="cross-site"),
        pytest.param({"sec-fetch-site": "same-site"}, id="same-site"),
    ],
)
def test_from_another_site(browser: Browser, headers: dict[str, str]) -> None:
    """A page of another site writes nothing, though the browser knows the token."""
    response = browser.post(REVIEW, headers, **form(browser))

    assert 403 == response.status_code
    assert "别的网站" in response.text
    assert [] == browser.reviews()


@pytest.mark.parametrize("token", ["", "wrong", "错"])
def test_without_the_form_s_own_token(browser: Browser, token: str) -> None:
    """Datasette's protection against forms of other sites is kept as well."""
    response = browser.post(REVIEW, csrftoken=token, **form(browser))

    assert response.status_code in {400, 403}
    assert [] == browser.reviews()


@pytest.mark.parametrize("size", [MAX_BODY - 500, MAX_BODY, 10 * MAX_BODY])
def test_too_large(browser: Browser, size: int) -> None:
    """More than 64 KB is not read; what is below is."""
    response = browser.post(REVIEW, note="注" * (size // 9), **form(browser))

    is_over = size >= MAX_BODY
    assert (413 if is_over else 303) == response.status_code
    assert (0 if is_over else 1) == len(browser.reviews())


def test_too_large_in_pieces(browser: Browser) -> None:
    """A body whose length is not said is counted as it comes."""

    async def pieces() -> Any:
        for _ in range(100):
            yield b"note=" + b"x" * 1000

    response = asyncio.run(
        browser.site.client.post(
            REVIEW,
            content=pieces(),
            cookies=browser.cookies,
            headers={"content-type": "application/x-www-form-urlencoded"},
        )
    )

    assert 413 == response.status_code
    assert [] == browser.reviews()


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        pytest.param("multipart/form-data", b"x", id="multipart"),
        pytest.param("text/plain", b"x", id="text"),
        pytest.param("application/x-www-form-urlencoded", b"note=\xff", id="bytes"),
        pytest.param("application/json", b"[1", id="half-json"),
        pytest.param("application/json", b"[]", id="no-object"),
        pytest.param("application/json", b"[" * 30_000, id="deep-json"),
        pytest.param("application/json", b'{"verdict": "erase"}', id="verdict"),
        pytest.param("application/json", b'{"verdict": "accept"}', id="nothing"),
        pytest.param("application/json", b'{"accept": 5}', id="number"),
    ],
)
def test_no_review_at_all(browser: Browser, kind: str, body: bytes) -> None:
    """Nonsense is refused by name, and is no fault of the program."""
    response = asyncio.run(
        browser.site.client.post(
            REVIEW,
            content=body,
            cookies=browser.cookies,
            headers={
                "content-type": kind,
                "x-csrftoken": browser.cookies["ds_csrftoken"],
            },
        )
    )

    assert response.status_code in {400, 415}
    assert [] == browser.reviews()


def test_more_than_fifty_a_second(browser: Browser) -> None:
    """The fifty-first of a second is told to come back, and is not written."""
    assert browser.desk
    bucket = Bucket(PLACE.burst, PLACE.per_s, clock=lambda: 0.0)
    browser.desk.buckets[PLACE.name] = bucket
    for _ in range(49):
        bucket.take()

    last, refused = (
        browser.post(REVIEW, note=str(n), **form(browser)) for n in range(2)
    )

    assert [303, 429] == [last.status_code, refused.status_code]
    assert "1" == refused.headers["retry-after"]
    assert 1 == len(browser.reviews())


def test_writing_is_off_by_default(path: Path) -> None:
    """Without --write there is no way in, whatever is sent."""
    site = datasette_app(path)
    browser = Browser(site, path, None)
    with suppress(KeyError):
        browser.get(PLAN)

    codes = [
        browser.post(address, **form(browser)).status_code for address in ADDRESSES
    ]
    entrance = browser.get("/-/review/enter?token=")
    page = browser.get(PLAN).text
    close(site)

    assert {403} == set(codes)
    assert 404 == entrance.status_code
    assert 'class="desk"' not in page and "csrftoken" not in page
    assert [] == browser.reviews()


def test_reader_of_a_site_with_a_desk_sees_no_button(stranger: Browser) -> None:
    """Who has not entered reads as ever."""
    page = stranger.get(PLAN).text

    assert 'class="desk"' not in page and "<button" not in page


@pytest.mark.parametrize("is_fixed", [True, False], ids=["immutable", "other"])
def test_another_database(browser: Browser, tmp_path: Path, is_fixed: bool) -> None:
    """A desk is for one database; one that cannot be written to has none."""
    assert browser.desk
    if is_fixed:
        browser.site.get_database(NAME).is_mutable = False
    else:
        other = replace(browser.desk, path=tmp_path / "other.db")
        open_desk(browser.site, other)

    response = browser.post(REVIEW, **form(browser))
    page = browser.get(PLAN).text

    assert 403 == response.status_code
    assert "不可写" in response.text
    assert 'class="desk"' not in page
    assert [] == browser.reviews()


@pytest.mark.parametrize(
    "address",
    [
        f"/-/review/nothing/{ITEMS[0].document_id}",
        f"/-/review/_internal/{ITEMS[0].document_id}",
        f"/-/review/{NAME}/{'0' * 16}",
        "/-/review/nothing/undo",
    ],
)
def test_what_is_not_there(browser: Browser, address: str) -> None:
    """An unknown database or document is said to be unknown."""
    response = browser.post(address, **form(browser))

    assert 404 == response.status_code
    assert [] == browser.reviews()


def test_get_writes_nothing(browser: Browser) -> None:
    """A link cannot review."""
    response = browser.get(f"{REVIEW}?accept={browser.record('新增')}")

    assert 405 == response.status_code
    assert [] == browser.reviews()


def test_token_leaves_no_trace(
    path: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    """It is in the one cookie and nowhere else: no page, log, database or address."""
    caplog.set_level(logging.DEBUG)
    desk = Desk(path)
    site = datasette_app(path, desk)
    browser = Browser(site, path, desk)

    refused = browser.get("/-/review/enter?token=not-it")
    entered = browser.get(f"/-/review/enter?token={desk.token}")
    browser.enter()
    browser.post(REVIEW, **form(browser))
    pages = [browser.get(page).text for page in ("/", PLAN, f"/{NAME}/reviews", "/nix")]
    close(site)

    cookie = entered.headers["set-cookie"].lower()
    assert 403 == refused.status_code
    assert "httponly" in cookie and "samesite=strict" in cookie
    assert "/" == entered.headers["location"]
    assert "no-referrer" == entered.headers["referrer-policy"]
    assert desk.token not in "".join([*pages, refused.text, entered.text])
    ours = [one for one in caplog.records if not one.name.startswith("http")]
    assert desk.token not in "".join(one.getMessage() for one in ours)
    assert desk.token not in repr(desk)
    assert desk.token not in "".join(capfd.readouterr())
    for file in path.parent.iterdir():
        assert desk.token.encode() not in file.read_bytes()


def test_tokens_differ(path: Path) -> None:
    """Every start has a token and a cookie of its own."""
    first, second = Desk(path), Desk(path)

    assert first.token != second.token and first.cookie != second.cookie
    assert len(first.token) >= 43


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "plans.example"])
def test_writing_is_for_this_machine_only(path: Path, host: str) -> None:
    """A host that others reach is refused before anything is served."""
    with pytest.raises(ConfigError, match="other machines"):
        serve(path, host, 0, desk=Desk(path))
    result = CliRunner().invoke(main, ["serve", str(path), "--write", "--host", host])

    assert 1 == result.exit_code
    assert result.output.startswith("Error: --write with --host")


def test_file_that_cannot_be_written(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is said at the start, not at the first review."""
    monkeypatch.setattr("extractor.browse.serving.os.access", lambda *_: False)

    with pytest.raises(UserError, match="cannot be written to"):
        datasette_app(path, Desk(path))
