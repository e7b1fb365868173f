"""Budget: what a run may cost; a call is sent only when its dearest answer still fits.

The money is set aside before a call is sent and settled when it ended, so that what was
paid stays under the cap, however many calls are in flight.
"""

from __future__ import annotations

import asyncio
import math
from dataclasses import dataclass

from extractor.core.errors import BudgetError


@dataclass(frozen=True, slots=True)
class Cap:
    """The most that a run may cost."""

    usd: float = math.inf
    spent_usd: float = 0.0
    """What earlier invocations of the run have paid already."""

    @property
    def is_set(self) -> bool:
        """Say whether there is a bound at all."""
        return math.isfinite(self.usd)


class Budget:
    """The money of one client's calls; made in the loop that uses it."""

    def __init__(self, cap: Cap) -> None:
        self._cap = cap
        self._paid = cap.spent_usd
        self._set_aside = 0.0
        self._out = 0
        """Calls that money is set aside for."""
        self._changed = asyncio.Event()

    async def set_aside(self, most_usd: float) -> None:
        """Set aside what a call may cost; wait for others' change where it must.

        Every call settles what was set aside for it.

        Raises:
            BudgetError: it does not fit, and nothing that is out can make room.
        """
        while self._paid + self._set_aside + most_usd > self._cap.usd:
            if self._out == 0:
                raise BudgetError(
                    f"--max-cost {self._cap.usd:g} is used up: {self._paid:.4f} USD "
                    f"paid, and the next call may cost {most_usd:.4f}; the same "
                    "command with a higher one goes on from here"
                )
            await self._changed.wait()
        self._set_aside += most_usd
        self._out += 1

    def settle(self, most_usd: float, paid_usd: float) -> None:
        """Pay a call, and give back the rest of what was set aside for it."""
        self._out -= 1
        # What rounding leaves over is nobody's money.
        self._set_aside = self._set_aside - most_usd if self._out else 0.0
        self._paid += paid_usd
        self._changed.set()
        self._changed = asyncio.Event()
