"""Two workers against one, at an endpoint that takes its time: how much faster.

```
python -m tests.bench_ray
```

Starting Ray, and Python with the product in each worker, takes the same time with one
worker as with two, and is no part of a long run: what counts is the time from the first
call that comes to the last. Both are printed.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from tests.conftest import DOCUMENTS, ROOT
from tests.stub.behaviour import Behaviour
from tests.stub.process import StubProcess, stub_process

LATENCY_S = 2.0
CONCURRENCY = 2
COPIES = 2
BAR = 1.7


def main() -> int:
    """Measure, print, and fail below the bar."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        _write_plans(folder / "plans")
        with stub_process(Behaviour(latency_s=LATENCY_S)) as stub:
            took = {workers: _timed(stub, folder, workers) for workers in (1, 2)}
    for workers, (calls_s, whole_s, calls) in took.items():
        print(
            f"{workers} worker{'s' if workers > 1 else ' '}: {calls} calls in "
            f"{calls_s:.1f} s, the whole command {whole_s:.1f} s"
        )
    gain = took[1][0] / took[2][0]
    print(f"Two workers are {gain:.2f} times as fast as one (bar: {BAR})")
    return 0 if gain >= BAR else 1


def _write_plans(folder: Path) -> None:
    """Write the shipped plans some times, each a little different."""
    folder.mkdir()
    for path in DOCUMENTS.glob("*.txt"):
        for copy in range(COPIES):
            content = path.read_bytes() + b"\n" * copy
            folder.joinpath(f"{copy}-{path.name}").write_bytes(content)


def _timed(stub: StubProcess, folder: Path, workers: int) -> tuple[float, float, int]:
    """Return the seconds of the calls, those of all, and how many calls there were."""
    before = stub.served()["calls"]
    seen: list[tuple[float, int]] = []
    is_done = threading.Event()

    def watch() -> None:
        while not is_done.wait(0.1):
            seen.append((time.monotonic(), stub.served()["calls"] - before))

    watching = threading.Thread(target=watch)
    watching.start()
    began = time.monotonic()
    subprocess.run(
        [
            *(sys.executable, "-m", "extractor", "run", "plans", "--engine", "ray"),
            *("--workers", str(workers), "--out", f"out-{workers}"),
            *("--model", "stub", "--base-url", stub.base_url),
            *("--concurrency", str(CONCURRENCY)),
        ],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "OPENAI_API_KEY": "of-a-bench"},
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    whole_s = time.monotonic() - began
    is_done.set()
    watching.join()
    calls = seen[-1][1]
    first = next(at for at, count in seen if count)
    last = next(at for at, count in seen if count == calls)
    return last - first + LATENCY_S, whole_s, calls


if __name__ == "__main__":
    sys.exit(main())
