"""Versions: the table shows the latest one of each file, the others stay."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlite_utils import Database

from extractor.cli.main import main
from extractor.documents.paths import place_of
from extractor.store.migrations import MIGRATIONS
from extractor.store.samples import hard_records
from extractor.store.store import Store
from tests.commands import RULES, rows

SHOWN = "select source_path, target_quote from v_commitments"


def _plan(number: int) -> str:
    return f"某市2024年工作要点\n1.建成学校{number}所。\n2.建成桥梁5座。\n"


def _write(path: str, number: int) -> None:
    Path(path).parent.mkdir(exist_ok=True)
    Path(path).write_text(_plan(number), encoding="utf-8")


def _run(cli_runner: CliRunner, *args: str) -> None:
    result = cli_runner.invoke(main, ["run", *args, *RULES])

    assert result.exit_code == 0, result.output


def test_an_edited_file_takes_its_earlier_versions_place(
    cli_runner: CliRunner,
) -> None:
    """Views, export and samples show the new numbers only; the old ones stay."""
    for number in (3, 4):
        _write("plan.txt", number)
        _run(cli_runner, "plan.txt")

    exported = cli_runner.invoke(main, ["export", "x.db"]).stdout.splitlines()
    ((run_id,),) = rows("select distinct run_id from v_commitments")

    assert rows(SHOWN) == [("plan.txt", "4所"), ("plan.txt", "5座")]
    assert [json.loads(line)["target_quote"] for line in exported] == ["4所", "5座"]
    assert [text for (text,) in rows("select text from v_items")] == [
        "1.建成学校4所。",
        "2.建成桥梁5座。",
    ]
    assert [row["target"] for row in hard_records(Path("x.db"), run_id, 9)] == [
        "4所",
        "5座",
    ]
    assert rows("select is_latest from v_versions order by seen_at") == [(0,), (1,)]
    earlier = rows(
        "select c.target_quote, v.latest_document_id = v.document_id "
        "from commitments c join v_versions v using (document_id) "
        "where not v.is_latest order by c.start"
    )
    assert earlier == [("3所", 0), ("5座", 0)]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        pytest.param("plan.txt", "./plan.txt", id="with-a-dot"),
        pytest.param("plan.txt", "{cwd}/plan.txt", id="absolute"),
        pytest.param("{cwd}/plan.txt", "plan.txt", id="relative"),
        pytest.param("plan.txt", "plans/../plan.txt", id="through-a-folder"),
        pytest.param("plan.txt", "linked/plan.txt", id="through-a-linked-folder"),
        pytest.param("plan.txt", ".", id="by-its-folder"),
    ],
)
def test_one_file_has_one_place_however_it_is_named(
    cli_runner: CliRunner, first: str, second: str
) -> None:
    """The way to a file is compared as it leads, and kept as it was given."""
    Path("plans").mkdir()
    Path("linked").symlink_to(".", target_is_directory=True)
    for number, name in ((3, first), (4, second)):
        _write("plan.txt", number)
        given = name.format(cwd=Path.cwd())
        _run(cli_runner, given)

    assert [quote for _, quote in rows(SHOWN)] == ["4所", "5座"]
    shown = "plan.txt" if second == "." else second.format(cwd=Path.cwd())
    assert {path for path, _ in rows(SHOWN)} == {str(Path(shown))}


def test_a_file_set_back_is_the_latest_again(cli_runner: CliRunner) -> None:
    """The bytes of an earlier version, read again, are the latest version."""
    for number in (3, 4, 3):
        _write("plan.txt", number)
        _run(cli_runner, "plan.txt")

    assert rows(SHOWN) == [("plan.txt", "3所"), ("plan.txt", "5座")]


def test_files_of_one_name_in_two_folders_both_stay(cli_runner: CliRunner) -> None:
    """A name is not a path."""
    _write("east/plan.txt", 3)
    _write("west/plan.txt", 4)
    _run(cli_runner, "east", "west")
    _write("west/plan.txt", 6)
    _run(cli_runner, "west/plan.txt")

    assert [r for r in rows(SHOWN) if r[1] != "5座"] == [
        ("east/plan.txt", "3所"),
        ("west/plan.txt", "6所"),
    ]


def test_a_copy_that_is_edited_leaves_the_other_file_alone(
    cli_runner: CliRunner,
) -> None:
    """A document that is still the latest version of some file is shown, there."""
    _write("a.txt", 3)
    _run(cli_runner, "a.txt")
    shutil.copy("a.txt", "b.txt")
    _run(cli_runner, "b.txt")
    _write("b.txt", 4)
    _run(cli_runner, "b.txt")

    assert [r for r in rows(SHOWN) if r[1] != "5座"] == [
        ("a.txt", "3所"),
        ("b.txt", "4所"),
    ]


def test_a_version_begun_on_a_few_items_is_the_latest(cli_runner: CliRunner) -> None:
    """`--limit` does less of a version, which is the latest all the same."""
    _write("plan.txt", 3)
    _run(cli_runner, "plan.txt")
    _write("plan.txt", 4)
    _run(cli_runner, "plan.txt", "--limit", "1")

    assert rows(SHOWN) == [("plan.txt", "4所")]


def test_a_version_that_no_run_finished_replaces_nothing(
    cli_runner: CliRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half a table is worse than the earlier one; the same command mends it."""
    _write("plan.txt", 3)
    _run(cli_runner, "plan.txt")
    _write("plan.txt", 4)
    with monkeypatch.context() as patched:
        patched.setattr(Store, "finish_document", _fail)
        stopped = cli_runner.invoke(main, ["run", "plan.txt", *RULES])
    before = rows(SHOWN)
    _run(cli_runner, "plan.txt")

    assert stopped.exit_code == 1
    assert before == [("plan.txt", "3所"), ("plan.txt", "5座")]
    assert rows(SHOWN) == [("plan.txt", "4所"), ("plan.txt", "5座")]


def _fail(*_args: object, **_more: object) -> None:
    raise OSError(5, "stopped")


def test_a_sidecar_makes_no_other_version(cli_runner: CliRunner) -> None:
    """The same bytes are the same document, under its new name."""
    _write("plan.txt", 3)
    _run(cli_runner, "plan.txt")
    Path("plan.txt.yaml").write_text("title: 新名\n", encoding="utf-8")
    _run(cli_runner, "plan.txt")

    assert rows("select title, count(*) from v_commitments") == [("新名", 2)]
    assert rows("select count(*) from v_versions") == [(1,)]


def test_folder_and_database_may_move_together(cli_runner: CliRunner) -> None:
    """Places are seen from the database's folder."""
    _write("here/plan.txt", 3)
    command = ["--model", "rules", "--db"]
    cli_runner.invoke(main, ["run", "here/plan.txt", *command, "here/x.db"])
    Path("here").rename("there")
    _write("there/plan.txt", 4)
    cli_runner.invoke(main, ["run", "there/plan.txt", *command, "there/x.db"])

    assert [quote for _, quote in rows(SHOWN, "there/x.db")] == ["4所", "5座"]


def test_a_doubled_database_is_mended_when_it_is_brought_up_to_date(
    cli_runner: CliRunner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Versions that an earlier program stored side by side are told apart."""
    old = tmp_path / "old.db"
    for number in (3, 4):
        _write("plan.txt", number)
        _run(cli_runner, "plan.txt" if number == 3 else "./plan.txt")
    db = Database(sqlite3.connect(old))
    MIGRATIONS.apply(db, stop_before="m003_versions")
    db.conn.execute("attach 'x.db' as new")
    for table in ("documents", "items", "runs", "run_documents", "commitments"):
        columns = ", ".join(f'"{column.name}"' for column in db[table].columns)
        db.conn.execute(
            f"insert into main.{table} ({columns}) select {columns} from new.{table}"
        )
    db.conn.commit()
    doubled = db.execute("select count(*) from v_commitments").fetchone()
    db.close()
    monkeypatch.chdir(os.sep)

    Store(old).close()

    assert doubled == (4,)
    assert [quote for _, quote in rows(SHOWN, str(old))] == ["4所", "5座"]


def test_places_are_seen_from_a_folder(tmp_path: Path) -> None:
    """Below it, beside it, and through a link."""
    inner = tmp_path / "inner"
    inner.mkdir()
    (tmp_path / "link").symlink_to(inner)

    assert place_of(str(inner / "a.txt"), tmp_path) == str(Path("inner/a.txt"))
    assert place_of(str(tmp_path / "link" / "a.txt"), inner) == "a.txt"
    assert place_of(str(tmp_path / "a.txt"), inner) == str(Path("../a.txt"))
