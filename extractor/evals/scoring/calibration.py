"""Calibration: does a likelihood say how often a record is right? Points in, bins out.

Pure.
A record's likelihood is a log-probability; the probability that it states is exp of
it.
Records are sorted by that and cut into bins of about the same size (quantiles), and
what is stated is held against the share that is right; equal probabilities are never
cut apart, so that there may be fewer bins.
An interval is the wider of two: over documents, as everywhere, and Wilson's, since a
few records that are all right say nothing of how documents differ.
The expected calibration error is the mean distance of the two, each bin weighted with
its records (Naeini et al. 2015); with quantiles no bin is nearly empty.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from statistics import fmean
from typing import NamedTuple

from extractor.core.records import Kind, Record
from extractor.evals.scoring.intervals import (
    Interval,
    Resampling,
    ratio_interval,
    wilson_interval,
)

FEWEST_BINS, MOST_BINS = 5, 10
_RECORDS_A_BIN = 20
"""Records that a bin has, where there are enough for more than the fewest."""


class Stated(NamedTuple):
    """A record with a likelihood, and whether it is right."""

    kind: Kind
    probability: float
    is_right: bool


class Bin(Record):
    """Records of about the same stated probability."""

    low: float
    high: float
    """The least and the greatest probability in it."""
    records: int
    stated: float
    """Mean of the stated probabilities."""
    right: int
    interval: Interval
    """Of the share that is right."""

    @property
    def share(self) -> float:
        """Return the share that is right."""
        return self.right / self.records


class Calibration(Record):
    """How far the stated probabilities of an arm's records can be believed."""

    kind: Kind
    """Hard records are right when they are strictly right, soft ones when clause and
    action are."""
    bins: tuple[Bin, ...]
    """By stated probability, the lowest first."""
    error: float
    """Expected calibration error, 0 to 1."""


def calibrate(
    documents: Sequence[Sequence[Stated]], kind: Kind, how: Resampling
) -> Calibration | None:
    """Hold the stated probabilities of one kind of records against what is right.

    Args:
        documents: the records of each document that have a likelihood.
        kind: which of them.
        how: how intervals are made.

    Returns:
        The bins, None when no record of the kind has a likelihood.
    """
    own = [[one for one in records if one.kind == kind] for records in documents]
    ends = bin_ends([one.probability for records in own for one in records])
    if not ends:
        return None
    binned: list[list[list[Stated]]] = [[[] for _ in own] for _ in ends]
    for document, records in enumerate(own):
        for one in records:
            binned[bisect_left(ends, one.probability)][document].append(one)
    bins = tuple(_bin(documents, how) for documents in binned)
    total = sum(one.records for one in bins)
    error = sum(one.records * abs(one.stated - one.share) for one in bins) / total
    return Calibration(kind=kind, bins=bins, error=error)


def bin_ends(probabilities: Sequence[float]) -> list[float]:
    """Return the greatest probability of each bin, in order; the last is the maximum.

    Each bin has at least one of the probabilities.
    """
    ordered = sorted(probabilities)
    total = len(ordered)
    bins = min(MOST_BINS, max(FEWEST_BINS, total // _RECORDS_A_BIN))
    ends: list[float] = []
    for number in range(1, bins + 1):
        place = round(total * number / bins)
        # What is already in a bin with its equals is not cut from them.
        if place and place > (bisect_right(ordered, ends[-1]) if ends else 0):
            ends.append(ordered[place - 1])
    return ends


def _bin(documents: Sequence[Sequence[Stated]], how: Resampling) -> Bin:
    records = [one for records in documents for one in records]
    parts = [float(sum(one.is_right for one in records)) for records in documents]
    wholes = [float(len(records)) for records in documents]
    probabilities = [one.probability for one in records]
    right = sum(one.is_right for one in records)
    interval = wilson_interval(right, len(records))
    if drawn := ratio_interval(parts, wholes, how):
        interval = Interval(
            low=min(interval.low, drawn.low), high=max(interval.high, drawn.high)
        )
    return Bin(
        low=min(probabilities),
        high=max(probabilities),
        records=len(records),
        stated=fmean(probabilities),
        right=right,
        interval=interval,
    )
