"""Bucket: how many requests that write are let in, evenly over time."""

from __future__ import annotations

import math
import time
from collections.abc import Callable


class Bucket:
    """Tokens that fill up evenly; who finds none must come back later.

    Args:
        size: tokens of a full bucket.
        per_s: tokens that come back in a second.
        clock: seconds, of any beginning.
    """

    def __init__(
        self, size: int, per_s: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._size = size
        self._per_s = per_s
        self._clock = clock
        self._left = float(size)
        self._at = clock()

    def take(self) -> bool:
        """Take a token, if there is one."""
        now = self._clock()
        self._left = min(self._size, self._left + (now - self._at) * self._per_s)
        self._at = now
        if self._left < 1:
            return False
        self._left -= 1
        return True

    @property
    def wait_s(self) -> int:
        """Whole seconds until there is a token again."""
        return max(1, math.ceil((1 - self._left) / self._per_s))
