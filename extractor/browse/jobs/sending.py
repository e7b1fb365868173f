"""Sending: a request into a job that waits, or the job that an address names."""

from __future__ import annotations

import asyncio
from typing import Any

from extractor.browse.jobs.asked import asked
from extractor.browse.jobs.job import Job
from extractor.browse.jobs.waiting import Jobs, jobs_of
from extractor.browse.pages.answering import Site
from extractor.browse.wording import Words
from extractor.browse.writing.bodies import body_of
from extractor.browse.writing.desk import Desk, check_entered, desk_of, is_writable
from extractor.browse.writing.entering import check_writable, seated
from extractor.browse.writing.places import Place
from extractor.browse.writing.refusals import NOT_WRITABLE, OFF, Refused

TABLES = ("documents", "items", "commitments", "runs", "llm_calls", "failures")
"""What is read to say how a job stands."""
GONE = Words(
    "没有这个任务；服务器重启后请重新发送，已得的回答不会再问",
    "there is no such job; after a restart of the server send the plan again, what was "
    "answered is not asked again",
)


async def sent(datasette: Any, request: Any, place: Place) -> tuple[Site, Jobs, Job]:
    """Return the job that a request asks for.

    Raises:
        Refused: it cannot be done, or not now.
    """
    desk = seated(datasette, request, place)
    site = await Site.of(datasette, request, TABLES)
    check_writable(site, desk)
    jobs = _jobs(datasette)
    body = await request.post_body()
    kind = request.headers["content-type"]
    # Parsing and hashing a large file takes a while.
    plan = await asyncio.to_thread(lambda: asked(body_of(kind, body), desk.models))
    return site, jobs, jobs.add(plan)


async def entered(
    datasette: Any, request: Any, *, is_api: bool = False
) -> tuple[Site, Desk, Jobs]:
    """Return the site, for who may send plans to it.

    Raises:
        Refused: nobody may, or the token was not said.
    """
    desk = desk_of(datasette)
    if desk is None:
        raise Refused(404, OFF)
    check_entered(desk, request, is_api=is_api)
    site = await Site.of(datasette, request, TABLES)
    if not is_writable(datasette, site.database, desk):
        raise Refused(404, NOT_WRITABLE)
    return site, desk, _jobs(datasette)


def found(jobs: Jobs, request: Any) -> Job:
    """Return the job that an address names.

    Raises:
        Refused: there is none.
    """
    job = jobs.find(request.url_vars["id"])
    if job is None:
        raise Refused(404, GONE)
    return job


def _jobs(datasette: Any) -> Jobs:
    jobs = jobs_of(datasette)
    if jobs is None:
        raise Refused(404, OFF)
    return jobs
