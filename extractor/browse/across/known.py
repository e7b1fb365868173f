"""Known: the indicators of a database, grouped once until its file is written to."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from extractor.browse.addresses import address
from extractor.browse.pages.answering import Site
from extractor.browse.pages.kept import Kept, stamp
from extractor.store.across.grouping import Groups, grouped
from extractor.store.across.pledges import Pledge
from extractor.store.across.reading import numbered_pledges

READ = ("documents", "items", "commitments", "reviews")
"""Tables that a reader of these pages must be allowed to see."""

_known: Kept[Groups] = Kept(1)


async def groups_of(site: Site) -> Groups:
    """Return the indicators of a database."""
    db = site.datasette.get_database(site.database)
    groups = _known.get(db, "indicators")
    if groups is None:
        since = stamp(db)
        groups = await site.read(_read)
        _known.put(db, "indicators", groups, since)
    return groups


def _read(conn: sqlite3.Connection) -> Groups:
    return grouped(numbered_pledges(conn))


@dataclass(frozen=True)
class Places:
    """Where the records of a database are to be seen."""

    site: Site

    def of(self, pledge: Pledge) -> str:
        """Return where a promise stands in its document."""
        plan = address(
            self.site.datasette, "plan", self.site.database, pledge.document_id
        )
        return f"{plan}#r-{pledge.id}" if pledge.id else f"{plan}#i-{pledge.item_id}"
