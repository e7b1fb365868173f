"""Likeness: what is merged is right, measured on pairs that a person judged."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest

from extractor.store.across.indicators import Indicator, indicator
from extractor.store.across.likeness import merged, perhaps
from tests.conftest import ROOT
from tests.pledge_samples import pledge

PAIRS = [
    json.loads(line)
    for line in (ROOT / "evals/across/pairs.jsonl").read_text("utf-8").splitlines()
]


def named(side: dict[str, Any]) -> Indicator:
    """Return the indicator of one side of a labelled pair."""
    own = pledge(side["action"], side["object"], value=1, unit=side["unit"],
                 change=side["change"])  # fmt: skip
    return indicator(own)


def is_chosen_on(pair: dict[str, Any]) -> bool:
    """Say whether the thresholds were chosen on a pair; the others only measure."""
    words = pair["first"]["object"] + pair["second"]["object"]
    return int(hashlib.sha256(words.encode()).hexdigest(), 16) % 2 == 0


def counts(pairs: list[dict[str, Any]]) -> tuple[int, int, int]:
    """Return how many pairs are merged rightly, merged wrongly, and missed."""
    told = [(bool(merged(named(p["first"]), named(p["second"]))), p) for p in pairs]
    right = sum(1 for is_merged, pair in told if is_merged and pair["same"])
    wrong = sum(1 for is_merged, pair in told if is_merged and not pair["same"])
    missed = sum(1 for is_merged, pair in told if not is_merged and pair["same"])
    return right, wrong, missed


def test_labelled_pairs() -> None:
    """Of near names few are merged, and nearly all of those are one indicator."""
    chosen_on = [pair for pair in PAIRS if is_chosen_on(pair)]
    others = [pair for pair in PAIRS if not is_chosen_on(pair)]

    assert 150 <= len(PAIRS)
    assert (13, 0, 20) == counts(chosen_on)
    assert (8, 0, 21) == counts(others)


def test_one_more_word_counts_fewer_things() -> None:
    """Of a rate it may be left out; of what is counted it tells two sets apart."""
    counted = [
        indicator(pledge("淘汰", name, value=1, unit="辆"))
        for name in ("国三及以下排放标准柴油货车", "国三及以下排放标准营运柴油货车")
    ]
    rates = [
        indicator(pledge("达到", name, value=1, unit="%"))
        for name in ("中小学互联网接入率", "中小学校互联网接入率")
    ]

    assert merged(*counted) is None
    assert perhaps(*counted)
    assert merged(*rates)


def test_no_pair_is_lost() -> None:
    """Nearly every pair that is one indicator and kept apart is shown as perhaps so."""
    apart = [
        pair
        for pair in PAIRS
        if pair["same"] and not merged(named(pair["first"]), named(pair["second"]))
    ]
    shown = [p for p in apart if perhaps(named(p["first"]), named(p["second"]))]

    assert len(shown) >= 0.8 * len(apart)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("城镇居民人均可支配收入", "农村居民人均可支配收入"),
        ("小学毛入学率", "初中毛入学率"),
        ("常住人口城镇化率", "户籍人口城镇化率"),
        ("城镇化率", "常住人口城镇化率"),
        ("公路", "农村公路"),
        ("年收入10万元以上的村占比", "年收入20万元以上的村占比"),
        ("二级以上综合医院设置率", "三级以上综合医院设置率"),
        ("50亿元以上工业项目个数", "50亿元以下工业项目个数"),
        ("门诊次均费用增幅", "门诊次均费用、住院次均费用增幅"),
        ("公共停车场", "公共停车场泊位"),
    ],
)
def test_qualifiers_keep_apart(one: str, other: str) -> None:
    """What is in front, in place of another word, a number or a bound tells apart."""
    first, second = (indicator(pledge(None, name, "80%")) for name in (one, other))

    assert merged(first, second) is None
    assert merged(second, first) is None


@pytest.mark.parametrize(
    ("one", "other", "ground"),
    [
        ("以乡镇为单位接种率", "以乡镇为单位的接种率", "glue"),
        ("建议、提案办复率", "建议和提案办复率", "glue"),
        ("人均公共卫生服务经费", "公共卫生服务人均经费", "order"),
        ("城乡居民医保财政补助", "城乡居民医保财政补助标准", "measure"),
        ("全社会研发投入占比重", "全社会研发经费投入占比重", "inside"),
    ],
)
def test_grounds(one: str, other: str, ground: str) -> None:
    """Each merge says why, the same in both directions."""
    first, second = (indicator(pledge(None, name, "80%")) for name in (one, other))
    like = merged(first, second)

    assert like is not None
    assert ground == like.ground
    assert like == merged(second, first)


@pytest.mark.parametrize(
    ("one", "other", "ground"),
    [
        (("新增", "公办学位", "500个"), ("提供", "公办学位", "500个"), "verb"),
        (("新增", "公办学位", "500个"), ("达到", "公办学位", "500个"), "sense"),
        (("搬迁", "移民", "500人"), ("搬迁", "移民", "100户"), "unit"),
        (("达到", "城镇化率", "60%"), ("达到", "人口城镇化率", "60%"), "contained"),
    ],
)
def test_perhaps_the_same(
    one: tuple[str, ...], other: tuple[str, ...], ground: str
) -> None:
    """What is kept apart and may be looked at together says what differs."""
    first, second = indicator(pledge(*one)), indicator(pledge(*other))
    like = perhaps(first, second)

    assert merged(first, second) is None
    assert like is not None
    assert ground == like.ground
