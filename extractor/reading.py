"""Read one clause as the rules do: which words are the verb, which the object.

Every function takes the item's cleaned text and spans into it, and returns spans.
The rulings behind the branches are those of the annotation guidelines, section 6.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from extractor.lexicon import (
    ADVERBS,
    BODY_END,
    INDICATOR_END,
    LEVEL_VERBS,
    LIGHT_VERBS,
    NOMINAL_VERBS,
    PIVOTS,
    SCOPE,
    VERB_PATTERN,
    VERBS,
    WRAPPERS,
)
from extractor.offsets import Span


class Reading(NamedTuple):
    """Verb and object of one promise, as spans of the text."""

    action: Span | None
    object: Span | None
    pattern: str
    """Name of the rule that fired."""


_ADVERB = re.compile(
    "(?:"
    + "|".join(re.escape(w) for w in sorted(ADVERBS, key=lambda w: (-len(w), w)))
    + ")(?:地|的)?"
)
_WRAPPER = re.compile(
    "(?:" + "|".join(sorted(WRAPPERS, key=lambda w: (-len(w), w))) + ")"
)
_TIME = re.compile(
    r"(?:(?:力争)?(?:到|至|在|于)?(?:[“\"]?十[一二三四五六七八九]五[”\"]?(?:规划)?(?:期间|时期|末)?"
    r"|(?:20\d\d|今|明|本)年(?:年)?(?:底|末|内)?(?:\d{1,2}月)?(?:份|底|末)?|\d{1,2}月(?:\d{1,2}日|份)?(?:底|末)?"
    r"|[上下]半年|第?[一二三四1-4]季度(?:末)?|年底|年内|年末|月底|当年|每年|每季度|每月|每学期|每学年)"
    r"(?:之?前|以前|期间|内|底|末)?[，,]?)"
)
_PREPOSITION = re.compile(
    r"(?:通过|按照|根据|依托|围绕|聚焦|结合|针对|对照|对标|面向|借助|立足|以|在|对|向|为|从|与|同|于|经|将|把|由)"
)
_LINKS = "、和与及或"
_STRIP_LEFT = "、和与及并且的，, ：:　 \n"
_AUXILIARY = re.compile(
    r"(?:分别|累计|合计|共计|总计|共|均|都|各|全年|年内|新|再|每[人生校户亩村镇所班院名个](?:每[年月周天日次])?|人均|户均|生均|每[周月天日]|每年|年均|平均|达到?|将|要|力争|到|至|在|约|有|不少于|的)$"
)
_MODIFIER_TAIL = re.compile(r"^(?:以上|以下|左右|以内)?的")
_PIVOT_PREDICATE = re.compile(
    r"(?:参与|改善|开展|建设|申创|申报|创建|建成|达到|达标|实现|到|赴|完成|实施|提升|提高|通过|成为|转型|升级|纳入|进入|获得|取得|接受|加入|晋升|上市|挂牌|就业|创业|脱贫|增收|落地|入驻|配备|设立|开设|推进|制定|参加|享受)"
)
_PREDICATE_AFTER_COUNT = re.compile(
    r"(?:建成|实现|达到|达标|完成|开展|通过|创建|配备|设立|开设|参加|接受|掌握|纳入|获得|取得|入选|成为|设有|建有|覆盖|实施|制定|推行|启用|投用|开工|竣工|投产)"
)


def strip_lead(text: str, span: Span) -> Span:
    """Drop links, enumerators, time expressions and adverbs in front of a verb.

    Adverbs go only where a verb follows: 优质 in 优质学位占比 is part of the noun.
    """
    start = _skip(text, span.start, span.end, (_ENUMERATOR, _TIME))
    scoped = _skip(text, start, span.end, (SCOPE, _TIME, _ADVERB))
    if scoped > start and VERB_PATTERN.match(text, scoped, span.end):
        return Span(scoped, span.end)
    return Span(start, span.end)


_ENUMERATOR = re.compile(r"(?:[一二三四五六七八九十]是(?:要)?|第[一二三四五六七八九十][，,]|其中[：:，,]?|并(?=[一-龥]{2})|同时[，,]?)")


def _skip(
    text: str, start: int, end: int, patterns: tuple[re.Pattern[str], ...]
) -> int:
    moved = True
    while moved and start < end:
        moved = False
        if text[start] in _STRIP_LEFT:
            start, moved = start + 1, True
            continue
        for pattern in patterns:
            match = pattern.match(text, start, end)
            if match and match.end() > start and not _is_word(text, start, end, match):
                start, moved = match.end(), True
                break
    return start


def _is_word(text: str, start: int, end: int, match: re.Match[str]) -> bool:
    """Say whether what looks like an adverb begins a longer verb (新 in 新增)."""
    verb = VERB_PATTERN.match(text, start, end)
    if not verb or verb.end() < match.end():
        return False
    if verb.end() > match.end():
        return True
    # 加强, 创新, 推动 …: a verb unless another verb follows right behind it.
    follower = VERB_PATTERN.match(text, match.end(), end)
    return follower is None


def verb_at(text: str, start: int, end: int) -> Span | None:
    """Return the verb that begins at `start`, coordinated verbs included.

    新建、改(扩)建 is one quote, as is 编写出版; 开展培训 is a verb and its object.
    """
    match = VERB_PATTERN.match(text, start, end)
    if not match:
        return None
    stop = match.end()
    while True:
        joint = _JOINT.match(text, stop, end)
        following = VERB_PATTERN.match(text, joint.end() if joint else stop, end)
        if not following or following.end() >= end:
            break
        if match.group() in LIGHT_VERBS and following.group() in NOMINAL_VERBS:
            break
        if joint and following.group() in NOMINAL_VERBS and match.group() not in NOMINAL_VERBS:
            break
        stop = following.end()
        match = following
    return Span(start, stop)


_JOINT = re.compile(r"[、和及与并]")


def first_verb(text: str, span: Span) -> Span | None:
    """Return the governing verb of a clause that starts with its predicate."""
    lead = strip_lead(text, span)
    wrapper = None
    start = lead.start
    while match := _WRAPPER.match(text, start, span.end):
        wrapper = Span(*match.span())
        start = strip_lead(text, Span(match.end(), span.end)).start
    verb = verb_at(text, start, span.end)
    if verb and verb.end < span.end:
        return verb
    if verb and wrapper is None:
        return verb
    return wrapper


def skip_preposition(text: str, span: Span) -> Span:
    """Skip what stands in front of the predicate: 会同…, 通过…, 为…, a named body."""
    for pattern in (_PARTNERS, _PREPOSITION, _SUBJECT):
        match = pattern.match(text, span.start, span.end)
        if not match:
            continue
        for verb in VERB_PATTERN.finditer(text, match.end(), span.end):
            if verb.end() >= span.end:
                break
            if verb.group() in NOMINAL_VERBS and not _opens_predicate(text, span, verb):
                continue
            return strip_lead(text, Span(verb.start(), span.end))
    return span


_PARTNERS = re.compile(rf"(?:会同|联合|协同|配合|携手|联手)(?:[^，。；]*?{BODY_END})(?![一-龥]?(?:局|委|、|和))")
_SUBJECT = re.compile(rf"(?:每[一个所名]?|各|市|省|县|区)?[一-龥、（()）]{{1,18}}?{BODY_END}(?![、和])")


def _opens_predicate(text: str, span: Span, verb: re.Match[str]) -> bool:
    """Say whether a nominal verb right behind a body's name is its predicate."""
    before = text[span.start : verb.start()]
    return re.search(rf"{BODY_END}(?:[须应要可]|计划)?$", before) is not None or bool(
        _ADVERB.search(before) and re.search(r"(?:免费|全部|定向|集中|每季度|每年|每月)$", before)
    )


def inner_verb(text: str, span: Span) -> Span | None:
    """Return the verb of 城镇|新增|就业 and 年度|完成|投资: a short subject in front."""
    for match in VERB_PATTERN.finditer(text, span.start + 1, span.end):
        if match.start() - span.start > 14 or match.end() >= span.end:
            break
        if match.group() in NOMINAL_VERBS or "的" in text[span.start : match.start()]:
            continue
        rest = text[match.end() : span.end]
        if INDICATOR_END.search(rest) and len(rest) < 4:
            continue
        return verb_at(text, match.start(), span.end)
    return None


def clean_object(text: str, span: Span) -> Span | None:
    """Trim an object to the noun phrase the guidelines want."""
    start, end = span
    while start < end and text[start] in _STRIP_LEFT + "）)”":
        start += 1
    if match := re.compile(r"[（(][一-龥、]{1,3}[)）](?=.)").match(text, start, end):
        start = match.end()
    if match := _ENUMERATOR.match(text, start, end):
        start = match.end() if match.end() < end else start
    while match := SCOPE.match(text, start, end):
        if match.end() >= end:
            break
        start = match.end()
    while start < end and text[start] in _STRIP_LEFT:
        start += 1
    trailing = re.compile(
        r"(?:分别|累计|合计|共计|总计|共|均|都|各|全年|年内|力争|总数|将|要|约|每年|年均|再|新|同比|环比|逐年|总体|须|应|在|[较比](?:上年|去年|20\d\d年)(?:同期)?|(?:在|比)上年[^，。；]{0,8}基础上|在[^，。；]{1,12}(?:的)?基础上|每院每周|每[人生校户亩村镇所班院](?:每[年月周天日次])?|每[周月天日]|从|由|，|,|、|：|:|的|和|并|等)$"
    )
    while match := trailing.search(text[start:end]):
        if match.start() == 0:
            return None
        end = start + match.start()
    if start >= end:
        return None
    head = text[start:end]
    # An unopened or unclosed bracket or quotation mark is not part of the phrase.
    for opening, closing in ("()", "（）", "“”", "《》", "「」"):
        if head.count(opening) < head.count(closing) and head.endswith(closing):
            end -= 1
        elif head.count(opening) > head.count(closing):
            end = start + head.rfind(opening)
        head = text[start:end]
    return Span(start, end) if start < end else None


def enumeration_head(text: str, span: Span) -> Span:
    """Reduce `A、B等科技辅具服务` to its head 科技辅具服务 (section 6)."""
    match = None
    for match in re.finditer(r"、[^、，]*?等(?:\d+[^\d、，]{1,2})?", text[span.start : span.end]):
        pass
    if match and span.start + match.end() < span.end - 1:
        return Span(span.start + match.end(), span.end)
    return span


def read_after(text: str, number: Span, end: int, *, pivot: bool = False) -> Span | None:
    """Return the object that follows the number: 新增|27所|公办幼儿园."""
    start = number.end
    if match := _MODIFIER_TAIL.match(text[start:end]):
        start += match.end()
    stop = end
    tail = text[start:end]
    if pivot and (cut := _PIVOT_PREDICATE.search(tail, 2)):
        stop = start + cut.start()
    # A modifier chain 开放、共享的|科研创新服务平台 keeps its head.
    phrase = text[start:stop]
    if (cut := re.match(r"[^，的]{1,12}、[^，的]{1,12}的", phrase)) and cut.end() < len(phrase) - 1:
        start += cut.end()
    return clean_object(text, Span(start, stop))


def read_indicator(text: str, span: Span) -> tuple[Span | None, Span | None]:
    """Split `[verb] indicator` in front of a level verb or a number.

    Returns:
        (verb, indicator): the verb is None where the clause starts with the noun.
    """
    lead = strip_lead(text, span)
    wrapper: Span | None = None
    start = lead.start
    while match := _WRAPPER.match(text, start, span.end):
        wrapper = Span(*match.span())
        start = strip_lead(text, Span(match.end(), span.end)).start
    verb = verb_at(text, start, span.end)
    if verb and verb.end < span.end and _governs(text, verb, span.end):
        return verb, clean_object(text, Span(verb.end, span.end))
    return wrapper, clean_object(text, Span(start, span.end))


def _governs(text: str, verb: Span, end: int) -> bool:
    """Say whether the verb at the head of a phrase governs it.

    培训农民 is verb and object; 培训覆盖率 and 建设用地面积 are nouns.
    """
    word = verb.slice(text)
    if word not in NOMINAL_VERBS:
        return True
    rest = text[verb.end : end]
    return not INDICATOR_END.search(rest) and "的" not in rest[:1]


_LEVEL_TAIL = re.compile(
    "(?:" + "|".join(sorted(map(re.escape, LEVEL_VERBS), key=lambda w: (-len(w), w))) + ")$"
)


def level_verb_before(text: str, start: int, end: int) -> Span | None:
    """Return the level verb that ends right before the number, 率|达到|96%."""
    stop = end
    while match := re.search(r"(?:分别|均|都|各|约|累计|了|将|力争|年均|同比|比上年|较上年)$", text[start:stop]):
        stop = start + match.start()
    if match := _LEVEL_TAIL.search(text[start:stop]):
        return Span(start + match.start(), stop)
    return None


def verb_before(text: str, start: int, end: int) -> Span | None:
    """Return the verb that ends right before the number, 新增|27所."""
    stop = end
    while match := _AUXILIARY.search(text[start:stop]):
        inner = text[start:stop]
        if any(inner.endswith(verb) for verb in VERBS if len(verb) >= len(match.group())):
            break
        stop = start + match.start()
    best: Span | None = None
    for match in VERB_PATTERN.finditer(text, start, stop):
        if match.end() == stop:
            best = Span(*match.span())
    if best is None:
        return None
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
            return Span(left, verb.end)
    return verb
