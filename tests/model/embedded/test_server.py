"""The embedded server: starts, answers alike twice, and never outlives its parent."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from extractor.core.errors import ConfigError
from extractor.model.embedded import server as local_server
from extractor.model.embedded.server import LocalServer, Room, usable_cores
from extractor.model.embedded.weights import locate_weights, weights_info
from tests.conftest import DOCUMENTS
from tests.processes import is_alive, wait_until_gone

pytestmark = pytest.mark.block_network(allowed_hosts=[r"127\.0\.0\.1"])

HAS_SERVER = importlib.util.find_spec("xllamacpp") is not None
HAS_WEIGHTS = HAS_SERVER and weights_info().state == "cached"

needs_server = pytest.mark.skipif(not HAS_SERVER, reason="xllamacpp is not installed")
needs_weights = pytest.mark.skipif(
    not HAS_WEIGHTS, reason="the embedded weights are not in the cache"
)


@pytest.fixture(scope="module")
def server() -> Iterator[LocalServer]:
    """The embedded model, started once for the module."""
    with LocalServer(locate_weights()) as running:
        yield running


def ask(server: LocalServer, text: str, **options: Any) -> dict[str, Any]:
    """Ask the model over plain HTTP."""
    body = {
        "model": "local",
        "messages": [{"role": "user", "content": text}],
        "max_tokens": 12,
        "temperature": 0,
        **options,
    }
    request = urllib.request.Request(
        f"{server.base_url}/chat/completions",
        json.dumps(body).encode(),
        {"content-type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=60) as response:
        answer: dict[str, Any] = json.load(response)
    return answer


def text_of(answer: dict[str, Any]) -> str:
    """Return the words of an answer."""
    text: str = answer["choices"][0]["message"]["content"]
    return text


@needs_weights
@pytest.mark.model
def test_same_question_gets_the_same_answer(server: LocalServer) -> None:
    """At temperature 0 the prompt cache does not change the answer."""
    cold = ask(server, "用一句话说明什么是学位。")
    other = ask(server, "用一句话说明什么是停车泊位。")
    warm = ask(server, "用一句话说明什么是学位。")

    assert text_of(cold) == text_of(warm) != text_of(other)
    assert warm["usage"]["prompt_tokens_details"]["cached_tokens"] > 0


@needs_weights
@pytest.mark.model
def test_schema_constrains_the_answer(server: LocalServer) -> None:
    """A JSON schema decides the shape of the answer."""
    schema = {
        "type": "object",
        "properties": {"n": {"type": "integer"}},
        "required": ["n"],
    }
    response_format = {"type": "json_schema", "json_schema": {"schema": schema}}

    answer = ask(server, "三加四等于几？", response_format=response_format)

    assert json.loads(text_of(answer)).keys() == {"n"}


@needs_weights
@pytest.mark.model
def test_likelihoods_are_given(server: LocalServer) -> None:
    """Log probabilities come with the tokens when asked for."""
    answer = ask(server, "你好", max_tokens=1, logprobs=True, top_logprobs=3)

    (token,) = answer["choices"][0]["logprobs"]["content"]
    assert len(token["top_logprobs"]) == 3


@needs_weights
@pytest.mark.model
def test_answer_does_not_name_a_path(server: LocalServer) -> None:
    """Cassettes and ledgers do not tell where the user's files are."""
    assert "/" not in ask(server, "你好", max_tokens=1)["model"]


@needs_weights
@pytest.mark.model
def test_server_prints_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    """The terminal is the user's; a clean stop removes the log and the child."""
    with LocalServer(locate_weights(), room=Room(512)) as running:
        pid, log_path = running.pid, running.log_path
    printed = capfd.readouterr()

    assert (printed.out, printed.err) == ("", "")
    assert not is_alive(pid)
    assert log_path is not None
    assert not log_path.exists()


@needs_weights
@pytest.mark.model
def test_error_inside_stops_the_server() -> None:
    """An exception on the way does not leave the child behind."""
    pid = 0

    def fail() -> None:
        nonlocal pid
        with LocalServer(locate_weights(), room=Room(512)) as running:
            pid = running.pid
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()

    assert not is_alive(pid)


@needs_weights
@pytest.mark.model
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_child_ends_with_its_parent(number: signal.Signals, tmp_path: Path) -> None:
    """However the parent ends, no server is left running."""
    script = tmp_path / "parent.py"
    script.write_text(
        "import time\n"
        "from extractor.model.embedded.server import LocalServer, Room\n"
        "from extractor.model.embedded.weights import locate_weights\n"
        "with LocalServer(locate_weights(), room=Room(512)) as server:\n"
        "    print(server.pid, flush=True)\n"
        "    time.sleep(60)\n"
    )
    root = str(Path(local_server.__file__).parents[3])
    parent = subprocess.Popen(
        [sys.executable, str(script)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=os.environ | {"PYTHONPATH": root, "TMPDIR": str(tmp_path)},
    )
    assert parent.stdout is not None
    with parent.stdout:
        child = int(parent.stdout.readline())
        parent.send_signal(number)
        parent.wait(10)

    assert wait_until_gone(child)
    assert not list(tmp_path.glob("*.log"))


@needs_weights
@pytest.mark.model
def test_server_that_died_is_reported(caplog: pytest.LogCaptureFixture) -> None:
    """A server that ended by itself keeps its log, and the log is named."""
    running = LocalServer(locate_weights(), room=Room(512))
    running.start()
    os.kill(running.pid, signal.SIGKILL)
    assert running._process is not None
    running._process.wait(10)  # its threads end after its first one
    running.stop()

    assert "ended by itself (SIGKILL, out of memory?)" in caplog.text
    assert running.log_path is not None
    running.log_path.unlink()


@needs_server
def test_file_that_is_no_model_is_refused_in_one_line(tmp_path: Path) -> None:
    """A damaged file is the operator's to replace; the log is named."""
    path = tmp_path / "broken.gguf"
    path.write_bytes(b"GGUF" + bytes(100))

    with pytest.raises(ConfigError, match=r"with .*broken\.gguf': gguf_init") as caught:
        LocalServer(path).start()
    message = str(caught.value)

    assert "\n" not in message
    log_path = Path(message.rpartition("(log: ")[2].removesuffix(")"))
    assert log_path.is_file()
    log_path.unlink()


@needs_weights
@pytest.mark.model
def test_port_in_use_is_refused() -> None:
    """A port that is taken is said to be."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        running = LocalServer(locate_weights(), room=Room(512), port=port)

        with pytest.raises(ConfigError, match=f"couldn't bind .* port: {port}"):
            running.start()

    assert running.log_path is not None
    running.log_path.unlink()


@needs_weights
@pytest.mark.model
def test_served_model_answers_several_runs(tmp_path: Path) -> None:
    """Two processes ask one server; SIGTERM ends it, and the model with it."""
    command = [sys.executable, "-m", "extractor"]
    serving = subprocess.Popen(
        [*command, "model", "serve"], stdout=subprocess.PIPE, text=True
    )
    assert serving.stdout is not None
    (address,) = re.findall(r"http://127\.0\.0\.1:\d+/v1", serving.stdout.readline())
    plans = ("minsheng-2023.txt", "report-2024-gbk.txt")
    runs = [
        subprocess.Popen(
            [*command, "run", DOCUMENTS / plan, "--limit", "1", "--server", address,
             "--db", tmp_path / f"{plan}.db"],
            stdout=subprocess.PIPE,
        )
        for plan in plans
    ]  # fmt: skip
    printed = [run.communicate()[0].decode() for run in runs]
    serving.send_signal(signal.SIGTERM)

    assert [run.returncode for run in runs] == [0, 0], printed
    serving.stdout.close()
    assert serving.wait(10) == 0
    for plan in plans:
        with closing(sqlite3.connect(tmp_path / f"{plan}.db")) as conn:
            (answers,) = conn.execute(
                "select count(*) from llm_calls where status = 200"
            ).fetchone()
        assert answers > 0
    with pytest.raises(OSError, match="refused"):
        urllib.request.urlopen(f"{address}/models")


def test_slow_start_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A child that never gets ready is ended."""
    (tmp_path / "python").write_text("#!/bin/sh\nexec sleep 60\n")
    (tmp_path / "python").chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: True)
    monkeypatch.setattr(local_server, "_STOP_TIMEOUT_S", 0.05)
    running = LocalServer(tmp_path / "x.gguf", start_timeout_s=0.05)

    with pytest.raises(ConfigError, match=r"it was not ready after 0\.05 s"):
        running.start()

    with pytest.raises(RuntimeError, match="not running"):
        assert running.pid
    assert running.log_path is not None
    running.log_path.unlink()


def test_missing_extra_names_the_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without xllamacpp the message is the command that installs it."""
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)

    with pytest.raises(ConfigError, match=r"pip install 'workplan-extract\[local\]'"):
        LocalServer(tmp_path / "x.gguf").start()


def test_server_that_is_not_running_has_no_address(tmp_path: Path) -> None:
    """Using it before it is started is a mistake in the program."""
    idle = LocalServer(tmp_path / "x.gguf")
    idle.stop()

    with pytest.raises(RuntimeError, match="not running"):
        assert idle.base_url


def test_cores_are_counted() -> None:
    """At least one core, at most those the process may use."""
    assert 1 <= usable_cores() <= (os.cpu_count() or 1)


def test_cores_that_share_a_core_count_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two threads of one core compute no faster than one."""
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1, 2, 3}, raising=False)
    monkeypatch.setattr(local_server, "_siblings", lambda cpu: f"core {cpu // 4}")

    assert usable_cores() == 1
