"""Strategy `rules`: every record of an item without a model.

The deterministic baseline, and the reading that `sentences` holds the model's against.
"""

from __future__ import annotations

import re

from extractor.core.records import Draft
from extractor.core.spans import Span
from extractor.extraction.rules.candidates import COUNTING, NumberCandidate
from extractor.extraction.rules.carry_over import PREFIXED, RATE, CoordinatedView
from extractor.extraction.rules.drafting import mention, mentions, without_repeats
from extractor.extraction.rules.syntax.constructions import (
    beneficiary,
    closing_predicate,
    counted_subject,
    disposal,
    open_quote,
    receiving,
    sends,
    served,
    spends,
    subject_first,
)
from extractor.extraction.rules.syntax.lead_ins import TIME, strip_lead, strip_time
from extractor.extraction.rules.syntax.objects import (
    BRACKETED_UNIT,
    GOES_ON,
    VerbObject,
    clean_object,
    enumeration_head,
    read_after,
    read_indicator,
    split_list,
)
from extractor.extraction.rules.syntax.predicates import (
    first_verb,
    inner_verb,
    is_chain,
    level_verb_before,
    skip_preposition,
    verb_before,
)
from extractor.language.bodies import BODY_END
from extractor.language.verbs import (
    MOVING_VERBS,
    NOMINAL_VERBS,
    PIVOTS,
    SENDING_VERBS,
    WRAPPERS,
)

_FROM = re.compile(r"(?:从|由)[^从由，。；]*?\d[^，。；]*$")
_MOVED = re.compile(
    rf"(?:{BODY_END}(?:{TIME.pattern})?|{TIME.pattern})[将把](?=[^，。；]{{2,}})"
)
# Each name is read one way (?>…): a long list has no end of others.
_PLACE = re.compile(
    r"(?:、?(?>[一-龥]{1,4}?(?:(?<![小户片园景库灌社校院山林牧])区|县|镇|乡)+))+各?"
)
_SIZE = re.compile(r"(?:总)?(?:规模|面积|投资额?|金额)(?:为|达|约)?$")
_RATE_OR_MONEY = re.compile(r"[%％元]|百分")
_DRIVING = frozenset("带动 拉动 保持 巩固 压减 压缩 降低 提高 提升 减少".split())
_TAKING_PART = frozenset("参加 参与 开展 实施 赴 组织开展 举办".split())
_CARRIERS = WRAPPERS | PIVOTS


class ItemReader(CoordinatedView):
    """The rules' view of one item: candidates, and a reading for each number.

    Args:
        text: the item's cleaned text.
        start: where its prose begins, behind label and title.
        plan_year: year of the plan, for dates without one.
    """

    def _read(self, index: int) -> VerbObject:
        number = self.numbers[index]
        left, right = self.edges(index)
        if index and self._counts_again(index, left):
            return self.predicates[index - 1]
        reading = self._distributed(index) or self._read_number(index, left, right)
        if reading.action is None and (verb := self._quoting_verb(number)):
            return reading._replace(action=verb)
        if reading.is_spent:
            return reading
        if reading.object is None and reading.action is not None:
            return reading._replace(object=self.noun_before(number.clause))
        return reading

    def _counts_again(self, index: int, left: Span) -> bool:
        """Say whether a bracket counts what is in front of it: 1200户|（共3600人）."""
        before, number = self.numbers[index - 1], self.numbers[index]
        is_aside = self.found.clauses[number.clause].is_bracketed
        between = Span(before.span.end, number.span.start).slice(self.text)
        return (
            is_aside
            and not re.search("[，。；、,;]", between.partition("（")[0])
            and COUNTING.fullmatch(left.slice(self.text)) is not None
        )

    def _quoting_verb(self, number: NumberCandidate) -> Span | None:
        """Return the verb in front of a quoted requirement: 落实“…不低于10%”."""
        sentence = self.found.clauses[number.clause].sentence
        first = next(c for c in self.found.clauses if c.sentence == sentence)
        quote = open_quote(self.text, first.span.start, number.span.start)
        if quote is None:
            return None
        start = max(c.span.start for c in self.found.clauses if c.span.start <= quote)
        return first_verb(self.text, Span(start, quote))

    def _read_number(self, index: int, left: Span, right: Span) -> VerbObject:
        text = self.text
        after = BRACKETED_UNIT.sub("", right.slice(text)).strip("的 以上")
        if spent := spends(text, left, self.numbers[index].span, right):
            return spent
        if after:
            return (
                beneficiary(text, left, right)
                or disposal(text, left, right)
                or self._prenominal(index, left, right)
            )
        bare = strip_lead(text, left)
        if index > 0 and is_chain(text, bare):
            # 新建…6万亩、改造提升3.2万亩: the noun is the one before.
            return VerbObject(bare, self.predicates[index - 1].object)
        if level := level_verb_before(text, left.start, left.end):
            return self._indicator(index, left, level)
        if reading := served(text, left):
            return reading
        return self._postnominal(index, left)

    def _indicator(self, index: int, left: Span, level: Span) -> VerbObject:
        """…率|达到|96%以上."""
        edge = level.start
        if moved := _MOVED.search(self.text, left.start, edge):
            # 甲市年底前|将|…覆盖面|扩大到80%
            left = Span(moved.end(), left.end)
        if match := _FROM.search(self.text[left.start : edge]):
            edge = left.start + match.start()
        words = self.numbers[index].span.slice(self.text)
        is_moving = level.slice(self.text) in MOVING_VERBS and RATE.search(words)
        verb, indicator = read_indicator(
            self.text, Span(left.start, edge), has_level=True
        )
        is_driven = verb and verb.slice(self.text) in _CARRIERS | _DRIVING
        is_actual = strip_time(self.text, left).slice(self.text).startswith("实际")
        if is_moving and (verb or is_actual) and not is_driven:
            # 实际到位省外资金|增长|12%: what grows is all that stands before.
            start = strip_time(self.text, Span(left.start, edge)).start
            return VerbObject(level, clean_object(self.text, Span(start, edge)))
        if indicator is None and verb is None:
            indicator = self._previous_indicator(index)
        elif indicator and (received := receiving(self.text, indicator)):
            return received
        is_content = verb is not None and verb.slice(self.text) not in _CARRIERS
        if indicator is None and is_content:
            return VerbObject(level, verb)
        return VerbObject(verb if is_content else level, indicator)

    def _prenominal(self, index: int, left: Span, right: Span) -> VerbObject:
        """新增|27所|公办幼儿园."""
        text = self.text
        if size := _SIZE.search(text[left.start : left.end]):
            # 设立|规模为|1亿元|的…基金
            left = Span(left.start, left.start + size.start())
        verb = verb_before(text, left.start, left.end)
        if verb is None and (reading := self._dated_predicate(right)):
            return reading
        is_open = verb is None or verb.slice(text) in WRAPPERS
        if is_open and (reading := closing_predicate(text, right)):
            return reading
        if verb is None:
            verb = first_verb(text, skip_preposition(text, strip_lead(text, left)))
            # 组织科技特派员|1000名|深入一线: the noun stands before the number.
            if sends(text, verb) and GOES_ON.match(text, *right):
                return self._postnominal(index, left)
        if (verb is None or verb.slice(text) in WRAPPERS) and (
            reading := counted_subject(text, right)
        ):
            return reading
        if verb is None:
            verb = self.inherited_verb(index)
        pivot = verb is not None and verb.slice(text) in PIVOTS | SENDING_VERBS
        number = self.numbers[index].span
        noun = read_after(text, number, right.end, pivot=pivot)
        if noun is None:
            return self._postnominal(index, left)
        return VerbObject(verb, enumeration_head(text, noun))

    def _dated_predicate(self, right: Span) -> VerbObject | None:
        """47所|配套园|6月底前|移交到位: noun and predicate around a date."""
        for date in self.found.dates:
            if not right.start + 1 < date.span.start < right.end:
                continue
            noun = clean_object(self.text, Span(right.start, date.span.start))
            verb = first_verb(self.text, Span(date.span.end, right.end))
            if noun and verb and "的" not in noun.slice(self.text):
                return VerbObject(verb, noun)
        return None

    def _postnominal(self, index: int, left: Span) -> VerbObject:
        """增加|公办学位|7080个, 普惠率|不低于94%."""
        text, number = self.text, self.numbers[index].span
        words = number.slice(text)
        is_standing = left.slice(text).endswith("在")
        while left.end > left.start and text[left.end - 1] in "至到在为":
            left = Span(left.start, left.end - 1)
        skipped = skip_preposition(text, strip_lead(text, left))
        is_count = not PREFIXED.match(words) and not _RATE_OR_MONEY.search(words)
        verb, noun = read_indicator(text, skipped, is_count=is_count)
        if noun is None and verb is None and (reading := self._previous(index, left)):
            return reading
        if noun is not None and (verb is None or verb.slice(text) in _CARRIERS):
            if reading := self._without_verb(index, verb, noun):
                return reading
            verb, noun = self._inner(words, verb, noun)
        if noun is None and verb is not None:
            if verb.slice(text) not in NOMINAL_VERBS | WRAPPERS:
                # 每周|开行|3列, 二季度|开工|15座: the noun stands earlier.
                return VerbObject(verb, None)
            return VerbObject(self.inherited_verb(index), verb)
        if verb is None and not is_standing and self._takes_verb(index, words):
            verb = self.inherited_verb(index)
        is_place = noun is not None and _PLACE.fullmatch(noun.slice(text))
        if is_place and index > 0 and self._is_part(index):
            # 幼儿园26所，其中东湾区|8所、西岭区|6所: the place is not what is built.
            noun = self.predicates[index - 1].object
        head = enumeration_head(text, noun) if noun else None
        return VerbObject(verb, head)

    def _without_verb(
        self, index: int, verb: Span | None, noun: Span
    ) -> VerbObject | None:
        """Read a phrase whose verb is a wrapper or none: 力争|入库, 住房|开工."""
        text, number = self.text, self.numbers[index]
        if verb is not None and verb.slice(text) in PIVOTS:
            return None
        if noun.slice(text).startswith("送") and noun.slice(text).endswith("下乡"):
            # 送|戏|下乡
            sending = Span(noun.start, noun.start + 1)
            return VerbObject(sending, Span(sending.end, noun.end - 2))
        if is_chain(text, noun) and noun.slice(text) not in NOMINAL_VERBS:
            # 二季度新|开工|15座, 力争全年|入库|突破900万元
            return VerbObject(noun, None)
        if self.is_share(number.clause):
            return None
        return subject_first(text, noun, number.span)

    def _inner(
        self, words: str, verb: Span | None, noun: Span
    ) -> tuple[Span | None, Span | None]:
        """Read 城镇|新增|就业, 帮助企业|降低|成本: a predicate inside the phrase."""
        inner = None if "%" in words else inner_verb(self.text, noun)
        is_event = verb is not None and verb.slice(self.text) == "组织"
        if inner and is_event and inner.slice(self.text) not in _TAKING_PART:
            # 组织产学研对接活动: what is organised.
            inner = None
        if inner is None:
            return verb, noun
        return inner, clean_object(self.text, Span(inner.end, noun.end))

    def _distributed(self, index: int) -> VerbObject | None:
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
        parts = split_list(self.text, phrase)
        if len(parts) != len(same):
            return None
        is_content = verb is not None and verb.slice(self.text) not in _CARRIERS
        action = verb if is_content else level
        return VerbObject(action or verb, parts[same.index(index)])

    def draft(self, index: int, reading: VerbObject) -> Draft:
        """Make the record of a number from a reading of its verb and object."""
        number = self.numbers[index]
        date = self.deadline_for(number.clause, with_number=True, at=number.span)
        clause = self.found.clauses[number.clause].span
        actor = self.actors.for_clause(self.whole_clause(number.clause), reading.action)
        noun = reading.object
        if actor.span and noun and actor.span.overlaps(noun):
            # 县林业局造林3500亩: who acts is not what is acted on.
            noun = None
        return Draft(
            clause=clause,
            action=mention(self.printed, reading.action),
            object=mention(self.printed, noun),
            target=mention(self.printed, number.span),
            quantity=number.quantity,
            deadline=mention(self.printed, date.span if date else None),
            due=date.due if date else None,
            actor=mention(self.printed, actor.span),
            actor_source=actor.source,
            partners=mentions(self.printed, actor.partners),
            method="rules",
        )


def hard_drafts(reading: ItemReader) -> list[Draft]:
    """Return one draft for each numeric target."""
    drafts = [reading.draft(i, what) for i, what in enumerate(reading.predicates)]
    return without_repeats(reading.text, drafts)
