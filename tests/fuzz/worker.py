"""The process that runs inputs; what it cannot survive, its parent reports.

```
python -m tests.fuzz.worker TARGET ENGINE SEED FIRST_BATCH SECONDS FOLDER
```

Each batch is a line of JSON on standard output. The input that is being run stands in
`FOLDER/running`, its suffix in front.
"""

from __future__ import annotations

import gc
import json
import logging
import os
import subprocess
import sys
import time
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, seed, settings

from tests.fuzz import guard
from tests.fuzz.findings import Findings
from tests.fuzz.given import Given
from tests.fuzz.guard import Broken
from tests.fuzz.targets import TARGETS, Target

BATCH = 200
"""Inputs made from one seed; after a crash the next batch is begun."""
MAX_GROWTH = 300 * 2**20
"""Bytes a process may keep before a fresh one goes on."""


class Tally:
    """What came of the inputs since the last report."""

    def __init__(self, target: str, folder: Path, *, is_watched: bool) -> None:
        self._name, self._target = target, TARGETS[target]
        self._is_watched = is_watched
        self._findings = Findings(folder, target)
        # Standard output is the parent's alone: libraries print, too.
        self._reports = os.fdopen(os.dup(1), "w")
        os.dup2(2, 1)
        self._running = os.open(folder / "running", os.O_RDWR | os.O_CREAT)
        self.folder = folder
        self._base = guard.resident()
        self._slowest = 0.0
        self.clear()

    def clear(self) -> None:
        """Begin a batch."""
        self.executions = self.refused = self.memory = 0
        self.cpu_s = self.slowest_s = 0.0

    def run(self, given_input: Given) -> None:
        """Run one input, and remember how it ended."""
        head = given_input.suffix.encode() + b"\n"
        os.ftruncate(self._running, 0)
        os.pwrite(self._running, head + given_input.content, 0)
        with guard.ended_by_kernel():
            outcome = guard.run(self._target.check, given_input)
        self.executions += 1
        self.refused += outcome.is_refused
        self.cpu_s += outcome.cpu_s
        self.slowest_s = max(self.slowest_s, outcome.cpu_s)
        self.memory = max(self.memory, outcome.memory)
        if outcome.cpu_s > self._slowest:
            self._slowest = outcome.cpu_s
            path = self.folder / f"slowest{given_input.suffix}"
            path.write_bytes(given_input.content)
        if outcome.broken and self._is_slow_only_here(given_input, outcome.broken):
            return
        if outcome.broken:
            self._findings.add(given_input, outcome.broken)

    def _is_slow_only_here(self, given_input: Given, broken: Broken) -> bool:
        """Say whether an input is in time where no engine watches every branch."""
        if broken.kind != "TooSlow" or not self._is_watched:
            return False
        path = self.folder / f"again{given_input.suffix}"
        path.write_bytes(given_input.content)
        command = [sys.executable, "-m", "tests.fuzz", self._name, "--again", str(path)]
        return subprocess.run(command, capture_output=True, check=False).returncode == 0

    def report(self, batch: int) -> None:
        """Print the batch as a line, and begin the next one."""
        found = [[*fault, count] for fault, count in self._findings.counts.items()]
        self._findings.counts.clear()
        facts = {
            "batch": batch,
            "executions": self.executions,
            "refused": self.refused,
            "cpu_s": self.cpu_s,
            "slowest_s": self.slowest_s,
            "memory": self.memory,
            "found": found,
        }
        self._reports.write(json.dumps(facts) + "\n")
        self._reports.flush()
        self.clear()

    def leave(self) -> None:
        """End this process at once: an engine that never returns goes with it."""
        os._exit(0)

    @property
    def is_swollen(self) -> bool:
        """Whether this process keeps so much that a new one should go on."""
        return guard.resident() - self._base > MAX_GROWTH


def run_batch(target: Target, tally: Tally, batch_seed: int, size: int) -> None:
    """Run the inputs that hypothesis makes of a seed."""

    @seed(batch_seed)
    @settings(
        max_examples=size,
        phases=[Phase.generate],
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(target.strategy)
    def run_one(made: Given) -> None:
        tally.run(made)

    run_one()


def warm_up(target: Target) -> None:
    """Load what the first input would pay for, and set the limits."""
    logging.getLogger().addHandler(logging.NullHandler())
    for whole in target.seeds():
        guard.run(target.check, whole, cpu_s=60)
    gc.collect()
    gc.freeze()
    guard.prepare()


def main() -> None:
    """Run batches until the time is over."""
    name, engine, base, first, seconds, folder = sys.argv[1:]
    until = time.monotonic() + float(seconds)
    target = TARGETS[name]
    warm_up(target)
    tally = Tally(name, Path(folder), is_watched=engine == "atheris")
    if engine == "atheris":
        from tests.fuzz.guided import fuzz

        fuzz(name, tally, int(base) + int(first), until)
        return
    batch = int(first)
    while True:
        run_batch(target, tally, int(base) * 1_000_003 + batch, BATCH)
        tally.report(batch)
        batch += 1
        if time.monotonic() > until or tally.is_swollen:
            break


if __name__ == "__main__":
    main()
