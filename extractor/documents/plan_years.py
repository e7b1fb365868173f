"""The year a plan is for: title and cleaned text in, a year or None out.

In this order: the title; the document's own number (〔2018〕42号); the name that its
headings or its preamble give the plan (2018年重点任务); the day it was issued.
A year that is merely mentioned (到2025年, a cited 〔2015〕3号) says nothing, and
years that contradict each other say nothing either: an empty plan year is seen, a
wrong one is not.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from extractor.core.lines import split_lines
from extractor.language.labels import find_label
from extractor.language.numbers.numerals import fold, parse_numeral

FIRST_YEAR, LAST_YEAR = 1990, 2049
GENRE = (
    "工作要点|工作计划|工作方案|工作安排|工作思路|工作打算|工作部署|政府工作报告|工作报告|"
    "民生实事|为民办实事|实事项目|重点工作|重点任务|主要任务|任务分解|任务清单|工作清单|"
    "责任清单|目标任务|实施方案|行动方案|行动计划|实施计划|实施意见|要点|规划|计划|方案|清单"
)
"""What plans call themselves."""

_HAN = "[一二][九〇零][〇零一二三四五六七八九]{2}"
_YEAR = re.compile("(?<![0-9])((?:19|20)[0-9]{2})(?=\\s*年|\\s*[—–-]\\s*20|年度)")
_HAN_YEAR = re.compile("([一二][九〇○零0][〇○零一二三四五六七八九]{2})(?=年)")
_YEAR_OF_GENRE = re.compile(
    "((?:19|20)[0-9]{2})\\s*年?度?"
    f"(?:(?!(?:19|20)[0-9]{{2}})[^。；]){{0,24}}?(?:{GENRE})"
)
_ANY = f"(?<![0-9])(?:(?:19|20)[0-9]{{2}}|{_HAN})"

_FIVE_YEARS = re.compile(f"十([一二三四五六])五[^。；]{{0,40}}?(?:{GENRE}|纲要)")
_FIRST_YEARS = {"一": 2006, "二": 2011, "三": 2016, "四": 2021, "五": 2026, "六": 2031}
"""Of the five-year plans by their number."""

# --- the document's own number --------------------------------------------------

_NUMBER = re.compile(
    rf"[〔\[(【<]\s?(?P<year>{_ANY})\s?年?[〕\])】>]\s?第?\s?[0-9一二三四五六七八九十百]+\s?号"
)
_CITES = re.compile(
    r"根据|按照|依据|依照|遵照|贯彻|对照|参照|结合|转发|精神|规定|要求|废止|》\s?\(?[^()]{0,12}$"
)
_NAMED_NUMBER = re.compile(r"(?:.*[:|\s(])?[\u4e00-\u9fffA-Za-z]{0,16}")
_BEHIND_NUMBER = re.compile(r"\)?(?:\s.*|签发.*|(?:发布|成文|印发|公开).*)?")
_NOTICE = re.compile(f"(?:{GENRE}|通知|意见|报告)\\s?\\([^()]*$")

# --- what the plan calls itself ---------------------------------------------------

_YEARLY = "|".join(
    name
    for name in GENRE.split("|")
    if name not in ("规划", "行动方案", "行动计划", "实施意见")
)
_NAME = (
    rf"(?<![-~至到])(?P<year>{_ANY})\s?年?度?"
    rf"(?:(?!{_ANY})[^。;,:]){{0,16}}?(?:{_YEARLY})"
)
_HEADING = re.compile(
    rf"[^。;,:《》0-9到至]{{0,20}}?{_NAME}(?:如下|及分工|和措施|表)?[:。]?"
)
_PREAMBLE = re.compile(
    rf"(?:现将|制定|制订|提出|编制|确定|印发|下达|公布)(?:如下|了|本|《|[^。;,《》0-9]){{0,16}}?{_NAME}"
)
_LOOKS_BACK = re.compile(
    r"^\W{0,2}(?:[^。;,]{0,4}(?:完成|落实|执行|实施)?情况|总结|回顾)"
)

# --- the day of issue -------------------------------------------------------------

_DAY = (
    rf"(?P<year>{_ANY})[-年/.](?P<month>[0-9]{{1,2}}|[一二三四五六七八九十]{{1,2}})"
    r"(?:[-月/.](?:(?:[0-9]{1,2}|[一二三四五六七八九十]{1,3})日?)?)?(?:[0-9:]{4,8})?"
)
_DAY_LINE = re.compile(
    rf"[-(]*(?:(?:日期|时间):)?{_DAY}(?:印发|发布)?(?:在.{{4,60}}上)?[)-]*"
)
_STAMP = re.compile(rf"(?:发布|印发|成文|发文|公开|公布)(?:日期|时间):?{_DAY}(?![0-9])")
_LAST_MONTH = 10
"""A plan that is issued later in a year can be the next year's."""


def find_plan_year(title: str, head: str) -> int | None:
    """Return the year a plan is for, None where nothing says it.

    Args:
        title: the document's title, or nothing.
        head: the beginning of its cleaned text.
    """
    if (year := _of_title(title)) is not None:
        return year
    lines = [line.text for line in split_lines(fold(head))]
    named = _only(_named_years(lines))
    number = _only(_own_numbers(lines))
    if number is not None:
        # 〔2017〕95号 can number the plan that its headings call 2018年重点任务.
        return named if named == number + 1 else number
    return named if named is not None else _only(_days_of_issue(lines))


def _of_title(title: str) -> int | None:
    """Return the year in front of the kind of plan, else the title's most frequent.

    A plan of five years is one for the first of them (guidelines, section 4).
    """
    genre = [int(found) for found in _YEAR_OF_GENRE.findall(title)]
    if genre := list(filter(_is_of_plans, genre)):
        return genre[-1]
    years = [int(found) for found in _YEAR.findall(title)]
    years += [_value(fold(found)) for found in _HAN_YEAR.findall(title)]
    years = list(filter(_is_of_plans, years))
    if not years and (period := _FIVE_YEARS.search(title)):
        return _FIRST_YEARS[period[1]]
    counts = Counter(years)
    return max(years, key=lambda year: (counts[year], -years.index(year)), default=None)


def _is_of_plans(year: int) -> bool:
    return FIRST_YEAR <= year <= LAST_YEAR


def _value(digits: str) -> int:
    return int(parse_numeral(digits) or 0)


def _only(found: Iterable[str]) -> int | None:
    """Return the one year that is found; years that differ say nothing."""
    years = {_value(digits) for digits in found}
    year = years.pop() if len(years) == 1 else 0
    return year if _is_of_plans(year) else None


def _front(lines: list[str]) -> Iterator[tuple[str, str]]:
    """Yield each line in front of the first point, and the line before it."""
    before = ""
    for line in lines:
        label = find_label(line)
        if label and not label.is_weak:
            return
        yield line, before
        before = line


def _own_numbers(lines: list[str]) -> Iterator[str]:
    """Yield the years of the numbers that a line of the head bears or consists of."""
    for line, before in _front(lines):
        numbers = list(_NUMBER.finditer(line))
        if len(numbers) != 1 or re.search("[。;]", line):
            continue
        ahead, behind = line[: numbers[0].start()], line[numbers[0].end() :]
        is_named = _NAMED_NUMBER.fullmatch(ahead) or _NOTICE.search(ahead)
        is_cited = _CITES.search(ahead) or _cites_on(before)
        if is_named and not is_cited and _BEHIND_NUMBER.fullmatch(behind):
            yield numbers[0]["year"]


def _cites_on(before: str) -> bool:
    """Say whether a sentence that cites runs on from the line before."""
    tail = re.split("[。;]", before)[-1]
    return re.search("[、,(》]$|(?:根据|按照|依据|依照|遵照)[^。;]*$", tail) is not None


def _named_years(lines: list[str]) -> Iterator[str]:
    """Yield the years that headings, or a preamble (现将2018年工作要点…), give."""
    for line in lines:
        label = find_label(line)
        heading = _HEADING.fullmatch(line[label.length :].strip() if label else line)
        if heading and not _CITES.search(line):
            yield heading["year"]
    # Inside the points 制定2035年实施方案 is a task.
    for line, _ in _front(lines):
        for match in _PREAMBLE.finditer(line):
            if not _LOOKS_BACK.match(line[match.end() :]):
                yield match["year"]


def _days_of_issue(lines: list[str]) -> Iterator[str]:
    """Yield the years of the days that a line of the head, or the last ones, state."""
    last = max(len(lines) - 4, 0)
    places = [line for line, _ in _front(lines)] + lines[last:]
    for line in places:
        text = re.sub(r"\s", "", line)
        day = _DAY_LINE.fullmatch(text) or _STAMP.search(text)
        if day and _value(day["month"]) <= _LAST_MONTH:
            yield day["year"]
