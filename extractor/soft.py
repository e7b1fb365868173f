"""Read promises without a number: one record for each governing verb phrase.

Guidelines, section 7.
The same reading makes the hard records whose only measure is a deadline.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from extractor.candidates import DateCandidate
from extractor.drafts import mention, mentions
from extractor.lexicon import NOMINAL_VERBS, PIVOTS, VERB_PATTERN, WRAPPERS
from extractor.models import Draft
from extractor.offsets import Span
from extractor.predicates import chain, first_verb, strip_lead
from extractor.promises import (
    Promise,
    late_predicate,
    promises,
    subject_of,
    trimmed_object,
)
from extractor.reading import clean_object
from extractor.rules import ItemReading

_REACHES = re.compile("达到")


class _Part(NamedTuple):
    """A clause, or the part of one that a date of its own governs."""

    span: Span
    date: DateCandidate | None


def soft_drafts(reading: ItemReading) -> Iterator[Draft]:
    """Yield a draft for each clause that promises something without a number.

    Where a deadline governs the clause the record is hard.
    """
    numbered = {number.clause for number in reading.numbers}
    seen: set[tuple[str, str]] = set()
    text = reading.text
    for index, clause in enumerate(reading.found.clauses):
        if index in numbered or clause.is_bracketed or reading.in_note(clause.span):
            continue
        for part in _parts(reading, index):
            for action, noun in _read(reading, index, part):
                key = (action.slice(text), noun.slice(text) if noun else "")
                if key not in seen:
                    seen.add(key)
                    yield _draft(reading, index, part, Promise(action, noun))


def _read(reading: ItemReading, index: int, part: _Part) -> Iterator[Promise]:
    dated = part.date and _dated(reading.text, part.span, part.date.span)
    if dated:
        yield dated
        return
    is_tail = _is_sentence_tail(reading, index)
    found = list(promises(reading.text, part.span, is_tail=is_tail))
    if not found and reading.deadline_for(index, with_number=False):
        found = [p for p in [late_predicate(reading.text, part.span)] if p]
    yield from found


def _parts(reading: ItemReading, index: int) -> Iterator[_Part]:
    """Cut a clause before each further date: 甲站6月底前通车、乙库年底前蓄水."""
    clause = reading.prose(index)
    own = [
        d for d in reading.found.dates if d.clause == index and clause.contains(d.span)
    ]
    start = clause.start
    for date, following in pairwise(own):
        cut = reading.text.rfind("、", date.span.end, following.span.start)
        if cut >= 0:
            yield _Part(Span(start, cut), date)
            start = cut + 1
    yield _Part(Span(start, clause.end), own[-1] if own else None)


def _dated(text: str, clause: Span, date: Span) -> Promise | None:
    """Read X于9月底前交付使用: a date between the subject and its predicate.

    The subject is the object of the promise where the predicate has none of its own;
    the actor is found by `actors`.
    """
    subject = strip_lead(text, Span(clause.start, date.start))
    if subject.end - subject.start < 2:
        return None
    head = first_verb(text, subject)
    if head is not None and head.slice(text) not in WRAPPERS | PIVOTS:
        return None
    named = clean_object(text, Span(head.end if head else subject.start, date.start))
    rest = Span(date.end, clause.end)
    if filled := chain(text, rest):
        return Promise(filled, named)
    verb = first_verb(text, rest) or _any_verb(text, rest)
    if verb is None:
        return None
    if verb.start > strip_lead(text, rest).start + 3:
        return Promise(verb, subject_of(text, rest, verb))
    return Promise(verb, trimmed_object(text, Span(verb.end, clause.end)) or named)


def _any_verb(text: str, span: Span) -> Span | None:
    """Return the first verb, one that cannot be a noun if there is one."""
    found = list(VERB_PATTERN.finditer(text, *span))
    found.sort(key=lambda match: match.group() in NOMINAL_VERBS)
    return Span(*found[0].span()) if found else None


def _is_sentence_tail(reading: ItemReading, index: int) -> bool:
    """Say whether the clause follows another one in its sentence."""
    clauses = reading.found.clauses
    return index > 0 and clauses[index - 1].sentence == clauses[index].sentence


def soft_draft(
    reading: ItemReading, index: int, action: Span | None, noun: Span | None = None
) -> Draft:
    """Make the record of a clause without a number; its deadline makes it hard."""
    clause = reading.found.clauses[index].span
    return _record(reading, index, clause, action, noun)


def _draft(reading: ItemReading, index: int, part: _Part, found: Promise) -> Draft:
    return _record(reading, index, part.span, found.action, found.object, part.date)


def _record(  # the fields of a record
    reading: ItemReading,
    index: int,
    clause: Span,
    action: Span | None,
    noun: Span | None,
    own: DateCandidate | None = None,
) -> Draft:
    # A bare year dates an indicator (2025年…率达到规定要求), not an action.
    dates_indicator = _REACHES.search(reading.text, *clause) is not None
    date = own if own and (not own.is_bare_year or dates_indicator) else None
    date = date or reading.deadline_for(index, with_number=dates_indicator)
    actor = reading.actors.for_clause(clause, action)
    if actor.span and noun and actor.span.overlaps(noun):
        # 甲站6月底前建成: what is built is not who builds.
        actor = actor._replace(span=None, source="issuer")
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
