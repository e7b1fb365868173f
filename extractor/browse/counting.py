"""Counting: what was counted of a database is kept until its file is written to.

A table counts its rows, and the values of each facet, for every page of it; of a
million records that takes a second each time.
"""

from __future__ import annotations

import re
from typing import Any

from datasette.database import (  # type: ignore[import-untyped]  # no types
    Database,
    QueryInterrupted,
)

from extractor.browse.count_sql import MOST_COUNTED, OFTEN, bounded, quicker
from extractor.browse.pages.kept import Kept, stamp

KEPT = 500
"""Counts that are kept, the last ones asked for."""
_COUNT = re.compile(
    r"\s*select (?:count\(\*\)|\S+ as value, count\(\*\) as count) from"
)


class CountedDatabase(Database):  # type: ignore[misc]  # no types
    """Datasette's database, which counts nothing twice."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.counts: Kept[Any] = Kept(KEPT)

    async def execute(self, sql: str, params: Any = None, **more: Any) -> Any:
        """Return the rows of a statement, those of a count from before if it can.

        A count that was interrupted is not kept. Rows found by a frequent word are not
        counted beyond a bound, nor by their values: that ends as if time were up, which
        Datasette says of them.
        """
        if not _COUNT.match(sql):
            return await super().execute(sql, params, **more)
        is_own_question = more.get("truncate")  # as people's SQL is, and counts are not
        if OFTEN in sql and not is_own_question:
            ((rows,),) = await self._kept(bounded(sql), params)
            if rows > MOST_COUNTED:
                raise QueryInterrupted(None, sql, params)
        return await self._kept(sql, params, **more)

    async def _kept(self, sql: str, params: Any, **more: Any) -> Any:
        """Return a count from before, or make it and keep it."""
        named = sorted(params.items()) if isinstance(params, dict) else params or ()
        key = repr((sql, *named))
        counted = self.counts.get(self, key)
        if counted is None:
            since = stamp(self)
            counted = await super().execute(quicker(sql), params, **more)
            self.counts.put(self, key, counted, since)
        return counted
