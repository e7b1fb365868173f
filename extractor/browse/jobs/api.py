"""API: the addresses by which programs send plans and ask how their jobs stand."""

from __future__ import annotations

from typing import Any

from datasette.utils.asgi import Response  # type: ignore[import-untyped]  # no types

from extractor.browse.jobs.limits import API
from extractor.browse.jobs.openapi import description
from extractor.browse.jobs.report import report
from extractor.browse.jobs.schemas import JobReport
from extractor.browse.jobs.sending import entered, found, sent
from extractor.browse.writing.desk import desk_of
from extractor.browse.writing.entering import answered
from extractor.browse.writing.refusals import OFF, Refused

SEND_ROUTE = r"/-/api/(?P<database>[^/]+)/extract$"
JOB_ROUTE = r"/-/api/(?P<database>[^/]+)/jobs/(?P<id>[^/]+)$"
OPENAPI_ROUTE = r"/-/api/openapi\.json$"


async def answer_send(datasette: Any, request: Any) -> Any:
    """Take a plan, and say where its job is."""

    async def work() -> Any:
        site, jobs, job = await sent(datasette, request, API)
        made = await report(site, jobs, job)
        return _json(made, 202, {"location": made.links.job})

    return await answered(request, work, is_api=True)


async def answer_job(datasette: Any, request: Any) -> Any:
    """Say how a job stands."""

    async def work() -> Any:
        site, _desk, jobs = await entered(datasette, request, is_api=True)
        return _json(await report(site, jobs, found(jobs, request)))

    return await answered(request, work, is_api=True)


async def answer_openapi(datasette: Any, request: Any) -> Any:
    """Describe the API."""

    async def work() -> Any:
        if desk_of(datasette) is None:
            raise Refused(404, OFF)
        return Response.json(description(str(datasette.urls.instance())))

    return await answered(request, work, is_api=True)


def _json(made: JobReport, status: int = 200, headers: Any = None) -> Any:
    return Response.json(made.model_dump(mode="json"), status=status, headers=headers)
