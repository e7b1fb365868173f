"""Other: a record that rules and model read differently in, the other reading out."""

from __future__ import annotations

import sqlite3

from extractor.browse.doubts import Readings, doubts
from extractor.browse.pages.stored import stored_reading
from extractor.browse.review.asked import Asked, Choice
from extractor.browse.wording import Words
from extractor.browse.writing.refusals import Refused
from extractor.store.rows import stored_commitment

_NO_OTHER = Words("这一条没有另一读法", "rules and model do not differ in this record")
_READINGS = """
select g.* from readings g
join commitments c on c.run_id = g.run_id and c.item_id = g.item_id
where c.id = ? and c.document_id = ?
"""


def taking_other(conn: sqlite3.Connection, document_id: str, said: Asked) -> Asked:
    """Return what a reviewer says who takes the reading that was not taken.

    Verb and object become those of the other reading, the rest of the record stays; a
    record that the other reader sees no promise in is rejected.

    Args:
        conn: the database.
        document_id: the document.
        said: with the record.

    Raises:
        Refused: the readings do not differ.
    """
    row = conn.execute(
        "select * from commitments where id = ? and document_id = ?",
        [said.subject, document_id],
    ).fetchone()
    rows = conn.execute(_READINGS, [said.subject, document_id])
    read = Readings(stored_reading(one) for one in rows)
    found = doubts(stored_commitment(row), read) if row else ()
    other = next((doubt.other for doubt in found if doubt.other), None)
    if other is None:
        raise Refused(409, _NO_OTHER)
    if not other.is_promise:
        return said._replace(verdict="reject")
    return said._replace(
        fields={"action": _choice(other.action), "object": _choice(other.object)}
    )


def _choice(words: str | None) -> tuple[Choice, ...]:
    return (Choice(text=words),) if words else ()
