"""What a number or a predicate takes over from the words before it.

Verb, noun and form of the number before, in the same sentence: 新建…6万亩、改造3万亩;
提高到720元、560元; 其中乡村10所; 6月底前全部开工.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod

from extractor.core.spans import Span
from extractor.extraction.rules.syntax.constructions import sent
from extractor.extraction.rules.syntax.lead_ins import strip_lead
from extractor.extraction.rules.syntax.objects import (
    VerbObject,
    clean_object,
    read_indicator,
)
from extractor.extraction.rules.syntax.predicates import first_verb, skip_preposition
from extractor.extraction.rules.view import ItemView
from extractor.language.lexicon import INDICATOR_END, closing_verb
from extractor.language.verbs import LEVEL_VERBS

PREFIXED = re.compile(r"^(?:不|超|突破|高于|低于|至少|大于|小于|逾)")
RATE = re.compile(r"[%％‰]|百分")
_ACTS = frozenset({"完成", "新增", "实现", "净增"})
STAGE = re.compile(
    r"^主体|(?:桩基|铺装|施工|验收|评审|招标|采购|装修|绿化|审批|设计|封顶|竣工)$"
)
"""A stage of the work: not what the work is on."""


class CoordinatedView(ItemView, ABC):
    """An item whose numbers are read in order, each able to lean on the last."""

    _predicates: list[VerbObject] | None = None

    @property
    def predicates(self) -> list[VerbObject]:
        """Verb and object of each number, read when they are first asked for.

        While they are read, it holds those that are read so far.
        """
        if self._predicates is None:
            self._predicates = []
            for index in range(len(self.numbers)):
                self._predicates.append(self._read(index))
        return self._predicates

    @abstractmethod
    def _read(self, index: int) -> VerbObject:
        """Read a number."""

    def noun_before(self, clause: int) -> Span | None:
        """Return what a predicate without a noun goes on about.

        改造老旧小区86个，6月底前全部|开工: the nearest counted noun of the sentence,
        else the words of a clause that has no predicate of its own.
        """
        sentence = self.found.clauses[clause].sentence
        for at in reversed(range(clause)):
            found = self.found.clauses[at]
            if found.sentence != sentence:
                break
            if found.is_bracketed or self.is_share(at):
                continue
            noun = self._counted_noun(at) or self._own_noun(at)
            words = noun.slice(self.text) if noun else ""
            is_thing = not (STAGE.search(words) or INDICATOR_END.search(words))
            if len(words) > 1 and is_thing:
                return noun
        return None

    def _counted_noun(self, clause: int) -> Span | None:
        """Return the object of the clause's last number."""
        for index in reversed(range(len(self.numbers))):
            if self.numbers[index].clause == clause and index < len(self.predicates):
                return self.predicates[index].object
        return None

    def _own_noun(self, clause: int) -> Span | None:
        """Return what a clause without a number is about."""
        dated = [d.span for d in self.found.dates if d.clause == clause]
        span = self.prose(clause)
        stop = dated[0].start if dated and dated[0].start > span.start else span.end
        lead = strip_lead(self.text, Span(span.start, stop))
        verb = first_verb(self.text, lead)
        return clean_object(
            self.text, Span(verb.end, stop) if verb else Span(lead.start, stop)
        )

    def _previous_indicator(self, index: int) -> Span | None:
        """Return the noun that a clause without one goes on about: …，同比增长10%."""
        number = self.numbers[index]
        if index > 0 and self.numbers[index - 1].clause == number.clause:
            # 强度达到2.1%、比上年提高0.2个百分点
            return self.predicates[index - 1].object
        if number.clause == 0:
            return None
        clause = self.found.clauses[number.clause]
        previous = self.found.clauses[number.clause - 1]
        if previous.sentence != clause.sentence:
            return None
        if index > 0 and self.numbers[index - 1].clause == number.clause - 1:
            return self.predicates[index - 1].object
        _, indicator = read_indicator(self.text, previous.span)
        if indicator:
            verb = closing_verb(self.text, *indicator)
            if verb and verb.start() > indicator.start + 1:
                return clean_object(self.text, Span(indicator.start, verb.start()))
        return indicator

    def _takes_verb(self, index: int, words: str) -> bool:
        """Say whether a number without a verb goes on with the one before it."""
        if self._is_share_of_previous(index):
            verb = self.inherited_verb(index)
            is_level = verb is None or verb.slice(self.text) in LEVEL_VERBS - _ACTS
            is_bound = PREFIXED.match(words) and self._has_indicator(index)
            return not (is_bound and is_level)
        left, _ = self.edges(index)
        if PREFIXED.match(words) or left.slice(self.text).startswith("受益"):
            return False
        verb = self.inherited_verb(index)
        if verb is not None and self._follows_subject(index):
            # 失业率控制在4.5%以内，价格涨幅3%左右: that verb has its own subject.
            return False
        if verb is not None and RATE.search(words):
            # 新增就业…人，登记失业率4.5%以内: nobody adds a rate.
            return verb.slice(self.text) in LEVEL_VERBS - _ACTS
        return True

    def _previous(self, index: int, left: Span) -> VerbObject | None:
        """Read a number that has no words of its own.

        搬迁600户|2100人 goes on with the number before; 安排医师下沉，每周|不少于2天
        with the clause before.
        """
        if index > 0 and self.numbers[index - 1].span.end == left.end:
            return self.predicates[index - 1]
        if index > 0 and self._is_twin(index):
            return self.predicates[index - 1]
        clause = self.numbers[index].clause
        if clause == 0 or (index > 0 and self.numbers[index - 1].clause >= clause - 1):
            return None
        previous = self.found.clauses[clause - 1]
        if previous.sentence != self.found.clauses[clause].sentence:
            return None
        if reading := sent(self.text, previous.span):
            return reading
        lead = skip_preposition(self.text, strip_lead(self.text, previous.span))
        verb = first_verb(self.text, lead)
        if verb is None:
            return None
        noun = clean_object(self.text, Span(verb.end, previous.span.end))
        return VerbObject(verb, noun) if noun else None

    def _is_twin(self, index: int) -> bool:
        """Say whether a number only repeats the form before: 提高到720元、|560元."""
        first, second = self.numbers[index - 1].span, self.numbers[index].span
        between = self.text[first.end : second.start]
        unit = re.sub(r"[\d.,万亿以上下内左右余多]", "", second.slice(self.text))
        return (
            between in {"、", "和", "，"}
            and bool(unit)
            and (unit in first.slice(self.text))
        )

    def _is_part(self, index: int) -> bool:
        """Say whether a number breaks down the one before: 其中…, or in its bracket."""
        clause = self.numbers[index].clause
        return self.is_share(clause) or self.found.clauses[clause].is_bracketed

    def _is_share_of_previous(self, index: int) -> bool:
        """Say whether 其中 makes the number a part of the one before (section 6)."""
        number = self.numbers[index]
        words = number.span.slice(self.text)
        return self.is_share(number.clause) and not words.endswith(("%", "％"))

    def _follows_subject(self, index: int) -> bool:
        """Say whether the verb before stands behind its indicator, a clause ago."""
        previous = self.predicates[index - 1]
        if previous.action is None or previous.object is None:
            return False
        is_apart = self.numbers[index - 1].clause != self.numbers[index].clause
        is_behind = previous.action.start >= previous.object.end
        return is_apart and is_behind and self._has_indicator(index)

    def _has_indicator(self, index: int) -> bool:
        """Say whether an indicator stands right before the number: 优质稻面积|突破…."""
        left, _ = self.edges(index)
        return INDICATOR_END.search(left.slice(self.text)) is not None

    def inherited_verb(self, index: int) -> Span | None:
        """Return the verb of the number before, in the same sentence."""
        if index == 0:
            return None
        sentence = self.found.clauses[self.numbers[index].clause].sentence
        before = self._whole(index)
        if self.found.clauses[self.numbers[before].clause].sentence != sentence:
            return None
        return self.predicates[before].action

    def _whole(self, index: int) -> int:
        """Return the number that this one goes on with; 其中 looks for its own unit.

        收入12亿元，增长20%，其中|预算收入7亿元 is a part of the 12亿元.
        """
        own = self.numbers[index]
        if self.is_share(own.clause):
            unit = own.span.slice(self.text)[-1]
            for before in reversed(range(index)):
                words = self.numbers[before].span.slice(self.text)
                if unit in "元%％" and unit in words:
                    return before
        return index - 1
