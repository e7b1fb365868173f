"""Entering: who was told the token is let in, and what they ask is done or refused."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from datasette.utils.asgi import (  # type: ignore[import-untyped]  # no types
    Forbidden,
    Response,
)

from extractor.browse.pages.answering import NotHere, Site
from extractor.browse.wording import Words
from extractor.browse.writing.bodies import body_of
from extractor.browse.writing.desk import Desk, desk_of, is_writable, set_cookie
from extractor.browse.writing.places import Place
from extractor.browse.writing.refusals import (
    NOT_ENTERED,
    NOT_HERE,
    NOT_SENT,
    NOT_WRITABLE,
    OFF,
    Refused,
    json_answer,
    wants_json,
)
from extractor.browse.writing.wall import ADMITTED
from extractor.core.errors import StoreError, UserError

ROUTE = r"/-/review/enter$"


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


def seated(datasette: Any, request: Any, place: Place) -> Desk:
    """Return the desk of who may write.

    Raises:
        Refused: nobody may, or the request did not come past the wall.
    """
    desk = desk_of(datasette)
    if request.method != "POST":
        raise Refused(405, NOT_SENT)
    if desk is None or request.scope.get(ADMITTED) != place.name:
        raise Refused(403, OFF)
    return desk


def check_writable(site: Site, desk: Desk) -> None:
    """Refuse a database that the desk is not for."""
    if not is_writable(site.datasette, site.database, desk):
        raise Refused(403, NOT_WRITABLE)


async def said(request: Any) -> dict[str, Any]:
    """Return the fields that a request carries.

    Raises:
        Refused: it carries none.
    """
    kind = request.headers.get("content-type", "")
    return body_of(kind, await request.post_body())


async def answered(
    request: Any, work: Callable[[], Awaitable[Any]], *, is_api: bool = False
) -> Any:
    """Do what is asked; a refusal goes to a program as JSON, to a person as a page."""
    try:
        return await _done(work)
    except Refused as refused:
        if is_api or wants_json(request):
            return json_answer(refused)
        raise


async def _done(work: Callable[[], Awaitable[Any]]) -> Any:
    try:
        return await work()
    except UserError as error:
        raise Refused(400, Words("", str(error))) from error
    except StoreError as error:
        raise Refused(503, Words("没有写入", str(error))) from error
    except NotHere as error:
        raise Refused(404, error.words) from error
    except Forbidden as error:
        raise Refused(403, NOT_HERE) from error
