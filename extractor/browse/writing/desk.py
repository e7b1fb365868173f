"""Desk: the place from which one database may be written to, and who sits at it.

There is one only where `extract serve --write` made it; nothing of it is stored.
"""

from __future__ import annotations

import hmac
import secrets
import shlex
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote
from weakref import WeakKeyDictionary

from extractor.browse.writing.bucket import Bucket
from extractor.browse.writing.places import Place
from extractor.browse.writing.refusals import NO_TOKEN, NOT_ENTERED, Refused

MAX_NAME = 60
"""Characters of a reviewer's name."""
NAME_COOKIE = "extract-reviewer"
ENTRANCE = "/-/review/enter"

_desks: WeakKeyDictionary[Any, Desk] = WeakKeyDictionary()


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
    models: tuple[str, ...] = ("rules",)
    """What pages may have plans read by, as `extract run --model` names it."""
    base_url: str | None = None
    """The endpoint of the hosted ones among them."""
    buckets: dict[str, Bucket] = field(default_factory=dict, repr=False)
    """Name of a place to what is let in there."""

    @property
    def named(self) -> str:
        """The database as a command names it, for who has entered."""
        return shlex.quote(str(self.path))

    def bucket(self, place: Place) -> Bucket:
        """Return how many requests a place still lets in."""
        return self.buckets.setdefault(place.name, Bucket(place.burst, place.per_s))

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
    """Say whether a browser asks that was shown the token, or a program that has it."""
    scheme, _, said = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return desk.knows(said.strip())
    return desk.knows(request.cookies.get(desk.cookie, ""))


def check_entered(desk: Desk, request: Any, *, is_api: bool = False) -> None:
    """Refuse who was not told the token.

    Args:
        desk: whose token it is.
        request: with a cookie, or the token itself.
        is_api: programs ask here.

    Raises:
        Refused: it is not there, or wrong.
    """
    if has_entered(desk, request):
        return
    if is_api:
        raise Refused(401, NO_TOKEN, {"www-authenticate": "Bearer"})
    raise Refused(403, NOT_ENTERED)


def is_writable(datasette: Any, database: str, desk: Desk) -> bool:
    """Say whether a database is the one of the desk."""
    db = datasette.get_database(database)
    if not db.path or not db.is_mutable:
        return False
    return Path(db.path).resolve() == desk.path.resolve()


def reviewer_of(desk: Desk, request: Any) -> str | None:
    """Return the name that a reviewer has given, None for none."""
    said = unquote(request.cookies.get(NAME_COOKIE, ""), errors="replace")
    return fit_name(said) or fit_name(desk.reviewer or "")


def fit_name(said: str) -> str | None:
    """Return a name on one line and of bearable length, None for no name."""
    shown = "".join(mark if mark.isprintable() else " " for mark in said)
    return " ".join(shown.split())[:MAX_NAME].strip() or None


def desk_for(datasette: Any, request: Any, database: str) -> Desk | None:
    """Return the desk at which who asks may write to a database, None for none."""
    desk = desk_of(datasette)
    if desk is None or not has_entered(desk, request):
        return None
    return desk if is_writable(datasette, database, desk) else None


def may_write(datasette: Any, request: Any, database: str) -> bool:
    """Say whether who asks may write to a database."""
    return desk_for(datasette, request, database) is not None


def set_cookie(response: Any, name: str, value: str, max_age: int | None = None) -> Any:
    """Give the browser a cookie that no script and no other site can use."""
    response.set_cookie(
        name, quote(value, safe=""), max_age=max_age, httponly=True, samesite="strict"
    )
    return response
