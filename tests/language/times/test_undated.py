"""Undated times: what stands where a date could, and gives none."""

from __future__ import annotations

import pytest

from extractor.language.times.undated import leading_time, undated_times

TIMES = """
汛前|加固堤防3公里
汛期前|完成检修
主汛期到来之前|完成检修
入冬前|完成改造
封冻前|完成主体
冬季供暖开始前|完成检修
供暖季前|完成检修
雨季来临前|完成清淤
春耕前|下达资金
秋收前|完成培训
农忙季节前|完成培训
节前|走访500户
双节前|走访500户
元旦、春节前|走访500户
中秋国庆前|走访500户
提前一个季度|建成5座
提前半年|建成5座
提前10天|发放补贴
每年春节前|走访500户
三伏天前|完成安装
会前|征求意见
全国两会召开前|完成排查
换届前|完成审计
高考前|开展巡查
开学前|组织应急演练不少于2次
新学期开学前|各学校组织演练
放假前|完成登记
寒假前|完成登记
学生返校前|完成消杀
项目开工前|完成征地300亩
下一年度汛期前|完成
2025年主汛期前|完成
春节期间|开展慰问
春节后|启动建设
清明前后|栽植苗木2万株
年初|启动建设
2026年初|启动建设
汛前|进行加固
汛前|提交报告
汛后|加固5公里
冬季|完成造林3万亩
半年内|完成
3个月内|完成
从2026年起|新增5座
自明年起|新增5座
月底前|完成
当月月底前|完成
6月31日|前完成
13月底|前完成
26年底前|完成
"""

INSIDE = """
泵站工程于|汛前|完工
各乡镇|汛前|加固堤防3公里
防汛抗旱指挥部|汛前|组织演练
水库3座|汛前|完工
6月底前建成泵站3座、|汛前|加固堤防3公里
赶在|雨季之前|完成
力争|会前|办结
其中|节前|完成2座
县教育局|提前一个月|新增学位500个
"""

NONE = """
岗前培训5000人
孕前检查率达到90%
学前教育机构达到30所
农村学前教育普及率达到95%
门前三包率达到90%
提前完成任务
超前谋划项目
目前已建成3座
位居全省前列
全省排名前移
前10名企业
前期工作完成
最低工资前提下增长
做好汛前检查30处
做好春节期间保供
9月底前完成
国庆前完成
春节前完成
中秋节前完成
2026年春节前完成
除夕前完成
9月底前提前一个月完成
“五一”前完成
暑假前完成
各县（区）年底前建成
十四五期间完成
建成后新增学位
2025年12月底前完成
确保9月底前一期点火
"""


@pytest.mark.parametrize("row", TIMES.split())
def test_time_of_its_own_opens_the_clause(row: str) -> None:
    """A noun with 前 in front of a predicate, a start, a day that does not exist."""
    time, _, rest = row.partition("|")

    assert [time] == [span.slice(time + rest) for span in undated_times(time + rest)]


@pytest.mark.parametrize("row", INSIDE.split())
def test_time_of_its_own_behind_other_words(row: str) -> None:
    """Bodies, counts and prepositions in front are no part of the time."""
    before, time, rest = row.split("|")
    text = before + time + rest

    found = undated_times(text)

    assert [(len(before), time)] == [(s.start, s.slice(text)) for s in found]


@pytest.mark.parametrize("text", NONE.split())
def test_no_time_of_its_own(text: str) -> None:
    """Names, dates of the calendar and words with another 前 are none."""
    assert undated_times(text) == []


@pytest.mark.parametrize(
    ("words", "length"),
    [
        pytest.param("汛前加固堤防", 2, id="undated"),
        pytest.param("十二月月底前建成", 6, id="dated"),
        pytest.param("在汛前加固堤防", 3, id="preposition"),
        pytest.param("本年度建成5座", 3, id="this-year"),
        pytest.param("本年度计划", 0, id="this-year-of-a-noun"),
        pytest.param("2016年度结转项目", 0, id="year-of-a-noun"),
        pytest.param("去年建成的电梯", 0, id="past-of-a-noun"),
        pytest.param("加固堤防", 0, id="none"),
    ],
)
def test_leading_time_is_what_can_be_skipped(words: str, length: int) -> None:
    """A year alone can belong to the noun behind it."""
    assert length == leading_time(words)


@pytest.mark.parametrize("text", ["\n期间", "到\n前", "\u2009\n之前"])
def test_a_line_break_is_no_noun_of_time(text: str) -> None:
    """Found by fuzzing: the break was the time."""
    assert undated_times(text) == []


def test_a_time_begins_behind_the_line_break() -> None:
    """Its quote would begin with it otherwise."""
    text = "\n汛期前完成清淤"

    (found,) = undated_times(text)

    assert found.slice(text) == "汛期前"
