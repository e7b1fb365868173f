"""Slots: how many requests are in flight at once, and whether any more should be."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from extractor.core.errors import ExtractorError


class Slots:
    """Places for requests in flight; made in the loop that uses it.

    A place is taken when a request is about to be sent and free when its answer is
    there: neither writing a request nor reading an answer keeps an endpoint waiting.

    Args:
        count: how many there are.
    """

    def __init__(self, count: int) -> None:
        self._places = asyncio.Semaphore(count)
        self._hopeless: ExtractorError | None = None

    def close(self, error: ExtractorError) -> None:
        """Let no request through any more: none can escape this error."""
        self._hopeless = error

    @asynccontextmanager
    async def place(self) -> AsyncIterator[None]:
        """Wait for a place.

        Raises:
            ExtractorError: what closed them while this one waited.
        """
        async with self._places:
            if self._hopeless is not None:
                raise self._hopeless
            yield
