"""What the stub does with each call: how slow it is, and which fault it makes."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import Any, Self

FAULTS = (
    "429",
    "429-silent",
    "500",
    "503",
    "hang",
    "slow",
    "cut",
    "malformed",
    "truncated",
    "empty",
    "unfit",
    "no-json",
)
"""By name: told to wait, with and without a `Retry-After`; statuses of a server in
trouble, 503 in bursts; no answer until the client gives up; an answer byte by byte; a
connection cut inside the answer; a body that is half of one; an answer cut at its
limit; one without words; one that does not fit; one that is no JSON at all."""

_BURST = 4
"""Calls in a row that a 503 begins."""


@dataclass(frozen=True)
class Behaviour:
    """How the stub behaves; the n-th call of the same seed meets the same fault."""

    latency_s: float = 0.0
    faults: dict[str, float] = field(default_factory=dict)
    """Fault to the share of calls that meet it."""
    seed: int = 20260101
    retry_after_s: float = 0.2
    hang_s: float = 30.0
    cached_tokens: int = 0
    batch: dict[str, Any] = field(default_factory=dict)
    """How batches end and what is held back: see `batches`."""

    @classmethod
    def all_faults(cls, share: float, **others: Any) -> Self:
        """Return one in which every kind of fault has its part of the share."""
        return cls(faults=dict.fromkeys(FAULTS, share / len(FAULTS)), **others)

    def __post_init__(self) -> None:
        unknown = set(self.faults) - set(FAULTS)
        if unknown or sum(self.faults.values()) > 1:
            raise ValueError(f"no such faults: {self.faults}")

    def as_json(self) -> dict[str, Any]:
        """Return what `Behaviour(**…)` takes."""
        return asdict(self)


class Faults:
    """Draws the fault of each call."""

    def __init__(self, behaviour: Behaviour) -> None:
        self._random = random.Random(behaviour.seed)
        self._shares = behaviour.faults
        self._total = sum(behaviour.faults.values())
        self._made: Counter[str] = Counter()
        self._left_of_burst = 0

    def draw(self) -> str | None:
        """Return the fault of the next call, None for a good one.

        When one is due, it is the kind that lags most behind its share: a small test
        meets them all.
        """
        if self._left_of_burst:
            self._left_of_burst -= 1
            return self._count("503")
        if self._random.random() >= self._total:
            return None
        so_far = self._made.total() + 1
        fault = max(
            self._shares,
            key=lambda one: so_far * self._shares[one] / self._total - self._made[one],
        )
        self._left_of_burst = _BURST - 1 if fault == "503" else 0
        return self._count(fault)

    def _count(self, fault: str) -> str:
        self._made[fault] += 1
        return fault
