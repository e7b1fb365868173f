"""Promises: each verdict, in both directions, and nothing matched that is in doubt."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractor.store.across.pledges import Pledge
from extractor.store.across.promises import Fate, fates, soft_fates
from tests.pledge_samples import pledge

Words = tuple[str | None, str | None, str | None]


def later(*words: Any, **given: Any) -> Pledge:
    """Return a promise of the plan of 2025."""
    return pledge(*words, **{"year": 2025} | given)


def one_fate(one: Pledge, other: Pledge) -> Fate:
    """Return what became of a promise whose counterpart is there."""
    (fate,) = fates([one], [other])
    return fate


VERDICTS = [
    pytest.param(
        ("新增", "学位", "5000个"), ("新增", "学位", "0.5万个"), "kept", id="kept"
    ),
    pytest.param(
        ("改造", "农村公路", "32公里"),
        ("改造", "农村公路", "32千米"),
        "kept",
        id="units",
    ),
    pytest.param(
        ("新增", "学位", "5000个"), ("新增", "学位", "6000个"), "raised", id="raised"
    ),
    pytest.param(
        ("新增", "學位", "6000個"),
        ("新增", "学位", "5000个"),
        "lowered",
        id="traditional",
    ),
    pytest.param(
        ("达到", "森林覆盖率", "40%"),
        ("提高到", "森林覆盖率", "42%"),
        "raised",
        id="level",
    ),
    pytest.param(
        ("控制在", "失业率", "5.5%以内"),
        ("控制在", "失业率", "5%以内"),
        "raised",
        id="ceiling tightened",
    ),
    pytest.param(
        ("控制在", "失业率", "5%"),
        ("控制在", "失业率", "5.5%"),
        "lowered",
        id="ceiling loosened",
    ),
    pytest.param(
        ("压缩至", "办理时限", "5个工作日"),
        ("压缩至", "办理时限", "3个工作日"),
        "raised",
        id="pressed to less",
    ),
    pytest.param(
        ("下降", "能耗", "3%"), ("下降", "能耗", "4%"), "raised", id="reduction grows"
    ),
    pytest.param(
        ("下降", "能耗", "4%"),
        ("下降", "能耗", "3%"),
        "lowered",
        id="reduction shrinks",
    ),
    pytest.param(
        ("达到", "就诊率", "90%以上"),
        ("控制在", "就诊率", "92%以下"),
        "changed",
        id="floor becomes ceiling",
    ),
    pytest.param(
        ("建设", "公园", "3至5个"), ("建设", "公园", "4至6个"), "raised", id="range"
    ),
    pytest.param(
        ("建设", "公园", "3至6个"),
        ("建设", "公园", "4至5个"),
        "changed",
        id="range narrows",
    ),
    pytest.param(
        ("淘汰", "货车", "800辆"),
        ("淘汰", "货车", "900辆"),
        "raised",
        id="more to remove",
    ),
]


@pytest.mark.parametrize(("one", "other", "verdict"), VERDICTS)
def test_verdict(one: Words, other: Words, verdict: str) -> None:
    """What the later plan asks for is said in the direction of the promise."""
    fate = one_fate(pledge(*one), later(*other))

    assert verdict == fate.verdict
    assert fate.earlier and fate.later and fate.grounds


@pytest.mark.parametrize(
    ("due", "its", "verdict", "is_rolled"),
    [
        pytest.param("2026-12-31", "2026-12-31", "kept", False, id="same day"),
        pytest.param("2024-06-30", "2025-06-30", "kept", True, id="each its own June"),
        pytest.param(None, "2025-12-31", "kept", True, id="year and end of year"),
        pytest.param("2025-12-31", "2026-12-31", "postponed", False, id="postponed"),
        pytest.param(
            "2026-12-31", "2025-12-31", "brought_forward", False, id="forward"
        ),
        pytest.param("2024-06-30", "2025-12-31", "postponed", True, id="June to end"),
        pytest.param("2024-08-31", "2025-06-30", "brought_forward", True, id="sooner"),
    ],
)
def test_deadline(
    due: str | None, its: str | None, verdict: str, is_rolled: bool
) -> None:
    """The same point of each plan's own year is the same in meaning."""
    fate = one_fate(pledge("建成", "大桥", date=due, deadline=due or "年内"),
                    later("建成", "大桥", date=its))  # fmt: skip

    assert verdict == fate.verdict
    assert fate.found and is_rolled == fate.found.is_rolled


def test_number_and_deadline_both_move() -> None:
    """The number is said first, and the time is not lost."""
    one = pledge("达到", "森林覆盖率", "40%", date="2025-12-31")
    fate = one_fate(one, later("达到", "森林覆盖率", "42%", date="2026-12-31"))

    assert ("raised", "postponed") == (fate.verdict, fate.found and fate.found.time)


def test_five_year_amount_is_compared_by_the_year() -> None:
    """25,000 in five years is as much as 5,000 in one."""
    one = pledge("新增", "学位", "2.5万个", year=2021, date="2025-12-31")
    fate = one_fate(one, later("新增", "学位", "5000个"))

    assert fate.found is not None
    assert ("kept", (5, 1)) == (fate.found.amount, fate.found.years)
    assert (Fraction(5000), Fraction(5000)) == fate.found.rates


def test_total_by_the_same_day_is_no_rate() -> None:
    """What is restated a year later, due on the same day, is the same amount."""
    one = pledge("新增", "学位", "3000个", year=2023, date="2025-12-31")
    other = pledge("新增", "学位", "3000个", year=2024, date="2025-12-31")
    fate = one_fate(one, other)

    assert ("kept", None) == (fate.verdict, fate.found and fate.found.rates)


def test_what_a_later_plan_does_not_have() -> None:
    """Not due yet is dropped; past its day it is only mentioned no longer."""
    earlier = [
        pledge("建成", "大桥", "1座", date="2026-12-31"),
        pledge("新建", "学校", "2所", date="2024-09-30"),
        pledge("新建", "公园", "2个"),
    ]
    found = fates(earlier, [later("新建", "图书馆", "1个")])

    assert ["dropped", "lapsed", "lapsed", "new"] == [one.verdict for one in found]


def test_same_words_twice_are_not_told_apart() -> None:
    """Where two of a plan may be meant, nobody is said to have raised anything."""
    earlier = [pledge("新建", "学校", "2所"), pledge("新建", "学校", "3所")]
    found = fates(earlier, [later("新建", "学校", "5所")])

    assert ["unclear"] * 3 == [one.verdict for one in found]
    assert all(one.earlier is None or one.later is None for one in found)


def test_equal_values_tell_the_same_words_apart() -> None:
    """What is repeated as it was is found, and the one that is left is compared."""
    earlier = [pledge("新建", "学校", "2所"), pledge("新建", "学校", "3所")]
    found = fates(earlier, [later("新建", "学校", "3所"), later("新建", "学校", "4所")])

    assert ["raised", "kept"] == [one.verdict for one in found]


def test_named_bodies_tell_the_same_words_apart() -> None:
    """The promise of one district is not compared with that of another."""
    earlier = [
        pledge("新建", "学校", "2所", actor="甲区"),
        pledge("新建", "学校", "3所", actor="乙区"),
    ]
    both = fates(earlier, [
        later("新建", "学校", "4所", actor="乙区"),
        later("新建", "学校", "1所", actor="甲区"),
    ])  # fmt: skip
    other = fates(earlier[:1], [later("新建", "学校", "9所", actor="丙区")])

    assert ["lowered", "raised"] == [one.verdict for one in both]
    assert ["unclear", "unclear"] == [one.verdict for one in other]
    assert ["body"] == [like.ground for _, like in other[0].perhaps]


@pytest.mark.parametrize(
    ("one", "other", "verdict", "ground"),
    [
        pytest.param(("新建、改扩建", "学校", "6所"), ("新改扩建", "学校", "11所"),
                     "raised", "words", id="verbs-in-one"),
        pytest.param(("放映", "电影", "8400场"), ("每村放映", "电影", "1场"),
                     "lapsed", None, id="other-verb"),
        pytest.param(("脱贫", "人口", "9600名"), ("脱贫", "人口", "3.2万"),
                     "changed", "unit", id="without-a-unit"),
        pytest.param(("建设", "驿站", "3个"), ("建设", "驿站", None),
                     "changed", "unit", id="without-a-number"),
    ],
)  # fmt: skip
def test_the_same_words_are_one_promise(
    one: Words, other: Words, verdict: str, ground: str | None
) -> None:
    """Though another kind of number, or none, stands beside them in the later plan."""
    found = fates([pledge(*one)], [later(*other, date="2025-06-30")])

    assert (verdict, ground) == (
        found[0].verdict,
        found[0].grounds and found[0].grounds.ground,
    )
    assert len(found) == (1 if ground else 2)


def test_another_wording_is_matched_with_its_grounds() -> None:
    """A near name is taken where there is only one, and says why."""
    one = pledge(None, "城乡居民医保财政补助", "600元")
    fate = one_fate(one, later(None, "城乡居民医保财政补助标准", "700元"))

    assert fate.grounds is not None
    assert ("raised", "measure") == (fate.verdict, fate.grounds.ground)


def test_record_without_object_is_not_compared() -> None:
    """Nothing is known of what it was."""
    (fate,) = fates([pledge("新增", None, "3个")], [])

    assert "unclear" == fate.verdict


def test_soft_promises() -> None:
    """Only the same verb and object are the same promise; numbers are not for here."""
    earlier = [
        pledge("推進", "教育改革"),
        pledge("深化", "课程改革"),
        pledge("新增", "学位", "5个"),
    ]
    found = soft_fates(
        earlier, [later("推进", "教育改革"), later("深化", "课程教学改革")]
    )

    assert ["again", "unmentioned"] == [one.verdict for one in found]


MANY = [
    pledge(action, name, f"{number}个", date=date)
    for action in ("新建", "改造")
    for name in ("学校", "公园", "桥梁")
    for number, date in ((2, None), (3, "2026-12-31"))
]
AFTER = [
    later(action, name, f"{number}个", date="2026-12-31")
    for action in ("新建", "改造", "拆除")
    for name in ("学校", "公园")
    for number in (3, 4)
]


@settings(deadline=None, max_examples=50)
@given(st.permutations(MANY), st.permutations(AFTER))
def test_order_does_not_matter(one: list[Pledge], other: list[Pledge]) -> None:
    """The verdicts are the same in whatever order the records come."""

    def told(found: list[Fate]) -> set[tuple[object, ...]]:
        return {(f.verdict, f.earlier, f.later) for f in found}

    assert told(fates(MANY, AFTER)) == told(fates(one, other))


@settings(deadline=None, max_examples=50)
@given(st.lists(st.sampled_from(MANY), unique=True), st.permutations(AFTER))
def test_every_promise_has_one_fate(one: list[Pledge], other: list[Pledge]) -> None:
    """Nothing is lost, and nothing is matched twice."""
    found = fates(one, other)

    assert sorted(map(repr, one)) == sorted(repr(f.earlier) for f in found if f.earlier)
    assert sorted(map(repr, other)) == sorted(repr(f.later) for f in found if f.later)
