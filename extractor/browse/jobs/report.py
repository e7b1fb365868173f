"""Report: how a job stands, counted from the rows of its run."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import urlencode

from extractor.browse.addresses import address
from extractor.browse.jobs.job import Job
from extractor.browse.jobs.schemas import Counts, ItemFailure, JobReport, Links
from extractor.browse.jobs.waiting import Jobs
from extractor.browse.pages.answering import Site

MAX_FAILURES = 50

_ITEMS = """
select count(*) filter (where outcome = 'records'),
  count(*) filter (where outcome = 'none'), count(*) filter (where outcome = 'failed')
from run_items where run_id = ?
"""
_RECORDS = """
select count(*), count(*) filter (where kind = 'hard')
from commitments where run_id = ?
"""
_CALLS = "select count(*), sum(cost_usd) from llm_calls where run_id = ?"
_FAILURES = """
select f.item_id, i.label, f.kind, f.message
from failures f join items i on i.id = f.item_id
where f.run_id = ? order by i."start" limit ?
"""


@dataclass(frozen=True)
class _Made:
    """What a run has made so far."""

    items: tuple[int, int, int] = (0, 0, 0)
    records: tuple[int, int] = (0, 0)
    calls: tuple[int, float | None] = (0, None)
    failures: tuple[ItemFailure, ...] = ()


def _made(conn: sqlite3.Connection, run_id: str) -> _Made:
    rows = conn.execute(_FAILURES, [run_id, MAX_FAILURES]).fetchall()
    items, records, calls = (
        tuple(conn.execute(sql, [run_id]).fetchone())
        for sql in (_ITEMS, _RECORDS, _CALLS)
    )
    rows = conn.execute(_FAILURES, [run_id, MAX_FAILURES]).fetchall()
    failures = tuple(ItemFailure(**dict(row)) for row in rows)
    return _Made(items, records, calls, failures)


async def report(site: Site, jobs: Jobs, job: Job) -> JobReport:
    """Return how a job stands."""
    run_id, state = job.run_id, job.state
    made = await site.read(partial(_made, run_id=run_id)) if run_id else _Made()
    with_records, without_records, failed = made.items
    records, hard = made.records
    calls, cost = made.calls
    return JobReport(
        id=job.id,
        state=state,
        ahead=jobs.ahead(job),
        name=job.asked.name,
        title=job.title or job.asked.title,
        model=job.asked.model,
        counts=Counts(
            items=job.items,
            done=job.done,
            with_records=with_records,
            without_records=without_records,
            failed=failed,
            records=records,
            hard=hard,
        ),
        calls=calls,
        cost_usd=cost if calls else 0.0,
        failures=made.failures,
        error=job.error,
        notice=job.notice,
        document_id=job.document_id if run_id else None,
        links=_links(site.datasette, site.database, job),
    )


def _links(datasette: Any, database: str, job: Job) -> Links:
    records = datasette.urls.table(database, "v_commitments", format="json")
    asked = {"document_id": job.document_id, "_shape": "array", "_size": "max"}
    document = address(datasette, "plan", database, job.document_id or "")
    return Links(
        job=f"{address(datasette, 'api', database)}/jobs/{job.id}",
        page=address(datasette, "extract", database, job.id),
        document=document if job.done or job.state == "done" else None,
        records=f"{records}?{urlencode(asked)}" if job.state == "done" else None,
    )
