"""Alignment: who answers to whom, whatever the order."""

from __future__ import annotations

import itertools

import pytest

from extractor.core.spans import Span
from extractor.evals.scoring.alignment import (
    align,
    hard_gain,
    is_same_target,
    span_overlap,
    target_kind,
)
from tests.eval_samples import claim

TEXT = "新增小学2所、中学2所，建成高中3所，年底前完成改造"


def hard(number, object_, action="新增"):
    """Return a claim about one of the numbers of the text."""
    return claim(TEXT, action=action, object=object_, target=number, value=2, unit="所")


PRIMARY = hard("2所", "小学")
MIDDLE = claim(
    TEXT, action="新增", object="中学", target="2所，建成", value=2, unit="所"
).model_copy(
    update={
        "target": PRIMARY.target.model_copy(
            update={"span": Span(TEXT.index("2所，"), TEXT.index("2所，") + 2)}
        )
    }
)
HIGH = claim(TEXT, action="建成", object="高中", target="3所", value=3, unit="所")
DATED = claim(TEXT, action="完成", object="改造", deadline="年底前", date="2032-12-31")
GOLD = [PRIMARY, MIDDLE, HIGH, DATED]


@pytest.mark.parametrize("order", list(itertools.permutations(range(4)))[::5])
def test_order_does_not_matter(order):
    """Each prediction finds its gold record in any order."""
    predicted = [GOLD[index] for index in order]
    pairs = align(GOLD, predicted, "hard").pairs

    assert all(ours is theirs for ours, theirs in pairs) and len(pairs) == 4


def test_the_best_total_wins_over_the_best_first_pair():
    """A record that fits two is left to the one that has no other."""
    both = claim(TEXT, target="2所、中学2所", value=2, unit="所", object="小学")
    alignment = align([PRIMARY, MIDDLE], [both, PRIMARY], "hard")

    assert ((PRIMARY, PRIMARY), (MIDDLE, both)) == alignment.pairs


def test_what_has_no_partner_is_missed_or_spurious():
    """Records that share neither number nor date are not paired."""
    assert ((), (HIGH,), (DATED,)) == align([HIGH], [DATED], "hard")


def test_empty_sides():
    """Nothing to align is all missed or all spurious."""
    assert ((), (PRIMARY, HIGH), ()) == align([PRIMARY, HIGH], [], "hard")
    assert ((), (), (PRIMARY,)) == align([], [PRIMARY], "hard")


def test_a_target_stated_twice_is_one():
    """Equal value and object at another place is the same promise."""
    second = PRIMARY.model_copy(update={"target": MIDDLE.target})

    assert hard_gain(PRIMARY, second) > 0
    assert hard_gain(PRIMARY, MIDDLE) == 0


def test_a_missed_target_is_still_the_same_promise():
    """A prediction with only the date answers to gold with number and date."""
    gold = DATED.model_copy(update={"target": HIGH.target, "quantity": HIGH.quantity})

    assert hard_gain(gold, DATED) > 0
    assert (
        hard_gain(gold, DATED.model_copy(update={"due": None, "deadline": None})) == 0
    )


def test_promises_of_one_date_are_told_apart_by_place():
    """Two actions under one deadline do not answer for each other."""
    text = "3月底前完成甲，修订乙"
    first, second = (
        claim(text, action=a, object=o, deadline="3月底前", date="2032-03-31")
        for a, o in (("完成", "甲"), ("修订", "乙"))
    )

    pairs = align([first, second], [second, first], "hard").pairs

    assert ((first, first), (second, second)) == pairs
    assert ((), (first,), (second,)) == align([first], [second], "hard")


def test_soft_records_meet_by_clause():
    """The action decides between two records of one clause."""
    text = "推进建设，完善制度"
    one, two = (
        claim(text, action=a, object=o) for a, o in (("推进", "建设"), ("完善", "制度"))
    )

    other = claim("别处", start=50)

    assert ((one, one), (two, two)) == align([one, two], [two, one, HIGH], "soft").pairs
    assert ((), (one,), (other,)) == align([one], [other], "soft")


@pytest.mark.parametrize(
    ("unit", "kind"),
    [
        pytest.param("%", "share", id="percent"),
        pytest.param("‰", "share", id="permille"),
        pytest.param("个百分点", "points", id="points"),
        pytest.param("所", "amount", id="count"),
        pytest.param("", "amount", id="bare"),
    ],
)
def test_kind_of_target(unit, kind):
    """Shares, points and amounts are different promises."""
    assert kind == target_kind(claim("12", target="12", value=12, unit=unit).quantity)


def test_same_number_of_another_kind_is_another_target():
    """12% is not 12所, 12所 is 12间 as far as finding goes."""
    percent, schools, rooms = (
        claim("12", target="12", value=12, unit=unit) for unit in ("%", "所", "间")
    )

    assert not is_same_target(percent, schools)
    assert is_same_target(rooms, schools)
    assert not is_same_target(claim("甲"), claim("甲"))


@pytest.mark.parametrize(
    ("first", "second", "overlap"),
    [
        pytest.param((0, 4), (0, 4), 1.0, id="same"),
        pytest.param((0, 4), (2, 6), 0.5, id="half"),
        pytest.param((0, 4), (4, 8), 0.0, id="neighbours"),
    ],
)
def test_span_overlap(first, second, overlap):
    """Dice overlap of two spans."""
    assert overlap == span_overlap(Span(*first), Span(*second))


def test_scoring_without_scipy_says_what_to_install(monkeypatch):
    """The extra is named when it is missing."""
    monkeypatch.setitem(__import__("sys").modules, "scipy.optimize", None)

    with pytest.raises(Exception, match=r"workplan-extract\[eval\]"):
        align([PRIMARY], [PRIMARY], "hard")
