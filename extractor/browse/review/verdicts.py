"""Verdicts: the reviews of a document that stand, found by record and by item."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from extractor.core.records import Commitment, Content
from extractor.core.spans import Span
from extractor.store.reviews import JUDGES, Review, standing_reviews


@dataclass(frozen=True)
class Verdicts:
    """What people say of the records and items of a document."""

    reviews: tuple[Review, ...] = ()
    """Oldest first."""
    _of_record: dict[str, list[Review]] = field(default_factory=dict, repr=False)
    _of_item: dict[str, list[Review]] = field(default_factory=dict, repr=False)

    @classmethod
    def of_document(cls, conn: sqlite3.Connection, document_id: str) -> Verdicts:
        """Read them."""
        return cls.of(standing_reviews(conn, document_id))

    @classmethod
    def of(cls, reviews: Iterable[Review]) -> Verdicts:
        """Return them sorted by what they are of."""
        made = cls(tuple(reviews))
        for review in made.reviews:
            if review.anchor:
                made._of_record.setdefault(review.anchor, []).append(review)
            elif review.item_id:
                made._of_item.setdefault(review.item_id, []).append(review)
        return made

    def on(self, anchor: str) -> tuple[Review, ...]:
        """Return all that is said of a record."""
        return tuple(self._of_record.get(anchor, ()))

    def decided(self, anchor: str) -> Review | None:
        """Return the verdict on a record that decides: the latest one."""
        judged = [one for one in self.on(anchor) if one.verdict in JUDGES]
        return judged[-1] if judged else None

    def as_left(self, record: Commitment, anchor: str) -> Commitment:
        """Return a record as reviewers corrected it, else as it was read."""
        decided = self.decided(anchor)
        if decided is None or decided.record is None or decided.item_id is None:
            return record
        return as_commitment(decided).model_copy(update={"id": record.id})

    def unused(self, left_out: Iterable[sqlite3.Row]) -> Iterator[sqlite3.Row]:
        """Yield the numbers and dates that reviewers wrote into no record either."""
        decided = map(self.decided, self._of_record)
        written = [one.record for one in decided if one and one.record]
        quotes = [words for one in written for words in (one.target, one.deadline)]
        spans = [words.span for words in quotes if words]
        for row in left_out:
            if not any(Span(row["start"], row["end"]).overlaps(span) for span in spans):
                yield row

    def rank(self, review: Review) -> int:
        """Return the number of a record among those that reviewers wrote, from 1.

        What they added comes first: a correction is only numbered where the record
        that it corrects is in no run any more.
        """
        written = [
            (any(one.commitment_id for one in said), anchor)
            for anchor, said in self._of_record.items()
            if any(one.record for one in said)
        ]
        anchors = [anchor for _, anchor in sorted(written, key=lambda one: one[0])]
        return 1 + anchors.index(review.anchor or "")

    def notes(self, item_id: str) -> tuple[Review, ...]:
        """Return what is noted of an item as a whole."""
        return tuple(
            one for one in self._of_item.get(item_id, ()) if one.verdict == "note"
        )

    def done(self, item_id: str) -> tuple[Review, ...]:
        """Return who is done with an item, each once."""
        said = {
            one.reviewer: one
            for one in self._of_item.get(item_id, ())
            if one.verdict == "done"
        }
        return tuple(said.values())

    def added(self, item_id: str, known: Iterable[str] = ()) -> tuple[Review, ...]:
        """Return the records that reviewers wrote into an item, as they are now.

        Args:
            item_id: the item.
            known: anchors of the records of the run that is shown; what is written
                of those is no record of its own.
        """
        without = set(known)
        found = []
        for anchor, said in self._of_record.items():
            judged = [one for one in said if one.verdict in JUDGES]
            if not judged or anchor in without or judged[-1].item_id != item_id:
                continue
            written = [one for one in judged if one.record]
            if written:
                found.append(written[-1])
        return tuple(found)


def as_commitment(review: Review) -> Commitment:
    """Return the record that a reviewer wrote as one that pages can show."""
    if review.record is None or review.item_id is None:
        raise ValueError(f"review {review.id!r} has no record")
    said = {name: getattr(review.record, name) for name in Content.model_fields}
    return Commitment(
        id=review.id,
        document_id=review.document_id,
        item_id=review.item_id,
        clause=review.record.clause,
        method="reviewer",
        status="grounded",
        call_id=None,
        **said,
    )
