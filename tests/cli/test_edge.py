"""The edge of the process: one line, the right exit code, streams and signals."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from extractor.cli.edge import fails_in_one_line, sigterm_is_ctrl_c, speak_utf8
from extractor.core.errors import ConfigError, InvalidOutputError, StoreError
from tests.conftest import DOCUMENTS, ROOT

PLAN = str(DOCUMENTS / "minsheng-2023.txt")
FULL = Path("/dev/full")


def raising(error: BaseException) -> Callable[[], None]:
    """Return a command that ends with the error."""

    @fails_in_one_line
    def command() -> None:
        raise error

    return command


def extract(*arguments: str, **options: Any) -> subprocess.CompletedProcess[str]:
    """Run the program in a process of its own."""
    options = {"stdout": subprocess.PIPE, "text": True, **options}
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **options.pop("env", {})}
    return subprocess.run(
        [sys.executable, "-m", "extractor", *arguments],
        cwd=ROOT,
        env=environment,
        stderr=subprocess.PIPE,
        timeout=60,
        check=False,
        **options,
    )


@pytest.mark.parametrize(
    ("error", "line"),
    [
        pytest.param(
            ConfigError("a\nb\x1b[2J"), "Error: a b\ufffd[2J\n", id="one-line"
        ),
        pytest.param(StoreError("disk full"), "Error: disk full\n", id="store"),
        pytest.param(
            OSError(28, "No space left on device"),
            "Error: No space left on device\n",
            id="system",
        ),
        pytest.param(
            PermissionError(13, "Permission denied", "x.db"),
            "Error: Permission denied: x.db\n",
            id="system-with-file",
        ),
        pytest.param(OSError("odd"), "Error: odd\n", id="system-without-number"),
    ],
)
def test_error_is_one_line_and_exit_1(
    capsys: pytest.CaptureFixture[str], error: Exception, line: str
) -> None:
    """Whatever it says, it is one line that does nothing to the terminal."""
    with pytest.raises(SystemExit) as exited:
        raising(error)()

    assert exited.value.code == 1
    assert capsys.readouterr().err == line


def test_failed_model_call_says_how_to_go_on(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """What was done is kept, and the reader is told."""
    with pytest.raises(SystemExit):
        raising(InvalidOutputError("rubbish"))()

    assert "the same command goes on from there" in capsys.readouterr().err


def test_bug_keeps_its_traceback() -> None:
    """What is nobody's mistake but ours is shown whole."""
    with pytest.raises(ZeroDivisionError):
        raising(ZeroDivisionError())()


def test_ctrl_c_outside_a_run_is_exit_130() -> None:
    """The number shells know."""
    with pytest.raises(SystemExit) as exited:
        raising(KeyboardInterrupt())()

    assert exited.value.code == 130


def test_reader_that_has_enough_is_no_error() -> None:
    """`extract items … | head -1` ends quietly."""
    read, write = os.pipe()
    os.close(read)

    ended = extract("items", PLAN, "--json", stdout=write)
    os.close(write)

    said = [
        line for line in ended.stderr.splitlines() if "were cut as a copy" not in line
    ]
    assert (ended.returncode, said) == (0, [])


@pytest.mark.skipif(not FULL.is_char_device(), reason="no /dev/full on this machine")
def test_full_disk_under_the_output_is_one_line() -> None:
    """Nothing is lost at exit without an error."""
    with FULL.open("w") as out:
        ended = extract("items", PLAN, "--json", stdout=out)

    assert ended.returncode == 1
    assert ended.stderr == "Error: No space left on device\n"


def test_output_that_the_caller_closed_is_no_error() -> None:
    """A daemon without standard streams can run a command."""
    code = (
        "import os, sys; os.close(1); sys.stdout = None; "
        f"sys.argv = ['extract', 'items', {PLAN!r}, '--json']; "
        "from extractor.cli.main import main; main()"
    )

    ended = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=False
    )

    assert (ended.returncode, ended.stderr) == (0, b"")


def test_pipe_gets_utf_8_whatever_the_locale() -> None:
    """Chinese arrives as UTF-8 also where the locale knows none."""
    ended = extract(
        "items", PLAN, "--json", env={"PYTHONIOENCODING": "ascii"}, encoding="utf-8"
    )

    assert ended.returncode == 0
    assert "工程" in ended.stdout


def test_half_a_character_does_not_end_the_program() -> None:
    """A path that is no text can still be printed."""
    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    speak_utf8(stream)

    stream.write("名\udce4")
    stream.flush()

    assert stream.buffer.getvalue() == "名\\udce4".encode()  # type: ignore[attr-defined]


@pytest.mark.parametrize("handler", [signal.default_int_handler, signal.SIG_IGN])
def test_sigterm_stops_as_ctrl_c_does(handler: Any) -> None:
    """Also in a background job, where Ctrl-C itself is ignored."""
    before = signal.getsignal(signal.SIGTERM)
    interrupt = signal.signal(signal.SIGINT, handler)
    try:
        with pytest.raises(KeyboardInterrupt), sigterm_is_ctrl_c():
            signal.raise_signal(signal.SIGTERM)
    finally:
        signal.signal(signal.SIGINT, interrupt)

    assert signal.getsignal(signal.SIGTERM) == before


def test_signals_are_left_alone_outside_the_main_thread() -> None:
    """A run in a thread works; signals are the main thread's."""
    done = []

    def use() -> None:
        with sigterm_is_ctrl_c():
            done.append(signal.getsignal(signal.SIGTERM))

    thread = threading.Thread(target=use)
    thread.start()
    thread.join()

    assert done == [signal.getsignal(signal.SIGTERM)]
