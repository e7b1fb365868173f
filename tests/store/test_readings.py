"""Readings in the database: what rules and model each said, side by side."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from extractor.browse.canned import QUERIES
from extractor.core.errors import StoreError
from extractor.store.outcomes import Outcome
from extractor.store.store import Store
from tests.store_samples import (
    ADDRESS,
    SCRIPT,
    fill,
    make_document,
    make_items,
    make_reading,
    make_run,
)

RUN = make_run().id


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Make a database with one run."""
    path = tmp_path / "plans.db"
    with Store(path) as store:
        fill(store, make_run())
    return path


def rows(path: Path, sql: str) -> list[tuple[Any, ...]]:
    """Read with a connection of our own."""
    with closing(sqlite3.connect(path)) as conn:
        return conn.execute(sql).fetchall()


def test_readings_are_stored_as_they_were_given(path: Path) -> None:
    """Each has its reader, its words, its place in the source and its call."""
    found = rows(
        path,
        "select r.reader, r.kind, r.quote, r.is_promise, r.actor, r.action, r.object, "
        "r.likelihood, r.is_taken, r.call_id is not null from readings r "
        'join items i on i.id = r.item_id order by i."start", r.position',
    )

    seats, school = ("新增", "公办幼儿园学位"), f"{SCRIPT}学校"
    assert found == [
        ("rules", "number", "1.5万", 1, None, *seats, None, 1, 0),
        ("model", "number", "1.5万", 1, None, *seats, -0.01, 1, 1),
        ("rules", "action", "共建学校", 1, None, "共建", "学校", None, 1, 0),
        ("model", "action", "共建学校", 1, ADDRESS, "建?", SCRIPT, -2.5, 0, 1),
        ("rules", "number", "30所", 1, None, "建成", school, None, 0, 0),
        ("model", "action", ADDRESS, 0, None, None, None, None, 0, 1),
    ]
    assert [] == rows(
        path,
        "select * from readings r join documents d on d.id = r.document_id "
        'where substr(d.source, "start" + 1, "end" - "start") <> quote',
    )


def test_view_has_both_readings_side_by_side(path: Path) -> None:
    """One row a place, in reading order, with what was taken and whether they agree."""
    found = rows(
        path,
        "select item_label, quote, rules_action, rules_says, model_action, model_says, "
        "likelihood, taken, agree, typeof(agree) from v_readings",
    )

    yes, no = "promise", "no promise"
    assert found == [
        ("1.", "1.5万", "新增", yes, "新增", yes, -0.01, "both", 1, "integer"),
        ("1.", "共建学校", "共建", yes, "建?", yes, -2.5, "rules", 0, "integer"),
        ("2.", "30所", "建成", yes, None, None, None, None, None, "null"),
        ("3.", ADDRESS, None, None, None, no, None, None, None, "null"),
    ]
    ((context,),) = rows(path, "select context from v_readings where agree = 1")
    assert "新增公办幼儿园学位【1.5万】个" in context


@pytest.mark.parametrize(
    ("rules", "model", "expected"),
    [
        pytest.param({"action": "建"}, {"action": "建"}, 1, id="same"),
        pytest.param({"action": "建"}, {"action": "建成"}, 0, id="other-verb"),
        pytest.param({"object": "路"}, {"object": "桥"}, 0, id="other-object"),
        pytest.param({"object": "路"}, {}, 0, id="no-object"),
        pytest.param({"actor": "甲局"}, {"actor": "乙局"}, 1, id="other-actor"),
        pytest.param({}, {"is_promise": False}, 0, id="no-promise"),
        pytest.param(
            {"is_promise": False, "action": "建"}, {"is_promise": False}, 1, id="decoy"
        ),
        pytest.param({}, None, None, id="model-silent"),
        pytest.param(None, {}, None, id="rules-silent"),
    ],
)
def test_agreement_is_of_verb_and_object(
    path: Path, rules: Any, model: Any, expected: int | None
) -> None:
    """Or of taking a number for no promise; of one reader alone there is none."""
    item = make_items(make_document())[3]
    readings = [
        make_reading(item, "宣传", reader=reader, **said)
        for reader, said in (("rules", rules), ("model", model))
        if said is not None
    ]
    with Store(path) as store:
        store.add_outcomes(RUN, [Outcome(item, [], readings=readings)])

    shown = "select agree from v_readings where quote = '宣传'"
    with closing(sqlite3.connect(path)) as conn:
        assert conn.execute(shown).fetchall() == [(expected,)]


def test_what_is_in_doubt_comes_first(path: Path) -> None:
    """What differs, then what one reader alone has; the least likely first."""
    item = make_items(make_document())[3]
    with Store(path) as store:
        made = [
            make_reading(item, text, reader="model", likelihood=likelihood)
            for text, likelihood in (("加强", -0.5), ("引号", -3.0))
        ]
        made += [
            make_reading(item, "宣传", reader=reader, action=reader, likelihood=low)
            for reader, low in (("rules", None), ("model", -9.0))
        ]
        store.add_outcomes(RUN, [Outcome(item, [], readings=made)])

    with closing(sqlite3.connect(path)) as conn:
        conn.row_factory = sqlite3.Row
        found = conn.execute(QUERIES["in_doubt"].sql).fetchall()

    assert [row["quote"] for row in found] == [
        *("宣传", "共建学校"),
        *("引号", "加强", "30所", ADDRESS),
        "1.5万",
    ]


def test_readings_are_replaced_with_their_outcome(path: Path) -> None:
    """An item done again has the new ones only."""
    item = make_items(make_document())[0]
    with Store(path) as store:
        store.add_outcomes(
            RUN, [Outcome(item, [], readings=[make_reading(item, "2031")])]
        )

    assert rows(path, "select quote from readings order by quote") == [
        ("2031",),
        ("30所",),
        (ADDRESS,),
    ]


def test_readings_go_with_their_run(path: Path) -> None:
    """`--no-resume` forgets them; those of another run stay."""
    with Store(path) as store:
        fill(store, make_run("second"))
        store.reset_run(RUN)

    assert rows(path, "select run_id, count(*) from readings group by run_id") == [
        (make_run("second").id, 6)
    ]


def test_readings_go_with_an_older_decoding(path: Path) -> None:
    """Their places are in a text that is no more."""
    document = make_document()
    with Store(path) as store:
        store.add_document(
            document.model_copy(update={"source": "甲" + document.source})
        )

    assert [] == rows(path, "select * from readings")


def test_readings_of_items_that_are_no_more_go(path: Path) -> None:
    """What a run made of an item of an older splitter goes when it is finished."""
    items = make_items(make_document())
    with Store(path) as store:
        store.add_items(items[1:], is_whole=True)
        store.finish_document(RUN, make_document().id)

    assert rows(path, "select count(*) from readings") == [(2,)]


def test_one_reader_says_one_thing_of_a_place(path: Path) -> None:
    """A second reading of it is a fault, and nothing of the outcome is stored."""
    item = make_items(make_document())[0]
    twice = [make_reading(item, "2031"), make_reading(item, "2031", action="建")]
    with Store(path) as store, pytest.raises(StoreError, match="UNIQUE"):
        store.add_outcomes(RUN, [Outcome(item, [], readings=twice)])

    assert rows(path, "select count(*) from readings") == [(6,)]


@pytest.mark.parametrize(
    "change",
    ["reader = 'reviewer'", "kind = 'date'", "is_promise = 2", "is_taken = null"],
)
def test_unknown_value_is_refused(path: Path, change: str) -> None:
    """Closed sets are checked by the database."""
    with (
        closing(sqlite3.connect(path)) as conn,
        pytest.raises(sqlite3.IntegrityError),
    ):
        conn.execute(f"update readings set {change}")


@pytest.mark.parametrize("method", ["model", "rules", "both", "reviewer"])
def test_record_says_whose_reading_it_is(path: Path, method: str) -> None:
    """All four are stored."""
    with closing(sqlite3.connect(path)) as conn:
        conn.execute("update commitments set method = ?", [method])
