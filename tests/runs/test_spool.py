"""Tests of the spool: documents come out as they went in, and no one twice."""

from __future__ import annotations

import logging
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

import pytest

from extractor.core.errors import DocumentError, StoreError
from extractor.runs import spool as spool_module
from extractor.runs import works as works_module
from extractor.runs.asking import NoModel
from extractor.runs.config import RunConfig
from extractor.runs.pipeline import Job, run
from extractor.runs.session import make_strategy
from extractor.runs.sheets import sheet_of, sheet_text, stored_sheet
from extractor.runs.spool import Spool
from extractor.runs.works import Plan, load_works
from extractor.store.beginnings import stored_sheets
from extractor.store.store import Store
from tests.conftest import DOCUMENTS

CONFIG = RunConfig("rules", "rules", "rules")
PLAN = DOCUMENTS / "minsheng-2023.txt"


def load(paths: list[Path], db: Path, config: RunConfig = CONFIG) -> Plan:
    """Load files as `extract run` does."""
    with stored_sheets(db) as find_sheet:
        return load_works(paths, config, find_sheet=find_sheet)


def go(plan: Plan, db: Path, config: RunConfig = CONFIG) -> tuple[str, list[int]]:
    """Run a plan; return the run's id and how many items were new or kept."""
    told: list[int] = []
    with Store(db) as store:
        job = Job.of(plan.works, config, make_strategy(config))
        store.start_run(job.record)
        model = nullcontext(NoModel())
        run(job, model, store, lambda done: told.append(done.items * done.is_new))
    return job.record.id, told


def rows(db: Path) -> list[tuple[object, ...]]:
    """Return the records that are shown."""
    with Store(db) as store:
        return store._conn.execute(
            "select commitment_id, source_path, run_id from v_commitments order by 1"
        ).fetchall()


def test_documents_come_out_as_they_went_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also once the file is on the disk, in any order, and again."""
    monkeypatch.setattr(spool_module, "_IN_MEMORY", 10)
    loaded = [
        work
        for path in sorted(DOCUMENTS.glob("*.txt"))
        for work in load_works([path], CONFIG).works
    ]

    spool = Spool.of(loaded)

    assert [spool[at] for at in reversed(range(len(spool)))] == loaded[::-1]
    assert [*spool] == loaded == spool[:]
    assert [sheet.items for sheet in spool.sheets] == [len(w.items) for w in loaded]


def test_no_room_for_documents_is_one_line() -> None:
    """It says what to do."""
    spool = Spool()

    class Full:
        def seek(self, *_place: int) -> int:
            raise OSError(28, "No space left on device")

    spool._file.close()
    spool._file = Full()  # type: ignore[assignment]
    (work,) = load_works([PLAN], CONFIG).works

    with pytest.raises(StoreError, match="make room where temporary files go"):
        spool.add(work, sheet_of(work.document, work.items))


def test_sheet_is_stored_whole() -> None:
    """What a run says of a file it says again when it does not read it."""
    (sheet,) = load_works([DOCUMENTS], CONFIG).works.sheets[:1]

    assert stored_sheet(sheet_text(sheet), sheet.path) == sheet
    assert sheet.key


def test_finished_file_is_not_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same command knows what it would find, and leaves all as it is."""
    db = tmp_path / "a.db"
    first, told = go(load([DOCUMENTS], db), db)
    before = rows(db)
    monkeypatch.setattr(works_module, "document_of_file", None)

    again = load([DOCUMENTS], db)
    second, told_again = go(again, db)

    assert (first, len(told)) == (second, sum(s.items for s in again.works.sheets))
    assert sum(told) == len(told)
    assert sum(told_again) == 0
    assert len(told_again) == len(again.works)
    assert rows(db) == before != []


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"plan_year": 2031}, id="told-otherwise"),
        pytest.param({"title": "另一个题目"}, id="another-title"),
    ],
)
def test_file_that_is_told_otherwise_is_read_again(
    tmp_path: Path, change: dict[str, object]
) -> None:
    """What was found with other flags says nothing of these."""
    db = tmp_path / "a.db"
    go(load([PLAN], db), db)
    config = replace(CONFIG, **change)

    plan = load([PLAN], db, config)

    assert not plan.works.is_known(0)
    go(plan, db, config)
    back = load([PLAN], db)
    assert not back.works.is_known(0)


def test_earlier_run_that_is_repeated_is_shown_again(tmp_path: Path) -> None:
    """What is shown is what was asked for last, whether or not it was done before."""
    db = tmp_path / "a.db"
    other = replace(CONFIG, soft="off")
    first, _ = go(load([PLAN], db), db)
    second, _ = go(load([PLAN], db, other), db, other)
    assert {run_id for _, _, run_id in rows(db)} == {second}

    repeated, told = go(load([PLAN], db), db)

    assert repeated == first
    assert {run_id for _, _, run_id in rows(db)} == {first}
    assert sum(told) == 0


def test_file_that_changes_meanwhile_is_said(tmp_path: Path) -> None:
    """A document that is needed after all must be the one that was known."""
    db, path = tmp_path / "a.db", tmp_path / "plan.txt"
    path.write_bytes(PLAN.read_bytes())
    go(load([path], db), db)
    plan = load([path], db)
    path.write_text("1. 新增学位100个。\n", encoding="utf-8")

    with pytest.raises(DocumentError, match="was changed while the run was going"):
        plan.works[0]


def test_first_items_alone_leave_no_sheet(tmp_path: Path) -> None:
    """A run with --limit has not stored the other items."""
    db = tmp_path / "a.db"
    config = replace(CONFIG, limit=2)

    go(load([PLAN], db, config), db, config)

    assert not load([PLAN], db).works.is_known(0)


def test_whole_run_serves_one_of_the_first_items(tmp_path: Path) -> None:
    """The sheet of a file is the same for both; the run is another."""
    db = tmp_path / "a.db"
    config = replace(CONFIG, limit=2)
    first, _ = go(load([PLAN], db), db)

    plan = load([PLAN], db, config)
    second, told = go(plan, db, config)

    assert plan.works.is_known(0)
    assert first != second
    assert told == [1, 1]


def test_copies_and_twins_are_said(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A copy is done once; what looks like the same plan is read, and said."""
    text = PLAN.read_text(encoding="utf-8")
    for name, words in (("a.txt", text), ("b.txt", text), ("a.md", text + "\n")):
        (tmp_path / name).write_text(words, encoding="utf-8")

    with caplog.at_level(logging.WARNING):
        plan = load_works([tmp_path], CONFIG)

    assert len(plan.works) == 2
    assert "b.txt is a copy of" in caplog.text
    assert "looks like the plan of" in caplog.text
