"""Reading: what is compared, out of the database, as reviewers left it."""

from __future__ import annotations

import dataclasses
import sqlite3
from fractions import Fraction

from extractor.core.fields import FIELDS
from extractor.core.records import Commitment
from extractor.store.across.pledges import Pledge
from extractor.store.finding.search_text import clean_words
from extractor.store.rows import stored_commitment

_COLUMNS = {field.name: field.column for field in FIELDS} | {
    "id": "commitment_id",
    "year": "plan_year",
}
_NAMES = [field.name for field in dataclasses.fields(Pledge)]
_SELECTED = ", ".join(f"{_COLUMNS.get(name, name)} as {name}" for name in _NAMES)
_PLEDGES = (
    f"select {_SELECTED} "
    'from {view} where {condition} order by document_id, "start", "end"'
)
_RUN = """
select c.* from commitments c join items i on i.id = c.item_id
where c.run_id = ? and c.document_id = ? order by i."start", c."start", c.position
"""
_RUNS = """
select r.run_id, r.finished_at, m.model, m.created_at, m.product_version
from run_documents r join runs m on m.id = r.run_id
where r.document_id = ? order by r.started_at, r.run_id
"""
_PLANS = """
select d.id, d.title, d.issuer, d.plan_year, l.source_path
from v_latest_documents l join documents d on d.id = l.document_id
order by d.plan_year, l.source_path, d.id
"""


def numbered_pledges(conn: sqlite3.Connection) -> list[Pledge]:
    """Return the records with a number of all plans."""
    return _pledges(conn, "target_value is not null")


def pledges_of(conn: sqlite3.Connection, document_id: str) -> list[Pledge]:
    """Return the records of a plan in reading order."""
    return _pledges(conn, "document_id = ?", document_id)


def plans(conn: sqlite3.Connection) -> list[sqlite3.Row]:
    """Return the plans, those of earlier years first."""
    return conn.execute(_PLANS).fetchall()


def plan_before(conn: sqlite3.Connection, document_id: str) -> str | None:
    """Return the last plan of the same body for a year before that of a plan."""
    every = plans(conn)
    own = next((row for row in every if row["id"] == document_id), None)
    if own is None or not own["issuer"] or not own["plan_year"]:
        return None
    body = clean_words(own["issuer"])
    before = [
        row["id"]
        for row in every
        if row["issuer"]
        and row["plan_year"]
        and row["plan_year"] < own["plan_year"]
        and clean_words(row["issuer"]) == body
    ]
    return before[-1] if before else None


def runs_of(conn: sqlite3.Connection, document_id: str) -> list[sqlite3.Row]:
    """Return the runs over a document, the earliest first."""
    return conn.execute(_RUNS, [document_id]).fetchall()


def run_records(
    conn: sqlite3.Connection, run_id: str, document_id: str
) -> list[Commitment]:
    """Return the records of a run over a document in reading order."""
    return [*map(stored_commitment, conn.execute(_RUN, [run_id, document_id]))]


def _pledges(conn: sqlite3.Connection, condition: str, *given: str) -> list[Pledge]:
    """Return the records that meet a condition, as reviewers left them.

    Where nobody has reviewed anything, the view that needs not look for reviews gives
    the same rows in a fifth of the time.
    """
    (is_reviewed,) = conn.execute("select exists (select 1 from reviews)").fetchone()
    view = "v_commitments_reviewed" if is_reviewed else "v_commitments"
    rows = conn.execute(_PLEDGES.format(view=view, condition=condition), given)
    return [*map(_pledge, rows)]


def _pledge(row: sqlite3.Row) -> Pledge:
    given = {name: value for name, value in zip(_NAMES, row, strict=True) if value}
    for name in ("value", "upper"):
        number = row[_NAMES.index(name)]
        if number is not None:
            # The shortest text of a stored number says it exactly.
            given[name] = Fraction(str(number))
    return Pledge(**given | {"id": row[0]})
