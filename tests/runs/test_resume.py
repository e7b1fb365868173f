"""Killed, stopped and taken up again: whole programs against a real endpoint."""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from extractor.model.embedded.weights import weights_info
from extractor.store.export import export_rows
from tests.conftest import DOCUMENTS, ROOT
from tests.fake_endpoint import FakeEndpoint, canonical, refusal
from tests.store_samples import found_violations

PLAN = DOCUMENTS / "qinghe-2024.txt"
CONCURRENCY = 3
TIMEOUT_S = 60

pytestmark = pytest.mark.skipif(
    sys.platform == "win32", reason="signals of another kind"
)


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Copy the product: a run of code that changed meanwhile would be another run."""
    folder = tmp_path_factory.mktemp("product")
    for name in ("extractor", "prompts"):
        ignored = shutil.ignore_patterns("__pycache__", "static")
        shutil.copytree(ROOT / name, folder / name, ignore=ignored)
    return folder


def start(
    product: Path, endpoint: FakeEndpoint, db: Path, *more: str
) -> subprocess.Popen[str]:
    """Start a run at the endpoint."""
    return launch(
        product,
        *("run", str(PLAN), "--db", str(db), "--model", "fake"),
        *("--base-url", endpoint.base_url, "--strategy", "sentences"),
        *("--concurrency", str(CONCURRENCY)),
        *more,
    )


def launch(product: Path, *arguments: str) -> subprocess.Popen[str]:
    """Start `python -m extractor`, strict about everything Python warns of."""
    return subprocess.Popen(
        [
            *(sys.executable, "-W", "error::RuntimeWarning"),
            *("-W", "always::ResourceWarning"),
            *("-m", "extractor"),
            *arguments,
        ],
        cwd=product,
        env={**os.environ, "PYTHONPATH": str(product)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finish(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    """Wait for the end; return exit code, stdout and stderr."""
    stdout, stderr = process.communicate(timeout=TIMEOUT_S)
    for words in ("Traceback", "unclosed", "never", "was destroyed", "ignored"):
        assert words not in stderr, stderr
    return process.returncode, stdout, stderr


def wait_until(is_so: Callable[[], bool], process: subprocess.Popen[str]) -> None:
    """Wait for something the program does."""
    deadline = time.monotonic() + TIMEOUT_S
    while not is_so():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.002)


def kill(process: subprocess.Popen[str]) -> None:
    """Kill without a chance to do anything."""
    process.kill()
    process.communicate(timeout=TIMEOUT_S)
    assert process.returncode == -signal.SIGKILL


def answered(db: Path) -> set[str]:
    """Return the bodies whose answers stand in the ledger, as another program would."""
    if not db.is_file():
        return set()
    with closing(sqlite3.connect(db)) as conn:
        assert conn.execute("pragma integrity_check").fetchone() == ("ok",)
        if not conn.execute(
            "select 1 from sqlite_master where name = 'v_runs'"
        ).fetchone():
            return set()
        sql = "select request_body from llm_calls where status = 200 and error is null"
        return {canonical(json.loads(body)) for (body,) in conn.execute(sql)}


def exported(db: Path) -> bytes:
    """Return the export as a user gets it."""
    out = db.with_suffix(".jsonl")
    export_rows(db, "jsonl", out)
    return out.read_bytes()


def test_killed_run_is_taken_up_and_pays_nothing_twice(
    product: Path, endpoint: FakeEndpoint, tmp_path: Path
) -> None:
    """After kill -9 the same command gives the same bytes, no answer bought twice."""
    whole, killed = tmp_path / "whole.db", tmp_path / "killed.db"
    assert finish(start(product, endpoint, whole))[0] == 0
    needed = set(endpoint.asked)
    assert len(endpoint.asked) == len(needed) > 20
    endpoint.asked.clear()
    endpoint.delay_s = 0.05
    moments = random.Random(20310102)
    kills = 3

    for step in range(kills):
        before, n_asked = answered(killed), len(endpoint.asked)
        process = start(product, endpoint, killed)
        if step:  # the first one dies while it is still starting
            goal = n_asked + moments.randint(1, len(needed) // kills)
            wait_until(lambda goal=goal: len(endpoint.asked) >= goal, process)  # type: ignore[misc]
        time.sleep(moments.uniform(0, 0.1 if step else 0.8))
        kill(process)
        assert before.isdisjoint(endpoint.asked[n_asked:])
        assert before <= answered(killed)

    before, n_asked = answered(killed), len(endpoint.asked)
    endpoint.delay_s = 0
    code, stdout, _ = finish(start(product, endpoint, killed))

    assert code == 0
    assert "Database: " in stdout
    assert 0 < len(before) < len(needed)
    assert before.isdisjoint(endpoint.asked[n_asked:])
    assert set(endpoint.asked) == needed
    repeated = sum(n - 1 for n in Counter(endpoint.asked).values())
    assert repeated <= kills * CONCURRENCY
    assert exported(killed) == exported(whole)
    assert found_violations(killed) == []


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_stopped_run_says_so_and_is_taken_up(
    product: Path, endpoint: FakeEndpoint, tmp_path: Path, name: str
) -> None:
    """Ctrl-C and a polite kill end the run in order, exit 130, with the way on."""
    db = tmp_path / "x.db"
    endpoint.delay_s = 0.1
    process = start(product, endpoint, db)
    wait_until(lambda: len(endpoint.asked) >= 8, process)

    process.send_signal(getattr(signal, name))
    code, stdout, stderr = finish(process)

    assert (code, stdout) == (130, "")
    assert stderr.splitlines()[-1] == "Stopped. The same command goes on from here."
    with closing(sqlite3.connect(db)) as conn:
        assert conn.execute("select status from runs").fetchall() == [("interrupted",)]
    before, n_asked = answered(db), len(endpoint.asked)
    endpoint.delay_s = 0
    assert finish(start(product, endpoint, db))[0] == 0
    assert before
    assert before.isdisjoint(endpoint.asked[n_asked:])


@pytest.mark.parametrize(
    ("name", "times", "strategy"),
    [
        ("SIGINT", 1, "open"),
        ("SIGTERM", 1, "sentences"),
        ("SIGINT", 3, "open"),
        ("SIGTERM", 2, "sentences"),
    ],
)
def test_run_of_many_requests_stops_in_one_line(
    product: Path,
    endpoint: FakeEndpoint,
    tmp_path: Path,
    name: str,
    times: int,
    strategy: str,
) -> None:
    """Seventy requests in, several in flight, the signal sent once or in a burst."""
    db = tmp_path / "x.db"
    many = [str(DOCUMENTS), "--strategy", strategy, "--concurrency", "8"]
    endpoint.delay_s = 0.05
    process = start(product, endpoint, db, *many)
    wait_until(lambda: len(endpoint.asked) >= 70, process)

    for _ in range(times):
        process.send_signal(getattr(signal, name))
        time.sleep(0.004)
    code, stdout, stderr = finish(process)

    assert (code, stdout) == (130, "")
    assert stderr.splitlines()[-1] == "Stopped. The same command goes on from here."
    assert stderr.count("Stopped") == 1
    before, n_asked = answered(db), len(endpoint.asked)
    assert len(before) >= 50
    endpoint.delay_s = 0
    assert finish(start(product, endpoint, db, *many))[0] == 0
    assert before.isdisjoint(endpoint.asked[n_asked:])


STOPPED = "Stopped. The same command goes on from here."


def test_first_signal_waits_for_what_is_paid(
    product: Path, endpoint: FakeEndpoint, tmp_path: Path
) -> None:
    """Every question that was sent has its answer in the ledger, no other is sent."""
    db = tmp_path / "x.db"
    endpoint.delay_s = 1.0
    process = start(product, endpoint, db)
    wait_until(lambda: len(endpoint.asked) >= CONCURRENCY, process)

    process.send_signal(signal.SIGINT)
    code, _, stderr = finish(process)

    assert (code, stderr.splitlines()[-1]) == (130, STOPPED)
    assert len(endpoint.asked) == CONCURRENCY
    assert answered(db) == set(endpoint.asked)


def test_second_signal_stops_at_once(
    product: Path, endpoint: FakeEndpoint, tmp_path: Path
) -> None:
    """An answer that does not come is given up; the ledger says so."""
    db = tmp_path / "x.db"
    endpoint.delay_s = 20.0
    process = start(product, endpoint, db)
    wait_until(lambda: len(endpoint.asked) >= CONCURRENCY, process)

    process.send_signal(signal.SIGINT)
    time.sleep(2)
    assert process.poll() is None
    process.send_signal(signal.SIGTERM)
    begun = time.monotonic()
    code, stdout, stderr = finish(process)

    assert (code, stdout) == (130, "")
    assert time.monotonic() - begun < 5
    assert stderr.splitlines()[-1] == STOPPED
    with closing(sqlite3.connect(db)) as conn:
        errors = conn.execute("select error from llm_calls").fetchall()
        assert conn.execute("select status from runs").fetchall() == [("interrupted",)]
    assert errors == [("cancelled",)] * CONCURRENCY


_GOING_ON = re.compile("items |loading the model|\\d+ items were done before")


def stop_often(
    product: Path,
    begin: Callable[[], subprocess.Popen[str]],
    db: Path,
    longest_s: float,
) -> int:
    """Stop a run at twenty random moments, each time going on; return how often."""
    moments = random.Random(20311128)
    stopped = 0
    for step in range(20):
        before = answered(db)
        process = begin()
        time.sleep(moments.uniform(0.3, longest_s))
        process.send_signal((signal.SIGINT, signal.SIGTERM)[step % 2])
        stdout, stderr = process.communicate(timeout=TIMEOUT_S)
        code = process.returncode
        assert before <= answered(db)
        is_pythons_own = code < 0 or "Traceback" in stderr  # before our first line
        if code == 0 or (is_pythons_own and str(product) not in stderr):
            continue
        said = [line for line in stderr.splitlines() if not _GOING_ON.match(line)]
        assert (code, stdout) == (130, "")
        assert said in ([STOPPED], ["Stopped."]), stderr
        stopped += 1
    return stopped


def test_run_stopped_at_twenty_moments_loses_nothing(
    product: Path, endpoint: FakeEndpoint, tmp_path: Path
) -> None:
    """One line each time; nothing is asked twice, and the end is that of one run."""
    whole, db = tmp_path / "whole.db", tmp_path / "x.db"
    assert finish(start(product, endpoint, whole))[0] == 0
    needed = set(endpoint.asked)
    endpoint.asked.clear()
    endpoint.delay_s = 0.25

    stopped = stop_often(product, lambda: start(product, endpoint, db), db, 2.5)

    endpoint.delay_s = 0
    assert finish(start(product, endpoint, db))[0] == 0
    assert stopped >= 10
    assert Counter(endpoint.asked) == Counter(needed)
    assert exported(db) == exported(whole)


@pytest.mark.model
def test_embedded_run_stopped_at_twenty_moments_loses_nothing(
    product: Path, tmp_path: Path
) -> None:
    """While the model loads, while it answers, and in between."""
    if weights_info().state != "cached":
        pytest.skip("the embedded weights are not in the cache")
    pytest.importorskip("xllamacpp", reason="the extra local is not installed")
    db = tmp_path / "x.db"
    command = ["run", str(PLAN), "--db", str(db)]

    stopped = stop_often(product, lambda: launch(product, *command), db, 8.0)
    process = launch(product, *command)
    process.communicate(timeout=900)

    assert stopped >= 10
    assert process.returncode == 0
    with closing(sqlite3.connect(db)) as conn:
        sql = "select count(*), count(distinct request_key) from llm_calls"
        calls, questions = conn.execute(sql).fetchone()
    assert calls == questions > 20
    assert found_violations(db) == []


def test_wrong_key_ends_without_a_mess(
    product: Path, endpoint: FakeEndpoint, tmp_path: Path
) -> None:
    """A real process with requests in flight ends in one line when one is refused."""
    endpoint.answer = lambda _body: refusal(401, "wrong key")

    code, stdout, stderr = finish(start(product, endpoint, tmp_path / "x.db"))

    assert (code, stdout) == (1, "")
    assert len(stderr.splitlines()) == 1
    assert "check OPENAI_API_KEY" in stderr
