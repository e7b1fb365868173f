"""Export: the public views as JSON Lines, CSV, XLSX and Parquet."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
import sys
from contextlib import closing
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from extractor.browse.dictionary import VIEWS
from extractor.core.errors import ConfigError, UserError
from extractor.store.export import BINARY, WRITERS, ExportFormat, export_rows
from extractor.store.formats.text import safe_cell
from extractor.store.formats.workbook import MAX_TEXT
from extractor.store.reviews import Judgement
from extractor.store.store import Store
from tests.store_samples import ADDRESS, PLAN, SCRIPT, fill, make_document, make_run

FORMATS = [
    pytest.param(
        name,
        marks=pytest.mark.skipif(
            name == "parquet" and not find_spec("pyarrow"), reason="needs pyarrow"
        ),
    )
    for name in WRITERS
]


def stream_of(export_format: ExportFormat) -> Any:
    """Return a stream that an export of the format can be written to."""
    is_binary = export_format in BINARY
    return io.BytesIO() if is_binary else io.StringIO(newline="")


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
    first, second = tmp_path / "first", stream_of(export_format)

    export_rows(path, export_format, first)
    export_rows(path, export_format, second)

    written = second.getvalue()
    assert first.read_bytes() == (
        written.encode() if isinstance(written, str) else written
    )


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

    out = stream_of(export_format)
    assert 0 == export_rows(tmp_path / "plans.db", export_format, out)


MANY = 390
"""Runs of the sample plan, each with four records."""


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a database with 1,560 records of plans that differ in their last words."""
    path = tmp_path_factory.mktemp("many") / "plans.db"
    with Store(path) as store:
        for number in range(MANY):
            document = make_document(f"{PLAN}末{number}", path=f"{number:03}.txt")
            fill(store, make_run(str(number)), document)
    return path


def stored(path: Path, view: str = "v_commitments") -> list[dict[str, Any]]:
    """Return the rows of a view."""
    with closing(sqlite3.connect(path)) as conn:
        conn.row_factory = sqlite3.Row
        return [dict(row) for row in conn.execute(f"select * from {view}")]


def test_jsonl_and_csv_are_whole(many: Path, tmp_path: Path) -> None:
    """All 1,560 rows come back equal, with the program's own readers."""
    wanted = stored(many)
    lines, cells = tmp_path / "out.jsonl", tmp_path / "out.csv"

    assert 4 * MANY == export_rows(many, "jsonl", lines)
    assert 4 * MANY == export_rows(many, "csv", cells)

    read = [json.loads(line) for line in lines.read_text("utf-8").splitlines()]
    for row in read:
        for name in ("heading_path", "partners"):
            row[name] = json.dumps(row[name], ensure_ascii=False)
    assert wanted == read
    with cells.open(encoding="utf-8-sig", newline="") as file:
        assert [
            {name: "" if value is None else str(value) for name, value in row.items()}
            for row in wanted
        ] == list(csv.DictReader(file))


def test_workbook_is_whole(many: Path, tmp_path: Path) -> None:
    """All 1,560 rows come back equal by openpyxl: texts as texts, numbers as such."""
    openpyxl = pytest.importorskip("openpyxl")
    out = tmp_path / "out.xlsx"

    assert 4 * MANY == export_rows(many, "xlsx", out)

    book = openpyxl.load_workbook(out, read_only=True)
    header, *rows = book.active.iter_rows(values_only=True)
    read = [dict(zip(header, row, strict=True)) for row in rows]
    book.close()
    assert stored(many) == read


def test_parquet_is_whole(many: Path, tmp_path: Path) -> None:
    """All 1,560 rows come back equal by pyarrow, each column of one type."""
    parquet = pytest.importorskip("pyarrow.parquet")
    out = tmp_path / "out.parquet"

    assert 4 * MANY == export_rows(many, "parquet", out)

    table = parquet.read_table(out)
    assert stored(many) == table.to_pylist()
    assert "int64" == str(table.schema.field("start").type)
    assert "double" == str(table.schema.field("target_value").type)


@pytest.mark.parametrize("name", ["csv", "xlsx", "parquet"])
def test_pandas_reads_the_same(many: Path, tmp_path: Path, name: ExportFormat) -> None:
    """The table that people load first is the one that is stored."""
    pandas = pytest.importorskip("pandas")
    if name == "parquet":
        pytest.importorskip("pyarrow")
    out = tmp_path / f"out.{name}"
    export_rows(many, name, out)

    # pandas takes "1." for a number where it is not told that labels are words.
    texts = {
        column: str
        for row in stored(many)
        for column, value in row.items()
        if isinstance(value, str)
    }
    if name == "parquet":
        read = pandas.read_parquet(out)
    else:
        reader = pandas.read_csv if name == "csv" else pandas.read_excel
        read = reader(out, dtype=texts)

    rows = read.astype(object).where(read.notna(), None).to_dict("records")
    assert stored(many) == rows


@pytest.mark.parametrize(
    "words",
    [
        "=1+1",
        "+1",
        "-1",
        "@SUM(1)",
        "＝1",
        "#N/A",
        "\tx",
        "a\r\nb",
        " a ",
        "2031-01-01",
    ],
)
def test_text_is_text_in_a_workbook(tmp_path: Path, words: str) -> None:
    """Nothing is a formula, an error, a number or a date, and nothing is changed."""
    openpyxl = pytest.importorskip("openpyxl")
    path, out = tmp_path / "plans.db", tmp_path / "out.xlsx"
    with Store(path) as store:
        fill(store, make_run(), make_document(title=words))

    export_rows(path, "xlsx", out)

    sheet = openpyxl.load_workbook(out).active
    (column,) = [cell.column for cell in sheet[1] if cell.value == "title"]
    cell = sheet.cell(2, column)
    assert (words, "s") == (cell.value, cell.data_type)


def test_text_that_a_workbook_cannot_hold_is_marked(tmp_path: Path) -> None:
    """A control character becomes �, what is too long ends with ….."""
    openpyxl = pytest.importorskip("openpyxl")
    path, out = tmp_path / "plans.db", tmp_path / "out.xlsx"
    with Store(path) as store:
        document = make_document(title="\x01x", issuer="长" * (MAX_TEXT + 1))
        fill(store, make_run(), document)

    export_rows(path, "xlsx", out)

    header, row, *_ = openpyxl.load_workbook(out).active.iter_rows(values_only=True)
    found = dict(zip(header, row, strict=True))
    assert "\ufffdx" == found["title"]
    assert MAX_TEXT == len(found["issuer"]) and found["issuer"].endswith("长…")


def test_reviewed_table_is_exported(path: Path) -> None:
    """What was rejected is gone, and who judged stands beside."""
    wrong, right, *_ = stored(path)
    with Store(path) as store:
        for record, verdict in ((wrong, "reject"), (right, "accept")):
            store.add_review(
                Judgement(
                    document_id=record["document_id"],
                    item_id=record["item_id"],
                    commitment_id=record["commitment_id"],
                    reviewer="=甲",
                    verdict=verdict,
                )
            )
    out, cells = io.StringIO(), io.StringIO(newline="")

    assert 7 == export_rows(path, "jsonl", out, reviewed=True)
    assert 7 == export_rows(path, "csv", cells, reviewed=True)

    lines = [json.loads(line) for line in out.getvalue().splitlines()]
    assert list(VIEWS["v_commitments_reviewed"].columns) == list(lines[0])
    assert [("accepted", "=甲")] == [
        (line["review"], line["reviewer"]) for line in lines if line["review"]
    ]
    assert ",'=甲," in cells.getvalue()


def test_missing_extra_is_named(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without pyarrow the message is the command that installs it."""
    monkeypatch.setitem(sys.modules, "pyarrow", None)

    with pytest.raises(ConfigError, match=r"pip install 'workplan-extract\[parquet\]'"):
        export_rows(path, "parquet", io.BytesIO())


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
