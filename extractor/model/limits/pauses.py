"""Pauses: an endpoint says "wait", every request of the client waits, then they go on.

Being told to wait is no failure and uses up no attempt; how long it may go on is
bounded by the client's patience.
"""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import httpx2

from extractor.model.endpoints import PATIENCE_S
from extractor.model.responses import retry_after_s

_log = logging.getLogger(__name__)

FIRST_WAIT_S = 0.5
_JITTER_S = 1.0
_SHORTEST_SAID_S = 1.0
_FULL_WIDTH = 256


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """Bounds of the retries of one request, and of the patience of all of them."""

    max_attempts: int = 5
    max_total_s: float = 300.0
    """Not counted while the endpoint says to wait."""
    max_wait_s: float = 30.0
    patience_s: float = PATIENCE_S
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    clock: Callable[[], float] = time.monotonic


class SharedPause:
    """The pause of all requests of a client.

    While it lasts nobody sends. After it one request goes ahead; each answer lets one
    more be out, so that their number doubles, and another "wait" begins again at one.
    """

    def __init__(self, policy: RetryPolicy) -> None:
        self._policy = policy
        self._until = policy.clock()
        self._pauses = 0
        """How many there were; a refusal counts once a pause, not once a request."""
        self._in_a_row = 0
        self._told_s = 0.0
        """Waiting asked for since the last answer."""
        self._width: int | None = None
        """Requests that may be out at a time; None when nobody said to wait."""
        self._out = 0
        self._left = asyncio.Event()

    async def enter(self) -> int:
        """Wait for one's turn; the ticket says after which pause it came."""
        while True:
            await self._sleep()
            if self._width is None or self._out < self._width:
                self._out += 1
                return self._pauses
            await self._left.wait()

    def leave(self) -> None:
        """Make room for the next; called once for each `enter`."""
        self._out -= 1
        self._wake()

    def passed(self, ticket: int) -> None:
        """Note an answer: the endpoint has room again."""
        if ticket != self._pauses or self._width is None:
            return
        self._in_a_row, self._told_s = 0, 0.0
        self._width = self._width + 1 if self._width < _FULL_WIDTH else None
        self._wake()

    def refused(self, ticket: int, response: httpx2.Response) -> bool:
        """Begin or prolong the pause; False when it is longer than the patience."""
        said_s = retry_after_s(response.headers)
        is_news = ticket == self._pauses
        if not is_news and said_s is None:
            return True  # it was sent before the pause that now lasts
        wait_s = self._wait_s(said_s, self._in_a_row + is_news)
        now = self._policy.clock()
        more_s = wait_s if is_news else max(0.0, now + wait_s - self._until)
        if self._told_s + more_s > self._policy.patience_s:
            return False
        if is_news:
            self._pauses += 1
            self._in_a_row += 1
            self._width = 1
            self._until = now
            if self._in_a_row == 1:
                _log.warning("told to wait: all requests pause for %.0f s", wait_s)
        self._until = max(self._until, now + wait_s)
        self._told_s += more_s
        return True

    def _wait_s(self, said_s: float | None, in_a_row: int) -> float:
        """Return how long to wait: what was said, else longer with every time."""
        longest_s = min(FIRST_WAIT_S * 2.0**in_a_row, self._policy.max_wait_s)
        jitter = random.random()  # noqa: S311  (spreads clients, guards nothing)
        if said_s is None or said_s < _SHORTEST_SAID_S:
            return (said_s or 0.0) + longest_s * (1 + jitter) / 2
        return said_s + _JITTER_S * jitter  # many clients were told the same second

    async def _sleep(self) -> None:
        slept = None
        while self._until != slept and self._until > self._policy.clock():
            slept = self._until
            await self._policy.sleep(slept - self._policy.clock())

    def _wake(self) -> None:
        self._left.set()
        self._left = asyncio.Event()
