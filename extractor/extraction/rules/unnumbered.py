"""Read promises without a number: one record for each governing verb phrase.

Guidelines, section 7.
The same reading makes the hard records whose only measure is a deadline.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from extractor.core.records import Draft
from extractor.core.spans import Span
from extractor.extraction.rules.carry_over import STAGE
from extractor.extraction.rules.drafting import facts, mention, mentions
from extractor.extraction.rules.reach import Time
from extractor.extraction.rules.syntax.constructions import completes
from extractor.extraction.rules.syntax.lead_ins import ADVERB, strip_lead
from extractor.extraction.rules.syntax.objects import clean_object
from extractor.extraction.rules.syntax.predicates import chain, first_verb, names_thing
from extractor.extraction.rules.syntax.promises import (
    GAIN_VERBS,
    Promise,
    late_predicate,
    promises,
    subject_of,
    trimmed_object,
)
from extractor.extraction.rules.targets import ItemReader
from extractor.extraction.rules.times import DateCandidate
from extractor.language.verbs import NOMINAL_VERBS, PIVOTS, VERB_PATTERN, WRAPPERS

# 8月底前建成南校区，缓解入学压力: what it is good for is not due itself.
_TAILS = GAIN_VERBS | frozenset("防止 避免 杜绝 缓解 减轻 方便 惠及".split())
_REACHES = re.compile("达到")
_DESTINATION = re.compile(
    r"(?:到|至|给|各地|各县|各市|基层|社会|公众|游客|市民).*|.{1,8}(?:单位|所|部门|站|中心)"
)
_NAMED_BY_VERB = re.compile(
    r"(?:后的)?[一-龥]{0,6}(?:结果|方案|名单|清单|情况|标准|办法|细则|意见|报告|规划|计划|指标|门诊|机制|权限)"
    r"(?:于|在)?"
)


def soft_drafts(reading: ItemReader) -> Iterator[Draft]:
    """Yield a draft for each clause that promises something without a number.

    Where a deadline governs the clause the record is hard.
    """
    numbered = {number.clause for number in reading.numbers}
    seen: set[tuple[object, ...]] = set()
    text = reading.text
    for index, clause in enumerate(reading.found.clauses):
        is_aside = clause.is_bracketed or clause.is_title
        if (
            reading.found.asides[index]
            or is_aside
            or reading.in_note(clause.span)
            or reading.is_purpose(index)
        ):
            continue
        # Each further date opens a part: 甲站6月底前通车、|乙库年底前蓄水.
        for part, time in reading.reach.parts(index, reading.prose(index)):
            if index in numbered and not _is_apart(reading, index, part):
                continue
            for action, found in _read(reading, index, part, time):
                # 9月底前报县政府审定: what is reported stands earlier.
                noun = None if action.slice(text) == "报" else found
                what = noun or reading.noun_before(index)
                draft = _record(reading, index, part, (action, what), time)
                # Another body or date with the same words is another promise.
                key = (noun is not None, *facts(draft))
                if key not in seen:
                    seen.add(key)
                    yield draft


def _read(
    reading: ItemReader, index: int, part: Span, time: Time | None
) -> Iterator[Promise]:
    dated = time and _dated(reading.text, part, time.span)
    if dated:
        yield dated
        return
    is_tail = _is_sentence_tail(reading, index)
    span = _behind_date(part, time)
    found = list(promises(reading.text, span, is_tail=is_tail))
    if not found and reading.deadline_for(index, with_number=False):
        found = [p for p in [late_predicate(reading.text, span)] if p]
    yield from found


def _behind_date(part: Span, time: Time | None) -> Span:
    """Return the part without the date it opens with: 国庆节前|建成通车."""
    if not isinstance(time, DateCandidate):
        return part
    is_opening = time.span.start <= part.start + 2 and time.span.end < part.end - 1
    return Span(time.span.end, part.end) if is_opening else part


def _is_apart(reading: ItemReader, index: int, part: Span) -> bool:
    """Say whether a dated part stands beside the numbers of its clause.

    6月底前全部开工、|12月底前完工率达到80%.
    """
    return part != reading.prose(index) and not any(
        part.contains(number.span) for number in reading.numbers
    )


def _dated(text: str, clause: Span, date: Span) -> Promise | None:
    """Read X于9月底前交付使用: a date between the subject and its predicate.

    The subject is the object of the promise where the predicate has none of its own;
    the actor is found by `actors`.
    """
    subject = strip_lead(text, Span(clause.start, date.start))
    if subject.end - subject.start < 2:
        return None
    head = first_verb(text, subject)
    if head is not None and _is_title(text, head, subject):
        # 评估结果|11月底前公布: the verb only names what is published.
        head = None
    if head is not None and head.slice(text) not in WRAPPERS | PIVOTS:
        return None
    named = clean_object(text, Span(head.end if head else subject.start, date.start))
    if named and ADVERB.fullmatch(named.slice(text)):
        named = None
    rest = Span(date.end, clause.end)
    done = strip_lead(text, rest)
    if completes(text, done):
        return Promise(done, named)
    if filled := chain(text, rest):
        return Promise(filled, named)
    verb = first_verb(text, rest) or _any_verb(text, rest)
    if verb is None:
        return None
    if verb.start > strip_lead(text, rest).start + 3:
        return Promise(verb, subject_of(text, rest, verb))
    noun = trimmed_object(text, Span(verb.end, clause.end))
    if noun and named and _DESTINATION.fullmatch(noun.slice(text)):
        # 权限年内全部下放到基层所: where it goes is not what goes.
        noun = None
    return Promise(verb, noun or named)


def _is_title(text: str, head: Span, subject: Span) -> bool:
    if _NAMED_BY_VERB.fullmatch(text, head.end, subject.end):
        return True
    return names_thing(text, head, subject.end)


def _any_verb(text: str, span: Span) -> Span | None:
    """Return the first verb, one that cannot be a noun if there is one."""
    found = list(VERB_PATTERN.finditer(text, *span))
    found.sort(key=lambda match: match.group() in NOMINAL_VERBS)
    return Span(*found[0].span()) if found else None


def _is_sentence_tail(reading: ItemReader, index: int) -> bool:
    """Say whether the clause follows another one in its sentence."""
    clauses = reading.found.clauses
    return index > 0 and clauses[index - 1].sentence == clauses[index].sentence


def soft_draft(reading: ItemReader, index: int, action: Span | None) -> Draft:
    """Make the record of a clause without a number; its deadline makes it hard."""
    clause = reading.found.clauses[index].span
    return _record(reading, index, clause, (action, None))


def _record(
    reading: ItemReader,
    index: int,
    clause: Span,
    what: tuple[Span | None, Span | None],
    own: Time | None = None,
) -> Draft:
    action, noun = what
    # A bare year dates an indicator (2025年…率达到规定要求), not an action.
    dates_indicator = _REACHES.search(reading.text, *clause) is not None
    date = own if isinstance(own, DateCandidate) else None
    if date and date.is_bare_year and not dates_indicator:
        date = None
    if date is None and (action is None or action.slice(reading.text) not in _TAILS):
        date = reading.deadline_for(index, with_number=dates_indicator, at=clause)
    actor = reading.actors.for_clause(clause, action)
    is_stage = noun is not None and STAGE.search(noun.slice(reading.text))
    if actor.span and noun and (is_stage or actor.span.overlaps(noun)):
        # 甲站6月底前建成: what is built is not who builds.
        actor = actor._replace(span=None, source="issuer")
    return Draft(
        clause=clause,
        action=mention(reading.printed, action),
        object=mention(reading.printed, noun),
        deadline=mention(reading.printed, date.span if date else None),
        due=date.due if date else None,
        actor=mention(reading.printed, actor.span),
        actor_source=actor.source,
        partners=mentions(reading.printed, actor.partners),
        method="rules",
    )
