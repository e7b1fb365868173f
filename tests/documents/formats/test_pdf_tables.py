"""Tables of a PDF: what lines close in is a cell, wherever the page breaks."""

from __future__ import annotations

import io
import logging
from pathlib import Path
from types import ModuleType
from typing import Any

import pypdfium2
import pytest
from pypdfium2 import raw
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Spacer

from extractor.core.records import Commitment, Document
from extractor.documents.formats import pdf
from extractor.documents.formats.ruled import strokes
from extractor.documents.items import split_items
from extractor.documents.loading import load_document
from tests.conftest import ROOT
from tests.eval_samples import rules_records
from tests.format_samples import lines, read
from tests.pdf_samples import (
    BEFORE,
    BEHIND,
    FONT,
    LEFT,
    MERGED,
    SECTIONS,
    SIZE,
    TITLE,
    UP,
    drawn,
    filled,
    page,
    printed,
    prose,
    table,
    workbook,
)

PRINTED = ROOT / "tests" / "data" / "tables"
CELLS = (("任务", "单位"), ("新建学校3所", "县教育局"), ("改造道路8条", "县住建局"))
WIDE = (40, 150, 80, 80, 60)


def records(document: Document) -> list[tuple[Any, Commitment]]:
    """Return (item, record) of all that the rules find in rows of a table."""
    return [
        ((item.label, item.text), record)
        for item in split_items(document)
        if "\t" in item.text
        for record in rules_records(document, item)
    ]


def said(document: Document) -> list[Any]:
    """Return the records without where they stand."""
    return [
        (
            item,
            [(field, words.text) for field, words in record.words()],
            record.quantity,
            record.due,
        )
        for item, record in records(document)
    ]


def grouped(document: Document) -> list[tuple[Any, list[str]]]:
    """Return the items that are rows, and what their cells say."""
    return [
        (item, [cell.span.slice(item.clean) for cell in item.cells])
        for item in split_items(document)
        if "\t" in item.text
    ]


def rows(content: bytes) -> list[str]:
    """Return the lines of a PDF that have cells."""
    return [line for line in lines(content, ".pdf") if "\t" in line]


def as_sheet(folder: Path, content: bytes | str, suffix: str) -> Document:
    """Load a table of another format."""
    path = folder / f"table.{suffix}"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return load_document(path)


@pytest.mark.parametrize("name", ["writer.pdf", "sheet.pdf", "web.pdf"])
def test_printed_table_is_the_table_of_other_formats(tmp_path: Path, name: str) -> None:
    """Its cells are wrapped, and it is broken over two pages and three."""
    document = load_document(PRINTED / name)
    sheet = as_sheet(tmp_path, workbook(MERGED), "xlsx")

    assert said(document) == said(sheet)
    assert said(document) == said(as_sheet(tmp_path, page(MERGED), "html"))
    assert len(said(document)) == 9
    assert [item.label for item, _ in grouped(document)] == list("123456")


def test_prose_around_a_table_stays() -> None:
    """In its order; the header that each page repeats is said once."""
    found = lines((PRINTED / "writer.pdf").read_bytes(), ".pdf")

    assert found[0].replace(" ", "") == TITLE
    assert found[1].replace(" ", "") == BEFORE
    assert found[2:9] == filled(MERGED)
    assert found[9:11] == ["- 1 -", "- 2 -"]
    assert found[11].replace(" ", "") == BEHIND


def test_every_quote_has_its_page_and_box() -> None:
    """A cell that goes on over the page break has two places."""
    path = PRINTED / "writer.pdf"
    document = load_document(path)

    found = [
        (words.text, document.place_of(words.span))
        for _, record in records(document)
        for _, words in record.words()
    ]
    places = {text: (place.page, place.locator) for text, place in found if place}

    assert places["3所"] == (1, "page 1, table 1, row 2")
    assert places["900个"] == (2, "page 2, table 1, row 2")
    assert places["5座"] == (3, "page 3, table 1, row 3")
    assert places["县教育局"] == (1, "page 1, table 1, row 2")
    assert places["县水利局"] == (2, "page 2, table 1, row 5")
    book = pypdfium2.PdfDocument(path)
    for text, place in found:
        assert place and place.page and place.box
        shown = book[place.page - 1].get_textpage().get_text_bounded(*place.box)
        # One word is cut by the page break: its place is where it begins.
        assert text in "".join(shown.split()) or shown.strip().endswith(text[0])


def test_cut_row_is_put_together() -> None:
    """Its two parts keep their places."""
    document = load_document(PRINTED / "writer.pdf")
    source = document.source
    start, stop = source.index("新建公办"), source.index("县教育局")
    pages = [place.page for place in document.places if start <= place.start < stop]

    assert source[start:stop] == "新建公办幼儿园3所，新增学位900个\t"
    assert pages == [1, 2]


@pytest.mark.parametrize(
    ("quarter", "matrix"),
    [
        (1, (0, 1, -1, 0, 800, 0)),
        (2, (-1, 0, 0, -1, 600, 850)),
        (3, (0, -1, 1, 0, 0, 600)),
    ],
)
def test_page_is_read_as_its_text_runs(quarter: int, matrix: tuple[int, ...]) -> None:
    """A wide table is printed along a high page; boxes stay those of the page."""
    book = pypdfium2.PdfDocument(PRINTED / "sheet.pdf")
    raw.FPDFPage_TransFormWithClip(book[0], raw.FS_MATRIX(*matrix), None)
    book[0].set_mediabox(0, 0, 850, 850)
    book[0].set_rotation(90 * quarter)
    out = io.BytesIO()
    book.save(out)
    upright = read((PRINTED / "sheet.pdf").read_bytes(), ".pdf").places[-1].box

    reading = read(out.getvalue(), ".pdf")

    assert reading.text.splitlines()[2::2] == filled(MERGED)
    a, b, c, d, e, f = matrix
    corners = [(upright[0], upright[1]), (upright[2], upright[3])]
    turned = [(a * x + c * y + e, b * x + d * y + f) for x, y in corners]
    (left, right), (bottom, top) = map(sorted, zip(*turned, strict=True))
    assert reading.places[-1].box == pytest.approx((left, bottom, right, top), abs=2)


def test_heading_of_rows_is_said_once() -> None:
    """It is merged over all columns."""
    assert lines(printed(prose(TITLE), table(SECTIONS, WIDE)), ".pdf") == [
        TITLE,
        *filled(SECTIONS),
    ]


@pytest.mark.parametrize(
    "ruled",
    [
        pytest.param([("GRID", (0, 0), (-1, -1), 0.5, "black")], id="lines"),
        pytest.param([("GRID", (0, 0), (-1, -1), 3, "black")], id="thick"),
        pytest.param(
            [("GRID", (0, 0), (-1, -1), 0.5, "black", None, (1, 2))], id="dotted"
        ),
        pytest.param(
            [("GRID", (0, 0), (-1, -1), 0.5, "black", None, None, None, 2, 1)],
            id="double",
        ),
        pytest.param(
            [
                ("LINEABOVE", (0, 0), (-1, -1), 0.5, "black"),
                ("LINEBELOW", (0, 0), (-1, -1), 0.5, "black"),
                ("INNERGRID", (0, 0), (-1, -1), 0.5, "black"),
            ],
            id="open-sides",
        ),
    ],
)
def test_borders_of_any_kind(ruled: list[tuple[Any, ...]]) -> None:
    """Programs draw them in many ways."""
    assert rows(printed(table(MERGED, WIDE, lines=ruled))) == filled(MERGED)


def test_borders_that_are_thin_boxes() -> None:
    """Word and browsers fill a rectangle for each side of each cell."""

    def draw(canvas: Canvas) -> None:
        for row, cells in enumerate(CELLS):
            for column, text in enumerate(cells):
                left, bottom = 50 + 100 * column, 600 - 30 * row
                canvas.drawString(left + 5, bottom + 10, text)
                for x, y, wide, high in (
                    (left, bottom, 100, 0.5),
                    (left, bottom + 29.5, 100, 0.5),
                    (left, bottom, 0.5, 30),
                    (left + 99.5, bottom, 0.5, 30),
                ):
                    canvas.rect(x, y, wide, high, stroke=0, fill=1)

    assert rows(drawn(draw)) == filled(CELLS)


def test_table_without_borders_stays_as_lines() -> None:
    """Nothing of it is lost."""
    content = printed(prose(TITLE), table(MERGED, WIDE, lines=[]))

    found = lines(content, ".pdf")

    assert rows(content) == []
    printed_text = "".join("".join(found).split())
    assert "改造乡村学校食堂12个" in printed_text
    assert sorted(printed_text) == sorted(
        TITLE + "".join(c for row in MERGED for c in row if c not in {LEFT, UP})
    )


def _border(canvas: Canvas, *_: Any) -> None:
    for edge in (8, 12, 18):
        canvas.rect(edge, edge, 500 - 2 * edge, 700 - 2 * edge)
    for x in (18, 462):
        for y in (18, 662):
            canvas.rect(x, y, 20, 20)
            canvas.rect(x + 4, y + 4, 12, 12)


def _box(canvas: Canvas) -> None:
    canvas.rect(60, 400, 380, 200)
    for row, text in enumerate((BEFORE[:20], BEFORE[20:], BEHIND)):
        canvas.drawString(80, 560 - 20 * row, text)
        canvas.line(80, 557 - 20 * row, 300, 557 - 20 * row)


def _bars(canvas: Canvas) -> None:
    canvas.drawString(100, 600, BEFORE)
    for step in range(6):
        canvas.line(100, 300 + 40 * step, 400, 300 + 40 * step)
        canvas.drawString(70, 296 + 40 * step, f"{20 * step}万元")
    canvas.line(100, 300, 100, 500)
    for bar, value in enumerate((30, 70, 90, 50)):
        canvas.rect(120 + 70 * bar, 300, 30, 2 * value)
        canvas.drawString(120 + 70 * bar, 305, f"{value}%")
        canvas.drawString(120 + 70 * bar, 280, f"指标{bar}")


def _curve(canvas: Canvas) -> None:
    canvas.drawString(100, 600, BEFORE)
    for step in range(7):
        canvas.line(100, 260 + 40 * step, 400, 260 + 40 * step)
        canvas.line(100 + 50 * step, 260, 100 + 50 * step, 500)
        canvas.drawString(102 + 50 * step, 300 + 20 * step, f"{10 * step}万元")


def _organisation(canvas: Canvas) -> None:
    canvas.drawString(100, 650, BEFORE)
    for x, y, text in (
        (200, 600, "领导小组"),
        *((60 + 140 * at, 500, f"工作组{at}") for at in range(3)),
        *((60 + 140 * at, 420, f"责任人{at}") for at in range(3)),
    ):
        canvas.rect(x, y, 90, 30)
        canvas.drawString(x + 8, y + 10, text)
        canvas.line(x + 45, y + 30, x + 45, y + 50)
    canvas.line(105, 550, 385, 550)


@pytest.mark.parametrize("draw", [_border, _box, _bars, _curve, _organisation])
def test_frame_that_is_no_table_stays_text(draw: Any) -> None:
    """A border, underlines, charts and boxes have no rows of cells."""
    text = printed(prose(BEFORE), draw=draw) if draw is _border else drawn(draw)

    assert rows(text) == []
    assert BEFORE[-8:] in "".join(lines(text, ".pdf"))


def test_table_in_a_frame_is_the_table() -> None:
    """The frame lays out the page."""

    def draw(canvas: Canvas, *_: Any) -> None:
        _border(canvas)
        canvas.line(18, 600, 482, 600)
        canvas.line(250, 600, 250, 682)
        canvas.setFont(FONT, SIZE)
        canvas.drawString(60, 640, "澄溪县人民政府")
        canvas.drawString(260, 640, "任务书")

    content = printed(prose(TITLE), Spacer(1, 60), table(MERGED, WIDE), draw=draw)

    assert rows(content) == filled(MERGED)


@pytest.mark.parametrize(
    ("module", "limit", "what"),
    [
        (strokes, "MAX_OBJECTS", "drawn lines"),
        (strokes, "MAX_POINTS", "drawn lines"),
        (pdf, "MAX_TABLE_CHARACTERS", "characters"),
    ],
)
def test_too_much_is_said(
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    module: ModuleType,
    limit: str,
    what: str,
) -> None:
    """A map or a hostile page is read line by line."""
    monkeypatch.setattr(module, limit, 10)

    with caplog.at_level(logging.WARNING):
        found = rows(printed(table(MERGED, WIDE)))

    assert found == []
    assert caplog.messages == [
        f"'plan.pdf': page 1 has more {what} than a table can have; its text is read "
        "line by line"
    ]
