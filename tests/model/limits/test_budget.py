"""The budget of a run: never more than the cap, and stopped with a way on."""

from __future__ import annotations

import asyncio
import random

import pytest

from extractor.core.errors import BudgetError, ConfigError
from extractor.model.limits.allowance import Allowance, Gate, Weight, check_price
from extractor.model.limits.budget import Budget, Cap
from extractor.model.limits.pricing import Price, Prices


@pytest.mark.parametrize("seed", range(20))
def test_the_cap_holds_however_calls_interleave(seed: int) -> None:
    """Calls that cost up to what they may, in any order, never pass the cap."""
    rng = random.Random(seed)
    paid: list[float] = []

    async def call(gate: Gate) -> bool:
        most = rng.uniform(0.1, 1.0)
        try:
            async with gate.turn(Weight(0, most)) as bill:
                await asyncio.sleep(rng.uniform(0, 0.002))
                bill.usd = rng.choice([most, most / 3, None])
                paid.append(most if bill.usd is None else bill.usd)
        except BudgetError:
            return False
        return True

    async def run() -> list[bool]:
        gate = Gate(Allowance(cap=Cap(5.0, spent_usd=1.0)))
        return await asyncio.gather(*(call(gate) for _ in range(60)))

    went = asyncio.run(run())

    assert 1.0 + sum(paid) <= 5.0 + 1e-9
    assert True in went
    assert False in went
    assert 1.0 + sum(paid) > 5.0 - 1.0  # nor does it stop long before


def test_a_call_waits_for_change() -> None:
    """What others gave back makes room for one that did not fit."""

    async def run() -> list[str]:
        budget, order = Budget(Cap(1.0)), list[str]()

        async def second() -> None:
            await budget.set_aside(0.7)
            order.append("second")
            budget.settle(0.7, 0.7)

        await budget.set_aside(0.8)
        waiting = asyncio.create_task(second())
        await asyncio.sleep(0.01)
        order.append("first")
        budget.settle(0.8, 0.2)
        await waiting
        return order

    assert asyncio.run(run()) == ["first", "second"]


def test_what_was_spent_before_counts() -> None:
    """A resumed run has what is left of its cap."""

    async def run() -> None:
        await Budget(Cap(1.0, spent_usd=0.95)).set_aside(0.1)

    with pytest.raises(BudgetError, match=r"0\.9500 USD paid.*higher one goes on"):
        asyncio.run(run())


def test_a_cap_needs_a_price() -> None:
    """Where nobody knows what a call costs, a cap would be a promise not kept."""
    url = "https://models.example/v1"
    own = Prices({"ours": Price(input=1, output=2)})

    with pytest.raises(ConfigError, match="--prices FILE"):
        check_price(Allowance(cap=Cap(1.0)), "ours", url)
    check_price(Allowance(cap=Cap(1.0), prices=own), "ours", url)
    check_price(Allowance(), "ours", url)
