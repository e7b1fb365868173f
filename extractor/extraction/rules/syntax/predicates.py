"""Find the governing verb of a clause.

Every function takes the item's cleaned text and spans into it, and returns spans.
The rulings behind the branches are those of the annotation guidelines, section 6.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from extractor.core.spans import Span
from extractor.extraction.rules.syntax.lead_ins import (
    skip_wrappers,
    strip_lead,
    strip_tail,
)
from extractor.language.lexicon import (
    ADVERBS,
    BODY_END,
    BY_WAY_OF,
    INDICATOR_END,
    LEVEL_VERBS,
    LIGHT_VERBS,
    NOMINAL_VERBS,
    PIVOTS,
    VERB_PATTERN,
    VERBS,
    WRAPPERS,
    closing_verb,
)
from extractor.language.verbs import DOCUMENT_VERBS, longest_first

_PREPOSITION = re.compile(
    rf"(?:面向|{BY_WAY_OF}"
    r"|按照|根据|依托|围绕|聚焦|结合|针对|对照|对标|面向|借助|立足|利用|运用"
    r"|以(?![上下内外及来后前])|在(?![校岗册线建职编读研])|对(?![象外口接标照应比策])|向(?![上往])"
    r"|为(?![民主期准])|从(?![业事严])|与(?!会)|同(?![比步时意等])|于|经(?![济营费过验办])"
    r"|将|把|由)"
)
_PARTNERS = re.compile(
    rf"(?:会同|联合|协同|配合|携手|联手)[^，。；、]*?(?:{BODY_END})"
    r"(?:、[^，。；、]*?(?:局|委|厅|办|中心|院|会|公司|部门|单位))*"
    r"(?:等(?:有关|相关)?(?:部门|单位)?)?(?![一-龥、]{0,8}(?:局|委|厅))"
)
_EACH = re.compile(
    r"每一?[个所名家县区市乡镇村校户][一-龥、（()）]{0,16}?(?=[一-龥]{2})"
)
_SUBJECT = re.compile(
    rf"(?:每[一个所名]?|各|市|省|县|区)?[一-龥、（()）]{{1,18}}?{BODY_END}(?![、和])"
)
_AUXILIARY = re.compile(
    r"(?:分别|累计|合计|共计|总计|共|均|都|各|全年|年内|新|再"
    r"|每[人生校户亩村镇所班院名个](?:每[年月周天日次])?|人均|户均|生均|每[周月天日]"
    r"|每年|年均|平均|达到?|将|要|力争|到|至|在|约|有|不少于|的)$"
)
_BEFORE_LEVEL = re.compile(
    r"(?:分别|均|都|各|约|累计|了|将|力争|年均|同比|比上年|较上年"
    r"|每[人生校户亩村镇所班院名个]?每?[年月周天日次])$"
)
_LEVEL_TAIL = re.compile(f"(?:{longest_first(LEVEL_VERBS)}|(?<=再)[降增减])$")
_JOINTS = "、和及与并"
_JOINT = re.compile(f"[{_JOINTS}]")
_NOUN_OF_VERB = re.compile(
    r"(?:型|性|类|式|者|员|人员|困难|岗位|资金|项目|工作|平台|中心|基地|机构|设施(?!农|蔬|渔)|体系|担保"
    r"|见习|贷款|房|大学|学院|单车|车辆|联合体|纲要|结果|路(?![径面])|街|大道|林|用房|住房|率|成本|费用|技术(?!能手|人[才员]|工人|经纪|骨干)|产品|设备|公司|局|站|院|所|处|办公室|支队|大队|总队|协会|周|节|日)"
)
_DOCUMENT_END = re.compile(
    r"(?:方案|意见|办法|措施|政策|规划|计划|清单|标准|条例|细则|指南|规定|目录|制度|机制|预案"
    r"|决定|通知|纲要|指引|规程|规范|白皮书|行动)$"
)
_RELATIVE = frozenset(
    "覆盖 服务 适应 符合 满足 辐射 支撑 融合 联通 引领 利用 衔接".split()
)
# Verbs that hold or move the indicator behind them: 保持|普惠率, 压缩|办理时间.
_HOLDING = LEVEL_VERBS | WRAPPERS | PIVOTS | frozenset("维持 扩大 保障".split())


def verb_at(text: str, start: int, end: int) -> Span | None:
    """Return the verb that begins at `start`, coordinated verbs included.

    新建、改(扩)建 is one quote, as is 编写出版; 开展培训 is a verb and its object.
    """
    first = VERB_PATTERN.match(text, start, end)
    if not first:
        return None
    last = first
    while following := _continuation(text, first, last, end):
        if following.end() >= end:
            # No word is left for the object: 发放|创业担保贷款.
            return Span(*first.span())
        last = following
    return Span(start, last.end())


def _continuation(
    text: str, first: re.Match[str], last: re.Match[str], end: int
) -> re.Match[str] | None:
    """Return the verb behind `last` if it is coordinated with it."""
    joint = _JOINT.match(text, last.end(), end)
    following = VERB_PATTERN.match(text, joint.end() if joint else last.end(), end)
    if not following:
        return None
    word = following.group()
    rest = text[following.end() : end]
    if word == "落实" and len(rest) > 2:
        return following
    if word == "新增":
        # 控制|新增隐性债务: behind another verb it says which.
        return None
    is_noun = word in NOMINAL_VERBS and (
        last.group() in LIGHT_VERBS
        or _NOUN_OF_VERB.match(rest) is not None
        or (
            joint is None
            and word not in _MOSTLY_VERBS
            and VERB_PATTERN.match(rest) is not None
        )
    )
    names_document = (
        first.group() in DOCUMENT_VERBS
        and word not in DOCUMENT_VERBS
        and _DOCUMENT_END.search(rest) is not None
    )
    is_relative = word in _RELATIVE and "的" in rest
    is_noun = is_noun or (len(rest) == 1 and rest not in _JOINTS)
    if rest.startswith(("《", "“", '"')):
        return following
    is_all_verbs = not rest or is_chain(text, Span(following.start(), end))
    if first.group() == "新增" and joint is None and word in NOMINAL_VERBS:
        # 新增|减税降费
        return None
    if rest[:1] in {"及", "和", "与"} and not VERB_PATTERN.match(rest, 1):
        # 新增|减税降费及退税: coordinated with a noun, it is one.
        return None
    if _PARTIES.match(rest):
        # 抓好|搬迁群众后续发展: the verb only says which.
        return None
    if last.group() in _TAKING_NOUNS and (is_all_verbs or word in NOMINAL_VERBS):
        # 完成|竣工验收: whatever follows is what is completed.
        return None
    if is_bare_indicator(rest):
        # 新增|治理面积: the indicator goes with the verb in front of it.
        return None
    return None if is_noun or names_document or is_relative else following


def heads_noun(text: str, verb: re.Match[str], end: int) -> bool:
    """Say whether a nominal verb begins a noun: 创业担保贷款, 开放型, 就业见习岗位."""
    rest = text[verb.end() : end]
    return _NOUN_OF_VERB.match(rest) is not None or VERB_PATTERN.match(rest) is not None


def names_thing(text: str, verb: Span, end: int) -> bool:
    """Say whether a nominal verb only begins a name: 安置|房项目, 开放|大学."""
    is_nominal = verb.slice(text) in NOMINAL_VERBS
    return is_nominal and _NOUN_OF_VERB.match(text[verb.end : end]) is not None


def chain(text: str, span: Span) -> Span | None:
    """Return a predicate that is verbs only and fills the span: 建成通车."""
    lead = strip_lead(text, span)
    return lead if lead.start < lead.end and is_chain(text, lead) else None


def first_verb(text: str, span: Span) -> Span | None:
    """Return the governing verb of a clause that starts with its predicate."""
    wrapper, start = skip_wrappers(text, span)
    verb = verb_at(text, start, span.end)
    if verb and (verb.end < span.end or wrapper is None):
        return verb
    return wrapper


def skip_preposition(text: str, span: Span) -> Span:
    """Skip what stands in front of the predicate: 会同…, 通过…, 为…, a named body."""
    opening = VERB_PATTERN.match(text, span.start, span.end)
    is_predicate = opening is not None and opening.group() not in NOMINAL_VERBS
    for pattern in (_PARTNERS, _PREPOSITION, _EACH, _SUBJECT):
        match = pattern.match(text, span.start, span.end)
        if not match or (is_predicate and pattern in {_EACH, _SUBJECT}):
            continue
        if opening and pattern is _SUBJECT and opening.end() >= match.end():
            # 布局 ends like a body (局) and is a verb.
            continue
        for verb in _predicates_after(text, span, match.end()):
            return strip_lead(text, Span(verb.start, span.end))
        if pattern is _PREPOSITION and (
            nominal := _nominal_after(text, span, match.end())
        ):
            return Span(nominal.start, span.end)
    return span


def _nominal_after(text: str, span: Span, start: int) -> Span | None:
    """Return the nominal verb that governs where no other does: 在仓库|储备|编织袋."""
    for verb in VERB_PATTERN.finditer(text, start + 2, span.end):
        rest = text[verb.end() : span.end]
        found = Span(*verb.span())
        if len(rest) < 2 or rest[0] in "的为" or _NOUN_OF_VERB.match(rest):
            continue
        if not is_bare_indicator(rest) and not INDICATOR_END.search(rest):
            return found
    return None


def _predicates_after(text: str, span: Span, start: int) -> Iterator[Span]:
    for verb in VERB_PATTERN.finditer(text, start, span.end):
        if verb.end() >= span.end:
            return
        found = Span(*verb.span())
        is_nominal = verb.group() in NOMINAL_VERBS
        if is_nominal and (
            heads_noun(text, verb, span.end)
            or not _opens_predicate(text, span, verb)
            or not governs(text, found, span.end)
        ):
            continue
        rest = text[verb.end() : span.end]
        if _PARTIES.match(rest):
            # 返乡|农民工, 失业|人员: the verb only says which.
            continue
        if not is_bare_indicator(rest) and not rest.startswith("的"):
            yield found


_PARTIES = re.compile(
    r"(?:农民工?|人员|劳动力|群众|人口|企业|家庭|毕业生|青年|妇女|居民|学生|职工|对象|患者|军人)"
)


def _opens_predicate(text: str, span: Span, verb: re.Match[str]) -> bool:
    """Say whether a nominal verb right behind a body's name is its predicate."""
    if verb.group() in _MOSTLY_VERBS:
        return True
    before = text[span.start : verb.start()]
    return re.search(rf"{BODY_END}(?:[须应要可]|计划)?$", before) is not None or bool(
        re.search(r"(?:免费|全部|定向|集中|每季度|每年|每月)$", before)
    )


def is_bare_indicator(words: str) -> bool:
    """Say whether words only make a verb into an indicator: 覆盖|率, 通车|里程."""
    return _BARE_INDICATOR.fullmatch(words) is not None


_BARE_INDICATOR = re.compile(
    r"总里程|(?:率|占比|比例|比重|数|量|额|值|度|面积|规模|时间|人数|水平|标准|里程|天数|时长|余额|能力)"
)


def is_chain(text: str, span: Span) -> bool:
    """Say whether a phrase is coordinated verbs and nothing else: 改造提升.

    发放创业担保贷款 is not, though each of its words can be a verb.
    """
    first = last = VERB_PATTERN.match(text, span.start, span.end)
    if first and first.group() in _IMPROVING:
        last = VERB_PATTERN.match(text, first.end(), span.end) or first
    while first and last and last.end() < span.end:
        last = _continuation(text, first, last, span.end)
    return last is not None


_FUNDS = re.compile(r"(?:外资|内资|资金|税收|环节|事项|材料|流程|层级|手续)$")
_TAKING_NOUNS = frozenset("完成 启动 开展 抓好 做好 推进 组织 举办".split())
_IMPROVING = frozenset("优化 提升 提高 完善 健全 规范 拓展 扩大 巩固".split())


def inner_verb(text: str, span: Span) -> Span | None:
    """Return the verb of 城镇|新增|就业 and 年度|完成|投资, behind a subject."""
    for match in VERB_PATTERN.finditer(text, span.start + 1, span.end):
        if match.start() - span.start > 14 or match.end() >= span.end:
            break
        if match.group() in NOMINAL_VERBS or "的" in text[span.start : match.start()]:
            continue
        if is_bare_indicator(text[match.end() : span.end]):
            continue
        return verb_at(text, match.start(), span.end)
    return None


def governs(
    text: str, verb: Span, end: int, *, has_level: bool = False, is_count: bool = False
) -> bool:
    """Say whether the verb at the head of a phrase governs it.

    培训农民 is verb and object; 培训覆盖率 and 建设用地面积 are nouns, and so is
    参加医疗保险人数 where a level verb follows it (`has_level`). Where the number
    counts things (`is_count`) an indicator is an object: 调整|服务项目价格|100项.
    """
    word = verb.slice(text)
    rest = text[verb.end : end]
    is_indicator = INDICATOR_END.search(rest) is not None or (
        has_level and _FUNDS.search(rest) is not None
    )
    if has_level and is_indicator and word not in _HOLDING:
        return False
    if not _is_nominal(word):
        return not is_bare_indicator(rest)
    if _NOUN_OF_VERB.match(rest):
        return False
    if has_level and word not in _HOLDING and VERB_PATTERN.search(rest):
        return False
    if (word in _MOSTLY_VERBS or is_count) and len(rest) >= 4:
        return True
    if not has_level and rest.endswith("面积") and len(rest) > 3:
        return True
    return len(rest) >= 2 and not is_indicator and not rest.startswith("的")


_MOSTLY_VERBS = frozenset(
    {"保障", "提升", "支持", "组织", "落实", "配备", "补充", "培育"}
)


def _is_nominal(word: str) -> bool:
    """Say whether a verb, or every verb of a chain, can be a noun: 检查检验."""
    parts = VERB_PATTERN.findall(word)
    return all(part in NOMINAL_VERBS for part in parts)


def level_verb_before(text: str, start: int, end: int) -> Span | None:
    """Return the level verb that ends right before the number, 率|达到|96%."""
    stop = strip_tail(_BEFORE_LEVEL, text, start, end)
    if match := _LEVEL_TAIL.search(text[start:stop]):
        return Span(start + match.start(), stop)
    return None


def verb_before(text: str, start: int, end: int) -> Span | None:
    """Return the verb that ends right before the number, 新增|27所."""
    stop = end
    while match := _AUXILIARY.search(text[start:stop]):
        inner = text[start:stop]
        if any(inner.endswith(v) for v in VERBS if len(v) >= len(match.group())):
            break
        stop = start + match.start()
    last = closing_verb(text, start, stop)
    if last is None:
        return None
    best = Span(*last.span())
    # Pull in coordinated and compound verbs: 新建、改扩建|200所, 培育建设|2个.
    while True:
        grown = _grow_left(text, start, best)
        if grown == best:
            return best
        best = grown


def _grow_left(text: str, start: int, verb: Span) -> Span:
    head = verb.start
    linked = head > start and text[head - 1] in "、和与及"
    edge = head - 1 if linked else head
    for length in (4, 3, 2):
        left = edge - length
        if left >= start and text[left:edge] in VERBS:
            word = text[left:edge]
            if word in WRAPPERS or (word in PIVOTS and not linked) or word in ADVERBS:
                return verb
            opens = strip_lead(text, Span(start, verb.end)).start
            if word in NOMINAL_VERBS and not linked and opens < left:
                # 脱贫攻坚|完成: the noun in front, not a verb coordinated with it.
                return verb
            return Span(left, verb.end)
    return verb
