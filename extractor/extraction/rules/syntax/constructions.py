"""The less common frames a number can stand in, each with the verb it belongs to.

Each function reads one construction and returns None where the words are not that
construction. The rulings are those of the annotation guidelines, section 6.
"""

from __future__ import annotations

import re

from extractor.core.spans import Span
from extractor.extraction.rules.syntax.lead_ins import (
    ADVERB,
    ADVERB_END,
    strip_lead,
    strip_tail,
)
from extractor.extraction.rules.syntax.objects import GOES_ON, VerbObject, clean_object
from extractor.extraction.rules.syntax.predicates import chain, verb_at
from extractor.language.lexicon import (
    INDICATOR_END,
    LEVEL_VERBS,
    NOMINAL_VERBS,
    VERB_PATTERN,
    closing_verb,
)
from extractor.language.verbs import SENDING_VERBS, longest_first
from extractor.language.verbs import words as word_list

_FREQUENCY = re.compile(
    r"(?:小时|分钟|天|(?<![人批])次|场次?|堂|轮|期)(?:以上|左右|以内)?$"
)
_PREPOSITION_OPEN = re.compile(r"(?:为|给|向|对|在)(?P<scope>[^，。；、\d]{0,6})$")
_PREPOSITION_CLOSED = re.compile(
    r"(?:为|给|向(?!社会|公众)|(?<!针)对(?!象))(?P<who>[^，。；]{2,20})$"
)
# 失业人员|再就业|4500人: what people do, or what is done to them.
_PERSONS = re.compile(
    r"(?:人员|劳动力|人口|毕业生|农民工?|职工|青年|妇女|群众|居民|学生|儿童|退役军人|残疾人"
    r"|老年人|老人|人群|家庭|贫困户|脱贫户|企业|商户)$"
)
_DONE_TO_PERSONS = frozenset("增长 提升 下降 覆盖 受益 服务 管理 登记".split())
_MOSTLY_VERBS = frozenset("配备 补充 提供 保障 培训 组织 支持".split())
_ADVERBIAL_END = re.compile(
    rf"(?:{ADVERB.pattern}|向社会|每[年月季周天]度?|全年"
    r"|每[个所名]?[一-龥]{0,3}(?:村|校|县|乡|镇|户|社区|学校))$"
)
_SPENDS = re.compile(
    r"^(?:[，\s]|计划|预计|拟|全年|今年|年内|共|累计)*(?P<verb>投资|投入|筹资|筹措|安排|拨付)$"
)
_COMPLETION = longest_first(
    word_list(
        """
    开工 动工 竣工 完工 建成 投产 投用 封顶 通车 通航 通气 通水 贯通 达产 达效 运营
    运行 并网 上市 上线 挂牌 揭牌 落地 交付 入住 脱贫 摘帽 出列 退出 达标 投入使用
    交付使用 开工建设 投入运营 投入运行 试运行 试运营 复工 复产 复学 开业 开园 开放
    完成 到位 到岗 启用 结束 收官 销号 下线
"""
    )
)
_COMPLETES = re.compile(
    r"(?:(?:全部|全线|对外|集中|全面|如期|正式|顺利|实质性|主体|陆续|基本|同步|力争|实现|稳定"
    rf"|整村|高质量)*)(?P<verb>(?:{_COMPLETION})+)$"
)
_COMPLETIONS = re.compile(rf"(?:{_COMPLETION})(?:并?(?:对外)?(?:{_COMPLETION}))+")
_RECEIVES = re.compile(r"(?:接受|参加|享受|参与)(?=[^，。；]{2,})")
_QUOTE_OPENS, _QUOTE_CLOSES = "“", "”"


def open_quote(text: str, start: int, position: int) -> int | None:
    """Return where a quotation opens that `position` stands in, else None.

    A quoted requirement (落实“…不低于10%”要求) is read on its own.
    """
    words = text[start:position]
    opens = words.rfind(_QUOTE_OPENS)
    if opens < 0 or _QUOTE_CLOSES in words[opens:]:
        return None
    return start + opens


def closing_quote(text: str, start: int, end: int) -> int:
    """Return where a quotation closes that was open at `start`, else `end`."""
    closes = text.find(_QUOTE_CLOSES, start, end)
    opens = text.find(_QUOTE_OPENS, start, end)
    return closes if closes >= 0 and (opens < 0 or closes < opens) else end


def beneficiary(text: str, left: Span, right: Span) -> VerbObject | None:
    """为|1万名|儿童进行评估干预: the object is what the verb acts on."""
    match = _PREPOSITION_OPEN.search(left.slice(text))
    if not match or VERB_PATTERN.search(match["scope"]) or right.start >= right.end:
        return None
    for verb in VERB_PATTERN.finditer(text, right.start + 1, right.end):
        is_nominal = verb.group() in NOMINAL_VERBS - _MOSTLY_VERBS
        if is_nominal and verb.end() < right.end - 4:
            continue
        if verb.end() >= right.end:
            continue
        action = verb_at(text, verb.start(), right.end)
        if action:
            tail = clean_object(text, Span(action.end, right.end))
            return VerbObject(action, tail)
    return None


def served(text: str, left: Span) -> VerbObject | None:
    """为|老年人|免费体检|30万人次: the verb stands right before the number."""
    verb = closing_verb(text, *left)
    if verb is None:
        return None
    stop = strip_tail(ADVERB_END, text, left.start, verb.start())
    who = _PREPOSITION_CLOSED.search(text[left.start : stop])
    if not who or VERB_PATTERN.search(who["who"]):
        return None
    noun = Span(*who.span("who")).shift(left.start)
    return VerbObject(Span(*verb.span()), clean_object(text, noun))


def disposal(text: str, left: Span, right: Span) -> VerbObject | None:
    """将|2所|学校打造成…: the noun is the object of the verb behind it."""
    if not left.slice(text).endswith(("将", "把")):
        return None
    for match in VERB_PATTERN.finditer(text, right.start + 1, right.end):
        noun = clean_object(text, Span(right.start, match.start()))
        return VerbObject(Span(*match.span()), noun)
    return None


def counted_subject(text: str, right: Span) -> VerbObject | None:
    """至少|1个|县实现X: the county is counted, the predicate acts (section 6)."""
    start = right.start
    while start < right.end and text[start] in "的以上":
        start += 1
    for match in VERB_PATTERN.finditer(text, start, right.end):
        if match.group() in NOMINAL_VERBS and match.end() < right.end:
            continue
        filled = chain(text, Span(match.start(), right.end))
        action = filled or Span(*match.span())
        tail = clean_object(text, Span(action.end, right.end))
        noun = tail or clean_object(text, Span(start, match.start()))
        return VerbObject(action, noun)
    return None


def closing_predicate(text: str, right: Span) -> VerbObject | None:
    """A、B等|39个|项目集中|开工: what the counted things do, at the clause's end."""
    match = _COMPLETES.search(text[right.start : right.end])
    if match is None or match.start() < 2:
        return None
    action = Span(right.start + match.start("verb"), right.start + match.end("verb"))
    noun = clean_object(text, Span(right.start, right.start + match.start()))
    return VerbObject(action, noun) if noun else None


def completes(text: str, span: Span) -> bool:
    """Say whether words are two or more completions: 建成|开放, 建成并|投入运行."""
    return _COMPLETIONS.fullmatch(text, *span) is not None


def sends(text: str, verb: Span | None) -> bool:
    """Say whether the noun behind the verb goes on to do something: 选派|20名."""
    return verb is not None and verb.slice(text) in SENDING_VERBS


def subject_first(text: str, noun: Span, number: Span) -> VerbObject | None:
    """体育场馆|免费|开放|每周|20小时, 住房|新|开工|4500套: the noun comes first."""
    verb = closing_verb(text, noun.start + 2, noun.end)
    if verb is None or INDICATOR_END.search(noun.slice(text)):
        return None
    inside = closing_verb(text, noun.start + 2, verb.start())
    if inside and inside.group() not in NOMINAL_VERBS:
        # 县级河长全年|开展|巡河: the number counts what that verb governs.
        return None
    is_done = _FREQUENCY.search(number.slice(text)) or (
        _PERSONS.search(text[noun.start : verb.start()])
        and verb.group() not in _DONE_TO_PERSONS
    )
    if not is_done and verb.group() in NOMINAL_VERBS | LEVEL_VERBS:
        return None
    stop = strip_tail(_ADVERBIAL_END, text, noun.start, verb.start())
    what = clean_object(text, Span(noun.start, stop))
    return VerbObject(Span(*verb.span()), what) if what else None


def receiving(text: str, indicator: Span) -> VerbObject | None:
    """劳动者|接受|培训|达到1.5万人: what people receive, before a level verb."""
    match = _RECEIVES.search(text, indicator.start + 2, indicator.end)
    if not match or INDICATOR_END.search(indicator.slice(text)):
        return None
    noun = clean_object(text, Span(match.end(), indicator.end))
    return VerbObject(Span(*match.span()), noun) if noun else None


def spends(text: str, left: Span, number: Span, right: Span) -> VerbObject | None:
    """计划|投资|1.08亿元，新建…: an amount that is spent; 投入1亿元改造|学校."""
    match = _SPENDS.search(text[left.start : left.end])
    if match is None or not number.slice(text).endswith("元"):
        return None
    verb = Span(left.start + match.start("verb"), left.start + match.end("verb"))
    purpose = VERB_PATTERN.match(text, right.start, right.end)
    noun = clean_object(text, Span(purpose.end(), right.end)) if purpose else None
    if right.start < right.end and noun is None:
        return None
    return VerbObject(verb, noun, is_spent=True)


def sent(text: str, clause: Span) -> VerbObject | None:
    """Read 安排|医师|下沉乡镇坐诊 (V1 N V2): action V1, object N."""
    start = strip_lead(text, clause).start
    verb = verb_at(text, start, clause.end)
    if not verb or not sends(text, verb):
        return None
    cut = GOES_ON.search(text, verb.end + 2, clause.end)
    if cut is None or not cut.group():
        return None
    noun = clean_object(text, Span(verb.end, cut.start()))
    return VerbObject(verb, noun) if noun else None
