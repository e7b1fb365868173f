"""Chosen: the words a reviewer chose in an item in, the record they make out.

Values are computed by the code that extraction uses, in the text as it was read.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from extractor.browse.review.asked import Choice, Fields
from extractor.browse.wording import FIELDS, Words
from extractor.browse.writing.refusals import Refused
from extractor.core.records import (
    ActorSource,
    Commitment,
    Content,
    Document,
    Item,
    Quantity,
    Quote,
    hull,
)
from extractor.core.spans import Span, trim
from extractor.documents.cleaning.text import clean
from extractor.documents.items import split_items
from extractor.extraction.normalisation import clause_around, normalise
from extractor.store.reviews import BY_REVIEWER, ReviewedRecord, is_set

NO_WORDS = Words("还没有选字", "choose some words first")
NO_NUMBER = Words("这里读不出数", "no number is read in these words")
NO_DATE = Words("这里读不出日期", "no date is read in these words")
_OUTSIDE = Words("不在这一条之内", "is not inside the item")
_CHANGED = Words(
    "选中的字与原文不符，请刷新", "is not what the source has there; reload the page"
)
_RANGE = Words("区间没有别的比较", "a range has no other comparison")
_NOT_THERE = Words("原文这一条里没有这些字", "is not in the item")


@dataclass(frozen=True)
class Ground:
    """Where words are chosen: an item of a document, as it was read."""

    source: str
    plan_year: int | None
    item: Item
    own: ReviewedRecord | None = None
    """The record as it stands, which a correction changes."""

    def made(self, fields: Fields, comparator: str | None = None) -> ReviewedRecord:
        """Return the record that the chosen words make.

        Args:
            fields: the words.
            comparator: how the number is meant (`Asked.comparator`).

        Raises:
            Refused: words are not there, or none are chosen.
        """
        said = self._said(fields)
        main = [said[name] for name in ("target", "deadline", "action", "object")]
        anchor = next(filter(None, main), None)
        if anchor is None:
            raise Refused(400, NO_WORDS)
        clause = self._clause(anchor, hull(said[name] for name in _CORE))
        record = ReviewedRecord(
            clause=clause,
            actor_source=self._actor_source(said["actor"], clause),
            **said,
        )
        return self._computed(record, anchor, comparator)

    def _said(self, fields: Fields) -> dict[str, Any]:
        """Return each field's words: as chosen now, else as they stand."""
        said: dict[str, Any] = {name: getattr(self.own, name, None) for name in FIELDS}
        said["partners"] = said["partners"] or ()
        for name, choices in fields.items():
            quotes = [self._quote(name, choice) for choice in choices]
            found = tuple(quote for quote in quotes if quote)
            said[name] = found if name == "partners" else next(iter(found), None)
        return said

    def _quote(self, field: str, choice: Choice) -> Quote | None:
        """Return the words of a choice where they stand."""
        at = choice.at or self._find(field, choice.text or "")
        if at is None:
            return None
        if self.item.span.contains(at):
            at = trim(self.source, at)
        if at.start >= at.end or not self.item.span.contains(at):
            raise _refused(field, _OUTSIDE)
        text = at.slice(self.source)
        if choice.at and choice.text and _bare(choice.text) != _bare(text):
            raise _refused(field, _CHANGED)
        return Quote(text=text, span=at)

    def _find(self, field: str, words: str) -> Span | None:
        """Return where words stand: where they stood, in the clause, else in the item.

        None where there are no words.
        """
        words = words.strip()
        before = getattr(self.own, field, None)
        if not words:
            return None
        stood = (before,) if isinstance(before, Quote) else before or ()
        for quote in stood:
            if quote.text == words:
                return Span(*quote.span)
        clause = self.own.clause.span if self.own else self.item.span
        for place in (clause, self.item.span):
            start = self.source.find(words, *place)
            if start >= 0:
                return Span(start, start + len(words))
        raise _refused(field, _NOT_THERE)

    def _actor_source(self, actor: Quote | None, clause: Quote) -> ActorSource:
        """Return how the actor is known; one that governs from before is inherited."""
        if actor is None:
            return "issuer"
        if self.own and self.own.actor == actor:
            return self.own.actor_source
        return "inherited" if actor.span.end <= clause.span.start else "stated"

    def _clause(self, anchor: Quote, extent: Span | None) -> Quote:
        """Return the record's clause: as it stands, while it has the words chosen."""
        span = clause_around(anchor.span, self.item)
        if self.own and extent and self.own.clause.span.contains(extent):
            span = Span(*self.own.clause.span)
        return Quote(text=span.slice(self.source), span=span)

    def _computed(
        self, record: ReviewedRecord, anchor: Quote, comparator: str | None
    ) -> ReviewedRecord:
        """Return the record with its values.

        They are read in the clause of its anchor, as the checker of gold does; of words
        that were not touched they stay.
        """
        around = clause_around(anchor.span, self.item)
        said = {name: getattr(record, name) for name in Content.model_fields}
        read = normalise(
            Commitment(
                id="",
                document_id=self.item.document_id,
                item_id=self.item.id,
                clause=Quote(text=around.slice(self.source), span=around),
                status="grounded",
                call_id=None,
                **said,
            ),
            self.item,
            self.plan_year,
        )
        quantity, due, own = read.quantity, read.due, self.own
        if own and record.target and own.target == record.target:
            is_as_read = comparator is None or not is_set(own)
            quantity = own.quantity if is_as_read else quantity
        if comparator and quantity:
            quantity = _compared(quantity, comparator)
        if own and record.deadline and own.deadline == record.deadline:
            due = own.due
        return record.model_copy(update={"quantity": quantity, "due": due})


def _compared(quantity: Quantity, comparator: str) -> Quantity:
    """Return a number as the reviewer means it, which its rule then says."""
    if quantity.comparator == comparator:
        return quantity
    if quantity.upper is not None:
        raise _refused("target", _RANGE)
    said = {"comparator": comparator, "rule": BY_REVIEWER}
    return quantity.model_copy(update=said)


_CORE = ("action", "object", "target")


def unread(record: ReviewedRecord) -> list[tuple[str, Words]]:
    """Return the fields whose words say no number or date, with that in words."""
    found = []
    if record.target and not record.quantity:
        found.append(("target", NO_NUMBER))
    if record.deadline and not record.due:
        found.append(("deadline", NO_DATE))
    return found


def ground(
    document: sqlite3.Row, item: sqlite3.Row, own: ReviewedRecord | None = None
) -> Ground:
    """Return the ground of a stored item.

    The text as it was read is not stored: cleaning it again gives the same.

    Args:
        document: a row of `documents`.
        item: a row of `items`, one of the document's.
        own: the record that is corrected.
    """
    read, items = _read(
        document["id"], document["source"], document["title"], document["plan_year"]
    )
    span = Span(item["start"], item["end"])
    found = items.get(span) or _item(read, item, span)
    here = found.model_copy(update={"id": item["id"]})
    return Ground(document["source"], document["plan_year"], here, own)


@lru_cache(maxsize=4)
def _read(
    document_id: str, source: str, title: str | None, plan_year: int | None
) -> tuple[Document, dict[Span, Item]]:
    """Return a document as it was read, and its items."""
    cleaned = clean(source)
    document = Document(
        id=document_id,
        sha256="",
        path="",
        encoding="",
        source=source,
        clean=cleaned.text,
        offsets=cleaned.offsets,
        cuts=cleaned.cuts,
        title=title,
        issuer=None,
        plan_year=plan_year,
    )
    return document, {item.span: item for item in split_items(document)}


def _item(document: Document, row: sqlite3.Row, span: Span) -> Item:
    """Return an item that was made by another version of the splitter."""
    place = document.offsets.to_clean(span) or Span(0, 0)
    return Item(
        id=row["id"],
        document_id=document.id,
        position=0,
        label=row["label"],
        heading_path=(),
        title=None,
        span=span,
        text=span.slice(document.source),
        clean=place.slice(document.clean),
        prose_start=0,
        offsets=document.offsets.slice(place),
    )


def _bare(text: str) -> str:
    """Return a text without what a browser does not keep of it."""
    return "".join(text.split()).replace("\0", "")


def _refused(field: str, words: Words) -> Refused:
    name = FIELDS[field]
    return Refused(400, Words(f"“{name.zh}”：{words.zh}", f"“{name.en}”: {words.en}"))
