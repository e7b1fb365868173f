"""Web pages, Word and Excel XML, Markdown and archives by grammar."""

from __future__ import annotations

import io
import stat
import zipfile
from functools import cache
from html import escape

from hypothesis import strategies as st

from tests.format_samples import docx_file, plain_text, xlsx_file
from tests.fuzz.expressions import ODD
from tests.fuzz.given import Given
from tests.fuzz.mutation import packed

WORDS = st.one_of(
    st.sampled_from(
        (
            "新建学校3所。 一、 1. （一）整治河道 任务 责任单位 时限 序号 9月底前 8% "
            "\n \u3000"
        ).split(" ")
    ),
    st.sampled_from(ODD),
    st.text(max_size=5),
)
NUMBERS = st.one_of(
    st.integers(-1, 12).map(str),
    st.sampled_from(
        "0 00 -5 1000 1001 65535 65536 2147483648 99999999999 1e5 3.5 x ² ٣ ４".split()
    ),
)
"""What stands in attributes that count something."""

# --- web pages ------------------------------------------------------------------

_TAGS = (
    "p div span b table tr td th tbody caption ol ul li h1 h3 br hr pre sup sub a "
    "form select option textarea script style title head body html nav template svg "
    "math noscript iframe img dl dt dd ruby rt o:p font blockquote frameset meta "
    "plaintext xmp"
).split()
_ATTRIBUTES = (
    "rowspan colspan start value type style hidden role class id charset content "
    "reversed data-source-line href"
).split()
_VALUES = st.one_of(
    NUMBERS,
    st.sampled_from(
        [
            "display:none", "list-style:lower-roman", "navigation", "a", "I",
            "utf-16", "gbk", "list-style-type: cjk-ideographic",
            "text/html; charset=big5", "",
        ]
    ),
)  # fmt: skip


def _element(tag: str, attributes: list[tuple[str, str]], inner: list[str]) -> str:
    said = "".join(f' {name}="{value}"' for name, value in attributes)
    return f"<{tag}{said}>{''.join(inner)}</{tag}>"


_text = st.one_of(
    WORDS.map(escape),
    st.sampled_from(
        (
            "&nbsp; &#12288; &#0; &#xD800; &lt;p&gt; <!-- <? <!DOCTYPE ]]> <![CDATA[ "
            "</p> </table> </div> < & <p <td"
        ).split()
    ),
)
_node = st.recursive(
    _text,
    lambda inner: st.builds(
        _element,
        st.sampled_from(_TAGS),
        st.lists(st.tuples(st.sampled_from(_ATTRIBUTES), _VALUES), max_size=2),
        st.lists(inner, max_size=4),
    ),
    max_leaves=25,
)
_deep = st.builds(
    lambda tag, n, inner: f"<{tag}>" * n + inner,
    st.sampled_from(_TAGS),
    st.integers(20, 6000),
    _node,
)
_row = st.lists(
    st.builds(
        _element,
        st.sampled_from(["td", "th"]),
        st.lists(
            st.tuples(st.sampled_from(["rowspan", "colspan"]), NUMBERS), max_size=2
        ),
        st.lists(_text, max_size=2),
    ),
    max_size=6,
).map(lambda cells: f"<tr>{''.join(cells)}</tr>")
_table = st.builds(
    lambda rows, n: f"<table>{''.join(rows) * n}</table>",
    st.lists(_row, max_size=6),
    st.integers(1, 40),
)
_page = st.lists(st.one_of(_node, _node, _table, _deep), max_size=5).map("".join)
PAGES = st.builds(
    lambda page, codec: Given(page.encode(codec, "replace"), ".html"),
    _page,
    st.sampled_from(["utf-8", "utf-8", "utf-8", "gb18030", "utf-16", "utf-8-sig"]),
)

# --- Markdown -------------------------------------------------------------------

_LINE = st.tuples(
    st.sampled_from([
        "", "", "    ", "> ", "> > ", "- ", "1. ", "999999999. ", "# ", "###### ",
        "| ", "```", "\t", "* * ", "=== ", "[a]: ", "<div>", "![", "[" * 50, "`" * 9,
    ]),
    st.one_of(_text, st.sampled_from([
        "**a**", "[a](b)", "|---|", "~~~", "<b>", "a | b | c |", "\\", "***",
    ])),
).map("".join)  # fmt: skip
MARKDOWN = st.builds(
    lambda lines, n: Given("\n".join(lines * n).encode("utf-8", "replace"), ".md"),
    st.lists(_LINE, max_size=15),
    st.one_of(st.just(1), st.integers(1, 60)),
)

# --- Office documents -----------------------------------------------------------

_XML_TEXT = st.one_of(
    WORDS.map(escape),
    st.sampled_from(["&#1;", "&a;", "<w:", "]]>"]),
)


def _w(tag: str, inner: list[str], value: str | None) -> str:
    said = "" if value is None else f' w:val="{value}"'
    return f"<w:{tag}{said}>{''.join(inner)}</w:{tag}>"


_LIST = "109"
"""The list of the sample, and the kind of it."""
_W_TAGS = (
    "p r t tbl tr tc pPr rPr tcPr trPr numPr ilvl numId vMerge gridSpan ins del sdt "
    "sdtContent tab br vanish vertAlign pStyle txbxContent pict hyperlink moveFrom "
    "moveTo customXml instrText ruby rt sectPr body"
).split()
_VALUE = st.one_of(
    st.none(),
    NUMBERS,
    st.sampled_from(
        ["continue", "restart", "superscript", "0", "TOC1", "ListNumber", "bullet"]
    ),
)
_w_node = st.recursive(
    st.one_of(
        _XML_TEXT.map(lambda words: f"<w:p><w:r><w:t>{words}</w:t></w:r></w:p>"),
        st.builds(_w, st.sampled_from(_W_TAGS), st.just([]), _VALUE),
        st.builds(
            lambda depth, number: (
                f"<w:p><w:pPr><w:numPr><w:ilvl w:val='{depth}'/>"
                f"<w:numId w:val='{number}'/></w:numPr></w:pPr>"
                "<w:r><w:t>整治河道</w:t></w:r></w:p>"
            ),
            NUMBERS,
            st.one_of(st.just(_LIST), st.just(_LIST), NUMBERS),
        ),
    ),
    lambda inner: st.builds(
        _w, st.sampled_from(_W_TAGS), st.lists(inner, max_size=4), _VALUE
    ),
    max_leaves=25,
)
_w_cell = st.builds(
    lambda span, merge, inner: (
        f"<w:tc><w:tcPr><w:gridSpan w:val='{span}'/><w:vMerge w:val='{merge}'/>"
        f"</w:tcPr>{inner}</w:tc>"
    ),
    NUMBERS,
    st.sampled_from(["restart", "continue"]),
    _w_node,
)
_w_table = st.lists(
    st.lists(_w_cell, max_size=4).map(lambda cells: f"<w:tr>{''.join(cells)}</w:tr>"),
    max_size=5,
).map(lambda rows: f"<w:tbl>{''.join(rows)}</w:tbl>")
_w_body = st.builds(
    lambda blocks, n: "".join(blocks) * n,
    st.lists(st.one_of(_w_node, _w_node, _w_table), min_size=1, max_size=6),
    st.one_of(st.just(1), st.integers(1, 40)),
)
_level = st.builds(
    lambda at, start, form, text: f"<w:lvl w:ilvl='{at}'><w:start w:val='{start}'/>"
    f"<w:numFmt w:val='{form}'/><w:lvlText w:val='{text}'/></w:lvl>",
    NUMBERS,
    NUMBERS,
    st.sampled_from((
        "decimal chineseCounting lowerRoman upperLetter bullet ideographTraditional "
        "chineseLegalSimplified none x"
    ).split()),
    st.sampled_from(["%1.", "%1.%2", "%9", "（%1）", "%0", ""]),
)  # fmt: skip


@cache
def _members(kind: str) -> tuple[tuple[str, bytes], ...]:
    content = docx_file() if kind == "docx" else xlsx_file()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return tuple((name, archive.read(name)) for name in archive.namelist())


def _office(kind: str, changed: dict[str, tuple[bytes, bytes, str]]) -> bytes:
    """Return a document with what lies between two marks of a part replaced."""
    made = []
    for name, content in _members(kind):
        if name in changed:
            opened, closed, inner = changed[name]
            head, mark, rest = content.partition(opened)
            tail = rest[rest.rindex(closed) :]
            new = head + mark + inner.encode("utf-8", "replace") + tail
            made.append((name, new))
        else:
            made.append((name, content))
    return packed(made)


def _docx(body: str, levels: list[str]) -> Given:
    changed = {"word/document.xml": (b"<w:body>", b"</w:body>", body)}
    if levels:
        opened = f'w:abstractNumId="{_LIST}">'.encode()
        changed["word/numbering.xml"] = (opened, b"</w:abstractNum>", "".join(levels))
    return Given(_office("docx", changed), ".docx")


DOCX = st.builds(_docx, _w_body, st.lists(_level, max_size=4))

_REFERENCE = st.one_of(
    st.builds(
        "{}{}".format,
        st.sampled_from(["A", "B", "Z", "AA", "XFD", "XFE", "ZZZ", "a", ""]),
        NUMBERS,
    ),
    st.builds("{}{}".format, st.sampled_from("ABCD"), st.integers(1, 20)),
)
_cell = st.builds(
    lambda at, kind, style, inner: f'<c r="{at}" t="{kind}" s="{style}">{inner}</c>',
    _REFERENCE,
    st.sampled_from("s n b e str inlineStr d x".split()),
    st.integers(0, 3),
    st.one_of(
        NUMBERS.map("<v>{}</v>".format),
        st.sampled_from([
            "<v>0.94</v>", "<v>1e308</v>", "<v>45000</v>", "<v>-1</v>",
            "<v>2958466</v>", "<v>nan</v>", "<v>inf</v>", "<f>A1</f>", "<v/>",
        ]),
        _XML_TEXT.map("<is><t>{}</t></is>".format),
    ),
)  # fmt: skip
_rows = st.lists(
    st.builds(
        lambda at, cells: f'<row r="{at}">{"".join(cells)}</row>',
        st.one_of(NUMBERS, st.integers(1, 20)),
        st.lists(_cell, max_size=5),
    ),
    max_size=8,
).map("".join)
_merges = st.lists(st.builds("{}:{}".format, _REFERENCE, _REFERENCE), max_size=3)
XLSX = st.builds(
    lambda rows, merges: Given(
        _office(
            "xlsx",
            {
                "xl/worksheets/sheet1.xml": (
                    b"<sheetData>",
                    b"<pageMargins",
                    f"{rows}</sheetData><mergeCells>"
                    + "".join(f'<mergeCell ref="{ref}"/>' for ref in merges)
                    + "</mergeCells>",
                )
            },
        ),
        ".xlsx",
    ),
    _rows,
    _merges,
)

# --- archives -------------------------------------------------------------------

_NAMES = st.one_of(
    st.sampled_from(
        [
            "a.txt", "b.html", "甲/乙.txt", "../a.txt", "/a.txt", "C:/a.txt",
            "a\\b.txt", "a//b.txt", "./a.txt", ".a.txt", "a.zip", "a.docx",
            "a.txt/b.txt", "\u202ea.txt", "a\nb.txt", "x" * 300 + ".txt",
            "a.txt.yaml", "a.yaml", "", "a/", "CON.txt", "a.png",
        ]
    ),
    st.text(max_size=6).map("{}.txt".format),
)  # fmt: skip
_MODES = (0, stat.S_IFREG | 0o644, stat.S_IFLNK | 0o777, stat.S_IFDIR)
_SIDECAR = b"title: x\nplan_year: 2024\n"


def _archive(members: list[tuple[str, int, bytes]], flags: int) -> Given:
    content = bytearray(
        packed([(n, c) for n, _, c in members], [m for _, m, _ in members])
    )
    if flags and members:
        content[content.index(b"PK\x01\x02") + 8] ^= flags
    return Given(bytes(content), ".zip")


ARCHIVES = st.builds(
    _archive,
    st.lists(
        st.tuples(
            _NAMES,
            st.sampled_from(_MODES),
            st.one_of(
                st.sampled_from([plain_text().encode(), _SIDECAR, b"\0" * 100_000]),
                st.binary(max_size=40),
                PAGES.map(lambda page: page.content),
            ),
        ),
        max_size=5,
    ),
    st.sampled_from([0, 0, 0, 1, 8, 255]),
)  # fmt: skip
