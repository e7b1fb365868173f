"""One invented plan as a file of each format, made by the libraries people use."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable
from html import escape
from typing import Any

import docx
import openpyxl
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from extractor.documents.formats.readers import read_content
from extractor.documents.reading import Reading

TITLE = "杏川市水务局2024年工作要点"
SECTIONS = {
    "一、保障供水安全": (
        "改造老旧供水管网30公里，漏损率降到8%以下，市财政局配合，9月底前完成。",
        "新建加压泵站2座，新增日供水能力1.5万吨，惠及群众12万人。",
    ),
    "二、改善水环境": (
        "整治黑臭水体6条，清理河道120公里，国考断面水质优良率达到95%。",
        "年底前建成污水处理厂1座，铺设污水管网45公里。",
    ),
}
NUMBERED = [
    (heading, f"{number}.", point)
    for heading, points in SECTIONS.items()
    for number, point in enumerate(points, start=1)
]


def plain_text() -> str:
    """Return the plan as a text, a paragraph a line."""
    lines = [TITLE]
    for heading, points in SECTIONS.items():
        lines += [heading, *(f"{n}.{point}" for n, point in enumerate(points, 1))]
    return "\n".join(lines) + "\n"


def html_page() -> str:
    """Return the plan as a page whose points the browser numbers."""
    body = "".join(
        f"<h2>{escape(heading)}</h2>\n<ol>\n"
        + "".join(f"  <li><p>{_split(point)}</p></li>\n" for point in points)
        + "</ol>\n"
        for heading, points in SECTIONS.items()
    )
    return (
        "<!DOCTYPE html>\n<html><head><meta charset='utf-8'><title>水务局</title>"
        "<style>p {color: red}</style></head>\n<body>\n<nav><a>首页</a></nav>\n"
        f"<h1>{TITLE}</h1>\n{body}<script>track('100万')</script></body></html>\n"
    )


def _split(point: str) -> str:
    """Spread a point over tags and lines of the file, numbers too."""
    marked = point.replace("30公", "3<b>0</b>公").replace("12", "<span>1</span>2")
    return marked.replace("，", "，\n    ")


def markdown_text() -> str:
    """Return the plan as Markdown, every point numbered 1, as it may be."""
    parts = [f"# {TITLE}\n"]
    for heading, points in SECTIONS.items():
        parts.append(f"## {heading}\n")
        parts += [f"1. {point.replace('30公里', '**30公里**')}" for point in points]
        parts.append("")
    return "\n".join(parts)


def docx_file() -> bytes:
    """Return the plan as a Word document with automatic numbering."""
    document = docx.Document()
    document.sections[0].header.paragraphs[0].text = "内部资料999份"
    document.add_paragraph(TITLE)
    han = add_numbering(document, ("chineseCounting", "%1、"), ("decimal", "%2."))
    for heading, points in SECTIONS.items():
        number(document.add_paragraph(heading.partition("、")[2]), han, 0)
        for point in points:
            paragraph = document.add_paragraph()
            for run in point.partition("0"):
                paragraph.add_run(run)
            number(paragraph, han, 1)
    return saved(document)


def add_numbering(document: Any, *levels: tuple[str, str]) -> int:
    """Add a list with (format, text) of each level, and return its number."""
    root = document.part.numbering_part.element
    kinds = root.findall(qn("w:abstractNum"))
    kind, here = 100 + len(kinds), len(root.findall(qn("w:num"))) + 100
    inner = "".join(
        f'<w:lvl w:ilvl="{at}"><w:start w:val="1"/><w:numFmt w:val="{form}"/>'
        f'<w:lvlText w:val="{text}"/></w:lvl>'
        for at, (form, text) in enumerate(levels)
    )
    kinds[-1].addnext(
        parse_xml(
            f'<w:abstractNum {nsdecls("w")} w:abstractNumId="{kind}">{inner}'
            "</w:abstractNum>"
        )
    )
    root.append(
        parse_xml(
            f'<w:num {nsdecls("w")} w:numId="{here}">'
            f'<w:abstractNumId w:val="{kind}"/></w:num>'
        )
    )
    return here


def number(paragraph: Any, list_number: int, level: int) -> None:
    """Make a paragraph a point of a list."""
    properties = paragraph._p.get_or_add_pPr()
    numbering = properties.get_or_add_numPr()
    numbering.get_or_add_ilvl().val = level
    numbering.get_or_add_numId().val = list_number


def marked(tag: str, paragraph: Any, text: str) -> None:
    """Add a tracked change: `w:ins` or `w:del`."""
    change = OxmlElement(tag)
    run = paragraph.add_run()
    inner = OxmlElement("w:t" if tag == "w:ins" else "w:delText")
    inner.text = text
    run._r.append(inner)
    change.append(run._r)
    paragraph._p.append(change)


def saved(document: Any) -> bytes:
    """Return a Word document or a workbook as bytes."""
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def pdf_file(pages: list[list[str]] | None = None) -> bytes:
    """Return the plan as a PDF: indented paragraphs, wrapped, with page numbers."""
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4)
    for at, lines in enumerate(pages or [wrapped()], start=1):
        canvas.setFont("STSong-Light", 14)
        for row, line in enumerate(lines):
            indent = len(line) - len(line.lstrip("\u3000"))
            canvas.drawString(80 + 14 * indent, 760 - 24 * row, line.lstrip("\u3000"))
        canvas.drawString(290, 40, f"- {at} -")
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def wrapped(width: int = 30) -> list[str]:
    """Return the plan's lines as a page prints them."""
    lines = []
    for paragraph in plain_text().splitlines():
        rest = f"\u3000\u3000{paragraph}"
        while rest:
            lines.append(rest[:width])
            rest = rest[width:]
    return lines


def xlsx_file() -> bytes:
    """Return the plan as a workbook, headings merged over their rows."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "任务"
    sheet.append([TITLE])
    for heading, label, point in NUMBERED:
        if label == "1.":
            sheet.append([heading])
            sheet.merge_cells(start_row=sheet.max_row, start_column=1,
                              end_row=sheet.max_row, end_column=3)  # fmt: skip
        sheet.append([f"{label}{point}"])
    return saved(book)


def csv_file() -> bytes:
    """Return the plan as a table of values, as Chinese Windows writes one."""
    out = io.StringIO()
    csv.writer(out).writerows([line] for line in plain_text().splitlines())
    return out.getvalue().encode("gb18030")


def zip_file(members: dict[str, bytes]) -> bytes:
    """Return an archive of files by their names."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def read(content: bytes | str, suffix: str = ".html") -> Reading:
    """Read a file as loading does."""
    given = content.encode() if isinstance(content, str) else content
    return read_content(given, f"plan{suffix}", suffix)


def lines(content: bytes | str, suffix: str = ".html") -> list[str]:
    """Return the lines of what is read, without empty ones."""
    return [line for line in read(content, suffix).text.splitlines() if line]


FILES: dict[str, Callable[[], bytes]] = {
    "txt": lambda: plain_text().encode(),
    "html": lambda: html_page().encode(),
    "md": lambda: markdown_text().encode(),
    "docx": docx_file,
    "pdf": pdf_file,
    "xlsx": xlsx_file,
    "csv": csv_file,
}
"""Suffix: the plan as such a file."""
