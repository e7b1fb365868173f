"""Outcomes: what a run made of items in, their rows out, several items at once.

Full text is written when a transaction ends, whatever it holds, so that many items of
one are far cheaper than one each.
Functions here run on the connection of the store's transaction.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import NamedTuple

from extractor.core.records import Commitment, Item, LeftOut, Reading
from extractor.core.runs import Failure, utc_text
from extractor.store.derived.decisions import judge
from extractor.store.derived.read_places import compare_readings
from extractor.store.finding.shown import Around, insert_records, surroundings
from extractor.store.rows import failure_row, left_out_row, reading_row
from extractor.store.statements import insert, remove_outcome


class Outcome(NamedTuple):
    """What a run made of an item."""

    item: Item
    """One that `Store.add_items` has stored."""
    commitments: Sequence[Commitment]
    """Its records, in reading order. Their ids name the run, too
    (`content_id(run_id, item_id, clause span, fields…)`)."""
    failure: Failure | None = None
    """Why the item failed; it is done again when the run is resumed."""
    left_out: Sequence[LeftOut] = ()
    """Its numbers and dates that are in none of the records."""
    readings: Sequence[Reading] = ()
    """What rules and model say of its numbers and promises, one of each reader for a
    place."""


def add_outcomes(
    db: sqlite3.Connection, run_id: str, outcomes: Sequence[Outcome]
) -> None:
    """See `Store.add_outcomes`."""
    moment = utc_text()
    known: dict[str, Around] = {}
    for made in outcomes:
        document_id = made.item.document_id
        if document_id not in known:
            known[document_id] = surroundings(db, run_id, document_id)
        _add(db, run_id, made, known[document_id], moment)


def _add(
    db: sqlite3.Connection, run_id: str, made: Outcome, known: Around, moment: str
) -> None:
    item = made.item
    remove_outcome(db, run_id, item.id)
    insert_records(db, run_id, item, made.commitments, known)
    for position, left in enumerate(made.left_out):
        insert(db, "left_out", left_out_row(left, run_id, item, position))
    for position, reading in enumerate(made.readings):
        insert(db, "readings", reading_row(reading, run_id, item, position))
    if made.readings:
        compare_readings(db, run_id, item.id, known.shown)
    if made.commitments:
        judge(db, item.document_id, run_id, item.id)
    if made.failure:
        insert(db, "failures", failure_row(made.failure, run_id, item, moment))
    outcome = "failed" if made.failure else "records" if made.commitments else "none"
    db.execute(
        "insert into run_items values (?, ?, ?, ?, ?)",
        [run_id, item.id, outcome, len(made.commitments), moment],
    )
