"""Words of a time to a `Deadline`: the last day of the period, and its basis.

Pure; computed by rules, never taken from a model (design, law 2).
The meaning of the fields is section 4 of the annotation guidelines.

Rulings on what the guidelines leave open:

- 前 after a period without 底 or 末 means before it begins, as in 2022年9月前
  (08-31): 2030年前 is 2029-12-31, 三季度前 is 06-30, 12月中旬前 is 12-10.
- 前 after a day keeps the day, as offices count it: 6月30日前 is 06-30.
- 上旬, 中旬, 下旬 end on the 10th, the 20th and the last day; 月初 and 月中 are read
  as 上旬 and the 15th.
- A spring term ends on 07-31 and begins after the last day of February, an autumn
  term ends on 01-31 of the next year and begins after 08-31; a school year ends on
  08-31. 暑假前 is 06-30; 寒假 falls in either of two years and is refused.
- 元旦前 without a year is the last day of the plan year.
- Feasts of the lunar calendar, 汛期, 本学期, 年初 and 月底 without a month are refused.
- 今年, 全年, 当年 alone and whatever recurs or starts are no deadlines: None.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import NamedTuple

from extractor.models import Deadline, DeadlineBasis
from extractor.numerals import CHINESE_DIGITS, fold, parse_numeral
from extractor.offsets import Span

_EDGE = " \t\r\n\u3000，。；、：,;:!"
_OPEN = '["“”‘’「」『』《》]?'

_YEAR_CN = f"[{CHINESE_DIGITS}]{{4}}(?=年|[-~至到])"
_BEFORE = "(?P<before>(?:之|以)?前)?"
_LEAD = re.compile(
    r"^(?:力争|争取|确保|计划|预计|原则上|最迟|最晚|不(?:迟|晚)于|务必|于|在|到|至|截至|截止到?|赶在|从(?=.*[到至-]))+"
)
_TRAIL = re.compile(r"(?:左右|为止|止|时|期间|之内|以内)$")


class _Period(NamedTuple):
    """First and last day of a period."""

    first: date
    last: date


def _month_end(year: int, month: int) -> date:
    return date(year, month, monthrange(year, month)[1])


def _months(year: int, first: int, last: int) -> _Period:
    return _Period(date(year, first, 1), _month_end(year, last))


def _year(year: int) -> _Period:
    return _months(year, 1, 12)


_NUMBER_BEFORE = re.compile(
    r"[零〇一二两三四五六七八九十]{1,3}(?=个?月|季度|日|号|年)|(?<=[-~至到第])[一二三四五六七八九十]{1,3}(?=月|季)"
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


# --- periods inside a year ------------------------------------------------------

_TENS = {"上": (1, 10), "初": (1, 10), "中": (11, 20)}
_HOLIDAYS = {
    "元旦": (1, 1), "五一": (5, 1), "劳动节": (5, 1), "七一": (7, 1), "八一": (8, 1),
    "教师节": (9, 10), "国庆": (10, 1), "国庆节": (10, 1), "十一": (10, 1),
}  # fmt: skip
_SEASONS = {"春": (3, 5), "夏": (6, 8), "秋": (9, 11)}


def _in_month(year: int, match: re.Match[str]) -> _Period | None:
    """Read 9月, 9月底, 9月中旬, 3-5月."""
    first, last = int(match["m1"]), int(match["m2"] or match["m1"])
    if not 1 <= first <= last <= 12:
        return None
    part = match["part"] or ""
    if part[:1] in ("底", "末"):
        # 月底前 ends with the month, unlike 月前.
        end = _month_end(year, last)
        return _Period(end + timedelta(days=1), end)
    if part in ("上旬", "初", "中旬"):
        begin, end_day = _TENS[part[0]]
        return _Period(date(year, last, begin), date(year, last, end_day))
    if part == "中":
        return _Period(date(year, last, 11), date(year, last, 15))
    if part == "下旬":
        return _Period(date(year, last, 21), _month_end(year, last))
    return _months(year, first, last)


def _on_day(year: int, match: re.Match[str]) -> _Period | None:
    """Read 6月30日, also as the end of a span of days; 前 keeps the day."""
    month = int(match["m2"] or match["m1"])
    try:
        day = date(year, month, int(match["d2"] or match["d1"]))
    except ValueError:
        return None
    return _Period(day + timedelta(days=1), day)


def _in_quarter(year: int, match: re.Match[str]) -> _Period | None:
    quarter = int(match["q"])
    if not 1 <= quarter <= 4:
        return None
    period = _months(year, 3 * quarter - 2, 3 * quarter)
    return _closed(period) if match["end"] else period


def _closed(period: _Period) -> _Period:
    """Make 前 behind the period's own end (季度末前) mean that end."""
    return _Period(period.last + timedelta(days=1), period.last)


def _in_half(year: int, match: re.Match[str]) -> _Period:
    first, last = (1, 6) if match["half"] == "上" else (7, 12)
    # 上半年前 is loose for 上半年底前: nothing is due before a year begins.
    return _closed(_months(year, first, last))


def _in_term(year: int, match: re.Match[str]) -> _Period:
    if match["term"] == "春":
        period = _Period(date(year, 3, 1), date(year, 7, 31))
    else:
        period = _Period(date(year, 9, 1), date(year + 1, 1, 31))
    if match["opening"]:
        return _Period(period.first, period.first)
    return _closed(period) if match["end"] else period


def _in_season(year: int, match: re.Match[str]) -> _Period:
    return _months(year, *_SEASONS[match["season"]])


def _before_holiday(year: int, match: re.Match[str]) -> _Period | None:
    day = date(year, *_HOLIDAYS[match["holiday"]])
    return _Period(day, day) if match["before"] else None


def _summer(year: int, match: re.Match[str]) -> _Period:
    period = _months(year, 7, 8)
    return _closed(period) if match["end"] else period


def _year_end(year: int, match: re.Match[str]) -> _Period:
    return _closed(_year(year))


def _year_middle(year: int, match: re.Match[str]) -> _Period:
    return _closed(_months(year, 1, 6))


def _month_opening(year: int, match: re.Match[str]) -> _Period | None:
    month = int(match["m1"])
    return _months(year, month, month) if 1 <= month <= 12 else None


_PartReader = Callable[[int, "re.Match[str]"], "_Period | None"]
_M = r"(?P<m1>\d{1,2})(?:月?份?[-~至到](?P<m2>\d{1,2}))?月份?"
_ENDING = "(?P<end>结束|期?末|底|期满)?"
_PARTS: tuple[tuple[str, re.Pattern[str], _PartReader], ...] = tuple(
    (name, re.compile(pattern), reader)
    for name, pattern, reader in (
        ("month", rf"{_M}的?(?P<part>上旬|中旬|下旬|底|末|初|中)?{_BEFORE}", _in_month),
        (
            "day",
            r"(?P<m1>\d{1,2})月(?P<d1>\d{1,2})(?:日|号)?"
            r"(?:[-~至到](?:(?P<m2>\d{1,2})月)?(?P<d2>\d{1,2})(?:日|号))?"
            rf"(?:24时|下班)?{_BEFORE}",
            _on_day,
        ),
        ("month-opening", rf"(?P<m1>\d{{1,2}})月份?(?:学校)?开学{_BEFORE}", _month_opening),
        ("quarter", rf"第?(?:[1-3][-~至到、]第?)?(?P<q>[1-4])(?:个)?季度{_ENDING}{_BEFORE}", _in_quarter),
        ("half", rf"(?P<half>上|下)半年(?:结束|末|底|内)?{_BEFORE}", _in_half),
        (
            "term",
            rf"(?P<term>春|秋)季?(?:学期)?(?P<opening>开学|学期开始)?(?<=[学期始]){_ENDING}{_BEFORE}",
            _in_term,
        ),
        ("season", rf"(?P<season>春|夏|秋)季{_BEFORE}", _in_season),
        ("holiday", rf"{_OPEN}(?P<holiday>{'|'.join(sorted(_HOLIDAYS, key=len, reverse=True))}){_OPEN}(?:假期|节)?{_BEFORE}", _before_holiday),
        ("summer", rf"暑(?:假|期)(?:期间)?{_ENDING}{_BEFORE}", _summer),
        ("year-end", rf"(?:年?(?:底|末)|岁末|年终|内|年内|度内){_BEFORE}", _year_end),
        ("year-middle", rf"年?中{_BEFORE}", _year_middle),
    )
)  # fmt: skip

# --- years ----------------------------------------------------------------------

_ABSOLUTE = re.compile(
    r"(?:(?P<from>\d{4})年?(?:[-~]+|至|到))?(?P<year>\d{4}|(?<=[-~至到])\d{2})年度?(?:全年)?(?P<rest>.*)"
)
_RELATIVE = re.compile(r"(?P<word>今年|本年度?|当年|明年|后年)?(?P<rest>.*)")
_YEAR_SHIFT = {"明年": 1, "后年": 2}
_ISO = re.compile(
    rf"(?P<y>\d{{4}})[-./](?P<m>\d{{1,2}})[-./](?P<d>\d{{1,2}})日?{_BEFORE}"
)
_SCHOOL_YEAR = re.compile(
    r"(?P<year>\d{4})(?:年?[-~至]+(?P<to>\d{4}|\d{2})年?)?学年度?(?:结束|末|底|内)?(?:之?前)?"
)
_PLAN_SCHOOL_YEAR = re.compile(r"(?P<which>本|下)学年度?(?:结束|末|底|内)?(?:之?前)?")

# --- plan periods and spans of years --------------------------------------------

_NTH = "(?P<nth>二?十[一二三四五六七八九]?)"
_PERIOD_END = "(?:期间|时期|规划期|规划时期|发展时期|期|阶段)?(?:期间|以?内|末期?|期?末|年末|底|结束|结束之?前|收官之?年)?(?:之?前)?"
_NAMED = re.compile(
    rf"[\"“”‘「『]?{_NTH}五[\"“”’」』]?(?P<tail>{_PERIOD_END})|第{_NTH.replace('nth', 'ordinal')}个五年规划(?P<tail2>{_PERIOD_END})"
)
_NUM_YEARS = r"(?:(?P<low>[\d一二两三四五六七八九十]+)(?:[-~至到]))?(?P<n>[\d一二两三四五六七八九十]{1,3})"
_SPAN = re.compile(
    rf"(?:(?:未来|今后|接下来)(?:的)?{_NUM_YEARS.replace('low', 'low1').replace('P<n>', 'P<n1>')}年(?:左右)?(?:内|之内|以内|时间|期间)?"
    rf"|(?:用|花|经过|通过|利用){_NUM_YEARS.replace('low', 'low2').replace('P<n>', 'P<n2>')}年(?:左右)?(?:的)?(?:时间|努力)(?:内)?"
    rf"|{_NUM_YEARS.replace('low', 'low3').replace('P<n>', 'P<n3>')}年(?:左右)?(?:的?时间)?(?:内|之内|以内))"
)

_NEVER = re.compile(
    r"每|逐年|历年|近[\d一二两三四五六七八九十]+年|连续|以来|至今(?!年)|之后|以后|去年|上年|次年|任期"
    r"|[^到至-]起$|开始|届|初期|中期|规划$|远景|世纪|自20"
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


def _years_within(text: str, plan_year: int | None) -> tuple[date, str] | None:
    """Read 3年内: the plan year counts as the first."""
    match = _SPAN.fullmatch(text)
    if not match or plan_year is None:
        return None
    word = match["n1"] or match["n2"] or match["n3"]
    count = parse_numeral(word)
    if count is None or not 1 <= count <= 30:
        return None
    return date(plan_year + int(count) - 1, 12, 31), "years-within"


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


def _within_year(year: int, rest: str) -> tuple[date, str] | None:
    """Read what follows a year (9月底前, 上半年), and apply 前."""
    rest = rest.removeprefix("的")
    for text in (rest, _TRAIL.sub("", rest)):
        for name, pattern, reader in _PARTS:
            match = pattern.fullmatch(text)
            if not match:
                continue
            period = reader(year, match)
            if period is None:
                return None
            if match["before"]:
                return period.first - timedelta(days=1), f"{name}-before"
            return period.last, name
    return None


def _whole_year(year: int, rest: str) -> tuple[date, str] | None:
    """Read a year with nothing, or only 前, behind it."""
    if rest in ("前", "之前", "以前"):
        return date(year - 1, 12, 31), "year-before"
    if _TRAIL.sub("", rest) in ("", "间", "内"):
        return date(year, 12, 31), "year"
    return None


def _absolute(text: str) -> tuple[date, str] | None:
    """Read a time that names its year."""
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
    if not 1949 <= year <= 2149 or (match["from"] and int(match["from"]) >= year):
        return None
    read = _whole_year(year, match["rest"]) or _within_year(year, match["rest"])
    if read and match["from"]:
        return read[0], f"year-range-{read[1]}"
    return read


def _relative(text: str, plan_year: int) -> tuple[date, str] | None:
    """Read a time whose year is the plan's, or counted from it."""
    match = _RELATIVE.fullmatch(text)
    if not match:
        return None
    word, rest = match["word"], match["rest"]
    year = plan_year + _YEAR_SHIFT.get(word or "", 0)
    if not rest:
        return (date(year, 12, 31), "next-year") if word in _YEAR_SHIFT else None
    # 中 and 内 belong to a year in words: 明年中, 今年内.
    if not word and rest[0] in "底末内中度":
        return None
    if not word and rest.startswith("元旦"):
        year += 1
    return _within_year(year, rest)


def _compute(
    text: str, plan_year: int | None
) -> tuple[date, DeadlineBasis, str] | None:
    """Try the readers in order of how much of the year the words carry."""
    read = _named_period(text)
    if read:
        return read[0], "named_period", read[1]
    text = _arabic_digits(text)
    school = _school_year(text, plan_year)
    if school:
        return (*school, "school-year")
    read = _absolute(text)
    if read:
        return read[0], "absolute", read[1]
    read = _years_within(text, plan_year)
    if read is None and plan_year is not None:
        read = _relative(text, plan_year)
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
    if _NEVER.search(text):
        return None
    computed = _compute(_LEAD.sub("", text), plan_year)
    if computed is None:
        return None
    day, basis, rule = computed
    return Deadline(quote=quote, date=day.isoformat(), basis=basis, rule=rule)


# --- candidates in running prose ------------------------------------------------

_D = rf"[\d{CHINESE_DIGITS}十]"
_Y4 = rf"(?:(?<!\d)\d{{4}}|(?<![{CHINESE_DIGITS}十百千])[一二][{CHINESE_DIGITS}]{{3}})"
_YEARS = rf"(?:{_Y4}年?\s?(?:-+|~|至|到)\s?)?(?:{_Y4}|(?<=-)\d{{2}})\s?年(?:度|(?!级|代|前|内|中[央小高职等]))?"
_B = "(?:之前|以前|前(?![\\d一二三四五六七八九十]|列|茅|提|沿|期|往|后|景|进|置)|止)"
_E = "(?:结束|期末|末|底|期满)"
_MONTH = rf"(?:1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九])"
_DAYNUM = (
    r"(?:3[01]|[12]\d|0?[1-9]|[一二三]?十[一二三四五六七八九]?|[一二三四五六七八九])"
)
_IN_YEAR = (
    rf"(?:(?<!\d){_MONTH}\s?月(?:份)?(?:\s?(?:-+|~|至|到)\s?{_MONTH}\s?月)?\s?{_DAYNUM}\s?(?:日|号)(?:\s?(?:-+|~|至|到)\s?(?:{_MONTH}\s?月)?{_DAYNUM}\s?(?:日|号))?{_B}?"
    rf"|(?<!\d)(?:{_MONTH}(?:月份?)?(?:-+|~|至|到))?{_MONTH}\s?月(?:份)?(?:开学)?(?:上旬|中旬|下旬|底|末|初|中(?![小学旬央职等]))?{_B}?"
    rf"|第?(?:[一二三1-3](?:-|至|、))?[一二三四1-4]季度(?!一){_E}?{_B}?"
    rf"|[上下]半年(?:结束|末|底|内)?{_B}?"
    rf"|[春秋]季(?:学期)?(?:开学)?(?<=[学期]){_E}?{_B}?|[春夏秋]季(?!招|高考|运动|征兵){_B}?"
    rf"|(?:元旦|国庆节?|“?五一”?|劳动节|教师节|“?七一”?|“?八一”?|“十一”)(?:假期)?{_B}"
    rf"|暑[假期](?:期间)?{_E}?{_B}?"
    rf"|年?(?:底|末(?!位)){_B}?|年终{_B}|岁末{_B}?|年?中{_B}|以?内)"
)
_RELATIVE_YEAR = rf"(?:(?:今年|本年度?|当年|明年|后年)(?:的)?{_IN_YEAR}|明年(?!初))"
_NO_YEAR = rf"(?:年(?:底|末){_B}?|年内|年终{_B}|岁末{_B}?|{_IN_YEAR.replace('|以?内', '').replace('|年?中' + _B, '').replace('|年?(?:底|末(?!位))' + _B + '?', '')})"
_N_YEARS = (
    r"(?:(?:未来|今后)(?:[\d一二两三四五六七八九十]{1,2}(?:-|~|至|到))?[\d一二两三四五六七八九十]{1,2}年(?:左右)?(?:时间|内|期间)?|(?:用|经过|通过)(?:[\d一二两三四五六七八九十]{1,2}(?:-|~|至|到))?[\d一二两三四五六七八九十]{1,2}年(?:左右)?(?:的)?(?:时间|努力|内)"
    r"|(?<![\d近第前])(?:[\d一二两三四五六七八九十]{1,2}(?:-|~|至|到))?[\d一二两三四五六七八九十]{1,2}年(?:左右)?(?:之|以)?内)"
)
_PLAN_PERIOD = r"(?:[“”\"‘「『]?二?十[一二三四五六七八九]?五[“”\"’」』]?(?:规划|发展)?(?:期间|时期|期末|期内|末期?|期满)(?:末|内)?(?:之?前)?|第二?十[一二三四五六七八九]?个五年规划(?:期间|时期|期末|期内|末))"
_SCHOOL = rf"(?:{_Y4}(?:年?[-~至]+(?:\d{{4}}|\d{{2}}))?学年(?:度)?(?:结束|末|底|内)?(?:之?前)?|[本下]学年(?:度)?(?:结束|末|底|内)(?:之?前)?)"
_ISO_DAY = r"(?<!\d)\d{4}[-./]\d{1,2}[-./]\d{1,2}日?(?:之?前)?"
_CANDIDATE = re.compile(
    rf"(?P<to>截至|截止到?|到|至)?\s?(?P<time>{_PLAN_PERIOD}|{_SCHOOL}|{_ISO_DAY}"
    rf"|{_YEARS}(?:全年)?(?:的)?\s?{_IN_YEAR}|{_YEARS}{_B}?(?:期间)?|{_RELATIVE_YEAR}|{_N_YEARS}|{_NO_YEAR})"
)
_TITLES = re.compile(
    r"《[^》]*》|〈[^〉]*〉|<<[^>]*>>|[〔\[]\d{4}[〕\]]|\(\d{4}年?[-~至]+\d{4}年?\)"
)
_START_AFTER = re.compile(
    r"\s?(?:以来|起(?!草|步)|开始|至今|以后|之后|后(?!勤|续|备)|届|级(?!别)|版|毕业生|工作要点|工作计划"
    r"|工作总结|工作报告|政府工作报告|年鉴|考试大纲|发布|印发|出台)"
)
_RECUR_BEFORE = re.compile(
    r"(?:每|逐|历|往|近|去|上一?|前|多|自|从|《)\s?$|每(?:年|学期|学年|季度|月)的?$|去年|上年$"
)
_VERB_TO = re.compile(
    r"(?:提[高升]|增[加长]?|达|下?降|扩大|压减|得|做|落实|延长|推迟|提前|延续|持续|坚持|直|不|甚|及|发展|周|冬|夏|乃|看|想|遇|谈|感|收|走|来|用|涉)$"
)
_ALONE_MONTH = re.compile(r"[一二三四五六七八九十]{1,2}月")


def iter_deadlines(text: str) -> Iterator[Span]:
    """Yield the deadline-like expressions of running prose, in order, not nested.

    Recall first: each span is the longest time expression that `parse_deadline` can
    read for some plan year, with 到 in front and 前 behind.
    Titles in 《》, starts (从…起), recurring times (每年) and 届 are left out.
    """
    folded = fold(text)
    hidden = _TITLES.sub(lambda match: "\x00" * len(match[0]), folded)
    position = 0
    while match := _CANDIDATE.search(hidden, position):
        span = _candidate_span(match, hidden)
        if span is None:
            position = match.end()
            continue
        yield span
        position = span.end


def _candidate_span(match: re.Match[str], text: str) -> Span | None:
    """Return the span of a candidate with or without its 到, None when it is none."""
    start, end = match.span("time")
    before = text[max(0, start - 6) : start]
    if match["to"]:
        before = text[max(0, match.start() - 6) : match.start()]
        if not _VERB_TO.search(before):
            start = match.start()
    if _is_start(match["time"], text[max(0, start - 6) : start], text[end : end + 8]):
        return None
    quote = text[start:end]
    if parse_deadline(quote, 2000) is None:
        return None
    return Span(start, end)


def _is_start(time: str, before: str, after: str) -> bool:
    """Say whether the words around make a time a start, recurring or a name."""
    if _START_AFTER.match(after):
        return True
    is_range = bool(re.search(r"\d年?(?:-|~|至|到)", time))
    if _RECUR_BEFORE.search(before) and not (is_range and before[-1:] in "从自"):
        return True
    # 一月一主题 is a rhythm; a month in words needs 底, 前 or a year.
    return bool(_ALONE_MONTH.fullmatch(time))
