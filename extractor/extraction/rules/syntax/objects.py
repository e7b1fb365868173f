"""Read the noun phrases beside a number or a verb: the object of a promise.

Every function takes the item's cleaned text and spans into it, and returns spans.
The rulings behind the branches are those of the annotation guidelines, section 6.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from extractor.core.spans import Span
from extractor.extraction.rules.syntax.lead_ins import (
    ENUMERATOR,
    TIME,
    is_link,
    skip_wrappers,
)
from extractor.extraction.rules.syntax.predicates import governs, verb_at
from extractor.language.lexicon import NOMINAL_VERBS, SCOPE, VERB_PATTERN


class VerbObject(NamedTuple):
    """Verb and object of one promise, as spans of the text."""

    action: Span | None
    object: Span | None
    is_spent: bool = False
    """What is counted is money that is spent: it needs no other object."""


_MODIFIER_TAIL = re.compile(r"^(?:以上|以下|左右|以内)?的")
_SECOND_PREDICATE = re.compile(
    rf"并(?=(?:于|在)?[^，。；、]{{0,8}}?{VERB_PATTERN.pattern})(?![购网轨])"
)
_DISPOSAL = re.compile("将|把")
# 投入2亿元|对…实施改造, 安排3000万元|用于…: what the amount is for.
_PURPOSE_BEHIND = re.compile(
    r"(?:对(?![象外口接标])|(?:重点)?用于|用来|(?:重点)?支持|给予)"
)
_SHORT_BRACKET = re.compile(r"[（(][一-龥、]{1,3}[)）](?=.)")
BRACKETED_UNIT = re.compile(r"[（(](?:含|[一-龥]{1,2})[)）]$")
_TRAILING = re.compile(
    r"(?:分别|累计|合计|共计|总计|(?<!公)共|均|都|各|全年|年内|力争|争取|确保|总数|将|(?<![必主需重纪])要"
    r"|(?<![节合违契公])约|每年|年均|再|(?<![更创翻])新|同比"
    r"|环比|逐年|总体|预期|预计|须|(?<![供响适对])应|(?<![存潜])在|[较比](?:上年|去年|20\d\d年)(?:同期)?|在[^，。；]{1,14}基础上"
    r"|每院每周|每[人生校户亩村镇所班院](?:每[年月周天日次])?|每[周月天日]|从|由|于|至"
    r"|，|,|、|：|:|的|和|(?<!合)并|等)$"
)
_TRAILING_TIME = re.compile(rf"(?:{TIME.pattern})$")
_ENUMERATION = re.compile(r"、[^、，]*?等(?:\d+[^\d、，]{1,2})?")
_YEAR_ROUND = re.compile(r"全年|今年|年内")
_EMPTY_HEADS = frozenset(
    "工程 项目 工作 活动 任务 事项 行业 领域 设施 方式 措施".split()
)
_AGE = re.compile(r"\d{1,3}[—\-~至到]\d{1,3}周?岁")
GOES_ON = re.compile(
    r"(?:参与|改善|开展|建设|申创|申报|创建|建成|达到|达标|实现|到|赴|完成|实施|提升|提高|通过"
    r"|成为|转型|升级|纳入|进入|获得|取得|接受|加入|晋升|上市|挂牌|就业|创业|脱贫|增收|落地"
    r"|入驻|配备|设立|开设|推进|制定|参加|享受|下沉|深入|前往|进驻|走进|入选|上云|用数|用于|数字化"
    r"|智能化|绿色化|与[^，、]{2,16}(?:共|合作|结对)|同[^，、]{2,16}共|在[^，、]{2,12}(?:上市|设立))"
)
"""Where the object of a pivot goes on to do something: 支持20所高中|改善…."""


def clean_object(text: str, span: Span) -> Span | None:
    """Trim an object to the noun phrase the guidelines want."""
    start = _trim_left(text, *span)
    end = span.end
    if second := _SECOND_PREDICATE.search(text, start + 2, end):
        # 完成一期工程|并投入试运行
        end = second.start()
    end = _trim_right(text, start, end)
    if start >= end:
        return None
    # An unopened or unclosed bracket or quotation mark is not part of the phrase.
    for opening, closing in ("()", "（）", "“”", "《》", "「」"):
        head = text[start:end]
        if head.count(opening) < head.count(closing) and head.endswith(closing):
            end -= 1
        elif head.count(opening) > head.count(closing):
            end = start + head.rfind(opening)
    return Span(start, end) if start < end else None


def _trim_left(text: str, start: int, end: int) -> int:
    start = _skip_links(text, start, end, closing="）)”")
    if match := _SHORT_BRACKET.match(text, start, end):
        start = match.end()
    for pattern in (ENUMERATOR, _YEAR_ROUND, SCOPE, SCOPE, _AGE):
        match = pattern.match(text, start, end)
        if match and match.end() < end:
            start = match.end()
    return _skip_links(text, start, end)


def _skip_links(text: str, start: int, end: int, *, closing: str = "") -> int:
    while start < end and (is_link(text, start) or text[start] in closing):
        # 与X的合作 is one phrase (section 7).
        if text[start] in "与和" and "的" in text[start:end]:
            break
        start += 1
    return start


def _trim_right(text: str, start: int, end: int) -> int:
    """Return where the phrase ends; `start` when nothing of it is left."""
    while True:
        head = text[start:end]
        match = _TRAILING.search(head) or _TRAILING_TIME.search(head)
        if not match:
            return end
        if match.start() == 0:
            return start
        end = start + match.start()


def enumeration_head(text: str, span: Span) -> Span:
    """Reduce `A、B等科技辅具服务` to its head 科技辅具服务 (section 6)."""
    ends = [m.end() for m in _ENUMERATION.finditer(span.slice(text))]
    if not ends or span.start + ends[-1] >= span.end - 1:
        return span
    head = Span(span.start + ends[-1], span.end)
    # …等工程: the head does not say what the thing is (section 7).
    return span if head.slice(text) in _EMPTY_HEADS else head


def read_after(
    text: str, number: Span, end: int, *, pivot: bool = False
) -> Span | None:
    """Return the object that follows the number: 新增|27所|公办幼儿园.

    Args:
        text: the item's cleaned text.
        number: the number.
        end: where its clause, or its part of it, ends.
        pivot: cut where the object goes on to do something (支持20所高中|改善…).
    """
    start = number.end
    if match := _MODIFIER_TAIL.match(text[start:end]):
        start += match.end()
    if BRACKETED_UNIT.match(text[start:end]):
        return None
    if _PURPOSE_BEHIND.match(text, start, end):
        return None
    stop = end
    if pivot:
        stop = _goes_on_at(text, start + 2, end)
    # A modifier chain 开放、共享的|科研创新服务平台 keeps its head.
    phrase = text[start:stop]
    cut = re.match(r"[^，的]{1,12}、[^，的]{1,12}的", phrase)
    if cut and cut.end() < len(phrase) - 1:
        start += cut.end()
    return clean_object(text, Span(start, stop))


def _goes_on_at(text: str, start: int, end: int) -> int:
    """Return where the noun behind a pivot goes on to do something."""
    marked = GOES_ON.search(text, start, end)
    stop = marked.start() if marked else end
    for verb in VERB_PATTERN.finditer(text, start, stop):
        rest = text[verb.end() : end]
        is_nominal = verb.group() in NOMINAL_VERBS
        if not is_nominal and len(rest) > 1 and not rest.startswith("的"):
            return verb.start()
    return stop


def read_indicator(
    text: str, span: Span, *, has_level: bool = False, is_count: bool = False
) -> tuple[Span | None, Span | None]:
    """Split `[verb] indicator` in front of a level verb or a number.

    Args:
        text: the item's cleaned text.
        span: the words in front.
        has_level: a level verb follows them (…率|达到).
        is_count: the number counts things; it is neither a rate nor money.

    Returns:
        (verb, indicator): the verb is None where the clause starts with the noun.
    """
    wrapper, start = skip_wrappers(text, span)
    if match := _DISPOSAL.match(text, start, span.end):
        return wrapper, clean_object(text, Span(match.end(), span.end))
    end = _trim_right(text, start, span.end)
    verb = verb_at(text, start, end)
    if (
        verb
        and verb.end < end
        and governs(text, verb, end, has_level=has_level, is_count=is_count)
    ):
        return verb, clean_object(text, Span(verb.end, end))
    return wrapper, clean_object(text, Span(start, end))


def split_list(text: str, phrase: Span) -> list[Span]:
    """Return the parts of a list of indicators: A率、B率和C率."""
    parts, start = [], phrase.start
    for match in re.finditer(r"[、和与]|(?<![普涉以])及", phrase.slice(text)):
        parts.append(Span(start, phrase.start + match.start()))
        start = phrase.start + match.end()
    parts.append(Span(start, phrase.end))
    return [p for p in parts if p.end > p.start]
