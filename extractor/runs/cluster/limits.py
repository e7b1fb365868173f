"""Limits: one gate for the calls of all workers, so that a bound on a run is kept.

An actor has the gate that one client would have; workers ask it before each call.
It also hears when the run is to end, which workers ask it, too.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import Any

from extractor.core.errors import BudgetError
from extractor.model.limits.allowance import Allowance, Bill, Gate, Weight


class Limits:
    """What the actor does; no more than one runs of it.

    Args:
        allowance: of the whole run.
    """

    def __init__(self, allowance: Allowance) -> None:
        self._allowance = allowance
        self._gate: Gate | None = None  # made in the loop that uses it
        self._turns: dict[
            tuple[str, int], tuple[AbstractAsyncContextManager[Bill], Bill]
        ] = {}
        self._given = 0
        self._is_stopped = False

    async def begin(self, block: str) -> bool:
        """Begin a block, or begin it again where a worker was lost; False: do not.

        What a lost worker had asked for is taken to have cost what it could at most.
        """
        for holder, number in list(self._turns):
            if holder == block:
                await self.leave(holder, number, None)
        return not self._is_stopped

    async def stop(self) -> None:
        """Let no further block begin, and those that are read end in order."""
        self._is_stopped = True

    async def is_stopped(self) -> bool:
        """Say whether the run is to end."""
        return self._is_stopped

    async def enter(self, block: str, weight: Weight) -> int | str:
        """Wait for a call's turn; return its number, or why there is none."""
        self._gate = self._gate or Gate(self._allowance)
        turn = self._gate.turn(weight)
        try:
            bill = await turn.__aenter__()
        except BudgetError as exc:
            return str(exc)
        self._given += 1
        self._turns[block, self._given] = (turn, bill)
        return self._given

    async def leave(self, block: str, number: int, usd: float | None) -> None:
        """End a call that cost so much; None when nobody knows."""
        turn, bill = self._turns.pop((block, number))
        bill.usd = usd
        await turn.__aexit__(None, None, None)


@dataclass(frozen=True)
class SharedAllowance(Allowance):
    """The allowance of a run, as a worker has it: the actor decides."""

    limits: Any = None
    """The actor."""
    block: str = ""

    def gate(self) -> Gate:
        """Return what asks the actor."""
        return _SharedGate(self)


class _SharedGate(Gate):
    def __init__(self, allowance: SharedAllowance) -> None:
        self._limits = allowance.limits
        self._block = allowance.block

    @asynccontextmanager
    async def turn(self, weight: Weight) -> AsyncIterator[Bill]:
        """Wait for the call's turn among those of all workers.

        Raises:
            BudgetError: it may cost more than is left.
        """
        number = await self._limits.enter.remote(self._block, weight)
        if isinstance(number, str):
            raise BudgetError(number)
        bill = Bill()
        try:
            yield bill
        finally:
            await self._limits.leave.remote(self._block, number, bill.usd)
