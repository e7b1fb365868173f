"""Spreadsheets: CSV of Datasette begins with the mark that tells Excel UTF-8."""

from __future__ import annotations

from codecs import BOM_UTF8
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Event = MutableMapping[str, Any]
App = Callable[[Any, Any, Callable[[Event], Awaitable[None]]], Awaitable[None]]

_KINDS = (b"text/csv", b"text/plain")
"""What Datasette calls CSV, to be saved and to be looked at."""


def with_marks(app: App) -> App:
    """Return the application with the mark before every CSV that has none."""

    async def wrapped(
        scope: Any, receive: Any, send: Callable[[Event], Awaitable[None]]
    ) -> None:
        if scope["type"] != "http" or not scope["path"].endswith(".csv"):
            await app(scope, receive, send)
            return
        start: Event | None = None

        async def marking(event: Event) -> None:
            nonlocal start
            if event["type"] == "http.response.start":
                start = event  # its length depends on what comes
                return
            if start is not None:
                body = event.get("body", b"")
                if _is_csv(start) and body and not body.startswith(BOM_UTF8):
                    event["body"] = BOM_UTF8 + body
                    start["headers"] = list(map(_longer, start["headers"]))
                await send(start)
                start = None
            await send(event)

        await app(scope, receive, marking)

    return wrapped


def _is_csv(start: Event) -> bool:
    kinds = [value for name, value in start["headers"] if name == b"content-type"]
    return start["status"] == 200 and any(kind.startswith(_KINDS) for kind in kinds)


def _longer(header: tuple[bytes, bytes]) -> tuple[bytes, bytes]:
    name, value = header
    if name.lower() != b"content-length":
        return name, value
    return name, str(int(value) + len(BOM_UTF8)).encode()
