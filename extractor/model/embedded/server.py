"""The embedded model as a server: a weights file in, an OpenAI-compatible URL out.

The server runs in a child process (`python -m` this module), so that its threads and
its noise stay out of ours.
The child lives as long as the other end of its standard input is open: however the
parent ends, `kill -9` included, the child ends too.
It is llama.cpp as the wheel brings it, or starts a `llama-server` that was built for
this machine's processor or graphics card and lives as long.
"""

from __future__ import annotations

import importlib
import importlib.util
import json
import logging
import math
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import IO, Any, NamedTuple, NoReturn, Self

from extractor.core.errors import ConfigError
from extractor.model.embedded.weights import INSTALL_COMMAND

logger = logging.getLogger(__name__)

_STOP_TIMEOUT_S = 5.0
_HEALTH_TIMEOUT_S = 30.0
_LOGGED_ERROR = re.compile(r"(?:[\d.]+ E +|error: )(.+)")
_PROMPT_CACHE_MIB = 1024


@dataclass(frozen=True, slots=True)
class ServerOptions:
    """What the child is told, as JSON on its command line."""

    path: str
    threads: int
    context_tokens: int
    port: int
    slots: int = 1
    adapter: str = ""
    log_path: str = ""
    program: str = ""
    """A `llama-server` to start, in place of the wheel."""


class Room(NamedTuple):
    """What a server has room for."""

    tokens: int = 8192
    """Of one prompt and its answer."""
    slots: int = 1
    """Answers that are written side by side."""


class LocalServer:
    """A running model server on loopback; use it as a context manager.

    Args:
        path: the GGUF file.
        adapter: a LoRA in GGUF that is put on the model.
        room: tokens of one prompt and its answer, and how many are written at a time.
        port: 0 takes a free one.
        program: a `llama-server` that serves it, in place of the wheel.
        start_timeout_s: how long loading the model may take.
    """

    def __init__(
        self,
        path: Path,
        *,
        adapter: Path | None = None,
        room: Room | None = None,
        port: int = 0,
        program: Path | None = None,
        start_timeout_s: float = 120.0,
    ) -> None:
        room = room or Room()
        self._options = ServerOptions(
            path=str(path),
            threads=usable_cores(),
            context_tokens=room.tokens,
            slots=room.slots,
            adapter=str(adapter) if adapter else "",
            port=port,
            program=str(program) if program else "",
        )
        self._start_timeout_s = start_timeout_s
        self._process: subprocess.Popen[bytes] | None = None
        self._base_url: str | None = None
        self.log_path: Path | None = None
        """The server's own log; removed by a clean stop."""

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    @property
    def base_url(self) -> str:
        """The endpoint for an OpenAI client, `http://127.0.0.1:PORT/v1`."""
        if self._base_url is None:
            raise RuntimeError("the server is not running")
        return self._base_url

    @property
    def pid(self) -> int:
        """Process id of the child."""
        if self._process is None:
            raise RuntimeError("the server is not running")
        return self._process.pid

    def start(self) -> None:
        """Start the child and wait until the model is loaded.

        Raises:
            ConfigError: the extra is missing, or the model does not load.
        """
        is_ours = not self._options.program
        if is_ours and importlib.util.find_spec("xllamacpp") is None:
            raise ConfigError(f"--model local needs the extra: run {INSTALL_COMMAND}")
        handle, name = tempfile.mkstemp(prefix="workplan-extract-", suffix=".log")
        self.log_path = Path(name)
        options = replace(self._options, log_path=name)
        with os.fdopen(handle, "wb") as log:
            self._process = subprocess.Popen(  # noqa: S603 - ourselves
                [sys.executable, "-m", __name__, json.dumps(asdict(options))],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                env=_child_environment(),
                start_new_session=True,  # Ctrl-C is ours to answer
            )
        try:
            ready = self._wait_until_ready(self._process)
            if ready is None:
                self._refuse(self._process)
        except BaseException:
            self._end()
            raise
        self._base_url = f"{ready}/v1"
        logger.debug("model server %s, log %s", self._base_url, self.log_path)

    def stop(self) -> None:
        """End the child; harmless when it is not running."""
        process = self._process
        if process is None:
            return
        died = process.poll()
        self._end()
        if died is not None:
            logger.error(
                "the model server ended by itself (%s): see %s",
                _exit_reason(died),
                self.log_path,
            )
        elif self.log_path is not None:
            self.log_path.unlink(missing_ok=True)

    def _wait_until_ready(self, process: subprocess.Popen[bytes]) -> str | None:
        """Return the address the child prints, None when it ended or took too long."""
        lines: list[bytes] = []

        def read() -> None:
            if process.stdout is not None:
                lines.append(process.stdout.readline())

        reader = threading.Thread(target=read, daemon=True)
        reader.start()
        reader.join(self._start_timeout_s)
        if not lines or not lines[0]:
            return None
        return str(json.loads(lines[0])["address"])

    def _refuse(self, process: subprocess.Popen[bytes]) -> NoReturn:
        """Say in one line why the child did not get ready."""
        try:
            reason = _exit_reason(process.wait(timeout=0.5))
        except subprocess.TimeoutExpired:
            reason = f"it was not ready after {self._start_timeout_s:g} s"
        detail = (self.log_path and _failure_line(self.log_path)) or reason
        raise ConfigError(
            f"the model server did not start with {self._options.path!r}: {detail} "
            f"(log: {self.log_path})"
        )

    def _end(self) -> None:
        """Close the child's standard input, which ends it; kill it if it lingers."""
        process, self._process, self._base_url = self._process, None, None
        if process is None:
            return
        _close(process.stdin)
        try:
            process.wait(timeout=_STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        _close(process.stdout)


def usable_cores() -> int:
    """Count the physical cores this process may use: affinity, siblings, cgroup."""
    try:
        allowed = os.sched_getaffinity(0)
    except AttributeError:  # not on macOS and Windows
        allowed = set(range(os.cpu_count() or 1))
    cores = {_siblings(cpu) for cpu in allowed}
    count = len(cores)
    with suppress(OSError, ValueError):  # no cgroup, or "max": no limit
        quota, period = Path("/sys/fs/cgroup/cpu.max").read_text("ascii").split()
        count = min(count, math.ceil(int(quota) / int(period)))
    return max(1, count)


def _siblings(cpu: int) -> str:
    """Name the core a logical CPU belongs to."""
    topology = f"/sys/devices/system/cpu/cpu{cpu}/topology/thread_siblings_list"
    try:
        return Path(topology).read_text("ascii").strip()
    except OSError:
        return str(cpu)


def _child_environment() -> dict[str, str]:
    """Return our environment with this package importable, installed or not.

    Waiting threads spin for microseconds, then sleep: asleep at once they make a
    question to the tuned model half as slow again (1.35 s for 0.95 s), and spinning for
    long they starve as soon as another program wants one of the cores.
    """
    root = str(Path(__file__).resolve().parents[3])
    paths = [root, os.environ.get("PYTHONPATH", "")]
    return {
        "GOMP_SPINCOUNT": "1000",
        **os.environ,
        "PYTHONPATH": os.pathsep.join(filter(None, paths)),
    }


def _close(pipe: IO[bytes] | None) -> None:
    if pipe is not None:
        with suppress(BrokenPipeError):  # the child was faster
            pipe.close()


def _exit_reason(code: int) -> str:
    if code >= 0:
        return f"exit code {code}"
    name = signal.Signals(-code).name
    return f"{name}, out of memory?" if name == "SIGKILL" else name


def _failure_line(log_path: Path) -> str | None:
    """Return the first error of the log: those after it only pass it on."""
    for line in log_path.read_text("utf-8", errors="replace").splitlines():
        error = _LOGGED_ERROR.match(line)
        if error:
            return error[1]
    return None


def main(arguments: list[str]) -> None:
    """Serve until standard input ends; the child's side of `LocalServer`."""
    options = ServerOptions(**json.loads(arguments[0]))
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    ready = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what llama.cpp prints goes to the log
    process = None
    if options.program:
        options = replace(options, port=options.port or _free_port())
        process = _start_program(options)
        threading.Thread(target=_end_with, args=(process,), daemon=True).start()
    watching = threading.Thread(
        target=_end_with_parent, args=(options, process), daemon=True
    )
    watching.start()
    if options.program:
        address = f"http://127.0.0.1:{options.port}"
        _wait_until_healthy(address, math.inf)  # the parent knows how long
    else:
        server = _serve(options)
        address = str(server.listening_address)
        _wait_until_healthy(address, _HEALTH_TIMEOUT_S)
    print(json.dumps({"address": address}), file=ready, flush=True)
    watching.join()


def _serve(options: ServerOptions) -> Any:
    """Start llama.cpp's HTTP server on a thread of this process."""
    xllamacpp: Any = importlib.import_module("xllamacpp")
    params = xllamacpp.CommonParams()
    params.model.path = options.path
    params.model_alias = {Path(options.path).stem}  # not the path, in answers
    params.hostnames = ["127.0.0.1"]
    params.port = options.port
    params.ui = False
    params.n_ctx = options.context_tokens * options.slots
    params.n_parallel = options.slots
    params.n_gpu_layers = 0
    params.fit_params = False
    params.cache_prompt = True
    params.cache_ram_mib = _PROMPT_CACHE_MIB
    params.cors_origins = "null"  # web pages have no business here
    params.sampling.seed = 1
    if options.adapter:
        adapter = xllamacpp.CommonAdapterLoraInfo(options.adapter, 1.0)
        params.lora_adapters = [adapter]
    params.cpuparams.n_threads = options.threads
    params.cpuparams_batch.n_threads = options.threads
    return xllamacpp.Server(params)


def _start_program(options: ServerOptions) -> subprocess.Popen[bytes]:
    """Start the program as `_serve` does, but on whatever devices it was built for."""
    adapter = ["--lora", options.adapter] if options.adapter else []
    command = [
        *(options.program, "--host", "127.0.0.1", "--port", str(options.port)),
        *("--model", options.path, "--alias", Path(options.path).stem, *adapter),
        *("--ctx-size", str(options.context_tokens * options.slots)),
        *("--parallel", str(options.slots), "--cache-ram", str(_PROMPT_CACHE_MIB)),
        *("--threads", str(options.threads), "--threads-batch", str(options.threads)),
        *("--seed", "1", "--cors-origins", "null", "--offline"),
    ]
    try:
        return subprocess.Popen(command, stdin=subprocess.DEVNULL)  # noqa: S603
    except OSError as error:
        raise SystemExit(
            f"error: cannot run {options.program!r}: {error.strerror}"
        ) from error


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _end_with(process: subprocess.Popen[bytes]) -> None:
    """End when the program does."""
    code = process.wait()
    os._exit(code if code > 0 else 1)


def _end_with_parent(
    options: ServerOptions, process: subprocess.Popen[bytes] | None
) -> None:
    """End, and the program too, when the parent closes our standard input or dies."""
    while os.read(0, 1024):
        pass
    with suppress(OSError):  # nobody is left to do it when the parent was killed
        Path(options.log_path).unlink()
    if process is not None:
        process.kill()
    os._exit(0)  # a request in flight must not keep us


def _wait_until_healthy(address: str, timeout_s: float) -> None:
    """Return when the server says it can answer.

    Asked from here, not from the parent, where a recording test would note it down.
    """
    deadline = time.monotonic() + timeout_s
    while True:
        try:
            with urllib.request.urlopen(f"{address}/health", timeout=5):  # noqa: S310
                return
        except urllib.error.URLError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)


if __name__ == "__main__":
    main(sys.argv[1:])
