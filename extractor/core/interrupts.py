"""Ctrl-C: while the program loads, while it runs, and when it is pressed again.

It imports nothing that takes time, so that it can be there first.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

EXIT_INTERRUPTED = 130

_cancels: list[Callable[[], object]] = []
"""What ends the work of an event loop; the last one is running."""


def ctrl_c_ends_at_once() -> None:
    """End the process on Ctrl-C until a command begins; nothing is open before.

    A polite kill says the same line. Where a signal is ignored, as Ctrl-C is in a
    background job, it stays ignored.
    """
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, end_at_once)
    if signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
        signal.signal(signal.SIGTERM, end_at_once)


@contextmanager
def ctrl_c_interrupts() -> Iterator[None]:
    """Let Ctrl-C raise `KeyboardInterrupt`, for a command that can end in order."""
    if signal.getsignal(signal.SIGINT) is not end_at_once:
        yield
        return
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, end_at_once)


@contextmanager
def ctrl_c_calls(cancel: Callable[[], object]) -> Iterator[None]:
    """Let `interrupt` call this instead of raising in the midst of an event loop."""
    _cancels.append(cancel)
    try:
        yield
    finally:
        _cancels.remove(cancel)


def interrupt() -> None:
    """Stop what is running; called again, stop what it still waits for.

    Raises:
        KeyboardInterrupt: nothing runs that can be cancelled.
    """
    if not _cancels:
        raise KeyboardInterrupt
    _cancels[-1]()


def is_cancellable() -> bool:
    """Say whether an event loop runs that `interrupt` ends."""
    return bool(_cancels)


def end_at_once(_signal: int = 0, _frame: object = None) -> None:
    """Say so and end the process; what is in the database is safe there."""
    with suppress(OSError):  # stderr may be closed
        os.write(2, b"Stopped.\n")
    os._exit(EXIT_INTERRUPTED)


def ctrl_c_is_ignored() -> None:
    """Ignore what comes while a stopped process takes itself down."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
