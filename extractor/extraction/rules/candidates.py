"""Find, read and type every number and date of an item: target, baseline or decoy.

Recall first: whatever `quantities` and `deadlines` see is a candidate, and each one
that is not used carries the reason why (guidelines, "Not targets", "Not deadlines").
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal, NamedTuple

from extractor.core.records import Quantity
from extractor.core.spans import Span
from extractor.extraction.rules.asides import Aside, asides
from extractor.extraction.rules.decoys import (
    Seen,
    decoy_reason,
    inside_name,
    merely_counted,
)
from extractor.extraction.rules.notes import find_notes
from extractor.extraction.rules.times import DateCandidate, Stop, find_times
from extractor.language.clauses import Clause, clause_at, split_clauses
from extractor.language.lexicon import has_predicate
from extractor.language.numbers.damage import is_broken
from extractor.language.numbers.numerals import half_width
from extractor.language.numbers.quantities import iter_quantities, parse_quantity

Role = Literal["target", "baseline", "decoy"]
TARGET = "number"
"""The reason of a target: nothing speaks against it."""
_BASELINES = frozenset({"from-to", "on-the-basis-of"})


class NumberCandidate(NamedTuple):
    """A number of the item and what it is."""

    span: Span
    clause: int
    quantity: Quantity | None
    """What it says; None where no rule can read it."""
    reason: str
    """Name of the rule that decided the role."""

    @property
    def role(self) -> Role:
        """Return what the number is for the plan."""
        if self.reason == TARGET:
            return "target"
        return "baseline" if self.reason in _BASELINES else "decoy"


class Candidates(NamedTuple):
    """What the rules see in one item."""

    clauses: tuple[Clause, ...]
    numbers: tuple[NumberCandidate, ...]
    dates: tuple[DateCandidate, ...]
    stops: tuple[Stop, ...]
    asides: tuple[Aside | None, ...]
    """Why each clause promises nothing; None where it may."""

    @property
    def targets(self) -> tuple[NumberCandidate, ...]:
        """Return the numbers the plan undertakes to reach."""
        return tuple(n for n in self.numbers if n.role == "target")


_BASELINE_BEFORE = re.compile(r"(?:从|由)[^，。；]{0,14}$")
_BASELINE_AFTER = re.compile(
    r"^[^，。；]{0,6}?(?:提高|提升|增加|增长|增|扩大|扩充|扩|降低|下降|降|减少|减|压减|压缩"
    r"|缩短|上升|升|调|调整|上调|下调|拓展|发展|延长|优化|恢复)(?:到|至|为)"
)
_ON_BASIS = re.compile(r"^(?:[^，。；]{0,2}的?|[^，。；]{0,8}的)基础上")
# The words between a comparator and its number: 不低于|在校生规模的|50%.
_COMPARATOR_APART = re.compile(
    r"(?:不低于|不少于|不高于|不超过|不大于|不小于|高于|低于|超过|超|达到)"
    r"(?=[^，,。；、]{1,24}的$)[^，,。；、0-9]*$"
)
_PER_HEAD = re.compile(r"每[人生户亩校](?:每[年月日天]|每学[年期])?$")
_PER_THOUSAND = re.compile(
    r"(?:超过?|不低于|不少于|高于|低于)?每(?:百|千|万|十万|百万)(?:名[一-龥]{2,4}|人(?:口)?|户)(?:拥有)?$"
)
COUNTING = re.compile(r"(?:[和\s]|共|合计|总计|折合|涉及|惠及|约|计)*")
"""Words in a bracket that only lead to its amount."""
_PART = re.compile(r"其中|含|包括|不含|不少于|不低于|各|每|新|至少")
_COMPARATOR_WINDOW = 32
_FUSED = re.compile("[）)】〕\\]](?=[\u4e00-\u9fff])")


def find_candidates(printed: str, start: int, plan_year: int | None) -> Candidates:
    """Read and type every number and date in `printed[start:]`.

    Args:
        printed: an item's cleaned text, its digits of any width.
        start: where its prose begins, behind the label.
        plan_year: for dates without a year.
    """
    text = half_width(printed)
    clauses = tuple(split_clauses(_with_ends(text), start))
    aside = asides(text, clauses, plan_year)
    dates, stops = find_times(text, start, clauses, plan_year)
    numbers: list[NumberCandidate] = []
    for found in iter_quantities(text):
        if found.start < start or any(found.overlaps(date.span) for date in dates):
            continue
        span = _with_comparator(text, found)
        index = clause_at(clauses, span.start)
        if index is not None:
            number = _read(printed, text, span, index, clauses[index].span)
            numbers.append(_beside(text, clauses, numbers, number, aside[index]))
    return Candidates(clauses, tuple(numbers), dates, stops, aside)


def _with_ends(text: str) -> str:
    """Return the text with a full stop where a note closes a stretch of a fused line.

    新建泵站4座（甲局牵头）|新建学校2所（乙局牵头）: one character for one.
    """
    for note in find_notes(text):
        if _FUSED.match(text, note.span.end - 1):
            text = text[: note.span.end - 1] + "。" + text[note.span.end :]
    return text


def _read(
    printed: str, text: str, span: Span, index: int, clause: Span
) -> NumberCandidate:
    """Compute a number where it stands, and type it by the words around it."""
    around = Span(clause.start, span.start), Span(span.end, clause.end)
    before, after = (words.slice(printed) for words in around)
    quantity = parse_quantity(span.slice(printed), before=before, after=after)
    if quantity is None:
        return NumberCandidate(span, index, None, "unreadable")
    before, after = (words.slice(text) for words in around)
    seen = Seen(span.slice(text), half_width(quantity.unit), before, after)
    reason = "damaged" if is_broken(text, span) else _reason(text, span, seen)
    return NumberCandidate(span, index, quantity, reason)


def _beside(
    text: str,
    clauses: Sequence[Clause],
    earlier: Sequence[NumberCandidate],
    number: NumberCandidate,
    aside: Aside | None,
) -> NumberCandidate:
    """Type a number again by what stands before it in the item."""
    span, reason, clause = number.span, number.reason, clauses[number.clause]
    last = earlier[-1] if earlier else None
    again = clause.is_bracketed and _counts_again(text, earlier, clause, span)
    if again and reason == "merely-counted":
        reason = TARGET
    is_part = again or (last is not None and _is_part_of(text, last, span))
    if reason == TARGET and not is_part and _is_gloss(text, clause):
        reason = "gloss"
    if reason == TARGET and aside:
        reason = aside
    if (
        last is not None
        and last.reason == "existing"
        and clauses[last.clause].sentence == clause.sentence
        and (is_share(text, clause) or _goes_on(text, last, span))
    ):
        # 现有412所，其中公办187所: a part is like the whole.
        reason = "existing"
    return number._replace(reason=reason)


def _is_gloss(text: str, clause: Clause) -> bool:
    """Say whether a bracket describes: 立体车楼（地上6层）, 公路（境内31公里）."""
    words = clause.span.slice(text)
    if not clause.is_bracketed or _PART.match(words):
        return False
    return not has_predicate(words)


def _is_part_of(text: str, whole: NumberCandidate, span: Span) -> bool:
    """Say whether a bracket breaks a target down: 小巷40条（城区|22条、江区18条）."""
    unit = re.sub(r"[\d.,万亿余多]", "", span.slice(text))
    return (
        whole.reason == TARGET
        and whole.span.slice(text).endswith(unit)
        and (span.start - whole.span.end < _COMPARATOR_WINDOW)
    )


def _counts_again(
    text: str, numbers: Sequence[NumberCandidate], bracket: Clause, span: Span
) -> bool:
    """Say whether a bracket counts a target once more: 1200户|（3600人）.

    It stands right behind the target or its noun and says no more than the amount;
    立体车楼（地上6层） describes.
    """
    opening = max(text.rfind(mark, 0, bracket.span.start) for mark in "（(")
    whole = next((n for n in reversed(numbers) if n.span.end <= opening), None)
    if whole is None or whole.reason != TARGET:
        return False
    between = text[whole.span.end : opening]
    is_behind = re.fullmatch("[^，。；、,;]{0,12}", between) is not None
    part = next(
        part
        for part in re.finditer("[^、]+", bracket.span.slice(text))
        if bracket.span.start + part.end() > span.start
    )
    rest = part.group()
    for amount in reversed(list(iter_quantities(rest))):
        rest = rest[: amount.start] + rest[amount.end :]
    return is_behind and COUNTING.fullmatch(rest) is not None


def is_share(text: str, clause: Clause) -> bool:
    """Say whether a clause names a part of what was counted before: 其中…."""
    return clause.span.slice(text).startswith("其中")


def _goes_on(text: str, before: NumberCandidate, span: Span) -> bool:
    """Say whether a number goes on with a list: 现有泵车9台、|拉水车4台."""
    between = text[before.span.end : span.start]
    return re.fullmatch(r"[、和][^，。；、]{1,12}", between) is not None


def _with_comparator(text: str, span: Span) -> Span:
    """Take in the words that belong to a number in front of it.

    不低于在校生规模的50% is one contiguous quote (guidelines, section 6), and so is an
    amount per head, 每人每月780元.
    """
    if per_thousand := _PER_THOUSAND.search(text, max(0, span.start - 8), span.start):
        return Span(per_thousand.start(), span.end)
    per_head = _PER_HEAD.search(text, max(0, span.start - 6), span.start)
    if per_head and span.slice(text).endswith("元"):
        return Span(per_head.start(), span.end)
    window = max(0, span.start - _COMPARATOR_WINDOW)
    match = _COMPARATOR_APART.search(text, window, span.start)
    if match is None or match.group().startswith("达到"):
        return span
    wider = Span(match.start(), span.end)
    return wider if parse_quantity(wider.slice(text)) else span


def _reason(text: str, span: Span, seen: Seen) -> str:
    """Return the name of the ruling that types a number by its own clause."""
    if reason := inside_name(text, span):
        return reason
    if _BASELINE_BEFORE.search(seen.before) and _BASELINE_AFTER.match(seen.after):
        return "from-to"
    if _ON_BASIS.match(seen.after):
        return "on-the-basis-of"
    if reason := decoy_reason(seen):
        return reason
    return "merely-counted" if merely_counted(seen) else TARGET
