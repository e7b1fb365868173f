"""The embedded model with one answer at a time and with several.

python -m tests.bench_embedded [--limit N] [--program FILE] [SLOTS …]

It reads four of the shipped plans, once for each number of slots, and prints items a
second and whether the records are the same as with one slot. Nothing else should run
on the machine meanwhile.
`--program` takes llama.cpp's own `llama-server`, as one built for the machine's
processor, in place of the installed wheel.
"""

from __future__ import annotations

import argparse
import sqlite3
import tempfile
import time
from contextlib import closing, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from extractor.model.source import LOCAL_SLOTS, serve_model
from extractor.runs import session
from extractor.runs.works import load_works
from tests.conftest import DOCUMENTS

PLANS = (
    "minsheng-2023.txt",
    "nanping-agri-2025-big5.txt",
    "industry-2026-utf16.txt",
    "report-2024-gbk.txt",
)
_RECORDS = """
select document_id, clause, "start", actor, action, object, target_quote, deadline_date
from commitments order by document_id, "start", position
"""


class Read(NamedTuple):
    """What a number of slots made of the plans."""

    items: int
    took_s: float
    records: list[tuple[object, ...]]


def read(slots: int, limit: int | None, program: Path | None = None) -> Read:
    """Read the plans into a new database; loading the model is not timed."""
    config = replace(session.run_config(session.LOCAL), limit=limit, concurrency=slots)
    plan = load_works([DOCUMENTS / name for name in PLANS], config)
    options = session.ModelOptions()
    prepared = session.prepare(plan, config, options)
    with tempfile.TemporaryDirectory() as folder:
        db = Path(folder) / "embedded.db"
        source = replace(prepared.source, slots=slots, program=program)
        with serve_model(source) as endpoint:
            served = replace(options, serve=lambda _source: nullcontext(endpoint))
            began = time.perf_counter()
            made = session.execute(
                replace(prepared, options=served), db, nullcontext(lambda _done: None)
            )
            took_s = time.perf_counter() - began
        with closing(sqlite3.connect(db)) as conn:
            return Read(made.items, took_s, conn.execute(_RECORDS).fetchall())


def main() -> None:
    """Print a line for each number of slots."""
    parser = argparse.ArgumentParser(description="Slots of the embedded model")
    parser.add_argument("slots", nargs="*", type=int, default=[LOCAL_SLOTS])
    parser.add_argument("--limit", type=int)
    parser.add_argument("--program", type=Path)
    told = parser.parse_args()
    one = read(1, told.limit, told.program)
    print("| slots | items | seconds | items a second | of one slot | records |")
    print("|---:|---:|---:|---:|---:|---|")
    for slots in (1, *told.slots):
        made = one if slots == 1 else read(slots, told.limit, told.program)
        rate, first = made.items / made.took_s, one.items / one.took_s
        same = len(set(made.records) & set(one.records))
        print(
            f"| {slots} | {made.items} | {made.took_s:.0f} | {rate:.3f} | "
            f"{rate / first:.2f} | {same} of {len(one.records)} the same |",
            flush=True,
        )


if __name__ == "__main__":
    main()
