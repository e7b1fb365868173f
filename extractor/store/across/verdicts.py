"""Verdicts: two promises of the same thing side by side: more, less, later; pure.

Asks a plan for more, when its number moves the way the promise points: up for what is
to be reached, down for what is to be kept under, whatever the sign of the number.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from extractor.store.across.indicators import indicator
from extractor.store.across.pledges import Pledge
from extractor.store.finding.search_text import clean_words


class Verdict(StrEnum):
    """What became of a promise."""

    KEPT = "kept"
    RAISED = "raised"
    LOWERED = "lowered"
    CHANGED = "changed"
    POSTPONED = "postponed"
    BROUGHT_FORWARD = "brought_forward"
    DROPPED = "dropped"
    LAPSED = "lapsed"
    NEW = "new"
    UNCLEAR = "unclear"
    AGAIN = "again"
    UNMENTIONED = "unmentioned"


@dataclass(frozen=True)
class Found:
    """What two promises of the same thing have in common and what not."""

    amount: Verdict
    """kept, raised, lowered, or changed where its direction is not known."""
    time: Verdict
    """kept, postponed or brought forward."""
    is_rolled: bool = False
    """Each is due in its own plan's year, and the two times are of that."""
    rates: tuple[Fraction, Fraction] | None = None
    """Amounts a year, in the unit of the earlier one, where amounts to be done were
    compared by that."""
    years: tuple[int, int] | None = None
    """How many years each amount is for."""

    @property
    def verdict(self) -> Verdict:
        """What to say first: of the number, else of the time."""
        return self.time if self.amount is Verdict.KEPT else self.amount


_DOWNWARD = re.compile("[降减缩]|控制|低于|收窄")
_UPPER = frozenset({"le", "lt"})
_LOWER = frozenset({"ge", "gt"})


def compare(one: Pledge, other: Pledge) -> Found:
    """Compare a promise with its counterpart in a later plan."""
    time, is_rolled = _time(one, other)
    if one.value is None and other.value is None:
        return Found(Verdict.KEPT, time, is_rolled)
    # Other words of one thing keep the kind of number; the same words may have another.
    if indicator(one)[2:] != indicator(other)[2:]:
        return Found(Verdict.CHANGED, time, is_rolled)
    down = _points_down(one, other)
    own, its = _ends(one, one.unit), _ends(other, one.unit)
    years = _years(one), _years(other)
    is_restated = one.due == other.due and (own == its or min(years) > 1)
    if indicator(one).sense != "done" or is_restated:
        return Found(_amount(own, its, down=down), time, is_rolled)
    own, its = (
        [end / n for end in ends] for n, ends in zip(years, (own, its), strict=True)
    )
    rates = own[0], its[0]
    return Found(_amount(own, its, down=down), time, is_rolled, rates, years)


def gone(one: Pledge, year: int | None) -> Verdict:
    """Say of a promise that a plan for a year does not have whether it was due then."""
    due = one.due_year
    is_open = due is not None and year is not None and due >= year
    return Verdict.DROPPED if is_open else Verdict.LAPSED


def _ends(one: Pledge, unit: str) -> list[Fraction]:
    """Return the number, or both ends of a range, in a unit."""
    ends = (one.in_unit(unit), one.in_unit(unit, one.upper) if one.upper else None)
    return [end for end in ends if end is not None]


def _amount(own: list[Fraction], its: list[Fraction], *, down: bool | None) -> Verdict:
    if (own[0], own[-1]) == (its[0], its[-1]):
        return Verdict.KEPT
    is_more = its[0] >= own[0] and its[-1] >= own[-1]
    is_less = its[0] <= own[0] and its[-1] <= own[-1]
    if down is None or is_more == is_less:
        return Verdict.CHANGED
    return Verdict.RAISED if is_more != down else Verdict.LOWERED


def _points_down(one: Pledge, other: Pledge) -> bool | None:
    """Say whether less is more, None where the two say it differently.

    A reduction by a number asks for more when the number grows.
    """
    ways = {_way(one), _way(other)} - {None}
    if len(ways) == 2:
        return None
    return ways.pop() if ways else False


def _way(one: Pledge) -> bool | None:
    """Say whether the promise is to stay under its number, None where it is plain."""
    if one.comparator in _UPPER:
        return True
    if indicator(one).sense != "level":
        return None
    if one.comparator in _LOWER:
        return False
    return bool(_DOWNWARD.search(clean_words(one.action or ""))) or None


def _years(one: Pledge) -> int:
    """Return for how many years a promise's amount is: from the plan's to the due."""
    if one.year is None or one.due_year is None:
        return 1
    return max(one.due_year - one.year + 1, 1)


def _time(one: Pledge, other: Pledge) -> tuple[Verdict, bool]:
    """Compare when two promises are due, and say whether each is in its own year."""
    if one.due == other.due or one.due is None or other.due is None:
        return Verdict.KEPT, False
    is_rolled = one.due_year == one.year and other.due_year == other.year
    # August of one year and June of the next: it is to be done sooner in the year.
    own, its = (due[4:] if is_rolled else due for due in (one.due, other.due))
    if own == its:
        return Verdict.KEPT, is_rolled
    return (Verdict.POSTPONED if its > own else Verdict.BROUGHT_FORWARD), is_rolled
