"""Indicators page: everything that plans put a number on, what most have first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from extractor.browse.across.downloads import csv_response
from extractor.browse.across.known import READ, groups_of
from extractor.browse.across.words import SENSES, number
from extractor.browse.pages.answering import Answer, Site
from extractor.browse.wording import Words
from extractor.language.numbers.dimensions import measure
from extractor.store.across.grouping import Group
from extractor.store.finding.search_text import clean_words

ROUTE = r"/-/indicators/(?P<database>[^/]+)(?P<csv>/table\.csv)?$"

PAGE_SIZE = 100

_HEADER = (
    "indicator_id", "verb", "indicator", "meaning", "unit", "plans", "bodies",
    "records", "first_year", "last_year", "lowest", "highest", "wordings",
)  # fmt: skip


@dataclass(frozen=True)
class Row:
    """An indicator in the list."""

    group: Group
    sense: Words
    plans: int
    bodies: int
    records: int
    years: tuple[int, ...]
    """The first and the last year of its numbers, one where they are the same."""
    lowest: str
    highest: str

    @classmethod
    def of(cls, group: Group) -> Row:
        """Return the row of an indicator."""
        years = sorted({one.due_year for one in group.pledges if one.due_year})
        values = [one.in_unit(group.unit) for one in group.pledges]
        known = sorted(value for value in values if value is not None)
        return cls(
            group=group,
            sense=SENSES[group.indicator.sense],
            plans=len(group.documents),
            bodies=len(group.bodies),
            records=len(group.pledges),
            years=tuple(dict.fromkeys([*years[:1], *years[-1:]])),
            lowest=number(known[0]),
            highest=number(known[-1]),
        )


@dataclass(frozen=True)
class Asked:
    """What the reader asks for; an empty word does not restrict."""

    words: str = ""
    unit: str = ""
    body: str = ""

    @property
    def query(self) -> str:
        """The same as a query of an address."""
        return urlencode({name: value for name, value in vars(self).items() if value})


@dataclass(frozen=True)
class IndicatorsPage:
    """What the page shows."""

    rows: tuple[Row, ...]
    asked: Asked
    found: int
    all: int
    at: int
    pages: int


async def answer(datasette: Any, request: Any) -> Any:
    """Answer a request for the list, as a page or as CSV."""
    site = await Site.of(datasette, request, READ)
    groups = (await groups_of(site)).ordered
    args = request.args
    asked = Asked(
        *((args.get(name) or "").strip() for name in ("words", "unit", "body"))
    )
    found = list(chosen(groups, asked))
    if request.url_vars["csv"]:
        rows = (_cells(Row.of(group)) for group in found)
        return csv_response("indicators", _HEADER, rows)
    pages = max(1, -(-len(found) // PAGE_SIZE))
    at = min(site.asked_number("page"), pages)
    shown = found[(at - 1) * PAGE_SIZE : at * PAGE_SIZE]
    page = IndicatorsPage(
        tuple(map(Row.of, shown)), asked, len(found), len(groups), at, pages
    )
    return await site.render("extract-indicators.html", Answer(page=page))


def chosen(groups: Sequence[Group], asked: Asked) -> Iterator[Group]:
    """Yield the groups that a reader asks for, all words in one wording."""
    words = [clean_words(word).lower() for word in asked.words.split()]
    dimension = measure(clean_words(asked.unit)).dimension if asked.unit else None
    body = clean_words(asked.body)
    for group in groups:
        if dimension is not None and group.indicator.dimension != dimension:
            continue
        if body and not any(body in one for one in group.bodies):
            continue
        said = {f"{member.indicator.deed}{member.words}" for member in group.members}
        texts = [clean_words(text).lower() for text in said] if words else []
        if words and not any(all(word in text for word in words) for text in texts):
            continue
        yield group


def _cells(row: Row) -> list[Any]:
    own = row.group
    return [
        own.indicator.id,
        own.action,
        own.words,
        str(row.sense),
        f"{own.indicator.each} {own.unit}".strip(),
        row.plans,
        row.bodies,
        row.records,
        *(row.years[:1] or ("",)),
        *(row.years[-1:] or ("",)),
        row.lowest.replace(",", ""),
        row.highest.replace(",", ""),
        " | ".join(dict.fromkeys(member.words for member in own.members)),
    ]
