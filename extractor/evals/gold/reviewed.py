"""Gold from reviews: a reviewed database in, gold files and agreement out.

A document becomes gold when every item of it is reviewed: a reviewer is done with it,
or it has records, each was judged, and it has no number that is in none.
A part would be no gold: what a system reads in the rest of the document would count as
a false alarm.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import combinations, groupby
from pathlib import Path, PurePath

from extractor.core.errors import UserError
from extractor.core.records import Content, Record
from extractor.evals.gold.exceptions import (
    BY_HAND,
    EXCEPTIONS,
    GoldException,
    write_exceptions,
)
from extractor.evals.gold.form import written_record
from extractor.evals.gold.records import GoldCommitment, GoldItem
from extractor.evals.scoring.counts import Score
from extractor.evals.scoring.sample_score import Sample, score_sample
from extractor.store.reviewed import ReviewedItem, own_readings, reviewed_items
from extractor.store.reviews import ReviewedRecord, is_set
from extractor.store.rows import number


class ReviewedDocument(Record):
    """A document and how much of it is reviewed."""

    name: str
    """Of its gold file, without the ending."""
    source_path: str
    items: int
    reviewed: int
    gold: tuple[GoldItem, ...]
    """Its reviewed items."""
    is_cut: bool = False
    """It was read up to `--limit`: whether there is more of it is not known."""
    together: int = 0
    """Records of these that were accepted with the rest of their item."""

    @property
    def sha256(self) -> str:
        """Digest of its file; of one without a reviewed item it is not known."""
        return self.gold[0].doc_sha256 if self.gold else ""

    @property
    def is_whole(self) -> bool:
        """Say whether it can be gold."""
        return self.reviewed == self.items and not self.is_cut

    @property
    def records(self) -> int:
        """How many records its gold has."""
        return sum(len(item.commitments) for item in self.gold)


class ReviewerAgreement(Record):
    """Two reviewers on the items that both are done with."""

    first: str
    second: str
    items: int
    score: Score
    """The second's records scored against the first's: F1 of found, strict and soft
    records, and each field's share; F1 is the same the other way round."""


def reviewed_documents(db_path: str | Path) -> list[ReviewedDocument]:
    """Return the latest documents of a database as gold, as far as it is reviewed.

    Raises:
        UserError: there is no such database.
    """
    names: set[str] = set()
    documents = []
    items = reviewed_items(db_path)
    for document_id, group in groupby(items, key=lambda item: item.document_id):
        own = list(group)
        name = _name(own[0].source_path, document_id, names)
        names.add(name)
        reviewed = [item for item in own if item.is_done or item.is_judged]
        gold = [_gold(item, name) for item in reviewed]
        documents.append(
            ReviewedDocument(
                name=name,
                source_path=own[0].source_path,
                items=len(own),
                reviewed=len(reviewed),
                gold=tuple(gold),
                is_cut=own[0].is_cut,
                together=sum(item.together for item in reviewed),
            )
        )
    return documents


def how_accepted(documents: Sequence[ReviewedDocument]) -> str:
    """Say how many records of documents were accepted with the rest of their item.

    Such a record was seen, but no key was pressed for it alone.
    """
    records = sum(document.records for document in documents)
    together = sum(document.together for document in documents)
    return f"{together} of {records} records were accepted with the rest of their item"


def write_gold(
    documents: Sequence[ReviewedDocument], folder: Path
) -> list[ReviewedDocument]:
    """Write each whole document to a file of its own and return these documents.

    Raises:
        UserError: a file cannot be written.
    """
    whole = [document for document in documents if document.is_whole]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for document in whole:
            lines = [gold_line(item) for item in document.gold]
            path = folder / f"{document.name}.jsonl"
            path.write_text("".join(lines), encoding="utf-8")
        found = [exception for one in whole for exception in _exceptions(one)]
        names = {document.name for document in whole}
        write_exceptions(folder / EXCEPTIONS, found, names)
    except OSError as error:
        raise UserError(
            f"cannot write gold to {str(folder)!r} ({error.strerror}); "
            "give another folder"
        ) from error
    return whole


def _exceptions(document: ReviewedDocument) -> Iterator[GoldException]:
    """Yield where a reviewer set another comparator than the words say."""
    for item in document.gold:
        for record in item.commitments:
            if is_set(record) and record.target:
                yield GoldException(
                    doc_id=document.name,
                    span=record.target.span,
                    field="comparator",
                    reason=BY_HAND,
                )


def gold_line(item: GoldItem) -> str:
    """Return an item as a gold file has it (guidelines, section 8)."""
    written = {name: getattr(item, name) for name in GoldItem.model_fields}
    written["commitments"] = [written_record(one) for one in item.commitments]
    for record in written["commitments"]:
        record["alternatives"] = record["alternatives"].model_dump()
    return json.dumps(written, ensure_ascii=False, default=number) + "\n"


def reviewer_agreement(db_path: str | Path) -> list[ReviewerAgreement]:
    """Return how far each two reviewers agree on items that both are done with.

    Raises:
        UserError: there is no such database.
        ConfigError: the extra `eval` is not installed.
    """
    readings = own_readings(db_path)
    items = {item.item_id: item for item in reviewed_items(db_path)}
    found = []
    for first, second in combinations(readings, 2):
        both = [
            item_id
            for item_id in items
            if item_id in readings[first] and item_id in readings[second]
        ]
        if both:
            scores = (
                _compared(
                    items[item_id], readings[first][item_id], readings[second][item_id]
                )
                for item_id in both
            )
            found.append(
                ReviewerAgreement(
                    first=first,
                    second=second,
                    items=len(both),
                    score=sum(scores, Score()),
                )
            )
    return found


def _compared(
    item: ReviewedItem,
    first: Sequence[ReviewedRecord],
    second: Sequence[ReviewedRecord],
) -> Score:
    sample = Sample(
        document=item.document_id,
        position=0,
        label=item.label,
        span=item.span,
        coverage="full",
        claims=tuple(map(_claim, first)),
    )
    # Nobody is shown the sentences of the differences here.
    return score_sample(sample, tuple(map(_claim, second)), "").score


def _gold(item: ReviewedItem, name: str) -> GoldItem:
    """Return an item as gold; who judged records has not looked for soft ones."""
    records = [one for one in item.records if item.is_done or one.kind == "hard"]
    return GoldItem.model_construct(
        doc_id=name,
        doc_sha256=item.sha256,
        plan_year=item.plan_year,
        issuer=item.issuer,
        label=item.label,
        item_span=item.span,
        coverage="full" if item.is_done else "hard",
        commitments=tuple(map(_claim, records)),
    )


def _claim(record: ReviewedRecord) -> GoldCommitment:
    said = {name: getattr(record, name) for name in Content.model_fields}
    return GoldCommitment(**said)


def _name(path: str, document_id: str, taken: set[str]) -> str:
    """Return the name of a document's gold: its file's, if that is fit and free."""
    stem = PurePath(path.replace("\\", "/")).stem
    is_fit = stem.isprintable() and not stem.startswith(".")
    name = stem if stem and is_fit else document_id
    return f"{name}-{document_id}" if name in taken else name
