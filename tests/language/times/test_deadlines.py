"""Deadlines: a long table of phrases with their last day, refusals included."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor.language.times.deadlines import iter_deadlines, parse_deadline

PLAN_YEAR = 2022

# phrase | last day when the plan year is 2022 (basis from the section's heading)
ABSOLUTE = """
2022年 2022-12-31
2022年度 2022-12-31
2022年全年 2022-12-31
2022年内 2022-12-31
2022年底 2022-12-31
2022年底前 2022-12-31
2022年年底前 2022-12-31
2022年末 2022-12-31
2022年末前 2022-12-31
2022年岁末 2022-12-31
2022年9月 2022-09-30
2022年9月份 2022-09-30
2022年09月 2022-09-30
2022年9月前 2022-08-31
2022年9月之前 2022-08-31
2022年1月前 2021-12-31
2022年9月底 2022-09-30
2022年9月底前 2022-09-30
2022年9月末前 2022-09-30
2022年2月底 2022-02-28
2024年2月底 2024-02-29
2024年2月下旬 2024-02-29
2023年3月前 2023-02-28
2024年3月前 2024-02-29
2025年6月上旬 2025-06-10
2025年6月中旬 2025-06-20
2025年6月下旬 2025-06-30
2025年6月初 2025-06-10
2025年6月中 2025-06-15
2025年12月中旬前 2025-12-10
2025年12月下旬前 2025-12-20
2025年12月上旬前 2025-11-30
2022年6月30日 2022-06-30
2022年6月30日前 2022-06-30
2022年6月30日之前 2022-06-30
2022年12月31日24时前 2022-12-31
2022年10月1日至7日 2022-10-07
2022年10月1日至11月15日 2022-11-15
2022-09-30 2022-09-30
2022.9.30前 2022-09-30
2022/9/5 2022-09-05
2022年上半年 2022-06-30
2022年下半年 2022-12-31
2022年上半年底前 2022-06-30
2024年一季度 2024-03-31
2024年第二季度 2024-06-30
2024年三季度 2024-09-30
2024年第三季度末 2024-09-30
2024年三季度末前 2024-09-30
2024年四季度 2024-12-31
2024年三季度前 2024-06-30
2024年一季度前 2024-03-31
2024年12月月底前 2024-12-31
２０２４年十二月月末前 2024-12-31
2024年9月至2025年3月底 2025-03-31
2012年起5年内 2016-12-31
2012年起，5年内 2016-12-31
2012年起用5年时间 2016-12-31
2012年起未来五年 2016-12-31
自2023年起3年内 2025-12-31
从2024年开始用3年时间 2026-12-31
从2024年开始利用三年左右的时间 2026-12-31
自2023年7月起3年内 2026-06-30
自2023年7月1日起三年内 2026-06-30
自2024年2月29日起1年内 2025-02-28
2021—2025年5年内 2025-12-31
二〇一二年起五年内 2016-12-31
２０１２年起５年内 2016-12-31
2024年第1季度末 2024-03-31
到2025年 2025-12-31
到2025年底 2025-12-31
到2025年底前 2025-12-31
到2025年末 2025-12-31
力争到2025年 2025-12-31
至2027年底 2027-12-31
截至2025年 2025-12-31
截止到2025年6月 2025-06-30
不迟于2025年6月底 2025-06-30
于2023年底前 2023-12-31
在2023年底前 2023-12-31
2025年前 2024-12-31
2027年前 2026-12-31
2030年以前 2029-12-31
2030年 2030-12-31
2035年 2035-12-31
2023—2025年 2025-12-31
2023-2025年 2025-12-31
2023年至2025年 2025-12-31
2023年到2025年底 2025-12-31
从2023年到2025年 2025-12-31
2023-25年 2025-12-31
2023～2025年期间 2025-12-31
二〇二五年 2025-12-31
二零二五年底 2025-12-31
二○二五年六月 2025-06-30
二〇二五年十二月底前 2025-12-31
２０２５年底 2025-12-31
２０２５年９月前 2025-08-31
2025 年 9 月底前 2025-09-30
2022年春季学期 2022-07-31
2022年秋季学期 2023-01-31
2022年秋季学期前 2022-08-31
2022年秋季学期开学前 2022-08-31
2022年秋季开学前 2022-08-31
2024年春季学期前 2024-02-29
2022—2023学年 2023-08-31
2022-2023学年末 2023-08-31
2022学年 2023-08-31
2022年国庆节前 2022-09-30
2023年元旦前 2022-12-31
2022年五一前 2022-04-30
2022年暑假前 2022-06-30
2022年暑期 2022-08-31
"""

PLAN = """
年底 2022-12-31
年底前 2022-12-31
年末 2022-12-31
年内 2022-12-31
年终前 2022-12-31
岁末 2022-12-31
今年底 2022-12-31
今年年底前 2022-12-31
今年内 2022-12-31
今年年内 2022-12-31
本年度内 2022-12-31
到年底 2022-12-31
至今年底 2022-12-31
到今年年底 2022-12-31
明年 2023-12-31
明年底 2023-12-31
明年年底前 2023-12-31
明年上半年 2023-06-30
明年6月底前 2023-06-30
后年底 2024-12-31
上半年 2022-06-30
上半年内 2022-06-30
今年上半年 2022-06-30
下半年 2022-12-31
一季度 2022-03-31
一季度末 2022-03-31
第一季度 2022-03-31
二季度前 2022-03-31
第二季度结束前 2022-06-30
第三季度末 2022-09-30
三季度前 2022-06-30
三季度末前 2022-09-30
一季度前 2022-03-31
第一季度前 2022-03-31
次年一季度前 2023-03-31
次年3月底 2023-03-31
次年3月底前 2023-03-31
翌年 2023-12-31
翌年6月前 2023-05-31
翌年上半年 2023-06-30
次年上半年 2023-06-30
次年年底前 2023-12-31
次年国庆节前 2023-09-30
明年一季度末 2023-03-31
来年三季度 2023-09-30
次年度 2023-12-31
下一年度6月底前 2023-06-30
后年 2024-12-31
9月至次年3月 2023-03-31
12月月底前 2022-12-31
12月月末前 2022-12-31
十二月月底前 2022-12-31
九月月底 2022-09-30
十一月月中前 2022-11-10
10月月初 2022-10-10
三季度季末前 2022-09-30
一季度季末 2022-03-31
今明两年 2023-12-31
自今年起3年内 2024-12-31
明年起两年内 2024-12-31
“五一”黄金周前 2022-04-30
“3·15”前 2022-03-15
2-3季度 2022-09-30
1月前 2021-12-31
3月 2022-03-31
3月份 2022-03-31
9月前 2022-08-31
9月底 2022-09-30
9月底前 2022-09-30
9月末 2022-09-30
九月底前 2022-09-30
十二月底 2022-12-31
十一月下旬 2022-11-30
2月底前 2022-02-28
6月上旬 2022-06-10
12月中旬前 2022-12-10
3—5月 2022-05-31
3月至5月 2022-05-31
6月30日前 2022-06-30
6月30日之前 2022-06-30
12月25日 2022-12-25
六月三十日前 2022-06-30
10月1日至7日 2022-10-07
9月开学前 2022-08-31
春季学期 2022-07-31
春季学期前 2022-02-28
春季开学前 2022-02-28
春季学期结束前 2022-07-31
秋季学期 2023-01-31
秋季学期前 2022-08-31
秋季开学前 2022-08-31
秋季学期开学前 2022-08-31
秋季学期期末 2023-01-31
本学年 2022-08-31
本学年末 2022-08-31
下学年 2023-08-31
暑假前 2022-06-30
暑期 2022-08-31
暑假期间 2022-08-31
国庆前 2022-09-30
国庆节前 2022-09-30
“五一”前 2022-04-30
“七一”前 2022-06-30
教师节前 2022-09-09
元旦前 2022-12-31
1年内 2022-12-31
三年内 2024-12-31
5年内 2026-12-31
五年之内 2026-12-31
3-5年内 2026-12-31
力争用3年时间 2024-12-31
用两年左右时间 2023-12-31
用三年左右的时间 2024-12-31
经过三年努力 2024-12-31
未来五年 2026-12-31
今后3年内 2024-12-31
年中 2022-06-30
９月底前 2022-09-30
"""

NAMED = """
“十四五”期间 2025-12-31
“十四五”时期 2025-12-31
“十四五”末 2025-12-31
“十四五”期末 2025-12-31
“十四五”规划期内 2025-12-31
到“十四五”末 2025-12-31
"十四五"期间 2025-12-31
「十四五」期間 2025-12-31
十四五期间 2025-12-31
“十三五”期间 2020-12-31
“十二五”末 2015-12-31
“十一五”期间 2010-12-31
“十五五”期间 2030-12-31
“十五五”末 2030-12-31
“十六五”期间 2035-12-31
“十五”期间 2005-12-31
“二十五五”期间 2080-12-31
第十五个五年规划期 2030-12-31
第十四个五年规划期间 2025-12-31
"""

# The moon moves these; plan year 2022.
FEASTS = """
春节前 2022-01-31
春节假期前 2022-01-31
元宵节前 2022-02-14
元宵前 2022-02-14
端午节前 2022-06-02
端午前 2022-06-02
七夕前 2022-08-03
中秋节前 2022-09-09
中秋前 2022-09-09
重阳节前 2022-10-03
除夕前 2022-01-30
除夕之前 2022-01-30
清明节前 2022-04-04
清明前 2022-04-04
立冬前 2022-11-06
霜降前 2022-10-22
冬至前 2022-12-21
次年春节前 2023-01-21
明年中秋节前 2023-09-28
"""

DATED_FEASTS = """
2026年春节前 2026-02-16
2025年端午节前 2025-05-30
2025年中秋节前 2025-10-05
2024年清明前 2024-04-03
2024年元宵节前 2024-02-23
"""

REFUSED = """
全年 今年 当年 本年度 每年 每年底 每年9月底前 每学期 每季度 每季度末 逐年 历年 近三年
连续3年 从2020年秋季开始 从2023年起 自2022年9月1日起 2022年9月1日起 2025年以来
“十三五”以来 2022年之后 2022届 第十四届 2022 2022级 本世纪中叶 月底前 本月底 年初
2023年初 春节 春节期间 春节后 节前 两节前 元旦、春节前 中秋国庆前 大雪前 汛期前 高考前
寒假前 开学前 本学期 去年底 半年内
六个月内 3个月内 “十四五” “十四五”初期 “十四五”规划 2022年2月29日 2023年2月30日前
2022年13月 13月 五季度 2022年5季度 近期 尽快 早日 长期 前 底 期间 任期内 2025-2023年
2021-2023学年 15所 80% 9月31日 2月30日 1850年 9999年
明年汛期前 2101年春节前 提前一个季度 提前半年 每月10日前
月月底前 当月月底前 13月月底前 2025年13月底前
6月31日前 6月31日 2021—2025年3年内 2023年起连续3年 自2023年起6个月内 自2023年起
1850年起5年内
“13·15”前 “3·15” 26年底前 次年初
"""


def _table(block: str) -> list[tuple[str, str]]:
    """Split a block into phrase and date."""
    rows = [line.rpartition(" ") for line in block.strip().splitlines()]
    return [(phrase, day) for phrase, _, day in rows]


READ = [
    *((phrase, day, "absolute") for phrase, day in _table(ABSOLUTE)),
    *((phrase, day, "plan_year") for phrase, day in _table(PLAN)),
    *((phrase, day, "named_period") for phrase, day in _table(NAMED)),
    *((phrase, day, "plan_year") for phrase, day in _table(FEASTS)),
    *((phrase, day, "absolute") for phrase, day in _table(DATED_FEASTS)),
]


@pytest.mark.parametrize(("phrase", "day", "basis"), READ)
def test_phrase_is_read(phrase: str, day: str, basis: str) -> None:
    """Every phrase gives the stated day and basis and names its rule."""
    deadline = parse_deadline(phrase, PLAN_YEAR)

    assert deadline is not None
    assert (day, basis) == (deadline.date, deadline.basis)
    assert deadline.rule and deadline.quote == phrase


@pytest.mark.parametrize("phrase", ["", " ", *REFUSED.split()])
def test_phrase_is_refused(phrase: str) -> None:
    """What recurs, starts, repeats the plan year or has no date is refused."""
    assert parse_deadline(phrase, PLAN_YEAR) is None


def test_tables_are_long_enough() -> None:
    """The tables hold at least 120 distinct phrases, none of them twice."""
    phrases = [row[0] for row in READ] + REFUSED.split()

    assert len(phrases) == len(set(phrases))
    assert len(phrases) >= 120


@pytest.mark.parametrize(("phrase", "day"), _table(PLAN))
def test_plan_year_moves_relative_dates(phrase: str, day: str) -> None:
    """Eight years later the same words mean the same day eight years later."""
    moved = parse_deadline(phrase, PLAN_YEAR + 8)

    assert moved is not None
    year, rest = int(day[:4]) + 8, day[4:]
    assert date.fromisoformat(f"{year}{rest}") == date.fromisoformat(moved.date)


@pytest.mark.parametrize(("phrase", "day", "basis"), READ)
def test_no_plan_year(phrase: str, day: str, basis: str) -> None:
    """Without a plan year relative words give nothing and the others the same."""
    deadline = parse_deadline(phrase, None)

    expected = None if basis == "plan_year" else day
    assert expected == (deadline.date if deadline else None)


@pytest.mark.parametrize(
    ("phrase", "year", "day"),
    [
        ("春节前", 2012, "2012-01-22"),
        ("春节前", 2030, "2030-02-02"),
        ("除夕前", 2025, "2025-01-27"),
        ("中秋节前", 2020, "2020-09-30"),
        ("端午节前", 2025, "2025-05-30"),
        ("清明节前", 2025, "2025-04-03"),
        ("国庆节前", 2025, "2025-09-30"),
    ],
)
def test_feast_is_the_plan_years(phrase: str, year: int, day: str) -> None:
    """The last day before it begins, by the lunar calendar of that year."""
    deadline = parse_deadline(phrase, year)

    assert deadline is not None
    assert day == deadline.date


def test_years_within_counts_the_plan_year() -> None:
    """Plan year 2012 and 5年内 end in 2016."""
    deadline = parse_deadline("5年内", 2012)

    assert deadline is not None
    assert deadline.date == "2016-12-31"


def test_leap_february() -> None:
    """2月底 follows the plan year's February."""
    deadline = parse_deadline("2月底前", 2024)

    assert deadline is not None
    assert deadline.date == "2024-02-29"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("确保2022年底新增，到2025年底前达到", "2022年底 到2025年底前"),
        ("实现2022年9月前全部完成；9月底前、年底前", "2022年9月前 9月底前 年底前"),
        ("“十四五”期间，到“十四五”末、", "“十四五”期间 到“十四五”末"),
        ("按照“十四五”规划，落实十四五工作", ""),
        ("力争用3年时间，三年内，未来五年", "用3年时间 三年内 未来五年"),
        ("从2020年秋季开始，自2022年9月1日起，2021年以来", ""),
        ("今年、全年、当年，每年底、每年9月底前、每学期", ""),
        ("做好2022届毕业生就业，第十四届", ""),
        ("《2019—2021年行动计划》和行动计划（2021—2023年）", ""),
        ("某市教育局2022年工作要点", ""),
        ("提高到2025年的80%", "2025年"),
        ("2022年公办园占比达51%", "2022年"),
        ("上半年启动，第三季度末完成，四季度评估", "上半年 第三季度末 四季度"),
        ("一季度一次，一月一主题，每季度末报送", ""),
        ("6月30日前报送，12月中旬前验收", "6月30日前 12月中旬前"),
        ("2023—2025年建设，2023年至2025年底建成", "2023—2025年 2023年至2025年底"),
        ("二〇二五年底前，九月底前", "二〇二五年底前 九月底前"),
        (
            "秋季学期开学前，暑假前，国庆节前，明年底",
            "秋季学期开学前 暑假前 国庆节前 明年底",
        ),
        ("2022—2023学年，今年9月底前，至今年底", "2022—2023学年 今年9月底前 至今年底"),
        ("２０２５年９月底前，「十四五」期間", "２０２５年９月底前 「十四五」期間"),
        ("近三年、连续3年、三年行动", ""),
        ("6个月内办结，3天内答复", ""),
        ("截至2025年，2024年第一季度末", "截至2025年 2024年第一季度末"),
        ("2030年前实现达峰", "2030年前"),
        ("9月底前开工，次年3月底前完工", "9月底前 次年3月底前"),
        ("十二月月底前开工，次年一季度前完工", "十二月月底前 次年一季度前"),
        ("自2023年起3年内建成", "自2023年起3年内"),
        ("2012年起，5年内建成", "2012年起，5年内"),
        ("从2020年秋季开始招生，2026年起实施", ""),
        ("2026年初启动，2025年13月建成，6月31日前完成", ""),
        ("近3年内建成，半年内完成，26年底前", ""),
        ("2025年9月至2026年3月建设", "2025年9月至2026年3月"),
        ("先后年检，以下年度计划", ""),
        ("9月前进行验收，三季度前提交报告", "9月前 三季度前"),
        ("2026年前提高标准，国庆前提升改造", "2026年前 国庆前"),
        ("春节前走访，除夕前发放，清明节前检查", "春节前 除夕前 清明节前"),
        ("元旦、春节前走访，中秋国庆前检查，春节后", ""),
        ("2025—2027年，到2027年，“十五五”末", "2025—2027年 到2027年 “十五五”末"),
        ("每月10日前报送，提前一个季度完成，本月底前", ""),
    ],
)
def test_candidates_of_prose(text: str, expected: str) -> None:
    """Candidates are the whole time expressions, and only those."""
    assert expected.split() == [span.slice(text) for span in iter_deadlines(text)]


@pytest.mark.parametrize(
    ("text", "quote", "day"),
    [
        pytest.param("力争 2025 年 9 月底前 建成", "2025 年 9 月底前", "2025-09-30"),
        pytest.param(
            "２０２５　年　９　月前建成", "２０２５　年　９　月前", "2025-08-31"
        ),
        pytest.param("2 0 2 6 年底前建成", "2 0 2 6 年底前", "2026-12-31"),
        pytest.param("6 月 30 日 前建成", "6 月 30 日 前", "2022-06-30"),
        pytest.param("二 〇 二 五 年 九 月建成", "二 〇 二 五 年 九 月", "2025-09-30"),
        pytest.param("第 三 季度 末建成", "第 三 季度 末", "2022-09-30"),
        pytest.param("完成15 3月底前", "3月底前", "2022-03-31"),
    ],
)
def test_spaces_do_not_split_a_time(text: str, quote: str, day: str) -> None:
    """Conversion leaves spaces inside times; the quote keeps them."""
    (span,) = iter_deadlines(text)
    deadline = parse_deadline(span.slice(text), PLAN_YEAR)

    assert deadline is not None
    assert (quote, day) == (span.slice(text), deadline.date)


@given(
    st.integers(1990, 2040),
    st.integers(1, 30),
    st.sampled_from(
        ["{y}年起{n}年内", "自{y}年起用{n}年时间", "从{y}年开始，{n}年之内"]
    ),
)
def test_counted_years_never_move(first: int, count: int, form: str) -> None:
    """A count from a printed year ends where it ends, whatever the plan's year."""
    phrase = form.format(y=first, n=count)

    found = {
        deadline.date
        for year in (None, 1999, 2025)
        if (deadline := parse_deadline(phrase, year))
    }

    assert found == {f"{first + count - 1}-12-31"}


@pytest.mark.parametrize(("phrase", "day"), [*_table(ABSOLUTE), *_table(NAMED)])
def test_plan_year_moves_no_other_date(phrase: str, day: str) -> None:
    """What names its year or its plan stays where it is in every plan."""
    moved = parse_deadline(phrase, PLAN_YEAR + 8)

    assert moved is not None
    assert day == moved.date


@pytest.mark.parametrize(("phrase", "day", "basis"), READ)
def test_candidates_mean_the_same(phrase: str, day: str, basis: str) -> None:
    """What the finder proposes for a phrase in prose is due on the same day."""
    text = f"推进工作，{phrase}完成任务。"

    spans = list(iter_deadlines(text))

    # A bare month of a term or a season is found with its neighbours or not at all.
    if not spans:
        pytest.skip("a form only a model would point at")
    deadline = parse_deadline(spans[-1].slice(text), PLAN_YEAR)
    assert deadline is not None
    assert (day, basis) == (deadline.date, deadline.basis)


@given(st.dates(date(1990, 1, 1), date(2099, 12, 31)))
def test_any_day_is_read(day: date) -> None:
    """Any written-out day comes back."""
    deadline = parse_deadline(f"{day.year}年{day.month}月{day.day}日前", None)

    assert deadline is not None
    assert day.isoformat() == deadline.date


@given(
    st.text(
        alphabet="0123456789年月日底前内末到至从起上下半季度十四五“”期间每一三 -—",
        max_size=16,
    )
)
def test_any_text_is_safe(text: str) -> None:
    """No text raises, and spans lie in the text in order."""
    parse_deadline(text, PLAN_YEAR)
    spans = list(iter_deadlines(text))

    assert all(0 <= span.start < span.end <= len(text) for span in spans)
    assert all(left.end <= right.start for left, right in pairwise(spans))
