"""Spreadsheets: rows as lines, values as shown."""

from __future__ import annotations

import datetime as dt
import io
import logging
import zipfile
from typing import Any

import openpyxl
import pytest

from extractor.core.errors import DocumentError
from extractor.documents import reading as writing
from extractor.documents.formats.cells import shown
from tests.format_samples import lines, read, saved, xlsx_file, zip_file


@pytest.mark.parametrize(
    ("value", "form", "text"),
    [
        pytest.param(0.94, "0%", "94%", id="percentage"),
        pytest.param(0.0725, "0.00%", "7.25%", id="percentage-places"),
        pytest.param(0.1 + 0.2, "General", "0.3", id="noise"),
        pytest.param(12000.0, "General", "12000", id="whole"),
        pytest.param(1.5, "0.00", "1.50", id="places"),
        pytest.param(1.5, "#,##0.##", "1.5", id="optional-places"),
        pytest.param(30, '0"公里"', "30公里", id="unit"),
        pytest.param(30, '"约"0.0"亿元";[Red]-0', "约30.0亿元", id="words"),
        pytest.param(1e40, "0", "1e+40", id="too-large"),
        pytest.param(dt.datetime(2024, 6, 30), "yyyy-mm-dd", "2024年6月30日",
                     id="date"),
        pytest.param(dt.datetime(2024, 6, 1), 'yyyy"年"m"月"', "2024年6月",
                     id="month"),
        pytest.param(dt.datetime(2024, 6, 1, 9, 5), "yyyy-mm-dd hh:mm",
                     "2024年6月1日9时05分", id="time"),
        pytest.param(True, "General", "TRUE", id="truth"),
        pytest.param(None, "General", "", id="empty"),
        pytest.param("市教育局\n市财政局", "@", "市教育局 市财政局", id="two-lines"),
    ],
)  # fmt: skip
def test_value_is_as_the_sheet_shows_it(value: Any, form: str, text: str) -> None:
    """0.94 is what the file holds, 94% what the reader sees."""
    assert shown(value, form) == text


def test_sheets_rows_and_merged_cells(caplog: pytest.LogCaptureFixture) -> None:
    """Sheet by sheet; a cell merged downwards is said in each row; hidden is hidden."""
    book = openpyxl.Workbook()
    first, second = book.active, book.create_sheet("二")
    first.title = "一"
    for row in (("教育", "新建", "3所"), (None, "改造", 0.5), ("合计", None, None)):
        first.append(row)
    first["C2"].number_format = "0%"
    first.merge_cells("A1:A2")
    first.merge_cells("A3:C3")
    second["B2"] = "交通"
    book.create_sheet("藏").append(["9所"])
    book["藏"].sheet_state = "hidden"
    content = saved(book)

    with caplog.at_level(logging.WARNING):
        found = read(content, ".xlsx")

    assert [line for line in found.text.splitlines() if line] == [
        "教育\t新建\t3所", "教育\t改造\t50%", "合计", "\t交通",
    ]  # fmt: skip
    assert [place.locator for place in found.places] == [
        "一!A1", "一!B1", "一!C1", "一!A1", "一!B2", "一!C2", "一!A3", "二!B2",
    ]  # fmt: skip
    assert caplog.messages == ["'plan.xlsx': the hidden sheet '藏' is left out"]


def test_cell_far_out_is_refused() -> None:
    """It would make every cell before it."""
    book = openpyxl.Workbook()
    book.active["XFD1048576"] = "远"

    with pytest.raises(DocumentError, match="spans more than"):
        read(saved(book), ".xlsx")


def test_merged_range_without_end_is_refused_before_it_is_unfolded() -> None:
    """The library makes a cell for each place of it."""
    sheet = b'<worksheet><mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>'
    content = zip_file(
        {"[Content_Types].xml": b"<Types/>", "xl/worksheets/sheet1.xml": sheet}
    )

    with pytest.raises(DocumentError, match="spans more than"):
        read(content, ".xlsx")


@pytest.mark.parametrize(
    "reference",
    ["A8:A65536", "$A$8:$A$65536", "a8:a65536", "A8:A&#54;5536", "A1:XFD3", "A5:CV999"],
)
def test_little_workbook_that_merges_much_is_refused(reference: str) -> None:
    """Found by fuzzing: however the range is written, the library unfolds it."""
    content = _merged(f'<mergeCell ref="{reference}"/>'.encode())

    with pytest.raises(DocumentError, match="spans more than 40,"):
        read(content, ".xlsx")


@pytest.mark.parametrize("reference", ["A:Z", "Z9:A1", "A1:B2:C3", "", "1:5"])
def test_range_that_is_none_is_a_damaged_workbook(reference: str) -> None:
    """The library refuses it, whatever its size would be."""
    content = _merged(f'<mergeCell ref="{reference}"/>'.encode())

    with pytest.raises(DocumentError, match="is damaged"):
        read(content, ".xlsx")


def _merged(merge: bytes) -> bytes:
    """Return the sample with another merged range in front of its own."""
    with zipfile.ZipFile(io.BytesIO(xlsx_file())) as book:
        members = {name: book.read(name) for name in book.namelist()}
    sheet = "xl/worksheets/sheet1.xml"
    members[sheet] = members[sheet].replace(b"<mergeCell ", merge + b"<mergeCell ", 1)
    return zip_file(members)


def test_merged_cells_that_say_too_much_are_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A little file can mean millions of characters."""
    monkeypatch.setattr(writing, "MAX_CHARACTERS", 100)
    cell = f"<td rowspan=50>{'甲' * 20}</td>"

    with pytest.raises(DocumentError, match="holds more than 100 characters"):
        read(f"<table><tr>{cell}<td>一</td></tr>" + "<tr><td>乙</td></tr>" * 49)


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_table_of_values_is_separated_by_any_mark(mark: str) -> None:
    """Quoted cells hold marks and breaks."""
    text = f'教育{mark}"新建{mark}\n3所"\n交通{mark}5条\n'

    found = lines(text.encode("gb18030"), ".csv")

    assert found == [f"教育\t{' '.join(f'新建{mark} 3所'.split())}", "交通\t5条"]


def test_table_of_values_without_end_is_one_line() -> None:
    """A quote that is never closed swallows the file."""
    with pytest.raises(DocumentError, match="no table of values"):
        read('"' + "长" * 200_000, ".csv")
