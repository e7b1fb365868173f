"""Intervals: reproducible, honest about few documents, paired."""

from __future__ import annotations

import pytest

from extractor.evals.scoring.intervals import (
    MIN_DOCUMENTS,
    Resampling,
    compare_ratios,
    document_weights,
    percentile,
    ratio_interval,
    wilson_interval,
)

HOW = Resampling(seed=1, resamples=400)
TEN = [10.0] * 8


def test_resamples_have_as_many_documents_as_there_are():
    """Every resample draws with replacement, as many as it draws from."""
    weights = document_weights(5, HOW)

    assert 400 == len(weights)
    assert {5} == {sum(row) for row in weights}
    assert any(max(row) > 1 for row in weights)


def test_the_same_seed_gives_the_same_bounds():
    """Bounds are reproducible, and the known ones of this seed."""
    parts = [9.0, 5, 8, 10, 7, 9, 6, 10]
    first = ratio_interval(parts, TEN, HOW)

    assert first == ratio_interval(parts, TEN, HOW)
    assert first != ratio_interval(parts, TEN, HOW._replace(seed=2))
    assert first is not None and 0.65 < first.low < 0.8 < first.high < 0.95


def test_first_draws_are_those_of_the_seed():
    """The sequence is Python's own and never changes."""
    assert ((2, 1, 1, 1, 0),) == document_weights(5, Resampling(7, 1))


def test_equal_documents_have_no_width():
    """Where every document is alike nothing is uncertain between documents."""
    interval = ratio_interval([8.0] * 8, TEN, HOW)

    assert interval is not None and (interval.low, interval.high) == (0.8, 0.8)


@pytest.mark.parametrize("wholes", [[10.0], [10.0, 0.0]], ids=["one", "one-with-gold"])
def test_one_document_has_no_interval(wholes):
    """Nothing is known of how documents differ."""
    assert ratio_interval([5.0] * len(wholes), wholes, HOW) is None


@pytest.mark.parametrize(
    ("share", "value"),
    [
        pytest.param(0, 1.0, id="low"),
        pytest.param(0.5, 2.5, id="middle"),
        pytest.param(1, 4.0, id="high"),
    ],
)
def test_percentiles_are_interpolated(share, value):
    """Percentiles lie between order statistics."""
    assert value == percentile([1.0, 2.0, 3.0, 4.0], share)


@pytest.mark.parametrize(
    ("part", "whole", "low", "high"),
    [
        pytest.param(20, 20, 0.8389, 1.0, id="all"),
        pytest.param(0, 10, 0.0, 0.2775, id="none"),
        pytest.param(81, 263, 0.2553, 0.3662, id="some"),
    ],
)
def test_wilson_interval(part, whole, low, high):
    """Figures of the literature (Newcombe 1998 has 81 of 263)."""
    found = wilson_interval(part, whole)

    assert (low, high) == pytest.approx((found.low, found.high), abs=1e-4)


def test_a_clear_gain_is_better():
    """B is better where every document says so."""
    paired = compare_ratios(([5.0] * 8, TEN), ([7.0, 8, 7, 8, 7, 8, 7, 8], TEN), HOW)

    assert "better" == paired.verdict
    assert paired.difference == pytest.approx(0.25)
    assert paired.interval is not None and paired.interval.low > 0.2
    assert paired.half_width is not None and paired.detectable is not None
    assert paired.half_width < paired.detectable


def test_a_clear_loss_is_worse():
    """The verdict has two sides."""
    paired = compare_ratios(([7.0, 8, 7, 8, 7, 8, 7, 8], TEN), ([5.0] * 8, TEN), HOW)

    assert "worse" == paired.verdict


def test_mixed_documents_cannot_tell():
    """Gains and losses that cancel are no verdict."""
    paired = compare_ratios(([5.0] * 8, TEN), ([7.0, 3, 7, 3, 7, 3, 7, 3], TEN), HOW)

    assert "not enough gold to tell" == paired.verdict


def test_few_documents_cannot_tell():
    """Five documents that agree do so by chance once in sixteen."""
    few = MIN_DOCUMENTS - 1
    paired = compare_ratios(
        ([5.0] * few, TEN[:few]), ([9.0, 8, 9, 8, 9][:few], TEN[:few]), HOW
    )

    assert "not enough gold to tell" == paired.verdict
    assert paired.interval is not None and paired.interval.low > 0


def test_equal_systems_are_the_same():
    """No difference in any document is no lack of gold."""
    paired = compare_ratios(([5.0] * 8, TEN), ([5.0] * 8, TEN), HOW)

    assert "same" == paired.verdict
    assert 0 == paired.difference == paired.detectable


def test_one_document_compares_without_interval():
    """The difference stands, its interval does not."""
    paired = compare_ratios(([5.0], [10.0]), ([6.0], [10.0]), HOW)

    assert paired.difference == pytest.approx(0.1)
    assert paired.interval is None and paired.detectable is None


def test_nothing_to_compare():
    """Without gold there is no figure."""
    paired = compare_ratios(([0.0], [0.0]), ([1.0], [2.0]), HOW)

    assert paired.a is None and paired.difference is None
