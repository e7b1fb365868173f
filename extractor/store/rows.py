"""Records as rows: the column layout of documents, items, commitments and scores.

Pure; `store` writes the rows.
"""

from __future__ import annotations

import json
import sqlite3
from decimal import Decimal
from functools import partial
from operator import itemgetter
from typing import Any

from extractor.core.fields import FIELDS, Field, content
from extractor.core.records import (
    Commitment,
    Content,
    Document,
    Item,
    LeftOut,
    Quote,
    Reading,
    content_id,
)
from extractor.core.runs import Failure
from extractor.core.spans import Span
from extractor.language.numbers.exactness import is_exact
from extractor.store.eval_records import EvalRecord

Row = dict[str, Any]

_COLUMNS = {field: tuple(field.columns()) for field in FIELDS}
"""Field to its columns: looked up for every field of thousands of rows."""
_NONE = "[]"
"""The JSON of most lists of records."""

RECORD_COLUMNS = (
    "id", "document_id", "item_id", "clause", "start", "end", "method", "status",
    "ungrounded", "call_id", "likelihood",
    *(column for columns in _COLUMNS.values() for column in columns),
)  # fmt: skip
"""The columns of `commitments` that `stored_commitment` reads."""


def storable(text: str) -> str:
    """Return the text with lone surrogates replaced by "?".

    A model's JSON may hold half of a surrogate pair, which UTF-8 cannot express.
    """
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace").decode("utf-8")
    return text


def json_text(value: Any) -> str:
    """Return JSON as the database holds it, readable as Chinese."""
    return storable(json.dumps(value, ensure_ascii=False))


def number(value: Decimal | None) -> int | float | None:
    """Return a number as SQLite holds it: an integer where it is one.

    What it cannot hold exactly is no value.
    """
    if value is None or not is_exact(value):
        return None
    return int(value) if value == value.to_integral_value() else float(value)


def document_row(document: Document) -> Row:
    """Return the row of a document, without the time it was added."""
    return {
        "id": document.id,
        "sha256": document.sha256,
        "path": document.path,
        "encoding": document.encoding,
        "format": document.format,
        "title": document.title,
        "issuer": document.issuer,
        "plan_year": document.plan_year,
        "n_chars": len(document.source),
        "source": document.source,
        "cuts": json_text(
            [
                {
                    "start": cut.span.start,
                    "end": cut.span.end,
                    "reason": cut.reason,
                    "text": cut.text,
                }
                for cut in document.cuts
            ]
        ),
        "places": json_text([place.model_dump() for place in document.places]),
    }


def item_row(item: Item) -> Row:
    """Return the row of an item."""
    return {
        "id": item.id,
        "document_id": item.document_id,
        "position": item.position,
        "label": item.label,
        "heading_path": json_text(item.heading_path),
        "title": item.title,
        "start": item.span.start,
        "end": item.span.end,
        "text": item.text,
    }


def commitment_row(commitment: Commitment, run_id: str, position: int) -> Row:
    """Return the row of a run's record, the `position`-th of its item."""
    refused = commitment.ungrounded
    return {
        "id": commitment.id,
        "run_id": run_id,
        "document_id": commitment.document_id,
        "item_id": commitment.item_id,
        "position": position,
        "method": commitment.method,
        "status": commitment.status,
        "ungrounded": json_text(refused) if refused else _NONE,
        "stated": len([*commitment.words(), *refused]),
        "call_id": commitment.call_id,
        "likelihood": commitment.likelihood,
        **content_row(commitment, commitment.clause),
    }


def content_row(record: Content[Quote], clause: Quote) -> Row:
    """Return the columns of what a record says, and of its clause."""
    row = {
        "clause": clause.text,
        "start": clause.span.start,
        "end": clause.span.end,
        "kind": record.kind,
    }
    for field in FIELDS:
        values = _stored(field, field.of(record))
        row.update(zip(_COLUMNS[field], values, strict=True))
    return row


def failure_row(failure: Failure, run_id: str, item: Item, moment: str) -> Row:
    """Return the row of an item that failed in a run."""
    return {
        "id": content_id(run_id, item.id),
        "run_id": run_id,
        "item_id": item.id,
        "kind": failure.kind,
        "message": storable(failure.message),
        "attempts": failure.attempts,
        "created_at": moment,
    }


def left_out_row(left: LeftOut, run_id: str, item: Item, position: int) -> Row:
    """Return the row of a number or date that is in no record of a run."""
    return {
        "id": content_id(run_id, item.id, left.kind, *left.quote.span),
        "run_id": run_id,
        "document_id": item.document_id,
        "item_id": item.id,
        "position": position,
        "kind": left.kind,
        "quote": left.quote.text,
        "start": left.quote.span.start,
        "end": left.quote.span.end,
        "reason": left.reason,
    }


def reading_row(reading: Reading, run_id: str, item: Item, position: int) -> Row:
    """Return the row of what a reader says of a place of a run's item."""
    words = {
        name: storable(said) if (said := getattr(reading, name)) else said
        for name in ("actor", "action", "object")
    }
    return {
        "id": content_id(
            run_id, item.id, reading.reader, reading.kind, *reading.quote.span
        ),
        "run_id": run_id,
        "document_id": item.document_id,
        "item_id": item.id,
        "position": position,
        "reader": reading.reader,
        "kind": reading.kind,
        "quote": reading.quote.text,
        "start": reading.quote.span.start,
        "end": reading.quote.span.end,
        "is_promise": reading.is_promise,
        **words,
        "likelihood": reading.likelihood,
        "is_taken": reading.is_taken,
        "call_id": reading.call_id,
    }


def _stored(field: Field, value: Any) -> tuple[Any, ...]:
    """Return a field's value as its columns hold it."""
    if field.kind == "quote":
        return (value.text, *value.span) if value else (None, None, None)
    if field.kind == "quotes":
        if not value:
            return _NONE, _NONE
        return json_text([q.text for q in value]), json_text([q.span for q in value])
    return (number(value) if field.kind == "number" else value,)


def stored_commitment(row: sqlite3.Row | Row) -> Commitment:
    """Return the record of a row of `commitments`."""
    row = _by_name(row)
    return Commitment(
        id=row["id"],
        document_id=row["document_id"],
        item_id=row["item_id"],
        clause=Quote(text=row["clause"], span=Span(row["start"], row["end"])),
        method=row["method"],
        status=row["status"],
        ungrounded=json.loads(row["ungrounded"]) if row["ungrounded"] != _NONE else (),
        call_id=row["call_id"],
        likelihood=row["likelihood"],
        **read_content(row),
    )


def read_content(row: sqlite3.Row | Row) -> dict[str, Any]:
    """Return what a record is made of, from the columns of what it says.

    Quotes are plain: to make a record of them together is quicker than one by one.
    """
    return content(partial(_read, _by_name(row)), itemgetter("text"))


def _by_name(row: sqlite3.Row | Row) -> Row:
    """Return a row whose columns are found by their names at once.

    SQLite's compares a name with those of all columns in front of it.
    """
    return row if isinstance(row, dict) else dict(zip(row.keys(), row, strict=True))


def _read(row: Row, field: Field) -> Any:
    """Return a field's value, from what its columns hold."""
    first, *others = _COLUMNS[field]
    value = row[first]
    if value is None:
        return None
    if field.kind == "quote":
        start, end = others
        return {"text": value, "span": (row[start], row[end])}
    if field.kind == "quotes":
        if value == "[]":
            return ()
        words = zip(json.loads(value), json.loads(row[others[0]]), strict=True)
        return tuple({"text": text, "span": span} for text, span in words)
    # The shortest text of a stored number says it exactly.
    return Decimal(str(value)) if field.kind == "number" else value


def eval_row(evaluation: EvalRecord) -> Row:
    """Return the row of an evaluation, without its times."""
    row = evaluation.model_dump(exclude={"arms", "scores"})
    return row | {"arms": json_text([arm.model_dump() for arm in evaluation.arms])}


def eval_score_rows(evaluation: EvalRecord) -> list[Row]:
    """Return the rows of an evaluation's scores, in their order."""
    return [
        {
            "id": content_id(evaluation.id, score.arm, score.metric, score.figure),
            "eval_run_id": evaluation.id,
            "position": position,
            **score.model_dump(),
        }
        for position, score in enumerate(evaluation.scores)
    ]
