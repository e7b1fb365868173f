"""Page: a form that takes a plan, and a page that shows how its job stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from datasette.utils.asgi import Response  # type: ignore[import-untyped]  # no types

from extractor.browse.addresses import address
from extractor.browse.jobs.job import Job
from extractor.browse.jobs.limits import MAX_FILE, MAX_TEXT, PAGE
from extractor.browse.jobs.report import report
from extractor.browse.jobs.schemas import JobReport
from extractor.browse.jobs.sending import entered, found, sent
from extractor.browse.pages.answering import Answer
from extractor.browse.wording import Words
from extractor.browse.writing.entering import answered
from extractor.documents.formats.readers import SUFFIXES

ROUTE = r"/-/extract/(?P<database>[^/]+)$"
JOB_ROUTE = r"/-/extract/(?P<database>[^/]+)/(?P<id>[^/]+)$"

_SENT = "sent"
"""In the address of who has just sent a plan: they want its document."""

STATES = {
    "waiting": Words("等候", "waiting"),
    "running": Words("正在读", "being read"),
    "done": Words("读完", "done"),
    "failed": Words("失败", "failed"),
    "stopped": Words("已停", "stopped"),
}


@dataclass(frozen=True)
class FormPage:
    """What the form shows."""

    models: tuple[str, ...]
    jobs: tuple[Job, ...]
    named: str
    """The database as a command names it."""
    max_text: int = MAX_TEXT
    max_file: int = MAX_FILE
    suffixes: str = ",".join(SUFFIXES)
    states: Any = None


@dataclass(frozen=True)
class JobPage:
    """What the page of a job shows."""

    job: JobReport
    shown: str
    """What the plan is called."""
    state: Words
    is_over: bool


async def answer(datasette: Any, request: Any) -> Any:
    """Show the form, or take what was written in it."""

    async def take() -> Any:
        site, _jobs, job = await sent(datasette, request, PAGE)
        place = address(datasette, "extract", site.database, job.id)
        return Response.redirect(f"{place}?{_SENT}=1", 303)

    async def show() -> Any:
        site, desk, jobs = await entered(datasette, request)
        page = FormPage(desk.models, jobs.newest(), desk.named, states=STATES)
        return await site.render("extract-form.html", Answer(page=page))

    return await answered(request, take if request.method == "POST" else show)


async def answer_job(datasette: Any, request: Any) -> Any:
    """Show how a job stands; lead who sent it to its document when all went well."""

    async def show() -> Any:
        site, _desk, jobs = await entered(datasette, request)
        job = found(jobs, request)
        made = await report(site, jobs, job)
        is_well = made.state == "done" and not made.counts.failed and not made.notice
        if is_well and request.args.get(_SENT):
            return Response.redirect(made.links.document, 303)
        is_over = made.state not in {"waiting", "running"}
        page = JobPage(made, job.shown, STATES[made.state], is_over)
        return await site.render("extract-job.html", Answer(page=page))

    return await answered(request, show)
