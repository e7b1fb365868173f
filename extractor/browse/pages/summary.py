"""Summary: what the documents of a database promise, counted; rows in, numbers out."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

_DOCUMENTS = """
select d.id, l.source_path, d.title, d.issuer, d.plan_year, r.run_id, r.finished_at
from v_latest_documents l
join documents d on d.id = l.document_id
left join v_latest_runs r on r.document_id = l.document_id
order by l.source_path, d.id
"""
_ITEMS = """
select document_id, count(*) from items where position is not null group by document_id
"""
# `is_shown`: of the latest run of the latest version of a file, as the views have it.
_KINDS = """
select document_id, sum(kind = 'hard'), sum(kind = 'soft') from commitments
where is_shown = 1 group by document_id
"""
_FAILURES = """
with latest as materialized (
  select l.document_id, r.run_id from v_latest_documents l
  join v_latest_runs r on r.document_id = l.document_id
)
select l.document_id, count(*) from latest l
join items i on i.document_id = l.document_id
join failures f on f.item_id = i.id and f.run_id = l.run_id
group by l.document_id
"""
_COSTS = """
select i.document_id, sum(c.cost_usd) from llm_calls c join items i on i.id = c.item_id
group by i.document_id
"""
# From the reviews to the records: those are few.
_JUDGED = """
select r.document_id, count(*) from v_reviews r
cross join commitments c on c.document_id = r.document_id and c.anchor = r.anchor
where r.decides and c.is_shown = 1 group by r.document_id
"""
_DECIDED = "select document_id, anchor from v_reviews where decides"
_DUE = """
select substr(deadline_date, 1, 7), document_id, count(*) from commitments
where is_shown = 1 and deadline_date is not null group by 1, 2 order by 1, 2
"""
_UNITS = """
select unit, sum(target_change = 'level'),
  sum(target_change = 'increase'), sum(target_change = 'decrease')
from commitments where is_shown = 1 and unit is not null
group by 1 order by count(*) desc, 1 limit ?
"""
_ACTORS = """
select actor, iif(actor is null, issuer, null), sum(kind = 'hard'), sum(kind = 'soft')
from commitments where is_shown = 1
group by 1, 2 order by count(*) desc, 1, 2 limit ?
"""

MOST = 12
"""Units and actors shown; the tables have the others."""
MOST_YEARS = 40
DARKEST = 4


@dataclass(frozen=True)
class DocumentRow:
    """A document in numbers."""

    id: str
    path: str
    title: str | None
    issuer: str | None
    plan_year: int | None
    run_id: str | None
    finished_at: str | None
    items: int
    hard: int
    soft: int
    failed: int
    cost_usd: float | None
    judged: int = 0
    """Records that a reviewer's verdict stands on."""

    @property
    def unjudged(self) -> int:
        """Records without one."""
        return self.hard + self.soft - self.judged


@dataclass(frozen=True)
class Bar:
    """A name with counts that are drawn side by side."""

    name: str
    is_named: bool
    """False for an issuer that stands for records which name nobody."""
    counts: tuple[int, ...]
    filters: Mapping[str, str | int]
    """Conditions that the records behind it meet."""

    @property
    def total(self) -> int:
        """All of them."""
        return sum(self.counts)


class Due(NamedTuple):
    """The deadlines of a document in a month."""

    month: str
    """YYYY-MM."""
    document_id: str
    number: int


@dataclass(frozen=True)
class Month:
    """The deadlines of a month."""

    name: str
    """YYYY-MM."""
    count: int
    heat: int
    """From 0, none, to `DARKEST`."""


@dataclass(frozen=True)
class Summary:
    """Everything of the database in numbers."""

    documents: tuple[DocumentRow, ...]
    due: tuple[Due, ...]
    years: tuple[tuple[str, tuple[Month, ...]], ...]
    """(year, its twelve months)."""
    units: tuple[Bar, ...]
    """Targets to stand at, to move up and down by, in each unit."""
    actors: tuple[Bar, ...]
    """Hard and soft promises of each actor."""
    calls: int
    cost_usd: float | None
    judged: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Document to the anchors of the records that a reviewer's verdict stands on."""

    def total(self, name: str) -> int:
        """Return the sum of a count over all documents."""
        return sum(getattr(row, name) for row in self.documents)


def summary(conn: sqlite3.Connection) -> Summary:
    """Count what the database holds."""
    calls, cost = conn.execute(
        "select count(*), sum(cost_usd) from llm_calls"
    ).fetchone()
    due = tuple(Due(*row) for row in conn.execute(_DUE))
    return Summary(
        documents=tuple(_documents(conn)),
        due=due,
        years=tuple(_years(due)),
        units=tuple(
            Bar(
                unit, is_named=True, counts=tuple(counts), filters={"unit__exact": unit}
            )
            for unit, *counts in conn.execute(_UNITS, [MOST])
        ),
        actors=tuple(_actors(conn)),
        calls=calls,
        cost_usd=cost,
        judged=_judged(conn),
    )


def _judged(conn: sqlite3.Connection) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for document_id, anchor in conn.execute(_DECIDED):
        found.setdefault(document_id, set()).add(anchor)
    return {document_id: frozenset(own) for document_id, own in found.items()}


def _documents(conn: sqlite3.Connection) -> Iterator[DocumentRow]:
    items = dict(tuple(row) for row in conn.execute(_ITEMS))
    failures = dict(tuple(row) for row in conn.execute(_FAILURES))
    costs = dict(tuple(row) for row in conn.execute(_COSTS))
    judged = dict(tuple(row) for row in conn.execute(_JUDGED))
    kinds = {id_: (hard, soft) for id_, hard, soft in conn.execute(_KINDS)}
    for row in conn.execute(_DOCUMENTS):
        hard, soft = kinds.get(row["id"], (0, 0))
        yield DocumentRow(
            id=row["id"],
            path=row["source_path"],
            title=row["title"],
            issuer=row["issuer"],
            plan_year=row["plan_year"],
            run_id=row["run_id"],
            finished_at=row["finished_at"],
            items=items.get(row["id"], 0),
            hard=hard,
            soft=soft,
            failed=failures.get(row["id"], 0),
            cost_usd=costs.get(row["id"]),
            judged=judged.get(row["id"], 0),
        )


def _actors(conn: sqlite3.Connection) -> Iterator[Bar]:
    """Yield who promises most; where nobody is named, it is the issuer."""
    for actor, issuer, *counts in conn.execute(_ACTORS, [MOST]):
        filters: dict[str, str | int] = {"actor__exact": actor}
        if actor is None:
            key = "issuer__exact" if issuer else "issuer__isnull"
            filters = {"actor__isnull": 1, key: issuer or 1}
        yield Bar(actor or issuer or "", actor is not None, tuple(counts), filters)


def _years(found: Iterable[Due]) -> Iterator[tuple[str, tuple[Month, ...]]]:
    """Yield the years that have deadlines, month by month."""
    counts = Counter[str]()
    for due in found:
        counts[due.month] += due.number
    most = max(counts.values(), default=0)
    for year in _without_gaps(sorted({month[:4] for month in counts})):
        names = [f"{year}-{number:02}" for number in range(1, 13)]
        yield (
            year,
            tuple(
                Month(name, count, _heat(count, most))
                for name in names
                for count in [counts.get(name, 0)]
            ),
        )


def _without_gaps(years: Sequence[str]) -> Sequence[str]:
    """Return the years with those between them, where that is no long list."""
    numbers = [int(year) for year in years if year.isdigit()]
    if not numbers or max(numbers) - min(numbers) >= MOST_YEARS:
        return years[-MOST_YEARS:]
    return [f"{year:04}" for year in range(min(numbers), max(numbers) + 1)]


def _heat(count: int, most: int) -> int:
    """Return how dark a count is drawn; small ones still differ from none."""
    return 0 if not count else max(1, round(DARKEST * (count / most) ** 0.5))
