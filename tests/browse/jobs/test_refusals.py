"""Refusals: what may not be read, or not now, is said in a line; nothing is written."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from extractor.browse.jobs import asked
from extractor.browse.jobs.limits import API, MAX_TEXT, MAX_WAITING, PER_MINUTE
from extractor.browse.jobs.waiting import jobs_of
from extractor.browse.serving import datasette_app
from extractor.browse.writing.bucket import Bucket
from extractor.browse.writing.places import JSON, MULTIPART
from extractor.cli.main import main
from tests.browse.jobs.conftest import FORM, NAME, PLAN, SEND, Open, Program
from tests.browse.review.conftest import Browser, close


@pytest.mark.parametrize("token", [None, "", "wrong", "x" * 43])
@pytest.mark.parametrize(
    ("method", "address"),
    [("POST", SEND), ("GET", f"/-/api/{NAME}/jobs/{'0' * 16}")],
)
def test_without_the_token(
    program: Program, token: str | None, method: str, address: str
) -> None:
    """A program is told which header to send."""
    program.token = token

    response = program.ask(method, address, json={"text": PLAN})

    assert (401, "Bearer") == (
        response.status_code,
        response.headers["www-authenticate"],
    )
    assert "Authorization: Bearer" in response.json()["error"]
    assert program.is_untouched()


@pytest.mark.parametrize("address", [FORM, f"{FORM}/{'0' * 16}"])
def test_page_without_the_token(program: Program, address: str) -> None:
    """Who has not opened the printed address sees no form and sends none."""
    stranger = Browser(program.site, program.path, program.desk)

    codes = [
        stranger.get(address).status_code,
        stranger.post(FORM, text=PLAN).status_code,
    ]

    assert [403, 403] == codes
    assert FORM not in stranger.get("/").text
    assert program.is_untouched()


@pytest.mark.parametrize(
    "headers",
    [{"origin": "https://evil.example"}, {"sec-fetch-site": "cross-site"}],
)
def test_from_another_site(
    program: Program, browser: Browser, headers: dict[str, str]
) -> None:
    """A page of another site sends nothing, with a cookie or a token."""
    asked_for = {"json": {"text": PLAN}}
    response = program.ask("POST", SEND, headers, **asked_for)

    assert (403, False) == (response.status_code, response.json()["ok"])
    assert 403 == browser.post(FORM, headers, text=PLAN).status_code
    assert program.is_untouched()


def test_page_without_the_form_s_own_token(program: Program, browser: Browser) -> None:
    """A cookie alone is not enough to send a form with a file."""
    response = post_file(browser, csrftoken="wrong")

    assert 403 == response.status_code
    assert program.is_untouched()


def post_file(browser: Browser, **form: str) -> Any:
    """Send the form as a browser does that runs no script."""
    return asyncio.run(
        browser.site.client.post(
            FORM,
            data=form,
            files={"file": ("计划.txt", PLAN.encode())},
            cookies=browser.cookies,
        )
    )


@pytest.mark.parametrize(
    ("said", "words"),
    [
        pytest.param({}, "paste a text or choose a file", id="nothing"),
        pytest.param({"text": ""}, "paste a text or choose a file", id="empty"),
        pytest.param({"text": 5}, "text: Input should be a valid string", id="no-text"),
        pytest.param({"file": "x"}, "cannot be read", id="file-in-json"),
        pytest.param({"text": "x", "file": "x"}, "not both", id="both"),
        pytest.param({"text": "x", "path": "/etc/passwd"}, "path: Extra", id="other"),
        pytest.param({"text": "x", "plan_year": 5}, "plan_year: ", id="year"),
        pytest.param({"text": "x", "title": "x" * 201}, "title: ", id="long-title"),
        pytest.param(
            {"text": "x", "model": "gpt-x"}, "model is one of rules;", id="model"
        ),
    ],
)
def test_what_does_not_fit(program: Program, said: Any, words: str) -> None:
    """One line says which field is wrong, without its value."""
    response = program.ask("POST", SEND, json=said)

    answer = response.json()
    assert (400, False, 400) == (response.status_code, answer["ok"], answer["status"])
    assert words in answer["error"] and "\n" not in answer["error"]
    assert "passwd" not in response.text
    assert program.is_untouched()


@pytest.mark.parametrize(
    "content", [b"[1", b"[]", b"\xff", b'{"text": "\\ud800"}', b"[" * 30_000]
)
def test_no_json_at_all(program: Program, content: bytes) -> None:
    """Nonsense is refused as such."""
    kind = {"content-type": JSON}

    assert 400 == program.ask("POST", SEND, kind, content=content).status_code
    assert program.is_untouched()


@pytest.mark.parametrize("size", [MAX_TEXT, MAX_TEXT + 1, API.max_bytes[JSON]])
def test_text_that_is_too_large(program: Program, size: int) -> None:
    """The limit is said as a number; what is below it is not refused for its size."""
    response = program.send("x" * size)

    if size <= MAX_TEXT:
        assert "no items" in program.wait(response)["error"]
    else:
        assert 413 == response.status_code
        limit = API.max_bytes[JSON] if size > MAX_TEXT + 1 else MAX_TEXT
        assert f"{limit:,} bytes" in response.json()["error"]
    assert program.is_untouched()


def test_file_that_is_too_large(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same of a file; one that is larger than any is not even read."""
    monkeypatch.setattr(asked, "MAX_FILE", 100)

    response = program.upload("plan.txt", b"x" * 101)
    length = {"content-length": str(API.max_bytes[MULTIPART] + 1)}
    kind = {"content-type": f"{MULTIPART}; boundary=x"}
    unread = program.ask("POST", SEND, length | kind, content=b"x")

    assert (413, 413) == (response.status_code, unread.status_code)
    assert "100 bytes" in response.json()["error"]
    assert program.is_untouched()


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        pytest.param("计划.doc", b"\xd0\xcf\x11\xe0" + b"x" * 99, ".docx", id="doc"),
        pytest.param("a.zip", b"PK\x03\x04" + b"x" * 99, "damaged", id="broken-zip"),
        pytest.param("a.mht", b"MIME-Version: 1.0\n", ".html", id="web-archive"),
    ],
)
def test_kind_of_file_that_is_not_read(
    program: Program, name: str, content: bytes, words: str
) -> None:
    """It is told by its content, and the way out is said."""
    response = program.upload(name, content)

    assert 415 == response.status_code
    assert words in response.json()["error"] and name in response.json()["error"]
    assert program.is_untouched()


@pytest.mark.parametrize("kind", ["text/plain", "multipart/form-data", ""])
def test_kind_of_body_that_is_not_read(program: Program, kind: str) -> None:
    """A body says what it is."""
    response = program.ask("POST", SEND, {"content-type": kind}, content=b"x")

    assert 415 == response.status_code
    assert program.is_untouched()


@pytest.mark.parametrize(
    "address", ["/-/api/nothing/extract", "/-/api/_internal/extract"]
)
def test_database_that_is_not_there(program: Program, address: str) -> None:
    """It is said to be unknown."""
    response = program.ask("POST", address, json={"text": PLAN})

    assert (404, False) == (response.status_code, response.json()["ok"])
    assert program.is_untouched()


@pytest.mark.parametrize("id_", ["0" * 16, "x", "..%2f", "<b>"])
def test_job_that_is_not_there(program: Program, browser: Browser, id_: str) -> None:
    """After a restart no job is known; the way on is said."""
    response = program.ask("GET", f"/-/api/{NAME}/jobs/{id_}")

    assert 404 == response.status_code
    assert "send the plan again" in response.json()["error"]
    assert 404 == browser.get(f"{FORM}/{id_}").status_code


def test_get_sends_nothing(program: Program) -> None:
    """A link cannot send a plan."""
    assert 405 == program.ask("GET", f"{SEND}?text=1").status_code
    assert 405 == program.ask("PUT", SEND, json={"text": PLAN}).status_code
    assert program.is_untouched()


def test_more_than_thirty_a_minute(program: Program) -> None:
    """Whoever asks too often is told when to come back; page and API count as one."""
    bucket = Bucket(1, PER_MINUTE / 60, clock=lambda: 0.0)
    program.desk.buckets[API.name] = bucket

    first, second = program.send(""), program.send("")

    assert [400, 429] == [first.status_code, second.status_code]
    assert "2" == second.headers["retry-after"]
    assert program.is_untouched()


def test_more_than_wait(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    """One more than the line holds is refused, and is told to come back."""
    jobs = jobs_of(program.site)
    assert jobs
    monkeypatch.setattr(jobs._thread, "start", lambda: None)
    sent = [program.send(f"{PLAN}{n}") for n in range(MAX_WAITING + 1)]

    *waiting, full = sent
    ahead = [program.job(one)["ahead"] for one in waiting]
    assert [202] * MAX_WAITING == [one.status_code for one in waiting]
    assert (503, "30") == (full.status_code, full.headers["retry-after"])
    assert list(range(MAX_WAITING)) == ahead
    assert 202 == program.send(f"{PLAN}0").status_code  # it is there already
    assert program.is_untouched()


def test_without_writing_there_is_nothing(program: Program) -> None:
    """Without --write there is neither form nor API."""
    site = datasette_app(program.path)
    reader = Program(site, program.desk)

    codes = [
        reader.send().status_code,
        *(
            reader.ask("GET", address).status_code
            for address in (FORM, f"{FORM}/x", "/-/api/openapi.json")
        ),
    ]
    close(site)

    assert [403, 404, 404, 404] == codes
    assert program.is_untouched()


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        pytest.param(["--model", "rules"], "go with --write", id="no-write"),
        pytest.param(
            ["--write", "--base-url", "http://127.0.0.1:9/v1"], "of that", id="no-model"
        ),
        pytest.param(["--write", "--model", "gpt-x"], "no API key", id="no-key"),
        pytest.param(
            ["--write", "--model", "x", "--base-url", "ftp://x"], "URL", id="no-url"
        ),
    ],
)
def test_models_that_cannot_be_used(
    cli_runner: CliRunner, tmp_path: Path, flags: list[str], words: str
) -> None:
    """They are refused before anything is served."""
    result = cli_runner.invoke(main, ["serve", str(tmp_path / "x.db"), *flags])

    assert result.exit_code in {1, 2}
    assert words in result.output


def test_database_that_is_another_s(opened: Open) -> None:
    """A desk is for one database."""
    program = opened()
    program.site.get_database(NAME).is_mutable = False

    assert 403 == program.send().status_code
    assert 404 == program.ask("GET", f"/-/api/{NAME}/jobs/x").status_code
    assert program.is_untouched()
