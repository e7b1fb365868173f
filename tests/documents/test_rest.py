"""The text accounted for: items, cuts, and the rest with its reasons."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

import pytest
from click.testing import CliRunner

from extractor.cli.main import main
from extractor.core.records import Document
from extractor.core.spans import Span
from extractor.documents.items import Split, split
from extractor.documents.loading import document_of_text, load_document
from extractor.documents.rest import values_by_reason
from extractor.documents.retrospect import is_past
from tests.conftest import DEVELOPMENT, DOCUMENTS

PATHS = sorted([*DOCUMENTS.glob("*.txt"), *DEVELOPMENT.glob("*.txt")])
GOALS = """云溪县2024年国民经济和社会发展计划

一、总体要求
坚持稳中求进工作总基调，完整准确全面贯彻新发展理念，着力推动高质量发展。

二、主要目标
地区生产总值增长6%左右，一般公共预算收入增长4%，新增城镇就业5200人。
万元地区生产总值能耗下降2.5%，空气质量优良天数比例达到92%以上。

三、重点任务
（一）壮大实体经济。新建标准厂房12万平方米，培育规上企业15家。
（二）建设和美乡村。完成农村公路改造80公里，新建高标准农田3万亩。
（三）增进民生福祉。新建公办幼儿园4所，新增托位600个。

新的一年，我们还要办好十件民生实事，包括新建口袋公园6个，改造老旧小区22个。
"""
REPORT = """柏川市2025年政府工作报告
各位代表：
现在，我代表市人民政府，向大会报告工作。

一、2024年工作回顾
过去一年，我们全力以赴拼经济，地区生产总值增长6.2%，建成高标准农田12万亩。
民生保障更加有力。新增城镇就业2.3万人，改造老旧小区86个。

二、2025年工作总体要求和主要目标
主要预期目标是：地区生产总值增长6.5%左右，城镇新增就业2万人以上。

三、2025年重点工作
（一）全力扩大有效投资
实施重点项目240个，6月底前开工环湖路改造工程。
（二）加快产业转型
新增国家高新技术企业60家，建成智能工厂8个。

名词解释
1.智能工厂：指应用智能制造技术的工厂，全省目标为300个。
"""


def opened(text: str) -> tuple[Document, Split]:
    """Return a text as a document, and as its parts."""
    document = document_of_text(text)
    return document, split(document)


def starts(parts: Split, document: Document) -> list[tuple[str | None, str]]:
    """Return label and first words of each item."""
    return [
        (item.label, document.source[item.span.start : item.span.end].strip()[:12])
        for item in parts.items
    ]


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_every_character_is_accounted_for(path) -> None:
    """It is in an item, in a cut, in the rest, or white space."""
    document = load_document(path)
    parts = split(document)

    accounted = bytearray(len(document.source))
    spans = [item.span for item in parts.items] + [cut.span for cut in document.cuts]
    spans += [document.offsets.to_source(line.span) for line in parts.rest]
    for span in spans:
        accounted[span.start : span.end] = b"1" * (span.end - span.start)
    left = {
        char
        for char, is_there in zip(document.source, accounted, strict=True)
        if not is_there and not char.isspace()
    }
    assert left <= {"\ufeff"}


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_items_and_rest_do_not_overlap(path) -> None:
    """No character is in two places."""
    document = load_document(path)
    parts = split(document)
    clean = [document.offsets.to_clean(item.span) for item in parts.items]

    spans = sorted([*filter(None, clean), *(line.span for line in parts.rest)])

    for before, after in pairwise(spans):
        assert before.end <= after.start


def test_goals_and_a_closing_paragraph_are_items() -> None:
    """Numbered or not, what promises is inside; a preamble is not."""
    document, parts = opened(GOALS)

    assert starts(parts, document) == [
        ("二、", "二、主要目标\n地区生产总"),
        ("（一）", "（一）壮大实体经济。新建"),
        ("（二）", "（二）建设和美乡村。完成"),
        ("（三）", "（三）增进民生福祉。新建"),
        (None, "新的一年，我们还要办好十"),
    ]
    assert not parts.items[3].text.endswith("22个。")
    assert "preamble" in {line.reason for line in parts.rest}


def test_what_looks_back_is_no_item() -> None:
    """Nor is a glossary; both halves of a report are told apart."""
    document, parts = opened(REPORT)

    assert starts(parts, document) == [
        ("二、", "二、2025年工作总体要"),
        ("（一）", "（一）全力扩大有效投资\n"),
        ("（二）", "（二）加快产业转型\n新增"),
    ]
    reasons = {line.span.slice(document.clean)[:6]: line.reason for line in parts.rest}
    assert reasons["过去一年，我"] == "review"
    assert reasons["民生保障更加"] == "review"
    assert reasons["1.智能工厂"] == "annex"


def test_review_without_a_heading_looks_back() -> None:
    """The sentence that opens it tells, up to the one that turns to what comes."""
    _, parts = opened(
        "南浦县2021年工作要点\n"
        "过去一年，全县各项工作取得新成效。\n"
        "1.建成公园12个，新增绿地30公顷。\n2.改造老旧小区46个，惠及9000户。\n"
        "3.新建学校3所。\n"
        "2021年重点工作安排如下：\n"
        "1.新建口袋公园8个。\n2.改造老旧小区20个。\n3.新增学位1200个。\n"
    )

    assert [item.text for item in parts.items] == [
        "1.新建口袋公园8个。",
        "2.改造老旧小区20个。",
        "3.新增学位1200个。",
    ]


@pytest.mark.parametrize(
    "title", ["提升治理成效", "通报年度任务完成情况", "巩固脱贫攻坚成效"]
)
def test_point_about_results_is_a_point(title: str) -> None:
    """What begins with its verb is to be done, whatever it ends with."""
    text = f"某县2022年要点\n1.新建学校3所。\n2.{title}。每季度检查1次。\n"

    _, parts = opened(text)

    assert [item.label for item in parts.items] == ["1.", "2."]


@pytest.mark.parametrize(
    "title", ["2021年工作回顾", "工作总结", "取得的主要成效", "上年度任务完成情况"]
)
def test_heading_of_a_review_holds_no_point(title: str) -> None:
    """What it counts is there already."""
    text = (
        f"某县2022年要点\n一、{title}\n（一）新建学校9所。\n（二）改造道路8条。\n"
        "二、2022年重点任务\n（一）新建学校3所。\n（二）改造道路2条。\n"
    )

    _, parts = opened(text)

    assert [item.text for item in parts.items] == [
        "（一）新建学校3所。",
        "（二）改造道路2条。",
    ]


def test_number_glued_to_its_text_is_the_label_that_counts_on() -> None:
    """3.12345热线 is point 3; 2.0版 and 3.1公里 inside prose are none."""
    _, parts = opened(
        "榆水县2023年为民办实事项目\n1.新建停车位600个。\n2.改造农村危房320户。\n"
        "3.12345热线按期办结率达到98%以上。\n4.365便民行动覆盖84个社区。\n"
        "5.建设2.0版平台，接入事项1200项。\n6.整治河道\n3.1公里，6月底前开工。\n"
        "7.培训1.2万人次。\n"
    )

    assert [item.label for item in parts.items] == [f"{n}." for n in range(1, 8)]
    assert parts.items[2].text == "3.12345热线按期办结率达到98%以上。"
    assert "3.1公里" in parts.items[5].text


def test_one_point_under_words_to_whom_is_an_item() -> None:
    """A notice may have a single point."""
    _, parts = opened(
        "关于做好2024年春季植树工作的通知\n各乡镇人民政府：\n"
        "一、总体任务。全县完成植树造林1.8万亩，4月底前全部完成。\n"
    )

    assert [item.label for item in parts.items] == ["一、"]


@pytest.mark.parametrize(
    "words",
    [
        "为确保报告确定的各项目标任务落到实处，现将2021年重点工作分解如下。",
        "县人大三次会议审议通过的报告，公布了38项重点，拟修订文件16项。",
        "2021年是“十四五”开局之年，全县经济总量跨过千亿元台阶。",
    ],
)
def test_opening_that_only_tells_is_no_item(words: str) -> None:
    """A number in front of the points is a goal only where it is called one."""
    document, parts = opened(f"某县工作要点\n{words}\n1.新建学校3所。\n2.修路2条。\n")

    assert [item.label for item in parts.items] == ["1.", "2."]
    assert "opening" in {line.reason for line in parts.rest}
    first = document.source.index("1.")
    assert all(item.span.start >= first for item in parts.items)


def test_values_of_the_rest_are_counted_by_reason() -> None:
    """A year alone, as in a title, is none of them."""
    document, parts = opened(REPORT)

    counts = values_by_reason(document.clean, parts.rest)

    assert counts["review"] == 4
    assert counts["annex"] == 1
    assert "heading" not in counts


def test_command_lists_the_rest_and_says_what_it_holds(cli_runner: CliRunner) -> None:
    """In words, in JSON, and in one line otherwise."""
    Path("plan.txt").write_text(REPORT, encoding="utf-8")

    plain = cli_runner.invoke(main, ["items", "plan.txt"])
    listed = cli_runner.invoke(main, ["items", "--rest", "plan.txt"])
    rows = cli_runner.invoke(main, ["items", "--rest", "--json", "plan.txt"])

    assert "numbers and dates stand in no item (review 4, annex 1)" in plain.stdout
    assert "review [" in listed.stdout
    parsed = [json.loads(line) for line in rows.stdout.splitlines()]
    assert {row["rest"] for row in parsed if "rest" in row} >= {"review", "annex"}
    for row in parsed:
        place = Span(row.get("start", 0), row.get("end", 0))
        if "rest" in row:
            assert place.slice(REPORT) == row["text"]


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("基础工程已于2014年11月完成，今年建设主体12栋。", False),
        ("2014年完成基础工程，9月底前建设主体12栋。", False),
        ("2014年已建设主体12栋，投资4100万元。", True),
        ("2014年12月底前已建成主体12栋。", False),
        ("去年建设主体12栋。", True),
    ],
)
def test_past_and_plan_in_one_sentence_are_a_plan(
    sentence: str, *, expected: bool
) -> None:
    """今年 and a month without a year turn a sentence ahead: better one too many."""
    assert is_past(sentence, 2015) is expected
