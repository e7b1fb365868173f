"""Find who must act: responsibility notes, named subjects, partners.

Works on one item's cleaned text (guidelines, section 2, `actor` and `partners`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from extractor.core.records import ActorSource, Cell
from extractor.core.spans import Span, trim
from extractor.extraction.rules.notes import Note, find_notes, notes_of_cells
from extractor.extraction.rules.partners import (
    PARTNER_WORD,
    before_verb,
    find_partners,
    partner_word,
)
from extractor.extraction.rules.syntax.lead_ins import ADVERB, TIME, strip_lead
from extractor.language.bodies import BODY_END
from extractor.language.clauses import without_label
from extractor.language.verbs import (
    COMPLETIONS,
    LEVEL_VERBS,
    NOMINAL_VERBS,
    PIVOTS,
    VERB_PATTERN,
    longest_first,
)

_PIVOTS = longest_first(PIVOTS - {"组织"})
_LEAD = re.compile(rf"(?:其中[：:]?|[一二三四五六]是|{_PIVOTS}|确保|力争|争取|由)+")
_PIVOT_LEAD = re.compile(rf"(?:{_PIVOTS})")
_EACH = re.compile(
    r"每一?[所个家县区市镇乡村校户名][一-龥、（()）]{0,24}"
    rf"|各(?:[地级校]|[一-龥、]{{0,16}}?{BODY_END})(?:[（(][一-龥、]{{1,8}}[)）])?"
    rf"(?:[一-龥]{{0,12}}{BODY_END})?"
)
# How a phrase begins that ends like a body and is none: 农村|社区, 为|企业.
_NOT_A_BODY = re.compile(
    r"城镇|农村|城乡|城市(?![管建更运投])|地区|主城区|中心城区|城区|市区|县城|城市建成区|建成区|集镇|全|为|对|向|给|在|从|将|把|会同|联合|以|按|到|通过"
    r"|组织|结合|依托|围绕|利用|各类|使|让|与|和|新|老旧|规模以上|规上|高新技术|专精特新|上市|中小(?!学)"
    r"|国有|民营|外资|优质|高成长|链主|龙头|省级|国家级|市级|县级|乡级"
)
_ACTS = frozenset({"完成", "新增", "实现", "控制", "增加", "减少", "提高", "降低"})
_CHARGED = re.compile(
    rf"\s*(?:[一二三四五六七八九]是)?(?:由(?P<by>))?(?P<who>[^，。；：\d“”的要由]{{2,32}}?)"
    rf"(?:(?:要|须|应当|应(?![急用对])|必须|务必|负责|牵头)(?![求点素位])|(?(by){PARTNER_WORD}|(?!)))"
)
# 牵头医院|全年向成员单位, 各设区市|建成区: what else stands before the verb.
_BEHIND_SUBJECT = re.compile(
    rf"{TIME.pattern}|全年|年内|[将把向对](?![外内])|(?:城市)?建成区|按(?:要求|规定|照)|每(?:[年月季周]度?|学期|学年|半年)"
)
# 长陵、望川两市
_PLACES = re.compile(
    r"[一-龥]{2,5}(?:、[一-龥]{2,5})+[两二三四五六七八九十](?:市|县|区|州|镇|乡)"
)
_PLACE = re.compile(
    r"(?:防治|示范|保护|建成|试验|综试|规划|禁养|限养|种植|养殖|风景|景|灌|库|林|牧|片|主产|受援|安置)区$"
)
# 落实|驻村, 优化|城乡学校: neither a place nor a kind of body is named by a verb.
_OPENS_KIND = re.compile(
    rf"(?:{VERB_PATTERN.pattern})[一-龥]*"
    "(?:村|社区|[县市镇乡州]|学校|院校|机构|部门|企业|医院)$"
)
_SENTENCE_BREAK = re.compile(r"[。；;！!？?\n]")
_MAX_SUBJECT_CHARS = 32


class Actor(NamedTuple):
    """Who performs an action, and who shares the work."""

    span: Span | None
    source: ActorSource
    partners: tuple[Span, ...]


class ItemActors:
    """The actors an item names.

    Args:
        text: the item's cleaned text.
        start: where its prose begins, behind label and title.
        times: what was found to be a time in it, in order.
        cells: what a table's row states; it needs no note then.
    """

    def __init__(
        self,
        text: str,
        start: int = 0,
        times: Sequence[Span] = (),
        cells: Sequence[Cell] = (),
    ) -> None:
        self.text = text
        self.start = start
        self._times = times
        self.notes: tuple[Note, ...] = notes_of_cells(text, cells) or find_notes(text)

    def note_for(self, position: int) -> Note | None:
        """Return the responsibility note that governs a position: the next one.

        Behind the last one it still does where it stands under the title; a note that
        closed sentences of its own says nothing of what comes behind it.
        """
        for note in self.notes:
            if note.span.end > position:
                return note
        if not self.notes:
            return None
        last = self.notes[-1].span
        closed = _SENTENCE_BREAK.search(self.text, self.start, last.start)
        return None if closed else self.notes[-1]

    def for_clause(self, clause: Span, action: Span | None) -> Actor:
        """Return the actor of the record whose verb is `action`."""
        note = self.note_for(action.start if action else clause.start)
        if note and note.lead:
            return Actor(note.lead, "stated", note.partners)
        partners = find_partners(self.text, clause, action)
        if subject := self._subject(clause, action):
            return Actor(subject, "stated", partners)
        if inherited := self._inherited(clause, action):
            return Actor(inherited, "inherited", partners)
        return Actor(None, "issuer", partners)

    def _subject(self, clause: Span, action: Span | None) -> Span | None:
        """Return the named body in front of the verb.

        推动各地…: a body that is guided acts in the inner predicate only.
        """
        if action is None or action.start <= clause.start:
            return None
        begin = clause.start
        for pattern in (_LEAD, TIME, _LEAD):
            if found := pattern.match(self.text, begin, action.start):
                begin = found.end()
        who = Span(begin, before_verb(self.text, begin, action.start))
        behind = self._behind_subject(who)
        if behind is not None:
            who = Span(who.start, behind)
        partner = partner_word(self.text, who.start, who.end)
        if partner and partner.start >= who.start + 2:
            who = Span(who.start, partner.start)
        words = who.slice(self.text)
        if not 2 <= len(words) <= _MAX_SUBJECT_CHARS or re.search(
            r"[\d，。；：的“\"]", words
        ):
            return None
        if _EACH.fullmatch(words):
            return who
        opens = VERB_PATTERN.match(words)
        if ADVERB.match(words) or (opens and opens.group() not in NOMINAL_VERBS):
            return None
        if self._is_guided(clause, who, action):
            return who
        # 甲市年底前将…率|提高到80%: it acts, though its verb is one of indicators.
        is_level = behind is None and action.slice(self.text) in LEVEL_VERBS - _ACTS
        return who if not is_level and _is_body_list(words) else None

    def _behind_subject(self, who: Span) -> int | None:
        """Return where a time or another word begins that is no part of a name."""
        first = who.start + 2
        other = _BEHIND_SUBJECT.search(self.text, first, who.end)
        ends = [time.start for time in self._times if first <= time.start < who.end]
        if other:
            ends.append(other.start())
        return min(ends, default=None)

    def _is_guided(self, clause: Span, who: Span, action: Span) -> bool:
        """指导甲县、乙县在年底前通过…: names without 县 before a dated predicate."""
        parts = who.slice(self.text).split("、")
        between = self.text[who.end : action.start]
        return (
            _PIVOT_LEAD.match(self.text, clause.start, who.start) is not None
            and len(parts) > 1
            and all(2 <= len(part) <= 5 for part in parts)
            and TIME.search(between) is not None
        )

    def _inherited(self, clause: Span, action: Span | None) -> Span | None:
        """Return the subject of an earlier clause of the sentence.

        It governs on where the clause begins with its own verb; a body that is told
        what to do (甲局要…，乙率达到…) governs its whole sentence.
        """
        breaks = [m.end() for m in _SENTENCE_BREAK.finditer(self.text, 0, clause.start)]
        start = max(breaks[-1] if breaks else 0, self.start)
        opening = without_label(self.text, trim(self.text, Span(start, clause.end)))
        start = min(opening.start, clause.start)
        if charged := self._charged(start, action.start if action else clause.start):
            return charged
        if action is None or strip_lead(self.text, clause).start != action.start:
            return None
        for earlier in _clauses_before(self.text, start, clause.start):
            if _PIVOT_LEAD.match(self.text, earlier.start):
                # 推动市医院三季度启用，新增…: a guided body acts in its own clause.
                continue
            for verb in VERB_PATTERN.finditer(self.text, *earlier):
                if verb.group() in COMPLETIONS - {"完成"}:
                    # 医院新院区投入使用，做实…: what is done with it is not its doing.
                    continue
                if subject := self._subject(earlier, Span(*verb.span())):
                    return subject
        return None

    def _charged(self, start: int, end: int) -> Span | None:
        """Return the body that the sentence charges: 甲局要…, 由甲局会同…, 甲局牵头."""
        match = _CHARGED.match(self.text, start, end)
        if match is None:
            return None
        who = Span(*match.span("who"))
        words = who.slice(self.text)
        is_body = _EACH.fullmatch(words) or _is_body_list(words)
        return who if is_body and not _PIVOT_LEAD.match(words) else None


def _clauses_before(text: str, start: int, end: int) -> Iterator[Span]:
    """Yield the comma-separated parts of `text[start:end]`, the nearest first."""
    cuts = [m.start() for m in re.finditer("[，,]", text[start:end])]
    edges = [start, *(start + cut + 1 for cut in cuts)]
    for left, right in reversed(list(zip(edges, [*edges[1:], end], strict=True))):
        yield without_label(text, trim(text, Span(left, right)))


def _is_phrase(words: str) -> bool:
    """Say whether words hold or are a predicate: 优化学校, 布局 are no bodies."""
    is_verb = VERB_PATTERN.fullmatch(words) is not None
    return (
        is_verb
        or bool(re.search(r"(?:住|场|厕)所$", words))
        or any(
            match.group() not in NOMINAL_VERBS and match.end() < len(words)
            for match in VERB_PATTERN.finditer(words)
        )
    )


def _is_body_list(words: str) -> bool:
    """Say whether words are the names of bodies: 甲局, 甲县、乙县."""
    if _PLACE.search(words) or _is_phrase(words) or _OPENS_KIND.match(words):
        return False
    if _PLACES.fullmatch(words):
        return True
    parts = re.split(r"[、]", words)
    return _NOT_A_BODY.match(words) is None and all(
        re.search(rf"{BODY_END}(?:[（(][一-龥、]{{1,8}}[)）])?$", part)
        and len(part) > 1
        for part in parts
    )
