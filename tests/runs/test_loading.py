"""Parquet into a database: twice is once, and nobody's word is taken for it."""

from __future__ import annotations

import io
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from extractor.cli.main import main
from tests.cluster_runs import PLANS, stored_rows
from tests.commands import refused, rows
from tests.conftest import DOCUMENTS
from tests.fake_ray import fake_ray

pa = pytest.importorskip("pyarrow")
parquet = pytest.importorskip("pyarrow.parquet")


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make an output of the rules over three plans, once."""
    folder = tmp_path_factory.mktemp("whole")
    plans = [str(DOCUMENTS / name) for name in PLANS]
    with pytest.MonkeyPatch.context() as patch, fake_ray(patch):
        out = ["--engine", "ray", "--out", str(folder / "out"), "--model", "rules"]
        result = CliRunner().invoke(main, ["run", *plans, *out])
    assert result.exit_code == 0, result.output
    return folder / "out"


@pytest.fixture
def out(whole: Path, cli_runner: CliRunner) -> Path:  # noqa: ARG001  (a directory)
    """Copy it, to be damaged."""
    return shutil.copytree(whole, "out")


def load(cli_runner: CliRunner, *more: str) -> Result:
    """Load it."""
    return cli_runner.invoke(main, ["load", "out", "--db", "x.db", *more])


def rewrite(table: str, change: Callable[[Any], Any]) -> Path:
    """Change a table of one plan's block, whose metadata stay."""
    (path,) = Path("out", table).rglob(f"{_first_plan()}-*.parquet")
    was = parquet.read_table(path)
    now = change(was)
    parquet.write_table(now.replace_schema_metadata(was.schema.metadata), path)
    return path


def _first_plan() -> str:
    path = min(Path("out/documents").rglob("*.parquet"))
    return path.name.partition("-")[0]


def with_row(name: str, value: Any) -> Callable[[Any], Any]:
    """Return what sets a column of the first row."""

    def change(table: Any) -> Any:
        kept = table.to_pylist()
        kept[0][name] = value
        return pa.Table.from_pylist(kept, schema=table.schema)

    return change


@pytest.mark.usefixtures("out")
def test_loading_twice_is_loading_once(cli_runner: CliRunner) -> None:
    """The second time nothing is written, and nothing is doubled."""
    first = load(cli_runner)
    before = stored_rows(Path("x.db"), with_times=True)

    again = load(cli_runner, "out")

    assert (first.exit_code, again.exit_code) == (0, 0), first.output
    assert "3 documents with" in first.stderr
    assert "0 documents with 0 records loaded, 6 were there" in again.stderr
    assert stored_rows(Path("x.db"), with_times=True) == before
    checked = cli_runner.invoke(main, ["check", "x.db"])
    assert checked.exit_code == 0, checked.output


@pytest.mark.usefixtures("out")
def test_loaded_records_are_shown_and_found(cli_runner: CliRunner) -> None:
    """Views, versions and full text are as if the run had been made here."""
    load(cli_runner)

    shown = rows("select count(*) from v_commitments")
    found = rows(
        "select count(*) from commitments_fts where commitments_fts match '学'"
    )

    assert shown == rows("select count(*) from commitments") != [(0,)]
    assert found > [(0,)]
    assert rows("select status, documents from v_runs") == [("finished", 3)]


@pytest.mark.usefixtures("out")
def test_record_that_is_not_its_source_keeps_its_document_out(
    cli_runner: CliRunner,
) -> None:
    """All or nothing: the other plans are loaded, of this one not a row."""
    rewrite("commitments", with_row("clause", "新增学位一百万个"))

    result = load(cli_runner)

    assert result.exit_code == 3
    assert "not so: a quote is the source at its span" in result.stderr
    assert "2 documents with" in result.stderr
    for table in ("documents", "items", "run_documents"):
        column = "id" if table == "documents" else "document_id"
        sql = f"select count(*) from {table} where {column} = '{_first_plan()}'"
        assert rows(sql) == [(0,)]


@pytest.mark.parametrize(
    ("table", "name", "value"),
    [
        pytest.param("items", "id", "0" * 16, id="item-of-nobody"),
        pytest.param("documents", "sha256", "f" * 64, id="other-file"),
        pytest.param("documents", "cuts", "[1]", id="cuts-of-nothing"),
        pytest.param("commitments", "partners", "{", id="no-json"),
        pytest.param("items", "heading_path", "5", id="headings-of-number"),
        pytest.param("documents", "places", '[{"start": "a"}]', id="places"),
        pytest.param("run_documents", "started_at", None, id="no-time"),
        pytest.param("commitments", "run_id", "0" * 16, id="other-run"),
        pytest.param("commitments", "kind", "firm", id="no-such-kind"),
        pytest.param("commitments", "item_id", "0" * 16, id="other-item"),
        pytest.param("run_documents", "failed", 7, id="sums"),
        pytest.param("run_items", "records", 99, id="more-records"),
        pytest.param("left_out", "quote", "无", id="left-out-elsewhere"),
    ],
)
@pytest.mark.usefixtures("out")
def test_rows_that_no_run_makes_are_refused(
    cli_runner: CliRunner, table: str, name: str, value: object
) -> None:
    """Whoever wrote the file: one line for the document, and nothing of it stored."""
    rewrite(table, with_row(name, value))

    result = load(cli_runner)

    errors = [x for x in result.stderr.splitlines() if x.startswith("Error: ")]
    assert (result.exit_code, len(errors)) == (3, 1), result.output
    assert "Traceback" not in result.output
    assert rows("select count(*) from documents") == [(2,)]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        pytest.param(
            lambda t: t.drop_columns(["clause"]), "has no column 'clause'", id="fewer"
        ),
        pytest.param(
            lambda t: t.append_column("more", t["id"]), "column 'more'", id="more"
        ),
        pytest.param(
            lambda t: t.set_column(0, "id", pa.array([1] * len(t))),
            "'id' is int64, and should be string",
            id="other-type",
        ),
    ],
)
@pytest.mark.usefixtures("out")
def test_other_columns_are_one_line(
    cli_runner: CliRunner, change: Callable[[Any], Any], words: str
) -> None:
    """A wrong schema names the file and the column."""
    path = rewrite("commitments", change)

    refused(load(cli_runner), words, path.name)


@pytest.mark.usefixtures("out")
def test_files_of_others_are_one_line(cli_runner: CliRunner) -> None:
    """What is no Parquet, or not this program's, or missing, is said with its name."""
    (path,) = Path("out/items").rglob(f"{_first_plan()}-*.parquet")
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    refused(load(cli_runner), "cannot be read as Parquet", path.name)
    stream = io.BytesIO()
    parquet.write_table(pa.table({"id": ["a"]}), stream)
    path.write_bytes(stream.getvalue())
    refused(load(cli_runner), "was not written by", path.name)
    path.unlink()
    refused(load(cli_runner), "is missing", path.name)
    refused(cli_runner.invoke(main, ["load", "nowhere", "--db", "x.db"]), "has no run")


@pytest.mark.usefixtures("out")
def test_newer_version_is_refused_with_the_way_out(
    cli_runner: CliRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file of tomorrow's program is not guessed at."""
    monkeypatch.setattr("extractor.store.carrying.tables._own_version", lambda: "0.0.9")

    refused(load(cli_runner), "0.1.0, this is 0.0.9", "pip install --upgrade")


@pytest.mark.usefixtures("out")
def test_document_with_another_text_is_not_replaced(cli_runner: CliRunner) -> None:
    """Parquet of others takes nothing away that is there."""
    plan = str(DOCUMENTS / PLANS[1])
    cli_runner.invoke(main, ["run", plan, "--model", "rules", "--db", "x.db"])
    with closing(sqlite3.connect("x.db")) as conn, conn:
        conn.execute("update documents set source = source || '〇'")
    before = rows("select count(*) from commitments")

    result = load(cli_runner)

    assert result.exit_code == 3
    assert "with another text" in result.stderr
    assert rows("select count(*) from documents") == [(3,)]
    ((kept,),) = before
    sql = "select count(*) from v_commitments where source_path = "
    assert rows(f"{sql}'{plan}'") == [(kept,)]
