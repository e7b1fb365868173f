"""Words of a time to a `Deadline`: the last day of the period, and its basis.

Pure; computed by rules, never taken from a model (design, law 2).
The meaning of the fields is section 4 of the annotation guidelines.

Rulings on what the guidelines leave open:

- 前 after a period without 底 or 末 means before it begins, as in 2022年9月前
  (08-31): 2030年前 is 2029-12-31, 三季度前 is 06-30, 12月中旬前 is 12-10.
  Nothing is due before a year begins: 一季度前, like 上半年前, is loose for its end.
- 前 after a day keeps the day, as offices count it: 6月30日前 is 06-30.
- 上旬, 中旬, 下旬 end on the 10th, the 20th and the last day; 月初 and 月中 are read
  as 上旬 and the 15th.
- A spring term ends on 07-31 and begins after the last day of February, an autumn
  term ends on 01-31 of the next year and begins after 08-31; a school year ends on
  08-31. 暑假前 is 06-30; 寒假 falls in either of two years and is refused.
- A feast is due before its first day: 国庆节前 is 09-30, 春节前 the day before the
  first of the first lunar month, 除夕前 the day before the eve, 清明前 the day before
  the solar term. Without a year they are the plan year's; 元旦前 is its last day.
- 次年, 翌年 and 下一年度 are the plan's next year here; `year_words` counts them from
  a year that their sentence names before.
- 节前 alone, two feasts (元旦、春节前), 汛期, 本学期, 年初 and 月底 without a month are
  refused.
- 今年, 全年, 当年 alone and whatever recurs or starts are no deadlines: None.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from functools import lru_cache

from extractor.core.records import Deadline, DeadlineBasis
from extractor.core.spans import Span
from extractor.language.numbers.numerals import CHINESE_DIGITS, fold, parse_numeral
from extractor.language.times import patterns as timewords
from extractor.language.times.compact import Compact
from extractor.language.times.periods import BEFORE, TRAIL, read_part
from extractor.language.times.year_counts import (
    FIRST_YEAR,
    LAST_YEAR,
    YEAR_SHIFT,
    YEAR_WORD,
    count_years,
)

_EDGE = " \t\r\n\u3000，。；、：,;:!"

_YEAR_CN = f"[{CHINESE_DIGITS}]{{4}}(?=年|[-~至到])"
_LEAD = re.compile(
    r"^(?:力争|争取|确保|计划|预计|原则上|最迟|最晚|不(?:迟|晚)于|务必|于|在|到|至"
    r"|截至|截止|赶在|从(?=.{0,40}[到至-]))+"
)


_NUMBER_BEFORE = re.compile(
    r"[零〇一二两三四五六七八九十]{1,3}(?=个?月|季度|日|号|年)"
    r"|(?<=[-~至到第])[一二三四五六七八九十]{1,3}(?=月|季)"
)


def _arabic_digits(text: str) -> str:
    """Write years, months, days and quarters in digits (二〇二五年九月)."""
    text = re.sub(
        _YEAR_CN, lambda match: str(parse_numeral(match[0]) or match[0]), text
    )

    def digits(match: re.Match[str]) -> str:
        value = parse_numeral(match[0])
        return match[0] if value is None else str(value)

    return _NUMBER_BEFORE.sub(digits, text)


# --- years ----------------------------------------------------------------------

_ABSOLUTE = re.compile(
    r"(?:(?P<from>\d{4})年?(?:[-~]+|至|到))?(?P<year>\d{4}|(?<=[-~至到])\d{2})年"
    r"度?(?:全年)?(?P<rest>.*)"
)
_RELATIVE = re.compile(rf"(?P<word>{YEAR_WORD}|今年度)?(?P<rest>.*)")
_EARLIER_END = re.compile(
    rf"^(?:(?:\d{{4}}年|{YEAR_WORD})?\d{{1,2}}月(?:份|底|\d{{1,2}}[日号])?|今年|\d{{4}}年)"
    rf"[-~至到]+(?=(?:\d{{4}}年|[明次来]年度?|后年|翌年)\d{{1,2}}月)"
)
_ISO = re.compile(
    rf"(?P<y>\d{{4}})[-./](?P<m>\d{{1,2}})[-./](?P<d>\d{{1,2}})日?{BEFORE}"
)
_SCHOOL_YEAR = re.compile(
    r"(?P<year>\d{4})(?:年?[-~至]+(?P<to>\d{4}|\d{2})年?)?学年度?"
    r"(?:结束|末|底|内)?(?:之?前)?"
)
_PLAN_SCHOOL_YEAR = re.compile(r"(?P<which>本|下)学年度?(?:结束|末|底|内)?(?:之?前)?")

# --- plan periods and spans of years --------------------------------------------

_NTH = "(?P<nth>二?十[一二三四五六七八九]?)"
_PERIOD_END = (
    "(?:期间|时期|规划期|规划时期|发展时期|期|阶段)?"
    "(?:期间|以?内|末期?|期?末|年末|底|结束|收官之?年)?(?:之?前)?"
)
_NAMED = re.compile(
    rf"[\"“”‘「『]?{_NTH}五[\"“”’」』]?(?P<tail>{_PERIOD_END})"
    rf"|第{_NTH.replace('nth', 'ordinal')}个五年规划(?P<tail2>{_PERIOD_END})"
)
_NEVER = re.compile(
    r"每|逐年|历年|近[\d一二两三四五六七八九十]+年|连续|以来|至今(?!年)|之后|以后|去年|上年|任期"
    r"|[^到至-]起$|开始|届|初期|中期|规划$|远景|世纪"
)


def _named_period(text: str) -> tuple[date, str] | None:
    """Read “十四五”期间: the n-th plan ends in 2010 + 5 (n - 11)."""
    match = _NAMED.fullmatch(text)
    if not match:
        return None
    # “十四五” alone names the plan, not the time.
    if not (match["tail"] or match["tail2"]):
        return None
    nth = parse_numeral(match["nth"] or match["ordinal"])
    if nth is None:
        return None
    year = 2010 + 5 * (int(nth) - 11)
    return date(year, 12, 31), "plan-period"


def _school_year(text: str, plan_year: int | None) -> tuple[date, DeadlineBasis] | None:
    """Read 2022—2023学年: it ends on the last day of August."""
    match = _SCHOOL_YEAR.fullmatch(text)
    if match:
        year = int(match["year"]) + 1
        if match["to"] and int(match["to"][-2:]) != year % 100:
            return None
        return date(year, 8, 31), "absolute"
    match = _PLAN_SCHOOL_YEAR.fullmatch(text)
    if match and plan_year is not None:
        return date(plan_year + (match["which"] == "下"), 8, 31), "plan_year"
    return None


def _whole_year(year: int, rest: str) -> tuple[date, str] | None:
    """Read a year with nothing, or only 前, behind it."""
    if rest in ("前", "之前", "以前"):
        return date(year - 1, 12, 31), "year-before"
    if TRAIL.sub("", rest) in ("", "间", "内"):
        return date(year, 12, 31), "year"
    return None


def _absolute(text: str) -> tuple[date, str] | None:
    """Read a time that names its year; of two in a range the later one counts."""
    match = _ISO.fullmatch(text)
    if match:
        try:
            return date(int(match["y"]), int(match["m"]), int(match["d"])), "iso-day"
        except ValueError:
            return None
    match = _ABSOLUTE.fullmatch(text)
    if not match:
        return None
    word = match["year"]
    year = int(word) if len(word) == 4 else int(match["from"][:2] + word)
    is_backward = match["from"] is not None and int(match["from"]) >= year
    if not FIRST_YEAR <= year <= LAST_YEAR or is_backward:
        return None
    read = _whole_year(year, match["rest"]) or read_part(year, match["rest"])
    if read and match["from"]:
        return read[0], f"year-range-{read[1]}"
    return read


def _relative(text: str, plan_year: int) -> tuple[date, str] | None:
    """Read a time whose year is the plan's, or counted from it."""
    match = _RELATIVE.fullmatch(text)
    if not match:
        return None
    word, rest = match["word"], match["rest"]
    shift = YEAR_SHIFT[word[0]] if word else 0
    year = plan_year + shift
    if not rest:
        return (date(year, 12, 31), "next-year") if shift else None
    # 中 and 内 belong to a year in words: 明年中, 今年内.
    if not word and re.match("[底末内度]|中(?!秋)", rest):
        return None
    if not word and rest.startswith("元旦"):
        year += 1
    return read_part(year, rest)


def _compute(
    text: str, plan_year: int | None
) -> tuple[date, DeadlineBasis, str] | None:
    """Try the readers in order of how much of the year the words carry."""
    read = _named_period(text)
    if read:
        return read[0], "named_period", read[1]
    text = _EARLIER_END.sub("", _arabic_digits(text))
    school = _school_year(text, plan_year)
    if school:
        return (*school, "school-year")
    read = _absolute(text)
    if read:
        return read[0], "absolute", read[1]
    read = _relative(text, plan_year) if plan_year is not None else None
    return (read[0], "plan_year", read[1]) if read else None


def parse_deadline(quote: str, plan_year: int | None) -> Deadline | None:
    """Compute the last day by which a quote sets something due.

    Args:
        quote: the words of the time: 到2025年底前, 9月底前, “十四五”期间.
        plan_year: year of the document, for words that name none.

    Returns:
        The deadline, or None when the words recur (每学期), start (从9月起), name no
        date that can be computed, or need a plan year that is not known.
    """
    text = re.sub(r"\s+", "", fold(quote)).strip(_EDGE)
    bare = _LEAD.sub("", text)
    computed: tuple[date, DeadlineBasis, str] | None
    computed = count_years(_arabic_digits(bare), plan_year)
    if computed is None:
        computed = None if _NEVER.search(text) else _compute(bare, plan_year)
    if computed is None:
        return None
    day, basis, rule = computed
    return Deadline(quote=quote, date=day.isoformat(), basis=basis, rule=rule)


# --- candidates in running prose ------------------------------------------------

_SHORT = 2000
"""Characters of a text whose times are remembered."""
_ALONE_MONTH = re.compile(r"[一二三四五六七八九十]{1,2}月")


def iter_deadlines(text: str) -> Iterator[Span]:
    """Yield the deadline-like expressions of running prose, in order, not nested.

    Recall first: each span is the longest time expression that `parse_deadline` can
    read for some plan year, with 到 in front and 前 behind.
    Titles in 《》, starts (从…起), recurring times (每年) and 届 are left out.
    """
    return iter(_known(text) if len(text) <= _SHORT else _deadlines(text))


@lru_cache(maxsize=1024)
def _known(text: str) -> tuple[Span, ...]:
    """Return those of a short text: a clause is looked through by several readers."""
    return tuple(_deadlines(text))


def _deadlines(text: str) -> Iterator[Span]:
    compact = Compact(text)
    hidden = compact.text
    if not timewords.SIGN.search(hidden):
        return
    for pattern in (timewords.TITLES, timewords.TWO_FEASTS):
        hidden = pattern.sub(lambda match: "\x00" * len(match[0]), hidden)
    position = 0
    while match := timewords.CANDIDATE.search(hidden, position):
        span = _candidate_span(match, hidden)
        if span is None:
            position = match.end()
            continue
        yield compact.span(*span)
        position = span.end


def _candidate_span(match: re.Match[str], text: str) -> Span | None:
    """Return the span of a candidate with or without its 到, None when it is none."""
    start, end = match.span("time")
    before = text[max(0, start - 6) : start]
    if match["to"]:
        before = text[max(0, match.start() - 6) : match.start()]
        if not timewords.VERB_TO.search(before):
            start = match.start()
    if _is_start(match["time"], text[max(0, start - 6) : start], text[end : end + 8]):
        return None
    quote = text[start:end]
    if parse_deadline(quote, 2000) is None:
        return None
    return Span(start, end)


def _is_start(time: str, before: str, after: str) -> bool:
    """Say whether the words around make a time a start, recurring or a name."""
    if timewords.START_AFTER.match(after):
        return True
    is_range = bool(re.search(r"\d年?(?:-|~|至|到)", time))
    if timewords.NOT_AFTER.search(before) and not (is_range and before[-1:] in "从自"):
        return True
    # 一月一主题 is a rhythm; a month in words needs 底, 前 or a year.
    return bool(_ALONE_MONTH.fullmatch(time))
