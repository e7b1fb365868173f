"""Ground a draft: every field becomes a span of the source, or is refused.

A strategy's words are looked for in the item's cleaned text and carried to the source
through the offset map; what is not there is kept as refused, never as a value (law 1).
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from itertools import takewhile
from typing import Any

from extractor.core.fields import COMPUTED
from extractor.core.records import (
    Commitment,
    Cut,
    Document,
    Draft,
    Item,
    Mention,
    Quote,
    content_id,
)
from extractor.core.spans import Span
from extractor.extraction.quoting import find_quote

_PRINTED = frozenset({"romanisation", "control"})
"""Cuts that are damage of the words themselves; a quote keeps them as printed."""


def ground(
    draft: Draft, item: Item, document: Document, *, run_id: str, position: int
) -> Commitment:
    """Return the draft's record with every field a quote of the source.

    It has the values that its draft brings, as they were read in the cleaned text.

    Args:
        draft: spans and words in the item's cleaned text.
        item: the item the draft was made from.
        document: the item's document.
        run_id: makes the record's id unique among runs.
        position: 0-based place of the record in its item.
    """
    refused: list[tuple[str, str]] = []
    whole: set[str] = set()

    def quote(field: str, mention: Mention) -> Quote | None:
        span = _locate(mention, draft, item)
        found = to_source(span, item, document) if span else None
        kept = item.offsets.to_clean(found.span) if found else None
        if span is not None and kept == span:
            # A value was read from all the words; a part of them may say less.
            whole.add(field)
            return found
        if span is None or kept is None or not _keeps_numbers(span, kept, item.clean):
            refused.append((field, mention.text))
            return None
        return found

    clause = to_source(draft.clause, item, document, whole=True)
    if clause is None:
        raise ValueError(f"clause {draft.clause!r} is outside item {item.id!r}")
    grounded = [(field, quote(field, mention)) for field, mention in draft.words()]
    said: dict[str, Any] = {
        field: found for field, found in grounded if field != "partners"
    }
    values: dict[str, Any] = {
        computed: getattr(draft, computed) if source in whole else None
        for source, computed in COMPUTED.items()
    }
    return Commitment(
        id=content_id(run_id, item.id, position, draft.clause.start),
        document_id=document.id,
        item_id=item.id,
        clause=clause,
        actor_source=draft.actor_source if said.get("actor") else "issuer",
        partners=tuple(q for field, q in grounded if q and field == "partners"),
        method=draft.method,
        likelihood=draft.likelihood,
        status="ungrounded" if refused else "grounded",
        ungrounded=tuple(refused),
        call_id=draft.call_id,
        **said,
        **values,
    )


def _locate(mention: Mention, draft: Draft, item: Item) -> Span | None:
    """Return the mention's place in the item's cleaned text."""
    if mention.span is not None:
        if mention.span.slice(item.clean) != mention.text:
            return None
        return mention.span
    clause = draft.clause.slice(item.clean)
    if found := find_quote(mention.text, clause):
        return found.shift(draft.clause.start)
    return find_quote(mention.text, item.clean, near=draft.clause.start)


def to_source(
    clean: Span, item: Item, document: Document, *, whole: bool = False
) -> Quote | None:
    """Carry a span of the item's cleaned text to a quote of the source.

    Advertising or furniture inside is not quoted: the longest piece beside it is
    (guidelines, section 5), unless `whole` asks for everything from first to last.
    Romanisation behind a character belongs to it and is kept as printed.
    """
    if clean.end <= clean.start:
        return None
    span = item.offsets.to_source(clean)
    if not whole:
        pieces = _join_printed(item.offsets.pieces(clean), document)
        span = max(pieces, key=lambda piece: piece.end - piece.start)
    for cut in _cuts_from(span.end, document.cuts):
        if cut.span.start != span.end:
            break
        if cut.reason == "romanisation":
            span = Span(span.start, cut.span.end)
    return Quote(text=span.slice(document.source), span=span)


def _keeps_numbers(words: Span, kept: Span, text: str) -> bool:
    """Say whether what a quote keeps of its words has every digit of them.

    Advertising in the middle of a number leaves 5万 of 15万: no quote of it is right.
    """
    return _numerals(kept.slice(text)) == _numerals(words.slice(text))


def _numerals(text: str) -> str:
    return "".join(char for char in text if char.isnumeric() or char in "两半")


def _join_printed(pieces: tuple[Span, ...], document: Document) -> list[Span]:
    """Join neighbouring pieces where only damage of the words lies between."""
    joined: list[Span] = []
    for piece in pieces:
        if joined and _is_printed(Span(joined[-1].end, piece.start), document.cuts):
            joined[-1] = Span(joined[-1].start, piece.end)
        else:
            joined.append(piece)
    return joined


def _is_printed(gap: Span, cuts: tuple[Cut, ...]) -> bool:
    near = takewhile(lambda c: c.span.start < gap.end, _cuts_from(gap.start, cuts))
    inside = [cut for cut in near if gap.contains(cut.span)]
    return bool(inside) and all(cut.reason in _PRINTED for cut in inside)


def _cuts_from(start: int, cuts: tuple[Cut, ...]) -> Iterator[Cut]:
    """Yield the cuts that begin at a place or behind it; cuts are in order."""
    first = bisect_left(cuts, start, key=lambda cut: cut.span.start)
    for index in range(first, len(cuts)):
        yield cuts[index]
