"""Promises page: what a body's later plan made of each promise of an earlier one."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import urlencode

from extractor.browse.across.downloads import csv_response
from extractor.browse.across.known import READ, Places
from extractor.browse.across.words import (
    MEANINGS,
    SHORT,
    VERDICTS,
    grounds,
    rates_of,
    time_of,
)
from extractor.browse.pages.answering import Answer, NotHere, Site
from extractor.browse.wording import Words
from extractor.store.across.indicators import indicator
from extractor.store.across.promises import Fate, fates, soft_fates
from extractor.store.across.reading import plans, pledges_of
from extractor.store.across.verdicts import Verdict
from extractor.store.finding.search_text import clean_words

ROUTE = r"/-/promises/(?P<database>[^/]+)(?P<csv>/table\.csv)?$"

_HEADER = (
    "verdict", "earlier", "earlier_clause", "earlier_deadline", "later",
    "later_clause", "later_deadline", "notes", "earlier_record_id", "later_record_id",
)  # fmt: skip


@dataclass(frozen=True)
class Body:
    """A body with several plans."""

    name: str
    plans: tuple[sqlite3.Row, ...]
    """Those of earlier years first."""

    @property
    def pairs(self) -> list[tuple[sqlite3.Row, sqlite3.Row]]:
        """Each plan with the one after it."""
        return list(zip(self.plans, self.plans[1:], strict=False))


@dataclass(frozen=True)
class PromisesPage:
    """What the page shows."""

    bodies: tuple[Body, ...]
    earlier: sqlite3.Row | None = None
    later: sqlite3.Row | None = None
    wrong: Words | None = None
    """Why two plans are not compared."""
    fates: tuple[Fate, ...] = ()
    """Of the verdict that is asked for, else of all."""
    counts: tuple[tuple[Verdict, int], ...] = ()
    verdict: str = ""

    words = staticmethod(VERDICTS.__getitem__)
    meaning = staticmethod(MEANINGS.get)
    grounds = staticmethod(grounds)

    @staticmethod
    def notes(fate: Fate) -> list[Words]:
        """Return what is to be said of a pair beside its verdict."""
        return list(notes(fate))

    def query(self, **more: str) -> str:
        """Return the query of an address of the same two plans."""
        ids = {"earlier": self.earlier, "later": self.later}
        return urlencode({name: row["id"] for name, row in ids.items() if row} | more)


async def answer(datasette: Any, request: Any) -> Any:
    """Answer a request for the page, or for its table as CSV."""
    site = await Site.of(datasette, request, READ)
    args = request.args
    page = await site.read(
        partial(
            promises_page,
            earlier=args.get("earlier") or "",
            later=args.get("later") or "",
            verdict=args.get("verdict") or "",
        )
    )
    if request.url_vars["csv"]:
        return csv_response("promises", _HEADER, map(_cells, page.fates))
    answer = Answer(page=page, links=Places(site))
    return await site.render("extract-promises.html", answer)


def promises_page(
    conn: sqlite3.Connection, earlier: str = "", later: str = "", verdict: str = ""
) -> PromisesPage:
    """Read what the page shows.

    Args:
        conn: the database.
        earlier: a plan; empty for none, then only what can be chosen is shown.
        later: another plan of the same body.
        verdict: the only one to show.

    Raises:
        NotHere: there is no such plan.
    """
    every = plans(conn)
    bodies = tuple(_bodies(every))
    if not earlier or not later:
        return PromisesPage(bodies)
    by_id = {row["id"]: row for row in every}
    for id_ in (earlier, later):
        if id_ not in by_id:
            raise NotHere(Words(f"没有文件 {id_}", f"there is no document {id_}"))
    one, other = by_id[earlier], by_id[later]
    if wrong := _not_comparable(one, other):
        return PromisesPage(bodies, one, other, wrong)
    if one["plan_year"] > other["plan_year"]:
        one, other = other, one
    both = [pledges_of(conn, row["id"]) for row in (one, other)]
    order = {name: place for place, name in enumerate(VERDICTS)}
    found = sorted(
        [*fates(*both), *soft_fates(*both)], key=lambda fate: order[fate.verdict]
    )
    counted = Counter(fate.verdict for fate in found)
    return PromisesPage(
        bodies,
        one,
        other,
        fates=tuple(f for f in found if verdict in ("", f.verdict)),
        counts=tuple((name, counted[name]) for name in VERDICTS if counted[name]),
        verdict=verdict if verdict in counted else "",
    )


def notes(fate: Fate) -> Iterator[Words]:
    """Yield what is to be said of a pair beside its verdict."""
    if fate.found and fate.earlier:
        said = (time_of(fate.found), rates_of(fate.found, fate.earlier.unit))
        yield from (words for words in said if words)
    if fate.earlier and fate.later and indicator(fate.earlier).is_short:
        yield SHORT
    if fate.grounds and fate.grounds.ground != "words":
        yield grounds(fate.grounds)


def _bodies(rows: Sequence[sqlite3.Row]) -> Iterator[Body]:
    of_body: dict[str, list[sqlite3.Row]] = {}
    for row in rows:
        if row["issuer"] and row["plan_year"]:
            of_body.setdefault(clean_words(row["issuer"]), []).append(row)
    for name in sorted(of_body):
        if len(of_body[name]) > 1:
            yield Body(name, tuple(of_body[name]))


def _not_comparable(one: sqlite3.Row, other: sqlite3.Row) -> Words | None:
    """Return why two plans cannot be compared, None where they can."""
    if one["id"] == other["id"]:
        return Words("请选两份不同的计划", "choose two different plans")
    if not one["plan_year"] or not other["plan_year"]:
        return Words("有一份计划年度不明", "the year of a plan is not known")
    bodies = [clean_words(row["issuer"] or "") for row in (one, other)]
    if not all(bodies):
        return Words("有一份计划发文机关不明", "the issuer of a plan is not known")
    if bodies[0] != bodies[1]:
        return Words(
            "这是两个机关的计划，只比较同一机关的",
            "these are plans of two bodies; only those of one are compared",
        )
    return None


def _cells(fate: Fate) -> list[Any]:
    one, other = fate.earlier, fate.later
    said = [str(words) for words in notes(fate)]
    said += [f"perhaps: {near.clause} ({grounds(like)})" for near, like in fate.perhaps]
    return [
        str(VERDICTS[fate.verdict]),
        one.target if one else None,
        one.clause if one else None,
        one.date if one else None,
        other.target if other else None,
        other.clause if other else None,
        other.date if other else None,
        " | ".join(said),
        one.id if one else None,
        other.id if other else None,
    ]
