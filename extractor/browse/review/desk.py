"""Desk: the place from which one database may be written to, and who sits at it.

There is one only where `extract serve --write` made it; nothing of it is stored.
"""

from __future__ import annotations

import hmac
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote
from weakref import WeakKeyDictionary

PER_SECOND = 50
"""Requests that may write in a second, from all together."""
MAX_NAME = 60
"""Characters of a reviewer's name."""
NAME_COOKIE = "extract-reviewer"
ENTRANCE = "/-/review/enter"

_desks: WeakKeyDictionary[Any, Desk] = WeakKeyDictionary()


class Bucket:
    """Tokens that fill up evenly; who finds none must come back later."""

    def __init__(
        self, per_second: int = PER_SECOND, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._size = per_second
        self._clock = clock
        self._left = float(per_second)
        self._at = clock()

    def take(self) -> bool:
        """Take a token, if there is one."""
        now = self._clock()
        self._left = min(self._size, self._left + (now - self._at) * self._size)
        self._at = now
        if self._left < 1:
            return False
        self._left -= 1
        return True


@dataclass(frozen=True)
class Desk:
    """Leave to write to one database, for who has the token."""

    path: Path
    """The database."""
    reviewer: str | None = None
    """Name of a reviewer who has not said another one."""
    token: str = field(default_factory=lambda: secrets.token_urlsafe(32), repr=False)
    cookie: str = field(default_factory=lambda: f"extract-desk-{secrets.token_hex(4)}")
    """Name of the cookie; browsers share cookies between ports, so each has its own."""
    bucket: Bucket = field(default_factory=Bucket, repr=False)

    def knows(self, said: str) -> bool:
        """Say whether that is the token."""
        return hmac.compare_digest(said.encode(), self.token.encode())

    def address(self, url: str) -> str:
        """Return the address to open, below that of the site."""
        return f"{url.rstrip('/')}{ENTRANCE}?token={self.token}"


def open_desk(datasette: Any, desk: Desk) -> None:
    """Let the database of a desk be written to from this site."""
    _desks[datasette] = desk


def desk_of(datasette: Any) -> Desk | None:
    """Return the desk of a site, None where nothing may be written."""
    return _desks.get(datasette)


def has_entered(desk: Desk, request: Any) -> bool:
    """Say whether a request comes from a browser that was shown the token."""
    return desk.knows(request.cookies.get(desk.cookie, ""))


def reviewer_of(desk: Desk, request: Any) -> str | None:
    """Return the name that a reviewer has given, None for none."""
    said = unquote(request.cookies.get(NAME_COOKIE, ""), errors="replace")
    return fit_name(said) or fit_name(desk.reviewer or "")


def fit_name(said: str) -> str | None:
    """Return a name on one line and of bearable length, None for no name."""
    shown = "".join(mark if mark.isprintable() else " " for mark in said)
    return " ".join(shown.split())[:MAX_NAME].strip() or None


def set_cookie(response: Any, name: str, value: str, max_age: int | None = None) -> Any:
    """Give the browser a cookie that no script and no other site can use."""
    response.set_cookie(
        name, quote(value, safe=""), max_age=max_age, httponly=True, samesite="strict"
    )
    return response
