"""One gate for all workers: what one client would be allowed, they are together."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest

from extractor.core.errors import BudgetError
from extractor.model.limits.allowance import Allowance, Weight
from extractor.model.limits.budget import Cap
from extractor.runs.cluster.limits import Limits, SharedAllowance
from tests.fake_ray import FakeActor

CALL = Weight(tokens=10, most_usd=1.0)


class Workers:
    """Some workers that share an actor, in one loop."""

    def __init__(self, usd: float) -> None:
        self.allowance = Allowance(cap=Cap(usd))
        self.limits = Limits(self.allowance)
        self.paid: list[float] = []

    def gate(self, block: str) -> Any:
        """Return the gate of a worker."""
        actor = FakeActor(self.limits)
        return SharedAllowance(cap=self.allowance.cap, limits=actor, block=block).gate()

    async def call(self, block: str, usd: float) -> None:
        """Make a call that costs so much."""
        async with self.gate(block).turn(CALL) as bill:
            await asyncio.sleep(0)
            bill.usd = usd
            self.paid.append(usd)


def test_cap_is_never_passed_by_workers_together() -> None:
    """Four workers that ask at once spend no more than one would."""

    async def work(workers: Workers) -> None:
        async def one(block: str) -> None:
            with suppress(BudgetError):
                while True:
                    await workers.call(block, 0.7)

        await asyncio.gather(*(one(str(number)) for number in range(4)))

    workers = Workers(usd=5.0)
    asyncio.run(work(workers))

    assert 4.0 < sum(workers.paid) <= 5.0


def test_lost_worker_keeps_nobody_waiting() -> None:
    """A block that begins again gives back the turns of the worker that was lost."""

    async def work(workers: Workers) -> None:
        await workers.limits.enter("a", CALL)  # and never leaves
        assert await workers.limits.begin("a")
        await workers.call("b", 0.5)
        with pytest.raises(BudgetError, match=r"1\.5"):
            await workers.call("b", 0.5)

    asyncio.run(work(Workers(usd=2.0)))


def test_stop_lets_no_block_begin() -> None:
    """After the word, no further block is read."""

    async def work(limits: Limits) -> Iterator[bool]:
        before = await limits.begin("a"), await limits.is_stopped()
        await limits.stop()
        return iter((*before, await limits.begin("b"), await limits.is_stopped()))

    said = list(asyncio.run(work(Limits(Allowance()))))

    assert said == [True, False, False, True]
