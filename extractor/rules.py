"""Strategy `rules`: every record of an item without a model.

The deterministic baseline, and the reading that the `closed` strategy cross-checks.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from extractor.actors import ItemActors
from extractor.candidates import Candidates, DateCandidate, NumberCandidate, find_candidates
from extractor.lexicon import NOMINAL_VERBS, PIVOTS, VERB_PATTERN, WRAPPERS
from extractor.models import Draft, Mention
from extractor.offsets import Span
from extractor.reading import (
    Reading,
    clean_object,
    enumeration_head,
    first_verb,
    inner_verb,
    level_verb_before,
    read_after,
    read_indicator,
    skip_preposition,
    strip_lead,
    verb_at,
    verb_before,
)

_PURPOSE = re.compile(r"^为.{2,60}(?:奠定[^，。]{0,8}基础|提供[^，。]{0,12}(?:保障|保证|支撑|支持)|创造[^，。]{0,6}条件)$")
_PREFIXED = re.compile(r"^(?:不|超|突破|高于|低于|至少|大于|小于|逾)")
_FROM = re.compile(r"(?:从|由)[^从由，。；]*?\d[^，。；]*$")
_LINK = re.compile(r"(?:、|和|与|及|以及|并|或|，|,)")
_FREQUENCY_UNITS = frozenset("次 场 场次 堂 轮 期".split())


class ItemReading:
    """The rules' view of one item: candidates, and a reading for each number.

    Args:
        text: the item's cleaned text.
        start: where its prose begins, behind label and title.
        plan_year: year of the plan, for dates without one.
    """

    def __init__(self, text: str, start: int, plan_year: int | None) -> None:
        self.text = text
        self.start = start
        self.found: Candidates = find_candidates(text, start, plan_year)
        self.actors = ItemActors(text)
        self.numbers: tuple[NumberCandidate, ...] = tuple(
            n for n in self.found.targets if not self._is_purpose(n)
        )
        self.readings: dict[int, Reading] = {}
        for index in range(len(self.numbers)):
            self.readings[index] = self._read(index)

    def _is_purpose(self, number: NumberCandidate) -> bool:
        return bool(_PURPOSE.match(self.clause_text(number.clause)))

    def clause_text(self, clause: int) -> str:
        """Return the words of the clause with this index."""
        return self.found.clauses[clause].span.slice(self.text)

    def in_note(self, span: Span) -> bool:
        """Say whether a span lies in the item's responsibility note."""
        note = self.actors.note_span
        return note is not None and note.overlaps(span)

    def _read(self, index: int) -> Reading:
        number = self.numbers[index]
        clause = self.found.clauses[number.clause]
        left = Span(self._left_edge(index), number.span.start)
        right = Span(number.span.end, self._right_edge(index))
        reading = self._distributed(index) or self._read_number(
            index, number, left, right
        )
        if reading.object is None and clause.is_bracketed:
            return reading
        return reading

    def _left_edge(self, index: int) -> int:
        number = self.numbers[index]
        start = self.found.clauses[number.clause].span.start
        for other in self.found.numbers:
            if other.clause == number.clause and other.span.end <= number.span.start:
                if other.role == "target":
                    start = max(start, other.span.end)
        return start

    def _right_edge(self, index: int) -> int:
        """End of what can be the number's own noun phrase."""
        number = self.numbers[index]
        end = self.found.clauses[number.clause].span.end
        bracket = re.search(r"[（(](?=[^（()）]*(?:其中|\d))", self.text[number.span.end : end])
        if bracket and not self.found.clauses[number.clause].is_bracketed:
            end = number.span.end + bracket.start()
        follower = next(
            (
                n.span.start
                for n in self.numbers
                if n.clause == number.clause and n.span.start >= number.span.end
            ),
            None,
        )
        if follower is None or follower > end:
            return end
        between = self.text[number.span.end : follower]
        if _LINK.match(between):
            return number.span.end
        links = [m for m in _LINK.finditer(between)]
        return number.span.end + links[-1].start() if links else follower

    # -- readings, most specific first -------------------------------------------

    def _read_number(
        self, index: int, number: NumberCandidate, left: Span, right: Span
    ) -> Reading:
        text = self.text
        after = right.slice(text).strip("的 以上")
        if text[left.start : left.end].endswith(("为", "给", "向", "对", "在")) and after:
            if reading := self._beneficiary(right):
                return reading
        if text[left.start : left.end].endswith(("将", "把")) and after:
            if reading := self._disposal(right):
                return reading
        level = level_verb_before(text, left.start, left.end)
        if level and not after:
            return self._indicator(index, left, level)
        if after:
            return self._prenominal(index, number, left, right)
        return self._postnominal(index, number, left)

    def _beneficiary(self, right: Span) -> Reading | None:
        """为|1万名|儿童进行评估干预: object is what the verb acts on."""
        for match in VERB_PATTERN.finditer(self.text, right.start + 1, right.end):
            if match.group() in NOMINAL_VERBS and match.end() < right.end - 4:
                continue
            if match.end() >= right.end:
                continue
            verb = verb_at(self.text, match.start(), right.end)
            if verb:
                tail = clean_object(self.text, Span(verb.end, right.end))
                return Reading(verb, tail, "beneficiary")
        return None

    def _disposal(self, right: Span) -> Reading | None:
        """将|2所|学校打造成…: the noun is the object of the verb behind it."""
        for match in VERB_PATTERN.finditer(self.text, right.start + 1, right.end):
            noun = clean_object(self.text, Span(right.start, match.start()))
            return Reading(Span(*match.span()), noun, "disposal")
        return None

    def _indicator(self, index: int, left: Span, level: Span) -> Reading:
        """…率|达到|96%以上."""
        edge = level.start
        if match := _FROM.search(self.text[left.start : edge]):
            edge = left.start + match.start()
        verb, indicator = read_indicator(self.text, Span(left.start, edge))
        if indicator is None and verb is None:
            indicator = self._previous_indicator(index)
        action = level
        if verb is not None:
            word = verb.slice(self.text)
            if word not in WRAPPERS and word not in PIVOTS:
                action = verb
        if indicator is None and verb is not None and action is verb:
            return Reading(level, verb, "indicator")
        return Reading(action, indicator, "indicator")

    def _previous_indicator(self, index: int) -> Span | None:
        number = self.numbers[index]
        if number.clause == 0:
            return None
        clause = self.found.clauses[number.clause]
        previous = self.found.clauses[number.clause - 1]
        if previous.sentence != clause.sentence:
            return None
        verb, indicator = read_indicator(self.text, previous.span)
        if indicator:
            for match in VERB_PATTERN.finditer(self.text, indicator.start, indicator.end):
                if match.end() == indicator.end and match.start() > indicator.start + 1:
                    return clean_object(self.text, Span(indicator.start, match.start()))
        return indicator

    def _prenominal(
        self, index: int, number: NumberCandidate, left: Span, right: Span
    ) -> Reading:
        """新增|27所|公办幼儿园."""
        text = self.text
        verb = verb_before(text, left.start, left.end)
        pattern = "verb-number-noun"
        if verb and verb.slice(text) in WRAPPERS:
            if reading := self._counted_subject(right):
                return reading
        if verb is None:
            verb = first_verb(text, skip_preposition(text, strip_lead(text, left)))
            pattern = "verb-list-number-noun"
            if verb and verb.slice(text) in WRAPPERS:
                if reading := self._counted_subject(right):
                    return reading
        if verb is None:
            if reading := self._counted_subject(right):
                return reading
            inherited = self._inherited(index)
            verb, pattern = inherited, "inherited-number-noun"
        pivot = verb is not None and verb.slice(text) in PIVOTS
        noun = read_after(text, number.span, right.end, pivot=pivot)
        if noun:
            noun = enumeration_head(text, noun)
        return Reading(verb, noun, pattern)

    def _counted_subject(self, right: Span) -> Reading | None:
        """至少1个县实现X: the county is counted, the predicate acts (section 6)."""
        text = self.text
        start = right.start
        while start < right.end and text[start] in "的以上":
            start += 1
        for match in VERB_PATTERN.finditer(text, start, right.end):
            word = match.group()
            if word in NOMINAL_VERBS and match.end() < right.end:
                continue
            tail = clean_object(text, Span(match.end(), right.end))
            if tail is None:
                tail = clean_object(text, Span(start, match.start()))
            return Reading(Span(*match.span()), tail, "counted-subject")
        return None

    def _postnominal(self, index: int, number: NumberCandidate, left: Span) -> Reading:
        """增加|公办学位|7080个, 普惠率|不低于94%."""
        text = self.text
        skipped = skip_preposition(text, strip_lead(text, left))
        verb, noun = read_indicator(text, skipped)
        words = number.span.slice(text)
        if (
            noun is not None
            and (verb is None or verb.slice(text) in WRAPPERS)
            and "%" not in words
            and (inner := inner_verb(text, noun))
        ):
            verb, noun = inner, clean_object(text, Span(inner.end, noun.end))
        if verb is None or noun is None:
            inherited = self._inherited(index)
            if noun is None and verb is not None:
                return Reading(inherited, verb, "noun-number")
            if not _PREFIXED.match(words) and verb is None:
                verb = inherited
        return Reading(verb, noun, "verb-noun-number")

    def _distributed(self, index: int) -> Reading | None:
        """A、B持证率分别达到97%以上、12%以上: one indicator for each number."""
        number = self.numbers[index]
        same = [i for i, n in enumerate(self.numbers) if n.clause == number.clause]
        if len(same) < 2:
            return None
        first = self.numbers[same[0]]
        start = self.found.clauses[number.clause].span.start
        head = self.text[start : first.span.start]
        if "分别" not in head:
            return None
        level = level_verb_before(self.text, start, first.span.start)
        edge = start + head.index("分别")
        verb, phrase = read_indicator(self.text, Span(start, edge))
        if phrase is None:
            return None
        parts = _split_list(self.text, phrase)
        if len(parts) != len(same):
            return None
        action = verb if verb and verb.slice(self.text) not in WRAPPERS | PIVOTS else level
        return Reading(action or verb, parts[same.index(index)], "distributed")

    def _inherited(self, index: int) -> Span | None:
        """Verb of the number before, in the same sentence."""
        if index == 0:
            return None
        sentence = self.found.clauses[self.numbers[index].clause].sentence
        previous = self.numbers[index - 1]
        if self.found.clauses[previous.clause].sentence != sentence:
            return None
        return self.readings[index - 1].action

    # -- deadlines ---------------------------------------------------------------

    def deadline_for(self, clause: int, *, with_number: bool) -> DateCandidate | None:
        """Return the deadline that governs a clause (guidelines, section 4).

        Its own, else the nearest one before it in the same sentence.
        A bare year only dates clauses with a number.
        """
        usable = [d for d in self.found.dates if with_number or not d.is_bare_year]
        own = [d for d in usable if d.clause == clause]
        if own:
            return own[-1]
        sentence = self.found.clauses[clause].sentence
        before = [
            d
            for d in usable
            if d.clause < clause and self.found.clauses[d.clause].sentence == sentence
        ]
        return before[-1] if before else None

    def baseline_for(self, index: int) -> Span | None:
        """Return the starting value printed in front of the number, 从|77%|提高到."""
        number = self.numbers[index]
        for other in self.found.numbers:
            if other.role == "baseline" and other.clause == number.clause:
                if other.span.end <= number.span.start:
                    return other.span
        return None

    def draft(self, index: int, reading: Reading, **extra: object) -> Draft:
        """Make the record of a number from a reading of its verb and object."""
        number = self.numbers[index]
        date = self.deadline_for(number.clause, with_number=True)
        clause = self.found.clauses[number.clause].span
        actor = self.actors.for_clause(clause, reading.action)
        baseline = self.baseline_for(index)
        return Draft(
            clause=clause,
            action=mention(self.text, reading.action),
            object=mention(self.text, reading.object),
            target=mention(self.text, number.span),
            baseline=mention(self.text, baseline),
            deadline=mention(self.text, date.span if date else None),
            actor=mention(self.text, actor.span),
            actor_source=actor.source,
            partners=tuple(
                m for p in actor.partners if (m := mention(self.text, p)) is not None
            ),
            **{"method": "rules", **extra},  # type: ignore[arg-type]
        )


def _split_list(text: str, phrase: Span) -> list[Span]:
    parts, start = [], phrase.start
    for match in re.finditer(r"[、和与及]", phrase.slice(text)):
        parts.append(Span(start, phrase.start + match.start()))
        start = phrase.start + match.end()
    parts.append(Span(start, phrase.end))
    return [p for p in parts if p.end > p.start]


def mention(text: str, span: Span | None) -> Mention | None:
    """Return the words at `span` with their place."""
    return Mention(text=span.slice(text), span=span) if span else None


def hard_drafts(reading: ItemReading) -> list[Draft]:
    """Return one draft for each numeric target."""
    drafts = [reading.draft(i, reading.readings[i]) for i in range(len(reading.numbers))]
    return _without_repeats(reading.text, drafts)


def _without_repeats(text: str, drafts: Sequence[Draft]) -> list[Draft]:
    """Drop a target that is stated twice in one item, keep the first mention."""
    seen: set[tuple[str, str]] = set()
    kept = []
    for draft in drafts:
        key = (
            draft.object.text if draft.object else "",
            draft.target.text if draft.target else "",
        )
        if key in seen and key[0]:
            continue
        seen.add(key)
        kept.append(draft)
    return kept

