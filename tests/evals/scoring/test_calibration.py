"""Calibration: what is stated is held against what is right, bin by bin."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor.evals.scoring.calibration import (
    MOST_BINS,
    Stated,
    bin_ends,
    calibrate,
)
from extractor.evals.scoring.intervals import Resampling, wilson_interval

HOW = Resampling(resamples=50)


def stated(probability, right, wrong, kind="hard"):
    """Return records of one stated probability."""
    said = [True] * right + [False] * wrong
    return [Stated(kind, probability, is_right) for is_right in said]


def test_what_keeps_its_word_is_calibrated():
    """Nine of ten right at 0.9 and one of two at 0.5 is no error."""
    records = [*stated(0.5, 5, 5), *stated(0.9, 9, 1)]
    found = calibrate([records, records], "hard", HOW)

    assert found is not None and found.error == pytest.approx(0)
    assert [(0.5, 20, 10), (0.9, 20, 18)] == [
        (one.low, one.records, one.right) for one in found.bins
    ]
    assert [0.5, 0.9] == [one.share for one in found.bins]
    assert all(one.interval.low < one.share < one.interval.high for one in found.bins)


def test_interval_is_the_wider_one():
    """Documents that differ widen it, a few records that are all right, too."""
    apart = calibrate([stated(0.5, 50, 0), stated(0.5, 0, 50)], "hard", HOW)
    sure = calibrate([stated(0.5, 10, 0), stated(0.5, 10, 0)], "hard", HOW)

    assert apart is not None and sure is not None
    assert (0.0, 1.0) == (apart.bins[0].interval.low, apart.bins[0].interval.high)
    assert wilson_interval(20, 20) == sure.bins[0].interval


def test_error_is_weighted_by_records():
    """A fifth of the records off by 0.5, the others not at all: 0.1 in all."""
    found = calibrate([[*stated(0.5, 2, 0), *stated(1.0, 8, 0)]], "hard", HOW)

    assert found is not None and found.error == pytest.approx(0.1)


def test_kinds_are_apart():
    """Soft records are no hard ones, and none of either is no calibration."""
    records = [*stated(0.5, 1, 0), *stated(0.7, 1, 1, "soft")]
    found = calibrate([records], "soft", HOW)

    assert found is not None and 2 == sum(one.records for one in found.bins)
    assert calibrate([stated(0.5, 1, 0)], "soft", HOW) is None
    assert calibrate([], "hard", HOW) is None


@pytest.mark.parametrize(
    ("probabilities", "ends"),
    [
        pytest.param([], [], id="nothing"),
        pytest.param([0.3], [0.3], id="one"),
        pytest.param([0.2] * 50, [0.2], id="equal"),
        pytest.param([0.1] * 30 + [0.9], [0.1, 0.9], id="never-cut-apart"),
        pytest.param(
            [n / 100 for n in range(100)], [0.19, 0.39, 0.59, 0.79, 0.99], id="fifths"
        ),
    ],
)
def test_bin_ends(probabilities, ends):
    """Bins are quantiles; equal probabilities are in one bin."""
    assert ends == bin_ends(probabilities)


def test_many_records_have_more_bins():
    """Five bins at least, ten at most."""
    assert MOST_BINS == len(bin_ends([n / 1000 for n in range(1000)]))


@given(st.lists(st.floats(0, 1), max_size=300))
def test_every_record_is_in_one_bin(probabilities):
    """No bin is empty, none is lost, bins do not overlap."""
    records = [Stated("hard", each, is_right=True) for each in probabilities]
    found = calibrate([records], "hard", HOW)
    bins = found.bins if found else ()

    assert len(records) == sum(one.records for one in bins)
    assert all(one.records for one in bins)
    assert all(a.high < b.low for a, b in pairwise(bins))
