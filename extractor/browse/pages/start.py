"""Start page: what a database promises at a glance, and where to go from there."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import urlencode
from weakref import WeakKeyDictionary

from datasette.views.index import IndexView  # type: ignore[import-untyped]  # no types

from extractor.browse.canned import QUERIES
from extractor.browse.dictionary import TABLES, VIEWS
from extractor.browse.meanings.chinese import InEnglish, Named, named
from extractor.browse.ours import our_databases
from extractor.browse.pages.answering import Answer, Site
from extractor.browse.pages.document import read_cards
from extractor.browse.pages.kept import stamp
from extractor.browse.pages.start_charts import StartCharts, start_charts
from extractor.browse.pages.summary import DocumentRow, Summary, summary
from extractor.browse.writing.desk import desk_for

ROUTE = r"/-/plans/(?P<database>[^/]+)$"
INDEX_ROUTE = r"/(\.(?P<format>jsono?))?$"

PAGE_SIZE = 50
MOST_TO_REVIEW = 5
"""Documents that are offered for review; the table has a link for each."""
COUNTING_S = 0.8
"""How long one request may look for doubts; what is left is counted by later ones."""

_READ = ("documents", "items", "commitments", "runs", "llm_calls", "failures")

Doubtful = dict[tuple[str, str], tuple[str, ...]]
"""(document, run) to the anchors of its records that a reader would doubt."""


@dataclass
class _Known:
    """What is known of a database from earlier requests."""

    stamp: tuple[object, ...]
    summary: Summary
    doubtful: Doubtful


_known: WeakKeyDictionary[Any, _Known] = WeakKeyDictionary()


@dataclass(frozen=True)
class StartPage:
    """What the page shows."""

    summary: Summary
    charts: StartCharts
    rows: tuple[DocumentRow, ...]
    """The documents of this page of the list."""
    doubtful: Mapping[tuple[str, str], int]
    """(document, run) to the number of its records that are in doubt."""
    doubts: int | None
    """Records in doubt in all documents; None until all are counted."""
    at: int
    """Which page of the list, from 1."""
    pages: int
    questions: dict[str, Named]
    views: dict[str, Named]
    tables: dict[str, Named]
    named: str | None
    """The database as a command names it, where the reader may review and send a plan
    to be read; None where they may only read."""

    @property
    def to_review(self) -> list[DocumentRow]:
        """Return the documents with the most records that nobody has judged."""
        rows = [row for row in self.summary.documents if row.unjudged > 0]
        return sorted(rows, key=lambda row: -row.unjudged)[:MOST_TO_REVIEW]

    def doubts_of(self, row: DocumentRow) -> int | None:
        """Return the records in doubt of a document, None until they are counted."""
        return self.doubtful.get((row.id, row.run_id)) if row.run_id else 0


async def answer_index(datasette: Any, request: Any, send: Any) -> Any:
    """Answer for the whole site: the page of its database where there is only one."""
    names = [name for name in datasette.databases if name != "_internal"]
    if request.url_vars["format"] or names != await our_databases(datasette):
        return await IndexView.as_view(datasette)(request, send)
    if len(names) != 1:
        return await IndexView.as_view(datasette)(request, send)
    return await _answer(await Site.named(datasette, request, names[0], _READ))


async def answer(datasette: Any, request: Any) -> Any:
    """Answer a request for the page of a database."""
    return await _answer(await Site.of(datasette, request, _READ))


async def _answer(site: Site) -> Any:
    db = site.datasette.get_database(site.database)
    now = stamp(db)
    known = _known.get(db)
    if known is None or known.stamp != now or not now:
        doubtful = known.doubtful if known else {}
        known = _Known(now, await site.read(summary), doubtful)
        _known[db] = known
    rows = known.summary.documents
    pages = max(1, -(-len(rows) // PAGE_SIZE))
    at = min(site.asked_number("page"), pages)
    shown = rows[(at - 1) * PAGE_SIZE : at * PAGE_SIZE]
    found = await site.read(partial(find_doubts, rows=shown, known=known.doubtful))
    # Of a run that goes on, what was counted is true of this moment only.
    finished = {(row.id, row.run_id) for row in rows if row.finished_at}
    known.doubtful.update({key: n for key, n in found.items() if key in finished})
    links = Links(site)
    in_doubt = unsettled(known.doubtful | found, known.summary.judged)
    desk = desk_for(site.datasette, site.request, site.database)
    page = StartPage(
        summary=known.summary,
        charts=start_charts(known.summary, links.records),
        rows=shown,
        doubtful=in_doubt,
        doubts=_total(rows, in_doubt),
        at=at,
        pages=pages,
        questions=_named(QUERIES),
        views=_named(VIEWS),
        tables=_named(TABLES),
        named=desk.named if desk else None,
    )
    return await site.render("extract-start.html", Answer(page=page, links=links))


def _named(known: Mapping[str, InEnglish]) -> dict[str, Named]:
    return {name: named(name, english) for name, english in known.items()}


def find_doubts(
    conn: sqlite3.Connection, rows: tuple[DocumentRow, ...], known: Doubtful
) -> Doubtful:
    """Find the records to doubt of documents, those known already left out.

    Args:
        conn: the database.
        rows: the documents.
        known: what was found before.

    Returns:
        Those of as many documents as there is time for, of one at least.
    """
    until = time.monotonic() + COUNTING_S
    found: Doubtful = {}
    for row in rows:
        if row.run_id is None or (row.id, row.run_id) in known:
            continue
        cards = read_cards(conn, row.run_id, row.id)
        found[row.id, row.run_id] = tuple(card.anchor for card in cards if card.doubts)
        if time.monotonic() > until:
            break
    return found


def unsettled(
    found: Doubtful, judged: Mapping[str, frozenset[str]]
) -> dict[tuple[str, str], int]:
    """Return how many of the records found no reviewer has judged.

    Args:
        found: the records to doubt.
        judged: document to the anchors of the records judged in it.
    """
    return {
        key: sum(1 for anchor in anchors if anchor not in judged.get(key[0], ()))
        for key, anchors in found.items()
    }


def _total(
    rows: tuple[DocumentRow, ...], doubtful: Mapping[tuple[str, str], int]
) -> int | None:
    counts = [doubtful.get((row.id, row.run_id)) for row in rows if row.run_id]
    known = [count for count in counts if count is not None]
    return sum(known) if len(known) == len(counts) else None


@dataclass(frozen=True)
class Links:
    """Addresses of the rows behind a number."""

    site: Site

    def records(self, **filters: str | int) -> str:
        """Return where the records are that meet all conditions of Datasette's."""
        datasette = self.site.datasette
        table = datasette.urls.table(self.site.database, "v_commitments")
        return f"{table}?{urlencode(filters)}"
