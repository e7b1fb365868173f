"""Skip what stands in front of a predicate: links, times, adverbs, wrappers.

Every function takes the item's cleaned text and a span into it, and returns spans.
"""

from __future__ import annotations

import re

from extractor.core.spans import Span
from extractor.language.bodies import endings
from extractor.language.lexicon import ADVERBS, SCOPE
from extractor.language.names import TIME_MARK
from extractor.language.numbers.numerals import NUMERAL
from extractor.language.numbers.units import UNIT
from extractor.language.times.undated import leading_time
from extractor.language.verbs import (
    NOMINAL_VERBS,
    VERB_PATTERN,
    WRAPPERS,
    longest_first,
)

ADVERB = re.compile(f"(?:{longest_first(ADVERBS)})(?:地|的)?")
ADVERB_END = re.compile(f"{ADVERB.pattern}$")
_WRAPPER = re.compile(f"(?:{longest_first(WRAPPERS)})(?<!使(?=[用命]))")
_AGAIN = "每(?:年|季度|月|学期|学年)|当年|年内"
_YEAR = (
    r"(?:(?:20\d\d年?[-—–~～至到]+)?20\d\d|2 0 \d \d ?"
    "|二[〇○零][〇○零一二三四五六七八九]{2}|[今明本次翌来后])"
)
TIME = re.compile(
    rf"(?:力争|须|应)?(?:到|至|赶?在|于)?(?:{TIME_MARK}+|{_YEAR}年(?!度)"
    rf"|(?:未来|今后)?[一二三四五两0-9]{{1,2}}年(?:内|时间)|{_AGAIN})[，,]?"
)
"""A time in front of a predicate, in a text where dates are marked."""
# 每10万人|配备急救车3辆: the condition of a rate is no part of what is done.
_PER = re.compile(
    rf"按?照?每{NUMERAL}(?:[-~—～至到]{NUMERAL})?(?:(?:常住)?人口|{UNIT}|万)"
    rf"(?:{endings('place', 'school')}|[一-龥]{{0,4}}(?=至少|应))?"
)
ENUMERATOR = re.compile(
    r"(?:[一二三四五六七八九十]是(?:要)?|第[一二三四五六七八九十][，,]|其中[：:，,]?"
    r"|并(?=[一-龥]{2})|同时[，,]?|含(?=“|[一-龥]{2}))"
)
LINKS_LEFT = "、和与及并且的， ,：:　\n"


def strip_lead(text: str, span: Span) -> Span:
    """Drop links, enumerators, time expressions and adverbs in front of a verb.

    Adverbs go only where a verb follows: 优质 in 优质学位占比 is part of the noun.
    """
    start = strip_time(text, span).start
    scoped = _skip(text, start, span.end, (SCOPE, TIME, ADVERB))
    verb = VERB_PATTERN.match(text, scoped, span.end)
    is_mean = verb and verb.group() in NOMINAL_VERBS and text[:scoped].endswith("平均")
    is_disposal = (
        verb and verb.group() in NOMINAL_VERBS and text[:scoped].endswith("将")
    )
    if scoped > start and verb and not (is_mean or is_disposal):
        return Span(scoped, span.end)
    return Span(start, span.end)


def strip_time(text: str, span: Span) -> Span:
    """Drop links, enumerators and time expressions, nothing else."""
    return Span(_skip(text, span.start, span.end, (ENUMERATOR, TIME, _PER)), span.end)


def is_link(text: str, at: int) -> bool:
    """Say whether a link stands at `at` (及 in 及格率 and 并 in 并网 are none)."""
    return text[at] in LINKS_LEFT and not _LINK_IN_WORD.match(text, at)


_LINK_IN_WORD = re.compile("及[时格早]|和[谐美平解]|并[网购轨]")


def _skip(
    text: str, start: int, end: int, patterns: tuple[re.Pattern[str], ...]
) -> int:
    moved = True
    while moved and start < end:
        moved = False
        if is_link(text, start):
            start, moved = start + 1, True
            continue
        for pattern in patterns:
            match = pattern.match(text, start, end)
            if match and match.end() > start and not _is_word(text, start, end, match):
                start, moved = match.end(), True
                break
        if not moved and (length := leading_time(text[start:end])):
            # 入冬前, 十二月月底前: any other time of the calendar or of none.
            start, moved = start + length, True
    return start


def _is_word(text: str, start: int, end: int, match: re.Match[str]) -> bool:
    """Say whether what looks like an adverb begins a longer verb (新 in 新增)."""
    verb = VERB_PATTERN.match(text, start, end)
    if not verb or verb.end() < match.end():
        return False
    if verb.end() > match.end():
        return True
    # 加强, 创新, 推动 …: a verb unless another verb follows right behind it.
    return VERB_PATTERN.match(text, match.end(), end) is None


def strip_tail(pattern: re.Pattern[str], text: str, start: int, end: int) -> int:
    """Return where `text[start:end]` ends without what a pattern finds at its end."""
    while (match := pattern.search(text[start:end])) and match.group():
        end = start + match.start()
    return end


def skip_wrappers(text: str, span: Span) -> tuple[Span | None, int]:
    """Return the last wrapper at the head of a clause, and where its content starts."""
    wrapper = None
    start = strip_lead(text, span).start
    while match := _WRAPPER.match(text, start, span.end):
        wrapper = Span(*match.span())
        start = strip_lead(text, Span(match.end(), span.end)).start
    return wrapper, start
