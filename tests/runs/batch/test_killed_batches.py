"""Killed at every step: the same command finds what happened, nothing is paid twice."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence

import pytest

from extractor.runs.batch import submitting
from tests.batch_samples import Batching, ledger, plans, records, submit_words
from tests.commands import rows
from tests.conftest import ROOT

TIMEOUT_S = 60

pytestmark = pytest.mark.skipif(
    sys.platform == "win32", reason="signals of another kind"
)


def is_held(batching: Batching) -> bool:
    """Say whether the stub holds a call back."""
    held: bool = batching.served()["held"] > 0
    return held


def killed_when(is_so: Callable[[], bool], words: Sequence[str]) -> None:
    """Run a command until something is so, and kill it without a chance."""
    process = subprocess.Popen(
        [sys.executable, "-m", "extractor", *words],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    deadline = time.monotonic() + TIMEOUT_S
    while not is_so():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.02)
    process.kill()
    process.communicate(timeout=TIMEOUT_S)
    assert process.returncode == -signal.SIGKILL


@pytest.mark.parametrize(
    "hold", ["upload-before", "upload-after", "create-before", "create-after"]
)
def test_a_killed_submission_is_taken_up(
    batching: Batching, monkeypatch: pytest.MonkeyPatch, hold: str
) -> None:
    """Before and after each call: one file, one batch, the records of a live run."""
    monkeypatch.setattr(submitting, "_SETTLED_S", 0.0)
    plans(2)
    batching.live(db="live.db")
    batching.behave(hold=hold)
    killed_when(lambda: is_held(batching), submit_words(batching.stub))
    batching.behave()

    batching.submit()

    batching.collect()
    served = batching.served()
    assert (served["files"], served["batches"]) == (1, 1)
    assert served["billed"] == ledger()
    assert records() == records("live.db") != []


def test_a_batch_is_looked_for_until_it_must_be_listed(
    batching: Batching, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A list may lag behind what was made: nothing is made anew before it has settled.

    An endpoint that lists nothing is not asked for a batch that may be there.
    """
    monkeypatch.setattr(submitting, "_SETTLED_S", 3.0)
    plans(1)
    batching.behave(hold="create-before")
    killed_when(lambda: is_held(batching), submit_words(batching.stub))
    batching.behave(no_list=True)
    assert batching.submit(code=1).stderr.count("Error: ") == 1
    assert batching.served()["batches"] == 0

    batching.behave()
    batching.submit()

    assert batching.served()["batches"] == 1
    assert batching.served()["calls"]["GET batches"] > 1


def test_a_killed_collection_is_taken_up(batching: Batching) -> None:
    """Half the lines are in the ledger: the other half comes, each once."""
    plans(8)
    batching.live(db="live.db")
    batching.submit()
    batching.behave(cut_content=25_000, hold="content")
    where = ("--db", "x.db", "--base-url", batching.stub.base_url)
    killed_when(lambda: ledger() > 0, ["batch", "collect", *where])
    requests = rows("select count(*) from batch_requests")[0][0]
    assert 0 < ledger() < requests
    batching.behave()

    batching.collect()

    assert ledger() == requests == batching.served()["billed"]
    assert rows("select count(*) - count(distinct request_key) from llm_calls") == [
        (0,)
    ]
    assert records() == records("live.db") != []
