"""Repeats: a copy of the whole document is cut, a sentence that points share is not."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from extractor.cli.main import main
from extractor.documents.cleaning.repeats import find_repeats
from extractor.documents.cleaning.text import clean
from tests.commands import RULES, rows

TITLE = "杏川市水务局2024年工作计划"
SHARED = (
    "坚持问题导向，逐条梳理河道沿线排口台账，按照一口一策的办法落实整治责任，"
    "建立销号管理制度，定期开展回头看，严防问题反弹回潮，确保治理成效长期保持稳定，"
)
PLAN = (
    f"{TITLE}\n"
    "一、整治河道。清淤河道12公里，拆除旧闸3座，沿岸补种柳树一千棵。\n"
    "二、保障供水。更换老旧水表8000只，漏损率降到9.5%以下，夜间巡线不断档。\n"
    "三、节约用水。评选节水小区20个，学校里办节水课堂，农田改用滴灌。\n"
    "四、防御洪涝。汛前检修泵站5座，备足沙袋和冲锋舟，值守电话有人应答。\n"
)
LINES = PLAN.splitlines()[1:]


def _with(old: str, new: str) -> str:
    assert old in PLAN
    return PLAN.replace(old, new)


@pytest.mark.parametrize(
    "source",
    [
        pytest.param(
            f"1.开展排查。{SHARED}整改20处。\n2.开展复查。{SHARED}整改27处。\n",
            id="two-items-20-27",
        ),
        pytest.param(
            "".join(f"{n}.第{n}批。{SHARED}整改2{n}处。\n" for n in range(1, 7)),
            id="six-items",
        ),
        pytest.param(
            "".join(
                f"（{n}）{place}。{SHARED}整改20处。\n"
                for n, place in zip("一二三", "甲乙丙", strict=True)
            ),
            id="names-before-the-same-words",
        ),
        pytest.param(
            f"城东区\n{SHARED}整改二十处。\n城西区\n{SHARED}整改二十七处。\n" * 1,
            id="han-numbers",
        ),
        pytest.param(
            f"1.排查。{SHARED}整改20处。\n2.排查。{SHARED}整改20处。\n",
            id="only-the-label-differs",
        ),
        pytest.param(
            "".join(
                f"{place}街道\n1.治理。{SHARED}整改20处。\n2.巡查。每月巡查4次。抽查2次。\n"
                for place in ("城东", "城西", "城南")
            ),
            id="the-same-list-under-other-headings",
        ),
        pytest.param(
            f"序号\n任务\n1\n治理。{SHARED}整改20处。共治。\n2\n治理。{SHARED}整改20处。共治。\n",
            id="rows-told-apart-by-a-bare-number",
        ),
        pytest.param(
            f"一、甲县。治理。{SHARED}共治。整改20处。二、乙县。治理。{SHARED}共治。整改27处。",
            id="fused-in-one-line",
        ),
        pytest.param(PLAN + _with("8000", "8001"), id="a-copy-with-another-number"),
        pytest.param(PLAN + _with("9.5%", "95%"), id="a-copy-without-the-point"),
        pytest.param(PLAN + _with("9.5%", "9.5‰"), id="a-copy-per-mille"),
        pytest.param(PLAN + _with("一千棵", "两千棵"), id="a-copy-with-a-han-number"),
        pytest.param(PLAN + _with("水务局", "水利局"), id="a-copy-with-another-name"),
        pytest.param(PLAN + _with("四、", "五、"), id="a-copy-with-another-label"),
        pytest.param(PLAN + _with("评选", "新评选"), id="a-copy-with-a-word-more"),
        pytest.param(PLAN + _with("旧闸3座", "旧闸座"), id="a-copy-with-a-number-less"),
        pytest.param(
            PLAN + "五、再添新事。新建水厂2座。\n" + PLAN.partition("\n")[2],
            id="points-between-the-copies",
        ),
        pytest.param(PLAN + f"城西分局\n{PLAN}", id="a-name-between-the-copies"),
        pytest.param(
            _with("8000", "80�0") + PLAN, id="the-first-printing-is-the-damaged-one"
        ),
        pytest.param(PLAN + _with("8000", "8�7000"), id="a-mark-and-another-number"),
        pytest.param(
            PLAN + PLAN.rstrip() + "另建水厂2座。\n", id="a-copy-that-goes-on"
        ),
    ],
)
def test_what_differs_in_a_number_or_a_name_is_no_copy(source: str) -> None:
    """Equal words between other numbers, names or labels belong to another point."""
    assert find_repeats(source) == []


@pytest.mark.parametrize(
    "copy",
    [
        pytest.param(PLAN, id="same"),
        pytest.param(PLAN.replace("\n", ""), id="one-line"),
        pytest.param(PLAN.replace("，", ",\n"), id="wrapped-and-half-width"),
        pytest.param("\n\n".join(PLAN.splitlines()), id="spaced"),
        pytest.param(PLAN + PLAN, id="twice-more"),
        pytest.param(
            PLAN.replace("2024", "２０２４").replace("%", "％"), id="full-width"
        ),
        pytest.param(
            PLAN.replace("务", "務").replace("闸", "閘").replace("树", "樹"),
            id="traditional",
        ),
        pytest.param(_with("河道12公里", "河�12公里"), id="lost-letter"),
        pytest.param(_with("水表8000只", "水??80??只"), id="lost-digits"),
        pytest.param(_with("补种柳树", "�����树"), id="three-marks-a-letter"),
        pytest.param(_with("、节约", "、?节约"), id="a-blank-became-a-mark"),
        pytest.param("- 3 -\n上一篇：某局开会\n" + PLAN, id="page-lines-above"),
        pytest.param(PLAN.replace("二、", "- 2 -\n二、"), id="a-page-number-inside"),
        pytest.param(PLAN.replace("公里，", "公里，<br>"), id="markup"),
        pytest.param(PLAN.replace("“", '"') + "\n返回顶部\n", id="page-lines-below"),
    ],
)
def test_a_copy_of_the_whole_document_is_cut(copy: str) -> None:
    """Layout, width, script and lost letters make no other document of it."""
    cleaned = clean(f"{PLAN}\n{copy}")

    assert PLAN.strip() == cleaned.text.strip()


def test_a_page_above_the_first_printing_is_left_aside() -> None:
    """What the page says around the first printing need not come again."""
    head = "首页 > 水务 > 正文\n杏川在线\n"
    tail = "责任编辑：张三\n下一篇：没有了\n"

    cleaned = clean(f"{head}{PLAN}{tail}{PLAN}")

    assert f"杏川在线\n{PLAN}".strip() == cleaned.text.strip()


@pytest.mark.parametrize(
    ("line", "times", "left"),
    [
        pytest.param("1.建成学校3所。\n", 101, 1, id="a-hundred-times"),
        pytest.param("1.建成学校3所。\n", 100, 100, id="not-quite"),
        pytest.param("1座\n", 500, 500, id="cells-of-a-column"),
        pytest.param("1.建成学校3所。\n2.建桥5座。\n", 300, 1, id="two-lines"),
        pytest.param(f"1.{SHARED}建桥5座。\n", 2, 2, id="one-long-sentence-twice"),
    ],
)
def test_what_is_printed_over_and_over_is_printed_once(
    line: str, times: int, left: int
) -> None:
    """A plan does not promise the same a hundred times in a row; a column may."""
    assert (line * left).strip() == clean(line * times).text.strip()


NUMBERS = st.integers(1, 99999).map(str)
BODIES = st.sampled_from(["城东街道", "城西街道", "市水务局", "市教育局", "各区"])


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(BODIES, NUMBERS, NUMBERS), min_size=2, max_size=8, unique=True),
    st.integers(0, 3),
    st.sampled_from(["", "\n"]),
)
def test_items_that_share_sentences_keep_every_number(
    points: list[tuple[str, str, str]], sentences: int, end: str
) -> None:
    """Whatever is shared, each number stands where it stood, as often as it did."""
    shared = SHARED + "办好实事。" * sentences
    source = "".join(
        f"{at}.{body}整治排口{first}个。{shared}整改{second}处。{end}"
        for at, (body, first, second) in enumerate(points, start=1)
    )

    assert source == clean(source).text


@st.composite
def printings(draw: st.DrawFn) -> tuple[str, str]:
    """Return a document and a second printing of it, wrapped and damaged."""
    names = draw(st.permutations("河湖渠闸泵井塘坝"))
    numbers = draw(st.lists(NUMBERS, min_size=3, max_size=8))
    text = f"{TITLE}\n" + "".join(
        f"{at}.整治{name}道。全年整治{name}道{number}处，做到有人巡查、有人管护。\n"
        for at, (name, number) in enumerate(zip(names, numbers, strict=False), 1)
    )
    width = draw(st.integers(18, 60))
    body = text.splitlines()
    if draw(st.booleans()):
        body = [
            line[i : i + width] for line in body for i in range(0, len(line), width)
        ]
    copy = "\n".join(body) + "\n"
    lost = draw(st.sampled_from(["", "巡", "管", "全"]))
    if lost:
        copy = copy.replace(lost, draw(st.sampled_from(["?", "�", "??", "���"])))
    between = draw(st.sampled_from(["", "\n", "返回顶部\n", "上一篇：某局\n- 9 -\n"]))
    return text, between + copy


@settings(max_examples=80, deadline=None)
@given(printings())
def test_a_second_printing_is_cut_whole(pair: tuple[str, str]) -> None:
    """Nothing of a second printing is left, however it was printed."""
    text, copy = pair

    assert text.strip() == clean(text + copy).text.strip()


@settings(max_examples=80, deadline=None)
@given(
    st.lists(st.sampled_from(["一、甲", "乙12处。", "\n", "3", "?"]), max_size=40).map(
        lambda parts: f"{PLAN}{''.join(parts)}{PLAN}{''.join(parts)}"
    )
)
def test_a_cut_never_ends_inside_a_number_or_a_sentence(source: str) -> None:
    """Before and behind a cut stands the end of a sentence or of a line."""
    for span in find_repeats(source):
        before, after = source[: span.start].rstrip(" "), source[span.end :]

        assert not before or before[-1] in "。\n"
        assert not after or after[0] == "\n" or source[span.end - 1] in "。?�"


@pytest.mark.parametrize("command", [("run", *RULES), ("items", "--json")])
def test_what_was_cut_as_a_copy_is_said(
    cli_runner: CliRunner, command: tuple[str, ...]
) -> None:
    """One line a document says how many sentences, points and numbers are gone."""
    Path("plan.txt").write_text(PLAN + PLAN, encoding="utf-8")
    Path("other.txt").write_text(PLAN, encoding="utf-8")

    result = cli_runner.invoke(
        main, [command[0], "plan.txt", "other.txt", *command[1:]]
    )

    (said,) = [line for line in result.stderr.splitlines() if "a copy" in line]
    assert result.exit_code == 0
    assert said == (
        f"plan.txt: {len(PLAN.rstrip())} characters were cut as a copy of the text "
        "above them: 9 sentences, 4 numbered points, 7 numbers; "
        "`extract items --cuts` shows them"
    )


def test_a_point_printed_over_and_over_is_one_record(cli_runner: CliRunner) -> None:
    """A large file of one line is read in a moment, and its promise is stored once."""
    Path("plan.txt").write_text("1.建成学校3所。\n" * 70_000, encoding="utf-8")

    result = cli_runner.invoke(main, ["run", "plan.txt", *RULES])

    assert result.exit_code == 0
    assert "reading file 1 of 1: plan.txt (1.5 MB)" in result.stderr
    assert rows("select target_quote from v_commitments") == [("3所",)]
