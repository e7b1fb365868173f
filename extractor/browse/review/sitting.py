"""Sitting: one reviewer before one document, and what they are not to see yet."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from datasette.utils import tilde_encode  # type: ignore[import-untyped]  # no types

from extractor.browse.review.verdicts import Verdicts
from extractor.browse.writing.desk import (
    desk_for,
    reviewer_of,
)

_DROPPED = re.compile("\r(?=\n)|\0")
_ID = re.compile("[0-9a-f]{16}")


@dataclass(frozen=True)
class Sitting:
    """Who reviews, and how."""

    reviewer: str | None
    """None until they have said their name."""
    place: str
    """Where reviews are sent to, without the document."""
    named: str = ""
    """The database as a command names it."""
    is_labelling: bool = False
    """Records stay hidden until the reviewer has written down their own."""
    editing: str | None = None
    """The record to correct, or the item to add one to, where no script runs."""

    def hidden(self, verdicts: Verdicts, items: Iterable[Any]) -> frozenset[str]:
        """Return the items whose records the reviewer is not to see yet."""
        if not self.is_labelling:
            return frozenset()
        return frozenset(
            item["id"] for item in items if not self._is_done(verdicts, item["id"])
        )

    def _is_done(self, verdicts: Verdicts, item_id: str) -> bool:
        return any(done.reviewer == self.reviewer for done in verdicts.done(item_id))

    def own(self, verdicts: Verdicts, hidden: Collection[str]) -> Verdicts:
        """Return the verdicts without those of others on what is hidden."""
        return Verdicts.of(
            review
            for review in verdicts.reviews
            if review.item_id not in hidden or review.reviewer == self.reviewer
        )


def sitting_of(site: Any) -> Sitting | None:
    """Return the sitting of a request, None where its sender may not write."""
    desk = desk_for(site.datasette, site.request, site.database)
    if desk is None:
        return None
    args = site.request.args
    route = tilde_encode(site.datasette.get_database(site.database).route)
    editing = args.get("edit") or ""
    return Sitting(
        reviewer=reviewer_of(desk, site.request),
        place=str(site.datasette.urls.path(f"/-/review/{route}")),
        named=desk.named,
        is_labelling=args.get("label") == "1",
        editing=editing if _ID.fullmatch(editing) else None,
    )


def lost_places(text: str) -> tuple[int, ...]:
    """Return the places of the characters that a browser drops from a text."""
    return tuple(found.start() for found in _DROPPED.finditer(text))
