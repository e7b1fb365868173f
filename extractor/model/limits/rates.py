"""Rates: requests and tokens a minute that an endpoint allows, kept before it says so.

`aiolimiter` owns the buckets; here is only what a request weighs.
"""

from __future__ import annotations

from dataclasses import dataclass

from aiolimiter import AsyncLimiter

_MINUTE_S = 60.0
_BURST_S = 1.0
"""How much of a minute's allowance may go out at once.

A provider's bucket may be emptier than ours: what is sent is spread over the minute.
"""


@dataclass(frozen=True, slots=True)
class RateLimits:
    """What may be sent a minute; None sets no bound."""

    requests: int | None = None
    tokens: int | None = None
    """Of prompt and answer together; an answer counts as its limit, as providers do."""


class Rates:
    """The buckets of one client; made in the loop that uses them."""

    def __init__(self, limits: RateLimits) -> None:
        self._requests = _limiter(limits.requests)
        self._tokens = _limiter(limits.tokens)

    async def wait(self, tokens: int) -> None:
        """Wait until one more request of so many tokens may be sent.

        A request larger than what may go out at once waits for that much.
        """
        if self._requests is not None:
            await self._requests.acquire()
        if self._tokens is not None:
            await self._tokens.acquire(min(tokens, self._tokens.max_rate))


def _limiter(a_minute: int | None) -> AsyncLimiter | None:
    if a_minute is None:
        return None
    burst = max(1.0, a_minute * _BURST_S / _MINUTE_S)
    return AsyncLimiter(burst, burst * _MINUTE_S / a_minute)
