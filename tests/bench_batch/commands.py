"""`extract run` as a process: how long it took, what it used, what it left."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parents[2]
MODEL = "stub"


class Used(NamedTuple):
    """What a process used."""

    exit_code: int
    wall_s: float
    cpu_s: float
    peak_mb: float
    output: str


def arguments(folder: Path, db: Path, base_url: str, *more: str) -> list[str]:
    """Return the command that runs the product over a folder at a stub."""
    return [
        *(sys.executable, "-m", "extractor", "run", str(folder)),
        *("--model", MODEL, "--base-url", base_url, "--db", str(db), "--show", "0"),
        *("--answer-mode", "json_schema", *more),
    ]


def start(command: Sequence[str], **options: Any) -> subprocess.Popen[str]:
    """Begin a command in the folder of the project."""
    return subprocess.Popen(
        command,
        cwd=ROOT,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=os.environ | {"OPENAI_API_KEY": "sk-stub"},
        **options,
    )


def use(command: Sequence[str]) -> Used:
    """Run a command to its end."""
    began = time.perf_counter()
    process = start(command)
    assert process.stdout is not None
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    process.stdout.close()
    return Used(
        process.returncode,
        time.perf_counter() - began,
        usage.ru_utime + usage.ru_stime,
        usage.ru_maxrss / 1024,
        output,
    )


def asked(db: Path, query: str) -> tuple[Any, ...]:
    """Return the first row of a query."""
    with closing(sqlite3.connect(db)) as conn:
        row: tuple[Any, ...] = conn.execute(query).fetchone()
        return row


def calls_a_second(db: Path) -> tuple[int, float]:
    """Return the calls of a ledger, and how many there were a second."""
    calls, span_s = asked(
        db,
        "select count(*), (max(julianday(started_at) * 86400 + latency_s)"
        " - min(julianday(started_at)) * 86400) from llm_calls",
    )
    return calls, calls / span_s
