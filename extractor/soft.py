"""Read promises without a number: one record for each governing verb phrase.

Guidelines, section 7.
The same reading makes the hard records whose only measure is a deadline.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from extractor.lexicon import NOMINAL_VERBS, PIVOTS, VERB_PATTERN, WRAPPERS
from extractor.models import Draft
from extractor.offsets import Span
from extractor.predicates import first_verb, strip_lead
from extractor.reading import clean_object
from extractor.rules import ItemReading, mention, mentions

_ORIENTATION = re.compile(
    r"^(?:聚焦|围绕|坚持|以|立足|紧扣|锚定|对标|按照|根据|依托|结合|深刻|认真|为|在|通过|面对|瞄准|着眼|紧盯|"
    r"牢固树立|牢牢把握|把握|贯穿|突出)"
)
_GAIN_VERBS = frozenset(
    "提升 增强 擦亮 营造 促进 提高 推动 激发 释放 扩大 改善 满足 保障 助力 强化 降低 解决 形成 体现 彰显 发挥 让 使 带动"
    " 为 不断 增进 优化 助推 赋能 拉动 引领 培养 确保".split()
)
_GAIN_TAIL = re.compile(
    r"(?:水平|能力|质量|效率|效能|效益|活力|名片|氛围|发展|影响力|知名度|满意度|获得感|幸福感|安全感|竞争力|吸引力|覆盖面|素质|素养|作用|需求|"
    r"形象|环境|基础|支撑|格局|健康|意识|实效|成效|成本|热情|信心|动力|后劲|生态|稳定|贡献|力度|凝聚力|传播力|公信力)$"
)
_NOT_A_PROMISE = re.compile(r"^(?:一是|二是|三是|四是|五是|其中|包括|例如|如)$")


def soft_drafts(reading: ItemReading) -> Iterator[Draft]:
    """Yield a draft for each clause that promises something without a number.

    Where a deadline governs the clause the record is hard.
    """
    numbered = {number.clause for number in reading.numbers}
    seen: set[tuple[str, str]] = set()
    clauses = reading.found.clauses
    for index, clause in enumerate(clauses):
        if index in numbered or clause.is_bracketed or reading.in_note(clause.span):
            continue
        is_tail = _is_sentence_tail(reading, index)
        dated = _dated_predicate(reading, index)
        found = [dated] if dated else _promises(reading.text, clause.span, is_tail=is_tail)
        for action, noun in found:
            key = (action.slice(reading.text), noun.slice(reading.text) if noun else "")
            if key in seen:
                continue
            seen.add(key)
            yield soft_draft(reading, index, action, noun)


def _dated_predicate(
    reading: ItemReading, index: int
) -> tuple[Span, Span | None] | None:
    """Read X于9月底前交付使用: a date between the subject and its predicate.

    The subject is the object of the promise where the predicate has none of its own;
    the actor is found by `actors`.
    """
    clause = reading.found.clauses[index].span
    own = [d for d in reading.found.dates if d.clause == index and not d.is_bare_year]
    if len(own) != 1:
        return None
    text, date = reading.text, own[0].span
    subject = strip_lead(text, Span(clause.start, date.start))
    if subject.end - subject.start < 2:
        return None
    head = first_verb(text, subject)
    if head is not None and head.slice(text) not in WRAPPERS | PIVOTS:
        return None
    start = head.end if head else subject.start
    verb = first_verb(text, Span(date.end, clause.end))
    if verb is None:
        for match in VERB_PATTERN.finditer(text, date.end, clause.end):
            verb = Span(*match.span())
            break
    if verb is None:
        return None
    named = clean_object(text, Span(start, date.start))
    if verb.start > date.end + 3:
        named = clean_object(text, Span(date.end, verb.start))
        return verb, named
    return verb, clean_object(text, Span(verb.end, clause.end)) or named


def _is_sentence_tail(reading: ItemReading, index: int) -> bool:
    """Say whether the clause follows another one in its sentence."""
    clauses = reading.found.clauses
    return index > 0 and clauses[index - 1].sentence == clauses[index].sentence


def _promises(
    text: str, clause: Span, *, is_tail: bool
) -> Iterator[tuple[Span, Span | None]]:
    for part in _predicates(text, clause):
        words = part.slice(text)
        if _NOT_A_PROMISE.match(words):
            continue
        lead = strip_lead(text, part)
        if _ORIENTATION.match(lead.slice(text)):
            continue
        verb = first_verb(text, part)
        if verb is None or verb.start - lead.start > 4:
            continue
        word = verb.slice(text)
        tail = Span(verb.end, part.end)
        noun = clean_object(text, tail)
        if noun is None and word not in WRAPPERS:
            continue
        if is_tail and word in _GAIN_VERBS and _GAIN_TAIL.search(words):
            continue
        if word in WRAPPERS and noun is not None:
            inner = _inner_predicate(text, noun)
            if inner:
                yield inner
                continue
        yield verb, noun


def _predicates(text: str, clause: Span) -> Iterator[Span]:
    """Cut 落实…任务、推进…建设 at 、 where a verb with its own object follows."""
    start = clause.start
    for match in re.finditer("、", clause.slice(text)):
        at = clause.start + match.start()
        verb = VERB_PATTERN.match(text, at + 1, clause.end)
        if verb is None or verb.group() in NOMINAL_VERBS:
            continue
        head = Span(start, at)
        own = first_verb(text, head)
        if own is not None and own.end < head.end:
            yield head
            start = at + 1
    yield Span(start, clause.end)


def _inner_predicate(text: str, span: Span) -> tuple[Span, Span | None] | None:
    """确保X稳定: the inner predicate is the action (section 7)."""
    for match in VERB_PATTERN.finditer(text, span.start + 1, span.end):
        word = match.group()
        if word in NOMINAL_VERBS or word in PIVOTS:
            continue
        action = Span(*match.span())
        noun = clean_object(text, Span(action.end, span.end))
        if noun is None:
            noun = clean_object(text, Span(span.start, action.start))
        return action, noun
    return None


def soft_draft(
    reading: ItemReading, index: int, action: Span | None, noun: Span | None = None
) -> Draft:
    """Make the record of a clause without a number; its deadline makes it hard."""
    clause = reading.found.clauses[index].span
    date = reading.deadline_for(index, with_number=False)
    actor = reading.actors.for_clause(clause, action)
    return Draft(
        clause=clause,
        action=mention(reading.text, action),
        object=mention(reading.text, noun),
        deadline=mention(reading.text, date.span if date else None),
        actor=mention(reading.text, actor.span),
        actor_source=actor.source,
        partners=mentions(reading.text, actor.partners),
        method="rules",
    )
