"""Numbers as plans print them, inside clauses: what a record says of each."""

from __future__ import annotations

from decimal import Decimal

import pytest

from extractor.core.records import Quantity
from extractor.extraction.rules.targets import ItemReader
from extractor.extraction.strategy import drafts_by_rules

# clause | the target's words | value or low..high | unit | comparator | change
TARGETS = """
安排专项资金十万零五百元 | 十万零五百元 | 100500 | 元 | eq | level
举办活动8场，培训农民三万五人次 | 三万五人次 | 35000 | 人次 | eq | level
新建停车位一千二个 | 一千二个 | 1200 | 个 | eq | level
争取上级补助2亿3000万元 | 2亿3000万元 | 230000000 | 元 | eq | level
年底前争取补助１亿２０００万元 | １亿２０００万元 | 120000000 | 元 | eq | level
发放消费券13万2千张 | 13万2千张 | 132000 | 张 | eq | level
地区生产总值增长5—8% | 5—8% | 5..8 | % | range | increase
地区生产总值增长5%—8% | 5%—8% | 5..8 | % | range | increase
力争投资增长５％～８％左右 | ５％～８％左右 | 5..8 | % | range | increase
新建幼儿园5～8个 | 5～8个 | 5..8 | 个 | range | level
培育龙头企业20至30家 | 20至30家 | 20..30 | 家 | range | level
打造三至五个示范点 | 三至五个 | 3..5 | 个 | range | level
将城镇调查失业率控制在2%以内 | 2%以内 | 2 | % | le | level
每3至5万人口设置1个服务中心 | 1个 | 1 | 个 | eq | level
每３—５万人口设置1个服务中心 | 1个 | 1 | 个 | eq | level
每3个村建设养老服务站1个 | 1个 | 1 | 个 | eq | level
推进5G应用，新建5G基站300个 | 300个 | 300 | 个 | eq | level
推进工业4.0，培育企业5家 | 5家 | 5 | 家 | eq | level
PM2.5平均浓度控制在35微克/立方米以内 | 35微克/立方米以内 | 35 | 微克/立方米 | le | level
PM2.5浓度下降2.5% | 2.5% | 2.5 | % | eq | decrease
创建5A级景区1家 | 1家 | 1 | 家 | eq | level
新增A级景区3家 | 3家 | 3 | 家 | eq | level
推行1+N模式，新建站点5个 | 5个 | 5 | 个 | eq | level
国控断面Ⅲ类水质比例达到90% | 90% | 90 | % | eq | level
抓好三农工作，推进两新，新增农机300台 | 300台 | 300 | 台 | eq | level
千方百计增加就业岗位300个 | 300个 | 300 | 个 | eq | level
城镇化率提高0.5个百分点 | 0.5个百分点 | 0.5 | 个百分点 | eq | increase
万元产值能耗下降3个百分点以上 | 3个百分点以上 | 3 | 个百分点 | ge | decrease
居民收入增速高于经济增速1个百分点 | 高于经济增速1个百分点 | 1 | 个百分点 | gt | level
绿色建筑占比达到三分之一 | 三分之一 | 33.33 | % | eq | level
专职教师占比不低于三分之二 | 不低于三分之二 | 66.67 | % | ge | level
优质课比例不低于1／3 | 不低于1／3 | 33.33 | % | ge | level
优质课比例达到2/3以上 | 2/3以上 | 66.67 | % | ge | level
绿色建筑占比达到四成 | 四成 | 40 | % | eq | level
绿色建筑占比达到八成以上 | 八成以上 | 80 | % | ge | level
打造2个百亿元级产业集群 | 2个 | 2 | 个 | eq | level
新增亿元级企业5家 | 5家 | 5 | 家 | eq | level
培育产值超亿元企业5家 | 5家 | 5 | 家 | eq | level
建设万亩示范片5个 | 5个 | 5 | 个 | eq | level
建设百亩以上基地6个 | 6个 | 6 | 个 | eq | level
培训教师两千余名 | 两千余名 | 2000 | 名 | ge | level
培训教师近百名 | 近百名 | 100 | 名 | approx | level
举办惠民演出百余场 | 百余场 | 100 | 场 | ge | level
服务群众超百万人次 | 超百万人次 | 1000000 | 人次 | gt | level
产业规模突破千亿元 | 突破千亿元 | 100000000000 | 元 | gt | level
培训万名教师 | 万名 | 10000 | 名 | eq | level
新建百个示范点 | 百个 | 100 | 个 | eq | level
走访千家企业 | 千家 | 1000 | 家 | eq | level
服务群众约1.2万人次 | 约1.2万人次 | 12000 | 人次 | approx | level
争取资金1,234.5万元 | 1,234.5万元 | 12345000 | 元 | eq | level
争取资金1，234.5万元 | 1，234.5万元 | 12345000 | 元 | eq | level
培训农民1 200人 | 1 200人 | 1200 | 人 | eq | level
到２０２５年培训农民１２００人 | １２００人 | 1200 | 人 | eq | level
"""

NO_TARGET = """
引进企业数十家
新建几百个站点
服务企业上百家
惠及群众数以千计
惠及数以万计的群众
培训成百上千名学员
成千上万名群众受益
推动统一标准
推进一网通办
力争排名全省第一
建设一批示范园区
推进一体化建设
打造全省唯一的示范区
确保万无一失，防止万一
坚持百花齐放、百家争鸣
抓好三农工作
推进两新工作
推进工业4.0示范工厂建设
治理PM2.5污染
推进5G应用
创建国家5A级旅游景区
构建“1+N”体系
推行1+N模式
打造千亿元级产业集群
培育亿元级企业
培育百亿元以上的企业
断面水质达到Ⅲ类以上标准
走进千家万户
开展万名干部下基层活动
百名专家进百村
送戏曲进万村、送书画进万家
每3—5万人口建设综合性养老服务中心
"""


def _targets(text: str) -> list[Quantity]:
    view = ItemReader(f"{text}。", 0, 2025)
    spans = [draft.target.span for draft in drafts_by_rules(view) if draft.target]
    found = {number.span: number.quantity for number in view.found.numbers}
    return [quantity for span in spans if span and (quantity := found[span])]


@pytest.mark.parametrize("row", TARGETS.strip().splitlines())
def test_target_of_a_clause(row: str) -> None:
    """The last number of the clause is the target, whole and with its value."""
    text, quote, value, unit, comparator, change = map(str.strip, row.split("|"))
    low, _, high = value.partition("..")

    target = _targets(text)[-1]

    assert (target.quote, target.unit) == (quote, unit)
    assert (target.value, target.upper) == (
        Decimal(low),
        Decimal(high) if high else None,
    )
    assert (target.comparator, target.change) == (comparator, change)


@pytest.mark.parametrize("text", NO_TARGET.split())
def test_clause_without_a_target(text: str) -> None:
    """Words with numerals in them, sizes in names and vague amounts count nothing."""
    assert _targets(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "引进企业数十家",
        "引进数十家企业",
        "引进企业上百家",
        "引进几百余家企业",
        "引进成百上千家企业",
        "引进数以百计的企业",
    ],
)
def test_vague_amount_is_outside_the_object(text: str) -> None:
    """It names no number, so it is no part of the thing, either."""
    (draft,) = drafts_by_rules(ItemReader(f"{text}。", 0, 2025))

    assert draft.object
    assert draft.object.text == "企业"
    assert draft.target is None


@pytest.mark.parametrize(
    ("text", "action", "noun"),
    [
        ("每3—5万人口建设综合性养老服务中心", "建设", "综合性养老服务中心"),
        ("每3个村建设养老服务站1个", "建设", "养老服务站"),
        ("每10万人口设置急救站1个", "设置", "急救站"),
        ("优质课比例不低于1/3", None, "优质课比例"),
        ("居民收入增速高于经济增速1个百分点", None, "居民收入增速"),
    ],
)
def test_words_of_a_condition_and_a_comparison_are_not_the_object(
    text: str, action: str | None, noun: str
) -> None:
    """每3个村 says for how many, 高于经济增速 belongs to the number."""
    (draft,) = drafts_by_rules(ItemReader(f"{text}。", 0, 2025))

    assert draft.object
    assert (draft.action.text if draft.action else None, draft.object.text) == (
        action,
        noun,
    )
