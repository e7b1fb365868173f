"""Task tables as PDF files: printed by reportlab here, by others in `data/tables`.

A cell is its text; LEFT and UP go on with the cell on their left or above them.

`data/tables/writer.pdf` is MERGED with `BEFORE` and `BEHIND` as a Word document of
python-docx (style Table Grid, the header repeated, rows may break, pages of 18 by 6.2
centimetres), `data/tables/sheet.pdf` MERGED as a workbook of openpyxl (thin borders,
text wrapped). Both went through `soffice --headless --convert-to pdf` (LibreOffice 7.4)
in the font WenQuanYi Zen Hei, whose subset is in the file without its hints.
`data/tables/web.pdf` is the same text as a web page (borders collapsed, pages of 18 by
7 centimetres with a bare number below), printed by WeasyPrint.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from typing import Any
from xml.sax.saxutils import escape

import openpyxl
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Table

from tests.format_samples import saved

LEFT, UP = "←", "↑"
TITLE = "澄溪县2024年重点任务分解表"
HEADER = ["序号", "工作任务", "牵头单位", "配合单位", "完成时限"]
MERGED = [
    HEADER,
    ["1", "新建公办幼儿园3所，新增学位900个", "县教育局", "县财政局", "8月底前"],
    ["2", "改造乡村学校食堂12个", UP, "县市场监管局", "9月底前"],
    ["3", "培训骨干教师1,240人次", UP, "县人社局", "11月底前"],
    ["4", "改造老旧供水管网30公里，漏损率降到8%以下", "县水利局", "县住建局", "年底前"],
    ["5", "新建泵站2座", UP, UP, "7月底前"],
    ["6", "除险加固小型水库5座，新增蓄水能力120万立方米", UP, UP, "10月底前"],
]
SECTIONS = [
    HEADER,
    ["一、民生保障", *[LEFT] * 4],
    *MERGED[1:4],
    ["二、水利建设", *[LEFT] * 4],
    *MERGED[4:],
]
BEFORE = "全年改造道路12公里，新增学位900个，各责任单位按下列分工落实。"
BEHIND = "各单位每季度末前报送进展，县政府办公室开展督查4次。"
WIDTHS = (30, 150, 80, 80, 60)
FONT = "STSong-Light"
SIZE = 10
pdfmetrics.registerFont(UnicodeCIDFont(FONT))
STYLE = ParagraphStyle("cell", fontName=FONT, fontSize=SIZE, wordWrap="CJK")

Rows = Sequence[Sequence[str]]


def spans(rows: Rows) -> Iterator[tuple[int, int, int, int]]:
    """Yield row, column, and how many rows and columns each cell takes."""
    for at, row in enumerate(rows):
        for column, text in enumerate(row):
            if text in {LEFT, UP}:
                continue
            wide = high = 1
            while column + wide < len(row) and row[column + wide] == LEFT:
                wide += 1
            while at + high < len(rows) and rows[at + high][column] == UP:
                high += 1
            yield at, column, high, wide


def table(rows: Rows, widths: Sequence[float] = WIDTHS, **options: Any) -> Table:
    """Return a ruled table whose cells wrap."""
    merged = [
        ("SPAN", (column, at), (column + wide - 1, at + high - 1))
        for at, column, high, wide in spans(rows)
        if high * wide > 1
    ]
    cells = [
        ["" if text in {LEFT, UP} else Paragraph(escape(text), STYLE) for text in row]
        for row in rows
    ]
    lines = options.pop("lines", [("GRID", (0, 0), (-1, -1), 0.5, "black")])
    return Table(cells, widths, style=[*lines, *merged], **options)


def prose(text: str) -> Paragraph:
    """Return a paragraph."""
    return Paragraph(escape(text), STYLE)


def printed(
    *parts: Flowable,
    page: tuple[float, float] = (500, 700),
    draw: Callable[[Canvas, Any], None] = lambda *_: None,
) -> bytes:
    """Return a PDF of paragraphs and tables; `draw` adds to each page."""
    out = io.BytesIO()
    document = SimpleDocTemplate(
        out,
        pagesize=page,
        **dict.fromkeys(("leftMargin", "rightMargin", "topMargin", "bottomMargin"), 40),
    )
    document.build(list(parts), onFirstPage=draw, onLaterPages=draw)
    return out.getvalue()


def drawn(draw: Callable[[Canvas], None], page: tuple[int, int] = (500, 700)) -> bytes:
    """Return a page that is drawn by hand."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=page)
    canvas.setFont(FONT, SIZE)
    draw(canvas)
    canvas.save()
    return out.getvalue()


def ruled(
    canvas: Canvas,
    rows: Rows,
    widths: Sequence[float],
    *,
    top: float = 650,
    height: float = 50,
) -> None:
    """Draw a table whose cells have their lines as given, 6 points inside."""
    for at, column, high, wide in spans(rows):
        left = 40 + sum(widths[:column])
        upper = top - height * at
        canvas.rect(
            left,
            upper - height * high,
            sum(widths[column : column + wide]),
            height * high,
        )
        for line, text in enumerate(rows[at][column].splitlines()):
            canvas.drawString(left + 6, upper - 12 * (line + 1), text)


def workbook(rows: Rows) -> bytes:
    """Return the table as a workbook with the same cells merged."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append([TITLE])
    for at, column, high, wide in spans(rows):
        sheet.cell(at + 2, column + 1, rows[at][column])
        if high * wide > 1:
            sheet.merge_cells(
                start_row=at + 2,
                start_column=column + 1,
                end_row=at + 1 + high,
                end_column=column + wide,
            )
    return saved(book)


def page(rows: Rows) -> str:
    """Return the table as a web page with the same cells merged."""
    made: list[list[str]] = [[] for _ in rows]
    for at, column, high, wide in spans(rows):
        made[at].append(
            f"<td rowspan={high} colspan={wide}>{escape(rows[at][column])}</td>"
        )
    inner = "".join(f"<tr>{''.join(row)}</tr>" for row in made)
    return f"<!DOCTYPE html><h1>{TITLE}</h1><table>{inner}</table>"


def filled(rows: Rows) -> list[str]:
    """Return the lines that a reader makes of the rows."""
    lines: list[list[str]] = []
    for row in rows:
        cells = ["" if cell == LEFT else cell for cell in row]
        lines.append(
            [lines[-1][at] if cell == UP else cell for at, cell in enumerate(cells)]
        )
    return ["\t".join(line).rstrip("\t") for line in lines]
