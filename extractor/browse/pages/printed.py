"""Printed: a source as HTML, its records, cuts and idle numbers marked in place.

The characters between the tags are the source's own, all of them and no others: labels
and numbers of records are attributes, which the style sheet shows.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from markupsafe import Markup, escape

from extractor.browse.marking import Closing, Mark, Opening, marked
from extractor.browse.wording import CUTS, FIELDS, REASONS, in_words
from extractor.core.records import Commitment
from extractor.core.spans import Span

_TITLES = {name: escape(str(words)) for name, words in FIELDS.items()}
_TOLD = {
    name: f'<span class="f-{name}" title="{title}">' for name, title in _TITLES.items()
}
"""Tags of fields inside the clause of their record: most of a page."""

LONG_CUT = 24
"""Characters from which a cut shows its reason in front, not only when pointed at."""


@dataclass(frozen=True)
class Numbered:
    """What the marks of records say about them."""

    labels: Mapping[str, str]
    """Record id to its number in the list, as it is shown."""
    doubtful: Collection[str]
    """Ids of the records that have a doubt."""


def passages(
    source: str, marks: Iterable[Mark], edges: Iterable[int], records: Numbered
) -> list[Markup]:
    """Return the source as HTML, one piece between each two edges.

    Args:
        source: the text as a person sees it.
        marks: what to mark in it; nonsense is left out.
        edges: where the pieces part, between the ends of the source.
        records: numbers and doubts of the records.
    """
    pieces: list[list[str]] = [[]]
    around: list[tuple[str, ...]] = [()]
    """Whose words they are, for each open mark and, first of all, for none."""
    for token in marked(source, marks, edges):
        if isinstance(token, str):
            pieces[-1].append(escape(token))
        elif isinstance(token, Opening):
            pieces[-1].append(_opening(token, records, around[-1]))
            if token.is_shown:
                around.append(token.mark.records or around[-1])
        elif isinstance(token, Closing):
            pieces[-1].append("</span>")
            around.pop()
        else:
            pieces.append([])
    # Every part is escaped text or a tag made above it.
    return [Markup("".join(piece)) for piece in pieces]  # noqa: S704


def _opening(opening: Opening, records: Numbered, around: tuple[str, ...]) -> str:
    """Return the tag of a mark, and the numbers of the records that begin with it.

    It names its records where those of the mark around it are others.
    """
    mark = opening.mark
    is_told = mark.records == around
    if is_told and opening.is_shown and mark.kind in _TOLD:
        return _TOLD[mark.kind]
    tag = _tag(opening, records, is_told=is_told)
    is_clause = mark.kind == "clause" and opening.is_first
    anchors = _anchors(mark, records) if is_clause else ""
    return (tag if opening.is_shown else "") + anchors


# Joined by hand: `Markup.format` takes seconds for the marks of a long plan.
def _tag(opening: Opening, records: Numbered, *, is_told: bool) -> str:
    mark = opening.mark
    if mark.kind == "cut":
        why = escape(mark.why)
        is_long = opening.is_first and mark.span.end - mark.span.start >= LONG_CUT
        shown = f' data-why="{why}"' if is_long else ""
        return f'<span class="cut" title="{why}"{shown}>'
    if mark.kind == "left":
        return f'<span class="left" title="{escape(mark.why)}">'
    whose = "" if is_told else f' data-r="{escape(" ".join(mark.records))}"'
    if mark.kind == "clause":
        is_doubtful = any(id_ in records.doubtful for id_ in mark.records)
        name = "clause is-doubtful" if is_doubtful else "clause"
        return f'<span class="{name}"{whose}>'
    return f'<span class="f-{mark.kind}" title="{_TITLES[mark.kind]}"{whose}>'


def _anchors(mark: Mark, records: Numbered) -> str:
    """Return the places that links to the records lead to, in front of their clause."""
    return "".join(_anchor(escape(id_), id_, records) for id_ in mark.records)


def _anchor(shown: str, id_: str, records: Numbered) -> str:
    is_doubtful = id_ in records.doubtful
    label = records.labels[id_]
    return (
        f'<a class="n{" is-doubtful" if is_doubtful else ""}" id="r-{shown}" '
        f'href="#l-{shown}" data-n="{label}" '
        f'aria-label="承诺 record {label}{"，存疑 in doubt" if is_doubtful else ""}">'
        "</a>"
    )


def record_marks(records: Iterable[Commitment]) -> Iterator[Mark]:
    """Yield the marks of records: the clause, and each field wherever it stands."""
    for record in records:
        yield Mark(record.clause.span, "clause", (record.id,))
        for field, words in record.words():
            yield Mark(words.span, field, (record.id,))  # type: ignore[arg-type]  # a field that quotes


def cut_marks(document: sqlite3.Row) -> Iterator[Mark]:
    """Yield the marks of what was left out of a document's cleaned text."""
    for cut in json.loads(document["cuts"]):
        why = in_words(CUTS, cut["reason"])
        yield Mark(Span(cut["start"], cut["end"]), "cut", why=f"未读 not read: {why}")


def unused_marks(unused: Iterable[sqlite3.Row]) -> Iterator[Mark]:
    """Yield the marks of numbers and dates that no record uses."""
    for row in unused:
        why = in_words(REASONS, row["reason"])
        span = Span(row["start"], row["end"])
        yield Mark(span, "left", why=f"未入表 in no record: {why}")
