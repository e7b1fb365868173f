"""Read what a clause without a number promises: verb and object of each predicate.

Guidelines, section 7. Every function takes the item's cleaned text and spans into it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from extractor.core.spans import Span
from extractor.extraction.rules.syntax.constructions import (
    closing_predicate,
    completes,
    sent,
    served,
)
from extractor.extraction.rules.syntax.lead_ins import (
    skip_wrappers,
    strip_lead,
    strip_tail,
    strip_time,
)
from extractor.extraction.rules.syntax.objects import clean_object
from extractor.extraction.rules.syntax.predicates import (
    chain,
    first_verb,
    heads_noun,
    skip_preposition,
)
from extractor.language.clauses import quoted_spans
from extractor.language.lexicon import ADVERBS, BY_WAY_OF, INDICATOR_END
from extractor.language.numbers.units import VAGUE
from extractor.language.verbs import (
    COMPLETIONS,
    GAINING_VERBS,
    NOMINAL_VERBS,
    PIVOTS,
    SENDING_VERBS,
    VERB_PATTERN,
    WRAPPERS,
    longest_first,
)


class Promise(NamedTuple):
    """The verb of a promise, and what it acts on."""

    action: Span
    object: Span | None


_ORIENTATION = re.compile(
    r"聚焦|围绕|坚持|以|立足|紧扣|锚定|对标|按照|根据|依托|结合|深刻|认真|为|在"
    rf"|{BY_WAY_OF}|面对|瞄准"
    r"|着眼|紧盯|牢固树立|牢牢把握|把握|贯穿|突出(?!抓|做|加)|利用|运用|借助|针对|由"
)
_MEANS_END = re.compile(
    r"(?:方式|途径|形式|手段|渠道|媒介|载体|优势|为抓手|为导向|为契机|为重点|为目标)$"
)
GAIN_VERBS = frozenset(
    "提升 增强 擦亮 营造 促进 提高 推动 激发 释放 扩大 改善 满足 保障 助力 强化 降低"
    " 解决 形成 体现 彰显 发挥 带动 增进 优化 助推 赋能 拉动 引领 培养 养成 确保 夯实"
    " 减少 节约".split()
)
GAIN_TAIL = re.compile(
    r"(?:水平|能力|质量|效率|效能|效益|活力|名片|氛围|发展|影响力|知名度|满意度|获得感|幸福感"
    r"|安全感|竞争力|吸引力|覆盖面|素质|素养|作用|需求|形象|环境|基础|支撑|格局|健康|意识|实效"
    r"|成效|成本|热情|信心|动力|后劲|生态|稳定|贡献|力度|凝聚力|传播力|公信力|绩效|习惯|体魄"
    r"|方式)$"
)
_DISPATCHING = SENDING_VERBS - PIVOTS - WRAPPERS - {"安排"}
# 让, 使, 方便 … say what others gain by it.
_RESULT = re.compile(r"(?:让|使|方便|便利|真正|从而|进而|以便|不断满足|更好满足)")
_OUTCOME = re.compile(r"(?:评估|评价|考核|监测|检查|复核|审核|验收|督查|检测)结果")
_NOT_A_PROMISE = re.compile(r"^(?:一是|二是|三是|四是|五是|其中|包括|例如|如)$")
_DISPOSAL = re.compile(r"(?:将|把)(?=[^，。；]{2,})")
_RESULT_OF_MOVE = re.compile("[为成到至入](?![户位人岗])")
_VAGUE_AMOUNT = re.compile(
    rf"(?:一批|一系列|各项(?!目)|首批|若干|多个|更多|好|{VAGUE})(?=.{{2}})"
)
_VAGUE_END = re.compile(rf"(?<=.{{2}})(?:{VAGUE})$")
_ADVERBS_RIGHT = re.compile(rf"(?:{longest_first(ADVERBS)}|动态|常态化|、)$")
_QUANTIFIED = re.compile(r"所有|全部|全市|全省|全县|全区|各|每")
_REACHES = re.compile(r"(?:达到|达|符合)(?=[^，。；\d]{2,})")
_COMPLETING = re.compile(longest_first(COMPLETIONS | GAINING_VERBS))
_MAX_LEAD_CHARS = 4


def promises(text: str, clause: Span, *, is_tail: bool) -> Iterator[Promise]:
    """Yield the promises of a clause.

    Args:
        text: the item's cleaned text.
        clause: the clause.
        is_tail: it follows another clause of its sentence; a gain there is no promise.
    """
    for part in _predicates(text, clause):
        promise = _promise(text, part, is_tail=is_tail)
        if promise:
            yield promise


def _promise(text: str, part: Span, *, is_tail: bool) -> Promise | None:
    words = part.slice(text)
    lead = strip_lead(text, part)
    if _NOT_A_PROMISE.match(words) or any(
        pattern.match(text, lead.start, lead.end) for pattern in (_RESULT, _OUTCOME)
    ):
        return None
    if moved := _moved(text, part):
        return moved
    opening = VERB_PATTERN.match(text, lead.start, lead.end)
    if opening is None and (reading := served(text, lead)) and reading.action:
        return Promise(reading.action, reading.object)
    main = _main_clause(text, lead)
    return _of_main(text, main, words, is_tail=is_tail) if main else None


def _of_main(text: str, main: Span, words: str, *, is_tail: bool) -> Promise | None:
    """Read the predicate of a clause whose orientation has been skipped."""
    if completes(text, main):
        return Promise(main, None)
    verb = first_verb(text, main)
    if verb is None or verb.start - main.start > _MAX_LEAD_CHARS:
        return _reached(text, main)
    word = verb.slice(text)
    if word in _DISPATCHING and (reading := sent(text, main)):
        return Promise(verb, reading.object)
    noun = trimmed_object(text, Span(verb.end, main.end))
    if noun is None and word not in WRAPPERS:
        return None
    if is_tail and word in GAIN_VERBS and GAIN_TAIL.search(words):
        return None
    if word in WRAPPERS and noun is not None:
        return inner_predicate(text, noun) or Promise(verb, noun)
    return Promise(verb, noun)


def _main_clause(text: str, lead: Span) -> Span | None:
    """Skip an orientation in front of the predicate; None where nothing else is."""
    is_oriented = _ORIENTATION.match(text, lead.start, lead.end) is not None
    if is_oriented and _MEANS_END.search(lead.slice(text)):
        return None
    if not is_oriented and VERB_PATTERN.match(text, lead.start, lead.end):
        opens = VERB_PATTERN.match(text, lead.start, lead.end)
        is_partner = re.match(r"会同|联合|协同|配合", lead.slice(text))
        if opens and not is_partner:
            return lead
    moved = skip_preposition(text, lead)
    if moved != lead:
        return moved
    return None if is_oriented else lead


def _moved(text: str, lead: Span) -> Promise | None:
    """Read 将X纳入Y: X is what the verb acts on."""
    start = strip_time(text, lead).start
    if not _DISPOSAL.match(text, start, lead.end):
        _, start = skip_wrappers(text, lead)
    match = _DISPOSAL.match(text, start, lead.end)
    if not match:
        return None
    for verb in VERB_PATTERN.finditer(text, match.end() + 2, lead.end):
        result = _RESULT_OF_MOVE.match(text, verb.end(), lead.end)
        if verb.group() in NOMINAL_VERBS and verb.end() < lead.end and not result:
            continue
        noun = clean_object(text, Span(match.end(), verb.start()))
        return Promise(Span(verb.start(), result.end() if result else verb.end()), noun)
    return None


def _reached(text: str, lead: Span) -> Promise | None:
    """Read 结业率达到规定要求: an indicator and a standard in words."""
    match = _REACHES.search(text, lead.start + 2, lead.end)
    if not match:
        return None
    noun = clean_object(text, Span(lead.start, match.start()))
    if noun is None or not INDICATOR_END.search(noun.slice(text)):
        return None
    return Promise(Span(*match.span()), noun)


def late_predicate(text: str, part: Span) -> Promise | None:
    """Read 年底前，垃圾分类实现…全覆盖: a subject before a predicate that is due."""
    lead = strip_lead(text, part)
    if _ORIENTATION.match(text, *lead) or _RESULT.match(text, *lead):
        return None
    if filled := chain(text, lead):
        return Promise(filled, None)
    if (closing := closing_predicate(text, lead)) and closing.action:
        return Promise(closing.action, closing.object)
    verb = _COMPLETING.search(text, lead.start + 2, lead.end)
    if not verb or GAIN_TAIL.search(lead.slice(text)):
        return None
    action = chain(text, Span(verb.start(), lead.end)) or Span(*verb.span())
    noun = clean_object(text, Span(action.end, lead.end))
    return Promise(action, noun or subject_of(text, lead, action))


def trimmed_object(text: str, span: Span) -> Span | None:
    """Return the object without vague amounts: 实施|一批|工程, 引进企业|数十家."""
    start = span.start
    while match := _VAGUE_AMOUNT.match(text, start, span.end):
        start = match.end()
    return clean_object(
        text, Span(start, strip_tail(_VAGUE_END, text, start, span.end))
    )


def _predicates(text: str, clause: Span) -> Iterator[Span]:
    """Cut 落实…任务、推进…建设 at 、 and 并 before a verb with its own object."""
    quoted = quoted_spans(clause.slice(text))
    start = clause.start
    for match in re.finditer("、|并(?=[一-龥]{4})", clause.slice(text)):
        at = clause.start + match.start()
        if any(span.start < match.start() < span.end for span in quoted):
            continue
        verb = VERB_PATTERN.match(text, at + 1, clause.end)
        if verb is None or verb.group() in NOMINAL_VERBS:
            continue
        own = first_verb(text, Span(start, at))
        following = Span(at + 1, clause.end)
        if own is None or own.end >= at or chain(text, following):
            continue
        yield Span(start, at)
        start = at + 1
    yield Span(start, clause.end)


def inner_predicate(text: str, span: Span) -> Promise | None:
    """Read 确保X稳定, 实现X覆盖Y: the inner predicate is the action (section 7)."""
    for match in VERB_PATTERN.finditer(text, span.start + 1, span.end):
        action = Span(*match.span())
        if not _is_inner(text, match, span.end):
            continue
        action = chain(text, Span(action.start, span.end)) or action
        noun = clean_object(text, Span(action.end, span.end))
        return Promise(action, noun or subject_of(text, span, action))
    return None


def _is_inner(text: str, verb: re.Match[str], end: int) -> bool:
    word, rest = verb.group(), text[verb.end() : end]
    if word in PIVOTS or word in WRAPPERS:
        return False
    if word in ADVERBS and re.match("、", rest):
        return False
    if word in NOMINAL_VERBS:
        return _QUANTIFIED.match(rest) is not None
    return not rest or not (
        heads_noun(text, verb, end) or re.search(r"化$|工作", rest) is not None
    )


def subject_of(text: str, span: Span, action: Span) -> Span | None:
    """Return the noun between the start of `span` and its predicate, no adverbs."""
    end = strip_tail(_ADVERBS_RIGHT, text, span.start, action.start)
    return clean_object(text, Span(span.start, end))
