"""Size: time and memory grow with a file, whatever it repeats."""

from __future__ import annotations

import cProfile
import random
import time
import tracemalloc
from contextlib import suppress
from pathlib import Path

import pytest
from click.testing import CliRunner
from rich.console import Console

from extractor.cli import display
from extractor.cli.main import main
from extractor.core.errors import DocumentError
from extractor.core.spans import OffsetMap, Span
from extractor.documents.items import split_items
from extractor.documents.loading import document_of_text, load_document
from tests import bench_documents
from tests.commands import RULES, rows

SIZE = 100_000
LIMIT_S = 6.0
"""Processor time; what is quadratic takes minutes, what is linear a second or two."""

REPEATED = {
    "unclosed-scripts": "<script>",
    "unclosed-styles": "<style ",
    "unclosed-comments": "<!--",
    "unclosed-types": "<!doctype ",
    "tags": "<p ",
    "angles": "<",
    "entities": "&#38;",
    "brackets": "（",
    "closing-brackets": "）",
    "labels-without-text": "（一）",
    "dashes": "-",
    "dotted-letters": "a.",
    "dashes-and-dots": "-a.",
    "site-words": "官网",
    "chained-site-words": "官网_",
    "underscores": "_",
    "lures": "加微信",
    "brands": "亚博官网",
    "addresses": "http://",
    "digits": "1",
    "grouped-digits": "1,",
    "han-numerals": "一",
    "blanks": " ",
    "breaks": "\n",
    "wide-blanks-in-lines": "\r\n\u3000",
    "no-break-spaces": "\xa0",
    "contents": "目录\n",
    "contents-of-nothing": "目录\n甲\n",
    "links": "相关阅读\n",
    "annexes": "附件\n",
    "question-marks": "?",
    "lost-letters": "�",
    "quotes": "“",
    "full-stops": "。",
    "full-stops-and-blanks": "。 ",
    "zero-width": "a\u200b",
    "breadcrumbs": "首页 > ",
    "bare-numbers": "12\n",
    "bullets": "●",
    "circled-numbers": "①",
    "readings": "发(fā)",
    "signatures": "某市教育局\n2024年1月1日\n",
    "points": "一、甲。",
    "no-sentence-end": "整治河道",
    "damaged-sentences": "整治?道。",
    "traditional": "發展農業",
    "bodies": "委员会",
    "one-word": "a",
}


@pytest.mark.parametrize("name", REPEATED)
@pytest.mark.parametrize("plan", ["{}", "1.甲。\n2.建成学校5所{}乙。\n"])
def test_no_text_takes_more_than_its_length(
    tmp_path: Path, name: str, plan: str
) -> None:
    """No rule goes back over what another one of its tries has read."""
    unit = REPEATED[name]
    path = tmp_path / "plan.txt"
    path.write_text(plan.format(unit * (SIZE // len(unit.encode()))), encoding="utf-8")
    started = time.process_time()

    with suppress(DocumentError):  # a text of blanks is empty
        split_items(load_document(path))

    assert time.process_time() - started < LIMIT_S


@pytest.mark.parametrize("opening", ["", "1", "首页", "首页 > ", "您的位置：", "二、"])
@pytest.mark.parametrize(
    "unit",
    ["é»", "→", "a→", "/", "/a-", "-a·", "> ", "|", "a｜", "首页>", "搜索|", "a 。"],
)
def test_no_line_is_read_in_a_hundred_ways(opening: str, unit: str) -> None:
    """Found by fuzzing: a row of marks in one line took minutes."""
    line = opening + (unit * 160)[:160] + "。\n"
    started = time.process_time()

    split_items(document_of_text(f"1.甲。\n{line}2.建成学校5所。\n{line * 3}"))

    assert time.process_time() - started < 1.0


def _lines(size: int) -> str:
    pick = random.Random(7)
    letters = "整治河道清淤公里拆除旧闸沿岸补种柳树保障供水更换水表节约用水评选小区"
    made = (
        f"{''.join(pick.choices(letters, k=30))}{pick.randint(1, 9999)}处。\n"
        for _ in range(size // 105)
    )
    return "".join(made)


@pytest.mark.parametrize(
    "source",
    [
        pytest.param("1.建成学校3所。\n" * 20_000, id="one-line"),
        pytest.param("1.建成学校3所。\n2.建成桥梁5座。\n" * 10_000, id="two-lines"),
        pytest.param("整治河道。" * 30_000, id="one-sentence-without-a-break"),
        pytest.param(_lines(400_000), id="different-lines"),
        pytest.param(_lines(400_000).replace("\n", ""), id="one-long-line"),
    ],
)
def test_memory_is_a_few_times_the_file(tmp_path: Path, source: str) -> None:
    """The text is held a few times over, never a list of its characters."""
    path = tmp_path / "plan.txt"
    path.write_text(source, encoding="utf-8")
    split_items(load_document(path))  # tables that are built once
    size = path.stat().st_size
    del source

    tracemalloc.start()
    split_items(load_document(path))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert peak < 16 * size


def test_points_beyond_999_are_points(tmp_path: Path) -> None:
    """A number of four digits is a label where it counts on, else a year."""
    path = tmp_path / "plan.txt"
    points = [f"{at}. 建成学校{at}所。\n" for at in range(1, 2101)]
    points[1499] += "3000. 不是下一项。\n"
    path.write_text("".join(points), encoding="utf-8")

    items = split_items(load_document(path))

    assert [item.label for item in items] == [f"{at}." for at in range(1, 2101)]
    assert items[1499].text.endswith("3000. 不是下一项。")


def test_a_file_of_one_line_runs_in_time(cli_runner: CliRunner) -> None:
    """Ten megabytes of it are read in seconds, and it is one record."""
    line = "1.新建改造农村公路320公里，其中乡镇通三级及以上公路85公里。\n"
    path = Path("plan.txt")
    path.write_text(line * (10_000_000 // len(line.encode())), encoding="utf-8")
    started = time.process_time()

    result = cli_runner.invoke(main, ["run", "plan.txt", *RULES])

    assert result.exit_code == 0
    assert time.process_time() - started < 4 * LIMIT_S
    assert "reading file 1 of 1: plan.txt (10.0 MB)" in result.stderr
    assert "were cut as a copy" in result.stderr
    assert rows("select target_quote from v_commitments") == [("320公里",), ("85公里",)]


def test_positions_are_found_by_halving() -> None:
    """A map of a million runs answers at once."""
    runs = 300_000
    offsets = OffsetMap.from_kept(Span(3 * at, 3 * at + 2) for at in range(runs))
    started = time.process_time()

    for at in range(0, 2 * runs - 2, 200):
        assert offsets.pieces(Span(at, at + 2)) == (Span(at // 2 * 3, at // 2 * 3 + 2),)
        assert offsets.to_clean(Span(at // 2 * 3, at // 2 * 3 + 2)) == Span(at, at + 2)

    assert time.process_time() - started < 1.0


@pytest.mark.parametrize("is_terminal", [True, False])
def test_files_are_announced(tmp_path: Path, *, is_terminal: bool) -> None:
    """On a terminal each one, elsewhere the large ones."""
    (tmp_path / "small.txt").write_bytes(b"a")
    (tmp_path / "large.txt").write_bytes(b"a" * 1_500_000)
    console = Console(
        force_terminal=is_terminal, width=200, color_system=None, record=True
    )

    with console.capture() as shown, display.files_progress(console) as on_file:
        on_file(tmp_path / "small.txt", 1, 2)
        on_file(tmp_path / "large.txt", 2, 2)
        on_file(tmp_path / "missing.txt", 3, 3)

    text = shown.get()
    assert ("file 2 of 2" in text and "large.txt (1.5 MB)" in text) or is_terminal
    assert "small.txt" not in text or is_terminal


def _calls(path: Path) -> int:
    """Count the calls that reading a file takes: the same on every machine."""
    profile = cProfile.Profile()
    profile.runcall(lambda: split_items(load_document(path)))
    return sum(entry.callcount for entry in profile.getstats())


def _peak(path: Path) -> int:
    tracemalloc.start()
    split_items(load_document(path))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak


@pytest.mark.parametrize("shape", bench_documents.SHAPES)
def test_work_and_memory_grow_with_the_text(tmp_path: Path, shape: str) -> None:
    """Four times the text is about four times the calls and the memory, not sixteen."""
    small = bench_documents.written(shape, 80_000, tmp_path / "small.txt")
    large = bench_documents.written(shape, 320_000, tmp_path / "large.txt")
    split_items(load_document(large))  # tables that are built once
    size = large.stat().st_size
    ratio = size / small.stat().st_size
    peak = _peak(large)

    assert _calls(large) < 1.5 * ratio * _calls(small)
    assert peak < 2 * ratio * _peak(small)
    assert peak < bench_documents.MEMORY[shape] * size
