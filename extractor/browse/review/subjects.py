"""Subjects: what a review is about, found by the id that a page has for it."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, replace

from extractor.browse.review.asked import Asked
from extractor.browse.review.chosen import Ground, ground
from extractor.browse.review.verdicts import Verdicts
from extractor.browse.wording import Words
from extractor.browse.writing.refusals import Refused
from extractor.store.reviews import (
    Judgement,
    ReviewedRecord,
    read_record,
    record_of,
)

_GONE = Words("找不到了，请刷新页面", "is not there any more; reload the page")

_READ = """
select id, anchor from commitments
where document_id = ?1 and item_id = ?2
  and run_id = (select run_id from v_latest_runs where document_id = ?1)
order by "start", position
"""
_LATEST = """
select v.review_id from v_reviews v join reviews r on r.id = v.review_id
where v.reviewer = ?1 and (v.review_id = ?2 or ?2 is null)
and (v.document_id = ?3 or ?3 is null)
order by r.rowid desc limit 1
"""


@dataclass(frozen=True)
class Subject:
    """A record, or an item as a whole."""

    document: sqlite3.Row
    item: sqlite3.Row
    commitment_id: str | None = None
    anchor: str | None = None
    """Of a record that a reviewer added."""
    own: ReviewedRecord | None = None
    """The record as it stands now."""

    def ground(self) -> Ground:
        """Return where words of it are chosen."""
        return ground(self.document, self.item, self.own)

    def judgement(
        self, said: Asked, reviewer: str, *, with_rest: bool = False
    ) -> Judgement:
        """Return what is said of it, as it is stored.

        Args:
            said: what.
            reviewer: by whom.
            with_rest: of all that was left of an item at once.

        Raises:
            Refused: a record that is written has words that are not there.
        """
        writes = said.verdict in {"add", "correct"}
        return Judgement(
            document_id=self.document["id"],
            item_id=self.item["id"],
            reviewer=reviewer,
            verdict=said.verdict,
            commitment_id=self.commitment_id,
            anchor=self.anchor,
            record=self.ground().made(said.fields, said.comparator) if writes else None,
            note=said.note,
            with_rest=with_rest,
        )


def find_subject(conn: sqlite3.Connection, document_id: str, said: Asked) -> Subject:
    """Return what a review is about.

    Raises:
        Refused: there is nothing of that id in the document.
    """
    document = _row(conn, "documents", document_id, document_id, key="id")
    if document is None:
        raise Refused(404, _GONE)
    if said.verdict in {"add", "done"}:
        return _item(conn, document, said.subject)
    read = _row(conn, "commitments", said.subject, document_id)
    if read:
        own = _as_it_stands(conn, document_id, read["anchor"]) or record_of(read)
        found = _item(conn, document, read["item_id"])
        return replace(found, commitment_id=read["id"], own=own)
    written = _row(conn, "reviews", said.subject, document_id)
    if written and written["record"] and written["item_id"]:
        anchor = written["anchor"]
        own = _as_it_stands(conn, document_id, anchor) or read_record(written["record"])
        found = _item(conn, document, written["item_id"])
        return replace(found, anchor=anchor, own=own)
    if said.verdict == "note":
        return _item(conn, document, said.subject)
    raise Refused(404, _GONE)


def find_item(conn: sqlite3.Connection, document_id: str, item_id: str) -> Subject:
    """Return an item of a document.

    Raises:
        Refused: there is none of that id.
    """
    document = _row(conn, "documents", document_id, document_id, key="id")
    if document is None:
        raise Refused(404, _GONE)
    return _item(conn, document, item_id)


def unjudged(conn: sqlite3.Connection, subject: Subject) -> list[Subject]:
    """Return the records of an item that nobody has judged, in reading order."""
    document_id = subject.document["id"]
    verdicts = Verdicts.of_document(conn, document_id)
    return [
        replace(subject, commitment_id=row["id"])
        for row in conn.execute(_READ, [document_id, subject.item["id"]])
        if not verdicts.decided(row["anchor"])
    ]


def find_review(
    conn: sqlite3.Connection,
    reviewer: str,
    review_id: str | None,
    document_id: str | None,
) -> str:
    """Return the id of a review to take back: that one, else the reviewer's last.

    Raises:
        Refused: there is none.
    """
    row = conn.execute(_LATEST, [reviewer, review_id, document_id]).fetchone()
    if row is None:
        raise Refused(
            404, Words("没有可撤销的", "there is nothing of yours to take back")
        )
    return str(row["review_id"])


def _item(conn: sqlite3.Connection, document: sqlite3.Row, item_id: str) -> Subject:
    item = _row(conn, "items", item_id, document["id"])
    if item is None or item["position"] is None:
        raise Refused(404, _GONE)
    return Subject(document, item)


def _as_it_stands(
    conn: sqlite3.Connection, document_id: str, anchor: str
) -> ReviewedRecord | None:
    """Return a record as a reviewer wrote it, if that decides."""
    decided = Verdicts.of_document(conn, document_id).decided(anchor)
    return decided.record if decided else None


def _row(
    conn: sqlite3.Connection,
    table: str,
    id_: str,
    document_id: str,
    key: str = "document_id",
) -> sqlite3.Row | None:
    row: sqlite3.Row | None = conn.execute(
        f"select * from {table} where id = ? and {key} = ?", [id_, document_id]
    ).fetchone()
    return row
