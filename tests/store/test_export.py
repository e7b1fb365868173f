"""Export: JSON Lines and CSV of the public view."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from extractor.browse.dictionary import VIEWS
from extractor.core.errors import UserError
from extractor.store.export import WRITERS, ExportFormat, export_rows, safe_cell
from extractor.store.store import Store
from tests.store_samples import ADDRESS, PLAN, SCRIPT, fill, make_document, make_run

FORMATS = tuple(WRITERS)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Make a database with runs over two documents, the second path first."""
    path = tmp_path / "plans.db"
    with Store(path) as store:
        fill(store, make_run(), make_document())
        fill(store, make_run("b"), make_document(PLAN + "完", path="a.txt"))
    return path


def test_jsonl_has_the_columns_and_arrays(path: Path) -> None:
    """Each line is an object of the view's columns; lists are lists."""
    out = io.StringIO()

    assert 8 == export_rows(path, "jsonl", out)

    lines = [json.loads(line) for line in out.getvalue().splitlines()]
    assert list(VIEWS["v_commitments"].columns) == list(lines[0])
    assert ["一、扩大供给"] == lines[0]["heading_path"]
    assert ["财政局"] == lines[1]["partners"]
    assert (15000, None, 40.5) == (
        lines[0]["target_value"],
        lines[0]["target_upper"],
        lines[2]["target_upper"],
    )
    assert f"{SCRIPT}学校" == lines[2]["object"]


def test_rows_come_in_reading_order(path: Path) -> None:
    """Documents by path, records as they stand in the text."""
    out = io.StringIO()
    export_rows(path, "jsonl", out)

    places = [
        (row["source_path"], row["start"])
        for row in map(json.loads, out.getvalue().splitlines())
    ]
    assert places == sorted(places)
    assert {"a.txt", "plans/丙市.txt"} == {source for source, _ in places}


def test_csv_opens_in_a_spreadsheet(path: Path, tmp_path: Path) -> None:
    """The file has a byte order mark, a header and numbers as numbers."""
    out = tmp_path / "out.csv"

    assert 8 == export_rows(path, "csv", out)

    assert out.read_bytes().startswith(b"\xef\xbb\xbfwho,action,")
    with out.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert 8 == len(rows)
    assert ("15000", "") == (rows[0]["target_value"], rows[0]["target_upper"])
    assert "-5" == rows[2]["target_baseline"]
    assert '["财政局"]' == rows[1]["partners"]
    assert ADDRESS == rows[3]["clause"]


@pytest.mark.parametrize("export_format", FORMATS)
def test_same_database_gives_the_same_bytes(
    path: Path, tmp_path: Path, export_format: ExportFormat
) -> None:
    """Two exports are identical, to a path and to a stream."""
    first, second = tmp_path / "first", io.StringIO(newline="")

    export_rows(path, export_format, first)
    export_rows(path, export_format, second)

    assert first.read_bytes() == second.getvalue().encode()


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param("=HYPERLINK(1)", "'=HYPERLINK(1)", id="equals"),
        pytest.param("+1", "'+1", id="plus"),
        pytest.param("-1", "'-1", id="minus"),
        pytest.param("@SUM(1)", "'@SUM(1)", id="at"),
        pytest.param("\t=1", "'\t=1", id="tab"),
        pytest.param("＝1", "'＝1", id="full-width"),
        pytest.param("新增=27", "新增=27", id="inside"),
        pytest.param(-5, -5, id="number"),
        pytest.param(None, None, id="empty"),
    ],
)
def test_formula_is_text_in_csv(value: object, expected: object) -> None:
    """Document text never runs in a spreadsheet; numbers stay numbers."""
    assert expected == safe_cell(value)


@pytest.mark.parametrize("export_format", FORMATS)
def test_empty_database_gives_no_rows(
    tmp_path: Path, export_format: ExportFormat
) -> None:
    """A database without runs exports, with nothing in it."""
    Store(tmp_path / "plans.db").close()

    assert 0 == export_rows(tmp_path / "plans.db", export_format, io.StringIO())


def test_missing_database_is_named(tmp_path: Path) -> None:
    """There is nothing to export from a file that is not there."""
    with pytest.raises(UserError, match=r"no database at .*none\.db"):
        export_rows(tmp_path / "none.db", "csv", io.StringIO())


def test_unwritable_output_leaves_nothing(path: Path, tmp_path: Path) -> None:
    """A path that cannot be written is named, and no half file is left."""
    target = tmp_path / "taken"
    (target / "inside").mkdir(parents=True)

    with pytest.raises(UserError, match=r"cannot write .*taken"):
        export_rows(path, "csv", target)
    with pytest.raises(UserError, match="cannot write"):
        export_rows(path, "csv", tmp_path / "none" / "out.csv")

    assert {"plans.db", "taken"} == {entry.name for entry in tmp_path.iterdir()}
