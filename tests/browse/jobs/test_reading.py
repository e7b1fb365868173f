"""Reading: a plan sent to the server is read as `extract run` reads it, and kept."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest

from extractor.browse.jobs import worker
from extractor.browse.jobs.uploads import uploads
from extractor.browse.jobs.waiting import close_jobs, jobs_of
from extractor.browse.serving import datasette_app
from extractor.runs import session
from extractor.runs.works import load_works
from extractor.store.store import Store
from tests.browse.jobs.conftest import FORM, NAME, PLAN, Program
from tests.browse.jobs.test_refusals import post_file
from tests.browse.review.conftest import Browser, close, text_of
from tests.conftest import DOCUMENTS

RECORDS = """
select clause, action, object, target_quote, deadline_date, method
from v_commitments order by start, clause
"""


def test_text_to_records(program: Program) -> None:
    """The answer names the job, the job its document and records, all at addresses."""
    sent = program.send()
    job = program.wait(sent)

    assert (
        sent.headers["location"] == job["links"]["job"] == sent.json()["links"]["job"]
    )
    assert ("done", None, 3, 3, 0) == (
        job["state"],
        job["error"],
        job["counts"]["items"],
        job["counts"]["done"],
        job["counts"]["failed"],
    )
    assert (0, 0.0) == (job["calls"], job["cost_usd"])
    records = program.ask("GET", job["links"]["records"]).json()
    assert job["counts"]["records"] == len(records) > 2
    assert {job["document_id"]} == {record["document_id"] for record in records}
    assert 200 == program.ask("GET", job["links"]["document"]).status_code
    assert 202 == sent.status_code


def test_file_is_read_as_a_run_reads_it(program: Program, tmp_path: Path) -> None:
    """The same file gives the same run: id, records and all."""
    path = DOCUMENTS / "nanping-agri-2025-big5.txt"
    job = program.wait(program.upload("甲/乙\\计划.txt", path.read_bytes()))
    config = session.run_config("rules")
    plan = load_works([path], config)
    prepared = session.prepare(plan, config, session.ModelOptions())
    with Store(tmp_path / "other.db") as store:
        store.start_run(prepared.job.record)
    by_run = Program(program.site, program.desk)
    by_run.path = tmp_path / "other.db"

    assert ("done", "计划.txt") == (job["state"], job["name"])
    assert program.rows("select id from runs") == by_run.rows("select id from runs")
    assert job["counts"]["items"] == len(plan.works[0].items)
    assert job["document_id"] == plan.works[0].document.id


def test_what_was_sent_is_kept(program: Program) -> None:
    """Its file is named by its content; the document page works after a restart."""
    content = PLAN.encode("gb18030")
    job = program.wait(program.upload("../../计划.TXT", content))
    digest = hashlib.sha256(content).hexdigest()

    file = uploads(program.path) / f"{digest[:16]}.txt"
    assert content == file.read_bytes()
    assert [file.name] == program.kept()
    assert [(str(file), "gb18030")] == program.rows(
        "select path, lower(encoding) from documents"
    )
    close_jobs(program.site)
    site = datasette_app(program.path)
    page = Program(site, program.desk).ask("GET", job["links"]["document"])
    close(site)
    assert (200, True) == (page.status_code, "1.5万个" in page.text)


def test_same_plan_again(program: Program) -> None:
    """It is the same job and the same run, and nothing is there twice."""
    first = program.wait(program.send())
    again = program.wait(program.send())

    assert first == again
    assert [(1,)] == program.rows("select count(*) from runs")
    assert 1 == len(program.kept())


def test_what_is_told_of_it(program: Program) -> None:
    """Title, issuer and year of the sender stand in place of those found by rule."""
    told = {"title": "甲", "issuer": "乙局", "plan_year": 2033}
    job = program.wait(program.send(**told))

    assert [("甲", "乙局", 2033)] == program.rows(
        "select title, issuer, plan_year from documents"
    )
    assert "甲" == job["title"]


def test_plan_without_a_title_has_its_file_s_name(program: Program) -> None:
    """In lists it is known by what its sender calls it."""
    untitled = "\n".join(PLAN.splitlines()[2:])
    program.wait(program.upload("我的计划.txt", untitled.encode()))

    assert [("我的计划",)] == program.rows("select title from documents")


@pytest.mark.parametrize("name", ["计划.txt", ""])
def test_no_plan_at_all(program: Program, name: str) -> None:
    """A text without points is refused in words that name it, and is not kept."""
    sent = program.upload(name, b"nothing") if name else program.send("nothing")
    job = program.wait(sent)

    assert "failed" == job["state"]
    assert job["error"].startswith(f"'{name or '<text>'}' has no items")
    assert str(program.path.parent) not in job["error"]
    assert program.is_untouched()


def test_pdf_that_is_none(program: Program) -> None:
    """What its reader refuses is refused here, too."""
    job = program.wait(program.upload("计划.pdf", b"%PDF-1.7 nothing"))

    assert "failed" == job["state"] and "计划.pdf" in job["error"]
    assert program.is_untouched()


def test_fault_of_the_product(
    program: Program, monkeypatch: pytest.MonkeyPatch, caplog: Any
) -> None:
    """One job fails, with no words of the program's insides; the next one is done."""

    def break_down(*_given: Any) -> None:
        raise ValueError("秘密")

    with monkeypatch.context() as patched:
        patched.setattr(worker, "load_works", break_down)
        broken = program.wait(program.send())
    whole = program.wait(program.send())

    assert ("failed", "done") == (broken["state"], whole["state"])
    assert "秘密" not in broken["error"] and "log" in broken["error"]
    assert "a job failed" in caplog.text


def test_disk_that_is_full(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    """A plan that cannot be kept is not read."""

    def fail(*_given: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", fail)

    assert "No space left" in program.wait(program.send())["error"]


def test_page_by_page(program: Program, browser: Browser) -> None:
    """Form to job to document, without a script: by links and refreshing."""
    form = browser.get(FORM)
    sent = browser.post(FORM, text=PLAN)
    assert 415 == sent.status_code  # a form without a place for a file
    token = browser.cookies["ds_csrftoken"]
    taken = post_file(browser, csrftoken=token, model="rules", text="")
    place = taken.headers["location"]
    job = place.rpartition("/")[2].partition("?")[0]
    program.wait(program.upload("计划.txt", PLAN.encode(), model="rules"))
    page = browser.get(place.partition("?")[0])
    led = browser.get(place)

    assert 200 == form.status_code and "1,000,000" in form.text
    assert (303, f"{FORM}/{job}?sent=1") == (taken.status_code, place)
    assert "读完" in page.text and "http-equiv" not in page.text
    document = program.rows("select id from documents")[0][0]
    assert f'href="/-/plan/{NAME}/{document}"' in page.text
    assert (303, f"/-/plan/{NAME}/{document}") == (
        led.status_code,
        led.headers["location"],
    )
    assert "3 / 3" in text_of(page.text)
    assert "丙市教育局2031年工作要点" in browser.get(FORM).text
    assert FORM in browser.get("/").text


def test_page_of_a_job_that_waits(
    program: Program, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It refreshes itself, and offers nothing that is not there yet."""
    jobs = jobs_of(program.site)
    assert jobs
    monkeypatch.setattr(jobs._thread, "start", lambda: None)
    token = browser.cookies["ds_csrftoken"]
    place = post_file(browser, csrftoken=token).headers["location"]
    page = browser.get(place).text

    assert '<meta http-equiv="refresh"' in page and "jobs.js" in page
    assert "等候" in page and "/-/plan/" not in page
