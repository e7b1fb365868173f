"""One input with limits: its processor time, its memory, and how it may end.

Processor time, not the clock: a busy machine is no hang.
What Python cannot stop (a loop or a fault in a C library) ends the process, which the
parent sees (`campaign`).
"""

from __future__ import annotations

import re
import resource
import signal
import time
import traceback
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from extractor.core.errors import ExtractorError
from tests.fuzz.given import Given

CPU_S = 1.0
MEMORY = 500 * 2**20
"""Bytes above what the process had when the input came."""
HARD_CPU_S = 10
"""Seconds after which the kernel ends a process that Python cannot interrupt."""
HARD_MEMORY = 3 * MEMORY
PEAK, STATUS = Path("/proc/self/clear_refs"), Path("/proc/self/status")

Check = Callable[[Given], object]


class TooSlowError(BaseException):
    """The time is over; no `except Exception` of the product may take it."""


class Broken(NamedTuple):
    """What must not happen, and where."""

    kind: str
    """The exception's name, "TooSlow" or "TooLarge"."""
    place: str
    """Module and function of the product that it came from."""
    words: str
    """The whole trace, for a reader."""


class Outcome(NamedTuple):
    """How an input ended."""

    cpu_s: float
    memory: int
    """Bytes the process grew by at most."""
    is_refused: bool
    broken: Broken | None


def run(check: Check, given: Given, *, cpu_s: float = CPU_S) -> Outcome:
    """Run a check on an input."""
    at_start = resident()
    PEAK.write_text("5")  # the highest point is from here on
    is_refused, broken = False, None
    started = time.process_time()
    try:
        with warnings.catch_warnings(), _interrupted_after(cpu_s):
            warnings.simplefilter("error")  # it would come to the user's screen
            check(given)
    except ExtractorError as error:
        is_refused = True
        broken = _bad_message(error)
    except TooSlowError as error:
        broken = _broken(error, "TooSlow")
    except Exception as error:  # noqa: BLE001  # any other end is a finding
        broken = _broken(error, type(error).__name__)
    spent = time.process_time() - started
    grown = max(_peak() - at_start, 0)
    if broken is None and spent > cpu_s:
        broken = Broken("TooSlow", "?", f"took {spent:.2f} s of processor time")
    if broken is None and grown > MEMORY:
        broken = Broken("TooLarge", "?", f"took {grown / 2**20:.0f} MB")
    return Outcome(spent, grown, is_refused, broken)


def prepare() -> None:
    """Set the limits of this process, once everything is loaded."""
    size = int(Path("/proc/self/statm").read_text().split()[0])
    limit = size * resource.getpagesize() + HARD_MEMORY
    resource.setrlimit(resource.RLIMIT_AS, (limit, resource.RLIM_INFINITY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


@contextmanager
def _interrupted_after(cpu_s: float) -> Iterator[None]:
    def stop(*_: object) -> None:
        raise TooSlowError

    before = signal.signal(signal.SIGPROF, stop)
    # Again and again: where a destructor is interrupted, Python goes on.
    signal.setitimer(signal.ITIMER_PROF, cpu_s, 0.1)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


@contextmanager
def ended_by_kernel() -> Iterator[None]:
    """End this process where an input takes `HARD_CPU_S`; making one may take more.

    By a timer: what counts against the limit of a process's whole time drifts away
    from what it knows, by seconds after some minutes.
    """
    signal.signal(signal.SIGVTALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_VIRTUAL, HARD_CPU_S)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)


def resident() -> int:
    """Return the bytes of memory that this process has now."""
    pages = Path("/proc/self/statm").read_text().split()[1]
    return int(pages) * resource.getpagesize()


def _peak() -> int:
    found = re.search(r"VmHWM:\s+(\d+) kB", STATUS.read_text())
    return int(found[1]) * 1024 if found else 0


def _bad_message(error: ExtractorError) -> Broken | None:
    """Return the fault of a refusal that is not one line that says something."""
    words = str(error)
    if len(words.splitlines()) == 1 and words.isprintable():
        return None
    return _broken(error, "BadMessage")


def _broken(error: BaseException, kind: str) -> Broken:
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "/extractor/" in frame.filename] or frames
    place = f"{Path(ours[-1].filename).stem}.{ours[-1].name}" if ours else "?"
    return Broken(kind, place, "".join(traceback.format_exception(error, limit=-40)))
