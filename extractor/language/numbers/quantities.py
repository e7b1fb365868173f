"""Words of a number to a `Quantity`: value, unit, comparator, change and baseline.

Pure; computed by rules, never taken from a model (design, law 2).
The meaning of the fields is section 3 of the annotation guidelines.

Rulings on what the guidelines leave open:

- 百分之八十 and 八成 are 80 with unit "%", 千分之三 is 3 "‰", and a fraction is a
  percentage rounded to two places (三分之一 and 1/3 are 33.33 "%", 一半 is 50 "%").
- A magnitude alone counts people, things and events (万名, 百个, 千家); with 余, or
  behind a comparator at the end of its phrase, whatever it measures (百余亩, 近万人).
  In 亿元企业, 万人计划 and 千家万户 it is part of a name.
- A full-width ％ is unit "%"; any other unit keeps the characters as printed.
- 翻一番 is 1 "番", an `increase`.
- A ratio keeps the side that is not 1 as value and the rest as unit: 1:15 is 15 "1:".
- Whole years, months and weeks are durations and refused; days, hours and minutes
  are amounts. An average in years with a decimal (11.3年) is an amount.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from extractor.core.records import Change, Comparator, Quantity
from extractor.core.spans import Span, trim
from extractor.language.numbers import units
from extractor.language.numbers.amounts import Amount, blank, mask, range_ends, scan
from extractor.language.numbers.change import find_baseline, find_change
from extractor.language.numbers.numerals import fold

_CLAUSE_END = re.compile(r"[。；;！!？?，,\n]")
_EDGE = " \t\r\n\u3000，。；、：,;:!"
_PREFIX = re.compile(units.PREFIX)
_FILLER = re.compile(
    r"(?:(?:可|能|均|都|各|分别|要|应|须|将|为|达|在|到|至|每年|年均|平均|新增|建成|完成"
    r"|的|有)*)$"
)
_INSIDE = re.compile(f"(?:{units.INSIDE})?")
_SPARSE_PREFIX = re.compile(r"至少|至多|最少|最多")
_FAR = 100
"""Characters in front of a number that its comparator may stand off."""
_FROM_AHEAD = re.compile(r"[从由][^\d，。；,;]{0,6}$")
_SUFFIX = re.compile(units.SUFFIX)
_NEAR = 24
"""Characters in front of a number that may hold its comparator or verb."""
_HAN_LAST = re.compile(r"[\u4e00-\u9fff]\s*$")
# Digits that no amount covers: the 5 of 2万5.
_DIGIT = re.compile(r"\d")


def _last_clause(text: str) -> str:
    """Return what follows the last clause mark of the text before a number."""
    return _CLAUSE_END.split(text)[-1]


class _Group(NamedTuple):
    """An amount, or the two ends of a range read as one."""

    first: Amount
    last: Amount
    value: Decimal
    upper: Decimal | None
    is_torn: bool = False
    """A dash joins it to another amount, and the two are no range."""


def _groups(amounts: list[Amount], text: str) -> Iterator[_Group]:
    """Yield the amounts in order, the two ends of a range as one."""
    index = 0
    while index < len(amounts):
        first, *rest = amounts[index : index + 2]
        joined = bool(rest) and _joins(first, rest[0], text)
        ends = range_ends(first, rest[0]) if joined else None
        if ends:
            yield _Group(first, rest[0], *ends)
        else:
            yield _Group(first, first, first.value, None, is_torn=joined)
        index += 2 if ends else 1


def _joins(first: Amount, second: Amount, text: str) -> bool:
    """Say whether only a range sign stands between two amounts."""
    near = max(0, first.start - _NEAR)
    if _FROM_AHEAD.search(text, near, first.start) or first.suffix:
        return False
    between = text[first.end : second.start]
    return bool(units.RANGE_SIGN.fullmatch(between)) and bool(
        second.unit or _scaled(second)
    )


def _scaled(amount: Amount) -> bool:
    """Say whether a bare number is named by its magnitude (3-5万)."""
    return any(char in amount.number for char in "万亿")


_REFERENCE = re.compile(r"[^，,。；;、0-9]{1,24}的")
"""What a share is of, between comparator and number: 不低于在校生规模的50%."""


def _prefix(lead: str, *, with_verbs: bool = True) -> tuple[Comparator, int] | None:
    """Return the comparator that governs the end of `lead` and where it starts.

    With `with_verbs`, a verb may stand between it and the number (至少达到80%).
    """
    start = max(0, len(lead) - _FAR)
    for match in reversed(list(_PREFIX.finditer(lead, start))):
        rest = lead[match.end() :].strip()
        name = _named(match)
        if name == "approx" or match[0] in ("最低", "最高", "最少", "最多"):
            fits = not rest
        elif match[0] in ("超", "逾"):
            fits = bool(_INSIDE.fullmatch(rest))
        else:
            fits = bool(_INSIDE.fullmatch(rest)) or (
                with_verbs
                and bool(
                    _FILLER.fullmatch(rest)
                    or (not match.start() and _REFERENCE.fullmatch(rest))
                )
            )
        if fits:
            return name, match.start()
    return None


def _named(match: re.Match[str]) -> Comparator:
    """Return the comparator that a match of `_PREFIX` prints."""
    return next(name for name, _ in units.PREFIXES if match[name])


def _suffix(group: _Group, after: str) -> Comparator | None:
    """Return the comparator of the words after the unit."""
    printed = group.last.suffix
    if not printed:
        match = _SUFFIX.match(after)
        printed = match[0] if match else ""
    if not printed:
        return None
    if (
        "内" in printed
        and len(printed) == 1
        and group.last.unit not in units.CLOCK_UNITS
    ):
        return None
    for name, pattern in units.SUFFIXES:
        if pattern.search(printed):
            return name
    return None


def _comparator(
    group: _Group, lead: str, before: str, after: str
) -> tuple[Comparator, str]:
    """Return the comparator as printed, and its part of the rule's name.

    Words in front win over words behind, and both over 余 and 约: 超过100余家 is
    more than 100, 约80%以上 at least 80.
    """
    prefix = _prefix(lead)
    context = None if prefix or lead.strip() else _adjacent(before)
    if group.upper is not None:
        return "range", "range"
    if prefix and prefix[0] != "approx":
        return prefix[0], "comparator-prefix"
    if context and context != "approx":
        return context, "comparator-context"
    suffix = _suffix(group, after)
    if suffix:
        return suffix, "comparator-suffix"
    if group.last.has_more:
        return "ge", "comparator-more"
    if prefix or context:
        return "approx", "comparator-prefix"
    return "eq", "plain"


def _adjacent(before: str) -> Comparator | None:
    """Return the comparator that ends the text in front of a quote.

    A quote cut too short (94% after 不低于) still means what is printed.
    """
    matches = list(_PREFIX.finditer(before))
    if not matches:
        return None
    last = matches[-1]
    rest = before[last.end() :].strip()
    is_near = not rest or (len(rest) <= 3 and _SPARSE_PREFIX.fullmatch(last[0]))
    return _named(last) if is_near else None


def _read(text: str, context: str) -> list[_Group] | None:
    """Return the amounts of a quote, ranges joined; None when any is unreadable."""
    amounts = list(scan(text, context))
    if not amounts or any(amount is None for amount in amounts):
        return None
    read = [amount for amount in amounts if amount is not None]
    if _DIGIT.search(blank(mask(text), read)):
        return None
    groups = list(_groups(read, text))
    return None if any(group.is_torn for group in groups) else groups


def _is_loose(group: _Group, text: str, lead: str, *, has_comparator: bool) -> bool:
    """Say whether a bare number is too little to be a quantity.

    Refused: a label ("12.", "3、"), a year, and a number that a noun follows
    (121工程); kept: 达到500, 30万以上.
    """
    last = group.last
    if last.unit:
        return False
    tail = text[last.end :].strip()
    if tail and not last.suffix:
        return True
    if has_comparator or _scaled(last):
        return False
    if 1900 <= last.value <= 2100 and len(last.number) == 4:
        return True
    return not _HAN_LAST.search(lead)


def parse_quantity(quote: str, *, before: str = "", after: str = "") -> Quantity | None:
    """Compute the quantity that a quote states.

    Args:
        quote: the words of the number with comparator and unit; a verb in front
            is read too (提高5个百分点).
        before: text of the clause in front of the quote; supplies movement verbs
            (近视率下降), starting values (从77%提高到) and a comparator cut off.
        after: text of the clause behind the quote.

    Returns:
        The quantity, or None when the quote names no number (若干, 一批), is a date,
        an ordinal, a label or a formula, or holds numbers that are not one target.
    """
    text = fold(quote)
    offset = len(text) - len(text.lstrip(_EDGE + "'\""))
    text = text[offset:].rstrip(_EDGE + "'\"")
    if text[:1] in "“「『" and text[-1:] in "”」』":
        return None
    # Dates in front (2022年底前达到80%) are decoys; one alone leaves no amount.
    groups = _read(text, fold(before))
    if not groups or len(groups) > 2:
        return None
    target = groups[-1]
    lead = _last_clause(text[: target.first.start])
    context = _last_clause(fold(before)) if lead == text[: target.first.start] else ""
    baseline = find_baseline(context + lead, target.last.unit)
    if len(groups) == 2 and (baseline is None or baseline != groups[0].value):
        return None
    folded_after = fold(after)
    comparator, rule = _comparator(target, lead, context, folded_after)
    if _is_loose(target, text, context + lead, has_comparator=comparator != "eq"):
        return None
    prefix = _prefix(lead)
    clause = context + (lead[: prefix[1]] if prefix else lead)
    change: Change = find_change(clause, target.last.unit, folded_after)
    return Quantity(
        quote=quote,
        value=target.value,
        upper=target.upper,
        unit=_printed_unit(quote, offset, target.last),
        comparator=comparator,
        baseline=baseline,
        change=change,
        rule=_rule(rule, target, has_baseline=baseline is not None),
    )


def _printed_unit(quote: str, offset: int, amount: Amount) -> str:
    """Return the unit in the quote's own characters, ％ alone made %."""
    if amount.unit_start < 0 or amount.unit_end == amount.unit_start:
        return amount.unit
    printed = quote[offset + amount.unit_start : offset + amount.unit_end]
    return printed.replace("％", "%").replace("﹪", "%")


def _rule(comparator: str, group: _Group, *, has_baseline: bool) -> str:
    """Name the rule: comparator source, kind of number, unit, baseline."""
    parts = [comparator, group.last.kind, "unit" if group.last.unit else "bare"]
    if has_baseline:
        parts.append("baseline")
    return "+".join(parts)


_BARE_AFTER = re.compile(r"\s*(?:$|[，。；、,;)）]|参保|以上)")
_BARE_BEFORE = re.compile(r"(?:达到?|为|至|到|突破|超过|不少于)\s*$")


def iter_quantities(text: str) -> Iterator[Span]:
    """Yield the quantity-like expressions of running prose, in order, not nested.

    Each span runs from the comparator in front to the unit or the comparator behind;
    the two ends of a range are one span, 从…到… two.
    Recall first: what is merely counted (三个试点区) is yielded too.
    """
    folded = fold(text)
    end = 0
    # A line break ends a clause, but scraped text also breaks lines inside one.
    for group in _groups([a for a in scan(folded) if a is not None], folded):
        start = group.first.start
        lead = folded[max(end, start - _NEAR) : start]
        prefix = _prefix(_last_clause(lead), with_verbs=False)
        length = len(_last_clause(lead)) - prefix[1] if prefix else 0
        begin = start - length
        if _stands(group, folded, has_prefix=prefix is not None):
            end = trim(folded, Span(start, group.last.end)).end
            yield Span(begin, end)


def _stands(group: _Group, text: str, *, has_prefix: bool) -> bool:
    """Say whether an amount of prose is worth proposing: a bare number needs more."""
    last, start = group.last, group.first.start
    if last.unit or last.suffix or has_prefix:
        return True
    if _scaled(last) and last.kind == "arabic":
        return True
    return bool(
        _BARE_AFTER.match(text, last.end)
        and _BARE_BEFORE.search(text, max(0, start - _NEAR), start)
    )
