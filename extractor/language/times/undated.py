"""Times that no calendar dates: 汛期前, 节前, 6月31日前, 从明年起, 提前一个季度.

A clause in, the stretches that name such a time out.
Their clause has a time of its own, so it takes none from a clause before it
(guidelines, section 4).
No list of feasts and seasons: what makes a time is its form, a noun with 前, 期间 or 后
in front of a predicate.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from functools import lru_cache

from extractor.core.spans import Span, trim
from extractor.language.bodies import BODY_END
from extractor.language.lexicon import ADVERBS, SCOPE, has_predicate
from extractor.language.times.compact import Compact
from extractor.language.times.deadlines import iter_deadlines, parse_deadline
from extractor.language.times.patterns import (
    BEFORE_A_WORD,
    START_AFTER,
    TWO_FEASTS,
)
from extractor.language.verbs import NOMINAL_VERBS, VERB_PATTERN, longest_first

_NUMERAL = "[\\d一二三四五六七八九十]{1,3}"
_SIGN = re.compile("[前后後期止月年季假]")
"""What each of the patterns has somewhere, in either script."""
_MARK = re.compile(
    rf"之前|以前|前夕|前后|期间|(?<!之)(?<!以)前{BEFORE_A_WORD}"
    r"|(?:之|以|结束|过)?后(?![\d一二三四五六七八九十]|[勤续备期年来])"
)
_LEAD = re.compile(
    r"(?:[、,:(和及与并]|其中|同时|力争|确保|争取|务必|原则上|须|应|要|赶在|到|在|于)+"
)
# 水库3座|汛前, but 2026年汛期前.
_COUNT = re.compile(r".*\d[^\d年]")
# 各乡镇|汛前: the body that acts is no part of the time.
_BODY = re.compile(rf".*{BODY_END}(?=.)")
# 工程于汛前完工: the time begins behind the last of these.
_PREPOSITION = re.compile(r"(?:赶在|于|(?<![正存现所])在)(?=[^于在]*$)")
_PREPOSITIONS = re.compile("赶在|[在于到至]")
# How a noun of time ends, whatever it is the time of.
_TIME_END = re.compile(
    r"(?:[季期节假汛冬春夏秋雨雪霜夜届]|(?<!每)[日周天]|[月年]底|年|月|[开入复返升]学|季节"
    r"|时节|高峰|旺季|阶段|来临|到来)$"
)
_SEASON_END = re.compile(r"(?:[季期节假汛冬春夏秋]|(?<=.)[开入复返]学)$")
_PERIOD = re.compile("高峰|季节|[季期]")
# 提前, 目前, 门前: no noun of time before 前.
_NO_TIME = re.compile(r"[提超靠向往空朝居推移排门面胸眼跟目当日此先之以]$")
_DIRECT = re.compile(
    rf"(?:{longest_first(ADVERBS)}|{SCOPE.pattern}|,)*"
    rf"(?:[将对把由使]|各|所有|每|$|(?P<verb>{VERB_PATTERN.pattern}))"
)
_NAME_BEHIND = re.compile(
    r"\d|[率的]|比例|工作|体系|机构|中心|基地|服务|项目|制度|机制|人|$"
)
_MAX_NOUN = 16
_MOST = 60
"""Characters in front of 前 that are looked at."""
_FAR = 200
"""Characters behind 前 among which its predicate stands."""
_MAY_BE_TIME = re.compile(rf".{{0,{_MAX_NOUN + 4}}}?(?:[年月前后]|期间|季度)")
_IMPOSSIBLE = re.compile(
    rf"(?:{_NUMERAL}|[本当])月(?:月?[底末]|份?{_NUMERAL}[日号])|\d{{1,3}}月份?"
    r"|(?<!\d)\d\d年(?:[底末]|\d{1,2}月)"
    r"|第?[五六七八九5-9]季度|(?<![每十\d年一二三四五六七八九])月底"
)
_SPAN_OF_MONTHS = re.compile(rf"(?:{_NUMERAL}个月|半年|{_NUMERAL}个?季度)(?:之|以)?内")
# How much earlier than planned: no date, but not what was planned, either.
_EARLIER = re.compile(
    rf"提前(?:{_NUMERAL}个?(?:多月|季度|月|星期|学期)|{_NUMERAL}(?:天|日|周|年)|半年|半个月)"
    "(?:左右|以上)?(?:时间)?"
)
_WINTER = re.compile(r"(?:今|明|次)?(?:年)?(?:冬季|寒假)")
_EARLY = re.compile(r"(?:\d{4}|[今明次来本])?年初")
_START = re.compile(
    r"[自从]?(?:\d{4}年|[今明次来]年|本年)(?:第?[\d一二三四]季度|[上下]半年"
    rf"|{_NUMERAL}月(?:{_NUMERAL}[日号])?|[春秋]季(?:学期)?)?(?:起|开始|以后|之后)"
)
_THIS_YEAR = re.compile(rf"[今本当]年度(?={VERB_PATTERN.pattern})")
_YEAR_ALONE = re.compile("年度?$")
_PAST = re.compile(r"(?:去年|上年度?|上一年度?)(?:度|底|末)?")


def undated_times(clause: str) -> list[Span]:
    """Return the times of a clause that give no date, in order, not nested."""
    if not _SIGN.search(clause):
        return []
    compact = Compact(clause)
    text = compact.text
    dated = [
        Span(compact.place(d.start), compact.place(d.end))
        for d in iter_deadlines(clause)
    ]
    found = sorted(
        {
            *_by_form(text),
            *_before_an_event(text, dated),
            *_earlier(text, dated),
        },
        key=lambda span: (span.start, -span.end),
    )
    kept: list[Span] = []
    for span in found:
        # 各县（区）年底前: the time is a date with other words in front.
        at = bisect_left(dated, span.end, key=lambda date: date.end)
        is_dated = at < len(dated) and dated[at].start < span.end
        if not is_dated and not (kept and span.overlaps(kept[-1])):
            kept.append(span)
    return [compact.span(*span) for span in kept]


@lru_cache(maxsize=8192)
def leading_time(words: str) -> int:
    """Return the length of the time that words begin with, dated or not; 0 for none.

    A year alone can belong to a noun: 2016年度结转项目, 去年建成的电梯.
    """
    if not _MAY_BE_TIME.match(words):
        return 0
    if this_year := _THIS_YEAR.match(words):
        return this_year.end()
    times = (*iter_deadlines(words), *undated_times(words))
    lead = _PREPOSITIONS.match(words)
    first = lead.end() if lead else 0
    lengths = (span.end for span in times if span.start <= first)
    return max((n for n in lengths if not _YEAR_ALONE.search(words, 0, n)), default=0)


def _by_form(text: str) -> Iterator[Span]:
    """Yield months that do not exist, and starts and spans that open a part."""
    for match in _IMPOSSIBLE.finditer(text):
        is_start = START_AFTER.match(text, match.end())
        recurs = text.endswith(("每", "逐", "个"), 0, match.start())
        if not is_start and not recurs:
            yield Span(*match.span())
    for match in TWO_FEASTS.finditer(text):
        yield Span(*match.span())
    openings = [0, *(match.end() for match in re.finditer("、", text))]
    at = -1
    for opening in openings:
        if opening <= at:
            continue  # the lead before it reaches over it
        at = _behind_lead(text, opening, len(text))
        for pattern in (_SPAN_OF_MONTHS, _START, _PAST, _WINTER, _EARLY):
            if opened := pattern.match(text, at):
                yield Span(*opened.span())


def _earlier(text: str, dated: list[Span]) -> Iterator[Span]:
    """Yield 提前一个季度 where it has no date beside it: 9月底前提前一个月 has."""
    for match in _EARLIER.finditer(text):
        before = bisect_left(dated, match.start(), key=lambda date: date.start)
        date = dated[before - 1] if before else None
        if date is None or text.find("、", date.start, match.start()) >= 0:
            yield Span(*match.span())


def _before_an_event(text: str, dated: list[Span]) -> Iterator[Span]:
    """Yield a noun of time with 前, 期间 or 后 that stands in front of a predicate."""
    for mark in _MARK.finditer(text):
        noun = trim(text, _noun(text, mark.start(), dated))
        words = noun.slice(text)
        behind = text[mark.end() : mark.end() + _FAR]
        if not words or not _is_time(words, mark.group(), behind):
            continue
        if parse_deadline(text[noun.start : mark.end()], 2000) is None:
            yield Span(noun.start, mark.end())


def _noun(text: str, end: int, dated: list[Span]) -> Span:
    """Return what stands in front of 前, from the last joint of the clause on."""
    start = max(text.rfind("、", max(0, end - _MOST), end) + 1, end - _MOST)
    before = bisect_right(dated, end, key=lambda date: date.end)
    for date in reversed(dated[max(0, before - _MOST) : before]):
        # 6月底前|汛期前, but 2026年春节前.
        if not _YEAR_ALONE.search(date.slice(text)):
            start = max(start, date.end)
            break
    if count := _COUNT.match(text, start, end):
        start = count.end()
    start = _behind_lead(text, start, end)
    if preposition := _PREPOSITION.search(text, start, end):
        start = preposition.end()
    if body := _BODY.match(text, start, end):
        start = _behind_lead(text, body.end(), end)
    return Span(start, end)


def _behind_lead(text: str, start: int, end: int) -> int:
    lead = _LEAD.match(text, start, end)
    return lead.end() if lead else start


def _is_time(noun: str, mark: str, behind: str) -> bool:
    """Say whether a noun with 前 is a time in front of a predicate."""
    if len(noun) > _MAX_NOUN:
        return False
    ends_as_time = _TIME_END.search(noun) is not None or mark == "期间"
    if mark.endswith("后") and mark != "前后" and not _SEASON_END.search(noun):
        return False
    is_word = mark == "前" and _NO_TIME.search(noun) is not None and not ends_as_time
    if is_word:
        return False
    verbs = list(VERB_PATTERN.finditer(noun))
    ends_as_verb = bool(verbs) and verbs[-1].end() == len(noun)
    direct = _DIRECT.match(behind)
    verb = direct["verb"] if direct else None
    if verbs and not ends_as_verb and not _PERIOD.fullmatch(noun, verbs[-1].end()):
        # 做好汛前|检查: the verb governs a name; 供暖季前 is a time.
        return False
    if verbs and ends_as_verb and verbs[0].end() < verbs[-1].start():
        return verb is not None and verb not in NOMINAL_VERBS
    if ends_as_time or ends_as_verb or mark in ("之前", "以前", "前夕", "前后"):
        return direct is not None or has_predicate(behind)
    if direct is None:
        return False
    # 岗前培训5000人 names a training.
    is_name = verb in NOMINAL_VERBS and _NAME_BEHIND.match(behind, direct.end())
    return not is_name
