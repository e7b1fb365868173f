"""Hostile senders: titles, names and texts are shown as text, wherever they go."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from tests.browse.jobs.conftest import FORM, PLAN, Open, Program
from tests.browse.review.conftest import Browser
from tests.browse.test_serving import assert_harmless
from tests.fake_endpoint import FakeEndpoint, completion
from tests.store_samples import ADDRESS, SCRIPT

NAME = f"{SCRIPT}.txt"


def test_title_name_and_issuer(program: Program, browser: Browser) -> None:
    """On every page that shows them they are words."""
    told = {"title": SCRIPT, "issuer": f"{SCRIPT}局"}
    text = f"{PLAN}4.建设{SCRIPT}学校30所，见{ADDRESS}。\n"
    job = program.wait(program.upload(NAME, text.encode(), **told))
    pages = (
        FORM,
        job["links"]["page"],
        job["links"]["document"],
        "/",
        "/-/plans/plans",
    )

    assert "done" == job["state"]
    for page in pages:
        html = browser.get(page).text
        assert_harmless(html)
        assert "&lt;script&gt;" in html, page


def test_name_in_an_error(program: Program, browser: Browser) -> None:
    """A file that is refused says its name, as text."""
    job = program.wait(program.upload(NAME, b"nothing"))
    html = browser.get(job["links"]["page"]).text

    assert "&lt;img src=x" in html and "&#39;" in html
    assert_harmless(html)
    assert_harmless(browser.get(FORM).text)
    assert program.is_untouched()


@pytest.mark.parametrize(
    "name",
    [
        "../../../etc/passwd",
        "..\\..\\x.txt",
        "a\r\nSet-Cookie: x",
        "x" * 5000,
        "..",
        " ",
    ],
)
def test_name_is_no_path(program: Program, name: str) -> None:
    """It is shown in short, on one line, and no file is called so."""
    job = program.wait(program.upload(quote(name, safe="/\\ ."), PLAN.encode()))

    assert len(job["name"]) <= 120 and "/" not in job["name"]
    assert [f"{job['document_id']}.txt"] == program.kept()
    assert {"plans.db", "plans-uploads"} == {
        file.name
        for file in program.path.parent.iterdir()
        if not file.name.endswith(("-wal", "-shm")) and file.name != "cache"
    }


def test_what_an_endpoint_says(opened: Open, endpoint: FakeEndpoint) -> None:
    """Its words are shown as the reason of a failure, as text."""
    program = opened(models=("fake",), base_url=endpoint.base_url)
    endpoint.answer = lambda _body: completion(f"{SCRIPT} {ADDRESS}")
    visitor = Browser(program.site, program.path, program.desk)
    visitor.enter(reviewer=None, plan=FORM)
    job = program.wait(program.send())
    html = visitor.get(job["links"]["page"]).text

    assert 3 == job["counts"]["failed"] == len(job["failures"])
    assert_harmless(html)


def test_json_is_json(program: Program, browser: Browser) -> None:
    """What programs are told is never taken for a page."""
    sent = program.send(title=SCRIPT)
    refused = program.send(model=SCRIPT)

    for response in (sent, refused, browser.get(sent.headers["location"])):
        assert response.headers["content-type"].startswith("application/json")
