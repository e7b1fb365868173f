"""Models: a job's calls go into the ledger, and what failed is stored as failed."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Self

import pytest

from extractor.browse.jobs.waiting import close_jobs
from extractor.model import source as model_source
from extractor.runs import session
from tests.browse.jobs.conftest import PLAN, Open
from tests.fake_endpoint import FakeEndpoint, Reply, completion, refusal, sensible


def fails_for_teachers(body: dict[str, Any]) -> Reply:
    """Answer nonsense about one item."""
    if "培训教师" in str(body["messages"]):
        return completion("no JSON")
    return sensible(body)


def test_item_that_fails(opened: Open, endpoint: FakeEndpoint) -> None:
    """The others have records, it has its reason; sent again it alone is asked."""
    program = opened(models=("rules", "fake"), base_url=endpoint.base_url)
    endpoint.answer = fails_for_teachers
    job = program.wait(program.send(model="fake"))
    asked = len(endpoint.asked)
    endpoint.answer = sensible
    mended = program.wait(program.send(model="fake"))
    asked_again = endpoint.asked[asked:]
    same = program.wait(program.send(model="fake"))

    assert ("done", 1, 3) == (
        job["state"],
        job["counts"]["failed"],
        job["counts"]["done"],
    )
    (failure,) = job["failures"]
    assert ("2.", "invalidoutput") == (failure["label"], failure["kind"])
    assert failure["message"]
    assert asked == job["calls"]
    assert 0 == mended["counts"]["failed"] and [] == mended["failures"]
    assert 1 == len(asked_again) and "培训教师" in asked_again[0]
    assert mended["calls"] == same["calls"] == len(endpoint.asked)


def test_rules_can_be_chosen_beside_it(opened: Open, endpoint: FakeEndpoint) -> None:
    """The first model is the default; another one of the list is asked for by name."""
    program = opened(models=("fake", "rules"), base_url=endpoint.base_url)
    by_rules = program.wait(program.send(model="rules"))
    calls = len(endpoint.asked)
    by_default = program.wait(program.send())

    assert ("rules", 0) == (by_rules["model"], calls)
    assert "fake" == by_default["model"] and endpoint.asked


def test_endpoint_that_refuses_everything(opened: Open, endpoint: FakeEndpoint) -> None:
    """The job fails with the endpoint's reason, and goes on when it is sent again."""
    program = opened(models=("fake",), base_url=endpoint.base_url)
    endpoint.answer = lambda _body: refusal(401, "wrong key")
    failed = program.wait(program.send())
    statuses = program.rows("select status from runs")
    endpoint.answer = sensible
    done = program.wait(program.send())

    assert "failed" == failed["state"]
    assert "wrong key" in failed["error"] and "send it again" in failed["error"]
    assert [("failed",)] == statuses
    assert ("done", 0) == (done["state"], done["counts"]["failed"])


def test_embedded_model_is_started_once(
    opened: Open,
    endpoint: FakeEndpoint,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    """The first job that needs it starts it, the end of the server stops it."""
    log: list[str] = []

    class Server:
        base_url = endpoint.base_url

        def __init__(self, *_given: Any, **_more: Any) -> None:
            pass

        def __enter__(self) -> Self:
            log.append("start")
            return self

        def __exit__(self, *_error: object) -> None:
            log.append("stop")

    weights = tmp_path / "weights.gguf"
    monkeypatch.setattr(session, "locate_weights", lambda *_: weights)
    monkeypatch.setattr(model_source, "LocalServer", Server)
    program = opened(models=("rules", "local"))

    program.wait(program.send(model="rules"))
    before = [*log]
    jobs = [program.wait(program.send(PLAN + n, model="local")) for n in "甲乙"]
    meanwhile = [*log]
    close_jobs(program.site)

    assert ["done", "done"] == [job["state"] for job in jobs]
    assert ([], ["start"], ["start", "stop"]) == (before, meanwhile, log)
