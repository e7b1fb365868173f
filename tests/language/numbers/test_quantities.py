"""Quantities: long tables of phrases with what each means, refusals included."""

from __future__ import annotations

import re
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor.core.records import Quantity
from extractor.language.numbers.quantities import iter_quantities, parse_quantity

# phrase | value or low..high | unit ("" when none) | comparator | change | baseline
# Empty change is `level`.
READ = """
不低于94% | 94 | % | ge
不低于９４％ | 94 | % | ge
不少于15所 | 15 | 所 | ge
不小于3000平方米 | 3000 | 平方米 | ge
不得低于60% | 60 | % | ge
不得少于2小时 | 2 | 小时 | ge
不应少于12个 | 12 | 个 | ge
不能低于三分之二 | 66.67 | % | ge
至少1名 | 1 | 名 | ge
至少一次 | 1 | 次 | ge
最少3场 | 3 | 场 | ge
最低500元 | 500 | 元 | ge
≥98% | 98 | % | ge
大于等于5项 | 5 | 项 | ge
10场以上 | 10 | 场 | ge
80%以上 | 80 | % | ge
80％及以上 | 80 | % | ge
20家（含）以上 | 20 | 家 | ge
50张以上 | 50 | 张 | ge
90%之上 | 90 | % | ge
八成以上 | 80 | % | ge
百分之八十以上 | 80 | % | ge
百分之九十五以上 | 95 | % | ge
三分之一以上 | 33.33 | % | ge
一半以上 | 50 | % | ge
半数以上 | 50 | % | ge
1800余名 | 1800 | 名 | ge
100余场 | 100 | 场 | ge
十余个 | 10 | 个 | ge
300余万人次 | 3000000 | 人次 | ge
两万余名 | 20000 | 名 | ge
三百多家 | 300 | 家 | ge
100多万人 | 1000000 | 人 | ge
40多所 | 40 | 所 | ge
一千二百余户 | 1200 | 户 | ge
30万以上 | 300000 |  | ge
1.2亿以上 | 120000000 |  | ge
达到90%以上 | 90 | % | ge
力争达到97%以上 | 97 | % | ge
保持在85%以上 | 85 | % | ge
达30个以上 | 30 | 个 | ge
每校至少1名 | 1 | 名 | ge
每年不少于4次 | 4 | 次 | ge
不低于最低标准的1.6倍 | 1.6 | 倍 | ge
不低于全省平均水平的1.2倍 | 1.2 | 倍 | ge
达到或超过75% | 75 | % | ge
不超过9% | 9 | % | le
不高于3.5% | 3.5 | % | le
不多于20人 | 20 | 人 | le
不得超过45人 | 45 | 人 | le
原则上不超过50人 | 50 | 人 | le
不突破5% | 5 | % | le
不超1200元 | 1200 | 元 | le
至多2次 | 2 | 次 | le
最多8节 | 8 | 节 | le
最高100万元 | 1000000 | 元 | le
最高不超过30万元 | 300000 | 元 | le
≤0.6‰ | 0.6 | ‰ | le
控制在5%以内 | 5 | % | le
控制在3‰以内 | 3 | ‰ | le
压减到20家以内 | 20 | 家 | le
3个工作日以内 | 3 | 个工作日 | le
4个工作小时 | 4 | 个工作小时 | eq
2个工作小时以内 | 2 | 个工作小时 | le
15分钟内 | 15 | 分钟 | le
30人以下 | 30 | 人 | le
4%之内 | 4 | % | le
10件及以下 | 10 | 件 | le
超19万人 | 190000 | 人 | gt
超过5亿元 | 500000000 | 元 | gt
超出20% | 20 | % | gt
突破1000亿元 | 100000000000 | 元 | gt
突破15万P | 150000 | P | gt
高于95% | 95 | % | gt
逾300家 | 300 | 家 | gt
大于0.8 | 0.8 |  | gt
多于6个 | 6 | 个 | gt
超每千人6.6批次 | 6.6 | 批次 | gt
超两万人 | 20000 | 人 | gt
高于全省1个百分点 | 1 | 个百分点 | gt
高于全国平均水平5个百分点 | 5 | 个百分点 | gt
低于3‰ | 3 | ‰ | lt
少于12人 | 12 | 人 | lt
小于2.5% | 2.5 | % | lt
不足40亩 | 40 | 亩 | lt
不到1% | 1 | % | lt
低于百分之五 | 5 | % | lt
<10个 | 10 | 个 | lt
30所左右 | 30 | 所 | approx
70%左右 | 70 | % | approx
约500名 | 500 | 名 | approx
大约2万吨 | 20000 | 吨 | approx
近300公里 | 300 | 公里 | approx
将近90% | 90 | % | approx
接近1亿元 | 100000000 | 元 | approx
六成左右 | 60 | % | approx
120亩上下 | 120 | 亩 | approx
增长6%左右 | 6 | % | approx | increase
约80%以上 | 80 | % | ge
超过100余家 | 100 | 家 | gt
3至5个 | 3..5 | 个 | range
3-5个 | 3..5 | 个 | range
1—2门 | 1..2 | 门 | range
2~3项 | 2..3 | 项 | range
4～6场 | 4..6 | 场 | range
10%—12% | 10..12 | % | range
5%至6% | 5..6 | % | range
5至6% | 5..6 | % | range
30—50家 | 30..50 | 家 | range
30家至50家 | 30..50 | 家 | range
1至2所 | 1..2 | 所 | range
一至两次 | 1..2 | 次 | range
两到三个 | 2..3 | 个 | range
三至五名 | 3..5 | 名 | range
0.5-1个百分点 | 0.5..1 | 个百分点 | range
3-5万人 | 30000..50000 | 人 | range
8000至1万人 | 8000..10000 | 人 | range
1万至1.5万人 | 10000..15000 | 人 | range
二十至三十个 | 20..30 | 个 | range
三至五百名 | 300..500 | 名 | range
七至八成 | 70..80 | % | range
20亿元至30亿元 | 2000000000..3000000000 | 元 | range
15―20分钟 | 15..20 | 分钟 | range
0—6岁 | 0..6 | 岁 | range
提高3至5个百分点 | 3..5 | 个百分点 | range | increase
下降2%—3% | 2..3 | % | range | decrease
达到3至5家 | 3..5 | 家 | range
27所 | 27 | 所 | eq
１２所 | 12 | 所 | eq
两所 | 2 | 所 | eq
三所 | 3 | 所 | eq
两次 | 2 | 次 | eq
一次 | 1 | 次 | eq
一个 | 1 | 个 | eq
十个 | 10 | 个 | eq
二十五家 | 25 | 家 | eq
一百零八项 | 108 | 项 | eq
两百五十户 | 250 | 户 | eq
两万人 | 20000 | 人 | eq
一点五万人 | 15000 | 人 | eq
三点二亿元 | 320000000 | 元 | eq
1.5万人 | 15000 | 人 | eq
1.5 万人 | 15000 | 人 | eq
2万5千人 | 25000 | 人 | eq
3亿2000万元 | 320000000 | 元 | eq
20亿元 | 2000000000 | 元 | eq
1.2万亿元 | 1200000000000 | 元 | eq
1.5万亿 | 1500000000000 |  | eq
5000万 | 50000000 |  | eq
5000万元 | 50000000 | 元 | eq
500百万元 | 500000000 | 元 | eq
3000亩 | 3000 | 亩 | eq
3,000名 | 3000 | 名 | eq
3，000名 | 3000 | 名 | eq
12 000人 | 12000 | 人 | eq
1,234,567元 | 1234567 | 元 | eq
98.55% | 98.55 | % | eq
9.0% | 9 | % | eq
百分之八十 | 80 | % | eq
百分之80 | 80 | % | eq
百分之六点五 | 6.5 | % | eq
百分之百 | 100 | % | eq
千分之三 | 3 | ‰ | eq
万分之五 | 5 | ‱ | eq
八成 | 80 | % | eq
八成五 | 85 | % | eq
9成 | 90 | % | eq
三分之一 | 33.33 | % | eq
五分之一 | 20 | % | eq
四分之三 | 75 | % | eq
一半 | 50 | % | eq
0.5个百分点 | 0.5 | 个百分点 | eq
15分钟 | 15 | 分钟 | eq
6.6批次 | 6.6 | 批次 | eq
每生每年500元 | 500 | 元 | eq
每10万人口8张 | 8 | 张 | eq
每千人3.2张 | 3.2 | 张 | eq
1:15 | 15 | 1: | eq
1∶3 | 3 | 1: | eq
18：1 | 18 | :1 | eq
1比20 | 20 | 1: | eq
不低于1:18 | 18 | 1: | ge
达100% | 100 | % | eq
达到1.5万人 | 15000 | 人 | eq
提高到80% | 80 | % | eq
提高至500元 | 500 | 元 | eq
提升至92% | 92 | % | eq
增加到30个 | 30 | 个 | eq
增至4000所 | 4000 | 所 | eq
扩大到3倍 | 3 | 倍 | eq
降至1.2% | 1.2 | % | eq
降低到8分贝 | 8 | 分贝 | eq
下降到2%以下 | 2 | % | le
压缩至5天 | 5 | 天 | eq
压减为6个 | 6 | 个 | eq
保持在60% | 60 | % | eq
稳定在1200万吨 | 12000000 | 吨 | eq
占10% | 10 | % | eq
占比不低于10% | 10 | % | ge
占新增就业的30% | 30 | % | eq
增长率达到6% | 6 | % | eq
增速不低于7% | 7 | % | ge
新增27所 | 27 | 所 | eq
新增至少15个 | 15 | 个 | ge
增加学位7080个 | 7080 | 个 | eq
增加公办学位18750个 | 18750 | 个 | eq
新增床位500张 | 500 | 张 | eq
新增10% | 10 | % | eq | increase
新增贷款600亿元 | 60000000000 | 元 | eq
净增60户 | 60 | 户 | eq
提高5个百分点 | 5 | 个百分点 | eq | increase
提升2个百分点以上 | 2 | 个百分点 | ge | increase
提高近视防控达标率3个百分点 | 3 | 个百分点 | eq | increase
增长6% | 6 | % | eq | increase
较上年增长6%以上 | 6 | % | ge | increase
同比增长8.5% | 8.5 | % | eq | increase
比上年增加200个 | 200 | 个 | eq | increase
较去年提高0.5岁 | 0.5 | 岁 | eq | increase
提高2000元 | 2000 | 元 | eq | increase
年均增长10%以上 | 10 | % | ge | increase
增长1.5倍 | 1.5 | 倍 | eq | increase
翻一番 | 1 | 番 | eq | increase
翻两番 | 2 | 番 | eq | increase
增长两成 | 20 | % | eq | increase
增长百分之五 | 5 | % | eq | increase
增长达到6%以上 | 6 | % | ge | increase
增长不低于6% | 6 | % | ge | increase
上涨3%以内 | 3 | % | le | increase
增5% | 5 | % | eq | increase
下降10% | 10 | % | eq | decrease
下降10%以上 | 10 | % | ge | decrease
下降0.5个百分点 | 0.5 | 个百分点 | eq | decrease
压减20% | 20 | % | eq | decrease
压减20%以上 | 20 | % | ge | decrease
减少20家 | 20 | 家 | eq | decrease
减少排放3000吨 | 3000 | 吨 | eq | decrease
降低3个百分点 | 3 | 个百分点 | eq | decrease
缩短15分钟 | 15 | 分钟 | eq | decrease
压缩30%以上 | 30 | % | ge | decrease
削减百分之十五 | 15 | % | eq | decrease
降20% | 20 | % | eq | decrease
精简三分之一 | 33.33 | % | eq | decrease
压减一般性支出5%以上 | 5 | % | ge | decrease
降低企业成本占比的10% | 10 | % | eq
提速50% | 50 | % | eq | increase
减排3% | 3 | % | eq | decrease
化肥减量3%以上 | 3 | % | ge | decrease
从77%提高到80%以上 | 80 | % | ge | | 77
由3000所增至4000所 | 4000 | 所 | eq | | 3000
从30%到50% | 50 | % | eq | | 30
由目前的65%提升至70% | 70 | % | eq | | 65
从12天压缩到5天以内 | 5 | 天 | le | | 12
从1.2万人增加到2万人 | 20000 | 人 | eq | | 12000
由每年400元提高至500元 | 500 | 元 | eq | | 400
从5.6%降至5%以下 | 5 | % | le | | 5.6
从三所扩大到十所 | 10 | 所 | eq | | 3
由20个增加到不少于35个 | 35 | 个 | ge | | 20
从60%提高到70%—75% | 70..75 | % | range | | 60
2022年底前达到80% | 80 | % | eq
到2025年超过60万人 | 600000 | 人 | gt
9月底前建成12个 | 12 | 个 | eq
500张床位 | 500 | 张 | eq
30所学校 | 30 | 所 | eq
12个重点产业 | 12 | 个 | eq
300个（处） | 300 | 个 | eq
惠及3万名学生 | 30000 | 名 | eq
1.2万平方米 | 12000 | 平方米 | eq
350万平方公里 | 3500000 | 平方公里 | eq
260立方米 | 260 | 立方米 | eq
4.8万公顷 | 48000 | 公顷 | eq
75公里 | 75 | 公里 | eq
16.5千米 | 16.5 | 千米 | eq
300米 | 300 | 米 | eq
1200万吨 | 12000000 | 吨 | eq
35公斤 | 35 | 公斤 | eq
80千克 | 80 | 千克 | eq
500万千瓦 | 5000000 | 千瓦 | eq
3千瓦 | 3 | 千瓦 | eq
5亿千瓦时 | 500000000 | 千瓦时 | eq
60万兆瓦时 | 600000 | 兆瓦时 | eq
10吉瓦时 | 10 | 吉瓦时 | eq
20亿度 | 2000000000 | 度 | eq
8万美元 | 80000 | 美元 | eq
300元/人 | 300 | 元/人 | eq
45元/年 | 45 | 元/年 | eq
35微克/立方米 | 35 | 微克/立方米 | eq
12TB | 12 | TB | eq
4.5km² | 4.5 | km² | eq
25℃ | 25 | ℃ | eq
600户次 | 600 | 户次 | eq
2.5万人次 | 25000 | 人次 | eq
36场次 | 36 | 场次 | eq
120台次 | 120 | 台次 | eq
80班次 | 80 | 班次 | eq
50辆 | 50 | 辆 | eq
6架 | 6 | 架 | eq
9艘 | 9 | 艘 | eq
300台（套） | 300 | 台 | eq
45台套 | 45 | 台套 | eq
18座 | 18 | 座 | eq
7处 | 7 | 处 | eq
22条 | 22 | 条 | eq
64件 | 64 | 件 | eq
14项 | 14 | 项 | eq
5支 | 5 | 支 | eq
90万只 | 900000 | 只 | eq
40万头 | 400000 | 头 | eq
500万羽 | 5000000 | 羽 | eq
10篇 | 10 | 篇 | eq
6部 | 6 | 部 | eq
3期 | 3 | 期 | eq
8门 | 8 | 门 | eq
2000册 | 2000 | 册 | eq
100套 | 100 | 套 | eq
26间 | 26 | 间 | eq
260席 | 260 | 席 | eq
18个点位 | 18 | 个 | eq
7批 | 7 | 批 | eq
14类 | 14 | 类 | eq
3例 | 3 | 例 | eq
0起 | 0 | 起 | eq
11宗 | 11 | 宗 | eq
60片 | 60 | 片 | eq
4块 | 4 | 块 | eq
30万棵 | 300000 | 棵 | eq
5000株 | 5000 | 株 | eq
2升 | 2 | 升 | eq
45课时 | 45 | 课时 | eq
72学时 | 72 | 学时 | eq
2学分 | 2 | 学分 | eq
24小时 | 24 | 小时 | eq
200天 | 200 | 天 | eq
78.5岁 | 78.5 | 岁 | eq
70周岁以上 | 70 | 周岁 | ge
11.3年 | 11.3 | 年 | eq
2轮 | 2 | 轮 | eq
1200人 | 1200 | 人 | eq
25栋 | 25 | 栋 | eq
13口 | 13 | 口 | eq
20个县 | 20 | 个 | eq
30村 | 30 | 村 | eq
18个標準 | 18 | 个 | eq
不少於15個 | 15 | 個 | ge
超過3萬人 | 30000 | 人 | gt
提高兩個百分點 | 2 | 個百分點 | eq | increase
近五千畝 | 5000 | 畝 | approx
±5% | 5 | % | eq
正负3% | 3 | % | eq
达到500 | 500 |  | eq
十万零五百元 | 100500 | 元 | eq
三万五张 | 35000 | 张 | eq
一千二个 | 1200 | 个 | eq
2亿3000万元 | 230000000 | 元 | eq
13万2千人 | 132000 | 人 | eq
１３万２千人 | 132000 | 人 | eq
1,234.5万元 | 12345000 | 元 | eq
1 200人 | 1200 | 人 | eq
5—8% | 5..8 | % | range
5%～8% | 5..8 | % | range
5～8个 | 5..8 | 个 | range
20至30家 | 20..30 | 家 | range
三至五个 | 3..5 | 个 | range
约1.2万 | 12000 |  | approx
两千余名 | 2000 | 名 | ge
四成 | 40 | % | eq
1/3 | 33.33 | % | eq
2/3以上 | 66.67 | % | ge
不低于1／3 | 33.33 | % | ge
万名 | 10000 | 名 | eq
百个 | 100 | 个 | eq
千家 | 1000 | 家 | eq
百万人次 | 1000000 | 人次 | eq
近百名 | 100 | 名 | approx
近万人 | 10000 | 人 | approx
超千亩 | 1000 | 亩 | gt
突破千亿元 | 100000000000 | 元 | gt
万余人 | 10000 | 人 | ge
百余场 | 100 | 场 | ge
高于经济增速1个百分点 | 1 | 个百分点 | gt
"27所" | 27 | 所 | eq
共38项， | 38 | 项 | eq
"""

REFUSED = """
1个半小时 5000吨级 五千吨级 100万千瓦级 3个以上5个以下 80%、90% 半个百分点 万人 万人以上
亿元 亿元级 千亿元级 万亩 百亩以上 百家争鸣 千家万户 百名专家进百村 万名干部下基层活动
每万名 数以千计 成千上万名 几百个 好几十家 3/2 9/30前 1/2/3
千方百计 百花齐放 万无一失 三农 两新 工业4.0 5A级 Ⅲ类
若干 一批 多所 数十所 几十 几十家 上百 上百家 数百名 十几个 二十几个 好几项 三四个
两三家 五五 大批 各一 全覆盖 零增长 零 动态清零 一体化 一流 一系列 一定 一支 一套 两级
两会 三教 2022年 2022年底 二〇二五年 9月 9月底 3月22日 12日 5号 5年内 三年 两年左右
6个月 3个月内 一季度 2个学期 十四五 “十四五”期间 2021-2025年 第十四届 第3个 第二批
前10名 前三 排名前5 5G 4K “1+7+1” 1+X 5+N 10+N N+1 121工程 2.0版 3.0时代 PM2.5 A4 G60
COVID-19 B2 13812345678 0871-65141234 8:30 14:00 3所2个 5名3次 12. 3、 （3） 2025 500
〔2021〕12号 “15分钟生活圈” “双减” 《三年行动计划》 一校一策 一对一 1校1品 两个维护
四个自信 八项规定 二次 唯一 统一 十分 万一 两点 三类 所 个百分点 % 不低于 以上 ，
5至3个 10%—8% 2万5 1.5.2
"""


def _rows() -> list[tuple[str, ...]]:
    """Parse the table, short rows filled up with empty cells."""
    rows = []
    for line in READ.strip().splitlines():
        cells = [cell.strip() for cell in line.split("|")]
        rows.append(tuple(cells + [""] * (6 - len(cells))))
    return rows


def _summary(quantity: Quantity | None) -> tuple[object, ...] | None:
    """Return the fields the table states."""
    if quantity is None:
        return None
    return (
        quantity.value,
        quantity.upper,
        quantity.unit,
        quantity.comparator,
        quantity.change,
        quantity.baseline,
    )


@pytest.mark.parametrize(
    ("phrase", "value", "unit", "comparator", "change", "baseline"), _rows()
)
def test_phrase_is_read(
    phrase: str, value: str, unit: str, comparator: str, change: str, baseline: str
) -> None:
    """Every phrase gives the stated fields and names its rule."""
    low, _, high = value.partition("..")
    expected = (
        Decimal(low),
        Decimal(high) if high else None,
        unit,
        comparator,
        change or "level",
        Decimal(baseline) if baseline else None,
    )

    quantity = parse_quantity(phrase)

    assert expected == _summary(quantity)
    assert quantity is not None and quantity.rule and quantity.quote == phrase


@pytest.mark.parametrize("phrase", ["", " ", *REFUSED.split()])
def test_phrase_is_refused(phrase: str) -> None:
    """What names no number, or is no quantity, is refused."""
    assert parse_quantity(phrase) is None


def test_tables_are_long_enough() -> None:
    """The tables hold at least 300 distinct phrases, none of them twice."""
    phrases = [row[0] for row in _rows()] + REFUSED.split()

    assert len(phrases) == len(set(phrases))
    assert len(phrases) >= 300


@pytest.mark.parametrize(
    ("before", "quote", "after", "expected"),
    [
        ("近视率下降", "1个百分点", "", ("1", "eq", "decrease", None)),
        ("入园率从77%提高到", "80%以上", "", ("80", "ge", "level", "77")),
        ("由3000所增至", "4000所", "", ("4000", "eq", "level", "3000")),
        ("农民收入增长", "8%", "左右", ("8", "approx", "increase", None)),
        ("收入增长达到", "8%", "", ("8", "eq", "increase", None)),
        ("增长率达到", "8%", "", ("8", "eq", "level", None)),
        ("占比不低于", "94%", "", ("94", "ge", "level", None)),
        ("每区至少新增", "15所", "", ("15", "ge", "level", None)),
        ("分别不低于95%、", "70%", "以上", ("70", "ge", "level", None)),
        ("两项指标分别下降1个、", "2个百分点", "", ("2", "eq", "decrease", None)),
        ("分别增长5%、", "6%", "", ("6", "eq", "increase", None)),
        ("提升教学质量，新增", "27所", "", ("27", "eq", "level", None)),
        ("提升公办园占比", "20%", "", ("20", "eq", "level", None)),
        ("提升公办园占比", "5个百分点", "", ("5", "eq", "increase", None)),
        ("新增贷款占比", "30%", "", ("30", "eq", "level", None)),
        ("实现", "5%", "的增长", ("5", "eq", "increase", None)),
        ("确保有", "10%以上", "的降幅", ("10", "ge", "decrease", None)),
        ("能耗下降。覆盖率", "90%", "", ("90", "eq", "level", None)),
        ("较上年增加", "2000元", "", ("2000", "eq", "increase", None)),
        ("增加投入", "2000元", "", ("2000", "eq", "level", None)),
        ("压减培训机构", "20家", "", ("20", "eq", "decrease", None)),
        ("压减至", "20家", "", ("20", "eq", "level", None)),
        ("师生比达到", "1:18", "", ("18", "eq", "level", None)),
        ("职普比保持", "4:6", "", ("4", "eq", "level", None)),
        ("床位达", "500", "", ("500", "eq", "level", None)),
        ("规模翻", "一番", "", ("1", "eq", "increase", None)),
        ("从10%提高", "5个百分点", "", ("5", "eq", "increase", "10")),
        ("到2025年", "80%", "以上", ("80", "ge", "level", None)),
        ("落实“双减”", "100%", "", ("100", "eq", "level", None)),
    ],
)
def test_context_refines(
    before: str,
    quote: str,
    after: str,
    expected: tuple[str, str, str, str | None],
) -> None:
    """The words around give movement, starting value and a comparator cut off."""
    quantity = parse_quantity(quote, before=before, after=after)

    assert quantity is not None
    value, comparator, change, baseline = expected
    assert Decimal(value) == quantity.value
    assert (comparator, change) == (quantity.comparator, quantity.change)
    start = quantity.baseline
    assert baseline == (None if start is None else str(start))


def test_ratio_keeps_its_fixed_side() -> None:
    """1:15 is fifteen to one, whichever side is printed first."""
    ratio = parse_quantity("4:6", before="职普比保持在")

    assert ratio is not None
    assert (Decimal(4), ":6") == (ratio.value, ratio.unit)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "在园占比不低于94%，新增至少15所市级园和45所县级园",
            "不低于94% 至少15所 45所",
        ),
        ("开展10场以上活动，打造3至5个专业群", "10场以上 3至5个"),
        ("补充1800余名教师，培训1.5万人，投入超过5亿元", "1800余名 1.5万人 超过5亿元"),
        ("标准为每生每年500元，每校至少1名", "500元 至少1名"),
        ("每年两次，选三所学校，八成以上学校，十个县", "两次 三所 八成以上 十个"),
        ("推进一体化，建设一批基地，统一标准，两学一做，一定要", ""),
        ("深化三教改革，一流学科，万一，十分，千方百计", ""),
        ("2022年9月底前，第十四届，第3个，建设5+N基地", ""),
        ("围绕“1+7+1”，用好5G，升级2.0版，〔2021〕12号", ""),
        ("《三年行动计划（2021—2023年）》要求", ""),
        ("“15分钟生活圈”覆盖率达82%", "82%"),
        ("从77%提高到80%以上", "77% 80%以上"),
        (
            "不低于最低标准的1.6倍，超每千人6.6批次",
            "不低于最低标准的1.6倍 超每千人6.6批次",
        ),
        ("最低标准由每人每月620元提到680元", "620元 680元"),
        ("参保人数30万以上，床位达到500。", "30万以上 500"),
        ("新增30所(其中乡村10所)，共220条", "30所 10所 220条"),
        ("师生比1:15，时间14:00", "1:15"),
        ("建成30—50家，增长5%至6%", "30—50家 5%至6%"),
        ("下降10%以上，提高0.5个百分点", "10%以上 0.5个百分点"),
        ("12.新建3所\n13.改建5所", "3所 5所"),
        ("数十家、上百家、几十项、若干个", ""),
        ("两个维护、四个自信、八项规定、一校一策", ""),
        ("至少新增15所", "15所"),
        ("建设50个左右、约60个、近70个", "50个左右 约60个 近70个"),
        ("電話0871-65141234，超過3萬人", "超過3萬人"),
        ("占三分之一以上，达百分之九十", "三分之一以上 百分之九十"),
        ("一至两次，两到三个", "一至两次 两到三个"),
        ("新增 27 所、1.5 万人", "27 所 1.5 万人"),
        ("新改建农村公路1200公里，里程突破4200公里", "1200公里 突破4200公里"),
        ("平均浓度控制在35微克/立方米以内，PM2.5达标", "35微克/立方米以内"),
        ("每千人口托位达到3.2个，普惠占比不低于60%", "3.2个 不低于60%"),
        ("引进世界500强企业3家，12345热线办结率99%", "3家 99%"),
        ("新增A级景区5家、4A级1家，3级医院", "5家 1家"),
        ("办结时限由20个工作日压缩至10个工作日", "20个工作日 10个工作日"),
        ("装机达到1500万千瓦，占比超过一半", "1500万千瓦 超过一半"),
        ("改造小区560个、惠及居民12.3万户", "560个 12.3万户"),
    ],
)
def test_candidates_of_prose(text: str, expected: str) -> None:
    """Candidates are the whole expressions, and only those."""
    found = [span.slice(text).replace(" ", "") for span in iter_quantities(text)]

    wanted = expected.replace("27 所", "27所").replace("1.5 万人", "1.5万人")
    assert wanted.split() == found


@pytest.mark.parametrize("row", _rows(), ids=lambda row: row[0])
def test_candidates_are_readable(row: tuple[str, ...]) -> None:
    """What the finder proposes in a phrase ends with the phrase's own value."""
    phrase = row[0].strip('"')
    text = f"全市要{phrase}。"

    read = [
        parse_quantity(span.slice(text), before=text[: span.start])
        for span in iter_quantities(text)
    ]

    low = Decimal(row[1].partition("..")[0])
    assert read and read[-1] is not None
    assert low == read[-1].value


@given(
    value=st.integers(1, 10**7),
    unit=st.sampled_from(["所", "名", "人次", "万元", "亿元", "%", "个百分点", "公里"]),
)
def test_written_numbers_come_back(value: int, unit: str) -> None:
    """Any count in digits comes back with its scale."""
    scale = {"万元": 10**4, "亿元": 10**8}.get(unit, 1)

    quantity = parse_quantity(f"{value}{unit}")

    assert quantity is not None
    assert value * scale == quantity.value
    assert unit.lstrip("万亿") == quantity.unit


@given(
    st.text(
        alphabet="0123456789.,%至-到从两三十百万亿个所年月第前“”+ 以上不低于提高",
        max_size=14,
    )
)
def test_any_text_is_safe(text: str) -> None:
    """No text raises, and spans lie in the text in order."""
    parse_quantity(text)
    spans = list(iter_quantities(text))

    assert all(0 <= span.start < span.end <= len(text) for span in spans)
    assert all(left.end <= right.start for left, right in pairwise(spans))


@pytest.mark.parametrize(
    ("quote", "before", "change", "baseline"),
    [
        pytest.param("约1.2亿元", "降低企业用电成本", "decrease", None, id="cost"),
        pytest.param("3.2万亩", "改造提升", "level", None, id="made-better"),
        pytest.param("300户", "整治提升", "level", None, id="made-better-again"),
        pytest.param("0.5岁", "人均预期寿命提升", "increase", None, id="measured"),
        pytest.param(
            "5个百分点", "比例在上年51.6%的基础上提高", "increase", "51.6", id="basis"
        ),
        pytest.param(
            "30所", "在去年220所基础上增加", "level", "220", id="basis-of-a-count"
        ),
        pytest.param(
            "不低于在校生规模的50%", "培训量", "level", None, id="share-of-something"
        ),
    ],
)
def test_words_in_front_decide_change_and_baseline(
    quote: str, before: str, change: str, baseline: str | None
) -> None:
    """Change and baseline are read from the clause in front of the quote."""
    quantity = parse_quantity(quote, before=before)

    assert quantity is not None
    assert change == quantity.change
    assert (None if baseline is None else Decimal(baseline)) == quantity.baseline


@pytest.mark.parametrize(
    ("quote", "comparator"),
    [
        ("不低于在校生规模的50%", "ge"),
        ("不高于同地段市场租金的90%", "le"),
        ("不少于应参训人数的20%", "ge"),
    ],
)
def test_comparator_stands_in_front_of_what_the_share_is_of(
    quote: str, comparator: str
) -> None:
    """Words between comparator and number do not hide the comparator."""
    quantity = parse_quantity(quote)

    assert quantity is not None
    assert comparator == quantity.comparator


def test_a_lesson_is_counted() -> None:
    """一堂 counts like 一次."""
    quantity = parse_quantity("一堂")

    assert quantity is not None
    assert (1, "堂") == (quantity.value, quantity.unit)


@pytest.mark.parametrize(
    "text",
    [
        "服务1万24小时",
        "搬迁不低于2,00012户",
        "投资2,0003元",
        "比例1:5百",
        "达到约345,0.35",
        "完成万五亩",
        "增长百分之2,000",
    ],
)
def test_rest_of_a_garbled_number_is_no_quantity(text: str) -> None:
    """What stands against digits, points, magnitudes or numerals is a part of it."""
    found = [span.slice(text) for span in iter_quantities(text)]

    assert not [words for words in found if re.search(r"^\D*[25五]\D*$", words)], found


def test_number_beside_a_bound_one_is_whole() -> None:
    """统一 ends in a numeral that counts nothing, and 百分之百 in one that does."""
    text = "统一12所学校标准，达标率百分之百一致"

    assert [span.slice(text) for span in iter_quantities(text)] == ["12所", "百分之百"]


@pytest.mark.parametrize("text", ["3分之" + "9" * 27, "三分之" + "九" * 40, "二分之五"])
def test_share_of_more_than_the_whole_is_none(text: str) -> None:
    """Found by fuzzing: a long one ended the program."""
    assert list(iter_quantities(text)) == []
    assert parse_quantity(text) is None


def test_number_of_forty_digits_is_what_is_printed() -> None:
    """It is too long to store, and refused there; never stored as another one."""
    quantity = parse_quantity("1" * 40 + "元")

    assert quantity is not None
    assert quantity.value == Decimal("1" * 40)
