"""Filing: open turns into batches, as many as go into a file and as can be paid."""

from __future__ import annotations

import json
from typing import NamedTuple

from extractor.core.errors import UserError
from extractor.core.runs import utc_text
from extractor.model.batches.lines import batch_path, request_line
from extractor.model.endpoints import ModelConfig
from extractor.model.limits.allowance import weigh
from extractor.model.redaction import Redaction
from extractor.runs.batch.command import Command
from extractor.runs.batch.planning import Open
from extractor.runs.pipeline import Job
from extractor.store.batches.book import BatchStore
from extractor.store.batches.stored import Asked

_CHUNK = 500
"""Requests that are stored at a time."""


class Limits(NamedTuple):
    """What an endpoint takes in one file."""

    requests: int
    bytes: int


class Filing:
    """Puts requests into batches, as many as go into a file and as can be paid."""

    def __init__(
        self,
        store: BatchStore,
        job: Job,
        endpoint: ModelConfig,
        command: Command,
        limits: Limits,
    ) -> None:
        self.unpaid = 0
        """Requests that were left out."""
        self._store = store
        self._run = job.record
        self._command = command.model_dump_json()
        self._endpoint = endpoint
        self._limits = limits
        self._path = batch_path(endpoint.base_url)
        self._redaction = Redaction(endpoint.secrets)
        self._prices = endpoint.allowance.prices
        run_id = self._run.id
        self._paid = store.spent_usd(run_id) + store.reserved_usd(run_id)
        self._batch_id: str | None = None
        self._requests = self._bytes = 0
        self._pending: dict[str, Asked] = {}
        self._pending_bytes, self._pending_usd = 0, 0.0

    def has(self, key: str) -> bool:
        """Say whether a request was added that is not stored yet."""
        return key in self._pending

    def add(self, one: Open) -> None:
        """Add a request, unless it may cost too much.

        Raises:
            UserError: it is larger than a file may be.
        """
        body = self._redaction.body(_json(one.turn.body))
        key = one.turn.key
        size = len(request_line(key, self._path, body))
        if size > self._limits.bytes:
            raise UserError(
                f"a request about {one.item.name} takes {size:,} bytes, more than "
                "--max-file-mb allows in one file; give it a higher one"
            )
        url = self._endpoint.base_url
        most_usd = weigh(one.turn.body, len(body), self._prices, url).most_usd
        if self._paid + most_usd > self._endpoint.allowance.cap.usd:
            self.unpaid += 1
            return
        if (
            self._requests == self._limits.requests
            or self._bytes + size > self._limits.bytes
        ):
            self.end()
        self._paid += most_usd
        self._requests += 1
        self._bytes += size
        self._pending_bytes += size
        self._pending_usd += most_usd
        request = one.turn.request
        self._pending[key] = Asked(
            key, one.item.id, request.purpose, one.turn.number, body
        )
        if len(self._pending) >= _CHUNK:
            self._flush()

    def end(self) -> None:
        """End the file: what is added from now on goes into another."""
        self._flush()
        if self._batch_id is not None:
            self._store.note(self._batch_id, planned_at=utc_text())
        self._batch_id, self._requests, self._bytes = None, 0, 0

    def too_dear(self) -> str:
        """Say that nothing can be sent for the money."""
        usd = self._endpoint.allowance.cap.usd
        return (
            f"--max-cost {usd:g} is used up: {self._paid:.4f} USD are paid or may "
            f"still be, and none of {self.unpaid} requests fits; collect what is under "
            "way, or give a higher one"
        )

    def _flush(self) -> None:
        """Store what was added; a run that asks nothing is not begun."""
        if not self._pending:
            return
        if self._batch_id is None:
            self._store.start_run(self._run)
            self._batch_id = self._store.begin_batch(self._run, self._command)
        # Zero is the price of what has none: nobody must take it for free.
        url, name = self._endpoint.base_url, self._endpoint.name
        is_known = self._prices.cost_usd(name, 1, 0, 1, url) is not None
        usd = self._pending_usd if is_known else None
        asked = list(self._pending.values())
        self._store.add_asked(self._batch_id, asked, self._pending_bytes, usd)
        self._pending, self._pending_bytes, self._pending_usd = {}, 0, 0.0


def _json(body: dict[str, object]) -> str:
    """Return a body on one line, readable where UTF-8 can hold it."""
    text = json.dumps(body, ensure_ascii=False)
    try:
        text.encode()
    except UnicodeEncodeError:
        return json.dumps(body)
    return text
