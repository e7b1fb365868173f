"""Files of every format: made by real libraries and damaged, or made by grammar."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

import docx
import openpyxl
from hypothesis import strategies as st

from tests.conftest import DOCUMENTS
from tests.format_samples import (
    FILES as SAMPLES,
)
from tests.format_samples import (
    marked,
    pdf_file,
    plain_text,
    saved,
    wrapped,
    zip_file,
)
from tests.fuzz import markup
from tests.fuzz.given import Given
from tests.fuzz.mutation import KINDS, MAX_SIZE, Mutation, inside, mutated

SUFFIXES = (
    ".txt", ".html", ".docx", ".pdf", ".md", ".xlsx", ".csv", ".zip", ".doc", ".tsv",
)  # fmt: skip
TOKENS = (
    b"\0", b"\xff", b"\xef\xbb\xbf", b"\xff\xfe", b"\x00\xd8", b"\xed\xa0\x80",
    b"\x81\x30", b"%PDF-1.7", b"PK\x03\x04", b"PK\x05\x06", b"PK\x01\x02",
    b"\xd0\xcf\x11\xe0", b"{\\rtf", b"\x1f\x8b", b"MIME-Version:", b"<!DOCTYPE html>",
    b"<!DOCTYPE", b"<html>", b"<?xml", b"&#38;", b"<table>", b"<td>",
    b'colspan="1000"', b'rowspan="1000"', b"</p>", b"<w:p>", b"<w:tbl>", b"</w:tr>",
    b"<w:t/>", b'w:val="-1"', b'<c r="XFD1048576"/>', b'<mergeCell ref="A1:Z9999"/>',
    b"<v>1e999</v>", b'encoding="utf-16"', b'charset="utf-7"', b'charset="idna"',
    b"endstream", b"endobj", b"/Length 0", b"/Kids [1 0 R]", b"/Count 99999", b" Tj",
    b"BT", b"<0000>", b"/ToUnicode", b"startxref", b"xref", b"trailer", b"stream\n",
    b"65535", b"-1", b"1" * 400, b"9" * 20, b"\r", b"\n", b"\t", b",", b'"', b"\x0c",
    b"\xe2\x80\xae", b"\xe2\x80\x8b", b"\xa1\xa1", "。".encode("gb18030"),
    "水".encode(), b"0", b"",
)  # fmt: skip
"""What formats are made of, and what a reader may stumble over."""


def _table_docx() -> bytes:
    document = docx.Document()
    document.add_paragraph("任务分解表")
    table = document.add_table(4, 4)
    for at, words in enumerate(
        "序号 任务 责任单位 时限 1 整治河道12公里 水利局 9月底 2 建校3所".split()
    ):
        table.rows[at // 4].cells[at % 4].text = words
    table.cell(1, 2).merge(table.cell(3, 2))
    paragraph = document.add_paragraph("新建学校", style="List Number")
    marked("w:del", paragraph, "3")
    marked("w:ins", paragraph, "5")
    paragraph.add_run("2").font.superscript = True
    return saved(document)


def _table_xlsx() -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["序号", "任务", "目标值", "责任单位", "完成时限"])
    sheet.append([1, "漏损率下降", 0.085, "水务局", "9月底前"])
    sheet["C2"].number_format = "0.0%"
    sheet.append([2, "整治河道", 12.5, None, None])
    sheet.merge_cells("D2:D3")
    book.create_sheet("隐藏").sheet_state = "hidden"
    return saved(book)


def _bare_pdf() -> bytes:
    """Return a PDF whose words are not packed, half of them in a form of the page."""
    first, *others = plain_text().splitlines()
    form = "".join(_printed(line, 700 - 20 * at) for at, line in enumerate(others))
    fonts = "/Resources << /Font << /F 5 0 R >> /XObject << /X 4 0 R >> >>"
    bodies = (
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] {fonts} "
        "/Contents 7 0 R >>",
        _stream(f"/Type /XObject /Subtype /Form /BBox [0 0 595 842] {fonts}", form),
        "<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light "
        "/Encoding /UniGB-UCS2-H /DescendantFonts [6 0 R] >>",
        "<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /CIDSystemInfo "
        "<< /Registry (Adobe) /Ordering (GB1) /Supplement 0 >> /DW 1000 >>",
        _stream("", f"{_printed(first, 760)} /X Do"),
    )
    objects = [f"{at} 0 obj\n{body}\nendobj\n" for at, body in enumerate(bodies, 1)]
    # Without a table of places the library looks for the objects itself.
    return f"%PDF-1.4\n{''.join(objects)}trailer << /Root 1 0 R >>\n%%EOF".encode()


def _printed(line: str, height: int) -> str:
    letters = line.encode("utf-16-be").hex()
    return f"BT /F 12 Tf 60 {height} Td <{letters}> Tj ET\n"


def _stream(facts: str, content: str) -> str:
    return f"<< {facts} /Length {len(content)} >>\nstream\n{content}\nendstream"


def _bases() -> list[Given]:
    text = plain_text()
    made = [Given(make(), f".{suffix}") for suffix, make in SAMPLES.items()]
    made += [
        Given(text.encode(codec), ".txt")
        for codec in ("gb18030", "utf-16", "utf-16-be", "utf-8-sig")
    ]
    made += [Given(_table_docx(), ".docx"), Given(_table_xlsx(), ".xlsx")]
    made += [Given(pdf_file([wrapped(), ["\u3000\u3000续页的文字。"], []]), ".pdf")]
    made += [Given(_bare_pdf(), ".pdf")] * 2  # damage of the others is of packing
    table = io.StringIO()
    csv.writer(table, delimiter="\t").writerows(
        [["序号", "任务", "时限"], ["1", "整治\n河道", "9月底"]]
    )
    made += [Given(table.getvalue().encode(), ".tsv")]
    made += [
        Given(path.read_bytes(), ".txt") for path in sorted(DOCUMENTS.glob("*.txt"))
    ]
    members = {
        f"计划/plan{at}{given.suffix}": given.content
        for at, given in enumerate(made[:7])
    }
    return [
        *made,
        Given(zip_file(members), ".zip"),
        Given(zip_file(dict.fromkeys(["a.txt", "a.txt.yaml"], text.encode())), ".zip"),
    ]


BASES = _bases()
_PACKED = [given for given in BASES if given.content[:2] == b"PK"]


def _one_of(bases: list[Given]) -> st.SearchStrategy[Given]:
    # By number: hypothesis prints what it draws from, all of it.
    return st.sampled_from(range(len(bases))).map(lambda at: bases[at])


_piece = st.builds(
    lambda given, at, size: given.content[int(at * len(given.content)) :][:size],
    _one_of(BASES),
    st.floats(0, 1),
    st.integers(1, 2000),
)
_token = st.one_of(
    st.sampled_from(TOKENS), st.sampled_from(TOKENS), st.binary(max_size=4), _piece
)
MUTATIONS = st.lists(
    st.builds(
        Mutation, st.sampled_from(KINDS), st.floats(0, 1),
        st.one_of(st.integers(0, 8), st.integers(0, 4000)), _token,
        st.one_of(*[st.integers(1, 3)] * 4, st.integers(1, 5000)),
    ),
    min_size=1,
    max_size=6,
)  # fmt: skip
_damaged = st.builds(
    lambda given, damages: given._replace(content=mutated(given.content, damages)),
    _one_of(BASES),
    MUTATIONS,
)
_damaged_inside = st.builds(
    lambda given, part, damages: given._replace(
        content=inside(given.content, part, damages)
    ),
    _one_of(_PACKED),
    st.floats(0, 1),
    MUTATIONS,
)
_made = st.one_of(
    markup.PAGES, markup.MARKDOWN, markup.DOCX, markup.XLSX, markup.ARCHIVES
)
_made_and_damaged = st.builds(
    lambda given, part, damages: given._replace(
        content=inside(given.content, part, damages)
    ),
    _made,
    st.floats(0, 1),
    MUTATIONS,
)
_misnamed = st.builds(
    Given,
    st.one_of(_damaged.map(lambda given: given.content), st.binary(max_size=200)),
    st.sampled_from(SUFFIXES),
)
FILES = st.one_of(*[_damaged, _damaged_inside, _made] * 2, _made_and_damaged, _misnamed)


def seeds() -> Iterable[Given]:
    """Return files that are whole, small enough for an engine."""
    return (given for given in BASES if len(given.content) <= MAX_SIZE)
