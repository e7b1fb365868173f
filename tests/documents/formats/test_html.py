"""Web pages: the text a browser shows."""

from __future__ import annotations

import time

import pytest

from extractor.core.errors import DocumentError
from tests.format_samples import lines, read


def test_inline_tags_split_no_number_and_blocks_break_lines() -> None:
    """What stands together on the screen stands together in the text."""
    assert lines("建成1<b>2</b>所<p>新建<i>3</i>座</p>改造<br>管网<div>5公里") == [
        "建成12所", "新建3座", "改造", "管网", "5公里",
    ]  # fmt: skip


def test_chinese_wrapped_in_the_file_is_not_wrapped() -> None:
    """A line break of the file is a space between words, nothing between characters."""
    assert lines("<p>新建\n    学校 3所\n</p><p>open\n data</p>") == [
        "新建学校 3所",
        "open data",
    ]


@pytest.mark.parametrize(
    ("html", "shown"),
    [
        pytest.param("<ol><li>甲<li>乙</ol>", ["1. 甲", "2. 乙"], id="decimal"),
        pytest.param("<ol start=3><li>甲<li>乙</ol>", ["3. 甲", "4. 乙"], id="start"),
        pytest.param("<ol><li value=7>甲<li>乙</ol>", ["7. 甲", "8. 乙"], id="value"),
        pytest.param("<ol reversed><li>甲<li>乙</ol>", ["2. 甲", "1. 乙"], id="down"),
        pytest.param("<ol type=a><li>甲<li>乙</ol>", ["a. 甲", "b. 乙"], id="letter"),
        pytest.param("<ol type=I start=4><li>甲</ol>", ["IV. 甲"], id="roman"),
        pytest.param(
            "<ol style='list-style-type: cjk-ideographic'><li>甲<li>乙</ol>",
            ["一、甲", "二、乙"],
            id="han",
        ),
        pytest.param(
            "<ol style='list-style:none'><li>甲</ol>", ["甲"], id="without-numbers"
        ),
        pytest.param(
            "<ol><li>甲<ol type=a><li>子<li>丑</ol><li>乙</ol>",
            ["1. 甲", "a. 子", "b. 丑", "2. 乙"],
            id="nested",
        ),
        pytest.param(
            "<ol>\n<li>\n<p>甲</p><p>续</p></li><li></li><li>丙</ol>",
            ["1. 甲", "续", "3. 丙"],
            id="paragraphs-inside",
        ),
        pytest.param(
            "<ol><li>1.甲<li>2.乙</ol>", ["1.甲", "2.乙"], id="numbered-by-hand"
        ),
        pytest.param("<ul><li>甲<li>乙</ul>", ["甲", "乙"], id="bullets"),
    ],
)
def test_numbering_is_as_the_browser_makes_it(html: str, shown: list[str]) -> None:
    """The file has no numbers, the reader sees them."""
    assert lines(html) == shown


def test_table_is_one_row_a_line_with_merged_cells_filled_downwards() -> None:
    """Each row can be read alone; a wide cell is said once."""
    html = """<table><tr><th rowspan="2">教育</th><th colspan="2">目标</th><th>单位</th>
    </tr><tr><td>新建<b>3</b>所</td><td>改造<br>4座</td><td>市教育局</td></tr>
    <tr><td>交通</td><td>5条</td><td></td><td></td></tr></table>"""

    assert lines(html) == [
        "教育\t目标\t\t单位",
        "教育\t新建3所\t改造 4座\t市教育局",
        "交通\t5条",
    ]


def test_table_that_lays_out_the_page_is_read_in_its_columns() -> None:
    """Old pages put everything into a table."""
    html = "<table><tr><td><h1>题</h1><p>一</p><p>二</p></td><td>栏</td></tr></table>"

    assert lines(html) == ["题", "一", "二", "栏"]


def test_what_nobody_sees_is_no_text() -> None:
    """Scripts, styles, menus, hidden words and readings of characters."""
    html = """<head><title>题</title></head><script>3所</script><style>a{}</style>
    <nav>首页</nav><p hidden>5所</p><p style="display: none">6所</p>
    <p style="color:red;font-size:0px">7所</p><p style="opacity: 0;">8所</p>
    <ruby>汉<rp>(</rp><rt>hàn</rt><rp>)</rp></ruby><!-- 7所 --><input value="8">
    <p>全市新建学校四所，改造校舍五处。</p><select><option>选</select>"""

    assert lines(html) == ["汉", "全市新建学校四所，改造校舍五处。"]


def test_page_that_a_script_unfolds_is_read() -> None:
    """Most of a page is not hidden for good."""
    assert lines("<div style='display:none'>全市新建学校四所。</div><p>展开</p>") == [
        "全市新建学校四所。",
        "展开",
    ]


def test_raised_number_does_not_add_to_the_one_before() -> None:
    """10<sup>4</sup> is not 104."""
    assert lines("10<sup>4</sup>平方米，5m<sup>2</sup>，PM<sub>2.5</sub>") == [
        "10⁴平方米，5m²，PM2.5"
    ]


def test_fragment_from_a_database_is_unescaped() -> None:
    """Quotes and breaks were written down for SQL, sometimes the tags too."""
    sql = r"<p style=\"color:red\">建成<b>1</b>2所\r\n学校，\"&nbsp;3座&lt;5<\/p>\r\n"

    assert lines(sql) == ['建成12所 学校，"\xa03座<5']
    assert lines("&lt;p&gt;建成3所&lt;/p&gt;&lt;p&gt;4座") == ["建成3所", "4座"]


def test_page_declares_its_encoding() -> None:
    """Detection alone takes a short page of one codec for the other."""
    page = "<html><meta charset=big5><p>興建學校三所</p></html>"

    reading = read(page.encode("big5"))

    assert reading.encoding == "big5hkscs"
    assert "興建學校三所" in reading.text


def test_control_characters_do_no_harm() -> None:
    """Scraped pages hold anything."""
    page = "<p>新建\x01学校<script>a</script>\x023所&#3;</p>"

    assert lines(page) == ["新建\x01学校\x023所\x03"]


def test_entities_of_a_document_are_not_expanded() -> None:
    """A bomb is a few characters of text."""
    page = "<!DOCTYPE html [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;'>]>"

    assert "aa" not in read(f"{page}<html><p>&b;新建学校</p></html>").text


def test_page_nested_without_end_is_refused() -> None:
    """The parser would drop what stands deeper, in silence."""
    with pytest.raises(DocumentError, match="nests its HTML too deeply"):
        read("<div>" * 5000 + "新建学校3所" + "</div>" * 5000)


def test_markdown_is_numbered_as_shown_and_keeps_its_lines() -> None:
    """Lines of a paragraph, rows of a table, points whatever their number says."""
    text = "一、甲\n二、**乙**丙\n\n1. 丙\n1. 丁\n\n|子|丑|\n|-|-|\n|3所|4座|\n"

    assert lines(text, ".md") == [
        "一、甲", "二、乙丙", "1. 丙", "2. 丁", "子\t丑", "3所\t4座",
    ]  # fmt: skip
    assert [place.locator for place in read(text, ".md").places] == [
        f"line {number}" for number in (1, 2, 4, 5, 7, 9)
    ]


@pytest.mark.parametrize(
    "table",
    [
        pytest.param("<tr><td colspan=1000>甲</td><td></td></tr>" * 2000, id="wide"),
        pytest.param("<tr><td rowspan=1000>甲</td></tr>" * 4000, id="high"),
        pytest.param("<tr><td rowspan=1000 colspan=1000></td></tr>" * 2000, id="empty"),
        pytest.param(
            "<tr><td rowspan=1000 colspan=1000></td><td>甲</td></tr>" * 2000, id="both"
        ),
    ],
)
def test_table_of_merged_cells_takes_time_as_its_file_is_long(table: str) -> None:
    """Found by fuzzing: a table that means millions of cells is read as it stands."""
    started = time.process_time()

    found = lines(f"<table>{table}</table>")

    assert time.process_time() - started < 1.0
    assert "".join(found).count("甲") == table.count("甲")


def test_wide_cell_over_a_table_keeps_its_columns() -> None:
    """Rows of a heading say 1000 columns where a table has three."""
    html = (
        "<table><tr><td colspan=1000>教育</td></tr>"
        "<tr><td rowspan=9>1</td><td>建校3所</td><td>市教育局</td></tr>"
        "<tr><td>改造4座</td><td></td></tr></table>"
    )

    assert lines(html) == ["教育", "1\t建校3所\t市教育局", "1\t改造4座"]


@pytest.mark.parametrize("said", ["x", "", "9" * 5000, "-1", "²", "七"])
def test_line_is_counted_whatever_a_page_says(said: str) -> None:
    """Found by fuzzing: the attribute of Markdown's lines may stand in the file."""
    page = f'<p data-source-line="{said}">甲<br>乙</p>\n\n<p Data-Source-Line=7>丙</p>'

    for suffix in (".html", ".md"):
        assert {place.locator for place in read(page, suffix).places} <= {
            "line 1", "line 2", "line 3",
        }  # fmt: skip


@pytest.mark.parametrize("mark", ["- ", "> ", "1. ", "> - "])
def test_markdown_nested_without_end_is_refused(mark: str) -> None:
    """Found by fuzzing: the library leaves out, without a word, what is deeper."""
    with pytest.raises(DocumentError, match="nests its lists or quotes too deeply"):
        lines(f"{mark * 60}建成3所\n\n乙", ".md")


@pytest.mark.parametrize("depth", range(1, 30))
def test_nested_markdown_is_whole_or_refused(depth: int) -> None:
    """At the last level, too."""
    for mark in ("- ", "> "):
        try:
            found = lines(f"{mark * depth}建成3所\n\n乙", ".md")
        except DocumentError:
            assert depth >= 9
        else:
            assert "建成3所" in found[0]


def test_brackets_of_markdown_take_time_as_they_are_many() -> None:
    """Found by fuzzing: each one looked ahead a hundred times."""

    def took_s() -> float:
        started = time.process_time()
        assert lines("![" * 10_000, ".md") == ["![" * 10_000]
        return time.process_time() - started

    # The quickest of three: a neighbour on the machine is no fault of the reader.
    assert min(took_s() for _ in range(3)) < 1.0
