"""Requests and tokens a minute: spread over it, never more than were allowed."""

from __future__ import annotations

import asyncio
import time

from extractor.model.limits.rates import RateLimits, Rates


async def _times(limits: RateLimits, calls: int, tokens: int = 0) -> list[float]:
    """Return when each of so many calls that wait together may go, in seconds."""
    rates = Rates(limits)
    began = time.monotonic()

    async def go() -> float:
        await rates.wait(tokens)
        return time.monotonic() - began

    return sorted(await asyncio.gather(*(go() for _ in range(calls))))


def test_requests_are_spread_over_the_minute() -> None:
    """1,200 a minute are twenty at once, and one each twentieth of a second then."""
    times = asyncio.run(_times(RateLimits(requests=1200), 30))

    assert times[19] < 0.2
    assert 0.4 < times[29] < 1.5


def test_a_slow_rate_lets_one_go_at_once() -> None:
    """Twenty a minute begin with one, not with twenty."""
    times = asyncio.run(_times(RateLimits(requests=1200 // 4), 8))

    assert times[4] < 0.2
    assert times[7] > 0.4


def test_tokens_count_as_requests_do() -> None:
    """Calls of 100 tokens at 60,000 a minute: ten at once, then ten a second."""
    times = asyncio.run(_times(RateLimits(tokens=60_000), 15, tokens=100))

    assert times[9] < 0.2
    assert 0.35 < times[14] < 1.5


def test_a_request_larger_than_a_burst_goes() -> None:
    """A request of more tokens than a second's share waits, and is not stuck."""
    times = asyncio.run(_times(RateLimits(tokens=60_000), 1, tokens=50_000))

    assert times[0] < 1.5


def test_no_limit_waits_for_nothing() -> None:
    """Without limits a thousand calls of any size go without a minute passing."""
    assert asyncio.run(_times(RateLimits(), 1000, 10**9))[-1] < 30
