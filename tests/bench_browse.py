"""How long a reader waits for each page of a large database, as `extract serve` has it.

python -m tests.big_database build/big.db
python -m tests.bench_browse build/big.db

It prints a table: the page, the median of five answers once it is warm, in milliseconds
that passed and in those that the processor worked. On a machine that does nothing else
the two are one.
"""

from __future__ import annotations

import argparse
import asyncio
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import urlencode

from extractor.browse.canned import QUERIES
from extractor.browse.serving import datasette_app

ROUNDS = 5
MOST_MS = 1000
"""What no page should take."""
ASKED = {
    "search": {"words": "学位"},
    "due_before": {"date": "2010-06-30"},
    "targets_by_indicator": {"indicator": "学位"},
    "by_actor": {"actor": "水利局"},
    "how_good_is_it": {"task": ""},
}
"""What a reader fills into each query."""


class NoAnswerError(Exception):
    """A page says that something went wrong."""


def pages(path: Path) -> Iterator[str]:
    """Yield the addresses that are opened."""
    name = path.stem
    with closing(sqlite3.connect(path)) as conn:
        commitment, document = conn.execute(
            "select id, document_id from commitments order by rowid desc limit 1"
        ).fetchone()
    yield "/"
    yield f"/-/plan/{name}/{document}"
    yield f"/-/record/{name}/{commitment}"
    yield f"/{name}/v_commitments"
    for filters in (
        {"_search": "学位"},
        {"_search": "第12水利局"},
        {"kind": "hard", "plan_year": "2010"},
        {"_sort": "deadline_date"},
    ):
        yield f"/{name}/v_commitments?{urlencode(filters)}"
    yield f"/{name}/v_commitments_reviewed"
    yield f"/{name}/v_commitments_reviewed?_search=%E5%AD%A6%E4%BD%8D"
    yield f"/{name}/v_readings"
    yield f"/{name}/v_items"
    for query in QUERIES:
        asked = ASKED.get(query, {"commitment_id": commitment})
        yield f"/{name}/{query}?{urlencode(asked)}"


def timed(site: Any, address: str) -> tuple[float, float]:
    """Return how long an answer takes, and how long the processor works, in ms."""
    passed, worked = time.perf_counter(), time.process_time()
    response = asyncio.run(site.client.get(address))
    seconds = time.perf_counter() - passed, time.process_time() - worked
    if response.status_code != 200 or "message-error" in response.text:
        raise NoAnswerError(response.status_code)
    return 1000 * seconds[0], 1000 * seconds[1]


def main() -> None:
    """Open every page, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("path", type=Path)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    given = parser.parse_args()
    site = datasette_app(given.path)
    print(f"{'page':58} {'ms':>7} {'of work':>7}")
    for address in pages(given.path):
        try:
            timed(site, address)
            rounds = [timed(site, address) for _ in range(given.rounds)]
        except NoAnswerError as status:  # most often its time was up
            print(f"{address:58} answers {status}", flush=True)
            continue
        passed, worked = (median(figures) for figures in zip(*rounds, strict=True))
        slow = "  slow" if worked > MOST_MS else ""
        print(f"{address:58} {passed:7.0f} {worked:7.0f}{slow}", flush=True)


if __name__ == "__main__":
    main()
