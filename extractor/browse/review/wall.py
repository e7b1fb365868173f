"""Wall: in front of everything that writes, what has no business there is turned away.

It stands before Datasette, whose own protection against other sites' forms reads a body
whole, however long it is.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

from datasette.utils.asgi import Request  # type: ignore[import-untyped]  # no types

from extractor.browse.review.desk import Desk, desk_of, has_entered
from extractor.browse.review.refusals import (
    ELSEWHERE,
    NOT_ENTERED,
    NOT_READ,
    TOO_LARGE,
    TOO_MANY,
    Refused,
    plain_answer,
    wants_json,
)

MAX_BODY = 64 * 1024
"""Bytes of a request that writes."""
ADMITTED = "extract.admitted"
"""Key of a scope that came past the wall."""

_PLACE = "/-/review/"
_READS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
_FORM = "application/x-www-form-urlencoded"

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]


def walled(app: App, datasette: Any) -> App:
    """Return the application behind the wall."""

    async def wall(scope: Scope, receive: Receive, send: Send) -> None:
        desk = desk_of(datasette)
        # Without a desk nothing is written, and the place may be another plugin's.
        if desk is None or not _writes(scope):
            await app(scope, receive, send)
            return
        request = Request(scope, receive)
        try:
            body = await _admitted(desk, request, receive)
        except Refused as refused:
            answer = plain_answer(refused, as_json=wants_json(request))
            await answer.asgi_send(send)
            return
        messages = [{"type": "http.request", "body": body, "more_body": False}]

        async def replay() -> MutableMapping[str, Any]:
            return messages.pop() if messages else await receive()

        await app({**scope, ADMITTED: True}, replay, send)

    return wall


def _writes(scope: Scope) -> bool:
    return (
        scope["type"] == "http"
        and scope["method"] not in _READS
        and _PLACE in scope["path"]
    )


async def _admitted(desk: Desk, request: Any, receive: Receive) -> bytes:
    """Return the body of a request that may go on.

    Raises:
        Refused: it may not.
    """
    if not is_from_here(request):
        raise Refused(403, ELSEWHERE)
    if not has_entered(desk, request):
        raise Refused(403, NOT_ENTERED)
    body = await _body(desk, request, receive)
    _check_form(request, body)
    return body


async def _body(desk: Desk, request: Any, receive: Receive) -> bytes:
    if not desk.bucket.take():
        raise Refused(429, TOO_MANY)
    said = request.headers.get("content-length", "0")
    if not said.isdecimal() or int(said[:20]) > MAX_BODY:
        raise Refused(413, TOO_LARGE)
    body = b""
    while True:
        message = await receive()
        body += bytes(message.get("body", b""))
        if len(body) > MAX_BODY:
            raise Refused(413, TOO_LARGE)
        if not message.get("more_body"):
            return body


def is_from_here(request: Any) -> bool:
    """Say whether a page of this site asks; a program that says nothing of it may, too.

    Such a program is no browser: a browser says where it comes from.
    """
    headers = request.headers
    if headers.get("sec-fetch-site", "same-origin") != "same-origin":
        return False
    origin = headers.get("origin")
    return origin is None or urlsplit(origin).netloc == headers.get("host")


def _check_form(request: Any, body: bytes) -> None:
    """Refuse what Datasette's own check would fall over."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in {_FORM, "application/json"}:
        raise Refused(415, NOT_READ)
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Refused(400, NOT_READ) from error
    tokens = [request.headers.get("x-csrftoken", "")]
    if kind == _FORM:
        tokens += parse_qs(text).get("csrftoken", [])
    if not all(map(str.isascii, tokens)):
        raise Refused(400, NOT_READ)
