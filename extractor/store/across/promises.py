"""Promises: what became of a plan's promises in a later plan of the same body; pure.

A promise is matched with at most one of the later plan, by what its number is of.
Where several have the same words and nothing else tells them apart, none is matched:
it is said that they cannot be told apart.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass, field

from extractor.store.across.indicators import (
    Indicator,
    fold_deed,
    fold_name,
    indicator,
)
from extractor.store.across.likeness import Likeness, merged, perhaps
from extractor.store.across.pledges import Pledge
from extractor.store.across.verdicts import Found, Verdict, compare, gone
from extractor.store.finding.search_text import clean_words

MOST_PERHAPS = 3


@dataclass(frozen=True)
class Fate:
    """What became of a promise, or where a new one comes from nowhere."""

    verdict: Verdict
    earlier: Pledge | None
    later: Pledge | None = None
    found: Found | None = None
    """What is the same and what is not, of a pair."""
    grounds: Likeness | None = None
    """Why the two are taken for one."""
    perhaps: tuple[tuple[Pledge, Likeness], ...] = ()
    """What of the later plan may be meant, of a promise that it does not have."""


@dataclass
class _Plans:
    """The promises of two plans that are not matched yet."""

    earlier: list[Pledge]
    later: list[Pledge]
    fates: list[Fate] = field(default_factory=list)

    def pair(self, one: Pledge, other: Pledge, grounds: Likeness) -> None:
        """Match two promises."""
        found = compare(one, other)
        self.earlier.remove(one)
        self.later.remove(other)
        self.fates.append(Fate(found.verdict, one, other, found, grounds))


def fates(earlier: Sequence[Pledge], later: Sequence[Pledge]) -> list[Fate]:
    """Return what became of the hard promises of a plan, and what is new.

    Args:
        earlier: the records of the earlier plan, in reading order.
        later: those of the later plan.
    """
    plans = _Plans([*filter(_is_hard, earlier)], [*filter(_is_hard, later)])
    for key in (_exactly, _all_but_the_date, _same_actor, indicator):
        _match(plans, key)
    _match_alike(plans)
    _match(plans, _words)
    year = next((one.year for one in later if one.year), None)
    unclear = _shared(plans, indicator)
    left = [(one, indicator(one)) for one in plans.later]
    for one in plans.earlier:
        is_unclear = indicator(one) in unclear or not indicator(one).name
        verdict = Verdict.UNCLEAR if is_unclear else gone(one, year)
        plans.fates.append(Fate(verdict, one, perhaps=_perhaps(one, left)))
    for one in plans.later:
        is_unclear = indicator(one) in unclear or not indicator(one).name
        verdict = Verdict.UNCLEAR if is_unclear else Verdict.NEW
        plans.fates.append(Fate(verdict, None, one))
    places = {id(one): place for place, one in enumerate([*earlier, *later])}
    return sorted(plans.fates, key=lambda fate: places[id(fate.earlier or fate.later)])


def soft_fates(earlier: Sequence[Pledge], later: Sequence[Pledge]) -> list[Fate]:
    """Return which promises without number and date a later plan says again.

    Only verb and object that are equal after folding count as the same promise.
    """
    said = defaultdict(list)
    for one in later:
        said[_said(one)].append(one)
    found = []
    for one in earlier:
        if _is_hard(one) or not one.action or not one.object:
            continue
        again = said.get(_said(one))
        if again:
            found.append(Fate(Verdict.AGAIN, one, again.pop(0)))
        else:
            found.append(Fate(Verdict.UNMENTIONED, one))
    return found


def _is_hard(one: Pledge) -> bool:
    return bool(one.target or one.deadline)


def _said(one: Pledge) -> tuple[str, str]:
    return clean_words(one.action or ""), clean_words(one.object or "")


def _actor(one: Pledge) -> str:
    return clean_words(one.actor or "")


def _may_be_one(one: Pledge, other: Pledge) -> bool:
    """Say whether not two different bodies are named for it."""
    actors = {_actor(one), _actor(other)} - {""}
    return len(actors) < 2


def _exactly(one: Pledge) -> Hashable:
    return _all_but_the_date(one), _actor(one), one.date and one.date[4:]


def _all_but_the_date(one: Pledge) -> Hashable:
    unit = one.unit and clean_words(one.unit)
    amount = (one.in_unit(unit), one.upper) if one.value is not None else ()
    return indicator(one), amount


def _same_actor(one: Pledge) -> Hashable:
    return indicator(one), _actor(one)


def _words(one: Pledge) -> Hashable:
    """Return verb and object alone, of which numbers of two kinds may be promised."""
    return fold_deed(_said(one)[0]), fold_name(one.object or "").text


def _shared(
    plans: _Plans, key: Callable[[Pledge], Hashable]
) -> dict[Hashable, tuple[list[Pledge], list[Pledge]]]:
    """Return what of both plans has the same key."""
    sides: dict[Hashable, tuple[list[Pledge], list[Pledge]]] = {}
    for side, pledges in enumerate((plans.earlier, plans.later)):
        for one in pledges:
            sides.setdefault(key(one), ([], []))[side].append(one)
    return {key: pair for key, pair in sides.items() if all(pair)}


def _match(plans: _Plans, key: Callable[[Pledge], Hashable]) -> None:
    """Match what a key tells apart from everything else in both plans.

    The same promise printed twice is matched in the order of the two plans.
    """
    for own, others in list(_shared(plans, key).values()):
        if not indicator(own[0]).name:
            continue
        is_alone = len(own) == len(others) == 1
        if is_alone or key is _exactly:
            for one, other in zip(own, others, strict=False):
                if not _may_be_one(one, other):
                    continue
                plans.pair(one, other, _grounds(one, other))


def _grounds(one: Pledge, other: Pledge) -> Likeness:
    """Return why two promises of the same verb and object are one."""
    if indicator(one) != indicator(other):
        return perhaps(indicator(one), indicator(other)) or Likeness("folded")
    return Likeness("words" if one.object == other.object else "folded")


def _match_alike(plans: _Plans) -> None:
    """Match the wordings of one indicator, where each has but one counterpart."""
    pairs = [
        (one, other, like)
        for one, other in _candidates(plans)
        for like in [merged(indicator(one), indicator(other))]
        if like and indicator(one) != indicator(other)
    ]
    for one, other, like in sorted(pairs, key=lambda pair: -pair[2].share):
        rivals = [pair for pair in pairs if pair[0] is one or pair[1] is other]
        if len(rivals) == 1:
            plans.pair(one, other, like)


def _perhaps(
    one: Pledge, later: Sequence[tuple[Pledge, Indicator]]
) -> tuple[tuple[Pledge, Likeness], ...]:
    """Return what is most like a promise among those that have no counterpart."""
    own = indicator(one)
    near = [
        (other, like if _may_be_one(one, other) else Likeness("body", like.share))
        for other, its in later
        if own.name and (own.name == its.name or own[1:] == its[1:])
        for like in [perhaps(own, its)]
        if like
    ]
    return tuple(sorted(near, key=lambda pair: -pair[1].share)[:MOST_PERHAPS])


def _candidates(plans: _Plans) -> Iterator[tuple[Pledge, Pledge]]:
    of_block = defaultdict(list)
    for other in plans.later:
        of_block[indicator(other)[1:]].append(other)
    for one in plans.earlier:
        for other in of_block[indicator(one)[1:]]:
            if _may_be_one(one, other):
                yield one, other
