"""Labels of Chinese outlines: what a numbered line starts with."""

from __future__ import annotations

import re
from enum import IntEnum
from functools import cache
from typing import NamedTuple

from extractor.language.numbers.numerals import parse_numeral

HAN_DIGITS = "零〇一二三四五六七八九十百"
BULLETS = "★☆▲△●○◆◇■□▶►➢➤✓✔※•·"
_NUMERAL = f"[{HAN_DIGITS}]{{1,5}}"
_DIGITS = "[0-9０-９]"
_NOT_A_DECIMAL = (
    f"(?!\\s*{_DIGITS})|(?=\\s*(?:19|20){_DIGITS}{{2}}\\s*年)"
    f"|(?=\\s*{_DIGITS}{{1,2}}\\s*月)"
)


class Rank(IntEnum):
    """Depth of a kind of label: the smaller number stands above the larger."""

    PART = 0
    CHAPTER = 10
    SECTION = 20
    NUMERAL = 30
    ARTICLE = 35
    NUMERAL_IN_BRACKETS = 40
    NAMED = 45
    DIGITS = 50
    DECIMAL = 60
    DIGITS_IN_BRACKETS = 70
    CIRCLED = 80
    BULLET = 90


class Label(NamedTuple):
    """A label at the start of a text."""

    rank: Rank
    value: int
    """Its number; 0 for a bullet."""
    length: int
    """Characters from the start of the text to the end of the label."""
    is_weak: bool = False
    """A number without punctuation: a label only as part of a sequence."""


_PATTERNS: tuple[tuple[Rank, re.Pattern[str]], ...] = tuple(
    (rank, re.compile(f"(?:[{BULLETS}]\\s*)?{pattern}"))
    for rank, pattern in (
        (Rank.PART, f"第\\s*({_NUMERAL}|{_DIGITS}{{1,2}})\\s*(?:部分|篇|编)"),
        (Rank.CHAPTER, f"第\\s*({_NUMERAL}|{_DIGITS}{{1,2}})\\s*章"),
        (Rank.SECTION, f"第\\s*({_NUMERAL}|{_DIGITS}{{1,2}})\\s*节"),
        (Rank.ARTICLE, f"第\\s*({_NUMERAL}|{_DIGITS}{{1,3}})\\s*条"),
        (Rank.NAMED, f"第\\s*({_NUMERAL}|{_DIGITS}{{1,2}})\\s*[件项]"),
        (
            Rank.NAMED,
            "(?:重点)?(?:任务|项目|实事|工程|专项|行动|措施)\\s*"
            f"({_NUMERAL}|{_DIGITS}{{1,3}})(?=\\s*[:：、.．])",
        ),
        (Rank.NUMERAL, f"({_NUMERAL})\\s*[、.．]"),
        (
            Rank.NUMERAL_IN_BRACKETS,
            f"[（(﹙]\\s*({_NUMERAL})\\s*[)）﹚](?:\\s*[、.．])?",
        ),
        (
            Rank.DECIMAL,
            f"{_DIGITS}{{1,2}}(?:[.．]{_DIGITS}{{1,2}})*[.．]({_DIGITS}{{1,2}})"
            "(?:[、.．](?![0-9])|(?=\\s+\\S)|(?=[\u4e00-\u9fff])(?![万亿倍个元所米千百版月吨亩]|公[里顷斤]|平方))",
        ),
        (Rank.DIGITS, f"({_DIGITS}{{1,3}})\\s*(?:[.．、](?:{_NOT_A_DECIMAL}))"),
        (
            Rank.DIGITS_IN_BRACKETS,
            f"[（(﹙]\\s*({_DIGITS}{{1,3}})\\s*[)）﹚](?:\\s*[、.．])?",
        ),
        (Rank.DIGITS_IN_BRACKETS, f"({_DIGITS}{{1,2}})\\s*[)）]"),
    )
)
_OPENINGS = (
    *("第",) * 5,
    "[重任项实工专行措]",
    f"[{HAN_DIGITS}]",
    "[（(﹙]",
    *(_DIGITS,) * 2,
    "[（(﹙]",
    _DIGITS,
)
"""How each pattern's label begins, so that most lines are tried by none."""
INLINE_START = f"[{HAN_DIGITS}0-9０-９（(﹙{BULLETS}⒈-⒛㈠-㈩]"
"""How a label of a numeral begins, in brackets or not; other kinds open a line."""
_LONG = re.compile(f"({_DIGITS}{{4,6}})\\s*(?:[.．、](?:{_NOT_A_DECIMAL}))")
_ORDINAL_RANKS = frozenset(
    {Rank.PART, Rank.CHAPTER, Rank.SECTION, Rank.ARTICLE, Rank.NAMED}
)
_AFTER_ORDINAL = re.compile("[\\s、：:.．]|$")
_WEAK = re.compile(f'({_DIGITS}{{1,3}})(?=\\s+[\u4e00-\u9fff“"《]|$)')
_BULLET = re.compile(f"[{BULLETS}]+\\s*(?=\\S)|[-–—*]\\s+(?=[\u4e00-\u9fff])")


def find_label(text: str) -> Label | None:
    """Return the label that `text` starts with, None if there is none."""
    first = text[:1]
    if first in _CHARACTER_LABELS:
        return _CHARACTER_LABELS[first]
    candidates = _candidates(first)
    if candidates is None:
        return None
    for rank, pattern in candidates:
        found = pattern.match(text)
        if not found:
            continue
        if rank in _ORDINAL_RANKS and not _AFTER_ORDINAL.match(text, found.end()):
            # "第一节课", "第二条道路" are prose.
            continue
        end = found.end()
        if rank in _ORDINAL_RANKS and text[end : end + 1] in {"、", "：", ":"}:
            end += 1
        return Label(rank, _number(found[1]), end)
    weak = _WEAK.match(text)
    if weak:
        return Label(Rank.DIGITS, _number(weak[1]), weak.end(), is_weak=True)
    bullet = _BULLET.match(text)
    if bullet:
        return Label(Rank.BULLET, 0, len(bullet[0].rstrip()))
    return None


def find_next_label(text: str, value: int) -> Label | None:
    """Return the label of more than three digits that counts on to `value`.

    Alone such a number is a year; where 999 points stand above it is the next one.
    """
    found = _LONG.match(text)
    if found is None or _number(found[1]) != value:
        return None
    return Label(Rank.DIGITS, value, found.end())


@cache
def _candidates(first: str) -> tuple[tuple[Rank, re.Pattern[str]], ...] | None:
    """Return the patterns that a text with this first character may match.

    None where it begins no label, not even a weak one.
    """
    if first in BULLETS:
        return _PATTERNS
    candidates = tuple(
        (rank, pattern)
        for (rank, pattern), opening in zip(_PATTERNS, _OPENINGS, strict=True)
        if re.match(opening, first)
    )
    return candidates if candidates or first in "-–—*" else None


def _character_labels() -> dict[str, Label]:
    """Return the labels that Unicode has one character for: ①, ⑴, ⒈, ㈠."""
    bases = (
        ("①", 20, Rank.CIRCLED),
        ("❶", 10, Rank.CIRCLED),
        ("⑴", 20, Rank.DIGITS_IN_BRACKETS),
        ("⒈", 20, Rank.DIGITS),
        ("㈠", 10, Rank.NUMERAL_IN_BRACKETS),
    )
    return {
        chr(ord(base) + at): Label(rank, at + 1, 1)
        for base, count, rank in bases
        for at in range(count)
    }


_CHARACTER_LABELS = _character_labels()


def _number(digits: str) -> int:
    """Return the value of a numeral; 0 where it is none (三四、)."""
    if digits.isascii() and digits.isdecimal():
        return int(digits)
    return int(parse_numeral(digits) or 0)
