"""Ctrl-C at any moment of a process: one line, exit 130, no traceback."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable

import pytest

import extractor
from extractor.cli import edge
from extractor.cli.edge import sigterm_is_ctrl_c
from extractor.core.interrupts import (
    ctrl_c_calls,
    ctrl_c_ends_at_once,
    ctrl_c_interrupts,
    end_at_once,
    interrupt,
)
from tests.conftest import DOCUMENTS, ROOT

PLAN = str(DOCUMENTS / "minsheng-2023.txt")
SCRIPT = "import sys; from extractor.__main__ import main; sys.exit(main())"
SLOW = "import sys, time; sys.argv = ['extract', '--help']; "

pytestmark = pytest.mark.skipif(
    sys.platform == "win32", reason="signals of another kind"
)


def start(*arguments: str) -> subprocess.Popen[str]:
    """Start Python on this source tree."""
    return subprocess.Popen(
        [sys.executable, *arguments],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.parametrize("seconds", [0.02, 0.04, 0.07, 0.1, 0.15, 0.25, 0.4, 0.6])
@pytest.mark.parametrize(
    "program",
    [
        pytest.param(("-m", "extractor", "items", PLAN), id="module"),
        pytest.param(("-c", SCRIPT, "items", PLAN), id="script"),
    ],
)
def test_ctrl_c_while_it_loads_is_one_line(
    program: tuple[str, ...], seconds: float
) -> None:
    """From the first line of ours on; what Python says before is Python's."""
    process = start(*program)
    time.sleep(seconds)

    process.send_signal(signal.SIGINT)
    _, stderr = process.communicate(timeout=60)

    # How soon the interpreter itself is up depends on the machine's load.
    if "Traceback" in stderr or process.returncode == -signal.SIGINT:
        assert str(ROOT / "extractor") not in stderr
    elif process.returncode != 0:  # it was done before
        assert (process.returncode, stderr) == (130, "Stopped.\n")


@pytest.mark.parametrize(
    "code",
    [
        pytest.param(
            "import builtins; load = builtins.__import__\n"
            "def slow(name, *rest):\n"
            "    if name == 'click': print('now', flush=True); time.sleep(30)\n"
            "    return load(name, *rest)\n"
            "builtins.__import__ = slow\n",
            id="in-an-import",
        ),
        pytest.param(
            "import click\n"
            "class Slow(click.Group):\n"
            "    def parse_args(self, *rest):\n"
            "        print('now', flush=True); time.sleep(30)\n"
            "import extractor.cli.main; extractor.cli.main.main.__class__ = Slow\n",
            id="in-click",
        ),
        pytest.param(
            "import extractor.cli.main\n"
            "class Slow:\n"
            "    def __init__(self, *_): print('now', flush=True); time.sleep(30)\n"
            "sys.argv = ['extract', 'items', 'x']\n"
            "extractor.cli.main.expand_paths = Slow\n",
            id="in-a-command",
        ),
    ],
)
def test_ctrl_c_at_a_certain_place_is_one_line(code: str) -> None:
    """Within an import, within click, within a command."""
    process = start("-c", f"{SLOW}\n{code}\n{SCRIPT}")
    assert process.stdout
    assert process.stdout.readline() == "now\n"

    process.send_signal(signal.SIGINT)
    _, stderr = process.communicate(timeout=20)

    assert (process.returncode, stderr) == (130, "Stopped.\n")


def test_little_is_loaded_before_ctrl_c_is_heard() -> None:
    """The package itself loads none of its stages, and nothing that takes time."""
    code = (
        "import sys; before = set(sys.modules); import extractor.__main__; "
        "print(sorted(set(sys.modules) - before))"
    )

    out, _ = start("-c", code).communicate(timeout=60)

    assert "extractor.core.interrupts" in out
    for name in (
        "extractor.cli.main",
        "extractor.language.times.deadlines",
        "pydantic",
        "typing",
        "asyncio",
    ):
        assert repr(name) not in out


def test_public_names_are_loaded_when_used() -> None:
    """A name that is not there is said not to be there."""
    assert set(extractor.__all__) <= set(dir(extractor))
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = extractor.nothing


@pytest.fixture
def ctrl_c_restored() -> object:
    """Put the handlers back."""
    before = {n: signal.getsignal(n) for n in (signal.SIGINT, signal.SIGTERM)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.usefixtures("ctrl_c_restored")
def test_command_can_be_interrupted_in_order() -> None:
    """While a command runs Ctrl-C is an exception, before and after the end."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    ctrl_c_ends_at_once()
    assert signal.getsignal(signal.SIGINT) is end_at_once

    with pytest.raises(KeyboardInterrupt), ctrl_c_interrupts():
        signal.raise_signal(signal.SIGINT)

    assert signal.getsignal(signal.SIGINT) is end_at_once


@pytest.mark.usefixtures("ctrl_c_restored")
def test_ignored_ctrl_c_stays_ignored() -> None:
    """A background job is not the terminal's."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)

    ctrl_c_ends_at_once()
    with ctrl_c_interrupts(), sigterm_is_ctrl_c():
        signal.raise_signal(signal.SIGINT)

    assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN


@pytest.mark.parametrize("first", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("second", [signal.SIGINT, signal.SIGTERM])
def test_second_signal_does_not_break_into_the_end(
    first: signal.Signals, second: signal.Signals
) -> None:
    """`timeout` sends its signal twice; what winds up goes on winding up."""
    ended = []

    def run() -> None:
        try:
            signal.raise_signal(first)
        finally:
            signal.raise_signal(second)
            ended.append("in order")

    with pytest.raises(KeyboardInterrupt), sigterm_is_ctrl_c():
        run()

    assert ended == ["in order"]


def test_end_that_does_not_come_is_forced(monkeypatch: pytest.MonkeyPatch) -> None:
    """After some seconds a second Ctrl-C ends the process."""
    forced: list[str] = []
    monkeypatch.setattr(edge, "_GRACE_S", -1.0)
    monkeypatch.setattr(edge, "_SAME_S", -1.0)
    monkeypatch.setattr(edge, "end_at_once", lambda: forced.append("now"))

    def run() -> None:
        try:
            signal.raise_signal(signal.SIGINT)
        finally:
            signal.raise_signal(signal.SIGINT)

    with pytest.raises(KeyboardInterrupt), sigterm_is_ctrl_c():
        run()

    assert forced == ["now"]


def test_second_signal_reaches_the_loop_and_the_third_is_forced(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """While a loop waits for what is in flight, once more tells it not to."""
    told: list[str] = []
    monkeypatch.setattr(edge, "_GRACE_S", -1.0)
    monkeypatch.setattr(edge, "_SAME_S", -1.0)
    monkeypatch.setattr(edge, "end_at_once", lambda: told.append("forced"))

    with sigterm_is_ctrl_c(), ctrl_c_calls(lambda: told.append("told")):
        for _ in range(3):
            signal.raise_signal(signal.SIGINT)

    assert told == ["told", "told", "forced"]


@pytest.mark.parametrize(
    "send",
    [
        pytest.param(interrupt, id="called"),
        pytest.param(lambda: signal.raise_signal(signal.SIGTERM), id="signalled"),
    ],
)
def test_event_loop_is_cancelled_and_not_broken_into(
    send: Callable[[], None],
) -> None:
    """The work of a loop ends where it waits, not where it happens to be."""
    steps = []

    async def work() -> None:
        task = asyncio.current_task()
        assert task
        with ctrl_c_calls(task.cancel):
            send()
            steps.append("whole step")
            await asyncio.sleep(60)

    with pytest.raises(asyncio.CancelledError), sigterm_is_ctrl_c():
        asyncio.run(work())

    assert steps == ["whole step"]
    with pytest.raises(KeyboardInterrupt):
        interrupt()
