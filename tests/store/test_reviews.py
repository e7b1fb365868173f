"""Reviews: what people say stands beside what was read, and never over it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from extractor.core.errors import StoreError, UserError
from extractor.core.records import Deadline, Item, Quantity
from extractor.store.database import read_database
from extractor.store.outcomes import Outcome
from extractor.store.reviews import Judgement, ReviewedRecord, standing_reviews
from extractor.store.store import Store
from tests.store_samples import (
    PLAN,
    SCRIPT,
    fill,
    found_violations,
    make_commitment,
    make_document,
    make_items,
    make_run,
    quote,
)

ITEMS = make_items(make_document())
SEATS = "2031年底前新增公办幼儿园学位1.5万个"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Open a database with a finished run over the sample plan."""
    with Store(tmp_path / "plans.db") as store:
        fill(store, make_run())
        yield store


def rows(store: Store, sql: str, *values: Any) -> list[tuple[Any, ...]]:
    """Read with a connection of our own, as another program would."""
    with closing(sqlite3.connect(store.path)) as conn:
        return conn.execute(sql, values).fetchall()


def shown(store: Store) -> list[tuple[Any, ...]]:
    """Return the reviewed table, in short."""
    return rows(
        store,
        "select action, object, target_quote, method, review, reviewer "
        "from v_commitments_reviewed",
    )


def record_id(store: Store, action: str) -> str:
    """Return the id of the record that is shown with a verb."""
    ((found,),) = rows(
        store, "select commitment_id from v_commitments where action = ?", action
    )
    return str(found)


def judge(store: Store, verdict: Any, item: Item = ITEMS[0], **more: Any) -> Any:
    """Store a judgement of an item or a record of it."""
    return store.add_review(
        Judgement(
            document_id=item.document_id,
            item_id=item.id,
            verdict=verdict,
            **{"reviewer": "甲", **more},
        )
    )


def seats(target: str = "1.5万个", value: int = 15000) -> ReviewedRecord:
    """Return the first record as a reviewer writes it."""
    first = ITEMS[0]
    return ReviewedRecord(
        clause=quote(first, SEATS),
        action=quote(first, "新增"),
        object=quote(first, "幼儿园学位"),
        target=quote(first, target),
        quantity=Quantity(
            quote=target, value=Decimal(value), unit="个", comparator="eq", rule="x"
        ),
        deadline=quote(first, "2031年底前"),
        due=Deadline(quote="2031年底前", date="2031-12-31", basis="absolute", rule="x"),
    )


def publicity() -> ReviewedRecord:
    """Return a record that no run has made."""
    last = ITEMS[3]
    return ReviewedRecord(
        clause=quote(last, last.text[2:-1]),
        action=quote(last, "加强"),
        object=quote(last, "宣传"),
    )


UNTOUCHED = [
    ("新增", "公办幼儿园学位", "1.5万个", "model", None, None),
    ("共建", "学校", None, "rules", None, None),
    ("建成", f"{SCRIPT}学校", "30所左右", "rules", None, None),
    (None, "https://evil.example/steal?a=1&b=<b>", None, "rules", None, None),
]


def test_without_reviews_it_is_the_same_table(store: Store) -> None:
    """Every column of v_commitments, row by row, and nothing said of them."""
    plain = rows(store, "select * from v_commitments")

    assert UNTOUCHED == shown(store)
    assert [(*row, None, None, None, None) for row in plain] == rows(
        store, "select * from v_commitments_reviewed"
    )


def test_reviews_are_merged_and_change_nothing(store: Store) -> None:
    """Accepted, corrected, rejected and added; what was read stays as it was."""
    before = rows(store, "select * from v_commitments")
    judge(store, "accept", commitment_id=record_id(store, "共建"))
    judge(store, "correct", commitment_id=record_id(store, "新增"), record=seats())
    judge(store, "reject", ITEMS[1], commitment_id=record_id(store, "建成"))
    judge(store, "add", ITEMS[3], record=publicity())

    assert shown(store) == [
        ("新增", "幼儿园学位", "1.5万个", "reviewer", "corrected", "甲"),
        ("共建", "学校", None, "rules", "accepted", "甲"),
        UNTOUCHED[3],
        ("加强", "宣传", None, "reviewer", "added", "甲"),
    ]
    assert before == rows(store, "select * from v_commitments")
    assert [] == found_violations(store.path)


def test_a_reviewers_record_has_every_column(store: Store) -> None:
    """It stands in the table like others: place, values, clean words, ids."""
    review = judge(
        store, "correct", commitment_id=record_id(store, "新增"), record=seats()
    )
    names = [
        name
        for (name,) in rows(
            store, "select name from pragma_table_info('v_commitments_reviewed')"
        )
    ]

    row = dict(
        zip(
            names,
            rows(store, "select * from v_commitments_reviewed")[0],
            strict=True,
        )
    )

    assert {
        "who": "丙市教育局<b>",
        "issuer": "丙市教育局<b>",
        "plan_year": 2031,
        "title": "丙市教育局2031年工作要点",
        "item_label": "1.",
        "heading_path": '["一、扩大供给"]',
        "source_path": "plans/丙市.txt",
        "clause": SEATS,
        "partners": "[]",
        "target_value": 15000,
        "unit": "个",
        "target_unit": "个",
        "deadline_date": "2031-12-31",
        "kind": "hard",
        "status": "grounded",
        "commitment_id": record_id(store, "新增"),
        "run_id": make_run().id,
        "item_id": ITEMS[0].id,
        "start": quote(ITEMS[0], SEATS).span.start,
        "review_id": review.id,
    }.items() <= row.items()


def test_the_latest_verdict_decides_and_both_are_kept(store: Store) -> None:
    """Two reviewers differ: the later one is shown, the earlier one stays."""
    commitment_id = record_id(store, "新增")
    judge(store, "correct", commitment_id=commitment_id, record=seats())
    judge(store, "accept", commitment_id=commitment_id, reviewer="乙")
    judge(store, "note", commitment_id=commitment_id, note="可议")

    assert ("新增", "公办幼儿园学位", "1.5万个", "model", "accepted", "乙") == shown(
        store
    )[0]
    assert rows(
        store, "select reviewer, verdict, decides from v_reviews order by created_at"
    ) == [("甲", "correct", 0), ("乙", "accept", 1), ("甲", "note", 0)]


def test_undo_is_a_row(store: Store) -> None:
    """What was said before stands again, and all three rows are there."""
    commitment_id = record_id(store, "新增")
    judge(store, "accept", commitment_id=commitment_id)
    rejected = judge(store, "reject", commitment_id=commitment_id)
    assert 3 == len(shown(store))

    undone = store.undo_review(rejected.id, "甲")

    assert rejected.id == undone.undoes
    assert ("accepted", "甲") == shown(store)[0][4:]
    assert [(3,)] == rows(store, "select count(*) from reviews")
    with closing(read_database(store.path)) as conn:
        standing = standing_reviews(conn, ITEMS[0].document_id)
    assert ["accept"] == [review.verdict for review in standing]


def test_what_cannot_be_undone_is_named(store: Store) -> None:
    """Another's review, one undone already, an undo, and none at all."""
    review = judge(store, "done")
    undone = store.undo_review(review.id, " 甲 ")

    for review_id, reviewer, message in (
        (review.id, "乙", "by '甲'"),
        (review.id, "甲", "taken back already"),
        (undone.id, "甲", "takes another back"),
        ("none", "甲", "no review"),
    ):
        with pytest.raises(UserError, match=message):
            store.undo_review(review_id, reviewer)
    assert [(2,)] == rows(store, "select count(*) from reviews")


@pytest.mark.parametrize(
    "sql",
    [
        pytest.param("update reviews set note = 'x'", id="changed"),
        pytest.param("update reviews set reviewer = 'x'", id="renamed"),
        pytest.param("delete from reviews", id="deleted"),
    ],
)
def test_no_program_changes_what_was_said(store: Store, sql: str) -> None:
    """The database itself refuses, whoever asks."""
    judge(store, "done")

    with pytest.raises(sqlite3.IntegrityError, match="never"):
        rows(store, sql)


def _again(store: Store, name: str, **fields: Any) -> None:
    """Store another finished run that reads the first item otherwise."""
    run, first = make_run(name), ITEMS[0]
    store.start_run(run)
    store.start_document(run.id, first.document_id, 0)
    record = make_commitment(run.id, first, SEATS, **fields)
    store.add_outcomes(run.id, [Outcome(first, [record])])
    for item in ITEMS[1:]:
        store.add_outcomes(run.id, [Outcome(item, [])])
    store.finish_document(run.id, first.document_id)


def test_a_later_run_keeps_the_work(store: Store) -> None:
    """Its record in the same place is judged already; those it lacks wait or stay."""
    judge(store, "reject", commitment_id=record_id(store, "新增"))
    judge(store, "accept", commitment_id=record_id(store, "共建"))
    judge(store, "add", ITEMS[3], record=publicity())

    _again(store, "second", action="新增", object="学位", target="1.5万个")
    assert [("加强", "宣传", None, "reviewer", "added", "甲")] == shown(store)

    _again(store, "third", action="新增", object="学位")
    assert [
        ("新增", "学位", None, "rules", None, None),
        ("加强", "宣传", None, "reviewer", "added", "甲"),
    ] == shown(store)
    fill(store, make_run())
    assert ["accepted", None, None, "added"] == [row[4] for row in shown(store)]


def test_a_later_run_that_reads_what_was_corrected_says_it_once(store: Store) -> None:
    """A number that was corrected and is then read so is one record, not two."""
    clause_only = make_commitment(
        make_run().id, ITEMS[0], SEATS, action="新增", object="学位", method="rules"
    )
    store.add_outcomes(make_run().id, [Outcome(ITEMS[0], [clause_only])])
    judge(store, "correct", commitment_id=clause_only.id, record=seats())

    _again(store, "second", action="新增", object="学位", target="1.5万个")

    assert [("新增", "幼儿园学位", "1.5万个", "reviewer", "corrected", "甲")] == shown(
        store
    )


def test_an_added_record_that_a_run_finds_is_one(store: Store) -> None:
    """The reviewer's words stand, beside the id of the run's record."""
    judge(store, "add", ITEMS[3], record=publicity())
    found = make_commitment(
        make_run().id, ITEMS[3], ITEMS[3].text[2:-1], action="加强", object="引号"
    )
    store.add_outcomes(make_run().id, [Outcome(ITEMS[3], [found])])

    assert [(found.id, "宣传", "added")] == rows(
        store,
        "select commitment_id, object, review from v_commitments_reviewed "
        "where item_id = ?",
        ITEMS[3].id,
    )


def test_an_added_record_can_be_rejected(store: Store) -> None:
    """It has no id of a record, so its anchor names it."""
    review = judge(store, "add", ITEMS[3], record=publicity())
    judge(store, "reject", ITEMS[3], anchor=review.anchor, reviewer="乙")

    assert UNTOUCHED == shown(store)


def test_items_with_reviews_outlive_another_splitting(store: Store) -> None:
    """The splitter's items change; what was said of them keeps its item."""
    judge(store, "done", ITEMS[3])
    store.reset_run(make_run().id)
    store.add_items(ITEMS[:1], is_whole=True)

    assert [(ITEMS[3].id,)] == rows(store, "select item_id from reviews")


def test_places_in_a_file_that_was_decoded_anew_mean_nothing(store: Store) -> None:
    """Reviews stay on record and are merged no more."""
    judge(store, "add", ITEMS[3], record=publicity())
    document = make_document()
    store.add_document(document.model_copy(update={"source": "甲" + PLAN}))

    assert [] == shown(store)
    assert [(None, "add")] == rows(store, "select item_id, verdict from reviews")


@pytest.mark.parametrize(
    ("said", "message"),
    [
        pytest.param({"reviewer": " "}, "name of its reviewer", id="nobody"),
        pytest.param({"verdict": "correct"}, "has a record", id="no-record"),
        pytest.param({"record": seats()}, "other reviews none", id="record-too-many"),
        pytest.param({"verdict": "note", "note": " "}, "needs words", id="empty-note"),
        pytest.param({"verdict": "done", "anchor": "x"}, "not said of", id="done"),
        pytest.param({"verdict": "accept"}, "needs the record", id="nothing-judged"),
        pytest.param({"item_id": "0" * 16}, "no item", id="item"),
        pytest.param({"commitment_id": "0" * 16}, "no record", id="record"),
        pytest.param(
            {"verdict": "accept", "anchor": "number 1-2"}, "nobody added", id="anchor"
        ),
    ],
)
def test_a_review_that_makes_no_sense_is_refused(
    store: Store, said: dict[str, Any], message: str
) -> None:
    """The message says what is missing, and nothing is written."""
    fields = {"verdict": "note", "note": "x", **said}
    given = Judgement(
        **{
            "document_id": ITEMS[0].document_id,
            "item_id": ITEMS[0].id,
            "reviewer": "甲",
            **fields,
        }
    )
    with pytest.raises(UserError, match=message):
        store.add_review(given)

    assert [(0,)] == rows(store, "select count(*) from reviews")


def test_a_reviewer_quotes_the_source(store: Store) -> None:
    """Law 1 holds for people, too: words, place and item must fit."""
    good = seats()
    assert good.action
    moved = good.action.model_copy(update={"span": good.action.span.shift(1)})
    elsewhere = quote(ITEMS[1], "建成")
    for record in (
        good.model_copy(update={"action": moved}),
        good.model_copy(
            update={"object": good.action.model_copy(update={"text": "新建"})}
        ),
        good.model_copy(update={"clause": elsewhere}),
    ):
        with pytest.raises(UserError, match=r"the source has|inside its item"):
            judge(store, "add", record=record)
    assert [(0,)] == rows(store, "select count(*) from reviews")


def test_the_record_of_a_review_reads_back(store: Store) -> None:
    """What was written is what comes back, numbers exact."""
    written = judge(store, "add", record=seats())

    with closing(read_database(store.path)) as conn:
        (read,) = standing_reviews(conn, ITEMS[0].document_id)
    assert seats() == read.record == written.record
    ((text,),) = rows(store, "select record from reviews")
    columns = {name for _, name, *_ in rows(store, "pragma table_info(commitments)")}
    assert set(json.loads(text)) < columns


def test_a_review_of_another_program_keeps_its_form(store: Store) -> None:
    """Closed sets and what a verdict needs are checked by the database too."""
    for change in (
        "'maybe', null, 'number 1-2'",
        "'correct', null, 'number 1-2'",
        "'accept', null, null",
        "'accept', '{', 'number 1-2'",
    ):
        with pytest.raises((sqlite3.IntegrityError, StoreError)):
            rows(
                store,
                "insert into reviews (id, document_id, reviewer, created_at, verdict, "
                f"record, anchor) select 'x', id, '甲', '', {change} from documents",
            )


def test_reviews_are_looked_up_and_not_read_through(store: Store) -> None:
    """Records come in their order, and the few that were judged by their reviews."""
    plan = "\n".join(
        row[3]
        for row in rows(
            store, "explain query plan select * from v_commitments_reviewed limit 51"
        )
    )

    assert "c USING INDEX commitments_shown (is_shown=?)" in plan
    assert "r USING INDEX reviews_deciding" in plan
    assert plan.count("commitments_by_anchor (document_id=? AND anchor=?)") == 2
