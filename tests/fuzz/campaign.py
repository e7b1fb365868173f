"""A run over one target: workers one after the other, and what they found."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from tests.conftest import ROOT
from tests.fuzz.findings import Fault, Findings
from tests.fuzz.given import Given
from tests.fuzz.guard import Broken

SLICE_S = 300.0
"""Seconds after which a fresh process goes on."""


class Job(NamedTuple):
    """What is run."""

    target: str
    engine: str
    seed: int
    folder: Path
    """Where findings are kept."""


@dataclass
class Totals:
    """What a run came to."""

    executions: int = 0
    refused: int = 0
    processes: int = 0
    cpu_s: float = 0.0
    wall_s: float = 0.0
    slowest_s: float = 0.0
    memory: int = 0
    found: Counter[Fault] = field(default_factory=Counter)

    def add(self, line: dict) -> None:
        """Add the report of a batch."""
        self.executions += line["executions"]
        self.refused += line["refused"]
        self.cpu_s += line["cpu_s"]
        self.slowest_s = max(self.slowest_s, line["slowest_s"])
        self.memory = max(self.memory, line["memory"])
        for kind, place, count in line["found"]:
            self.found[Fault(kind, place)] += count

    def words(self) -> str:
        """Say it in one line."""
        rate = self.executions / self.wall_s if self.wall_s else 0.0
        return (
            f"{self.executions:,} executions ({rate:.0f}/s, {self.refused:,} refused) "
            f"in {self.wall_s:.0f} s by {self.processes} processes; slowest input "
            f"{1000 * self.slowest_s:.0f} ms of processor time, peak memory "
            f"{self.memory / 2**20:.0f} MB above the start, "
            f"{sum(self.found.values())} findings of {len(self.found)} kinds"
        )


def engines() -> list[str]:
    """Return what can make inputs here."""
    return ["hypothesis", *(["atheris"] if find_spec("atheris") else [])]


def run(job: Job, seconds: float) -> Totals:
    """Fuzz one target with one engine for some seconds."""
    job.folder.mkdir(parents=True, exist_ok=True)
    totals = Totals()
    started = time.monotonic()
    batch = 0
    while (left := started + seconds - time.monotonic()) > 0:
        batch = _one_process(job, batch, min(left, SLICE_S), totals)
        totals.wall_s = time.monotonic() - started
    return totals


def _one_process(job: Job, first: int, seconds: float, totals: Totals) -> int:
    """Run one worker to its end, and return the batch to go on with."""
    command = [
        *(sys.executable, "-m", "tests.fuzz.worker", job.target, job.engine),
        *(str(job.seed), str(first), str(seconds), str(job.folder)),
    ]
    totals.processes += 1
    batch = first
    log = job.folder / "errors.log"
    with (
        log.open("w", encoding="utf-8") as errors,
        subprocess.Popen(
            command, cwd=ROOT, stdout=subprocess.PIPE, stderr=errors, text=True
        ) as worker,
    ):
        for line in worker.stdout or ():
            totals.add(json.loads(line))
            batch += 1
    status = worker.returncode
    if status > 0:
        trace = log.read_text(encoding="utf-8", errors="replace")
        raise RuntimeError(f"the worker itself failed:\n{trace[-4000:]}")
    if status < 0:
        totals.found[keep_crash(job, signal.Signals(-status).name)] += 1
        batch += 1
    return batch


def keep_crash(job: Job, name: str) -> Fault:
    """Keep the input that a worker died of; its signal says how."""
    head, _, content = (job.folder / "running").read_bytes().partition(b"\n")
    log = (job.folder / "errors.log").read_text(encoding="utf-8", errors="replace")
    given = Given(content, head.decode())
    findings = Findings(job.folder, job.target)
    findings.add(given, Broken("Crash", name, log[-4000:]))
    return Fault("Crash", name)
