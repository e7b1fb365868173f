"""Likeness: which names are of the same thing, and why; pure.

Merged is only what the words themselves show. Of names that differ, one may have more
words inside or behind (以乡镇为单位的…, …财政补助标准), never in front, where a
qualifier stands (农村公路 is not 公路), nor inside what things are counted by (柴油货车
and 营运柴油货车), and never other words in place of others (城镇 for 农村, 小学 for
初中). Thresholds were chosen on `evals/across/pairs.jsonl`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Literal

from extractor.language.lexicon import INDICATOR_END
from extractor.language.numbers.numerals import CHINESE_DIGITS
from extractor.language.numbers.units import SUFFIX
from extractor.store.across.indicators import Indicator

MERGED = 0.8
"""Share of two-character pieces in common from which names are one indicator."""
PERHAPS = 0.5
"""From which they are shown as perhaps the same."""
REORDERED = 6
"""Characters from which another order of the same ones is no coincidence."""
Ground = Literal[
    "words",
    "folded",
    "glue",
    "order",
    "measure",
    "inside",
    "contained",
    "alike",
    "verb",
    "unit",
    "sense",
    "body",
]
"""words: printed alike; folded: alike after folding; glue: but for 的, 和, 及;
order: the same characters in another order; measure: the longer one names behind what
is measured (…量, …面积, …标准); inside: it has more words inside.
Not merged: contained: the one name is inside the other; alike: many pieces in common;
verb, unit, sense: the same name with another verb, unit (or 每…), or meant otherwise;
body: named for two bodies."""

_GLUE = str.maketrans("", "", "的和及与等、")
_NUMERAL = re.compile(rf"\d+(?:\.\d+)?|[{CHINESE_DIGITS}十百千万亿]")
_BOUND = re.compile(SUFFIX)


@dataclass(frozen=True)
class Likeness:
    """Why two names are one indicator, or are shown side by side."""

    ground: Ground
    share: float = 1.0
    """Of the two-character pieces in common."""
    steps: frozenset[str] = frozenset()
    """What folding did, of `indicators.STEPS`."""


def merged(one: Indicator, other: Indicator) -> Likeness | None:
    """Return why two indicators are the same, None where they are kept apart."""
    if one == other:
        return Likeness("folded")
    if one[1:] != other[1:] or not _may_be_one(one.name, other.name):
        return None
    short, long = sorted((one.name, other.name), key=lambda name: (len(name), name))
    share = in_common(short, long)
    if short.translate(_GLUE) == long.translate(_GLUE):
        return Likeness("glue", share)
    if len(short) == len(long):
        is_order = len(short) >= REORDERED and Counter(short) == Counter(long)
        return Likeness("order", share) if is_order else None
    # Another list is of other things: 门诊费用增幅 and 门诊、住院费用增幅.
    if share < MERGED or short.count("、") != long.count("、"):
        return None
    more = list(_more(short, long))
    if not more or more[0][0] == 0:
        return None
    if more[-1][0] < len(short):
        # Of things that are counted, one more word counts fewer: 营运柴油货车.
        return None if one.sense == "done" else Likeness("inside", share)
    is_measure = all(INDICATOR_END.fullmatch(words) for _, words in more)
    return Likeness("measure", share) if is_measure else None


def perhaps(one: Indicator, other: Indicator) -> Likeness | None:
    """Return why two indicators that are kept apart may be looked at together."""
    if one == other:
        return Likeness("folded")
    if one.name == other.name:
        if (one.dimension, one.each) != (other.dimension, other.each):
            return Likeness("unit")
        return Likeness("sense" if one.sense != other.sense else "verb")
    if one[1:] != other[1:]:
        return None
    short, long = sorted((one.name, other.name), key=len)
    share = in_common(short, long)
    if short in long and share >= PERHAPS:
        return Likeness("contained", share)
    return Likeness("alike", share) if share >= PERHAPS else None


@lru_cache(maxsize=1 << 16)
def pieces(name: str) -> frozenset[str]:
    """Return the pieces of two characters of a name, itself where it is shorter."""
    pairs = [name[at : at + 2] for at in range(len(name) - 1)]
    return frozenset(pairs or [name])


def in_common(one: str, other: str) -> float:
    """Return the share of two-character pieces that two names have in common."""
    own, others = pieces(one), pieces(other)
    return 2 * len(own & others) / (len(own) + len(others))


def _may_be_one(one: str, other: str) -> bool:
    """Say whether no number and no bound tells two names apart."""
    return (
        bool(one and other)
        and sorted(_NUMERAL.findall(one)) == sorted(_NUMERAL.findall(other))
        and sorted(_BOUND.findall(one)) == sorted(_BOUND.findall(other))
    )


def _more(short: str, long: str) -> Iterator[tuple[int, str]]:
    """Yield (place, words) of what the longer name has more.

    Nothing where the shorter one has words of its own.
    """
    blocks = SequenceMatcher(None, short, long, autojunk=False).get_opcodes()
    if all(tag in ("equal", "insert") for tag, *_ in blocks):
        for tag, place, _, start, end in blocks:
            if tag == "insert":
                yield place, long[start:end]
