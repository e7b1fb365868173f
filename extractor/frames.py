"""The less common frames a number can stand in, each with the verb it belongs to.

Each function reads one construction and returns None where the words are not that
construction. The rulings are those of the annotation guidelines, section 6.
"""

from __future__ import annotations

import re

from extractor.lexicon import INDICATOR_END, LEVEL_VERBS, NOMINAL_VERBS, VERB_PATTERN
from extractor.offsets import Span
from extractor.predicates import ADVERB, chain, strip_lead, verb_at
from extractor.reading import GOES_ON, Reading, clean_object
from extractor.verbs import SENDING_VERBS

_FREQUENCY = re.compile(
    r"(?:小时|分钟|天|(?<![人批])次|场次?|堂|轮|期)(?:以上|左右|以内)?$"
)
_PREPOSITION_OPEN = re.compile(r"(?:为|给|向|对|在)(?P<scope>[^，。；、\d]{0,6})$")
_PREPOSITION_CLOSED = re.compile(r"(?:为|给|向|对)(?P<who>[^，。；]{2,20})$")
_RECEIVES = re.compile(r"(?:接受|参加|享受|参与)(?=[^，。；]{2,})")
_QUOTE_OPENS, _QUOTE_CLOSES = "“", "”"


def open_quote(text: str, start: int, position: int) -> int | None:
    """Return where a quotation opens that `position` stands in, else None.

    A quoted requirement (落实“…不低于10%”要求) is read on its own.
    """
    words = text[start:position]
    opens = words.rfind(_QUOTE_OPENS)
    if opens < 0 or _QUOTE_CLOSES in words[opens:]:
        return None
    return start + opens


def closing_quote(text: str, start: int, end: int) -> int:
    """Return where a quotation closes that was open at `start`, else `end`."""
    closes = text.find(_QUOTE_CLOSES, start, end)
    opens = text.find(_QUOTE_OPENS, start, end)
    return closes if closes >= 0 and (opens < 0 or closes < opens) else end


def beneficiary(text: str, left: Span, right: Span) -> Reading | None:
    """为|1万名|儿童进行评估干预: the object is what the verb acts on."""
    match = _PREPOSITION_OPEN.search(left.slice(text))
    if not match or VERB_PATTERN.search(match["scope"]) or right.start >= right.end:
        return None
    for verb in VERB_PATTERN.finditer(text, right.start + 1, right.end):
        if verb.group() in NOMINAL_VERBS and verb.end() < right.end - 4:
            continue
        if verb.end() >= right.end:
            continue
        action = verb_at(text, verb.start(), right.end)
        if action:
            tail = clean_object(text, Span(action.end, right.end))
            return Reading(action, tail, "beneficiary")
    return None


def served(text: str, left: Span) -> Reading | None:
    """为|老年人|免费体检|30万人次: the verb stands right before the number."""
    for verb in VERB_PATTERN.finditer(text, left.start, left.end):
        if verb.end() != left.end:
            continue
        before = text[left.start : verb.start()]
        while adverb := re.search(f"{ADVERB.pattern}$", before):
            before = before[: adverb.start()]
        who = _PREPOSITION_CLOSED.search(before)
        if who and not VERB_PATTERN.search(who["who"]):
            noun = Span(left.start + who.start("who"), left.start + who.end("who"))
            return Reading(Span(*verb.span()), clean_object(text, noun), "served")
    return None


def disposal(text: str, left: Span, right: Span) -> Reading | None:
    """将|2所|学校打造成…: the noun is the object of the verb behind it."""
    if not left.slice(text).endswith(("将", "把")):
        return None
    for match in VERB_PATTERN.finditer(text, right.start + 1, right.end):
        noun = clean_object(text, Span(right.start, match.start()))
        return Reading(Span(*match.span()), noun, "disposal")
    return None


def counted_subject(text: str, right: Span) -> Reading | None:
    """至少|1个|县实现X: the county is counted, the predicate acts (section 6)."""
    start = right.start
    while start < right.end and text[start] in "的以上":
        start += 1
    for match in VERB_PATTERN.finditer(text, start, right.end):
        if match.group() in NOMINAL_VERBS and match.end() < right.end:
            continue
        filled = chain(text, Span(match.start(), right.end))
        action = filled or Span(*match.span())
        tail = clean_object(text, Span(action.end, right.end))
        noun = tail or clean_object(text, Span(start, match.start()))
        return Reading(action, noun, "counted-subject")
    return None


def goes_on(text: str, right: Span) -> bool:
    """Say whether a number is followed by what its noun goes on to do.

    组织科技特派员|1000名|深入一线: the noun stands before the number.
    """
    return GOES_ON.match(text, right.start, right.end) is not None


def sends(text: str, verb: Span | None) -> bool:
    """Say whether the noun behind the verb goes on to do something: 选派|20名."""
    return verb is not None and verb.slice(text) in SENDING_VERBS


def subject_first(text: str, noun: Span, number: Span) -> Reading | None:
    """体育场馆|免费|开放|每周|20小时, 住房|新|开工|4500套: the noun comes first."""
    if INDICATOR_END.search(noun.slice(text)):
        return None
    is_frequency = _FREQUENCY.search(number.slice(text)) is not None
    for verb in VERB_PATTERN.finditer(text, noun.start + 2, noun.end):
        if verb.end() != noun.end:
            continue
        if not is_frequency and verb.group() in NOMINAL_VERBS | LEVEL_VERBS:
            continue
        stop = verb.start()
        while adverb := re.search(f"{ADVERB.pattern}$", text[noun.start : stop]):
            stop = noun.start + adverb.start()
        what = clean_object(text, Span(noun.start, stop))
        return Reading(Span(*verb.span()), what, "subject-first") if what else None
    return None


def receiving(text: str, indicator: Span) -> Reading | None:
    """劳动者|接受|培训|达到1.5万人: what people receive, before a level verb."""
    match = _RECEIVES.search(text, indicator.start + 2, indicator.end)
    if not match or INDICATOR_END.search(indicator.slice(text)):
        return None
    noun = clean_object(text, Span(match.end(), indicator.end))
    return Reading(Span(*match.span()), noun, "receiving") if noun else None


def sent(text: str, clause: Span) -> Reading | None:
    """Read 安排|医师|下沉乡镇坐诊 (V1 N V2): action V1, object N."""
    start = strip_lead(text, clause).start
    verb = verb_at(text, start, clause.end)
    if not verb or not sends(text, verb):
        return None
    cut = GOES_ON.search(text, verb.end + 2, clause.end)
    if cut is None or not cut.group():
        return None
    noun = clean_object(text, Span(verb.end, cut.start()))
    return Reading(verb, noun, "sent") if noun else None
