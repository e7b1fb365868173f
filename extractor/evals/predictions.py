"""Predictions of an arm: a stored run, an export, or a live function, as claims.

Nothing here calls a model: an arm with one hands over a function or a database.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from extractor.core.errors import ConfigError
from extractor.core.records import Claim, Commitment, Document, Item, Record
from extractor.core.spans import Span
from extractor.documents.items import split_items
from extractor.extraction.commitments import commitments
from extractor.extraction.strategy import rules_drafts
from extractor.store.database import read_database, translated
from extractor.store.rows import stored_commitment

Predict = Callable[[Document, Item], Sequence[Commitment]]
"""The records of one item, grounded and normalised."""


class Usage(Record):
    """What a stored run cost on the scored documents, from its ledger."""

    calls: int
    """HTTP attempts: those of the run, and those of others whose answers it reused in
    a record."""
    failed_calls: int
    prompt_tokens: int
    cached_tokens: int
    completion_tokens: int
    seconds: float
    """Sum of the calls' latencies."""
    cost_usd: float | None
    """None when no call has a price."""
    items: int
    failed_items: int
    records: int

    @property
    def tokens_per_record(self) -> float | None:
        """Return prompt and completion tokens for each record."""
        tokens = self.prompt_tokens + self.completion_tokens
        return tokens / self.records if self.records else None

    @property
    def seconds_per_item(self) -> float | None:
        """Return the seconds of model time for each item."""
        return self.seconds / self.items if self.items else None

    @property
    def cost_per_record(self) -> float | None:
        """Return US dollars for each record."""
        if self.cost_usd is None or not self.records:
            return None
        return self.cost_usd / self.records


class Predictions(Record):
    """What an arm made of the documents of a task, by their names."""

    claims: Mapping[str, tuple[Claim, ...]]
    items: dict[str, tuple[Span, ...]] | None
    """Where the arm's items stand; None for a tool that has none."""
    usage: Usage | None = None
    """None without a ledger."""


def predict_rules(document: Document, item: Item) -> list[Commitment]:
    """Return an item's records as the deterministic baseline makes them."""
    return commitments(
        item, document, rules_drafts(item, document.plan_year), run_id="eval"
    )


def predict_live(documents: Mapping[str, Document], predict: Predict) -> Predictions:
    """Return what a function makes of every item of the documents."""
    claims, spans = {}, {}
    for name, document in documents.items():
        items = split_items(document)
        spans[name] = tuple(item.span for item in items)
        claims[name] = tuple(
            record for item in items for record in predict(document, item)
        )
    return Predictions(claims=claims, items=spans)


# --- a stored run ---------------------------------------------------------------

_RUN_OF = "select run_id from v_latest_runs where document_id = ?"
_DOCUMENT = """
select d.source, r.finished_at, r.items, r.failed,
  (select count(*) from items i
   where i.document_id = d.id and i.position is not null) as all_items
from documents d left join run_documents r
  on r.document_id = d.id and r.run_id = :run_id
where d.id = :document_id
"""
_RECORDS = """
select c.* from commitments c join items i on i.id = c.item_id
where c.run_id = :run_id and c.document_id = :document_id
order by i."start", c.position
"""
_ITEMS = """
select i."start", i."end" from items i
join run_items r on r.item_id = i.id and r.run_id = :run_id
where i.document_id = :document_id
order by i."start"
"""
_CALLS = """
select id, status, error, prompt_tokens, cached_tokens, completion_tokens, latency_s,
  cost_usd
from llm_calls
where (run_id = :run_id and item_id in (
    select id from items where document_id = :document_id))
  or id in (select call_id from commitments
    where run_id = :run_id and document_id = :document_id)
order by id
"""


def predictions_of_run(
    path: Path, documents: Mapping[str, Document], run_id: str | None = None
) -> Predictions:
    """Read a stored run.

    Args:
        path: a database that `extract run` made.
        documents: the documents to read, by name.
        run_id: the run; None for each document's latest.

    Raises:
        UserError: there is no such database.
        ConfigError: the run has not finished one of the documents, did only a part of
            its items, or decoded it otherwise.
    """
    claims, spans = {}, {}
    calls: dict[str, sqlite3.Row] = {}
    items = failed = 0
    with closing(read_database(path)) as conn, translated(path):
        conn.row_factory = sqlite3.Row
        for name, document in documents.items():
            keys = {
                "document_id": document.id,
                "run_id": run_id or _latest_run(conn, document),
            }
            row = _checked(conn.execute(_DOCUMENT, keys).fetchone(), document, path)
            items, failed = items + row["items"], failed + row["failed"]
            claims[name] = tuple(map(stored_commitment, conn.execute(_RECORDS, keys)))
            spans[name] = tuple(Span(*place) for place in conn.execute(_ITEMS, keys))
            calls |= {call["id"]: call for call in conn.execute(_CALLS, keys)}
    records = sum(map(len, claims.values()))
    usage = _usage(list(calls.values()), items, failed, records) if calls else None
    return Predictions(claims=claims, items=spans, usage=usage)


def _latest_run(conn: sqlite3.Connection, document: Document) -> str | None:
    row = conn.execute(_RUN_OF, [document.id]).fetchone()
    return row[0] if row else None


def _checked(row: sqlite3.Row | None, document: Document, path: Path) -> sqlite3.Row:
    """Refuse a run that cannot be scored against the document."""
    what = f"{str(path)!r} cannot be scored on {document.path!r}: "
    if row is None or row["finished_at"] is None:
        raise ConfigError(
            f"{what}the run has not finished it; run `extract run` on it to the end"
        )
    if row["source"] != document.source:
        raise ConfigError(f"{what}it was decoded differently; run it again")
    if row["items"] != row["all_items"]:
        raise ConfigError(
            f"{what}only {row['items']} of {row['all_items']} items were done; "
            "run it again without --limit"
        )
    return row


def _usage(
    calls: Sequence[sqlite3.Row], items: int, failed: int, records: int
) -> Usage:
    def total(column: str) -> Any:
        return sum(call[column] or 0 for call in calls)

    priced = [call["cost_usd"] for call in calls if call["cost_usd"] is not None]
    return Usage(
        calls=len(calls),
        failed_calls=sum(c["status"] != 200 or c["error"] is not None for c in calls),
        prompt_tokens=total("prompt_tokens"),
        cached_tokens=total("cached_tokens"),
        completion_tokens=total("completion_tokens"),
        seconds=float(total("latency_s")),
        cost_usd=sum(priced) if priced else None,
        items=items,
        failed_items=failed,
        records=records,
    )
