"""Shadows: what stands beside the quotes of a record so that it is found again.

Clean words for facets, tokens for full text, and the anchor by which records of two
runs are known to be the same; pure.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from extractor.core.records import Commitment, Content, Item, Quote
from extractor.core.spans import Span
from extractor.store.finding.search_text import clean_words, indexed

Row = dict[str, str | int | None]

Printed = Callable[[Quote], str]
"""The words of a quote without what was cut out of the middle of them."""


class About(NamedTuple):
    """What is said of all records of a document."""

    title: str | None
    issuer: str | None
    plan_year: int | None


def printed_in(item: Item) -> Printed:
    """Return how words stand in the cleaned text of an item."""

    def printed(quote: Quote) -> str:
        clean = item.offsets.to_clean(quote.span)
        return clean.slice(item.clean) if clean else quote.text

    return printed


def printed_without(cuts: Iterable[Span]) -> Printed:
    """Return how words stand in a source, less the cuts of its document."""
    ordered = sorted(cuts)
    starts = [cut.start for cut in ordered]

    def printed(quote: Quote) -> str:
        start, end = quote.span
        kept, at = [], start
        first = max(bisect_right(starts, start) - 1, 0)
        for cut in ordered[first : bisect_left(starts, end)]:
            kept.append(quote.text[at - start : max(cut.start - start, 0)])
            at = max(at, min(cut.end, end))
        return "".join([*kept, quote.text[at - start :]])

    return printed


def shadow_row(record: Commitment, about: About, printed: Printed) -> Row:
    """Return the columns of a record that its quotes are counted by."""
    named = printed(record.actor) if record.actor else about.issuer
    unit = record.quantity.unit if record.quantity else None
    return {
        "who": clean_words(named) if named else None,
        "unit": unit if unit is None else clean_words(unit),
        "issuer": about.issuer,
        "plan_year": about.plan_year,
    }


def record_text(
    record: Content[Quote], clause: Quote, around: Row, printed: Printed
) -> Row:
    """Return the tokens of a record, by the columns of its full-text table."""
    place = clause.span
    quotes = [q for _, q in record.words() if not place.contains(q.span)]
    return {
        "clause": indexed([printed(clause)]),
        "quotes": indexed(map(printed, quotes)),
        **around,
    }


def item_text(text: str, around: Row) -> Row:
    """Return the tokens of an item, by the columns of its full-text table."""
    return {"text": indexed([text]), **around}


def around_text(about: About, headings: Iterable[str]) -> Row:
    """Return the tokens of what stands around an item: headings, title and issuer."""
    return {"headings": indexed(headings), **about_text(about)}


def about_text(about: About) -> Row:
    """Return the tokens of what is said of a whole document."""
    return {
        "issuer": _indexed(about.issuer or ""),
        "title": _indexed(about.title or ""),
    }


@lru_cache(maxsize=256)  # the same for every item of a document
def _indexed(text: str) -> str:
    return indexed([text])


def anchors(records: Sequence[Commitment]) -> list[str]:
    """Return what tells the records of an item apart, the same in every run.

    It is the place of the number; without one, where clause and verb begin, whatever
    else is read there. Of several records of one place the later ones are counted.
    """
    seen = Counter[str]()
    found = []
    for record in records:
        anchor = anchor_of(record, record.clause)
        seen[anchor] += 1
        found.append(anchor if seen[anchor] == 1 else f"{anchor}#{seen[anchor]}")
    return found


def anchor_of(record: Content[Quote], clause: Quote) -> str:
    """Return the place that a record is known by, alone in it."""
    if record.target:
        return f"number {record.target.span.start}-{record.target.span.end}"
    verb = record.action.span.start if record.action else ""
    return f"clause {clause.span.start} {verb}".rstrip()
