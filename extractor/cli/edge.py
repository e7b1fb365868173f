"""The edge of the process: errors, streams and signals in, one line and a code out."""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import wraps
from pathlib import Path
from types import FrameType
from typing import NoReturn, ParamSpec, TextIO, TypeVar

import click

from extractor.core.errors import ExtractorError, LLMError
from extractor.core.interrupts import (
    EXIT_INTERRUPTED,
    ctrl_c_interrupts,
    end_at_once,
    interrupt,
    is_cancellable,
)
from extractor.core.text import one_line

_PROGRAM = "extract"
EXIT_ERROR = 1
EXIT_FAILURES = 3
_GRACE_S = 5.0
"""How long a run that was told so may take to end before one more signal ends it."""
_SAME_S = 0.25
"""Signals this close are one: `timeout` sends its own twice."""

P = ParamSpec("P")
R = TypeVar("R")


def fails_in_one_line(command: Callable[P, R]) -> Callable[P, R]:
    """Turn what can go wrong outside into one line on stderr and an exit code."""

    @wraps(command)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            with ctrl_c_interrupts():
                result = command(*args, **kwargs)
            if sys.stdout is not None:  # closed by the caller: `extract … >&-`
                sys.stdout.flush()  # a full disk is found out before the exit code
        except BrokenPipeError:
            _drop_output()  # `extract items … | head` is no error
            sys.exit(0)
        except LLMError as exc:
            fail(f"{exc}; what was done is kept, the same command goes on from there")
        except ExtractorError as exc:
            fail(str(exc))
        except OSError as exc:
            _drop_output()
            fail(
                f"{exc.strerror or exc}" + (f": {exc.filename}" if exc.filename else "")
            )
        except KeyboardInterrupt:
            click.echo("Stopped.", err=True)
            sys.exit(EXIT_INTERRUPTED)
        return result

    return wrapper


def _drop_output() -> None:
    """Send what is still buffered nowhere: flushing it at exit would fail again."""
    with suppress(OSError, ValueError, AttributeError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


def called() -> str:
    """Return how this program is called here, as it must be typed."""
    own = Path(sys.argv[0])
    if own.name == "__main__.py" and own.parent.name == __package__.split(".")[0]:
        return f"{shlex.quote(sys.executable)} -m {own.parent.name}"
    if own.name != _PROGRAM or shutil.which(_PROGRAM) == str(own.absolute()):
        return _PROGRAM
    return shlex.quote(str(own))


def complain(message: str) -> None:
    """Say what is wrong, in one line on stderr."""
    click.echo(f"Error: {one_line(message)}", err=True)


def fail(message: str) -> NoReturn:
    """Say what is wrong and exit 1."""
    complain(message)
    sys.exit(EXIT_ERROR)


def speak_utf8(stream: TextIO, newline: str | None = None) -> None:
    """Write UTF-8 into files and pipes whatever the locale, and never fail on a text.

    A terminal keeps its own encoding.
    """
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure and stream.isatty():
        reconfigure(errors="replace", newline=newline)
    elif reconfigure:
        reconfigure(encoding="utf-8", errors="backslashreplace", newline=newline)


@contextmanager
def sigterm_is_ctrl_c() -> Iterator[None]:
    """Let a service manager stop a run as a user does: in order, to be resumed.

    The first signal lets what is in flight arrive, the second gives that up, and only
    where the end still does not come one more forces it. A run that winds up is not
    broken into.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    told_at: list[float] = []

    def stop(_signal: int, _frame: FrameType | None) -> None:
        now = time.monotonic()
        if told_at and now - told_at[-1] < _SAME_S:
            return
        if not told_at or (len(told_at) == 1 and is_cancellable()):
            told_at.append(now)
            interrupt()
        elif now - told_at[-1] > _GRACE_S:
            end_at_once()

    before = {signal.SIGTERM: signal.signal(signal.SIGTERM, stop)}
    if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
        before[signal.SIGINT] = signal.signal(signal.SIGINT, stop)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
