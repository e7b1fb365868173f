"""Arms and their predictions, as claims: documents in, records of an arm out.

Nothing here calls a model: an arm with one hands over its stored runs.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from extractor.core.errors import ConfigError
from extractor.core.records import Claim, Document, Draft, Record
from extractor.core.spans import Span
from extractor.evals.dataset import LoadedDocument
from extractor.extraction.commitments import commitments
from extractor.extraction.rules.targets import ItemReader
from extractor.runs.spool import Work
from extractor.store.database import read_database, translated
from extractor.store.rows import stored_commitment


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


class Predictions(Record):
    """What an arm made of the documents of a task, by their names."""

    claims: Mapping[str, tuple[Claim, ...]]
    items: dict[str, tuple[Span, ...]] | None
    """Where the arm's items stand; None for a tool that has none."""
    usage: Usage | None = None
    """None without a ledger."""


@dataclass(frozen=True, slots=True)
class Arm:
    """A named source of predictions."""

    name: str
    predict: Callable[[Mapping[str, LoadedDocument]], Predictions]
    """The documents by name to their predictions."""
    description: str = ""
    run_ids: tuple[str, ...] = ()
    """Runs of the command's database that it is read from."""


def predict_live(
    documents: Mapping[str, LoadedDocument],
    drafts: Callable[[str, ItemReader], Sequence[Draft]],
) -> Predictions:
    """Return what a function makes of every item of the documents.

    Args:
        documents: the documents, by name.
        drafts: a document's name and the rules' view of an item to its drafts.
    """
    return Predictions(
        claims={
            name: tuple(
                record
                for item, view in zip(loaded.items, loaded.views, strict=True)
                for record in commitments(item, loaded.document, drafts(name, view))
            )
            for name, loaded in documents.items()
        },
        items={
            name: tuple(item.span for item in loaded.items)
            for name, loaded in documents.items()
        },
    )


# --- stored runs ------------------------------------------------------------------

_DOCUMENT = """
select d.source, r.run_id, r.finished_at, r.items,
  (select count(*) from items i
   where i.document_id = d.id and i.position is not null) as all_items
from documents d left join run_documents r
  on r.document_id = d.id and r.run_id = coalesce(:run_id,
    (select run_id from v_latest_runs where document_id = d.id))
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
_USAGE = """
with scored as (
  select d.* from run_documents d join json_each(:runs) j
    on d.document_id = j.key and d.run_id = j.value
),
records as (
  select c.call_id from commitments c join scored using (run_id, document_id)
),
own as (
  select l.id from llm_calls l join items i on i.id = l.item_id
    join scored s on s.run_id = l.run_id and s.document_id = i.document_id
)
select count(*) as calls,
  coalesce(sum(status is not 200 or error is not null), 0) as failed_calls,
  coalesce(sum(prompt_tokens), 0) as prompt_tokens,
  coalesce(sum(cached_tokens), 0) as cached_tokens,
  coalesce(sum(completion_tokens), 0) as completion_tokens,
  total(latency_s) as seconds,
  sum(cost_usd) as cost_usd,
  (select sum(items) from scored) as items,
  (select sum(failed) from scored) as failed_items,
  (select count(*) from records) as records
from llm_calls
where id in (select id from own union select call_id from records)
"""


def predictions_of_runs(
    path: Path,
    documents: Mapping[str, Work],
    run_ids: Mapping[str, str] | None = None,
) -> Predictions:
    """Read stored runs.

    Args:
        path: a database that `extract run` made.
        documents: the documents to read, by name.
        run_ids: the run of each document, by its name; the latest where none is named.

    Raises:
        UserError: there is no such database.
        ConfigError: the run has not finished one of the documents, did only a part of
            its items, or decoded it otherwise.
    """
    claims, spans, runs = {}, {}, {}
    with closing(read_database(path)) as conn, translated(path):
        conn.row_factory = sqlite3.Row
        for name, work in documents.items():
            document = work.document
            keys = {
                "document_id": document.id,
                "run_id": (run_ids or {}).get(name),
            }
            row = _checked(conn.execute(_DOCUMENT, keys).fetchone(), document, path)
            keys["run_id"] = runs[document.id] = row["run_id"]
            claims[name] = tuple(map(stored_commitment, conn.execute(_RECORDS, keys)))
            spans[name] = tuple(Span(*place) for place in conn.execute(_ITEMS, keys))
        used = Usage(**conn.execute(_USAGE, {"runs": json.dumps(runs)}).fetchone())
    return Predictions(claims=claims, items=spans, usage=used if used.calls else None)


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
