"""Batches fill the ledger, and the ledger is all that a run knows of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.batch_samples import Batching, ledger, plans, records
from tests.commands import rows


@pytest.mark.parametrize(
    ("strategy", "code"),
    [
        pytest.param("marked", 0, id="marked"),
        pytest.param("open", 3, id="open"),  # the stub makes words up there
        pytest.param("sentences", 0, id="sentences"),
    ],
)
def test_a_batch_makes_the_records_of_a_live_run(
    batching: Batching, strategy: str, code: int
) -> None:
    """The same records, with the same ids and calls, and no call is left to make."""
    plans(4)
    how = ("--strategy", strategy)
    batching.live(*how, db="live.db", code=code)
    calls = batching.stub.served()["calls"]

    batching.submit(*how)
    result = batching.collect(code=code)

    assert records() == records("live.db") != []
    assert rows("select outcome, records from run_items order by item_id") == rows(
        "select outcome, records from run_items order by item_id", "live.db"
    )
    assert rows("select status from runs") == [("finished",)]
    assert "0 wait for answers" in result.output
    assert batching.served()["billed"] == ledger() == calls
    batching.live(*how, code=code)
    assert batching.stub.served()["calls"] == calls
    assert ledger() == calls


def test_a_batch_asks_only_what_a_run_has_left(batching: Batching) -> None:
    """Half the answers are there: the batch has the other half, and all is read."""
    plans(4)
    batching.live("--limit", "2")
    asked = batching.stub.served()["answered"]

    batching.submit()
    batching.collect()

    (whole,) = rows("select max(documents), max(items) from v_runs")
    assert whole[0] == 4
    served = batching.served()
    assert served["billed"] + asked == whole[1] == ledger()
    assert asked == 8
    assert served["billed_again"] == 0


def test_a_run_asks_only_what_a_batch_has_left(batching: Batching) -> None:
    """Half of a batch expired: a live run asks the rest alone."""
    plans(4)
    batching.submit()
    batching.behave(state="expired", answered=0.5)
    batching.collect(code=3)
    billed = batching.served()["billed"]

    batching.live()

    (items,) = rows("select items, with_records + without_records from v_runs")
    assert items[0] == items[1] > billed > 0
    assert batching.stub.served()["calls"] == items[0] - billed


def test_an_expired_half_is_sent_again(batching: Batching) -> None:
    """What was answered is read, the rest is in the next batch, nothing paid twice."""
    plans(4)
    batching.submit()
    requests = batching.served()["sizes"][0][0]
    batching.behave(state="expired", answered=0.5)

    first = batching.collect(code=3)

    billed = batching.served()["billed"]
    assert 0 < billed < requests
    assert f"{requests - billed} answers failed (batch_expired" in first.output
    assert f"{billed} items read" in first.output
    assert rows("select count(*) from failures") == [(0,)]
    assert rows("select status from runs") == [("interrupted",)]
    assert rows("select count(*) from run_documents where finished_at is not null") < [
        (4,)
    ]
    batching.behave()
    assert f"{requests - billed} requests sent" in batching.submit().output
    batching.collect()
    served = batching.served()
    assert (served["billed"], served["billed_again"]) == (requests, 0)
    assert ledger("status = 200 and error is null") == requests
    assert ledger() == 2 * requests - billed
    assert rows("select status from runs") == [("finished",)]


def test_unfit_answers_are_asked_for_once_more(batching: Batching) -> None:
    """The next batch has the second turn; a second unfit answer fails the item."""
    plans(2)
    batching.submit()
    batching.behave(unfit=2)
    assert "2 answers did not fit" in batching.collect(code=3).output

    batching.behave(unfit=1)
    assert "2 requests sent" in batching.submit().output
    last = batching.collect(code=3)

    assert rows("select turn, count(*) from batch_requests group by turn")[1] == (2, 2)
    assert "1 items failed" in last.output
    assert rows("select kind from failures") == [("invalidoutput",)]
    assert ledger("error like 'the answer does not fit%'") == 2
    batching.behave()
    batching.submit()
    batching.collect()
    assert rows("select count(*) from failures") == [(0,)]
    assert batching.served()["billed"] == ledger()


def test_a_cut_answer_fails_its_item_as_in_a_run(batching: Batching) -> None:
    """It is no answer to give again: the next batch asks anew."""
    plans(2)
    batching.submit()
    batching.behave(truncated=1)

    result = batching.collect(code=3)

    assert "1 items failed, 0 wait" in result.output
    assert rows("select kind from failures") == [("incompleteoutput",)]
    batching.behave()
    assert "1 requests sent" in batching.submit().output
    batching.collect()
    assert rows("select count(*) from failures") == [(0,)]


def test_what_is_left_of_a_cut_answer_is_asked_for(batching: Batching) -> None:
    """Its whole records are kept; the next batch has the rest, not the same again."""
    plans(2)
    batching.submit()
    batching.behave(halved=1)
    first = batching.collect(code=3)
    assert "1 answers to questions that only now come up" in first.output
    batching.behave(halved=0)

    assert "1 requests sent" in batching.submit().output

    batching.collect()
    served = batching.served()
    assert served["billed_again"] == 0
    assert served["billed"] == ledger()
    assert rows("select count(*) from failures") == [(0,)]
    assert rows("select sum(not is_read) from batch_requests") == [(0,)]


def test_collecting_twice_changes_nothing(batching: Batching) -> None:
    """Rows are the same, and nobody is asked."""
    plans(2)
    batching.submit()
    batching.collect()
    before, calls = records(), batching.served()["calls"]
    count = ledger()

    assert "Nothing is to be collected" in batching.collect().output

    assert (records(), ledger()) == (before, count)
    assert batching.served()["calls"] == calls


def test_what_is_under_way_is_not_sent_again(batching: Batching) -> None:
    """Neither by the same command nor by another one over the same plans."""
    plans(2)
    batching.behave(state="in_progress")
    batching.submit()

    assert "under way already" in batching.submit().output
    assert "under way already" in batching.submit("--limit", "1").output
    assert "1 batch under way" in batching.collect(code=3).output

    assert batching.served()["batches"] == 1
    assert ledger() == 0


def test_limits_cut_the_requests_into_files(batching: Batching) -> None:
    """No file has more requests or bytes than the endpoint takes."""
    plans(4)
    batching.submit("--max-requests", "5", "--max-file-mb", "0.08")

    sizes = batching.served()["sizes"]
    assert len(sizes) > 3
    assert max(requests for requests, _ in sizes) <= 5
    assert max(size for _, size in sizes) <= 80_000
    batching.collect()
    assert ledger() == sum(requests for requests, _ in sizes)


def test_a_request_larger_than_a_file_is_refused(batching: Batching) -> None:
    """Nothing is sent."""
    plans(1)

    result = batching.submit("--max-file-mb", "0.001", code=1)

    assert "--max-file-mb" in result.stderr
    assert batching.served()["calls"] == {}


def test_a_changed_document_is_noticed(batching: Batching) -> None:
    """Its answers are kept and nothing is read; a run asks about the change alone."""
    plans(3)
    batching.submit()
    plan = Path("plans/plan-1.txt")
    text = plan.read_text()
    plan.write_text(text + "99.新建公园8个。\n")

    result = batching.collect(code=3)

    assert "'plans/plan-1.txt' has changed" in result.stderr
    assert "Nothing was read" in result.output
    assert records() == []
    assert ledger() == batching.served()["billed"] > 0
    batching.live()
    assert batching.stub.served()["calls"] == 1
    assert "Nothing is to be collected" in batching.collect().output


def test_a_document_that_is_gone_is_noticed(batching: Batching) -> None:
    """The other files are not read as if they were all."""
    plans(2)
    batching.submit()
    Path("plans/plan-1.txt").unlink()

    result = batching.collect(code=3)

    assert "1 files of the batch are not there" in result.stderr
    assert ledger() > 0


def test_files_are_found_from_another_folder(
    batching: Batching, monkeypatch, tmp_path
) -> None:
    """Paths are seen from where the batch was sent."""
    plans(1)
    batching.submit()
    (tmp_path / "else").mkdir()
    monkeypatch.chdir(tmp_path / "else")
    Path("x.db").symlink_to(tmp_path / "x.db")

    assert "0 wait" in batching.collect().output


def test_nothing_is_begun_where_all_is_answered(batching: Batching) -> None:
    """A batch over what a run has read says which command makes records of it."""
    plans(1)
    batching.live()

    result = batching.submit("--soft", "rules")

    assert "Every request is answered" in result.output
    assert "run plans --model stub" in result.output
    assert rows("select count(*) from runs") == [(1,)]
    assert batching.served()["calls"] == {}
