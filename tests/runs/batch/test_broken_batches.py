"""What an endpoint does wrong, and what nobody may learn."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner

from extractor.cli.main import main
from extractor.core.locks import locked
from extractor.model.batches import endpoint, lines
from tests.batch_samples import Batching, ledger, plans, records, submit_words
from tests.commands import refused, rows
from tests.stub.process import stub_process

KEY = "sk-0123456789abcdefghij"


def test_lines_that_say_nothing_are_counted(batching: Batching) -> None:
    """Malformed lines, lines of other requests and doubled ones do no harm."""
    plans(2)
    batching.submit()
    batching.behave(malformed=3, unknown=2, doubled=4)

    result = batching.collect(code=3)

    assert "3 lines of the endpoint say nothing" in result.stderr
    billed = batching.served()["billed"]
    assert f"{billed} requests came back" in result.output
    assert "0 wait for answers" in result.output
    assert ledger() == billed


def test_error_lines_have_their_reason(batching: Batching) -> None:
    """They are rows of the ledger, their items wait, and the next batch has them."""
    plans(2)
    batching.submit()
    batching.behave(errors=2)

    result = batching.collect(code=3)

    assert "2 answers failed (HTTP 500: no luck)" in result.output
    assert ledger("status = 500 and error = 'HTTP 500: no luck'") == 2
    assert "2 requests sent" in batching.submit().output


def test_a_batch_refused_as_a_whole_says_why(batching: Batching) -> None:
    """Its requests can be sent again."""
    plans(1)
    batching.submit()
    requests = batching.served()["sizes"][0][0]
    batching.behave(state="failed")

    result = batching.collect(code=3)

    assert "failed: line 1 is not to our liking" in result.stderr
    assert ledger() == 0
    batching.behave()
    assert f"{requests} requests sent" in batching.submit().output


def test_a_cancelled_batch_gives_what_it_has(batching: Batching) -> None:
    """As an expired one does."""
    plans(2)
    batching.submit()
    batching.behave(state="cancelled", answered=0.5)

    assert "(batch_cancelled" in batching.collect(code=3).output

    assert ledger("error is null") == batching.served()["billed"] > 0


def test_a_download_that_breaks_off_goes_on(batching: Batching) -> None:
    """What came is kept, the batch stays open, and the same command takes the rest."""
    plans(4)
    batching.submit()
    requests = batching.served()["sizes"][0][0]
    batching.behave(cut_content=8_000)

    refused(batching.collect(code=1), "the same command goes on")

    some = ledger()
    assert 0 < some < requests
    batching.behave()
    batching.collect()
    assert ledger() == batching.served()["billed"] == requests


def test_a_file_without_end_is_refused(
    batching: Batching, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What came before it grew too large is kept."""
    plans(1)
    batching.submit()
    monkeypatch.setattr(endpoint, "_MOST_BYTES", 500)

    refused(batching.collect(code=1), "is larger than 500 bytes")

    assert rows("select count(*) from batches where collected_at is null") == [(1,)]


def test_a_line_without_end_is_none(
    batching: Batching, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is counted and not kept, and its request can be sent again."""
    plans(1)
    batching.submit()
    monkeypatch.setattr(lines, "MAX_LINE_BYTES", 100)

    result = batching.collect(code=3)

    assert "3 lines of the endpoint say nothing" in result.stderr
    assert "3 requests sent" in batching.submit().output


def test_an_endpoint_without_batches_is_told_in_a_line(batching: Batching) -> None:
    """The way out is a run."""
    plans(1)
    batching.behave(no_batches=True)

    refused(batching.submit(code=1), "has no batches", "extract run")
    refused(batching.collect(code=3), "was begun and not sent", code=3)

    batching.live()


def test_a_refused_batch_is_made_of_its_file_later(batching: Batching) -> None:
    """It was refused for sure: the file is there, and nobody looks for a batch."""
    plans(1)
    batching.behave(refuse_create=429)
    refused(batching.submit(code=1), "429")
    batching.behave(no_list=True)

    batching.submit()

    served = batching.served()
    assert (served["files"], served["batches"]) == (1, 1)
    assert "GET batches" not in served["calls"]


def test_a_file_that_is_gone_is_sent_again(batching: Batching) -> None:
    """A refusal of a file of an earlier day is not the end of its batch."""
    plans(1)
    batching.behave(refuse_create=429)
    batching.submit(code=1)
    batching.behave(refuse_create=404)
    batching.submit(code=1)
    batching.behave()

    batching.submit()

    served = batching.served()
    assert (served["calls"]["POST files"], served["batches"]) == (2, 1)
    batching.collect()


def test_a_batch_that_is_gone_does_not_hold_up_others(batching: Batching) -> None:
    """It is said, with the way out, and the others are collected."""
    plans(2)
    batching.submit("--max-requests", "3")
    (lost,) = rows("select id from batches order by created_at")[0]
    with closing(sqlite3.connect("x.db")) as conn, conn:
        conn.execute("update batches set remote_id = 'gone' where id = ?", [lost])

    refused(batching.collect(code=3), "404", f"--give-up {lost}", code=3)

    assert ledger() == 3
    batching.collect("--give-up", lost)
    assert "3 requests sent" in batching.submit().output


def test_a_run_says_what_is_paid_twice(batching: Batching) -> None:
    """A run while a batch is under way asks the same, and says so."""
    plans(1)
    batching.behave(state="in_progress")
    batching.submit()

    assert "under way in batches" in batching.live().stderr


def test_answers_of_a_run_meanwhile_are_not_asked_for(batching: Batching) -> None:
    """What was planned and not sent is planned anew."""
    plans(1)
    batching.behave(refuse_create=429)
    batching.submit(code=1)
    batching.behave()
    batching.live("--limit", "1")

    batching.submit()

    served = batching.served()
    assert served["batches"] == 1
    batching.collect()
    assert batching.served()["billed"] == ledger() - 1


def test_no_key_is_stored(batching: Batching, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not in the database, nor in what is sent about a plan that has it."""
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    plans(1)
    plan = Path("plans/plan-0.txt")
    plan.write_text(plan.read_text() + f"98.建设{KEY}公园8个。\n")
    url = ("--base-url", f"{batching.stub.base_url}?api-key={KEY}")
    batching.submit(*url)
    assert KEY.encode() not in b"".join(
        str(row).encode()
        for table in ("batches", "batch_requests", "runs")
        for row in rows(f"select * from {table}")
    )

    batching.collect(*url)

    said = rows("select request_body || response_body from llm_calls")
    assert any("[secret]" in body for (body,) in said)
    assert not any(KEY in body for (body,) in said)


def test_the_key_goes_to_no_other_endpoint(batching: Batching) -> None:
    """A batch is asked about where the user says, not where a database says."""
    plans(1)
    batching.submit()
    calls = batching.served()["calls"]

    other = ("--base-url", "http://127.0.0.1:9/v1")
    result = batching.collect(*other, code=3)
    shown = batching.status(*other)

    assert "other batches are at" in result.stderr
    assert "validating" in shown.output
    assert batching.served()["calls"] == calls


def test_two_commands_at_once_are_one_too_many(batching: Batching) -> None:
    """The second says so and touches nothing."""
    plans(1)
    with locked(Path("x.db.batch-lock")):
        refused(batching.submit(code=1), "is at work on 'x.db'")

    assert batching.served()["calls"] == {}
    batching.submit()


def test_a_batch_is_given_up(batching: Batching) -> None:
    """Its requests are sent anew; there is no giving up twice."""
    plans(1)
    batching.behave(state="in_progress")
    batching.submit()
    (batch_id,) = rows("select id from batches")[0]

    assert "can be asked again" in batching.collect("--give-up", batch_id).output

    refused(batching.collect("--give-up", batch_id, code=1), "is open")
    assert "given up" in batching.status().output
    batching.submit()
    assert batching.served()["batches"] == 2


def test_status_counts_and_offline_asks_nobody(cli_runner: CliRunner) -> None:
    """Offline shows what was last seen, also where the endpoint is gone."""
    with stub_process() as stub:
        batching = Batching(cli_runner, stub)
        plans(1)
        batching.submit()
        batching.behave(state="in_progress")
        assert "in_progress" in batching.status().output

    shown = batching.status("--offline").output
    assert "in_progress" in shown and "batch-0" in shown and "file-in-0" in shown
    refused(batching.status(code=1), "cannot be reached")


@pytest.mark.parametrize("command", ["status", "collect"])
def test_a_database_that_is_not_there_is_not_made(
    cli_runner: CliRunner, command: str
) -> None:
    """One line says so."""
    refused(cli_runner.invoke(main, ["batch", command, "--db", "no.db"]), "no.db")

    assert not Path("no.db").exists()


@pytest.mark.parametrize("model", ["local", "rules"])
def test_models_without_an_endpoint_have_no_batches(
    batching: Batching, model: str
) -> None:
    """A wrong command line, not an error of the run."""
    plans(1)
    assert "extract run" in batching.submit("--model", model, code=2).stderr


def test_a_dry_run_sends_and_stores_nothing(batching: Batching) -> None:
    """It counts requests, files and what they cost in a batch."""
    plans(2)
    result = batching.submit("--dry-run", "--max-requests", "2")

    assert "Files: 3" in result.output
    assert not Path("x.db").exists()
    batching.behave(state="in_progress")
    batching.submit()
    assert "Files: 0" in batching.submit("--dry-run").output
    assert batching.served()["batches"] == 1
    assert records() == []


def test_an_unknown_option_is_refused(batching: Batching) -> None:
    """As everywhere."""
    assert submit_words(batching.stub)
    batching.submit("--concurrency", "3", code=2)
