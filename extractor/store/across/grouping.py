"""Grouping: indicators that are the same thing, around the name most used; pure.

The groups do not depend on the order in which records come, and none drifts: whoever
joins is like everyone in it, not only like the last one.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from extractor.store.across.indicators import Indicator, indicator, steps
from extractor.store.across.likeness import (
    PERHAPS,
    Likeness,
    in_common,
    merged,
    perhaps,
    pieces,
)
from extractor.store.across.pledges import Pledge
from extractor.store.finding.search_text import clean_words

MOST_NEIGHBOURS = 12


@dataclass(frozen=True)
class Member:
    """Records of one wording in a group, and why they are in it."""

    indicator: Indicator
    words: str
    """Its most frequent object, as printed."""
    grounds: Likeness
    """By what it is like the name of the group."""
    pledges: tuple[Pledge, ...]


@dataclass(frozen=True)
class Group:
    """One indicator over all plans."""

    indicator: Indicator
    """Its most frequent one, by which the group is known."""
    words: str
    """The name of the group, as most plans print it, simplified."""
    action: str
    """The verb as most print it; "" where it says nothing of what is counted."""
    unit: str
    """The unit as most print it."""
    members: tuple[Member, ...]

    @property
    def pledges(self) -> tuple[Pledge, ...]:
        """All its records."""
        return tuple(one for member in self.members for one in member.pledges)

    @property
    def other_words(self) -> tuple[str, ...]:
        """Its other wordings, simplified."""
        all_words = dict.fromkeys(clean_words(one.words) for one in self.members)
        return tuple(words for words in all_words if words != self.words)

    @property
    def bodies(self) -> frozenset[str]:
        """The bodies that promise it, those that are known."""
        return frozenset(one.body for one in self.pledges if one.body)

    @property
    def documents(self) -> frozenset[str]:
        """The plans that promise it."""
        return frozenset(one.document_id for one in self.pledges)


@dataclass(frozen=True)
class Groups:
    """All indicators of a database."""

    ordered: tuple[Group, ...]
    """Those of most plans first."""
    of_id: Mapping[str, Group]
    """Group by the id of any of its indicators."""

    def neighbours(self, group: Group) -> list[tuple[Group, Likeness]]:
        """Return the groups that are kept apart and perhaps are the same."""
        own = group.indicator
        found = [
            (other, like)
            for other in self.ordered
            if other is not group and _may_be_near(own, other.indicator)
            for like in [perhaps(own, other.indicator)]
            if like
        ]
        found.sort(key=lambda pair: (-pair[1].share, _place(pair[0])))
        return found[:MOST_NEIGHBOURS]


def grouped(pledges: Iterable[Pledge]) -> Groups:
    """Group records with a number and an object by what the number is of."""
    of_name: dict[Indicator, list[Pledge]] = defaultdict(list)
    for pledge in pledges:
        own = indicator(pledge)
        if own.name and pledge.value is not None:
            of_name[own].append(pledge)
    blocks: dict[tuple[str, ...], list[Indicator]] = defaultdict(list)
    for own in of_name:
        blocks[own[1:]].append(own)
    groups = [
        _group(clique, of_name)
        for block in blocks.values()
        for clique in _cliques(block, of_name)
    ]
    groups.sort(key=_place)
    of_id = {member.indicator.id: one for one in groups for member in one.members}
    return Groups(tuple(groups), of_id)


def _place(group: Group) -> tuple[int, int, Indicator]:
    return -len(group.documents), -len(group.pledges), group.indicator


def _cliques(
    block: Sequence[Indicator], of_name: Mapping[Indicator, Sequence[Pledge]]
) -> Iterator[list[Indicator]]:
    """Yield the groups of a block, the most used name of each first."""
    order = sorted(block, key=lambda own: (-len(of_name[own]), own))
    near = _near(order)
    taken: set[Indicator] = set()
    for centre in order:
        if centre in taken:
            continue
        clique = [centre]
        for other in sorted(near[centre], key=order.index):
            if other not in taken and all(other in near[one] for one in clique):
                clique.append(other)
        taken.update(clique)
        yield clique


def _near(block: Sequence[Indicator]) -> dict[Indicator, set[Indicator]]:
    """Return which indicators of a block may be merged, in both directions.

    Only names that share half of their pieces are compared, so that thousands take a
    second.
    """
    holding: dict[str, list[Indicator]] = defaultdict(list)
    near: dict[Indicator, set[Indicator]] = {own: set() for own in block}
    for own in block:
        shared = Counter(
            other for piece in pieces(own.name) for other in holding[piece]
        )
        for other, count in shared.items():
            of_both = len(pieces(own.name)) + len(pieces(other.name))
            if 4 * count >= of_both and merged(own, other):
                near[own].add(other)
                near[other].add(own)
        for piece in pieces(own.name):
            holding[piece].append(own)
    return near


def _group(
    clique: Sequence[Indicator], of_name: Mapping[Indicator, Sequence[Pledge]]
) -> Group:
    centre = clique[0]
    own = of_name[centre]
    words = _commonest(one.object or "" for one in own)
    shown = [one for one in own if one.object == words]
    action = _commonest(one.action or "" for one in shown)
    return Group(
        indicator=centre,
        words=clean_words(words),
        action=clean_words(action) if centre.deed else "",
        unit=_commonest(one.unit for one in own),
        members=tuple(
            member
            for one in clique
            for member in _members(one, of_name[one], centre, shown[0])
        ),
    )


def _members(
    own: Indicator, pledges: Sequence[Pledge], centre: Indicator, named: Pledge
) -> Iterator[Member]:
    """Yield the wordings of an indicator, those most printed first."""
    wordings: dict[str, list[Pledge]] = defaultdict(list)
    for pledge in pledges:
        wordings[pledge.object or ""].append(pledge)
    for words in sorted(wordings, key=lambda one: (-len(wordings[one]), one)):
        found = sorted(
            wordings[words], key=lambda one: (one.document_id, one.id or "", one.clause)
        )
        yield Member(own, words, _grounds(own, found[0], centre, named), tuple(found))


def _grounds(
    own: Indicator, pledge: Pledge, centre: Indicator, named: Pledge
) -> Likeness:
    """Return by what a wording is like the name of its group."""
    if pledge.object == named.object:
        return Likeness("words")
    done = steps(pledge) ^ steps(named) or steps(pledge) | steps(named)
    if own == centre:
        return Likeness("folded", steps=done)
    like = merged(own, centre)
    assert like is not None  # noqa: S101  # nobody joins who is not like the centre
    return like


def _commonest(words: Iterable[str]) -> str:
    counts = Counter(words)
    return min(counts, key=lambda word: (-counts[word], word))


def _may_be_near(one: Indicator, other: Indicator) -> bool:
    """Say, faster than `perhaps`, whether two names can be near."""
    if one.name == other.name:
        return True
    return one[1:] == other[1:] and in_common(one.name, other.name) >= PERHAPS
