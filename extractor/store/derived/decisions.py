"""Decisions: reviews in, which of them decides of each record, and what it leaves.

A verdict stands until it is taken back, and the latest one on a record decides, whoever
gave it. Offsets of a file that was decoded anew mean nothing: those have lost their
item.
Functions here run on the connection of the store's transaction.
"""

from __future__ import annotations

import sqlite3

_JUDGES = "verdict in ('accept', 'correct', 'reject', 'add')"
_LATEST = f"""
select r.id from reviews r
where r.document_id = reviews.document_id and r.anchor = reviews.anchor
  and r.{_JUDGES} and r.undoes is null and r.item_id is not null
  and not exists (select 1 from reviews u where u.undoes = r.id)
order by r.created_at desc, r.rowid desc limit 1
"""
_DECIDE = f"""
update reviews set decides = id is ({_LATEST})
where document_id = :document_id and {_JUDGES}
"""
# A correction takes the place of the record that a later run found there, too.
_JUDGE = """
update commitments set review = case
  when anchor in (
    select record ->> 'anchor' from reviews
    where document_id = :document_id and decides = 1 and verdict = 'correct'
      and record ->> 'anchor' <> anchor
  ) then 'gone'
  else (
    select iif(r.verdict = 'accept', 'accepted', 'gone') from reviews r
    where r.document_id = commitments.document_id and r.anchor = commitments.anchor
      and r.decides = 1
  )
end
where document_id = :document_id
"""
# Where a correction of that record stands is a place of its own.
_PLACES = """(
  select :anchor union select record ->> 'anchor' from reviews
  where document_id = :document_id and anchor = :anchor
)"""


def decide(db: sqlite3.Connection, document_id: str, anchor: str) -> None:
    """Say which review decides of a record, when one was given or taken back."""
    of_record = {"document_id": document_id, "anchor": anchor}
    db.execute(f"{_DECIDE} and anchor = :anchor", of_record)
    db.execute(f"{_JUDGE} and anchor in {_PLACES}", of_record)


def judge(db: sqlite3.Connection, document_id: str, run_id: str, item_id: str) -> None:
    """Let records that a run has just made of an item have the verdicts that wait."""
    if _has_reviews(db, document_id):
        db.execute(
            f"{_JUDGE} and run_id = :run_id and item_id = :item_id",
            {"document_id": document_id, "run_id": run_id, "item_id": item_id},
        )


def decide_stored(db: sqlite3.Connection, document_id: str) -> None:
    """Say which reviews of a document decide, and what they leave of its records."""
    if _has_reviews(db, document_id):
        db.execute(_DECIDE, {"document_id": document_id})
        db.execute(_JUDGE, {"document_id": document_id})


def _has_reviews(db: sqlite3.Connection, document_id: str) -> bool:
    found = db.execute("select 1 from reviews where document_id = ?", [document_id])
    return found.fetchone() is not None
