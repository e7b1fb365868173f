"""A `llama-server` in place of the wheel: started with our files, ended with us."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path
from textwrap import dedent
from typing import NamedTuple

import pytest
from click.testing import CliRunner

from extractor.cli.main import main
from extractor.core.errors import ConfigError
from extractor.model.embedded.server import LocalServer, Room
from tests.commands import refused
from tests.processes import wait_until_gone

pytestmark = pytest.mark.block_network(allowed_hosts=[r"127\.0\.0\.1"])

STUB = """
    #!{python}
    import json, os, sys
    from http.server import BaseHTTPRequestHandler, HTTPServer

    class Stub(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.end_headers()
            told = {{"pid": os.getpid(), "arguments": sys.argv[1:]}}
            self.wfile.write(json.dumps(told).encode())

    port = int(sys.argv[sys.argv.index("--port") + 1])
    HTTPServer(("127.0.0.1", port), Stub).serve_forever()
"""


def program(folder: Path, text: str) -> Path:
    """Write a program that can be run."""
    path = folder / "llama-server"
    path.write_text(dedent(text).lstrip().format(python=sys.executable))
    path.chmod(0o755)
    return path


class Told(NamedTuple):
    """What the stub says of itself."""

    pid: int
    arguments: list[str]


def told(base_url: str) -> Told:
    """Ask the stub."""
    with urllib.request.urlopen(f"{base_url}/props", timeout=5) as response:
        return Told(**json.load(response))


def test_program_serves_our_files_and_ends_with_us(tmp_path: Path) -> None:
    """Weights, adapter and slots are as with the wheel; it listens on loopback."""
    weights, adapter = tmp_path / "w.gguf", tmp_path / "a.gguf"
    running = LocalServer(
        weights, adapter=adapter, room=Room(2048, 3), program=program(tmp_path, STUB)
    )
    with running:
        found = told(running.base_url)

    arguments = " ".join(found.arguments)
    assert f"--model {weights} --alias w --lora {adapter}" in arguments
    assert "--ctx-size 6144 --parallel 3" in arguments
    assert "--host 127.0.0.1" in arguments
    assert "--cors-origins null" in arguments
    assert wait_until_gone(found.pid)
    assert running.log_path is not None
    assert not running.log_path.exists()


def test_program_ends_when_we_are_killed(tmp_path: Path) -> None:
    """However we end, it does not stay."""
    code = (
        "import pathlib, time\n"
        "from extractor.model.embedded.server import LocalServer\n"
        f"program = pathlib.Path({str(program(tmp_path, STUB))!r})\n"
        "with LocalServer(pathlib.Path('w.gguf'), program=program) as server:\n"
        "    print(server.base_url, flush=True)\n"
        "    time.sleep(60)\n"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, text=True
    )
    assert parent.stdout is not None
    pid = told(parent.stdout.readline().strip()).pid
    parent.kill()
    parent.wait()
    parent.stdout.close()

    assert wait_until_gone(pid)


def test_program_that_ends_is_noticed(tmp_path: Path) -> None:
    """Its server is then gone for whoever looks, and stopping says so in the log."""
    running = LocalServer(tmp_path / "w.gguf", program=program(tmp_path, STUB))
    running.start()
    os.kill(told(running.base_url).pid, signal.SIGTERM)

    assert wait_until_gone(running.pid)
    running.stop()
    assert running.log_path is not None
    assert running.log_path.exists()
    running.log_path.unlink()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param(
            "#!/bin/sh\necho 'error: invalid argument: --offline' >&2; exit 1\n",
            "did not start with .*w.gguf': invalid argument: --offline",
            id="that-is-too-old",
        ),
        pytest.param(
            "#!/bin/sh\nexit 7\n",
            "did not start with .*w.gguf': exit code 7",
            id="that-says-nothing",
        ),
        pytest.param(
            "#!/no/such/interpreter\n",
            "cannot run '.*llama-server': No such file or directory",
            id="that-cannot-be-run",
        ),
    ],
)
def test_program_is_refused_in_one_line(tmp_path: Path, text: str, words: str) -> None:
    """What it says of itself is passed on."""
    running = LocalServer(tmp_path / "w.gguf", program=program(tmp_path, text))

    with pytest.raises(ConfigError, match=words) as caught:
        running.start()

    assert "\n" not in str(caught.value)
    assert running.log_path is not None
    running.log_path.unlink()


def test_program_that_is_none_is_refused(cli_runner: CliRunner, tmp_path: Path) -> None:
    """A path or a name of the command search path is wanted."""
    plain = tmp_path / "plain"
    plain.write_text("no program")

    for name in (str(plain), "no-such-llama-server"):
        result = cli_runner.invoke(main, ["model", "serve", "--program", name])
        refused(result, f"--program {name!r} cannot be run; give the path of llama.cpp")


def test_command_serves_with_the_program(tmp_path: Path) -> None:
    """What it prints is the program's address; both end together."""
    weights = tmp_path / "own.gguf"
    weights.write_bytes(b"GGUF" + bytes(100))
    serving = subprocess.Popen(
        [
            *(sys.executable, "-m", "extractor", "model", "serve"),
            *("--model-path", str(weights), "--program", str(program(tmp_path, STUB))),
        ],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert serving.stdout is not None
    with serving.stdout:
        line = serving.stdout.readline()
    pid = told(line.split("--server ")[1].split()[0]).pid
    serving.send_signal(signal.SIGTERM)

    assert serving.wait(10) == 0
    assert wait_until_gone(pid)
