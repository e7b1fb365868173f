"""What looks back: the parts of a text that tell what was done, not what will be.

A report has a half of each kind, with headings or without; what was achieved is no
promise (guidelines, section 1).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Literal

from extractor.core.lines import Lines
from extractor.core.spans import Span
from extractor.documents.outline import Node, heading_text
from extractor.language.labels import Label
from extractor.language.verbs import VERB_PATTERN

Reason = Literal[
    "opening", "preamble", "review", "heading", "annex", "closing", "loose"
]
"""Why a line is in no item.

opening and closing: in front of the first item and behind the last; preamble and
review: under such a heading, or looking back; annex: a glossary or what is attached;
heading: a title, a heading or a label alone; loose: between items.
"""
_MAX_NAME = 30
"""Letters of the longest heading that can open a preamble or a review."""
_PREAMBLE = re.compile(
    "(?:工作)?(?:总体要求|指导思想|总体思路|基本原则|工作思路|工作原则|总体考虑|总体部署|总要求"
    "|基本思路|编制依据|面临形势|形势分析|发展环境)"
)
_REVIEW = re.compile(
    "回顾|工作总结|完成情况|(?:主要)?(?:工作)?(?:成效|成绩)$|存在(?:的)?(?:主要)?(?:问题|困难|不足)"
)
_YEAR_AHEAD = re.compile("[0-9]{4}\\s*年度?的?")
_GOALS = re.compile("[一-龥]{0,6}(?:目标|指标)")
_NOUN_BEHIND = re.compile("情况|成效|成绩|问题|总结|回顾|的")
_MAX_LEAD = 60
"""Characters of a line that say which way the lines below it look."""
_MOST = 0.75
"""Share of a text that may look back; a plan that is all review is misread."""
# Each way begins with a letter of its own, so that the search skips what has none.
_BACK = re.compile(
    "回顾|总结|刚刚过去|过去的?[一三五]年|一(?<![\\d十]一)年来|三(?<![\\d十]三)年来"
    "|五(?<![\\d十]五)年来|去年以来|取得的?成[绩效]$|主要的?成[绩效]$"
    "|工作(?:完成|进展)情况|任务(?:完成|进展)情况|目标(?:完成|进展)情况"
)
_AHEAD = re.compile(
    "今年(?:是|的|工作|我们|要|重点|全)|今后|未来[一三五]年|做好(?:今年|20\\d\\d年)|新的一年|下一步|下半年|明年"
    "|工作(?:安排|计划|打算|思路|要求|要点|部署|举措)|主要(?:工作|任务|要求)|重点(?:工作|任务|要求)|总体(?:工作|任务|要求)|目标"
)
_THIS_YEAR = re.compile("今年|本年|(?<!去)年[底末]前|[0-9]月[底末]?前")
_YEAR = re.compile("(20(?<![\\d年至到—-]20)\\d\\d)年(?!来|以来|前|底前)")
_PAST = re.compile("去年|上年(?!同期|度?结转)|[一三五]年来|过去的?[一三五]年|截至|截止")
_SPEAKS = re.compile("[。！？]")


def reason_to_leave_out(name: str) -> Reason | None:
    """Say why nothing under a heading is promised; None where it may be.

    A heading that begins with what is to be done is none of a review: 提升治理成效,
    通报任务完成情况.
    """
    if year := _YEAR_AHEAD.match(name):
        name = name[year.end() :]
    name = name.strip("【】。：: 　")
    if len(name) > _MAX_NAME:
        return None
    # 总体要求和主要目标 states targets: better a point too many than a promise lost.
    if _PREAMBLE.match(name) and "目标" not in name:
        return "preamble"
    verb = VERB_PATTERN.match(name)
    acts = verb is not None and _NOUN_BEHIND.match(name, verb.end()) is None
    return "review" if _REVIEW.search(name) and not acts else None


def states_goals(text: str, node: Node) -> bool:
    """Say whether a part of a preamble is named for its goals: （二）主要目标."""
    heading = heading_text(text, node)
    return _GOALS.match(text, node.body_start(text), heading.end) is not None


def excluded_nodes(text: str, outline: list[Node]) -> Iterator[tuple[Span, Reason]]:
    """Yield the parts of an outline that stand under such a heading."""
    for node in outline:
        heading = heading_text(text, node)
        reason = reason_to_leave_out(text[node.body_start(text) : heading.end])
        if reason == "preamble" and any(states_goals(text, c) for c in node.children):
            yield Span(node.start, node.end), reason
            for child in node.children:
                if not states_goals(text, child):
                    yield Span(child.start, child.stop), reason
        elif reason:
            yield Span(node.start, node.stop), reason
        else:
            yield from excluded_nodes(text, node.children)


def looking_back(
    lines: Lines, labels: Sequence[Label | None], plan_year: int | None
) -> list[Span]:
    """Return the stretches of a text that look back, in order.

    A stretch goes from the line that turns back to the one that turns ahead; without
    that one there is none, since a plan may well end with what it builds on.

    Args:
        lines: the lines of a document's cleaned text.
        labels: what each begins with.
        plan_year: earlier years are past; None when it is not known.
    """
    spans: list[Span] = []
    start: int | None = None
    for at, is_back in _turns(lines, labels, plan_year):
        if is_back and start is None:
            start = at
        elif not is_back and start is not None:
            spans.append(Span(start, at))
            start = None
    size = sum(span.end - span.start for span in spans)
    return spans if size <= _MOST * len(lines.text) else []


def is_past(sentence: str, plan_year: int | None) -> bool:
    """Say whether a sentence tells what was: 去年…, 2020年… in a plan for 2021."""
    is_ahead = _AHEAD.search(sentence) or _THIS_YEAR.search(sentence)
    years = [int(year) for year in _YEAR.findall(sentence)]
    if plan_year is not None and years:
        return max(years) < plan_year and is_ahead is None
    return _PAST.search(sentence) is not None and is_ahead is None


def _turns(
    lines: Lines, labels: Sequence[Label | None], plan_year: int | None
) -> Iterator[tuple[int, bool]]:
    """Yield where lines turn back (True) or ahead (False)."""
    rows = zip(lines.starts, lines.texts(), labels, strict=True)
    for start, words, label in rows:
        if label is not None and len(words) > _MAX_LEAD:
            continue
        first = label.length if label else 0
        end = _SPEAKS.search(words, first, first + _MAX_LEAD)
        sentence = words[first : end.start() if end else first + _MAX_LEAD].strip()
        is_back, is_ahead = _ways(sentence, plan_year) if sentence else (False, False)
        if is_back != is_ahead:
            yield start, is_back


def _ways(words: str, plan_year: int | None) -> tuple[bool, bool]:
    """Say whether words turn back, and whether they turn ahead."""
    years = [int(year) for year in _YEAR.findall(words)]
    is_past = plan_year is not None and any(year < plan_year for year in years)
    is_due = plan_year is not None and any(year >= plan_year for year in years)
    is_heading = len(words) <= 25
    is_back = _BACK.search(words) is not None or (is_past and is_heading)
    return is_back, _AHEAD.search(words) is not None or (is_due and is_heading)
