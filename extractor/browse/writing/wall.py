"""Wall: in front of everything that writes, what has no business there is turned away.

It stands before Datasette, whose own protection against other sites' forms reads a body
whole, however long it is.
"""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable, MutableMapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from datasette.utils.asgi import Request  # type: ignore[import-untyped]  # no types

from extractor.browse.writing.bodies import body_of
from extractor.browse.writing.desk import Desk, check_entered, desk_of
from extractor.browse.writing.places import FORM, MULTIPART, Place
from extractor.browse.writing.refusals import (
    ELSEWHERE,
    NOT_OUR_FORM,
    NOT_READ,
    TOO_MANY,
    Refused,
    plain_answer,
    too_large,
    wants_json,
)

ADMITTED = "extract.admitted"
"""Key of a scope that came past the wall, with the place it was let into."""

CSRF_CHECKED = "extract.csrf-checked"
"""Key of a scope: whether the form's own token was compared here. Datasette's check
falls over a form with a file."""

_READS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]


def walled(app: App, datasette: Any, places: Sequence[Place]) -> App:
    """Return the application behind the wall."""

    async def wall(scope: Scope, receive: Receive, send: Send) -> None:
        desk = desk_of(datasette)
        place = _place(scope, places)
        # Without a desk nothing is written, and the place may be another plugin's.
        if desk is None or place is None:
            await app(scope, receive, send)
            return
        request = Request(scope, receive)
        try:
            body = await _admitted(desk, place, request, receive)
        except Refused as refused:
            as_json = place.is_api or wants_json(request)
            await plain_answer(refused, as_json=as_json).asgi_send(send)
            return
        messages = [{"type": "http.request", "body": body, "more_body": False}]

        async def replay() -> MutableMapping[str, Any]:
            return messages.pop() if messages else await receive()

        is_form = _kind(request) == MULTIPART
        passed = {ADMITTED: place.name, CSRF_CHECKED: is_form}
        await app({**scope, **passed}, replay, send)

    return wall


def _place(scope: Scope, places: Sequence[Place]) -> Place | None:
    """Return the place that a request writes to, None where it only reads."""
    if scope["type"] != "http" or scope["method"] in _READS:
        return None
    return next((place for place in places if place.path in scope["path"]), None)


async def _admitted(desk: Desk, place: Place, request: Any, receive: Receive) -> bytes:
    """Return the body of a request that may go on.

    Raises:
        Refused: it may not.
    """
    if not is_from_here(request):
        raise Refused(403, ELSEWHERE)
    check_entered(desk, request, is_api=place.is_api)
    bucket = desk.bucket(place)
    if not bucket.take():
        raise Refused(429, TOO_MANY, {"retry-after": str(bucket.wait_s)})
    kind = _kind(request)
    if kind not in place.max_bytes:
        raise Refused(415, NOT_READ)
    body = await _body(request, receive, place.max_bytes[kind])
    _check_form(request, kind, body)
    return body


async def _body(request: Any, receive: Receive, max_bytes: int) -> bytes:
    said = request.headers.get("content-length", "0")
    if not said.isdecimal() or int(said[:20]) > max_bytes:
        raise Refused(413, too_large(max_bytes))
    body = bytearray()
    while True:
        message = await receive()
        body += message.get("body", b"")
        if len(body) > max_bytes:
            raise Refused(413, too_large(max_bytes))
        if not message.get("more_body"):
            return bytes(body)


def is_from_here(request: Any) -> bool:
    """Say whether a page of this site asks; a program that says nothing of it may, too.

    Such a program is no browser: a browser says where it comes from.
    """
    headers = request.headers
    if headers.get("sec-fetch-site", "same-origin") != "same-origin":
        return False
    origin = headers.get("origin")
    return origin is None or urlsplit(origin).netloc == headers.get("host")


def _kind(request: Any) -> str:
    said = request.headers.get("content-type", "").partition(";")[0]
    return str(said).strip().lower()


def _check_form(request: Any, kind: str, body: bytes) -> None:
    """Refuse what Datasette's own check would fall over.

    Raises:
        Refused: the body is no text, or no form of this site's.
    """
    if kind == MULTIPART:
        _check_token(request, body)
        return
    try:
        body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Refused(400, NOT_READ) from error
    tokens = [request.headers.get("x-csrftoken", "")]
    if kind == FORM:
        tokens.append(body_of(kind, body).get("csrftoken", ""))
    if not all(map(str.isascii, tokens)):
        raise Refused(400, NOT_READ)


def _check_token(request: Any, body: bytes) -> None:
    """Refuse a form with a file that does not repeat what the page's cookie says.

    A program that says the token itself has no cookie that others could use.
    """
    said = body_of(request.headers["content-type"], body).get("csrftoken", "")
    if "authorization" in request.headers:
        return
    known = request.cookies.get("ds_csrftoken", "")
    is_same = hmac.compare_digest(str(said).encode(), known.encode())
    if not known or not is_same:
        raise Refused(403, NOT_OUR_FORM)
