"""Cells of a PDF's table: wrapped lines, numbers in narrow columns, page breaks."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import pytest
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from extractor import extract
from extractor.documents.formats.ruled.glyphs import Glyph
from extractor.documents.formats.ruled.lines import printed_lines
from extractor.documents.formats.ruled.wraps import joined
from tests.format_samples import lines, read
from tests.pdf_samples import FONT, SIZE, UP, Rows, drawn, ruled

WIDTHS = (30, 130, 80, 80)
HEADER = ["编号", "工作任务", "牵头单位", "完成时限"]


def pages(*tables: Rows, words: Sequence[str] = (), foot: str = "") -> bytes:
    """Return a page with each table; words stand behind it, the foot far below."""

    def draw(canvas: Canvas) -> None:
        for at, table in enumerate(tables):
            canvas.setFont(FONT, SIZE)
            ruled(canvas, table, WIDTHS, top=650)
            for line, text in enumerate(words[at : at + 1]):
                canvas.drawString(40, 630 - 50 * len(table) - 20 * line, text)
            if foot:
                canvas.drawString(240, 30, foot.format(at + 1))
            canvas.showPage()

    return drawn(draw)


def rows(content: bytes) -> list[str]:
    """Return the rows that are read."""
    return [line for line in lines(content, ".pdf") if "\t" in line]


@pytest.mark.parametrize(
    ("printed", "said"),
    [
        pytest.param(
            "改造老旧供水管\n网三十公里", "改造老旧供水管网三十公里", id="han"
        ),
        pytest.param("县教育局\n县财政局", "县教育局 县财政局", id="two-paragraphs"),
        pytest.param("建设农村公路总共\n45公里", "建设农村公路总共45公里", id="number"),
        pytest.param(
            "县教育局、县财\n政局、县住建局", "县教育局、县财政局、县住建局", id="list"
        ),
        pytest.param(
            "实施智慧水务平台\n（二期）建设", "实施智慧水务平台（二期）建设", id="sign"
        ),
        pytest.param("Smart Water\nPlatform", "Smart Water Platform", id="words"),
        pytest.param(
            "降到百分之八\n，比上年下降", "降到百分之八，比上年下降", id="comma"
        ),
    ],
)
def test_wrapped_line_goes_on(printed: str, said: str) -> None:
    """Where the next word had no room; a line that ends early ends a paragraph."""
    table = [["任务", "单位"], [printed, "甲县局"], ["一二三四五六七", "乙县局"]]

    found = rows(drawn(lambda canvas: ruled(canvas, table, (92, 80))))

    assert found == ["任务\t单位", f"{said}\t甲县局", "一二三四五六七\t乙县局"]


@pytest.mark.parametrize(
    ("printed", "said", "target"),
    [
        pytest.param("1,2\n00套", "1,200套", "1,200套", id="thousands"),
        pytest.param("1,\n200套", "1,200套", "1,200套", id="comma"),
        pytest.param("0.\n5万套", "0.5万套", "0.5万套", id="point"),
        pytest.param("120\n.5套", "120.5套", "120.5套", id="point-below"),
        pytest.param("12%\n以上", "12%以上", "12%以上", id="comparator"),
        pytest.param("1200\n万套", "1200万套", "1200万套", id="unit"),
        pytest.param("120\n300套", "120  300套", None, id="two-numbers"),
        pytest.param("2023\n2024", "2023  2024", None, id="two-years"),
        pytest.param("1,20\n300套", "1,20  300套", None, id="no-group"),
    ],
)
def test_number_in_a_narrow_column_is_itself_or_none(
    printed: str, said: str, target: str | None
) -> None:
    """What may be two numbers is kept apart so that neither part is read."""
    table = [["", "牵头单位"], [printed, "县住建局"], ["5", "县住建局、县财政局"]]
    wide = 14 + stringWidth(printed.split("\n", maxsplit=1)[0], FONT, SIZE)
    content = drawn(lambda canvas: ruled(canvas, table, (wide, 120)))

    assert rows(content)[1] == f"{said}\t县住建局"
    row = f"某县2024年要点\n1.筹集住房{said}。\n2.新建学校3所。\n"
    found = [r.target.text for r in extract(row, model="rules") if r.target]
    assert found == [*([target] if target else []), "3所"]


def test_part_of_a_number_leads_back() -> None:
    """Each cell has its box; the number stands in its own."""
    table = [["5", "筹集保障性租赁住房目标"], ["1,2\n00套", "县住建局、县财政局"]]
    reading = read(drawn(lambda canvas: ruled(canvas, table, (28, 140))), ".pdf")

    at = reading.text.index("1,200套")
    place = next(p for p in reversed(reading.places) if p.start <= at)
    assert (place.start, place.locator) == (at, "page 1, table 1, row 2")
    left, bottom, right, top = place.box
    assert (left, right) == (pytest.approx(46, abs=1), pytest.approx(64, abs=4))
    assert top - bottom == pytest.approx(24, abs=4)


def test_text_that_runs_over_the_border_stays_in_its_cell() -> None:
    """Excel prints it so where the cell beside is empty."""
    table = [["任务", "单位", "时限"], ["改造供水管网1200公里", "", "年底前"]]
    table.append(["新建泵站", "县水利局", "九月底"])

    found = rows(drawn(lambda canvas: ruled(canvas, table, (62, 80, 60))))

    assert found[1] == "改造供水管网1200公里\t\t年底前"


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        pytest.param(["民生实事"], "民生实事", id="one-column"),
        pytest.param(["民生", "实事"], "民生实事", id="right-column-first"),
        pytest.param(["第12批"], "第1  2批", id="figures-may-be-two-numbers"),
    ],
)
def test_text_set_from_the_top_down(columns: list[str], said: str) -> None:
    """A character a line, in the order of the file; the cell is wide."""
    glyphs = [
        Glyph(ord(mark), (90 - 20 * x, 90 - 12 * y, 100 - 20 * x, 100 - 12 * y))
        for x, column in enumerate(columns)
        for y, mark in enumerate(column)
    ]
    first, *rest = printed_lines(glyphs)

    text = first.text
    for above, line in pairwise((first, *rest)):
        text += joined(above, line, 100) + line.text
    assert text == said


def test_lines_are_found_whatever_the_order_of_the_file() -> None:
    """Some programs print bold words last."""
    text = "新建三所学校"
    glyphs = [
        Glyph(ord(mark), (10 * (at % 3), 50 - 12 * (at // 3), 10 * (at % 3) + 10, 60))
        for at, mark in enumerate(text)
    ]
    glyphs = [
        Glyph(code, (box[0], box[1], box[2], box[1] + 10))
        for code, box in glyphs
        if box
    ]

    found = printed_lines([*glyphs[4:], *glyphs[:4]])

    assert [line.text for line in found] == [text[:3], text[3:]]


def test_halves_of_a_character_and_a_hyphen() -> None:
    """As the library gives them."""
    codes = [0xD842, 0xDFB7, ord("A"), 2]
    glyphs = [
        Glyph(code, (5.0 * at, 0, 5.0 * at + 5, 10)) for at, code in enumerate(codes)
    ]

    assert printed_lines(glyphs)[0].text == "\U00020bb7A-"


@pytest.mark.parametrize("foot", ["", "{}", "- {} -", "第{}页", "杏川市水务局文件"])
def test_table_goes_on_over_the_page(foot: str) -> None:
    """The header is said once, and what stands between the parts comes behind."""
    first = [HEADER, ["1", "新建学校", "县教育局", "八月底前"]]
    second = [HEADER, ["2", "新建医院", "县卫健委", "九月底前"]]

    found = lines(pages(first, second, foot=foot), ".pdf")

    assert found[:3] == ["\t".join(row) for row in (*first, second[1])]
    assert found[3:] == [foot.format(at) for at in (1, 2) if foot]


def test_last_row_alone_on_the_next_page() -> None:
    """One row is no table, but it is the rest of one."""
    first = [HEADER, ["1", "新建学校", "县教育局", "八月底前"]]

    content = pages(first, [["2", "新建医院", "县卫健委", "九月底前"]])

    assert rows(content)[2] == "2\t新建医院\t县卫健委\t九月底前"
    places = read(content, ".pdf").places
    assert (places[-1].page, places[-1].locator) == (2, "page 2, table 1, row 1")


def test_row_alone_is_no_table() -> None:
    """Two boxes beside each other are none."""
    content = pages([["承办", "新建医院", "县卫健委", "九月底前签字盖章并报送"]])

    assert rows(content) == []
    assert lines(content, ".pdf")


def test_title_above_the_next_table_parts_them() -> None:
    """Annexes have the same columns, and titles that differ by a number."""

    def draw(canvas: Canvas) -> None:
        for at in range(1, 4):
            canvas.setFont(FONT, SIZE)
            canvas.drawString(40, 670, f"附件{at}")
            ruled(canvas, [HEADER, [f"{at}", "新建学校", "县教育局", "八月"]], WIDTHS)
            canvas.showPage()

    found = lines(drawn(draw), ".pdf")

    assert [line for line in found if "\t" not in line] == ["附件1", "附件2", "附件3"]
    assert found.count("\t".join(HEADER)) == 3


def test_words_between_tables_part_them() -> None:
    """Each has its header then, and both are said."""
    first = [HEADER, ["1", "新建学校", "县教育局", "八月底前"]]
    second = [HEADER, ["1", "新建医院", "县卫健委", "九月底前"]]

    found = lines(pages(first, second, words=["以上共计完成投资三亿元。"]), ".pdf")

    assert found == [
        *("\t".join(row) for row in first),
        "以上共计完成投资三亿元。",
        *("\t".join(row) for row in second),
    ]


@pytest.mark.parametrize(
    ("above", "below", "said"),
    [
        pytest.param(
            ["1", "建设高标准农田四万亩并\n同步完成灌溉渠系", "县农业局", "八月底前"],
            ["", "改造", "", ""],
            [
                "1\t建设高标准农田四万亩并同步完成灌溉渠系\t县农业局\t八月底前",
                "\t改造",
            ],
            id="not-full",
        ),
        pytest.param(
            ["1", "建设高标准农田四万亩并", "县农业局", "八月底前"],
            ["", "同步完成渠系改造", "", ""],
            ["1\t建设高标准农田四万亩并同步完成渠系改造\t县农业局\t八月底前"],
            id="cut",
        ),
        pytest.param(
            ["1", "建设高标准农田四万亩。", "县农业局", "八月底前"],
            ["", "同步完成渠系改造", "", ""],
            [
                "1\t建设高标准农田四万亩。\t县农业局\t八月底前",
                "\t同步完成渠系改造",
            ],
            id="sentence-ends",
        ),
        pytest.param(
            ["1", "建设高标准农田四万亩并", "县农业局", "八月底前"],
            ["2", "同步完成渠系改造", "", ""],
            [
                "1\t建设高标准农田四万亩并\t县农业局\t八月底前",
                "2\t同步完成渠系改造",
            ],
            id="numbered",
        ),
        pytest.param(
            ["建设", "建设高标准农田四万亩并", "县农业局", "八月底前"],
            ["", "同步完成渠系改造", "", ""],
            [
                "建设\t建设高标准农田四万亩并\t县农业局\t八月底前",
                "\t同步完成渠系改造",
            ],
            id="no-numbers",
        ),
    ],
)
def test_row_is_cut_by_the_page_only_if_that_is_clear(
    above: list[str], below: list[str], said: list[str]
) -> None:
    """What is doubtful stays a row of its own."""
    found = rows(pages([HEADER, above], [HEADER, below]))

    assert found[1:] == said


@pytest.mark.parametrize(
    ("first", "second", "leads"),
    [
        pytest.param(
            [["1", "新建学校", "县教育局", "八月"]],
            [["2", "改造学校", "", "九月"], ["3", "装修学校", UP, "十月"]],
            ["县教育局"] * 3,
            id="merged-below",
        ),
        pytest.param(
            [["1", "新建学校", "县教育局", "八月"], ["2", "改造学校", UP, "九月"]],
            [["3", "装修学校", "", "十月"], ["4", "新建医院", "县卫健委", "五月"]],
            ["县教育局"] * 3 + ["县卫健委"],
            id="merged-above",
        ),
        pytest.param(
            [["1", "新建学校", "县教育局", "八月"], ["2", "改造学校", UP, "九月"]],
            [["3", "装修学校", "", "十月"], ["4", "新建医院", "", "五月"]],
            ["县教育局"] * 2 + ["", ""],
            id="column-leaves-cells-empty",
        ),
        pytest.param(
            [["1", "新建学校", "县教育局", "八月"]],
            [["2", "改造学校", "", "九月"], ["3", "新建医院", "县卫健委", "五月"]],
            ["县教育局", "", "县卫健委"],
            id="nothing-merged",
        ),
    ],
)
def test_merged_cell_goes_on_only_if_that_is_clear(
    first: Rows, second: Rows, leads: list[str]
) -> None:
    """Nobody is charged with what may be another's."""
    found = rows(pages([HEADER, *first], [HEADER, *second]))

    assert [row.split("\t")[2] for row in found[1:]] == leads
