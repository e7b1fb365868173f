"""Records as rows: the column layout of documents, items, commitments and scores.

Pure; `store` writes the rows.
"""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from extractor.eval_records import EvalRecord
from extractor.exactness import is_exact
from extractor.models import Commitment, Document, Item, Quote, content_id

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
