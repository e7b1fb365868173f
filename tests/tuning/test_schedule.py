"""The schedule: every sample in every epoch, in an order that the seed gives."""

from __future__ import annotations

from collections import Counter

import pytest
from pydantic import ValidationError

from extractor.tuning.schedule import (
    Settings,
    StepDone,
    batches,
    batches_by_length,
    rate_at,
)

LENGTHS = [5 + 7 * number % 40 for number in range(100)]


def test_every_sample_is_in_every_epoch() -> None:
    """None is left out, none is twice in an epoch."""
    steps = batches(LENGTHS, Settings(epochs=3, batch=8))

    times = Counter(place for batch in steps for place in batch)
    assert len(steps) == 3 * 13
    assert times == dict.fromkeys(range(100), 3)


def test_order_is_that_of_the_seed() -> None:
    """The same seed gives the same order, another one another."""
    assert batches(LENGTHS, Settings(seed=4)) == batches(LENGTHS, Settings(seed=4))
    assert batches(LENGTHS, Settings(seed=4)) != batches(LENGTHS, Settings(seed=5))


def test_batches_are_of_similar_lengths() -> None:
    """Little of a batch is padding."""
    spread = [
        max(LENGTHS[at] for at in batch) - min(LENGTHS[at] for at in batch)
        for batch in batches(LENGTHS, Settings())
    ]

    assert sum(spread) / len(spread) < 10


def test_measuring_takes_every_sample_once() -> None:
    """The shortest first."""
    steps = batches_by_length([3, 1, 2], 2)

    assert steps == [(1, 2), (0,)]


def test_rate_rises_and_falls() -> None:
    """Up in the first steps, at its height, and down to a fiftieth."""
    settings = Settings(rate=1.0)
    rates = [rate_at(step, 100, settings) for step in range(100)]

    assert rates[0] == pytest.approx(1 / 6, rel=1e-3)
    assert max(rates) == pytest.approx(1, rel=1e-2)
    assert rates.index(max(rates)) == 5
    assert rates[-1] == pytest.approx(0.02)


def test_rate_of_a_single_step() -> None:
    """The least there can be to learn."""
    assert rate_at(0, 1, Settings(rate=1.0)) == 1.0


def test_time_left_is_that_of_the_steps_left() -> None:
    """At the pace of this sitting."""
    assert StepDone("training", 4, 10, 0.1, 2.5).left_s == 15.0


@pytest.mark.parametrize("wrong", [{"epochs": 0}, {"rate": 0.0}, {"batch": 0}])
def test_settings_that_train_nothing_are_refused(wrong) -> None:
    """A caller from Python is told as well."""
    with pytest.raises(ValidationError):
        Settings(**wrong)
