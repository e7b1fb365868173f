"""Changes page: what two runs over one document read alike and what otherwise."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import urlencode

from extractor.browse.across.downloads import csv_response
from extractor.browse.pages.answering import Answer, NotHere, Site
from extractor.browse.wording import Words, header
from extractor.core.fields import SCORED
from extractor.core.records import Commitment, Quote
from extractor.store.across.changes import Change, changes
from extractor.store.across.reading import run_records, runs_of

ROUTE = r"/-/changes/(?P<database>[^/]+)(?P<csv>/table\.csv)?$"

KINDS = {
    "changed": Words("有不同", "changed"),
    "first": Words("只在第一次", "only in the first"),
    "second": Words("只在第二次", "only in the second"),
    "same": Words("相同", "the same"),
}
_HEADER = (
    "what", "differs", "first", "second", "first_clause", "second_clause",
    "first_record_id", "second_record_id",
)  # fmt: skip
_READ = ("documents", "items", "commitments", "runs")


def said(record: Commitment | None) -> str:
    """Return what a record says in its own words, one field after the other."""
    if record is None:
        return ""
    return " ".join(
        words.text for _, words in record.words() if isinstance(words, Quote)
    )


def differing(change: Change) -> Iterator[Words]:
    """Yield the fields that differ, in words."""
    for name in change.fields:
        yield header(SCORED[name].column)


@dataclass(frozen=True)
class ChangesPage:
    """What the page shows."""

    document: sqlite3.Row
    runs: tuple[sqlite3.Row, ...]
    first: sqlite3.Row | None
    second: sqlite3.Row | None
    """None where there is only one run."""
    changes: tuple[Change, ...]
    """Of the kind that is asked for; else all that are not the same."""
    counts: tuple[tuple[str, int], ...]
    kind: str = ""

    words = staticmethod(KINDS.__getitem__)
    said = staticmethod(said)

    @staticmethod
    def differing(change: Change) -> list[Words]:
        """Return the fields that differ, in words."""
        return list(differing(change))

    @staticmethod
    def what(change: Change) -> str:
        """Return the kind of a change."""
        return kind_of(change)

    def query(self, **more: str) -> str:
        """Return the query of an address of the same two runs."""
        ids = {"document": self.document["id"]}
        for name, run in (("first", self.first), ("second", self.second)):
            ids |= {name: run["run_id"]} if run else {}
        return urlencode(ids | more)


async def answer(datasette: Any, request: Any) -> Any:
    """Answer a request for the page, or for its table as CSV."""
    site = await Site.of(datasette, request, _READ)
    names = ("document", "first", "second", "kind")
    document, first, second, kind = (request.args.get(name) or "" for name in names)
    page = await site.read(
        partial(changes_page, document=document, first=first, second=second, kind=kind)
    )
    if request.url_vars["csv"]:
        return csv_response("changes", _HEADER, map(_cells, page.changes))
    return await site.render("extract-changes.html", Answer(page=page))


def changes_page(
    conn: sqlite3.Connection,
    document: str,
    first: str = "",
    second: str = "",
    kind: str = "",
) -> ChangesPage:
    """Read what the page shows; where no runs are named, the last two.

    Raises:
        NotHere: there is no such document, or no such run over it.
    """
    row = conn.execute("select * from documents where id = ?", [document]).fetchone()
    if row is None:
        raise NotHere(Words(f"没有文件 {document}", f"there is no document {document}"))
    runs = runs_of(conn, document)
    by_id = {run["run_id"]: run for run in runs}
    latest = [run["run_id"] for run in runs[-2:]]
    ids = (first or "".join(latest[:1]), second or "".join(latest[1:]))
    for id_ in filter(None, ids):
        if id_ not in by_id:
            raise NotHere(Words(f"没有运行 {id_}", f"there is no run {id_} over it"))
    one, other = (by_id.get(id_) for id_ in ids)
    found = []
    if one and other:
        both = [run_records(conn, run["run_id"], document) for run in (one, other)]
        found = changes(*both)
    counted = Counter(map(kind_of, found))
    kind = kind if kind in KINDS else ""
    return ChangesPage(
        document=row,
        runs=tuple(runs),
        first=one,
        second=other,
        changes=tuple(
            change
            for change in found
            if (kind_of(change) == kind if kind else kind_of(change) != "same")
        ),
        counts=tuple((name, counted[name]) for name in KINDS),
        kind=kind,
    )


def kind_of(change: Change) -> str:
    """Return one of `KINDS`."""
    if change.first is None:
        return "second"
    if change.second is None:
        return "first"
    return "changed" if change.fields else "same"


def _cells(change: Change) -> list[Any]:
    one, other = change.first, change.second
    return [
        str(KINDS[kind_of(change)]),
        ", ".join(map(str, differing(change))),
        said(one),
        said(other),
        one.clause.text if one else None,
        other.clause.text if other else None,
        one.id if one else None,
        other.id if other else None,
    ]
