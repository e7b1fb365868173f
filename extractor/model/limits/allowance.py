"""Allowance: how fast and how dear calls may be, and when the next one may go."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from extractor.core.errors import ConfigError
from extractor.model.limits.budget import Budget, Cap
from extractor.model.limits.pricing import SHIPPED_PRICES, Prices
from extractor.model.limits.rates import RateLimits, Rates
from extractor.model.requests import estimate_tokens


@dataclass(frozen=True)
class Allowance:
    """What may be sent a minute, what a run may cost, and what models cost."""

    rates: RateLimits = field(default_factory=RateLimits)
    cap: Cap = field(default_factory=Cap)
    prices: Prices = SHIPPED_PRICES

    def gate(self) -> Gate:
        """Return what lets the calls of one client through."""
        return Gate(self)


FREE = Allowance()
"""No bounds but the endpoint's own."""


@dataclass(frozen=True, slots=True)
class Weight:
    """What a call may take at most, known before it is sent."""

    tokens: int
    """Of the prompt, estimated, and of the longest answer."""
    most_usd: float
    """Its price if every character of the prompt were a token, which is more than
    tokenizers make of Chinese; 0.0 where no price is known."""


def weigh(body: dict[str, Any], size: int, prices: Prices, base_url: str) -> Weight:
    """Return what a request weighs.

    Args:
        body: its JSON.
        size: characters of it.
        prices: what models cost.
        base_url: where it goes.
    """
    limit = body.get("max_completion_tokens") or body.get("max_tokens") or 0
    messages = body.get("messages") or ()
    words = "".join(str(message.get("content") or "") for message in messages)
    most = prices.cost_usd(str(body.get("model") or ""), size, 0, limit, base_url)
    return Weight(estimate_tokens(words) + limit, most or 0.0)


@dataclass(slots=True)
class Bill:
    """What a call cost."""

    usd: float | None = 0.0
    """Nothing as long as it was not sent; None when nobody knows."""


class Gate:
    """Lets the calls of one client through; made in the loop that uses it."""

    def __init__(self, allowance: Allowance) -> None:
        self._rates = Rates(allowance.rates)
        self._budget = Budget(allowance.cap)

    @asynccontextmanager
    async def turn(self, weight: Weight) -> AsyncIterator[Bill]:
        """Wait for the call's turn, set its money aside, and pay when it ended.

        Raises:
            BudgetError: it may cost more than is left.
        """
        await self._rates.wait(weight.tokens)
        await self._budget.set_aside(weight.most_usd)
        bill = Bill()
        try:
            yield bill
        finally:
            paid = weight.most_usd if bill.usd is None else bill.usd
            self._budget.settle(weight.most_usd, paid)


def check_price(allowance: Allowance, model: str, base_url: str) -> None:
    """Refuse a cap on money where no price is known.

    Raises:
        ConfigError: what the model costs is not known.
    """
    if not allowance.cap.is_set:
        return
    if allowance.prices.cost_usd(model, 1, 0, 1, base_url) is None:
        where = "in a batch of" if allowance.prices.is_batch else "at"
        hint = " with its `batch`" if allowance.prices.is_batch else ""
        raise ConfigError(
            f"--max-cost needs a price, and none is known for {model!r} {where} this "
            f"endpoint: give --prices FILE{hint}"
        )
