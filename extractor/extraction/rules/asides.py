"""Clauses that promise nothing, whatever stands in them: past, definition, scoring.

A time says for the rest of its sentence whether it looks back: 去年，新建12所，
覆盖率升至87% (guidelines, section 1: where past and plan share a paragraph, only the
plan's clauses give records).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from extractor.language.clauses import Clause
from extractor.language.lexicon import has_predicate

Aside = Literal["past", "definition", "scoring"]

_FULL_STOP = re.compile("[。！!？?\n\r]")
_BACK = re.compile(
    r"(?<![较比在同])(?:去年|上年(?!同期)|上一年|前年|近年来?|近[一二三四五两几]年|过去的?[一三五]年"
    r"|[一三五]年来|自[^，。；]{2,30}以来|截至|截止|迄今|(?<!到)目前|现有|共有|尚有|仍有)"
)
_YEAR = re.compile(r"(?<![较比\d])(20\d\d)年(?!以来|来|前|底前)")
_PERIOD = re.compile('[“"]?十([一二三四五])五[”"]?(?:时期|期间|以来)')
_FIVE_YEARS = {"一": 2010, "二": 2015, "三": 2020, "四": 2025, "五": 2030}
"""Last years of the five-year plans."""
# 2020年度结转项目, 去年实施的12个项目: the time belongs to a noun.
_OF_NOUN = re.compile(
    "(?:底)?(?:以?前)?(?:度?结转|[^，。；]{0,6}(?:实施|启动|开工|在建|确定|下达|列入|未完成"
    "|认定|建成|评定|批复|安排)的)|度|[春秋]?季?(?:起|开始)|的?基础上|同期|届|版|级|“"
)
_AHEAD = re.compile(
    r"今年|本年|年内|(?<![\d去上])年[底末]?前|(?:月|月[底末]|旬|日|季度|半年)前|明年|次年|下一步|今后|未来|力争|确保|争取|务必|计划|拟|将(?!军|来)|继续|进一步"
    r"|(?<![主重需摘纲概紧首必扼只])要(?![求素点件害闻塞道务领约旨么])|应(?![急用对届答税收激])|须"
)
_BASIS = re.compile("基础上")
_DEFINES = re.compile(
    r"(?<!所)(?:是|系)指(?![导引示标定])|指的是|是[^，。；]{2,20}的(?:统|简)称"
)
_MEANS = re.compile(
    "[一-龥]{2,12}(?=指(?:由|在|以|对|从|为|按|经|将|把|用|因|造成|通过|具有|符合|根据|一次))"
)
_DONE = re.compile(
    "(?<!业)已(?![^，。；]{1,16}的)|均设有|(?:配备|建立|形成|实现|达到|取得|完成|通过)了"
)
_MAY_BE_BACK = re.compile("[年来截迄目有五已了]")
"""What every past time and `_DONE` have one of: most clauses have none."""
_SCORED = re.compile(r"[扣加减计][^，。；]{0,2}?[\d.一二三五十]+分(?!钟)")
_SUBJECT = re.compile("[^对把将从按由与和给向为及（(]{0,12}")
"""What may stand in front of the time that a clause opens with."""


def asides(
    text: str, clauses: Sequence[Clause], plan_year: int | None
) -> tuple[Aside | None, ...]:
    """Return for each clause why it promises nothing, None where it may.

    Args:
        text: an item's cleaned text, with digits in half width.
        clauses: its clauses, in order.
        plan_year: earlier years are past; None when it is not known.
    """
    found: list[Aside | None] = []
    is_back = is_defined = False
    end = 0
    for clause in clauses:
        words = clause.span.slice(text)
        if not found or _FULL_STOP.search(text, end, clause.span.start):
            is_back = is_defined = False
        end = max(end, clause.span.end)
        if not clause.is_bracketed:
            if is_back or _MAY_BE_BACK.search(words):
                if _is_ahead(words, plan_year):
                    is_back = False
                elif _turns_back(words, plan_year) or _is_done(words):
                    is_back = True
            if "指" in words or "称" in words:
                is_defined = is_defined or _defines(words)
        if is_defined:
            found.append("definition")
        elif _SCORED.search(words):
            found.append("scoring")
        else:
            found.append("past" if is_back else None)
    return tuple(found)


def _defines(words: str) -> bool:
    """Say whether a clause says what words mean: X是指…, or X指… as glossaries have."""
    means = _MEANS.match(words)
    return _DEFINES.search(words) is not None or (
        means is not None and not has_predicate(means.group())
    )


def _is_ahead(words: str, plan_year: int | None) -> bool:
    years = [int(year) for year in _YEAR.findall(words)]
    is_due = plan_year is not None and any(year >= plan_year for year in years)
    return is_due or _AHEAD.search(words) is not None


def _turns_back(words: str, plan_year: int | None) -> bool:
    """Say whether a clause opens with a time that is over, or with what there is."""
    back = _past_time(words, plan_year)
    if back is None:
        return False
    before = words[: back.start()]
    if has_predicate(before) or _SUBJECT.fullmatch(before) is None:
        return False
    return _OF_NOUN.match(words, back.end()) is None and not _BASIS.search(words)


def _is_done(words: str) -> bool:
    """Say whether a clause tells what has been done: 全县9个乡镇均|已|设立服务站."""
    done = _DONE.search(words)
    return done is not None and not has_predicate(words[: done.start()])


def _past_time(words: str, plan_year: int | None) -> re.Match[str] | None:
    if found := _BACK.search(words):
        return found
    for year in _YEAR.finditer(words):
        if plan_year is not None and int(year[1]) < plan_year:
            return year
    for period in _PERIOD.finditer(words):
        if plan_year is not None and _FIVE_YEARS[period[1]] < plan_year:
            return period
    return None
