"""Runs that share a database, with each other or with someone who holds it."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from threading import Timer

import pytest
from click.testing import CliRunner

from extractor.cli.main import main
from extractor.runs.audit import audit
from extractor.store import database
from tests.commands import refused, rows
from tests.generated_plans import write_plans
from tests.stub.behaviour import Behaviour
from tests.stub.process import ROOT, StubProcess, stub_process


def begin(stub: StubProcess, folder: Path, model: str) -> subprocess.Popen[str]:
    """Begin a run in a process of its own."""
    return subprocess.Popen(
        [
            *(sys.executable, "-m", "extractor", "run", str(folder), "--model", model),
            *("--base-url", stub.base_url, "--db", str(Path("x.db").absolute())),
            *("--answer-mode", "json_schema", "--show", "0", "--concurrency", "4"),
        ],
        cwd=ROOT,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )


@pytest.mark.usefixtures("cli_runner")
@pytest.mark.parametrize("second", ["stub", "other"], ids=["same", "another-model"])
def test_two_runs_at_once_finish_both(tmp_path: Path, second: str) -> None:
    """The same command twice, or two models: all is there once, and nothing is lost."""
    folder = write_plans(tmp_path / "plans", 10)
    with stub_process(Behaviour(latency_s=0.1)) as stub:
        running = [begin(stub, folder, model) for model in ("stub", second)]
        outputs = [process.communicate(timeout=120)[0] for process in running]
        calls = stub.served()["calls"]
        asked_again = stub.served()["answered_again"]

    assert [process.returncode for process in running] == [0, 0], outputs
    runs = len({"stub", second})
    (items,) = rows("select count(*) from items where position is not null")[0]
    assert rows("select count(*), sum(outcome = 'failed') from run_items") == [
        (items * runs, 0)
    ]
    assert rows("select count(*) from llm_calls") == [(calls,)]
    assert runs == 1 or asked_again == 0
    assert (
        rows(
            "select count(*) from commitments group by run_id, item_id, position "
            "having count(*) > 1"
        )
        == []
    )
    assert [v for document in audit("x.db") for v in document.violations] == []


@pytest.mark.parametrize(
    "held",
    [
        pytest.param(["begin immediate"], id="by-a-writer"),
        pytest.param(
            ["begin", "select count(*) from commitments"], id="by-a-reader-from-before"
        ),
    ],
)
def test_a_run_that_finds_the_database_held_goes_on_later(
    cli_runner: CliRunner,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    held: list[str],
) -> None:
    """It waits, says that somebody is in the way, and the same command completes."""
    folder = write_plans(tmp_path / "plans", 2)
    command = ["run", str(folder), "--model", "rules", "--db", "x.db", "--show", "0"]
    assert cli_runner.invoke(main, [*command, "--limit", "1"]).exit_code == 0
    monkeypatch.setattr(database, "BUSY_TIMEOUT_S", 0.2)
    with closing(sqlite3.connect("x.db", isolation_level=None)) as other:
        for statement in held:
            other.execute(statement).fetchall()
        refused(cli_runner.invoke(main, command), "another process is using it")
        other.execute("rollback")

    done = cli_runner.invoke(main, command)

    assert done.exit_code == 0, done.output


def test_a_run_that_begins_while_another_writes_its_first_words_waits(
    cli_runner: CliRunner, tmp_path: Path
) -> None:
    """The file is not in WAL mode yet, where SQLite would not wait of itself."""
    folder = write_plans(tmp_path / "plans", 1)
    other = sqlite3.connect("x.db", isolation_level=None, check_same_thread=False)
    with closing(other):
        other.execute("begin immediate")
        Timer(0.5, other.execute, ["rollback"]).start()
        done = cli_runner.invoke(
            main, ["run", str(folder), "--model", "rules", "--db", "x.db"]
        )

    assert done.exit_code == 0, done.output


@pytest.mark.usefixtures("cli_runner")
def test_a_reader_sees_one_state_while_a_run_writes(tmp_path: Path) -> None:
    """Whoever reads meanwhile is not in the way."""
    folder = write_plans(tmp_path / "plans", 3)
    with stub_process(Behaviour(latency_s=0.2)) as stub:
        process = begin(stub, folder, "stub")
        while not stub.served()["calls"]:
            assert process.poll() is None
        with closing(sqlite3.connect("x.db", isolation_level=None)) as reader:
            reader.execute("begin")
            count = "select count(*) from run_items"
            before = reader.execute(count).fetchone()
            output = process.communicate(timeout=60)[0]
            assert reader.execute(count).fetchone() == before
            reader.execute("rollback")
            after = reader.execute(count).fetchone()

    assert process.returncode == 0, output
    assert after > before


def test_a_changed_document_is_done_alone(
    cli_runner: CliRunner, tmp_path: Path
) -> None:
    """Of many files one is edited: the others cost no call, and are there once."""
    folder = write_plans(tmp_path / "plans", 6)
    where = ("--model", "stub", "--db", "x.db", "--show", "0")
    with stub_process() as stub:
        how = ("--base-url", stub.base_url, "--answer-mode", "json_schema")
        command = ["run", str(folder), *where, *how]
        assert cli_runner.invoke(main, command).exit_code == 0
        calls = stub.served()["calls"]
        edited = folder / "plan-3.txt"
        edited.write_text(edited.read_text() + "99.全年新建学校7所。\n")

        assert cli_runner.invoke(main, command).exit_code == 0

        assert stub.served()["calls"] == calls + 1
    shown = rows("select source_path from v_commitments group by source_path")
    assert len(shown) == 6
    assert json.loads(
        rows(
            "select json_group_array(target_quote) from v_commitments "
            "where item_label = '99.'"
        )[0][0]
    ) == ["7所"]
