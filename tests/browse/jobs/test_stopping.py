"""Stopping: whatever ends the server, what was answered is kept and not asked again."""

from __future__ import annotations

import json
import re
import sqlite3
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from extractor.store.store import Store
from tests.fake_endpoint import FakeEndpoint, Reply, canonical, sensible

PLAN = "丙市2031年工作要点\n一、扩大供给\n" + "".join(
    f"{n}.新增公办幼儿园学位{n}万个。\n" for n in range(1, 13)
)
WAIT_S = 120


class Server:
    """A server of its own process, and a program that sends it the plan."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout
        printed = process.stdout.readline() + process.stdout.readline()
        self.process = process
        self.token = re.findall(r"token=(\S+)", printed)[0]
        self.url = re.findall(r"http://[\d.:]+", printed)[0]

    def ask(self, address: str, said: dict[str, Any] | None = None) -> dict[str, Any]:
        """Ask the server."""
        request = urllib.request.Request(
            self.url + address,
            data=json.dumps(said).encode() if said else None,
            headers={
                "authorization": f"Bearer {self.token}",
                "content-type": "application/json",
            },
        )
        with urllib.request.urlopen(request, timeout=WAIT_S) as response:
            answer: dict[str, Any] = json.loads(response.read())
        return answer

    def send(self) -> dict[str, Any]:
        """Send the plan."""
        return self.ask("/-/api/plans/extract", {"text": PLAN})


@contextmanager
def served(path: Path, endpoint: FakeEndpoint) -> Iterator[Server]:
    """Serve a database with the endpoint's model."""
    command = [sys.executable, "-m", "extractor", "serve", str(path), "--write"]
    told = ["--model", "fake", "--base-url", endpoint.base_url, "--port", "0"]
    with subprocess.Popen(
        [*command, *told], stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            yield Server(process)
        finally:
            process.kill()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Make an empty database."""
    path = tmp_path / "plans.db"
    Store(path).close()
    return path


class Gate:
    """Lets three questions be answered, and holds up the others until it is opened."""

    def __init__(self) -> None:
        self.answered: list[str] = []
        self.opened = threading.Event()
        self._lock = threading.Lock()

    def __call__(self, body: dict[str, Any]) -> Reply:
        """Answer, now or later."""
        with self._lock:
            is_first = len(self.answered) < 3
            if is_first:
                self.answered.append(canonical(body))
        if not is_first:
            self.opened.wait(WAIT_S)
        return sensible(body)


def wait_until(is_true: Callable[[], bool]) -> None:
    """Wait for something that comes."""
    until = time.monotonic() + WAIT_S
    while not is_true():
        assert time.monotonic() < until
        time.sleep(0.05)


def calls(path: Path) -> int:
    """Return the calls that the ledger has."""
    with closing(sqlite3.connect(path)) as conn:
        (count,) = conn.execute("select count(*) from llm_calls").fetchone()
    return int(count)


def test_killed_in_the_middle(path: Path, endpoint: FakeEndpoint) -> None:
    """Started and sent again, it asks what was not answered, and only that."""
    endpoint.answer = gate = Gate()
    with served(path, endpoint) as server:
        first = server.send()
        wait_until(lambda: calls(path) == 3)
        server.process.kill()
    gate.opened.set()
    with served(path, endpoint) as server:
        again = server.send()
        wait_until(lambda: server.ask(again["links"]["job"])["state"] == "done")
        job = server.ask(again["links"]["job"])

    assert first["id"] == again["id"]
    assert (12, 12, 0) == (
        job["counts"]["done"],
        job["counts"]["with_records"],
        job["counts"]["failed"],
    )
    assert {1} == {endpoint.asked.count(body) for body in gate.answered}


def test_stopped_in_the_middle(path: Path, endpoint: FakeEndpoint) -> None:
    """A polite kill waits for what is in flight, which is paid, and begins no more."""
    endpoint.answer = gate = Gate()
    with served(path, endpoint) as server:
        server.send()
        wait_until(lambda: calls(path) == 3 and len(endpoint.asked) > 4)
        server.process.terminate()
        time.sleep(1)
        gate.opened.set()
        code = server.process.wait(WAIT_S)

    with closing(sqlite3.connect(path)) as conn:
        ((status,),) = conn.execute("select status from runs").fetchall()
    assert (0, "interrupted") == (code, status)
    assert calls(path) == len(endpoint.asked) < 12
