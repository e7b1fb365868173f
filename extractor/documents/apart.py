"""Reading in a process of its own what its library could be made to do without end.

A PDF of 2 KB can say, form within form, that it has a billion letters: its library
takes gigabytes and minutes for them, and nothing in this process can stop it.
The other process has limits that the kernel keeps; where it dies of one, the file is
refused in one line and the next one is read by a new process.
"""

from __future__ import annotations

import atexit
import json
import logging
import os
import signal
import subprocess
import sys
import traceback
from contextlib import suppress
from pathlib import Path
from threading import Lock
from typing import IO, Any

from extractor.core.errors import DocumentError
from extractor.core.records import Place
from extractor.documents.formats.readers import read_content
from extractor.documents.reading import Reading

CPU_S, CPU_S_PER_MB = 10, 10
"""Seconds of processor time that a file may take, and more for what it weighs."""
MEMORY = 500_000_000
"""Bytes that reading may take."""

_log = logging.getLogger(__name__)
_SERVE = "from extractor.documents.apart import serve; serve()"
_MB = 1_000_000


class _Process:
    """The other process: started for the first file, and again where it has died."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._running: subprocess.Popen[bytes] | None = None

    def ask(self, content: bytes, name: str, suffix: str) -> dict[str, Any] | None:
        """Return the answer to a file; None where the process died of it."""
        head = {"name": name, "suffix": suffix, "size": len(content)}
        with self._lock:
            line = self._send(json.dumps(head).encode() + b"\n" + content)
            if not line:
                self.end()
                return None
        answer: dict[str, Any] = json.loads(line)
        return answer

    def _send(self, request: bytes) -> bytes:
        if self._running is None or self._running.poll() is not None:
            self.end()
            self._running = _start()
        inlet, outlet = self._running.stdin, self._running.stdout
        if inlet is None or outlet is None:
            return b""
        try:
            inlet.write(request)
            inlet.flush()
        except BrokenPipeError:
            return b""
        return outlet.readline()

    def end(self) -> None:
        """End the process, if there is one."""
        running, self._running = self._running, None
        if running is None:
            return
        running.kill()
        for pipe in (running.stdin, running.stdout):
            with suppress(BrokenPipeError):
                if pipe is not None:
                    pipe.close()
        running.wait()


_process = _Process()
atexit.register(_process.end)


def read_apart(content: bytes, name: str, suffix: str) -> Reading:
    """Read the bytes of a file in another process.

    Raises:
        DocumentError: as reading here would; or it takes too much time or memory.
    """
    answer = _process.ask(content, name, suffix)
    if answer is None:
        raise DocumentError(
            f"{name!r} takes more than {_seconds(len(content))} s or "
            f"{MEMORY // _MB} MB to read, as no plan does; print it to a new PDF"
        )
    if "fault" in answer:
        raise RuntimeError(answer["fault"])
    if "error" in answer:
        raise DocumentError(answer["error"])
    for message in answer["warnings"]:
        _log.warning("%s", message)
    places = tuple(Place.model_validate(place) for place in answer["places"])
    return Reading(answer["text"], answer["format"], answer["encoding"], places)


def _seconds(size: int) -> int:
    return CPU_S + CPU_S_PER_MB * size // _MB


def _start() -> subprocess.Popen[bytes]:
    source = str(Path(__file__).parents[2])
    paths = [source, *filter(None, [os.environ.get("PYTHONPATH")])]
    return subprocess.Popen(  # noqa: S603  # this program itself
        # -P: no module of the folder that the user is in.
        [sys.executable, "-P", "-c", _SERVE],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
        start_new_session=True,  # Ctrl-C is this process's to hear
    )


# --- the other process ----------------------------------------------------------


class _Messages(logging.Handler):
    """Keep what is warned of for the answer."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a message."""
        self.said.append(record.getMessage())


def serve() -> None:
    """Answer one request after the other until the first process is gone."""
    inlet, outlet = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # a library that prints prints elsewhere
    _limit_memory()
    while head := inlet.readline():
        asked = json.loads(head)
        content = inlet.read(asked["size"])
        _die_after(_seconds(asked["size"]))
        _answer(asked, content, outlet)
        _die_after(0)


def _answer(asked: dict[str, Any], content: bytes, outlet: IO[bytes]) -> None:
    messages = _Messages()
    logging.getLogger("extractor").addHandler(messages)
    try:
        reading = read_content(content, asked["name"], asked["suffix"])
    except DocumentError as error:
        answer: dict[str, Any] = {"error": str(error)}
    except MemoryError:
        raise SystemExit(1) from None  # no answer is one
    except Exception:  # noqa: BLE001  # raised again where somebody sees it
        answer = {"fault": traceback.format_exc()}
    else:
        places = [place.model_dump() for place in reading.places]
        answer = {**reading._asdict(), "places": places, "warnings": messages.said}
    logging.getLogger("extractor").removeHandler(messages)
    outlet.write(json.dumps(answer).encode() + b"\n")
    outlet.flush()


def _limit_memory() -> None:
    try:
        import resource
    except ImportError:  # Windows: a crash stays apart, limits are not kept
        return
    pages = Path("/proc/self/statm")
    start = int(pages.read_text().split()[0]) * 4096 if pages.exists() else _MB * 500
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (start + MEMORY, hard))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _die_after(seconds: int) -> None:
    """Have the kernel end this process after so much processor time; 0 for never.

    The limit of a process's whole time would not do: what the kernel counts against it
    drifts away from what a process can know, by seconds after many files.
    """
    if hasattr(signal, "setitimer"):
        signal.signal(signal.SIGPROF, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_PROF, seconds)
