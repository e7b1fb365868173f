"""Charts of the start page: a summary's numbers with the addresses of their rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from extractor.browse.pages.charts import Chart, Point, Series
from extractor.browse.pages.summary import MOST_YEARS, Bar, DocumentRow, Summary
from extractor.browse.wording import CHANGES, KINDS, Words

MOST_COLUMNS = 40
"""Columns of a chart; where months are more, they are drawn as quarters or years."""
MOST_NAMED = 5
"""Documents with a colour of their own."""
OTHERS = Words("其余", "others")

Records = Callable[..., str]
"""Gives the address of the records that meet conditions of Datasette's."""


@dataclass(frozen=True)
class StartCharts:
    """The pictures of a database; None where there is nothing to draw."""

    due: Chart | None
    units: Chart | None
    actors: Chart | None


def start_charts(found: Summary, records: Records) -> StartCharts:
    """Return the pictures of a summary."""
    return StartCharts(
        due=_due_chart(found, records),
        units=_bars(found.units, "target_change", CHANGES, records),
        actors=_bars(found.actors, "kind", KINDS, records),
    )


def _bars(
    bars: Sequence[Bar], column: str, known: dict[str, Words], records: Records
) -> Chart | None:
    """Return the counts of names, one series for each value of a column."""
    if not bars:
        return None
    series = (
        Series(
            str(words),
            tuple(
                Point(
                    x=bar.name or "–",
                    y=bar.counts[at],
                    label=f"{bar.counts[at]:,}",
                    href=records(**bar.filters, **{column: value}),
                )
                for bar in bars
                if bar.counts[at]
            ),
        )
        for at, (value, words) in enumerate(known.items())
    )
    names = tuple(bar.name or "–" for bar in bars)
    return Chart("rows", tuple(each for each in series if each.points), names)


@dataclass(frozen=True)
class _Column:
    """A stretch of time."""

    name: str
    months: frozenset[str]
    filters: dict[str, str]


def _due_chart(found: Summary, records: Records) -> Chart | None:
    """Return the deadlines by document, in months, quarters or years."""
    columns = _columns(sorted({due.month for due in found.due}))
    if not columns:
        return None
    of_month = {month: column for column in columns for month in column.months}
    totals = Counter[str]()
    for due in found.due:
        totals[due.document_id] += due.number
    most = [id_ for id_, _ in totals.most_common(MOST_NAMED + 1)]
    named = most if len(most) <= MOST_NAMED else most[:MOST_NAMED]
    rest = "" if len(named) == len(totals) else ",".join(named)
    names = _names(found.documents)
    counts = Counter[tuple[str, str]]()
    for due in found.due:
        id_ = due.document_id if due.document_id in named else ""
        if column := of_month.get(due.month):
            counts[id_, column.name] += due.number

    def series(id_: str) -> Series:
        only = {"document_id": id_} if id_ else {"document_id__notin": rest}
        return Series(
            names.get(id_, id_) if id_ else str(OTHERS),
            tuple(
                Point(column.name, n, f"{n:,}", records(**column.filters, **only))
                for column in columns
                if (n := counts[id_, column.name])
            ),
            is_rest=not id_,
        )

    ids = [row.id for row in found.documents if row.id in named] + [""] * bool(rest)
    return Chart(
        "columns",
        tuple(one for one in map(series, ids) if one.points),
        tuple(column.name for column in columns),
    )


def _names(documents: Sequence[DocumentRow]) -> dict[str, str]:
    """Return what to call documents: body and year, the title where two share them."""
    short = {
        row.id: f"{row.issuer} {row.plan_year}"
        for row in documents
        if row.issuer and row.plan_year
    }
    often = Counter(short.values())
    return {
        row.id: short[row.id]
        if often[short.get(row.id, "")] == 1
        else row.title or row.path
        for row in documents
    }


def _columns(months: Sequence[str]) -> tuple[_Column, ...]:
    """Return months without gaps, or quarters or years where these are too many."""
    if not months:
        return ()
    first, last = months[0], months[-1]
    if not (first[:4].isdigit() and last[:4].isdigit()):
        return ()
    years = range(int(first[:4]), int(last[:4]) + 1)
    if len(years) > MOST_YEARS:
        years = range(years[-1] + 1 - MOST_YEARS, years[-1] + 1)
    for size in (1, 3):
        parts = tuple(_parts(years, size))
        starts = [min(part.months) for part in parts]
        ends = [max(part.months) for part in parts]
        within = tuple(
            part
            for part, start, end in zip(parts, starts, ends, strict=True)
            if end >= first and start <= last
        )
        if len(within) <= MOST_COLUMNS:
            return within
    return tuple(_parts(years, 12))


def _parts(years: range, size: int) -> Iterator[_Column]:
    """Yield stretches of so many months."""
    for year in years:
        for start in range(1, 13, size):
            months = [f"{year:04}-{month:02}" for month in range(start, start + size)]
            # The month behind the last may be a thirteenth: as text it is behind it.
            between = {
                "deadline_date__gte": months[0],
                "deadline_date__lt": f"{year:04}-{start + size:02}",
            }
            name = {1: months[0], 3: f"{year} Q{start // 3 + 1}", 12: str(year)}[size]
            yield _Column(name, frozenset(months), between)
