"""Records as rows: the column layout of documents, items, commitments and scores.

Pure; `store` writes the rows.
"""

from __future__ import annotations

import json
import sqlite3
from decimal import Decimal
from typing import Any

from extractor.core.claims import Claim
from extractor.core.records import Commitment, Document, Item, Quote, content_id
from extractor.core.spans import Span
from extractor.language.numbers.exactness import is_exact
from extractor.store.eval_records import EvalRecord

Row = dict[str, Any]


def storable(text: str) -> str:
    """Return the text with lone surrogates replaced by "?".

    A model's JSON may hold half of a surrogate pair, which UTF-8 cannot express.
    """
    return text.encode("utf-8", "replace").decode("utf-8")


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
    quantity, due = commitment.quantity, commitment.due
    return {
        "id": commitment.id,
        "run_id": run_id,
        "document_id": commitment.document_id,
        "item_id": commitment.item_id,
        "position": position,
        "clause": commitment.clause.text,
        "start": commitment.clause.span.start,
        "end": commitment.clause.span.end,
        **_quote_columns("actor", commitment.actor),
        "actor_source": commitment.actor_source,
        "partners": json_text([partner.text for partner in commitment.partners]),
        "partner_spans": json_text([partner.span for partner in commitment.partners]),
        **_quote_columns("action", commitment.action),
        **_quote_columns("object", commitment.object),
        **_quote_columns("target", commitment.target, suffix="_quote"),
        "target_value": number(quantity.value) if quantity else None,
        "target_upper": number(quantity.upper) if quantity else None,
        "target_baseline": number(quantity.baseline) if quantity else None,
        "target_unit": quantity.unit if quantity else None,
        "target_comparator": quantity.comparator if quantity else None,
        "target_change": quantity.change if quantity else None,
        "target_rule": quantity.rule if quantity else None,
        **_quote_columns("deadline", commitment.deadline, suffix="_quote"),
        "deadline_date": due.date if due else None,
        "deadline_basis": due.basis if due else None,
        "deadline_rule": due.rule if due else None,
        "kind": commitment.kind,
        "method": commitment.method,
        "status": commitment.status,
        "ungrounded": json_text(commitment.ungrounded),
        "call_id": commitment.call_id,
    }


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


def _quote_columns(field: str, quote: Quote | None, suffix: str = "") -> Row:
    return {
        field + suffix: quote.text if quote else None,
        f"{field}_start": quote.span.start if quote else None,
        f"{field}_end": quote.span.end if quote else None,
    }


def row_claim(row: sqlite3.Row) -> Claim:
    """Return a row of `commitments` as a claim."""

    def quote(field: str, suffix: str = "") -> Quote | None:
        text = row[field + suffix]
        if text is None:
            return None
        return Quote(text=text, span=Span(row[f"{field}_start"], row[f"{field}_end"]))

    partners = zip(
        json.loads(row["partners"]), json.loads(row["partner_spans"]), strict=True
    )
    return Claim(
        actor=quote("actor"),
        actor_source=row["actor_source"],
        partners=tuple(Quote(text=t, span=Span(*span)) for t, span in partners),
        action=quote("action"),
        object=quote("object"),
        target=quote("target", "_quote"),
        value=_decimal(row["target_value"]),
        upper=_decimal(row["target_upper"]),
        baseline=_decimal(row["target_baseline"]),
        unit=row["target_unit"],
        comparator=row["target_comparator"],
        change=row["target_change"],
        deadline=quote("deadline", "_quote"),
        date=row["deadline_date"],
        basis=row["deadline_basis"],
        clause=Span(row["start"], row["end"]),
        method=row["method"],
        ungrounded=tuple(field for field, _ in json.loads(row["ungrounded"])),
    )


def _decimal(number: float | int | str | None) -> Decimal | None:
    """Return a stored number exactly as its shortest text says it."""
    return None if number is None else Decimal(str(number))
