"""The schedule: settings in, the batch and the rate of every step out.

Both follow from the settings and the samples alone, so that training that was stopped
goes on as if it had not been.
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from typing import NamedTuple, Protocol

from pydantic import Field

from extractor.core.records import Record

SCALE = 2.0
"""By how much an adapter's product is multiplied; its alpha is this times the rank."""
_WARM_UP = 0.06
"""Share of the steps in which the rate rises."""
_FLOOR = 0.02
"""Share of the rate that is left at the end."""
_BUCKET = 8
"""Batches of samples that are sorted by length, so that little is padding."""


class Settings(Record):
    """How an adapter is trained; the same settings on the same data give the same."""

    epochs: int = Field(default=2, ge=1)
    """Times every sample is seen."""
    rate: float = Field(default=4e-4, gt=0)
    """The highest learning rate."""
    rank: int = Field(default=16, ge=1)
    """Rank of the adapter's matrices."""
    batch: int = Field(default=8, ge=1)
    """Samples a step."""
    seed: int = 1
    """Of the first weights and of the order of the samples."""


class StepDone(NamedTuple):
    """How far training or measuring is."""

    stage: str
    step: int
    """Steps done, those of earlier sittings among them."""
    steps: int
    loss: float
    """Mean of the last steps, later ones weighing more; per token of an answer."""
    step_s: float
    """Seconds a step, mean of this sitting."""

    @property
    def left_s(self) -> float:
        """Return the seconds that are left."""
        return (self.steps - self.step) * self.step_s


class Reporter(Protocol):
    """Who is told what is going on."""

    def say(self, text: str) -> None:
        """Take a sentence."""

    def step(self, done: StepDone) -> None:
        """Take a step that was done."""


def batches(lengths: Sequence[int], settings: Settings) -> list[tuple[int, ...]]:
    """Return the samples of each step by their places, all epochs in a row.

    Args:
        lengths: tokens of each sample.
        settings: epochs, batch and seed are used.
    """
    chance = random.Random(settings.seed)  # noqa: S311 - an order, no secret
    size = settings.batch
    steps: list[tuple[int, ...]] = []
    for _ in range(settings.epochs):
        order = list(range(len(lengths)))
        chance.shuffle(order)
        epoch: list[tuple[int, ...]] = []
        for start in range(0, len(order), size * _BUCKET):
            bucket = order[start : start + size * _BUCKET]
            bucket.sort(key=lengths.__getitem__)
            epoch += _cut(bucket, size)
        chance.shuffle(epoch)
        steps += epoch
    return steps


def batches_by_length(lengths: Sequence[int], size: int) -> list[tuple[int, ...]]:
    """Return every sample once, by its place, the shortest first."""
    return _cut(sorted(range(len(lengths)), key=lengths.__getitem__), size)


def _cut(places: Sequence[int], size: int) -> list[tuple[int, ...]]:
    return [tuple(places[at : at + size]) for at in range(0, len(places), size)]


def rate_at(step: int, steps: int, settings: Settings) -> float:
    """Return the learning rate of a step, counted from 0: up, then down a cosine."""
    warm_up = min(1.0, (step + 1) / max(1, int(_WARM_UP * steps)))
    cosine = 0.5 * (1 + math.cos(math.pi * step / steps))
    return settings.rate * warm_up * max(_FLOOR, cosine)
