"""Reviewed items: a database in, what people left of each item out.

Gold and agreement are made from it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from extractor.core.records import Record
from extractor.core.spans import Span
from extractor.store.database import read_database, translated
from extractor.store.reviews import ReviewedRecord, read_record
from extractor.store.rows import read_content, stored_commitment

# A verdict that waits for a record no run has now judges nothing of the item.
_ITEMS = """
select i.id as item_id, i.document_id, d.sha256, l.source_path, d.plan_year, d.issuer,
  i.label, i."start", i."end",
  i.id in (select item_id from v_reviews where verdict = 'done') as is_done,
  i.id in (
    select r.item_id from v_reviews r
    where r.decides and (r.record is not null or r.commitment_id is null or exists (
      select 1 from commitments c
      where c.document_id = r.document_id and c.anchor = r.anchor and c.is_shown = 1
    ))
  ) and i.id not in (
    select item_id from v_commitments_reviewed where review is null
  ) and i.id not in (
    select o.item_id from left_out o
    join v_latest_runs r on r.document_id = o.document_id and r.run_id = o.run_id
    where not exists (
      select 1 from reviews w where w.document_id = o.document_id
      and w.item_id = o.item_id and w.decides
      and (
        (
          w.record ->> 'target_start' < o."end"
          and w.record ->> 'target_end' > o."start"
        ) or (
          w.record ->> 'deadline_start' < o."end"
          and w.record ->> 'deadline_end' > o."start"
        )
      )
    )
  ) as is_judged
from v_latest_documents l
join documents d on d.id = l.document_id
join items i on i.document_id = d.id
where i.position is not null
order by l.source_path, i.document_id, i."start"
"""
# Nothing tells whether more stands behind as many items as were to be read.
_CUT = """
select v.document_id from v_latest_runs v join runs r on r.id = v.run_id
where r.config ->> 'limit' = (
  select count(*) from items n
  where n.document_id = v.document_id and n.position is not null
)
"""
_ACCEPTED = """
select c.* from v_commitments_reviewed r join commitments c on c.id = r.commitment_id
where r.review = 'accepted'
"""
_TOGETHER = """
select c.item_id, count(*) from reviews r
cross join commitments c on c.document_id = r.document_id and c.anchor = r.anchor
where r.decides = 1 and r.verdict = 'accept' and r.with_rest = 1 and +c.is_shown = 1
group by c.item_id
"""
_WRITTEN = """
select r.item_id, v.record from v_commitments_reviewed r
join reviews v on v.id = r.review_id
where r.review in ('corrected', 'added')
"""
# What a reviewer says of a record now: the last of their own verdicts on it.
_OWN = """
select r.reviewer, r.item_id, r.verdict, r.record, r.commitment_id
from (
  select *, row_number() over (
    partition by reviewer, document_id, anchor order by created_at desc
  ) as place
  from v_reviews where verdict in ('accept', 'correct', 'reject', 'add')
) r
join v_reviews done on done.item_id = r.item_id and done.reviewer = r.reviewer
  and done.verdict = 'done'
where r.place = 1
group by r.review_id
"""
_DONE = """
select distinct v.reviewer, v.item_id from v_reviews v
join items i on i.id = v.item_id
where v.verdict = 'done' and i.position is not null
"""


class ReviewedItem(Record):
    """An item of the latest version of a file, and what people left of it."""

    item_id: str
    document_id: str
    sha256: str
    source_path: str
    plan_year: int | None
    issuer: str | None
    label: str | None
    span: Span
    """Place in the source."""
    is_done: bool
    """A reviewer has said all that it promises."""
    is_judged: bool
    """It has records, each was judged, and no number of it is in no record."""
    is_cut: bool
    """Its document was read up to `--limit`, so that there may be more of it."""
    together: int
    """How many of its records were accepted with the rest of it, not by themselves."""
    records: tuple[ReviewedRecord, ...]
    """Accepted, corrected and added ones, in the order of the text."""


_ROW = ReviewedItem.model_fields.keys() - {
    "span",
    "is_cut",
    "together",
    "records",
}


def reviewed_items(db_path: str | Path) -> list[ReviewedItem]:
    """Return all items of the latest versions of files, in reading order.

    Raises:
        UserError: there is no such database.
        StoreError: it cannot be read.
    """
    path = Path(db_path)
    with closing(read_database(path)) as conn, translated(path):
        conn.row_factory = sqlite3.Row
        records: dict[str, list[ReviewedRecord]] = {}
        for item_id, record in _decided(conn):
            records.setdefault(item_id, []).append(record)
        cut = {document_id for (document_id,) in conn.execute(_CUT)}
        together = dict(conn.execute(_TOGETHER).fetchall())
        return [
            ReviewedItem(
                **{name: row[name] for name in _ROW},
                span=Span(row["start"], row["end"]),
                is_cut=row["document_id"] in cut,
                together=together.get(row["item_id"], 0),
                records=_ordered(records.get(row["item_id"], [])),
            )
            for row in conn.execute(_ITEMS)
        ]


def own_readings(
    db_path: str | Path,
) -> dict[str, dict[str, tuple[ReviewedRecord, ...]]]:
    """Return what each reviewer says of the items they are done with, by item.

    That is what they accepted, corrected or added themselves; what they did not judge
    is no part of it.

    Raises:
        UserError: there is no such database.
        StoreError: it cannot be read.
    """
    path = Path(db_path)
    found: dict[str, dict[str, list[ReviewedRecord]]] = {}
    with closing(read_database(path)) as conn, translated(path):
        conn.row_factory = sqlite3.Row
        for reviewer, item_id in conn.execute(_DONE):
            found.setdefault(reviewer, {})[item_id] = []
        for row in conn.execute(_OWN):
            record = _said(conn, row)
            if record and row["item_id"] in found.get(row["reviewer"], {}):
                found[row["reviewer"]][row["item_id"]].append(record)
    return {
        reviewer: {item_id: _ordered(records) for item_id, records in items.items()}
        for reviewer, items in sorted(found.items())
    }


def _decided(conn: sqlite3.Connection) -> Iterator[tuple[str, ReviewedRecord]]:
    for row in conn.execute(_ACCEPTED):
        yield row["item_id"], _as_read(row)
    for item_id, written in conn.execute(_WRITTEN):
        yield item_id, read_record(written)


def _said(conn: sqlite3.Connection, row: sqlite3.Row) -> ReviewedRecord | None:
    """Return the record that a verdict is for; None where it is against one."""
    if row["record"]:
        return read_record(row["record"])
    if row["verdict"] == "reject":
        return None
    accepted = conn.execute(
        "select * from commitments where id = ?", [row["commitment_id"]]
    ).fetchone()
    return _as_read(accepted) if accepted else None


def _as_read(row: sqlite3.Row) -> ReviewedRecord:
    return ReviewedRecord(clause=stored_commitment(row).clause, **read_content(row))


def _ordered(records: list[ReviewedRecord]) -> tuple[ReviewedRecord, ...]:
    """Return records as their clauses, numbers and verbs stand in the text."""

    def place(record: ReviewedRecord) -> tuple[int, ...]:
        quotes = (record.clause, record.target, record.action)
        return tuple(quote.span.start for quote in quotes if quote)

    return tuple(sorted(records, key=place))
