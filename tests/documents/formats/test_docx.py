"""Word documents: the text as accepted, numbered as Word numbers it."""

from __future__ import annotations

import copy

import docx
import pytest
from docx.oxml.ns import qn

from extractor.core.errors import DocumentError
from tests.format_samples import (
    add_numbering,
    docx_file,
    lines,
    marked,
    number,
    read,
    saved,
    zip_file,
)


def test_levels_count_and_begin_anew() -> None:
    """A deeper level starts again below each point above it."""
    document = docx.Document()
    kind = add_numbering(
        document,
        ("chineseCountingThousand", "第%1章"),
        ("decimal", "%1.%2"),
        ("decimalEnclosedCircle", "%3"),
    )
    for level in (0, 1, 2, 2, 1, 0, 1):
        number(document.add_paragraph("文"), kind, level)

    assert lines(saved(document), ".docx") == [
        "第一章 文", "一.1 文", "①文", "②文", "一.2 文", "第二章 文", "二.1 文",
    ]  # fmt: skip


def test_style_brings_its_numbering() -> None:
    """Lists made with a style have nothing in the paragraph itself."""
    document = docx.Document()
    for text in ("甲", "乙"):
        document.add_paragraph(text, style="List Number")
    document.add_paragraph("点", style="List Bullet")

    assert lines(saved(document), ".docx") == ["1. 甲", "2. 乙", "• 点"]


def test_list_that_is_told_to_restart_does() -> None:
    """Two lists of one kind count on, unless the second has a start of its own."""
    document = docx.Document()
    first = add_numbering(document, ("decimal", "%1."))
    root = document.part.numbering_part.element
    kind = root.findall(qn("w:num"))[-1].find(qn("w:abstractNumId")).val
    on, anew = root.add_num(kind), root.add_num(kind)
    anew.add_lvlOverride(ilvl=0).add_startOverride(1)
    for listed in (first, first, on.numId, anew.numId, anew.numId):
        number(document.add_paragraph("文"), listed, 0)

    found = lines(saved(document), ".docx")

    assert [line[:2] for line in found] == ["1.", "2.", "3.", "1.", "2."]


def test_insertions_are_in_and_deletions_out() -> None:
    """The text is read as if every change were accepted."""
    document = docx.Document()
    paragraph = document.add_paragraph("新建学校")
    marked("w:del", paragraph, "3")
    marked("w:ins", paragraph, "5")
    paragraph.add_run("所。")

    assert lines(saved(document), ".docx") == ["新建学校5所。"]


def test_paragraph_whose_end_was_deleted_goes_on() -> None:
    """Two paragraphs were made one."""
    document = docx.Document()
    first = document.add_paragraph("新建学校")
    mark = first._p.get_or_add_pPr().makeelement(qn("w:rPr"))
    mark.append(mark.makeelement(qn("w:del")))
    first._p.pPr.append(mark)
    document.add_paragraph("5所。")

    assert lines(saved(document), ".docx") == ["新建学校5所。"]


def test_headers_hidden_words_and_contents_are_left_out() -> None:
    """They repeat the document, or are none of it."""
    document = docx.Document()
    document.sections[0].header.paragraphs[0].text = "页眉"
    document.sections[0].footer.paragraphs[0].text = "页脚"
    style = document.styles.add_style("TOC 1", docx.enum.style.WD_STYLE_TYPE.PARAGRAPH)
    document.add_paragraph("一、目录……3", style=style)
    paragraph = document.add_paragraph("新建学校5所")
    paragraph.add_run("（内部）").font.hidden = True
    paragraph.add_run("2").font.superscript = True

    assert lines(saved(document), ".docx") == ["新建学校5所²"]


def test_table_is_one_row_a_line_with_merged_cells_filled_downwards() -> None:
    """Cells side by side and below each other are merged."""
    document = docx.Document()
    document.add_paragraph("任务表")
    table = document.add_table(3, 3)
    for row, texts in enumerate((("教育", "目标", ""), ("", "3所", "市教育局"))):
        for cell, text in zip(table.rows[row].cells, texts, strict=True):
            cell.text = text
    table.cell(0, 0).merge(table.cell(2, 0))
    table.cell(0, 1).merge(table.cell(0, 2))
    table.cell(2, 1).text = "改造\n4座"

    reading = read(saved(document), ".docx")

    assert [line for line in reading.text.splitlines() if line] == [
        "任务表", "教育\t目标", "教育\t3所\t市教育局", "教育\t改造 4座",
    ]  # fmt: skip
    assert {p.locator for p in reading.places} == {
        "paragraph 1", "table 1, row 1", "table 1, row 2", "table 1, row 3",
    }  # fmt: skip


def test_entity_bomb_is_refused() -> None:
    """No Office program declares entities."""
    bomb = b'<!DOCTYPE a [<!ENTITY b "bbbb">]><w:document>&b;</w:document>'
    content = zip_file({"[Content_Types].xml": b"<Types/>", "word/document.xml": bomb})

    with pytest.raises(DocumentError, match="declares entities"):
        read(content, ".docx")


def test_document_that_unpacks_without_end_is_refused() -> None:
    """XML packs well, but not that well."""
    content = zip_file(
        {"[Content_Types].xml": b"<a/>", "word/document.xml": b" " * 5_000_000}
    )

    with pytest.raises(DocumentError, match="packed more than"):
        read(content, ".docx")


def test_numbers_spread_over_runs_are_whole() -> None:
    """Word splits runs where it likes."""
    assert "1. 改造老旧供水管网30公里" in read(docx_file(), ".docx").text


def test_text_of_merged_cells_is_no_more_than_a_few_times_the_file() -> None:
    """A cell that goes on says its text in every row; a little file says millions."""
    document = docx.Document()
    table = document.add_table(2, 2)
    table.cell(0, 0).text = "甲" * 20_000
    table.cell(0, 0).merge(table.cell(1, 0))
    table.cell(1, 1).text = "乙"
    row = table.rows[1]._tr
    for _ in range(300):
        table._tbl.append(copy.deepcopy(row))

    with pytest.raises(DocumentError, match="text of merged cells in each row"):
        read(saved(document), ".docx")
