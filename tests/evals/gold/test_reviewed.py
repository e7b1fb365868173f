"""Gold from reviews: what people left of a plan is gold that the checker accepts."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing

import pytest

from extractor.core.errors import UserError
from extractor.evals.gold.checking import check_gold
from extractor.evals.gold.records import load_gold
from extractor.evals.gold.reviewed import (
    reviewed_documents,
    reviewer_agreement,
    write_gold,
)
from extractor.evals.gold.sources import DocumentFinder
from extractor.store.reviews import Judgement, ReviewedRecord
from extractor.store.rows import read_content, stored_commitment
from extractor.store.store import Store
from tests.eval_samples import PLAN, store_run


@pytest.fixture
def path(tmp_path):
    """Make a database with a run of the rules over the small plan."""
    (tmp_path / "corpus").mkdir()
    plan = tmp_path / "corpus" / "plan.txt"
    plan.write_text(PLAN, encoding="utf-8")
    return store_run(plan, tmp_path / "run.db")


def read(path, sql):
    """Read rows by name."""
    with closing(sqlite3.connect(path)) as conn:
        conn.row_factory = sqlite3.Row
        return conn.execute(sql).fetchall()


def items(path):
    """Return the items of the plan in order."""
    return read(path, "select * from items order by position")


def judge(path, item, verdict, reviewer="甲", **more):
    """Store a judgement of an item or of a record of it."""
    with Store(path) as store:
        return store.add_review(
            Judgement(
                document_id=item["document_id"],
                item_id=item["id"],
                reviewer=reviewer,
                verdict=verdict,
                **more,
            )
        )


def records(path, item):
    """Return the records that are shown of an item."""
    return read(path, f"select * from commitments where item_id = '{item['id']}'")


def accept_all(path, reviewer="甲"):
    """Accept every record and be done with every item."""
    for item in items(path):
        for record in records(path, item):
            judge(path, item, "accept", reviewer, commitment_id=record["id"])
        judge(path, item, "done", reviewer)


def as_written(row, **changed):
    """Return a stored record as a reviewer writes it, with fields changed."""
    said = read_content(row) | changed
    return ReviewedRecord(clause=stored_commitment(row).clause, **said)


def problems(folder, corpus):
    """Return what the checker of gold finds in a folder."""
    return check_gold(folder, DocumentFinder([corpus]))


def test_reviewed_plan_is_gold(path, tmp_path):
    """Accepted records, one corrected, one rejected: the checker finds nothing."""
    accept_all(path)
    first = items(path)[0]
    wrong, gone = records(path, first)[:2]
    judge(
        path,
        first,
        "correct",
        commitment_id=wrong["id"],
        record=as_written(wrong, object=None),
    )
    judge(path, first, "reject", commitment_id=gone["id"])
    folder = tmp_path / "gold"

    documents = reviewed_documents(path)

    assert documents == write_gold(documents, folder)
    assert [folder / "plan.jsonl"] == list(folder.iterdir())
    assert [] == problems(folder, path.parent / "corpus")
    gold = load_gold(folder)
    assert {"full"} == {item.coverage for item in gold}
    stored = sum(len(records(path, item)) for item in items(path))
    assert stored - 1 == sum(len(item.commitments) for item in gold)
    assert [one.item_span for one in gold] == [
        one.item_span for one in documents[0].gold
    ]
    kept = gold[0].commitments[0]
    assert (None, wrong["target_quote"]) == (kept.object, kept.target.text)


def test_gold_is_written_in_the_form_of_the_guidelines(path, tmp_path):
    """Quotes with their spans, values beside them, integers as integers."""
    accept_all(path)
    write_gold(reviewed_documents(path), tmp_path / "gold")

    line = (tmp_path / "gold" / "plan.jsonl").read_text(encoding="utf-8").splitlines()
    item = json.loads(line[0])
    target = item["commitments"][0]["target"]

    assert ("plan", "1.", "full") == (item["doc_id"], item["label"], item["coverage"])
    start, end = target["span"]
    assert PLAN[start:end] == target["quote"] == "1.5万个"
    assert (15000, "个", "eq") == (
        target["value"],
        target["unit"],
        target["comparator"],
    )


def test_comparator_set_by_hand_is_gold(path, tmp_path):
    """It is labelled as the reviewer means it, and the checker knows who says so."""
    first = items(path)[0]
    row = next(one for one in records(path, first) if one["target_quote"] == "1.5万个")
    said = as_written(row)
    quantity = said.quantity.model_copy(update={"comparator": "ge", "rule": "reviewer"})
    accept_all(path)
    review = judge(
        path,
        first,
        "correct",
        commitment_id=row["id"],
        record=said.model_copy(update={"quantity": quantity}),
    )
    folder = tmp_path / "gold"
    write_gold(reviewed_documents(path), folder)
    labelled = [one for item in load_gold(folder) for one in item.commitments]
    problems = check_gold(folder, DocumentFinder([tmp_path / "corpus"]))
    with Store(path) as store:
        store.undo_review(review.id, "甲")
    write_gold(reviewed_documents(path), folder)
    after = check_gold(folder, DocumentFinder([tmp_path / "corpus"]))

    assert ["ge"] == [
        one.quantity.comparator
        for one in labelled
        if one.target and one.target.text == "1.5万个"
    ]
    assert [] == problems == after


def test_a_plan_that_is_reviewed_in_part_is_no_gold(path, tmp_path):
    """The rest would count against whoever reads it; it says how much is done."""
    first = items(path)[0]
    judge(path, first, "done")

    (document,) = reviewed_documents(path)

    assert (1, 3, False) == (document.reviewed, document.items, document.is_whole)
    assert [] == write_gold([document], tmp_path / "gold")
    assert [] == list((tmp_path / "gold").iterdir())


def test_judging_every_record_reviews_an_item(path, tmp_path):
    """Without being done nobody has looked for what is missing: hard records only."""
    for item in items(path):
        for record in records(path, item):
            judge(path, item, "accept", commitment_id=record["id"])

    (document,) = reviewed_documents(path)

    assert document.is_whole
    assert {"hard"} == {item.coverage for item in document.gold}
    assert {"hard"} == {
        record.kind for item in document.gold for record in item.commitments
    }
    write_gold([document], tmp_path / "gold")
    assert [] == problems(tmp_path / "gold", path.parent / "corpus")


def test_two_reviewers_are_compared(path):
    """On items that both are done with, over all fields; undone ones do not count."""
    accept_all(path)
    accept_all(path, "乙")
    first = items(path)[0]
    record = records(path, first)[0]
    judge(
        path,
        first,
        "correct",
        "乙",
        commitment_id=record["id"],
        record=as_written(record, action=None),
    )
    with Store(path) as store:
        last = judge(path, items(path)[2], "done", "丙")
        store.undo_review(last.id, "丙")

    (found,) = reviewer_agreement(path)

    assert ("甲", "乙", 3) in {
        (found.first, found.second, found.items),
        (found.second, found.first, found.items),
    }
    strict, everything = found.score.tally("strict"), found.score.tally("found")
    assert (strict.gold - 1, 1.0) == (strict.correct, everything.f1)
    assert 1.0 > found.score.fields["action"].right.value
    assert 1.0 == found.score.fields["object"].right.value
    assert 1.0 == found.score.tally("soft").f1


def test_one_reviewer_agrees_with_nobody(path):
    """Without two there is nothing to compare."""
    accept_all(path)

    assert [] == reviewer_agreement(path)


def test_unwritable_folder_is_named(path, tmp_path):
    """A file in the way is the operator's to move."""
    accept_all(path)
    (tmp_path / "taken").touch()

    with pytest.raises(UserError, match=r"cannot write gold to .*taken"):
        write_gold(reviewed_documents(path), tmp_path / "taken")
