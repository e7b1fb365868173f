"""Indicators: what a number of a plan is of, told from the record's own words; pure.

Two numbers can stand side by side when they are of the same thing, measured alike, and
meant alike: a level, an amount that is done, or a movement up or down.
No list of synonyms is used: words are folded, and a verb that is only announced, or
stands behind its object, is put in one place.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal, NamedTuple

from extractor.core.records import content_id
from extractor.language.lexicon import SCOPE
from extractor.language.numbers.dimensions import measure
from extractor.language.numbers.units import RELATIVE_UNITS
from extractor.language.verbs import LEVEL_VERBS, LIGHT_VERBS, NOMINAL_VERBS, WRAPPERS
from extractor.store.across.pledges import Pledge
from extractor.store.finding.search_text import clean_words

Sense = Literal["level", "done", "up", "down", "none"]
"""level: it is to stand at the number; done: so much is to be done in the time of the
plan (新增, 新建, 培训); up, down: it is to move by it; none: there is no number."""

SHORT = 3
"""Characters of a name that says too little alone."""
_NO_LETTER = re.compile(r"(?!(?<=\d)\.(?=\d))[^\w%‰+&、]|_")
_YEAR = re.compile(r"(?:19|20)\d\d年度?")
_QUANTIFIER = re.compile("^(?:各[类项种]?|所有|全部)")
_EACH = re.compile("每(?:[个一]?(?:半年|学年|学期|季度|年|季|月|旬|周|天|日))?")
_STANDS = re.compile("[到至在为达]$|^(?:保持|稳定|控制|维持)")


class Folded(NamedTuple):
    """A name as it is compared, and what was done to its printed words for it."""

    text: str
    steps: frozenset[str]
    """Of `STEPS`."""


STEPS = ("script", "marks", "year", "scope", "verb")
"""script: traditional characters, width, case, damage; marks: brackets, quotation marks
and other punctuation; year: a year in the name; scope: 全市, 各类 in front of it; verb:
the verb stands behind its object."""


class Indicator(NamedTuple):
    """What a number is of."""

    name: str
    """Folded; "" where the record has no object."""
    deed: str
    """The verb, where it says what is counted: 新建 is another thing than 改造."""
    sense: Sense
    dimension: str
    each: str = ""
    """What the number is for, each of which has it: 每月, 每…; "" for one in all."""

    @property
    def is_short(self) -> bool:
        """Its name is a word or two, which may stand for many things: 居民, 投资."""
        return len(self.name) <= SHORT

    @property
    def id(self) -> str:
        """16 hex digits, the same in every database."""
        return content_id(*self)


def indicator(pledge: Pledge) -> Indicator:
    """Return what the number of a record is of."""
    return _read(pledge).indicator._replace(each=_each(pledge))


def steps(pledge: Pledge) -> frozenset[str]:
    """Return what was done to the printed words of a record to compare them."""
    return _read(pledge).steps


class _Reading(NamedTuple):
    indicator: Indicator
    steps: frozenset[str]


def _read(pledge: Pledge) -> _Reading:
    is_counted = pledge.value is not None
    unit = pledge.unit if is_counted else None
    return _reading(pledge.object or "", pledge.action or "", unit, pledge.change)


def _each(pledge: Pledge) -> str:
    """Return for each of what a number is: 每个村每月1场 is no number of all.

    Of times the word is told, 每月 is another number than 每季度.
    """
    if "每" not in pledge.clause or pledge.value is None:
        return ""
    before, target, _ = pledge.clause.partition(pledge.target or pledge.clause)
    found = set(_EACH.findall(before + target))
    return "、".join(sorted(f"{word}…" if word == "每" else word for word in found))


@lru_cache(maxsize=1 << 16)
def _reading(name: str, action: str, unit: str | None, change: str) -> _Reading:
    folded, verb = fold_name(name), _NO_LETTER.sub("", clean_words(action))
    if unit is None:
        return _Reading(Indicator(folded.text, verb, "none", ""), folded.steps)
    unit = clean_words(unit)
    sense = _sense(verb, unit, change)
    if sense != "done":
        deed = "" if verb in LEVEL_VERBS or _STANDS.search(verb) else verb
        deed = "" if deed in WRAPPERS else deed
        deed = fold_deed(deed)
        made = Indicator(folded.text, deed, sense, measure(unit).dimension)
        return _Reading(made, folded.steps)
    deed, rest = _deed(verb, folded.text)
    moved = {"verb"} if rest != folded.text else set()
    made = Indicator(rest, fold_deed(deed), sense, measure(unit).dimension)
    return _Reading(made, folded.steps | moved)


def fold_deed(verb: str) -> str:
    """Return a verb as it is compared: 新建、改建 is 新改建, and 新建改建.

    Of two or more in one the characters tell which they are, whatever their order; a
    verb of two characters is one.
    """
    is_one = len(verb) < SHORT
    return verb if is_one else "".join(sorted(set(filter(str.isalnum, verb))))


@lru_cache(maxsize=1 << 16)
def fold_name(printed: str) -> Folded:
    """Return printed words as they are compared."""
    done = set()
    plain = clean_words(printed).lower()
    if plain != printed:
        done.add("script")
    for step, pattern in (("year", _YEAR), ("scope", SCOPE), ("scope", _QUANTIFIER)):
        without = pattern.sub("", plain)
        if without and without != plain:
            done.add(step)
            plain = without
    bare = _NO_LETTER.sub("", plain)
    if bare != plain:
        done.add("marks")
    return Folded(bare, frozenset(done))


def _sense(verb: str, unit: str, change: str) -> Sense:
    if change == "increase":
        return "up"
    if change == "decrease":
        return "down"
    if not verb or verb in WRAPPERS or unit in RELATIVE_UNITS or _STANDS.search(verb):
        return "level"
    return "done"


def _deed(verb: str, name: str) -> tuple[str, str]:
    """Return the verb and its object; 完成|老旧小区改造 is 改造|老旧小区."""
    if verb not in LIGHT_VERBS:
        return verb, name
    for length in range(min(len(name) - 2, 4), 1, -1):
        if name[-length:] in NOMINAL_VERBS:
            return name[-length:], name[:-length]
    return verb, name
