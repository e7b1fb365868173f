"""Find and type every number and date of an item: target, baseline or decoy.

Recall first: whatever `quantities` and `dates` see is a candidate, and each one that is
not used carries the reason why (guidelines, "Not targets" and "Not deadlines").
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal, NamedTuple

from extractor.clauses import Clause, clause_at, quoted_spans, split_clauses
from extractor.dates import iter_deadlines, parse_deadline
from extractor.lexicon import NOMINAL_VERBS, VERB_PATTERN
from extractor.offsets import Span
from extractor.quantities import iter_quantities, parse_quantity

Role = Literal["target", "baseline", "decoy"]


class NumberCandidate(NamedTuple):
    """A number of the item and what it is."""

    span: Span
    clause: int
    role: Role
    reason: str
    """Name of the rule that decided the role."""


class DateCandidate(NamedTuple):
    """A time expression that can be a deadline."""

    span: Span
    clause: int
    is_bare_year: bool
    """2022年 without 底/前/到: it dates a number, it does not make a promise hard."""


class Candidates(NamedTuple):
    """What the rules see in one item."""

    clauses: tuple[Clause, ...]
    numbers: tuple[NumberCandidate, ...]
    dates: tuple[DateCandidate, ...]

    @property
    def targets(self) -> tuple[NumberCandidate, ...]:
        """Return the numbers the plan undertakes to reach."""
        return tuple(n for n in self.numbers if n.role == "target")


_CHINESE_NUMERAL = re.compile(r"[一二三四五六七八九十两百千几双]+")
_DIGIT = re.compile(r"[0-9０-９]")
_ELIGIBILITY = re.compile(
    r"周?岁|年级|班额|(?:以上|以下)(?:学历|职称|学位|文化|老年人|老人|儿童|户籍|工龄|党龄)"
)
_REFERENCE_BEFORE = re.compile(
    r"(?:围绕|结合|依托|针对|对照|对标|基于|根据|按照|面向|聚焦|在|与|和|同|我省|我市|我县|我区|现有|已有|原有|上述|以上|以下|下列|这|该|所辖|下辖|规划保留的|入选的|获批的|承担的|负责的)"
    r"[^，。；、]{0,6}$"
)
_MAKING = re.compile(
    r"(?:新增|新建|新设|建成|建设|建立|创建|打造|培育|举办|开展|召开|组织|完成|实施|开设|设立|引进|认定|遴选|评选|推出|出台|制定|发布|新|至少|不少于|每年|每学期|每季度|每月|每校|每周|每两年|一年|一学期|开工|投用|启用|上|安排|配备|落地|争取|申报|获批|获|命名|达到|达|实现|办好|编制|组建|选派|选树|轮训|巡查|检查|督导|上线|改造|培训)$"
)
_NAME_TAIL = re.compile(r"^(?:级|伏|次方|型|版|制|代|维|线城市|强(?:县|市|区|镇|企)|大(?!型|量)|方面|层面|维度|环节|阶段)")
_LIST_TAIL = re.compile(r"^(?:方面|领域|类别|维度|环节|阶段|层次|原则|要素|措施)")
_DURATION_UNIT = frozenset("年 周年 个月 月 天 日 周 小时 分钟 秒 个工作日 学年 学期 个学期 周岁 岁 点".split())
_DURATION_GOAL = re.compile(
    r"(?:缩短|压缩|压减|减少|控制|提速|延长|不超过|不少于|累计|达到|平均|每天|每日|每周|每月|每年|每人|每学期|人均|培训|学时|服务|活动|限时|时限|时间)"
)
_SIZE_BEFORE = re.compile(r"(?:年产|日产|日处理|总投资|投资|装机|总建筑面积|占地|库容|长|宽|高|深)$")
_PROJECT_AFTER = re.compile(r"^[^，。；]{0,14}(?:项目|工程|基地|园区|生产线|电站|变电站|产业链|产业集群|园)")
_BASELINE_BEFORE = re.compile(r"(?:从|由)[^，。；]{0,14}$")
_ON_BASIS = re.compile(r"^[^，。；]{0,2}的?基础上")
_BASELINE_AFTER = re.compile(
    r"^[^，。；]{0,6}?(?:提高|提升|增加|增长|增|扩大|扩充|扩|降低|下降|降|减少|减|压减|压缩|缩短|上升|升|调整|上调|下调|拓展|发展|延长|优化|恢复)(?:到|至|为)"
)
_ENTITLEMENT = re.compile(r"(?:享受|给予|连续|分|为期|持续|保留|缓缴|延期|过渡期)[^，。；]{0,4}$")
_EXISTING = re.compile(
    r"(?:巩固|现有|已有|已建成|已|原有|目前|(?<![较比在])上年|去年|上一年|上年度|截至|累计已|此前)"
    r"[^，。；0-9０-９]{0,12}$"
)
_COUNTED_LIST = re.compile(r"等$")


def find_candidates(text: str, start: int, plan_year: int | None) -> Candidates:
    """Type every number and date in `text[start:]` (`start` skips the label).

    Args:
        text: an item's cleaned text.
        start: where its prose begins.
        plan_year: for dates without a year.
    """
    clauses = tuple(split_clauses(text, start))
    dates = _find_dates(text, clauses, plan_year)
    taken = [date.span for date in dates]
    numbers = []
    spans = [
        span
        for span in iter_quantities(text)
        if span.start >= start and not any(span.overlaps(other) for other in taken)
    ]
    spans = [_with_comparator(text, span) for span in spans]
    for span in spans:
        index = clause_at(list(clauses), span.start)
        if index is None:
            continue
        role, reason = _role(text, span, clauses[index], spans)
        numbers.append(NumberCandidate(span, index, role, reason))
    return Candidates(clauses, tuple(numbers), dates)


_WORDS_INSIDE = re.compile(
    r"(?:不低于|不少于|不高于|不超过|不大于|不小于|高于|低于|超过|超|达到)(?=[^，,。；、]{1,24}的$)[^，,。；、0-9]*$"
)


def _with_comparator(text: str, span: Span) -> Span:
    """Take in a comparator that words separate from its number.

    不低于在校生规模的50% is one contiguous quote (guidelines, section 6).
    """
    match = _WORDS_INSIDE.search(text, max(0, span.start - 32), span.start)
    if match is None or match.group().startswith("达到"):
        return span
    wider = Span(match.start(), span.end)
    return wider if parse_quantity(wider.slice(text)) else span


def _find_dates(
    text: str, clauses: Sequence[Clause], plan_year: int | None
) -> tuple[DateCandidate, ...]:
    titles = [s for s in quoted_spans(text) if text[s.start] == "《"]
    found = []
    for span in iter_deadlines(text):
        index = clause_at(list(clauses), span.start)
        if index is None or any(title.contains(span) for title in titles):
            continue
        # Without a plan year the words still stand; the date stays open.
        if parse_deadline(span.slice(text), plan_year or 2000) is None:
            continue
        words = span.slice(text)
        if _is_past(words, plan_year) or _RELATIVE_CLAUSE.match(text, span.end):
            continue
        if re.search(r"学期|学年|假|暑期|秋季|春季", words) and not re.search(
            r"前|末|底|内|结束", words
        ):
            continue
        is_bare = re.fullmatch(r"[0-9０-９二〇零一三四五六七八九]{4}年度?", words) is not None
        found.append(DateCandidate(span, index, is_bare))
    return tuple(found)


_RELATIVE_CLAUSE = re.compile(r"(?:建成|投用|竣工|完成|认定|备案|入学|出生|毕业|批准|立项)[^，。；]{0,4}的")


def _is_past(words: str, plan_year: int | None) -> bool:
    """Say whether the words name a year before the plan's: 由2024年的41%."""
    year = re.search(r"(?:19|20)\d\d", words)
    return bool(year and plan_year and int(year.group()) < plan_year and "—" not in words and "-" not in words)


def _role(
    text: str, span: Span, clause: Clause, spans: Sequence[Span]
) -> tuple[Role, str]:
    words = span.slice(text)
    before = text[clause.span.start : span.start]
    after = text[span.end : clause.span.end]
    quantity = parse_quantity(words, before=before, after=after)
    if quantity is None:
        return "decoy", "unreadable"
    if reason := _inside_name(text, span):
        return "decoy", reason
    if _BASELINE_BEFORE.search(before) and _BASELINE_AFTER.match(after):
        return "baseline", "from-to"
    if _ON_BASIS.match(after):
        return "baseline", "on-the-basis-of"
    if reason := _not_undertaken(quantity.unit, words, before, after):
        return "decoy", reason
    if not _DIGIT.search(words) and (reason := _merely_counted(words, before, after)):
        return "decoy", reason
    return "target", "number"


def _inside_name(text: str, span: Span) -> str | None:
    for quoted in quoted_spans(text):
        if not quoted.contains(span):
            continue
        inner = text[quoted.start + 1 : quoted.end - 1]
        if text[quoted.start] == "《":
            return "title"
        # A quoted requirement (“…由每生每年400元提高至500元”要求) states a target; a brand
        # is short or has no verb in front of its number.
        is_requirement = len(inner) > 14 and VERB_PATTERN.search(inner) is not None
        if not is_requirement:
            return "brand"
    return None


def _not_undertaken(unit: str, words: str, before: str, after: str) -> str | None:
    if unit in {"岁", "周岁"} or _ELIGIBILITY.match(after):
        return "eligibility"
    if unit in _DURATION_UNIT and not _DURATION_GOAL.search(before):
        return "duration"
    if unit in _DURATION_UNIT and words.startswith("24"):
        return "set-phrase"
    if unit in _DURATION_UNIT and _ENTITLEMENT.search(before):
        return "entitlement"
    if _NAME_TAIL.match(after):
        return "name"
    if _SIZE_BEFORE.search(before) and _PROJECT_AFTER.match(after):
        return "size-in-name"
    if re.match(r"^(?:千伏|kV|兆瓦|万千瓦)", unit) and _PROJECT_AFTER.match(after):
        return "size-in-name"
    if _EXISTING.search(before):
        return "existing"
    if (match := _ORIENTED.search(before)) and not _has_predicate(match.group()[2:]):
        return "existing"
    if re.search(r"(?:向|为|对)$", before) and re.match(r"[^，。；]{0,16}(?:县|区|市)(?!属)", after):
        return "existing"
    if re.search(r"等$", before) and unit in {"类", "种", "方面", "项"}:
        return "merely-counted"
    if unit in _MEASURES and re.match(r"(?:的|[一-龥]{0,6}的|山地|地区)", after) and re.search(
        r"以上|以下|以内", words
    ):
        return "threshold"
    if re.search(r"[州县区市旗]和$", before) and unit in {"个", "個"}:
        return "existing"
    return None


_ORIENTED = re.compile(
    r"(?:围绕|结合|依托|针对|对照|聚焦|紧盯|立足|基于|压实|发挥|覆盖范围|我[省市县区])"
    r"[^，。；]{0,24}$"
)
_MEASURES = frozenset("元 亩 畝 米 公里 吨 平方米 平方公里 千伏 千瓦 兆瓦 公斤 公顷 张 人".split())


def _has_predicate(words: str) -> bool:
    return any(m.group() not in NOMINAL_VERBS for m in VERB_PATTERN.finditer(words))


def _merely_counted(words: str, before: str, after: str) -> str | None:
    if re.search(r"[成倍番]|分之|百分|万|亿", words):
        return None
    if _LIST_TAIL.match(after):
        return "merely-counted"
    if _MAKING.search(before) and not re.match(r"^(?:方面|大)", after):
        return None
    return "merely-counted"
