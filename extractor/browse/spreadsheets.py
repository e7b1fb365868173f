"""Spreadsheets: CSV of Datasette in, what Excel reads as UTF-8 and runs nothing of out.

It begins with the mark that tells UTF-8, and no text in it begins like a formula.
"""

from __future__ import annotations

import re
from codecs import BOM_UTF8
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from extractor.store.formats.text import safe_cell

Event = MutableMapping[str, Any]
Send = Callable[[Event], Awaitable[None]]
App = Callable[[Any, Any, Send], Awaitable[None]]

_KINDS = (b"text/csv", b"text/plain")
"""What Datasette calls CSV, to be saved and to be looked at."""
_CELL = re.compile(r'"[^"]*(?:""[^"]*)*"|[^,\r\n"]+')
_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?(?:e[+-]?\d+)?", re.IGNORECASE)


def for_spreadsheets(app: App) -> App:
    """Return the application with every CSV marked, and its formulas made texts."""

    async def wrapped(scope: Any, receive: Any, send: Send) -> None:
        is_csv = scope["type"] == "http" and scope["path"].endswith(".csv")
        await app(scope, receive, _Csv(send) if is_csv else send)

    return wrapped


def without_formulas(text: str) -> str:
    """Return whole rows of CSV in which no text begins like a formula.

    As in an export; what is a number, of which CSV does not say the type, stays one.
    """
    return _CELL.sub(_safe, text)


def _safe(cell: re.Match[str]) -> str:
    printed = cell.group()
    text = printed[1:-1] if printed.startswith('"') else printed
    if safe_cell(text) == text or _NUMBER.fullmatch(text):
        return printed
    return f'"{safe_cell(text)}"' if printed.startswith('"') else str(safe_cell(text))


class _Csv:
    """What is sent on of one answer, a row at a time where it comes so."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._start: Event | None = None
        self._is_csv = False
        self._waiting = b""
        """What has come of a row that is not whole yet."""
        self._is_marked = False

    async def __call__(self, event: Event) -> None:
        if event["type"] == "http.response.start":
            self._start, self._is_csv = event, _is_csv(event)  # its length depends
            return
        if self._is_csv:
            is_last = not event.get("more_body")
            event["body"] = self._rows(event.get("body", b""), is_last=is_last)
            if not event["body"] and not is_last:
                return
        if self._start is not None:
            if self._is_csv:
                length = None if event.get("more_body") else len(event["body"])
                self._start["headers"] = list(_headers(self._start, length))
            await self._send(self._start)
            self._start = None
        await self._send(event)

    def _rows(self, body: bytes, *, is_last: bool) -> bytes:
        """Return the rows that are whole now, as they are sent."""
        self._waiting += body
        # A quotation mark inside a cell is doubled, so inside one their number is odd.
        is_whole = self._waiting.endswith(b"\n") and self._waiting.count(b'"') % 2 == 0
        if not self._waiting or not (is_whole or is_last):
            return b""
        rows = self._waiting.removeprefix(BOM_UTF8)
        mark = b"" if self._is_marked else BOM_UTF8
        self._waiting, self._is_marked = b"", True
        return mark + without_formulas(rows.decode("utf-8", "surrogatepass")).encode(
            "utf-8", "surrogatepass"
        )


def _is_csv(start: Event) -> bool:
    kinds = [value for name, value in start["headers"] if name == b"content-type"]
    return start["status"] == 200 and any(kind.startswith(_KINDS) for kind in kinds)


def _headers(start: Event, length: int | None) -> list[tuple[bytes, bytes]]:
    """Return the headers with another length, without one where it is not known."""
    found = []
    for name, value in start["headers"]:
        if name.lower() != b"content-length":
            found.append((name, value))
        elif length is not None:
            found.append((name, str(length).encode()))
    return found
