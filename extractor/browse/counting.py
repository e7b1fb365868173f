"""Counting: what was counted of a database is kept until its file is written to.

A table counts its rows, and the values of each facet, for every page of it; of a
million records that takes a second each time.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from typing import Any

from datasette.database import Database  # type: ignore[import-untyped]  # no types

from extractor.browse.pages.kept import stamp

KEPT = 500
"""Counts that are kept, the last ones asked for."""
_COUNT = re.compile(
    r"\s*select (?:count\(\*\)|\S+ as value, count\(\*\) as count) from"
)


class CountedDatabase(Database):  # type: ignore[misc]  # no types
    """Datasette's database, which counts nothing twice."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._stamp: tuple[object, ...] = ()
        self._counts: OrderedDict[tuple[object, ...], Any] = OrderedDict()

    async def execute(self, sql: str, params: Any = None, **more: Any) -> Any:
        """Return the rows of a statement, those of a count from before if it can.

        A count that was interrupted is not kept.
        """
        now = stamp(self)
        if not now or not _COUNT.match(sql):
            return await super().execute(sql, params, **more)
        if now != self._stamp:
            self._counts.clear()
            self._stamp = now
        named = sorted(params.items()) if isinstance(params, dict) else params or ()
        key = (sql, *map(repr, named))
        if key in self._counts:
            self._counts.move_to_end(key)
            return self._counts[key]
        counted = await super().execute(sql, params, **more)
        self._counts[key] = counted
        while len(self._counts) > KEPT:
            self._counts.popitem(last=False)
        return counted
