"""Indicator page: one indicator over bodies and years, and why its records are one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from extractor.browse.across.downloads import csv_response
from extractor.browse.across.known import READ, Places, groups_of
from extractor.browse.across.words import SENSES, SHORT, grounds, number, plain
from extractor.browse.pages.answering import Answer, NotHere, Site
from extractor.browse.pages.charts import Chart, Point, Series
from extractor.browse.wording import CHANGES, SIGNS, Words
from extractor.store.across.grouping import Group, Member
from extractor.store.across.pledges import Pledge
from extractor.store.across.reading import plans

ROUTE = r"/-/indicator/(?P<database>[^/]+)/(?P<id>[0-9a-f]{16})(?P<csv>/table\.csv)?$"

_HEADER = (
    "body", "plan", "plan_year", "due_year", "printed", "value", "to", "unit",
    "meant", "deadline", "wording", "grounds", "clause", "record_id", "document_id",
)  # fmt: skip


_FEWEST = 2
"""Numbers that a picture is worth."""


@dataclass(frozen=True)
class Number:
    """One record of the indicator."""

    pledge: Pledge
    member: Member
    body: str
    """Whose plan it is in; the plan itself where that is not known."""
    title: str
    computed: str
    """Sign, number or range, in the unit of the indicator."""
    place: str
    value: Fraction
    upper: Fraction | None

    @property
    def grounds(self) -> Words:
        """Why it is of this indicator."""
        return grounds(self.member.grounds)


@dataclass(frozen=True)
class IndicatorPage:
    """What the page shows."""

    group: Group
    sense: Words
    numbers: tuple[Number, ...]
    """By body and year."""
    years: tuple[int, ...]
    cells: Mapping[str, Mapping[int, tuple[Number, ...]]]
    """Body to year to its numbers."""
    neighbours: tuple[tuple[Group, Words], ...]
    """What is kept apart and perhaps is the same, and why."""
    chart: Chart | None
    """A line for each body; None where fewer than two numbers have a year."""

    @property
    def caution(self) -> Words | None:
        """What to look out for, None for nothing."""
        return SHORT if self.group.indicator.is_short else None

    @property
    def columns(self) -> tuple[int, ...]:
        """The years, and 0 where some number has none."""
        return (*self.years, *([0] if self.undated else []))

    @property
    def undated(self) -> bool:
        """Some number is of a plan whose year is not known, and says none itself."""
        return any(not one.pledge.due_year for one in self.numbers)

    @staticmethod
    def grounds(member: Member) -> Words:
        """Return why a wording is in the group."""
        return grounds(member.grounds)


async def answer(datasette: Any, request: Any) -> Any:
    """Answer a request for the page, or for its table as CSV."""
    site = await Site.of(datasette, request, READ)
    groups = await groups_of(site)
    id_ = request.url_vars["id"]
    if id_ not in groups.of_id:
        raise NotHere(Words(f"没有指标 {id_}", f"there is no indicator {id_}"))
    group = groups.of_id[id_]
    titles = {
        row["id"]: row["title"] or row["source_path"].rpartition("/")[2]
        for row in await site.read(plans)
    }
    numbers = sorted(_numbers(group, titles, Places(site)), key=_place)
    if request.url_vars["csv"]:
        return csv_response("indicator", _HEADER, (_cells(group, n) for n in numbers))
    near = [(other, grounds(like)) for other, like in groups.neighbours(group)]
    page = IndicatorPage(
        group=group,
        sense=SENSES[group.indicator.sense],
        numbers=tuple(numbers),
        years=tuple(sorted({n.pledge.due_year for n in numbers if n.pledge.due_year})),
        cells=_by_body(numbers),
        neighbours=tuple(near),
        chart=_chart(group, numbers),
    )
    return await site.render("extract-indicator.html", Answer(page=page))


def _numbers(
    group: Group, titles: Mapping[str, str], places: Places
) -> Iterator[Number]:
    for member in group.members:
        for pledge in member.pledges:
            value = pledge.in_unit(group.unit)
            if value is None:
                continue
            upper = pledge.in_unit(group.unit, pledge.upper) if pledge.upper else None
            title = titles.get(pledge.document_id, "")
            yield Number(
                pledge=pledge,
                member=member,
                body=pledge.body or title,
                title=title,
                computed=_computed(pledge, value, upper, group.unit),
                place=places.of(pledge),
                value=value,
                upper=upper,
            )


def _computed(
    pledge: Pledge, value: Fraction, upper: Fraction | None, unit: str
) -> str:
    shown = number(value) if upper is None else f"{number(value)} – {number(upper)}"
    joint = "" if unit[:1] in {"%", "‰"} else " "
    return f"{SIGNS.get(pledge.comparator, '')}{shown}{joint}{unit}"


def _place(number: Number) -> tuple[str, int, str, str, str]:
    one = number.pledge
    return number.body, one.due_year or 0, one.date or "", one.document_id, one.id or ""


def _by_body(
    numbers: list[Number],
) -> dict[str, dict[int, tuple[Number, ...]]]:
    cells: dict[str, dict[int, tuple[Number, ...]]] = {}
    for one in numbers:
        years = cells.setdefault(one.body, {})
        year = one.pledge.due_year or 0
        years[year] = (*years.get(year, ()), one)
    return cells


def _chart(group: Group, numbers: list[Number]) -> Chart | None:
    """Return the numbers over the years, in one unit, but for those without a year."""
    lines: dict[str, list[Point]] = {}
    for one in numbers:
        year, value = one.pledge.due_year, one.value
        # A browser would make infinity of a longer one.
        if year and abs(value) < 10**300:
            exact = int(value) if value.denominator == 1 else float(value)
            point = Point(year, exact, one.computed, one.place)
            lines.setdefault(one.body, []).append(point)
    if sum(map(len, lines.values())) < _FEWEST:
        return None
    series = tuple(Series(body, tuple(points)) for body, points in lines.items())
    return Chart("lines", series, unit=group.unit)


def _cells(group: Group, one: Number) -> list[Any]:
    own = one.pledge
    return [
        one.body,
        one.title,
        own.year,
        own.due_year,
        own.target,
        plain(one.value),
        plain(one.upper) if one.upper is not None else "",
        group.unit,
        CHANGES[own.change].en,
        own.date,
        own.object,
        str(one.grounds),
        own.clause,
        own.id,
        own.document_id,
    ]
