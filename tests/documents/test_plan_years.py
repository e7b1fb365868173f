"""Plan years: what says the year a plan is for, and what only mentions one."""

from __future__ import annotations

import pytest

from extractor.documents.plan_years import find_plan_year


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("杏林发〔2018〕42号", id="alone"),
        pytest.param("杏林发[2018]42号", id="square"),
        pytest.param("杏林发(2018)42号", id="round"),
        pytest.param("杏林发（２０１８）４２号", id="full-width"),
        pytest.param("杏林发［2018］第42号", id="wide-square"),
        pytest.param("杏林发〔二〇一八〕四十二号", id="chinese"),
        pytest.param("杏林发 〔 2018 〕 42 号", id="spaces"),
        pytest.param("（杏林发〔2018〕42号）", id="in-brackets"),
        pytest.param("杏川县林业局文件 杏林发〔2018〕42号", id="behind-the-body"),
        pytest.param("杏林发〔2018〕42号　　签发人：李某", id="signed-off"),
        pytest.param("索引号：001 文号：杏林发〔2018〕42号", id="labelled"),
        pytest.param("发文字号：杏林发〔2018〕42号 发布日期：2018-03-02", id="stamped"),
        pytest.param(
            "关于印发《林业工作要点》的通知（杏林发〔2018〕42号）", id="notice"
        ),
    ],
)
def test_own_number_gives_the_year(line: str) -> None:
    """Years that the text merely mentions do not outvote the number."""
    head = (
        f"杏川县林业局工作要点\n{line}\n根据省规划（省发〔2015〕3号）安排如下。\n"
        "一、造林。到2020年造林3万亩，到2020年育苗2万亩，2019年以来已成林。\n"
    )

    assert find_plan_year("杏川县林业局工作要点", head) == 2018


@pytest.mark.parametrize(
    "head",
    [
        pytest.param("根据《林业规划》（杏政发〔2015〕3号），制定本要点。", id="prose"),
        pytest.param("为落实《林业规划》\n（杏政发〔2015〕3号）\n", id="wrapped"),
        pytest.param("贯彻杏政发〔2015〕3号\n", id="carried-out"),
        pytest.param("杏政发〔2015〕3号文件精神\n", id="spirit-of"),
        pytest.param("杏政发〔2015〕3号、杏林发〔2018〕42号\n", id="list"),
        pytest.param("各乡镇：\n一、造林。\n杏政发〔2015〕3号\n", id="behind-a-point"),
        pytest.param("杏政发〔2015〕3号\n杏林发〔2018〕42号\n", id="two"),
        pytest.param("到2025年造林3万亩。到2025年育苗2万亩。", id="horizon"),
        pytest.param("2019年以来成林3万亩，2019年育苗2万亩。", id="since"),
        pytest.param("2017年工作要点完成情况\n", id="looks-back"),
        pytest.param("2021—2025年规划\n", id="range"),
        pytest.param("一、造林。制定2035年绿化实施方案。", id="task"),
        pytest.param("工作要点\n2024年12月28日\n", id="late-in-the-year"),
        pytest.param("工作要点\n2024年3月1日\n2023年3月1日\n", id="two-days"),
        pytest.param("杏林发〔3018〕42号\n", id="no-year"),
    ],
)
def test_mentioned_year_is_no_plan_year(head: str) -> None:
    """What is cited, aimed at or past says nothing of the plan."""
    assert find_plan_year("", head) is None


@pytest.mark.parametrize(
    ("title", "head", "year"),
    [
        pytest.param(
            "杏川县2019年林业工作要点", "杏林发〔2018〕42号\n", 2019, id="title-wins"
        ),
        pytest.param(
            "", "杏林发〔2017〕95号\n二、2018年重点任务\n", 2018, id="numbered-late"
        ),
        pytest.param(
            "", "杏林发〔2018〕42号\n二、2020年目标任务\n", 2018, id="number-wins"
        ),
        pytest.param("", "要点\n一、2023年重点任务\n", 2023, id="heading"),
        pytest.param(
            "", "现将《2018年林业工作要点》印发给你们。\n", 2018, id="preamble"
        ),
        pytest.param("", "政府工作报告\n——2025年1月\n", 2025, id="month"),
        pytest.param(
            "",
            "（2025年1月10日在杏川县第十八届人民代表大会第四次会议上）\n",
            2025,
            id="congress",
        ),
        pytest.param(
            "", "要点\n发布时间：2023-02-15 09:30 来源：办公室\n", 2023, id="stamp"
        ),
        pytest.param(
            "", "一、造林。\n杏川县林业局\n二〇一八年三月五日\n", 2018, id="signature"
        ),
        pytest.param("二〇二三年度工作安排", "", 2023, id="chinese-title"),
    ],
)
def test_title_number_name_and_day_in_this_order(
    title: str, head: str, year: int
) -> None:
    """The title wins; a number gives way to the next year's heading only."""
    assert find_plan_year(title, head) == year


@pytest.mark.parametrize("title", ["某局1900要点", "某县碳中和2060年行动方案"])
def test_year_that_no_plan_is_for_is_none(title: str) -> None:
    """Found by fuzzing: every date without a year would lie in it."""
    assert find_plan_year(title, "") is None


def test_year_of_the_plan_beside_one_that_is_none() -> None:
    """The horizon of a title is not its year."""
    assert find_plan_year("某县2024年碳中和2060年行动方案", "") == 2024
