"""Answers: the addresses that take what a reviewer says."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from datasette.utils.asgi import Response  # type: ignore[import-untyped]  # no types

from extractor.browse.addresses import address
from extractor.browse.pages.answering import Site
from extractor.browse.pages.document import Block, document_page
from extractor.browse.pages.stored import figure
from extractor.browse.review.asked import Asked, asked
from extractor.browse.review.chosen import unread
from extractor.browse.review.marks import marks
from extractor.browse.review.other import taking_other
from extractor.browse.review.sitting import sitting_of
from extractor.browse.review.subjects import (
    find_item,
    find_review,
    find_subject,
    unjudged,
)
from extractor.browse.wording import BASES, BY_HAND, COMPARATORS, Words, in_words
from extractor.browse.writing.desk import (
    NAME_COOKIE,
    Desk,
    fit_name,
    reviewer_of,
    set_cookie,
)
from extractor.browse.writing.entering import (
    answered,
    check_writable,
    said,
    seated,
)
from extractor.browse.writing.places import FORM, JSON, Place
from extractor.browse.writing.refusals import (
    NO_NAME,
    NOT_READ,
    Refused,
    wants_json,
)
from extractor.store.reviews import Judgement, Review, ReviewedRecord, is_set
from extractor.store.rows import content_row
from extractor.store.store import Store

NAME_ROUTE = r"/-/review/name$"
UNDO_ROUTE = r"/-/review/(?P<database>[^/]+)/undo$"
READING_ROUTE = r"/-/review/(?P<database>[^/]+)/(?P<id>[0-9a-f]{16})/reading$"
MARKS_ROUTE = r"/-/review/(?P<database>[^/]+)/(?P<id>[0-9a-f]{16})/marks$"
ROUTE = r"/-/review/(?P<database>[^/]+)/(?P<id>[0-9a-f]{16})$"

PLACE = Place("review", "/-/review/", {FORM: 64 * 1024, JSON: 64 * 1024}, 50, 50)

_ACCEPTED = Asked("accept", "", None, {})
_TABLES = ("documents", "items", "commitments", "reviews")
_YEAR_S = 365 * 24 * 3600
_PLAN = re.compile(r"/-/plan/[\w~.-]+/[0-9a-f]{16}(\?label=1)?")


async def answer_name(datasette: Any, request: Any) -> Any:
    """Keep the name that a reviewer gives, in their browser."""
    seated(datasette, request, PLACE)
    fields = await said(request)
    name = fit_name(str(fields.get("name") or ""))
    if name is None:
        raise Refused(400, NO_NAME)
    back = str(fields.get("next") or "")
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


async def answer_marks(datasette: Any, request: Any) -> Any:
    """Say what the rules see in an item."""
    return await _answered(datasette, request, _marks)


async def _answered(
    datasette: Any,
    request: Any,
    work: Callable[[Site, Desk, dict[str, Any]], Awaitable[Any]],
) -> Any:
    async def done() -> Any:
        desk = seated(datasette, request, PLACE)
        site = await Site.of(datasette, request, _TABLES)
        check_writable(site, desk)
        return await work(site, desk, await said(request))

    return await answered(request, done)


def _reviewer(site: Site, desk: Desk, fields: dict[str, Any]) -> str:
    named = fields.get("reviewer")
    name = fit_name(named) if isinstance(named, str) else None
    name = name or reviewer_of(desk, site.request)
    if name is None:
        raise Refused(400, NO_NAME)
    return name


async def _review(site: Site, desk: Desk, fields: dict[str, Any]) -> Any:
    reviewer = _reviewer(site, desk, fields)
    what = asked(fields)
    document_id = site.request.url_vars["id"]
    if what.takes_other:
        what = await site.read(
            partial(taking_other, document_id=document_id, said=what)
        )
    subject = await site.read(partial(find_subject, document_id=document_id, said=what))
    judgement = await asyncio.to_thread(subject.judgement, what, reviewer)
    rest = []
    if what.verdict == "done" and not _is_labelling(fields):
        rest = await site.read(partial(unjudged, subject=subject))
    if rest and not what.with_rest:
        raise Refused(409, _not_judged(len(rest)))
    accepted = [one.judgement(_ACCEPTED, reviewer, with_rest=True) for one in rest]
    review = await asyncio.to_thread(_store, desk.path, [*accepted, judgement])
    # A record that only reviewers wrote has the id of the review that wrote it last.
    is_new = review.record is not None and review.commitment_id is None
    shown = review.id if is_new else what.subject
    return await _shown(site, review, shown, fields)


def _is_labelling(fields: dict[str, Any]) -> bool:
    """Say whether the reviewer writes their own records before they see others."""
    return fields.get("label") == "1"


def _not_judged(number: int) -> Words:
    return Words(
        f"本条目还有 {number} 条未判：先判，或认可其余",
        f"{number} records of the item are not judged: judge them, or accept the rest",
    )


def _store(path: Path, judgements: Sequence[Judgement]) -> Review:
    """Store what is said, one after another, and return the last of it."""
    with Store(path) as store:
        return [store.add_review(judgement) for judgement in judgements][-1]


async def _undo(site: Site, desk: Desk, fields: dict[str, Any]) -> Any:
    reviewer = _reviewer(site, desk, fields)
    named = [fields.get(name) or None for name in ("review", "document")]
    if not all(isinstance(name, str | None) for name in named):
        raise Refused(400, NOT_READ)
    found = await site.read(
        lambda conn: find_review(conn, reviewer, named[0], named[1])
    )
    review = await asyncio.to_thread(_take_back, desk.path, found, reviewer)
    return await _shown(site, review, review.commitment_id, fields)


def _take_back(path: Path, review_id: str, reviewer: str) -> Review:
    with Store(path) as store:
        return store.undo_review(review_id, reviewer)


async def _shown(
    site: Site, review: Review, subject: str | None, fields: dict[str, Any]
) -> Any:
    """Return what the item looks like now, or lead back to it."""
    if not wants_json(site.request):
        plan = address(site.datasette, "plan", site.database, review.document_id)
        mode = "?label=1" if fields.get("label") == "1" else ""
        is_item = subject is None or subject == review.item_id
        place = f"i-{review.item_id}" if is_item else f"r-{subject}"
        return Response.redirect(f"{plan}{mode}#{place}", 303)
    sitting = sitting_of(site)
    if sitting:
        sitting = replace(
            sitting,
            reviewer=review.reviewer,
            is_labelling=_is_labelling(fields),
        )
    is_anew = _moves_marks(review, fields)
    page = await site.read(
        partial(
            document_page,
            id_=review.document_id,
            sitting=sitting,
            item_id=None if is_anew else review.item_id,
        )
    )
    own = tuple(block for block in page.blocks if _is_of(block, review))
    html = await asyncio.to_thread(
        site.part, "extract-item.html", replace(page, blocks=own)
    )
    told = review.model_dump(
        include={"id", "reviewer", "verdict", "created_at", "undoes"}
    )
    return Response.json(
        {
            "ok": True,
            "review": told,
            "item": review.item_id,
            "subject": subject,
            "is_hidden": any(block.is_hidden for block in own),
            "html": html,
            "text": "".join(block.text for block in own) if is_anew else None,
        }
    )


def _moves_marks(review: Review, fields: dict[str, Any]) -> bool:
    """Say whether other words of the source are marked now: then all is read anew.

    What reviewers wrote comes and goes, and so does what is hidden while they label.
    """
    is_added = review.anchor is not None and review.commitment_id is None
    return is_added or review.verdict == "correct" or _is_labelling(fields)


def _is_of(block: Block, review: Review) -> bool:
    return block.item is not None and block.item["id"] == review.item_id


async def _reading(site: Site, _desk: Desk, fields: dict[str, Any]) -> Any:
    what = asked(fields)
    document_id = site.request.url_vars["id"]
    subject = await site.read(partial(find_subject, document_id=document_id, said=what))
    record = await asyncio.to_thread(
        lambda: subject.ground().made(what.fields, what.comparator)
    )
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


async def _marks(site: Site, _desk: Desk, fields: dict[str, Any]) -> Any:
    document_id, item_id = site.request.url_vars["id"], str(fields.get("item") or "")
    item = await site.read(partial(find_item, document_id=document_id, item_id=item_id))
    seen = await asyncio.to_thread(lambda: marks(item.ground()))
    return Response.json({"ok": True, "marks": seen})


def _in_words(record: ReviewedRecord) -> dict[str, str]:
    """Return the computed values as people write them."""
    shown = {}
    if record.quantity:
        comparator = COMPARATORS[record.quantity.comparator]
        by_hand = f" · {BY_HAND}" if is_set(record) else ""
        shown["target"] = f"{figure(record.quantity)} · {comparator}{by_hand}"
    if record.due:
        shown["deadline"] = f"{record.due.date} · {in_words(BASES, record.due.basis)}"
    return shown
