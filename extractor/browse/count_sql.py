"""Counts as SQL: a statement by which Datasette counts in, one that is quicker out.

The table as reviewers left it is put together of a million records nobody judged and
the few that somebody did. SQLite works out every row of such a view to count them; of
each part it counts in the order of an index.
"""

from __future__ import annotations

import re

from extractor.store.schema.m009 import REVIEWED_PARTS

OFTEN = "/* found often */"
"""Stands in the condition of a search whose words very many rows have."""
MOST_COUNTED = 10_000
"""Of rows found so, no more are counted."""

_WHOLE = "from v_commitments_reviewed"
# Only as Datasette asks it: what else somebody may write is left as it is.
_ROWS = re.compile(
    r"\s*select count\(\*\) from v_commitments_reviewed\s*"
    r"(?:where (?!.*\b(?:group|having|window|limit|union|except|intersect)\b).*)?",
    re.DOTALL | re.IGNORECASE,
)
_VALUES = re.compile(
    r"\s*select (?P<column>\S+) as value, count\(\*\) as count from \((?P<rows>.*)\)"
    r"\s+where (?P=column) is not null\s+group by (?P=column) "
    r"(?P<order>order by count desc, value limit \d+)\s*",
    re.DOTALL,
)


def quicker(sql: str) -> str:
    """Return a statement that counts the same, or the given one."""
    is_whole = sql.count(_WHOLE) == 1
    if found := _VALUES.fullmatch(sql):
        counted = _values(found["column"], found["rows"])
        if not is_whole:
            return f"{counted} {found['order']}"
        return (
            "select value, sum(count) as count from "
            f"({' union all '.join(_of_parts(counted))}) "
            f"group by value {found['order']}"
        )
    if is_whole and _ROWS.fullmatch(sql):
        return f"select {' + '.join(f'({part})' for part in _of_parts(sql))}"
    return sql


def bounded(sql: str) -> str:
    """Return the statement that counts the rows behind a count, and stops at the bound.

    It is the same for the count of the rows and for those of each facet.
    """
    facet = _VALUES.fullmatch(sql)
    rows = facet["rows"] if facet else sql
    found = f"from {rows.partition(' from ')[2].strip()}"
    parts = _of_parts(found) if found.count(_WHOLE) == 1 else [found]
    limit = f"limit {MOST_COUNTED + 1}"
    counts = (f"(select count(*) from (select 1 {part} {limit}))" for part in parts)
    return f"select {' + '.join(counts)}"


def _values(column: str, rows: str) -> str:
    """Return the statement that counts the values of a column in some rows.

    Of all rows they are counted in the order of the column's index. Rows that are
    filtered are few, and are found by what they are filtered by: with the plus SQLite
    does not look up all the others, one by one, only to count in that order.
    """
    by = f"+{column}" if re.search(r"\bwhere\b", rows) else column
    return (
        f"select {by} as value, count(*) as count from ({rows}) "
        f"where {by} is not null group by {by}"
    )


def _of_parts(sql: str) -> list[str]:
    """Return the statement of each part alone."""
    before, _, behind = sql.partition(_WHOLE)
    name = _WHOLE.removeprefix("from ")
    return [f"{before}from ({part}) as {name}{behind}" for part in REVIEWED_PARTS]
