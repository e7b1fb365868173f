"""The command `extract export`: streams, files, folders of gold."""

from __future__ import annotations

import shlex
import sqlite3
from contextlib import closing
from io import BytesIO
from pathlib import Path

import pytest
from click.testing import CliRunner

from extractor.cli.main import main
from extractor.store.reviews import Judgement
from extractor.store.store import Store
from tests.commands import RULES, refused, rows
from tests.conftest import DOCUMENTS


@pytest.fixture
def database(cli_runner: CliRunner) -> str:
    """Make a database with a run of the rules over one plan."""
    plan = Path("plans") / "minsheng-2023.txt"
    plan.parent.mkdir()
    plan.write_bytes((DOCUMENTS / plan.name).read_bytes())
    result = cli_runner.invoke(main, ["run", str(plan), *RULES])
    assert result.exit_code == 0, result.output
    return "x.db"


def _review_all(database: str) -> None:
    """Accept every record and be done with every item."""
    with closing(sqlite3.connect(database)) as conn:
        items = conn.execute("select id, document_id from items").fetchall()
        records = conn.execute("select id, item_id from commitments").fetchall()
    with Store(database) as store:
        for item_id, document_id in items:
            given = {"document_id": document_id, "item_id": item_id, "reviewer": "甲"}
            for record_id, of_item in records:
                if of_item == item_id:
                    store.add_review(
                        Judgement(**given, verdict="accept", commitment_id=record_id)
                    )
            store.add_review(Judgement(**given, verdict="done"))


def test_workbook_to_stdout(cli_runner: CliRunner, database: str) -> None:
    """A format of bytes goes through a pipe unharmed."""
    openpyxl = pytest.importorskip("openpyxl")

    result = cli_runner.invoke(main, ["export", database, "--format", "xlsx"])

    sheet = openpyxl.load_workbook(BytesIO(result.stdout_bytes)).active
    ((count,),) = rows("select count(*) from v_commitments")
    assert count + 1 == sheet.max_row


def test_folder_is_no_file(cli_runner: CliRunner, database: str) -> None:
    """Only gold is a folder, and gold is nothing else."""
    for arguments, words in (
        (["-o", "plans"], "is a folder"),
        (["--format", "gold"], "give -o FOLDER"),
        (["--format", "gold", "-o", "-"], "give -o FOLDER"),
    ):
        result = cli_runner.invoke(main, ["export", database, *arguments])
        refused(result, words, code=2)


def test_reviewed_plan_goes_round(cli_runner: CliRunner, database: str) -> None:
    """What is reviewed whole is gold that `extract eval --check-gold` accepts."""
    export = ["export", database, "--format", "gold", "-o", "gold"]
    _review_all(database)

    result = cli_runner.invoke(main, export)
    *_, command = result.stderr.splitlines()
    checked = cli_runner.invoke(main, shlex.split(command)[2:])
    scored = cli_runner.invoke(main, ["eval", "gold/task.toml"])

    assert 0 == result.exit_code
    assert "1 documents written to gold; 0 of 48 records" in result.stderr
    assert "Next:     extract eval gold/task.toml --check-gold" == command
    assert ["minsheng-2023.jsonl", "task.toml"] == sorted(
        path.name for path in Path("gold").iterdir()
    )
    assert checked.exit_code == 0, checked.output
    assert scored.exit_code == 0, scored.output


def test_plan_read_in_part_is_no_gold(cli_runner: CliRunner, database: str) -> None:
    """Of what stands behind `--limit` nobody has said anything."""
    _review_all(database)
    with closing(sqlite3.connect(database)) as conn, conn:
        conn.execute(
            "update runs set config = json_set(config, '$.limit', "
            "(select count(*) from items))"
        )

    result = cli_runner.invoke(
        main, ["export", database, "--format", "gold", "-o", "gold"]
    )

    assert 3 == result.exit_code
    assert "its first 10 items alone were read (--limit)" in result.stderr
    assert "0 documents written" in result.stderr


def test_task_finds_plans_that_moved(cli_runner: CliRunner, database: str) -> None:
    """A plan that lies elsewhere now is named, and the command has a place for it."""
    _review_all(database)
    Path("plans").rename("moved")

    result = cli_runner.invoke(
        main, ["export", database, "--format", "gold", "-o", "gold"]
    )
    *_, command = result.stderr.splitlines()
    asked = shlex.split(command.replace("FOLDER", "moved"))[2:]
    checked = cli_runner.invoke(main, asked)

    assert 0 == result.exit_code
    assert "plans/minsheng-2023.txt is not where it was read" in result.stderr
    assert checked.exit_code == 0, checked.output


def test_task_of_one_s_own_is_kept(cli_runner: CliRunner, database: str) -> None:
    """Ours is written anew, one without our first line stays as it is."""
    _review_all(database)
    export = ["export", database, "--format", "gold", "-o", "gold"]
    cli_runner.invoke(main, export)
    task = Path("gold") / "task.toml"
    first = task.read_text(encoding="utf-8")
    again = cli_runner.invoke(main, export)
    task.write_text(first.split("\n", 1)[1], encoding="utf-8")
    own = cli_runner.invoke(main, export)

    assert "somebody's own" not in again.stderr
    assert "gold/task.toml is somebody's own" in own.stderr
    assert first == first.split("\n", 1)[0] + "\n" + task.read_text(encoding="utf-8")


def test_plan_reviewed_in_part_is_named(cli_runner: CliRunner, database: str) -> None:
    """It is left out, the line says how far it is, and that is no success."""
    ((item_id, document_id),) = rows("select id, document_id from items limit 1")
    with Store(database) as store:
        store.add_review(
            Judgement(
                document_id=document_id, item_id=item_id, reviewer="甲", verdict="done"
            )
        )

    result = cli_runner.invoke(
        main, ["export", database, "--format", "gold", "-o", "gold"]
    )

    assert 3 == result.exit_code
    assert "plans/minsheng-2023.txt: 1 of " in result.stderr
    assert [] == list(Path("gold").iterdir())


def test_reviewed_table(cli_runner: CliRunner, database: str) -> None:
    """`--reviewed` says of each record who judged it."""
    _review_all(database)

    result = cli_runner.invoke(
        main, ["export", database, "--format", "csv", "--reviewed"]
    )

    header, *lines = result.stdout.splitlines()
    assert header.endswith(",review,reviewer,reviewed_at,review_id")
    ((count,),) = rows("select count(*) from v_commitments")
    assert count == sum(",accepted,甲," in line for line in lines)
