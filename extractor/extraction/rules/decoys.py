"""Say why a number is not a target (guidelines, section 3, "Not targets").

Each test is one ruling; the first that fires names the reason that the record of the
number keeps.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from extractor.core.spans import Span
from extractor.language.clauses import quoted_spans
from extractor.language.lexicon import closing_verb, has_predicate
from extractor.language.verbs import VERB_PATTERN


class Seen(NamedTuple):
    """A number, and its clause around it."""

    words: str
    unit: str
    before: str
    after: str


_DIGIT = re.compile(r"[0-9０-９]")
_ELIGIBILITY = re.compile(
    r"周?岁|年级|超?大?班额|(?:以上|以下)(?:学历|职称|学位|文化|老年人|老人|儿童|户籍|工龄|党龄)"
)
_MAKING = re.compile(
    r"(?:新增|新建|新设|建成|建设|建立|创建|打造|培育|举办|开展|召开|组织|完成|实施|开设|设立"
    r"|引进|认定|遴选|评选|推出|出台|制定|发布|新|至少|不少于|每年|每学期|每季度|每月|每校"
    r"|每周|每两年|一年|一学期|开工|投用|启用|安排|配备|落地|争取|申报|获批|获|命名|达到"
    r"|达|实现|办好|编制|组建|选派|选树|轮训|巡查|检查|督导|上线|改造|培训|(?<!以)上)$"
)
_NUMBERED_BEFORE = re.compile(
    r"(?:国道|省道|县道|乡道|高速|专线|号线|热线|航班|编号|文号|电话|拨打)[A-Z]?$"
)
_NAME_TAIL = re.compile(
    r"^(?:级|范围|伏|次方|型|版|制|代|维|线城市|数(?![据字])|强(?:县|市|区|镇|企)|大(?!型|量)|方面|层面|维度"
    r"|环节|阶段)"
)
# 行政、技术、巡查三个责任人
_LIST_BEFORE = re.compile(r"[一-龥]{2,6}、[一-龥]{2,6}$")
_CAMPAIGN = re.compile(r"^[^，。；]{0,4}(?:专项(?:整治|治理|行动)|行动$|攻坚战)")
_LIST_TAIL = re.compile(r"^(?:方面|领域|类别|维度|环节|阶段|层次|原则|要素|措施)")
_DURATION_UNITS = frozenset(
    "年 周年 个月 月 天 日 周 小时 分钟 秒 个工作日 学年 学期 个学期 周岁 岁 点".split()
)
_DURATION_GOAL = re.compile(
    r"(?:缩短|压缩|压减|减少|控制|提速|延长|不超过|不少于|累计|达到|平均|每天|每日|每周|每月"
    r"|每年|每人|每学期|人均|培训|学时|服务|活动|限时|时限|时间|天数|时长|周期)"
)
_SIZE_BEFORE = re.compile(
    r"(?:设计时速|时速|年出栏|年加工|年处理|年产|日产|日处理|总投资|投资|装机|总建筑面积|占地|库容|长|宽|高|深)$"
)
_PROJECT_AFTER = re.compile(
    r"^[^，。；]{0,14}(?:项目|工程|基地|园区|生产线|电站|变电站|产业链|产业集群|园)"
)
_POWER_UNIT = re.compile(r"^(?:千伏|kV|兆瓦|万千瓦)")
_VOLTAGE = re.compile(r"千伏|kV|千瓦|万千瓦")
# 5所中学组团帮扶我州的机遇, 50人以内的国家规定, 发展的15条意见
_IN_MODIFIER = re.compile(
    r"^[^，。；]{0,14}的(?:[一-龥]{0,4})(?:规定|机遇|政策|惯例|通知|决定)(?!”|[^，。；]{0,4}率)"
)
_PAPER_AFTER = re.compile(r"^(?:具体|重点|政策)?(?:意见|措施|政策|规定|举措|硬措施)")
_CONSENT = re.compile(r"经$|预计(?:将)?(?:达到?|有)$")
_ENTITLEMENT = re.compile(
    r"(?:享受|给予|连续|分|为期|持续|保留|缓缴|延期|过渡期)[^，。；]{0,4}$"
)
# 对新认定的平台一次性给予500万元: what whoever qualifies gets.
_REWARD = re.compile(
    r"(?:一次性|分别|再|最高|各)?(?:给予|奖励|奖补)(?:最高|不超过|一次性)?$|最高$"
)
_EXISTING = re.compile(
    r"(?:(?<![一-龥])巩固(?!提升|拓展)|现有|现行|已有|已建成|已|原有|目前|(?<![较比在])上年(?!度?结转)|(?<![较比在])去年|上一年|上年度(?!结转)|截至|累计已"
    r"|此前)[^，。；0-9０-９]{0,12}$"
)
# 建成的47个安置点, 列入名录的23条河流, 反馈的17个问题中: they are there already.
_RELATIVE_PAST = re.compile(
    r"(?:建成|列入[^，。；的]{0,12}|纳入[^，。；的]{0,12}|认定|备案|登记|在建|评定|挂牌|批复|签约|设定|确定|下达|追回"
    r"|排查出)的$"
)
# 4个院士团队已经到位
_DONE_AFTER = re.compile(r"[^，。；]{1,14}已(?:经|全部|基本)?[一-龥]{2}")
_UNCHANGED = re.compile(r"(?:仍|继续|依然)(?:按|为|执行|享受|给予)[^，。；]{0,12}$")
_UNCHANGED_AFTER = re.compile(r"^[^，。；]{0,10}(?:继续享受|不变|持平)")
_PAST_FACT = re.compile(
    r"^(?:截至|截止)(?:去年|上年|20\d\d年|目前|\d{1,2}月)[^，。；]*$"
)
_ATTRIBUTE = re.compile(
    r"(?:日供水(?:能力|规模)?|日处理(?:能力|规模)?|设计规模[^，。；]{0,6}|总库容|库容|藏书(?:量)?"
    r"|设计[^，。；]{0,6}(?:面积|能力|流量)|占地(?:面积)?|总?建筑面积|全长|总投资|总装机(?:容量)?)$"
)
_STOCK_AFTER = re.compile(
    r"[^、，。；（(\d其]{0,8}中(?![心药小学专等高])(?=[^，。；]{0,6}\d)"
)
_ORIENTED = re.compile(
    r"(?:(?:^|(?<=[，,、并要]))(?:围绕|结合|依托|针对|对照|聚焦|紧盯|立足|基于|压实|发挥)"
    r"|覆盖范围|我[省市县区])"
    r"[^，。；]{0,24}$"
)
_PLACES_AFTER = re.compile(r"[^，。；]{0,16}(?:县|区|市|乡镇)(?![属级])")
_PARTIES_AFTER = re.compile(
    r"[^，。；]{0,16}(?:合作|协作|对接|共建|联动|衔接|签约|交流)"
)
# 对8个县开展实地督导: that many are dealt with.
_TREATED = re.compile(r"(?:开展|进行|实施)[^，。；]{2,}$")
_PLACE_LIST = re.compile(r"[州县区市旗镇乡盟][和、及]$")
_COUNT_UNITS = frozenset({"个", "個"})
_LIST_UNITS = frozenset({"类", "种", "方面", "项"})
_MEASURES = frozenset(
    "立方米 元 亩 畝 米 公里 吨 平方米 平方公里 千伏 千瓦 兆瓦 公斤 公顷 张 人".split()
)
_BOUND = re.compile(r"以上|以下|以内|及以")
_PAST_BOUND = re.compile("超|高于|低于|大于|小于|不足|不到|不满")
_PASSES = re.compile(r"[^超]过[0-9０-９.]+[万亿]*元?$")
_SETTLEMENT = re.compile(r"(?:[一-龥]{0,4})(?:自然村|行政村|村民小组|村屯|小区|屯|组)")
_AND_OTHER_BOUND = re.compile(
    r"、[^，。；]{2,12}(?:以上|以下|以内)的|(?:且|并且|或者?)[^，。；]{2,20}的"
)
# 增长8%以上的目标: the bound is what is aimed at.
_AIM = re.compile(r"的(?:[一-龥]{0,4}(?:目标|水平|要求|标准|速度|增速|比例|任务|规定))")
_POINTS = frozenset({"分"})
_REACHED = re.compile(r"达(?!标)|提高|提升|保持|不低于|超过|高于|突破|稳定在")
# 被通报1次的，取消资格; 得分800分以上且无否决项的方可推荐
_CONDITION = re.compile(
    r"[^，。；]{0,14}的(?:$|一律|均?不得|实行|取消|予以|给予|方可|可以|[扣加][\d.]*分)"
)
_CLASS_SIZE = re.compile("班额|编班")
_OUTPUT_UNIT = re.compile("吨|片|张$|头|只|羽|千瓦|兆瓦|桶|标方|公里/小时")
_PLANT = re.compile(
    r"^[^，。；、的\d]{1,12}(?:生产线|扩建工程|改造项目|厂(?![房区级])|电站|项目)"
)
_RELATIVE_NOUN = re.compile(r"的|[一-龥]{0,6}的|山地|地区")
_COUNTED_NOUN = re.compile(
    r"^(?P<noun>[一-龥]{2,10})(?:至少|不少于|约|超过?)?[0-9０-９]"
)
_GRADES = re.compile(r"^[^，。；]{0,8}[两二三四五2-5](?:档|个档|级|类)")
_OCCASIONS = frozenset("次 场 场次 轮 期 堂 遍".split())
_FACTOR = re.compile(r"[成倍番]|分之|百分|万|亿")
_TENS = re.compile(r"[十百千廿卅]")
_QUOTED_REQUIREMENT_MIN_CHARS = 14


def inside_name(text: str, span: Span) -> str | None:
    """Return why a number in quotation marks is part of a name, None if it is not."""
    for quoted in quoted_spans(text):
        if not quoted.contains(span):
            continue
        if text[quoted.start] == "《":
            return "title"
        # A quoted requirement (“…由400元提高至500元”要求) states a target; a brand is
        # short or has no verb.
        inner = text[quoted.start + 1 : quoted.end - 1]
        is_long = len(inner) > _QUOTED_REQUIREMENT_MIN_CHARS
        if not is_long or VERB_PATTERN.search(inner) is None:
            return "brand"
    return None


def decoy_reason(seen: Seen) -> str | None:
    """Return the name of the first ruling by which a number is no target."""
    for reason, test in _RULINGS:
        if test(seen):
            return reason
    return None


def _is_eligibility(seen: Seen) -> bool:
    return (
        seen.unit in {"岁", "周岁"}
        or re.search(r"岁", seen.words) is not None
        or _ELIGIBILITY.match(seen.after) is not None
        or (seen.unit == "人" and _CLASS_SIZE.search(seen.after) is not None)
    )


def _is_points(seen: Seen) -> bool:
    """社会救助40分、养老服务25分: what an assessment counts, not what is reached."""
    if seen.unit not in _POINTS:
        return False
    is_bound = _BOUND.search(seen.words) and not _CONDITION.match(seen.after)
    return not (is_bound or _REACHED.search(seen.before + seen.words))


def _is_duration(seen: Seen) -> bool:
    if seen.unit not in _DURATION_UNITS:
        return False
    return not _DURATION_GOAL.search(seen.before)


def _is_set_phrase(seen: Seen) -> bool:
    return seen.unit in _DURATION_UNITS and seen.words.startswith("24")


def _is_entitlement(seen: Seen) -> bool:
    if _REWARD.search(seen.before) and seen.words.endswith("元"):
        return True
    return seen.unit in _DURATION_UNITS and bool(_ENTITLEMENT.search(seen.before))


def _is_name(seen: Seen) -> bool:
    is_numbered = _NUMBERED_BEFORE.search(seen.before) is not None
    return is_numbered or _NAME_TAIL.match(seen.after) is not None


def _is_size(seen: Seen) -> bool:
    """年产7万吨…项目, 750千伏工程: a size inside a name."""
    if _VOLTAGE.match(seen.unit) and re.match("[一-龥]{2}", seen.after):
        return True
    if _OUTPUT_UNIT.match(seen.unit) and _PLANT.match(seen.after):
        # 城南5万吨污水处理厂, 月产3万片晶圆生产线
        return not _MAKING.search(seen.before)
    has_size = _SIZE_BEFORE.search(seen.before) or _POWER_UNIT.match(seen.unit)
    return bool(has_size and _PROJECT_AFTER.match(seen.after))


_EXISTING_BEFORE = (_EXISTING, _RELATIVE_PAST, _UNCHANGED, _PAST_FACT, _CONSENT)
_EXISTING_AFTER = (_STOCK_AFTER, _DONE_AFTER, _UNCHANGED_AFTER, _IN_MODIFIER)


def _is_existing(seen: Seen) -> bool:
    """我县3个园区, 围绕5条产业链, 向2个县: what is there already."""
    if any(pattern.search(seen.before) for pattern in _EXISTING_BEFORE):
        return True
    if any(pattern.match(seen.after) for pattern in _EXISTING_AFTER):
        return True
    if _is_attribute(seen) or _is_orientation(seen):
        return True
    if seen.before.endswith("的") and _PAPER_AFTER.match(seen.after):
        return True
    is_plain = _DIGIT.match(seen.words) is not None
    if (
        is_plain
        and re.search(r"(?:向|为|对|到[^，。；]{0,12}的)$", seen.before)
        and _PLACES_AFTER.match(seen.after)
        and not _TREATED.search(seen.after)
    ):
        return True
    if re.search(r"(?:与|和|同)$", seen.before) and _PARTIES_AFTER.match(seen.after):
        return True
    if re.search(r"[与同][^，。；]{1,20}等$", seen.before) and _PLACES_AFTER.match(
        seen.after
    ):
        return True
    return seen.unit in _COUNT_UNITS and bool(_PLACE_LIST.search(seen.before))


def _is_orientation(seen: Seen) -> bool:
    """Say whether the clause only looks at the number: 围绕5条产业链."""
    oriented = _ORIENTED.search(seen.before)
    return oriented is not None and not has_predicate(oriented.group()[2:])


def _is_attribute(seen: Seen) -> bool:
    """二水厂日供水能力10万吨, 总库容1280万立方米: a description, no promise."""
    match = _ATTRIBUTE.search(seen.before)
    if match is None:
        return False
    is_modifier = seen.after.startswith("的")
    return is_modifier or not has_predicate(seen.before[: match.start()])


def _is_end_of_list(seen: Seen) -> bool:
    return seen.unit in _LIST_UNITS and seen.before.endswith("等")


def _is_threshold(seen: Seen) -> bool:
    """收入20万元以上的村, 10亿元以上项目30个: a bound that says which."""
    is_any_bound = _PAST_BOUND.search(seen.words) or _BOUND.search(seen.words)
    if is_any_bound and _is_modifier(seen):
        return True
    if seen.unit in {"户", "人"} and _BOUND.search(seen.words):
        return _SETTLEMENT.match(seen.after) is not None
    is_bound = (
        _BOUND.search(seen.words)
        or _PASSES.search(seen.before + seen.words)
        or (_PAST_BOUND.match(seen.words) and seen.after.startswith("的"))
    )
    # 人口10万以上的乡镇: a bound may be printed without its unit.
    is_bare = not seen.unit and seen.after.startswith("的")
    if not (is_bare or seen.unit in _MEASURES) or not is_bound:
        return False
    if _AND_OTHER_BOUND.match(seen.after) or _DIGIT.match(seen.after):
        return True
    if _RELATIVE_NOUN.match(seen.after):
        return True
    counted = _COUNTED_NOUN.match(seen.after)
    return counted is not None and not has_predicate(counted["noun"])


def _is_modifier(seen: Seen) -> bool:
    """收入2000万元以上的企业, 裁员率低于20%的: a bound of a noun in front of it.

    60%以上的乡镇 counts a share, 安排800万元以上的资金 what is done.
    """
    if not seen.after.startswith("的") or _AIM.match(seen.after):
        return False
    if not seen.before or seen.before.endswith(("等", "、", "的")):
        return False
    if seen.words.startswith(("不低于", "不少于")) and seen.unit != "%":
        return False
    return closing_verb(seen.before, 0, len(seen.before)) is None


def _is_condition(seen: Seen) -> bool:
    """发生事故1起的，实行一票否决: what happens when, not what is to be done."""
    return _CONDITION.match(seen.after) is not None and "实现" not in seen.before


def _is_grade(seen: Seen) -> bool:
    """按规模分3.5万元、2万元两档: the steps of a scale."""
    return "分" in seen.before and _GRADES.match(seen.after) is not None


_RULINGS = (
    ("eligibility", _is_eligibility),
    ("duration", _is_duration),
    ("set-phrase", _is_set_phrase),
    ("entitlement", _is_entitlement),
    ("name", _is_name),
    ("size-in-name", _is_size),
    ("existing", _is_existing),
    ("merely-counted", _is_end_of_list),
    ("threshold", _is_threshold),
    ("points", _is_points),
    ("condition", _is_condition),
    ("grade", _is_grade),
)


def merely_counted(seen: Seen) -> bool:
    """Say whether a number in Chinese numerals counts a list: 三个试点区.

    Numerals count like digits where something is made or held (召开一次, 三所).
    """
    if _DIGIT.search(seen.words) or _FACTOR.search(seen.words):
        return False
    if _LIST_TAIL.match(seen.after) or _CAMPAIGN.match(seen.after):
        return True
    if _LIST_BEFORE.search(seen.before) and seen.unit in _COUNT_UNITS | _LIST_UNITS:
        return True
    if seen.unit in _OCCASIONS and not seen.after:
        return False
    if _TENS.search(seen.words) and seen.unit not in _LIST_UNITS:
        # 走访两千三百零六户困难家庭: nobody counts that far in passing.
        return False
    if re.match("[（(]|$", seen.after) and VERB_PATTERN.search(seen.before):
        # 县教体局改扩建校舍四间, 新建城市书房四座
        return False
    is_made = _MAKING.search(seen.before) is not None
    # 适配七件辅具: things are counted; 落实三项任务, 抓好四个环节 name a list.
    is_thing = seen.unit not in _COUNT_UNITS | _LIST_UNITS | {"条"} and not re.match(
        "一", seen.words
    )
    ends_in_verb = closing_verb(seen.before, 0, len(seen.before)) is not None
    return not (is_made or (is_thing and ends_in_verb))
