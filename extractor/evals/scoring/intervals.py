"""Intervals and comparisons by resampling whole documents: counts in, bounds out.

Pure; the same seed gives the same bounds on every machine and Python (only
`random.Random(seed).random()` is used, whose sequence Python guarantees).

Records of one document are not independent, so documents are resampled, with
replacement, as many as there are (cluster bootstrap: Davison & Hinkley 1997, §3.8;
Field & Welsh 2007).
A figure is made anew from the added counts of each resample; its interval is the
percentile interval (Efron & Tibshirani 1993, §13.3), with linear interpolation between
order statistics.
Two systems are compared on the same resamples, so what makes a document hard for both
cancels (paired bootstrap).
"""

from __future__ import annotations

import math
import random
import statistics
from collections.abc import Sequence
from functools import lru_cache
from operator import mul
from typing import Literal, NamedTuple

from extractor.core.records import Record

DEFAULT_SEED = 20260101
DEFAULT_RESAMPLES = 2000
CONFIDENCE = 0.95
MIN_DOCUMENTS = 6
"""Documents that a verdict needs.

With n documents that all favour B, chance alone does as much with probability
2 / 2^n (sign-flip test); only from six on is that below 1 - `CONFIDENCE`.
"""

_Z_INTERVAL, _Z_POWER = 1.959964, 0.841621  # two-sided 95 %, power 80 %

Verdict = Literal["better", "worse", "same", "not enough gold to tell"]


class Resampling(NamedTuple):
    """How intervals are made."""

    seed: int = DEFAULT_SEED
    resamples: int = DEFAULT_RESAMPLES


class Interval(Record):
    """Bounds of a figure at `CONFIDENCE`."""

    low: float
    high: float


class Paired(Record):
    """A figure of system B against that of system A on the same documents."""

    a: float | None
    b: float | None
    difference: float | None
    """`b - a`."""
    interval: Interval | None
    """Of the difference; None with fewer than two documents."""
    standard_error: float | None
    """Of the difference, the standard deviation over resamples."""
    half_width: float | None
    """Half the interval: a difference smaller than this cannot show."""
    detectable: float | None
    """Smallest true difference found with 80 % power at 5 %: (1.96 + 0.84) standard
    errors (Cohen 1988)."""
    documents: int
    verdict: Verdict


@lru_cache(maxsize=8)
def document_weights(documents: int, how: Resampling) -> tuple[tuple[int, ...], ...]:
    """Return how often each document is in each resample."""
    source = random.Random(how.seed)  # noqa: S311 (reproducible, no secret)
    rows = []
    for _ in range(how.resamples):
        weights = [0] * documents
        for _ in range(documents):
            weights[int(source.random() * documents)] += 1
        rows.append(tuple(weights))
    return tuple(rows)


def percentile(ordered: Sequence[float], share: float) -> float:
    """Return a percentile of sorted values, interpolated linearly."""
    place = share * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)


def ratio_interval(
    parts: Sequence[float], wholes: Sequence[float], how: Resampling
) -> Interval | None:
    """Return the interval of sum(parts) / sum(wholes) over documents.

    F1 is such a ratio: 2 correct / (predicted + gold).

    Returns:
        The interval, or None when fewer than two documents have a whole, for then
        nothing is known of how documents differ.
    """
    if sum(whole > 0 for whole in wholes) < 2:
        return None
    weights = document_weights(len(parts), how)
    drawn = sorted(
        f for row in weights if (f := _ratio(parts, wholes, row)) is not None
    )
    return _bounds(drawn)


def wilson_interval(part: int, whole: int) -> Interval:
    """Return the score interval of a share of independent records (Wilson 1927).

    It has a width also where all or none are right, which resampling cannot show.
    """
    share, spread = part / whole, _Z_INTERVAL**2 / whole
    half = _Z_INTERVAL * math.sqrt(share * (1 - share) / whole + spread / whole / 4)
    low, high = ((share + spread / 2 + side) / (1 + spread) for side in (-half, half))
    return Interval(low=max(0.0, low), high=min(1.0, high))


def compare_ratios(
    a: tuple[Sequence[float], Sequence[float]],
    b: tuple[Sequence[float], Sequence[float]],
    how: Resampling,
) -> Paired:
    """Compare two systems' ratios over the same documents.

    Args:
        a: parts and wholes by document of the one system.
        b: the same of the other, documents in the same order.
        how: seed and number of resamples.

    Returns:
        The comparison. The verdict is `better` or `worse` when the interval of the
        difference excludes zero and there are `MIN_DOCUMENTS`; `same` when no document
        differs; else `not enough gold to tell`.
    """
    documents = len(a[0])
    once = [1] * documents
    first, second = _ratio(*a, once), _ratio(*b, once)
    drawn = []
    if documents > 1:
        for row in document_weights(documents, how):
            low, high = _ratio(*a, row), _ratio(*b, row)
            if low is not None and high is not None:
                drawn.append(high - low)
    interval = _bounds(sorted(drawn)) if len(drawn) > 1 else None
    error = statistics.pstdev(drawn) if interval else None
    same = list(a[0]) == list(b[0]) and list(a[1]) == list(b[1])
    return Paired(
        a=first,
        b=second,
        difference=None if first is None or second is None else second - first,
        interval=interval,
        standard_error=error,
        half_width=(interval.high - interval.low) / 2 if interval else None,
        detectable=None if error is None else (_Z_INTERVAL + _Z_POWER) * error,
        documents=documents,
        verdict="same" if same else _verdict(interval, documents),
    )


def _verdict(interval: Interval | None, documents: int) -> Verdict:
    if interval is None or documents < MIN_DOCUMENTS:
        return "not enough gold to tell"
    if interval.low > 0:
        return "better"
    return "worse" if interval.high < 0 else "not enough gold to tell"


def _ratio(
    parts: Sequence[float], wholes: Sequence[float], weights: Sequence[int]
) -> float | None:
    whole = sum(map(mul, weights, wholes))
    part = sum(map(mul, weights, parts))
    return part / whole if whole else None


def _bounds(ordered: Sequence[float]) -> Interval:
    tail = (1 - CONFIDENCE) / 2
    return Interval(low=percentile(ordered, tail), high=percentile(ordered, 1 - tail))
