"""Find who shares the work: what follows 会同, 联合, 配合 … in front of a verb.

Works on one item's cleaned text (guidelines, section 2, `partners`).
A word such as 联合 links two bodies only where the first one ends and the second one
begins: in 残疾人联合会 and 商务局 it is a part of a name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from extractor.core.spans import Span
from extractor.extraction.rules.notes import split_bodies
from extractor.extraction.rules.syntax.lead_ins import ADVERB, TIME, strip_tail
from extractor.language.lexicon import ADVERBS, BODY_END, VERB_PATTERN
from extractor.language.verbs import longest_first

BEFORE_VERB = re.compile(
    rf"(?:{longest_first(ADVERBS)}|须|要|应|将|计划|牵头|负责|组织|至少|等(?:部门|单位)?"
    rf"|在|于|{TIME.pattern})$"
)
"""What may stand between a body and its verb."""

PARTNER_WORD = (
    r"(?:(?:会同|协同|配合|携手|联手)(?![一-龥]?[制性化])"
    r"|联合(?!会|体(?!育)|社(?!区|会|保)|国(?!家|土|资|网|税)|党(?!委|校))"
    r"|商(?![务贸业会品户圈铺标]))"
)
_LINK = re.compile(PARTNER_WORD)
_TOGETHER = re.compile(
    rf"(?:(?<!参)与|(?<![会协共合])同)(?P<who>[^，。；]{{2,30}}?{BODY_END})"
    r"(?:等(?:部门|单位))?(?:联合|共同|协同|合作)$"
)
_OTHERS = r"(?:等(?:有关|相关)?(?:部门|单位)?)"
_NAME_END = rf"(?:{BODY_END}|[部院会室馆]|{_OTHERS})"
_NAME_ENDS = re.compile(rf"{_NAME_END}$")
_BODY_BEFORE = re.compile(rf"[一-龥](?:{BODY_END}|[部院会室馆])$|[)）]$")
# 公安、市场监管|等部门: before 等 a name need not end like one.
_OTHERS_TOO = re.compile(
    rf"[^，。；：:\d\s]{{2,40}}?{_OTHERS}(?<!等)|(?:有关|相关)(?:部门|单位)"
)
_NAME = re.compile(rf"[^，。；、：:\d\s]{{1,24}}{_NAME_END}")
# 务局 and 贸厅 are what is left of a name that was cut.
_FRAGMENT = re.compile("[一-龥][局厅署]")
_BEHIND = re.compile(rf"[，,、。；]|{_OTHERS}|共同|联合|一起|对|向|为|在|将|把|$")


_NAMED_BY_VERB = re.compile(
    rf"(?:{VERB_PATTERN.pattern})(?:[部委处科室局办院队站组]|中心)"
    rf"(?:、[^，。；、：:\d\s]{{1,24}}{_NAME_END})*(?={_BEHIND.pattern}|{VERB_PATTERN.pattern})"
)


def partner_word(text: str, start: int, end: int) -> Span | None:
    """Return the first word of `text[start:end]` that links one body to another."""
    for match in _LINK.finditer(text, start, end):
        before = text[start : before_verb(text, start, match.start())]
        is_consulted = match.group() == "商" and re.search("[省市县区州]$", before)
        is_open = not before or not re.search("[一-龥)）]$", before)
        if (is_open or _BODY_BEFORE.search(before)) and not is_consulted:
            return Span(*match.span())
    return None


def find_partners(text: str, clause: Span, action: Span | None) -> tuple[Span, ...]:
    """Return the bodies that share the work of a clause with whoever does it."""
    end = max(action.start if action else clause.end, clause.start)
    if action and (name := _NAMED_BY_VERB.match(text, action.start, clause.end)):
        # 县委|宣传部: what looks like the verb is a part of the name.
        end = name.end()
    if word := partner_word(text, clause.start, end):
        who = Span(word.end, before_verb(text, word.end, end))
        if others := _OTHERS_TOO.match(text, word.end, end):
            who = Span(*others.span())
        elif not (action and _NAME_ENDS.search(who.slice(text))):
            who = Span(word.end, _end_of_list(text, word.end, end))
        if bodies := tuple(_bodies(text, who)):
            return bodies
    match = _TOGETHER.search(text, clause.start, end)
    return tuple(_bodies(text, Span(*match.span("who")))) if match else ()


def before_verb(text: str, start: int, end: int) -> int:
    """Return where the words in front of a verb end without adverbs and times."""
    return strip_tail(BEFORE_VERB, text, start, end)


def _bodies(text: str, who: Span) -> Iterator[Span]:
    for body in split_bodies(who.slice(text), who.start):
        if not _FRAGMENT.fullmatch(body.slice(text)):
            yield body


def _end_of_list(text: str, start: int, end: int) -> int:
    """Return where a list of bodies ends: 甲局、乙县|共同开展; `start` where none is.

    A name ends where something follows that no name goes on with.
    """
    stop = at = start
    while (found := _end_of_name(text, at, end)) is not None:
        stop = found
        if not text.startswith("、", stop):
            break
        at = stop + 1
    return stop


def _end_of_name(text: str, at: int, end: int) -> int | None:
    for limit in range(at + 2, min(end, at + 26) + 1):
        if _NAME.fullmatch(text, at, limit) and (
            limit == end
            or any(p.match(text, limit) for p in (_BEHIND, ADVERB, VERB_PATTERN))
        ):
            return limit
    return None
