"""Record page: one promise in its sentence, with everything that led to it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from markupsafe import Markup

from extractor.browse.doubts import Doubt, Readings, ReadPlace, doubts
from extractor.browse.pages.answering import Answer, NotHere, Site
from extractor.browse.pages.document import written_card
from extractor.browse.pages.printed import (
    Numbered,
    cut_marks,
    passages,
    record_marks,
)
from extractor.browse.pages.stored import (
    LATEST_RUN,
    Card,
    decimal,
    figure,
    stored_reading,
)
from extractor.browse.wording import (
    ACTOR_SOURCES,
    BASES,
    CHANGES,
    COMPARATORS,
    FIELDS,
    Words,
    in_words,
)
from extractor.core.records import Commitment, Quote
from extractor.core.spans import Span
from extractor.store.reviews import JUDGES, Review, review_history
from extractor.store.rows import stored_commitment

ROUTE = r"/-/record/(?P<database>[^/]+)/(?P<id>[0-9a-f]{16})$"

AROUND = 160
"""Characters of the item shown before and behind the clause."""

_ORDER = """
select c.id from commitments c join items i on i.id = c.item_id
where c.run_id = ? and c.document_id = ?
order by i."start", c."start", c.position
"""


@dataclass(frozen=True)
class FieldRow:
    """A field in the table of the page."""

    name: str
    words: Words
    printed: tuple[str, ...]
    """As printed, several for partners."""
    computed: str = ""
    notes: tuple[Words, ...] = ()
    rule: str | None = None
    """Name of the rule that computed it."""
    refused: tuple[str, ...] = ()
    """What the model said for it and the source does not have."""


@dataclass(frozen=True)
class RecordPage:
    """What the page shows."""

    record: Commitment
    number: int
    """From 1, in reading order of the document."""
    total: int
    """Records of its run over the document."""
    previous_id: str | None
    next_id: str | None
    is_latest: bool
    """It is of the latest run of its document."""
    doubts: tuple[Doubt, ...]
    settled: tuple[Doubt, ...]
    """Doubts that a reviewer's verdict has settled."""
    passage: Markup
    """The clause and what is around it, marked."""
    is_opened: bool
    """The item begins before the passage."""
    is_closed: bool
    """The item ends with the passage."""
    locator: str | None
    fields: tuple[FieldRow, ...]
    readings: tuple[ReadPlace, ...]
    document: sqlite3.Row
    item: sqlite3.Row
    headings: tuple[str, ...]
    run: sqlite3.Row
    call: sqlite3.Row | None
    request: str
    """What was sent, laid out for reading; empty where it is not kept."""
    response: str
    history: tuple[Review, ...]
    """What reviewers said of it, oldest first."""

    @property
    def taken_back(self) -> frozenset[str]:
        """The reviews that do not stand any more."""
        return taken_back(self.history)

    @staticmethod
    def written(review: Review) -> Card:
        """Return the record that a reviewer wrote, as a list shows it."""
        return written_card(review)


async def answer(datasette: Any, request: Any) -> Any:
    """Answer a request for the page."""
    tables = ("documents", "items", "commitments", "readings", "runs", "llm_calls")
    site = await Site.of(datasette, request, tables)
    page = await site.read(partial(record_page, id_=request.url_vars["id"]))
    return await site.render("extract-record.html", Answer(page=page))


def record_page(conn: sqlite3.Connection, id_: str) -> RecordPage:
    """Read what the page shows of a record.

    Raises:
        NotHere: there is no such record.
    """
    row = _row(conn, "commitments", id_)
    if row is None:
        raise NotHere(Words(f"没有承诺 {id_}", f"there is no record {id_}"))
    record = stored_commitment(row)
    run_id, document_id = row["run_id"], record.document_id
    document = _row(conn, "documents", document_id)
    item = _row(conn, "items", record.item_id)
    order = [found["id"] for found in conn.execute(_ORDER, [run_id, document_id])]
    at = order.index(id_)
    (latest,) = conn.execute(LATEST_RUN, [document_id]).fetchone() or [None]
    read = Readings(
        stored_reading(found)
        for found in conn.execute(
            "select * from readings where item_id = ? and run_id = ?",
            [record.item_id, run_id],
        )
    )
    history = tuple(review_history(conn, document_id, row["anchor"]))
    card = Card(
        record,
        at + 1,
        doubts(record, read),
        row["locator"],
        is_settled=_is_judged(history),
    )
    window = _window(record, item, len(document["source"]))
    call = _row(conn, "llm_calls", record.call_id)
    return RecordPage(
        record=record,
        number=card.number,
        total=len(order),
        previous_id=order[at - 1] if at else None,
        next_id=order[at + 1] if at + 1 < len(order) else None,
        is_latest=run_id == latest,
        doubts=card.doubts,
        settled=card.reasons if card.is_settled else (),
        passage=_passage(document, window, card),
        is_opened=window.start > item["start"],
        is_closed=window.end >= item["end"],
        locator=card.locator,
        fields=tuple(_field_rows(record, document["issuer"])),
        readings=tuple(read.of(record)),
        document=document,
        item=item,
        headings=tuple(json.loads(item["heading_path"])),
        run=_row(conn, "runs", run_id),
        call=call,
        request=_laid_out(call["request_body"] if call else None),
        response=_laid_out(call["response_body"] if call else None),
        history=history,
    )


def taken_back(history: Iterable[Review]) -> frozenset[str]:
    """Return the ids of the reviews of a record that do not stand any more."""
    return frozenset(one.undoes for one in history if one.undoes)


def _is_judged(history: Sequence[Review]) -> bool:
    """Say whether a verdict on the record stands."""
    back = taken_back(history)
    return any(
        one.verdict in JUDGES and not one.undoes and one.id not in back
        for one in history
    )


def _row(conn: sqlite3.Connection, table: str, id_: str | None) -> Any:
    """Return the row of a table with that id, None for none."""
    return conn.execute(f"select * from {table} where id = ?", [id_]).fetchone()


def _window(record: Commitment, item: sqlite3.Row, length: int) -> Span:
    """Return the stretch of the source to show: the clause, and what is around it."""
    clause = record.clause.span
    start = max(min(item["start"], clause.start), clause.start - AROUND, 0)
    end = min(max(item["end"], clause.end), clause.end + AROUND, length)
    return Span(min(start, end), end)


def _passage(document: sqlite3.Row, window: Span, card: Card) -> Markup:
    marks = [*record_marks([card.record]), *cut_marks(document)]
    clipped = [
        mark._replace(
            span=Span(
                max(mark.span.start, window.start) - window.start,
                min(mark.span.end, window.end) - window.start,
            )
        )
        for mark in marks
    ]
    doubtful = {card.record.id} if card.doubts else set()
    numbered = Numbered({card.record.id: card.label}, doubtful)
    (passage,) = passages(window.slice(document["source"]), clipped, (), numbered)
    return passage


def _field_rows(record: Commitment, issuer: str | None) -> Iterator[FieldRow]:
    """Yield what the record says, field by field."""
    refused: dict[str, list[str]] = {}
    for name, said in record.ungrounded:
        refused.setdefault(name, []).append(said)
    for name, words in FIELDS.items():
        quotes = _quotes(record, name)
        computed, notes, rule = _computed(record, name, issuer)
        if quotes and not any(q.span.overlaps(record.clause.span) for q in quotes):
            notes = (*notes, Words("不在本句中", "stands outside the clause"))
        yield FieldRow(
            name,
            words,
            tuple(quote.text for quote in quotes),
            computed,
            notes,
            rule,
            tuple(refused.get(name, ())),
        )


def _quotes(record: Commitment, name: str) -> tuple[Quote, ...]:
    value = getattr(record, name)
    if isinstance(value, Quote):
        return (value,)
    return tuple(value or ())


def _computed(
    record: Commitment, name: str, issuer: str | None
) -> tuple[str, tuple[Words, ...], str | None]:
    """Return what code made of a field: the value, notes on it, and the rule."""
    if name == "actor":
        named = "" if record.actor else issuer or ""
        return named, (in_words(ACTOR_SOURCES, record.actor_source),), None
    if name == "target" and record.quantity:
        quantity = record.quantity
        notes = [COMPARATORS[quantity.comparator], CHANGES[quantity.change]]
        if quantity.baseline is not None:
            base = decimal(quantity.baseline)
            notes.append(Words(f"基数 {base}", f"starting from {base}"))
        return figure(quantity).number, tuple(notes), quantity.rule
    if name == "deadline" and record.due:
        due = record.due
        return due.date, (in_words(BASES, due.basis),), due.rule
    return "", (), None


def _laid_out(body: str | None) -> str:
    """Return JSON with a line for each value; what is none stays as it is."""
    try:
        return json.dumps(json.loads(body or ""), ensure_ascii=False, indent=2)
    except (ValueError, RecursionError):
        return body or ""
