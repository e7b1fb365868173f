"""Task tables: a row is an item, and its columns say who acts and by when."""

from __future__ import annotations

import pytest

from extractor import extract
from extractor.documents.items import split_items
from extractor.documents.loading import document_of_text
from extractor.documents.task_tables import find_tables

TABLE = (
    "临澜县2022年民生实事任务分解表\n"
    "序号\t项目名称\t目标任务\t责任单位\t完成时限\n"
    "1\t农村饮水安全\t改造管网45公里，受益1.2万人\t县水利局\t10月底前\n"
    "2\t学前教育扩容\t新建公办幼儿园3所，新增学位900个\t县教育局\t8月底前\n"
    "3\t社区养老\t新建日间照料中心6个\t县民政局、县住建局\t12月底前\n"
    "合计\t\t15项\t\t\n"
)


def facts(text: str) -> list[tuple[str | None, ...]]:
    """Return who, what, how much and by when of each record."""
    return [
        (
            record.actor.text if record.actor else None,
            "、".join(partner.text for partner in record.partners),
            record.action.text if record.action else None,
            record.object.text if record.object else None,
            record.target.text if record.target else None,
            record.due.date if record.due else None,
        )
        for record in extract(text, model="rules")
    ]


def test_each_row_is_an_item_with_its_number() -> None:
    """Neither the header nor the total is one."""
    items = split_items(document_of_text(TABLE))

    assert [item.label for item in items] == ["1", "2", "3"]
    assert items[0].text == TABLE.splitlines()[2]
    assert [
        (cell.role, cell.span.slice(items[2].clean)) for cell in items[2].cells
    ] == [("lead", "县民政局、县住建局"), ("due", "12月底前")]


def test_columns_say_who_acts_and_by_when() -> None:
    """As a note of responsibility would."""
    assert facts(TABLE) == [
        ("县水利局", "", "改造", "管网", "45公里", "2022-10-31"),
        ("县水利局", "", "受益", "管网", "1.2万人", "2022-10-31"),
        ("县教育局", "", "新建", "公办幼儿园", "3所", "2022-08-31"),
        ("县教育局", "", "新增", "学位", "900个", "2022-08-31"),
        ("县民政局、县住建局", "", "新建", "日间照料中心", "6个", "2022-12-31"),
    ]


def test_order_of_columns_does_not_matter() -> None:
    """Headers are read by what they mean, partners and people apart."""
    text = (
        "某县2024年任务清单\n"
        "牵头单位\t工作任务\t配合单位\t责任人\t时间节点\n"
        "县教育局\t新建幼儿园3所\t县财政局、县住建局\t张某\t9月底前\n"
        "县水利局\t加固水库5座\t县应急局\t李某\t汛期前\n"
    )

    assert facts(text) == [
        ("县教育局", "县财政局、县住建局", "新建", "幼儿园", "3所", "2024-09-30"),
        ("县水利局", "县应急局", "加固", "水库", "5座", None),
    ]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("甲\t乙\n1\t2\n3\t4\n", id="no-header"),
        pytest.param(
            "序号\t责任单位\t完成时限\n1\t县教育局\t9月\n2\t县水利局\t8月\n",
            id="no-task",
        ),
        pytest.param("项目\t责任单位\n建学校\t县教育局\n", id="one-row"),
        pytest.param("一段话。\n没有表格。\n", id="no-cells"),
    ],
)
def test_other_lines_of_cells_are_no_task_table(text: str) -> None:
    """What nobody is charged with is left as it is."""
    assert find_tables(text) == []


def test_table_in_the_midst_of_points_takes_only_its_lines() -> None:
    """The points around it stay."""
    text = (
        "某县2024年要点\n1.新建学校3所。\n2.实施下列项目：\n"
        + "\n".join(TABLE.splitlines()[1:4])
        + "\n3.改造道路8条。\n4.新建公园2个。\n"
    )

    items = split_items(document_of_text(text))

    assert [item.label for item in items] == ["1.", "2.", "1", "2", "3.", "4."]
    assert items[1].text == "2.实施下列项目："


def test_rows_are_not_joined_as_wrapped_lines() -> None:
    """A row that fills the line goes on in no other."""
    document = document_of_text(TABLE)

    assert document.clean.count("\n") == TABLE.count("\n")


SECTIONED = (
    "某县2024年重点任务分解表\n序号\t工作任务\t牵头单位\t配合单位\t完成时限\n"
    "一、民生保障\n1\t新建幼儿园3所\t县教育局\t县财政局\t9月底前\n"
    "2\t改造厕所20座\t县城管局\t各乡镇\t年底前\n"
    "{again}二、产业发展\n3\t引进企业5家\t县商务局\t县发改局\t年底前\n合计\t3项\n"
)


@pytest.mark.parametrize(
    "again", ["", "序号\t工作任务\t牵头单位\t配合单位\t完成时限\n"]
)
def test_sections_of_a_table_are_headings_of_its_rows(again: str) -> None:
    """A row of one cell ends no table, and a header printed again is no row."""
    document = document_of_text(SECTIONED.format(again=again))

    items = split_items(document)

    assert [(item.label, item.heading_path) for item in items] == [
        ("1", ("一、民生保障",)),
        ("2", ("一、民生保障",)),
        ("3", ("二、产业发展",)),
    ]
    roles = [[cell.role for cell in item.cells] for item in items]
    assert roles == [["lead", "partner", "due"]] * 3
