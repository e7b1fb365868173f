"""Answers: the addresses that let a reviewer in and take what they say."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from datasette.utils.asgi import Response  # type: ignore[import-untyped]  # no types

from extractor.browse.addresses import address
from extractor.browse.pages.answering import NotHere, Site
from extractor.browse.pages.document import document_page
from extractor.browse.pages.stored import figure
from extractor.browse.review.asked import asked, body_of
from extractor.browse.review.chosen import unread
from extractor.browse.review.desk import (
    NAME_COOKIE,
    Desk,
    desk_of,
    fit_name,
    reviewer_of,
    set_cookie,
)
from extractor.browse.review.refusals import (
    NO_NAME,
    NOT_ENTERED,
    NOT_READ,
    NOT_WRITABLE,
    OFF,
    Refused,
    json_answer,
    wants_json,
)
from extractor.browse.review.sitting import is_writable, sitting_of
from extractor.browse.review.subjects import find_review, find_subject
from extractor.browse.review.wall import ADMITTED
from extractor.browse.wording import BASES, COMPARATORS, Words, in_words
from extractor.core.errors import StoreError, UserError
from extractor.store.reviews import Judgement, Review, ReviewedRecord
from extractor.store.rows import content_row
from extractor.store.store import Store

ENTER_ROUTE = r"/-/review/enter$"
NAME_ROUTE = r"/-/review/name$"
UNDO_ROUTE = r"/-/review/(?P<database>[^/]+)/undo$"
READING_ROUTE = r"/-/review/(?P<database>[^/]+)/(?P<id>[0-9a-f]{16})/reading$"
ROUTE = r"/-/review/(?P<database>[^/]+)/(?P<id>[0-9a-f]{16})$"

_TABLES = ("documents", "items", "commitments", "reviews")
_YEAR_S = 365 * 24 * 3600
_PLAN = re.compile(r"/-/plan/[\w~.-]+/[0-9a-f]{16}(\?label=1)?")


async def answer_enter(datasette: Any, request: Any) -> Any:
    """Let in who was told the token; it leaves the address bar at once."""
    desk = desk_of(datasette)
    if desk is None:
        raise Refused(404, OFF)
    if not desk.knows(request.args.get("token") or ""):
        raise Refused(403, NOT_ENTERED)
    headers = {"referrer-policy": "no-referrer", "cache-control": "no-store"}
    home = str(datasette.urls.instance())
    return set_cookie(Response.redirect(home, 303, headers), desk.cookie, desk.token)


async def answer_name(datasette: Any, request: Any) -> Any:
    """Keep the name that a reviewer gives, in their browser."""
    _seated(datasette, request)
    said = await _said(request)
    name = fit_name(str(said.get("name") or ""))
    if name is None:
        raise Refused(400, NO_NAME)
    back = str(said.get("next") or "")
    place = back if _PLAN.fullmatch(back) else str(datasette.urls.instance())
    return set_cookie(Response.redirect(place, 303), NAME_COOKIE, name, _YEAR_S)


async def answer_review(datasette: Any, request: Any) -> Any:
    """Store what a reviewer says of a record or an item."""
    return await _answered(datasette, request, _review)


async def answer_undo(datasette: Any, request: Any) -> Any:
    """Take a review back."""
    return await _answered(datasette, request, _undo)


async def answer_reading(datasette: Any, request: Any) -> Any:
    """Say what the words chosen so far would be read as; nothing is stored."""
    return await _answered(datasette, request, _reading)


Work = Callable[[Site, Desk, dict[str, Any]], Awaitable[Any]]


async def _answered(datasette: Any, request: Any, work: Work) -> Any:
    """Do what is asked; a refusal goes to a program as JSON, to a person as a page."""
    try:
        try:
            desk = _seated(datasette, request)
            site = await Site.of(datasette, request, _TABLES)
            if not is_writable(datasette, site.database, desk):
                raise Refused(403, NOT_WRITABLE)
            return await work(site, desk, await _said(request))
        except UserError as error:
            raise Refused(400, Words("", str(error))) from error
        except StoreError as error:
            raise Refused(503, Words("没有写入", str(error))) from error
        except NotHere as error:
            raise Refused(404, error.words) from error
    except Refused as refused:
        if wants_json(request):
            return json_answer(refused)
        raise


def _seated(datasette: Any, request: Any) -> Desk:
    """Return the desk of who may write.

    Raises:
        Refused: nobody may, or the request did not come past the wall.
    """
    desk = desk_of(datasette)
    if desk is None or request.scope.get(ADMITTED) is not True:
        raise Refused(403 if request.method == "POST" else 405, OFF)
    return desk


async def _said(request: Any) -> dict[str, Any]:
    kind = request.headers.get("content-type", "")
    return body_of(kind, await request.post_body())


def _reviewer(site: Site, desk: Desk, said: dict[str, Any]) -> str:
    named = said.get("reviewer")
    name = fit_name(named) if isinstance(named, str) else None
    name = name or reviewer_of(desk, site.request)
    if name is None:
        raise Refused(400, NO_NAME)
    return name


async def _review(site: Site, desk: Desk, said: dict[str, Any]) -> Any:
    reviewer = _reviewer(site, desk, said)
    what = asked(said)
    document_id = site.request.url_vars["id"]
    subject = await site.read(partial(find_subject, document_id=document_id, said=what))
    judgement = await asyncio.to_thread(subject.judgement, what, reviewer)
    review = await asyncio.to_thread(_store, desk.path, judgement)
    # A record that only reviewers wrote has the id of the review that wrote it last.
    is_new = review.record is not None and review.commitment_id is None
    shown = review.id if is_new else what.subject
    return await _shown(site, review, shown, said)


def _store(path: Path, judgement: Judgement) -> Review:
    with Store(path) as store:
        return store.add_review(judgement)


async def _undo(site: Site, desk: Desk, said: dict[str, Any]) -> Any:
    reviewer = _reviewer(site, desk, said)
    named = [said.get(name) or None for name in ("review", "document")]
    if not all(isinstance(name, str | None) for name in named):
        raise Refused(400, NOT_READ)
    found = await site.read(
        lambda conn: find_review(conn, reviewer, named[0], named[1])
    )
    review = await asyncio.to_thread(_take_back, desk.path, found["id"], reviewer)
    return await _shown(site, review, review.commitment_id, said)


def _take_back(path: Path, review_id: str, reviewer: str) -> Review:
    with Store(path) as store:
        return store.undo_review(review_id, reviewer)


async def _shown(
    site: Site, review: Review, subject: str | None, said: dict[str, Any]
) -> Any:
    """Return what the item looks like now, or lead back to it."""
    if not wants_json(site.request):
        plan = address(site.datasette, "plan", site.database, review.document_id)
        mode = "?label=1" if said.get("label") == "1" else ""
        is_item = subject is None or subject == review.item_id
        place = f"i-{review.item_id}" if is_item else f"r-{subject}"
        return Response.redirect(f"{plan}{mode}#{place}", 303)
    sitting = sitting_of(site)
    if sitting:
        sitting = replace(
            sitting,
            reviewer=review.reviewer,
            is_labelling=said.get("label") == "1",
        )
    page = await site.read(
        partial(
            document_page,
            id_=review.document_id,
            sitting=sitting,
            item_id=review.item_id,
        )
    )
    html = await asyncio.to_thread(site.part, "extract-item.html", page)
    told = review.model_dump(
        include={"id", "reviewer", "verdict", "created_at", "undoes"}
    )
    return Response.json(
        {
            "ok": True,
            "review": told,
            "item": review.item_id,
            "subject": subject,
            "is_hidden": any(block.is_hidden for block in page.blocks),
            "html": html,
        }
    )


async def _reading(site: Site, _desk: Desk, said: dict[str, Any]) -> Any:
    what = asked(said)
    document_id = site.request.url_vars["id"]
    subject = await site.read(partial(find_subject, document_id=document_id, said=what))
    record = await asyncio.to_thread(lambda: subject.ground().made(what.fields))
    return Response.json(
        {
            "ok": True,
            "record": content_row(record, record.clause),
            "shown": _in_words(record),
            "unread": {
                field: {"zh": words.zh, "en": words.en}
                for field, words in unread(record)
            },
        }
    )


def _in_words(record: ReviewedRecord) -> dict[str, str]:
    """Return the computed values as people write them."""
    shown = {}
    if record.quantity:
        comparator = COMPARATORS[record.quantity.comparator]
        shown["target"] = f"{figure(record.quantity)} · {comparator}"
    if record.due:
        shown["deadline"] = f"{record.due.date} · {in_words(BASES, record.due.basis)}"
    return shown
