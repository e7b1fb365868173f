"""The sample of hard records that a run shows."""

from __future__ import annotations

from pathlib import Path

import pytest

from extractor.core.errors import UserError
from extractor.store.samples import hard_records
from extractor.store.store import Store
from tests.store_samples import fill, make_document, make_run


@pytest.fixture
def db(tmp_path: Path) -> Path:
    """Make a database of two plans in one run, two hard records each."""
    path = tmp_path / "x.db"
    with Store(path) as store:
        for name in ("乙", "甲"):
            document = make_document(
                make_document().source + name, path=f"{name}.txt", title=name
            )
            fill(store, make_run(), document)
    return path


def test_sample_takes_the_first_of_each_plan_in_reading_order(db: Path) -> None:
    """A small sample shows every plan."""
    rows = hard_records(db, make_run().id, 3)

    places = [(row["source_path"], row["target"]) for row in rows]
    assert len(rows) == 3
    assert {path for path, _ in places} == {"甲.txt", "乙.txt"}
    assert places == sorted(places, key=lambda place: place[0])
    assert [row["available"] for row in rows] == [4, 4, 4]


def test_row_has_what_a_reader_wants_to_see(db: Path) -> None:
    """Label, words, number, date and who read it."""
    row = hard_records(db, make_run().id, 1)[0]

    assert row["item_label"] == "1."
    assert (row["action"], row["object"]) == ("新增", "公办幼儿园学位")
    assert (row["target"], row["deadline"]) == ("1.5万个", "2031-12-31")
    assert (row["method"], row["status"]) == ("model", "grounded")


def test_other_runs_and_soft_records_are_not_shown(db: Path) -> None:
    """Only the run that was asked for, only what has a number or a date."""
    assert hard_records(db, "another run", 9) == []
    assert len(hard_records(db, make_run().id, 9)) == 4
    assert hard_records(db, make_run().id, 0) == []


def test_missing_database_is_the_operators_mistake(tmp_path: Path) -> None:
    """Reading makes no file."""
    with pytest.raises(UserError):
        hard_records(tmp_path / "none.db", "run", 3)
