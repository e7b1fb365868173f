"""Find who must act: responsibility notes, named subjects, partners.

Works on one item's cleaned text (guidelines, section 2, `actor` and `partners`).
"""

from __future__ import annotations

import re
from typing import NamedTuple

from extractor.lexicon import BODY_END, LEVEL_VERBS, VERB_PATTERN
from extractor.models import ActorSource
from extractor.offsets import Span

_LEAD_WORD = r"(?:牵头|责任|主责|主办|负责|承办|实施|落实|主管)(?:责任)?(?:单位|部门|科室|处室|股室|领导|人)?"
_PARTNER_WORD = r"(?:配合|协办|参与|协同|参加|协助)(?:责任)?(?:单位|部门|科室|处室|股室)?"
_NOTE = re.compile(
    rf"[（(【\[〔]?\s*(?:{_LEAD_WORD})\s*(?:[：:]|[】\]〕])\s*(?P<lead>[^；;。）)】\]〕【〔\n]+?)"
    rf"(?:[；;，,。\s【〔（(]*(?:{_PARTNER_WORD})\s*(?:[：:]|[】\]〕])\s*(?P<partners>[^。；;）)】\]〕\n]+))?"
    r"\s*(?:[）)】\]〕]|[。；;]|$|\n)"
)
_SHORT_NOTE = re.compile(
    r"[（(](?P<lead>[^（()）：:，。]{2,30}?)(?:牵头|负责)(?:[，,；;、]\s*(?P<partners>[^（()）：:。]{2,60}?)(?:等)?(?:配合|参与|协同|按职责分工负责))?[）)]"
)
_PARTNER = re.compile(
    r"(?:会同|协同|联合|配合|携手|联手|商)(?P<who>[^，。；、\d]{2,24}?(?:、[^，。；、\d]{2,16}?)*?(?:等(?:有关|相关)?(?:部门|单位)?|部门|单位|局|委|厅|办|院|会|公司|中心|大学|学校|企业|机构|政府))"
)
_SUBJECT = re.compile(
    r"(?P<who>(?:每一?[所个家县区市镇乡村校户](?:[一-龥]{0,10}(?:学校|院校|医院|县|区|市|镇|乡|村|街道|机构|单位|企业|园|中心|社区))?)"
    r"|(?:各(?:级|地|区|县|市|乡镇|镇|街道|单位|部门|学校|高校|医院|科室|县区|区县|市县|市州|州市)(?:[（(][一-龥、]{1,8}[)）])?(?:[一-龥]{0,8}?(?:部门|单位|学校|机构|政府|党委|医院))?))"
)
_BODY = re.compile(
    r"(?P<who>[一-龥（()）]{2,16}?(?:局|委|厅|办|办公室|委员会|中心|集团|公司|医院|大学|学院|街道|镇|乡|县|区|市|支队|大队|总队|学校|研究院|政府))(?=负责|牵头|要|应|须|须在|需)"
)


_NAMED = re.compile(
    rf"(?P<who>(?!城镇|农村|城乡|地区|主城区|中心城区|全|为|对|向|给|在|从|将|把|由|会同|联合|以|按|到|以|通过|依托|围绕|其中|新|各类|支持|使|让)"
    rf"[一-龥（()）]{{1,16}}?{BODY_END}(?:、[一-龥（()）]{{1,14}}?{BODY_END})*)"
    r"(?=(?:须|要|应|将|计划|全年|年内|(?:于|在)?\d{1,2}月|(?:于|在)?年底|(?:于|在)?20\d\d年)?[^，。；]{0,10}$)"
)
_LEAD = re.compile(r"(?:其中[：:]?|[一二三四五六]是|指导|督促|推动|确保)+")


class Actor(NamedTuple):
    """Who performs an action, and who shares the work."""

    span: Span | None
    source: ActorSource
    partners: tuple[Span, ...]


class ItemActors:
    """The actors an item names.

    Args:
        text: the item's cleaned text.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.note = _NOTE.search(text) or _SHORT_NOTE.search(text)

    @property
    def note_span(self) -> Span | None:
        """Return the place of the responsibility note."""
        return Span(*self.note.span()) if self.note else None

    def for_clause(self, clause: Span, action: Span | None) -> Actor:
        """Return the actor of the record whose verb is `action`."""
        if self.note:
            lead = _trimmed(self.text, Span(*self.note.span("lead")))
            return Actor(lead, "stated", tuple(self._bodies("partners")))
        partners = self._partners(clause, action)
        subject = self._subject(clause, action)
        if subject:
            return Actor(subject, "stated", partners)
        return Actor(None, "issuer", partners)

    def _bodies(self, group: str) -> list[Span]:
        if not self.note or self.note.group(group) is None:
            return []
        return _split(self.note.group(group), self.note.start(group))

    def _partners(self, clause: Span, action: Span | None) -> tuple[Span, ...]:
        end = action.start if action else clause.end
        match = _PARTNER.search(self.text, clause.start, max(end, clause.start))
        if not match or match.end() > end:
            return ()
        return tuple(_split(match.group("who"), match.start("who")))

    def _subject(self, clause: Span, action: Span | None) -> Span | None:
        end = action.start if action else clause.end
        start = _LEAD.match(self.text, clause.start, max(end, clause.start))
        begin = start.end() if start else clause.start
        for pattern in (_SUBJECT, _BODY, _NAMED):
            match = pattern.match(self.text, begin, max(end, begin))
            if match and match.end("who") <= end:
                if pattern is _NAMED and not self._acts(match.end("who"), action):
                    continue
                # 推动各地…: a body that is guided is no actor, and so never in front.
                verb = VERB_PATTERN.match(self.text, begin)
                if verb is None or verb.end() > match.end("who"):
                    return Span(*match.span("who"))
        return None

    def _acts(self, end: int, action: Span | None) -> bool:
        """Say whether a body's name is the subject of the verb, not a part of a noun.

        农村|生活污水治理率提高: a name that is only the first word of an indicator.
        """
        if action is None or action.slice(self.text) in LEVEL_VERBS - _ACTS:
            return False
        between = self.text[end : action.start]
        return _BETWEEN.fullmatch(between) is not None


_ACTS = frozenset({"完成", "新增", "实现"})
_BETWEEN = re.compile(
    r"(?:须|要|应|将|计划|全年|年内|年底前|再|新|每年|每月|每季度|定期|重点|至少|牵头|负责|组织)*"
    r"(?:(?:于|在)?(?:20\d\d年)?(?:\d{1,2}月)?(?:年)?(?:底|末)?(?:前|内)?)?"
)


def _split(words: str, start: int) -> list[Span]:
    """Cut a list of bodies; 和 inside a name (住房和城乡建设局) does not cut."""
    spans = []
    for match in re.finditer(r"[^、，,；;\s]+", words):
        left = match.start()
        for link in re.finditer(r"[和及]", match.group()):
            at = match.start() + link.start()
            if re.search(rf"{BODY_END}$", words[left:at]) and at - left > 2:
                spans.append((left, at))
                left = at + 1
        spans.append((left, match.end()))
    found = []
    for left, right in spans:
        part = re.sub(r"等(?:部门|单位|有关部门|相关部门)?$", "", words[left:right])
        if len(part) >= 2:
            found.append(Span(start + left, start + left + len(part)))
    return found


def _trimmed(text: str, span: Span) -> Span | None:
    words = span.slice(text)
    words = re.sub(r"等(?:部门|单位|有关部门|相关部门)?\s*$", "", words).rstrip(" 　、，,〕】)）")
    lead = len(words) - len(words.lstrip(" 　：:"))
    return Span(span.start + lead, span.start + len(words)) if words.strip() else None
