"""Reviews: what people say of records, kept beside what rules and model said.

A review is never changed or deleted: a second one of the same record decides from then
on, and one that takes an earlier one back is a row of its own.
A review names its record by an anchor that is the same in every run (`shadows`), so it
holds for the record of a later run in the same place.
Where that run has none there, an acceptance or a rejection waits, and a correction or
an addition stays in the table on its own.
"""

from __future__ import annotations

import json
import sqlite3
from typing import Any, Literal

from extractor.core.errors import UserError
from extractor.core.records import Content, Quote, Record, content_id
from extractor.core.runs import utc_text
from extractor.core.spans import Span
from extractor.store.derived.decisions import decide
from extractor.store.finding.search_text import clean_words
from extractor.store.finding.shadows import anchor_of
from extractor.store.finding.shown import index_review
from extractor.store.rows import content_row, json_text, read_content, storable
from extractor.store.statements import insert

Verdict = Literal["accept", "correct", "reject", "add", "note", "done"]
"""`done`: the reviewer has finished an item, and has said all that it promises."""

JUDGES: tuple[Verdict, ...] = ("accept", "correct", "reject", "add")
"""Verdicts on a record; the latest that stands decides."""
BY_REVIEWER = "reviewer"
"""The rule of a number whose comparator a reviewer set."""
_WRITES: tuple[Verdict, ...] = ("correct", "add")

_COLUMNS = """select r.id, r.document_id, r.item_id, r.commitment_id, r.run_id,
r.reviewer, r.verdict, r.record, r.note, r.created_at, r.undoes, r.anchor,
r.with_rest
from reviews r"""
_STANDING = f"""{_COLUMNS}
join v_reviews v on v.review_id = r.id
where r.document_id = ? order by r.created_at, r.rowid
"""


class ReviewedRecord(Content[Quote]):
    """A record as a reviewer writes it: every word is the source's own."""

    clause: Quote
    """The clause it comes from."""


def is_set(record: Content[Any]) -> bool:
    """Say whether a reviewer set how the number of a record is meant."""
    return record.quantity is not None and record.quantity.rule == BY_REVIEWER


class Judgement(Record):
    """What a reviewer says, before it is stored."""

    document_id: str
    item_id: str
    reviewer: str
    verdict: Verdict
    commitment_id: str | None = None
    """The record judged; None for a record that a reviewer added, and for an item."""
    anchor: str | None = None
    """Of a record that a reviewer added; else it is that of `commitment_id`."""
    record: ReviewedRecord | None = None
    """The record as corrected or added."""
    note: str | None = None
    with_rest: bool = False
    """Accepted with all that was left of its item, not by itself."""


class Review(Record):
    """A stored review."""

    id: str
    document_id: str
    item_id: str | None
    """None when the document was decoded anew: its places mean nothing then."""
    commitment_id: str | None
    run_id: str | None
    """The run that made the record judged."""
    reviewer: str
    verdict: Verdict
    record: ReviewedRecord | None
    note: str | None
    created_at: str
    undoes: str | None
    """The review that this one takes back; it says nothing else."""
    anchor: str | None
    """What tells the record from others of the document, in every run."""
    with_rest: bool = False
    """Accepted with all that was left of its item, not by itself."""


def add_review(db: sqlite3.Connection, judgement: Judgement) -> Review:
    """Store what a reviewer says; on the connection of the store's transaction.

    Raises:
        UserError: it names what is not there, lacks what its verdict needs, or quotes
            words that the source does not have in that place.
    """
    said = judgement.model_copy(update={"reviewer": judgement.reviewer.strip()})
    _check_form(said)
    _check_item(db, said)
    anchor, run_id = _judged(db, said)
    record = None
    if said.record:
        _check_record(db, said)
        own = anchor_of(said.record, said.record.clause)
        record = json_text(_record_row(db, said) | {"anchor": own})
        anchor = anchor or own
    row = said.model_dump(exclude={"record"}) | {
        "record": record,
        "anchor": anchor,
        "run_id": run_id,
        "note": said.note and storable(said.note),
        "reviewer": storable(said.reviewer),
        "undoes": None,
    }
    review = _append(db, row)
    if review.record:
        index_review(db, review.id, review.record, review.record.clause)
    return review


def undo_review(db: sqlite3.Connection, review_id: str, reviewer: str) -> Review:
    """Store that a reviewer takes one of their own reviews back.

    Raises:
        UserError: there is no such review, it is another's, or it does not stand.
    """
    found = _review(db, review_id)
    if found is None:
        raise UserError(f"there is no review {review_id!r}")
    if found.reviewer != reviewer.strip():
        raise UserError(
            f"review {review_id!r} is by {found.reviewer!r}, who may undo it"
        )
    if found.undoes:
        raise UserError(
            f"review {review_id!r} takes another back; review again instead"
        )
    if db.execute("select 1 from reviews where undoes = ?", [review_id]).fetchone():
        raise UserError(f"review {review_id!r} is taken back already")
    row = found.model_dump(exclude={"id", "created_at"})
    return _append(db, row | {"record": None, "note": None, "undoes": review_id})


def standing_reviews(conn: sqlite3.Connection, document_id: str) -> list[Review]:
    """Return the reviews of a document that are not taken back, oldest first."""
    return [_stored(row) for row in conn.execute(_STANDING, [document_id])]


def review_history(
    conn: sqlite3.Connection, document_id: str, anchor: str
) -> list[Review]:
    """Return all that was ever said of a record, taken back or not, oldest first."""
    rows = conn.execute(
        f"{_COLUMNS} where r.document_id = ? and r.anchor = ? order by r.rowid",
        [document_id, anchor],
    )
    return [_stored(tuple(row)) for row in rows]


def _append(db: sqlite3.Connection, row: dict[str, Any]) -> Review:
    moment = utc_text()
    (earlier,) = db.execute("select count(*) from reviews").fetchone()
    review_id = content_id(*row.values(), moment, earlier)
    insert(db, "reviews", row | {"id": review_id, "created_at": moment})
    stored = _review(db, review_id)
    if stored is None:
        raise AssertionError("a review that was just stored is there")
    if stored.anchor:
        decide(db, stored.document_id, stored.anchor)
    return stored


def _review(db: sqlite3.Connection, review_id: str) -> Review | None:
    row = db.execute(f"{_COLUMNS} where r.id = ?", [review_id]).fetchone()
    return row and _stored(row)


def _stored(row: tuple[Any, ...]) -> Review:
    fields = dict(zip(Review.model_fields, row, strict=True))
    if fields["record"]:
        fields["record"] = read_record(fields["record"])
    return Review(**fields)


def read_record(written: str) -> ReviewedRecord:
    """Return the record of a review's JSON."""
    return record_of(json.loads(written))


def record_of(row: sqlite3.Row | dict[str, Any]) -> ReviewedRecord:
    """Return a row of `commitments`, or what a review keeps of one, as a record."""
    clause = Quote(text=row["clause"], span=Span(row["start"], row["end"]))
    return ReviewedRecord(clause=clause, **read_content(row))


def _check_form(said: Judgement) -> None:
    if not said.reviewer:
        raise UserError("a review needs the name of its reviewer")
    if (said.record is not None) != (said.verdict in _WRITES):
        raise UserError("a correction or addition has a record, other reviews none")
    if said.with_rest and said.verdict != "accept":
        raise UserError("only an acceptance is one of the rest of its item")
    if said.verdict == "note" and not (said.note and said.note.strip()):
        raise UserError("a note needs words")
    if said.verdict in {"add", "done"} and (said.commitment_id or said.anchor):
        raise UserError(f"{said.verdict!r} is not said of a record that is there")
    judges_one = said.verdict in JUDGES and said.verdict != "add"
    if judges_one and not (said.commitment_id or said.anchor):
        raise UserError(f"{said.verdict!r} needs the record that is judged")


def _check_item(db: sqlite3.Connection, said: Judgement) -> None:
    if not db.execute(
        "select 1 from items where id = ? and document_id = ?",
        [said.item_id, said.document_id],
    ).fetchone():
        raise UserError(
            f"document {said.document_id!r} has no item {said.item_id!r}; "
            "reload the page"
        )


def _judged(db: sqlite3.Connection, said: Judgement) -> tuple[str | None, str | None]:
    """Return the anchor of the record that is judged, and the run that made it."""
    if said.commitment_id:
        row = db.execute(
            "select anchor, run_id from commitments where id = ? and item_id = ?",
            [said.commitment_id, said.item_id],
        ).fetchone()
        if row is None:
            raise UserError(
                f"item {said.item_id!r} has no record {said.commitment_id!r}; "
                "it may have been made anew: reload the page"
            )
        return str(row[0]), str(row[1])
    if (
        said.anchor
        and not db.execute(
            "select 1 from reviews where document_id = ? and anchor = ?",
            [said.document_id, said.anchor],
        ).fetchone()
    ):
        raise UserError(f"nobody added a record at {said.anchor!r}; reload the page")
    return said.anchor, None


def _check_record(db: sqlite3.Connection, said: Judgement) -> None:
    """Hold law 1: what a reviewer writes is a span of the source, too."""
    if said.record is None:
        return
    quotes = [("clause", said.record.clause), *said.record.words()]
    for name, quote in quotes:
        start, end = quote.span
        (printed,) = db.execute(
            "select substr(source, ?, ?) from documents where id = ?",
            [start + 1, max(end - start, 0), said.document_id],
        ).fetchone()
        if start < 0 or not quote.text or printed != quote.text:
            raise UserError(
                f"{name}: the source has {printed!r} at {start} to {end}, "
                f"not {quote.text!r}"
            )
    item = Span(
        *db.execute(
            'select "start", "end" from items where id = ?', [said.item_id]
        ).fetchone()
    )
    if not item.contains(said.record.clause.span):
        raise UserError("the clause of a record lies inside its item")


def _record_row(db: sqlite3.Connection, said: Judgement) -> dict[str, Any]:
    """Return a reviewer's record with the columns of `commitments`."""
    record = said.record
    if record is None:
        return {}
    issuer, page, locator = db.execute(
        """
        select d.issuer, p.value ->> 'page', p.value ->> 'locator'
        from documents d
        left join json_each(d.places) p on p.value ->> 'start' <= ?
        where d.id = ? order by p.id desc limit 1
        """,
        [record.clause.span.start, said.document_id],
    ).fetchone()
    named = record.actor.text if record.actor else issuer
    unit = record.quantity.unit if record.quantity else None
    return content_row(record, record.clause) | {
        "status": "grounded",
        "page": page,
        "locator": locator,
        "who": clean_words(named) if named else None,
        "unit": unit if unit is None else clean_words(unit),
    }
