"""Listed: a record as the list beside the source shows it, as HTML.

Joined by hand: templates take a quarter of a second for the thousands of records of a
long plan.
"""

from __future__ import annotations

from collections.abc import Iterator

from markupsafe import Markup, escape

from extractor.browse.addresses import encoded
from extractor.browse.pages.stored import Card
from extractor.browse.wording import BY_HAND, FIELDS
from extractor.core.records import Quote
from extractor.store.reviews import Review

_BY_HAND = f'<small class="computed">{escape(str(BY_HAND))}</small>'


def says(card: Card, *, is_placed: bool) -> Markup:
    """Return what a record says.

    Args:
        card: the record.
        is_placed: with the places of its words, for a script that is to change them.
    """
    own = escape(card.comparator_set) if is_placed else ""
    comparator = f' data-comparator="{own}"' if own else ""
    said = " ".join(_said(card, is_placed=is_placed))
    # Every part is escaped text or a tag made here, as in `opened`.
    return Markup(f'<span class="says" lang="zh"{comparator}>{said}</span>')  # noqa: S704


def _said(card: Card, *, is_placed: bool) -> Iterator[str]:
    """Yield the words of each field, in the order a person asks, and what they mean."""
    record = card.record
    for field in FIELDS:
        words = getattr(record, field)
        if not words:
            continue
        for quote in (words,) if isinstance(words, Quote) else words:
            at = f' data-at="{quote.span.start}-{quote.span.end}"' if is_placed else ""
            yield f'<span class="f-{field}"{at}>{escape(quote.text)}</span>'
        if field == "target":
            if card.figure:
                yield f'<small class="computed">{escape(card.figure)}</small>'
            if card.comparator_set:
                yield _BY_HAND
        elif field == "deadline" and record.due:
            yield f'<small class="computed">{escape(record.due.date)}</small>'


def opened(
    card: Card, decided: Review | None, pages: str, *, is_placed: bool
) -> Markup:
    """Return the entry of a record up to what is said of it, not yet closed.

    Args:
        card: the record.
        decided: the verdict on it.
        pages: the address below which each record has its page.
        is_placed: as `says` takes it.
    """
    record, label, id_ = card.record, escape(card.label), escape(card.record.id)
    doubtful = " is-doubtful" if card.doubts else ""
    verdict = f" is-{escape(decided.verdict)}" if decided else ""
    start, end = record.clause.span
    place = (
        f' data-doubt="{card.gravity}" data-field="{escape(card.field)}" '
        f'data-clause="{start}-{end}" tabindex="-1"'
        if is_placed
        else ""
    )
    parts = [
        f'<li class="card {record.kind}{doubtful}{verdict}" id="l-{id_}"{place}>'
        f'<a class="n{doubtful}" href="#r-{id_}" data-n="{label}" '
        f'aria-label="承诺 record {label}"></a>',
        says(card, is_placed=is_placed),
    ]
    if card.is_read:
        shown = f"{escape(card.locator)} 详情" if card.locator else "详情"
        parts.append(
            f'<a class="more" lang="zh" href="{escape(pages)}/{encoded(record.id)}" '
            f'aria-label="{shown} details of record {label}">{shown}</a>'
        )
    parts += [
        f'<span class="doubt" title="{escape(str(doubt.why))}">'
        f"{escape(str(doubt.name))}</span>"
        for doubt in card.doubts
    ]
    return Markup("\n".join(parts))  # noqa: S704
