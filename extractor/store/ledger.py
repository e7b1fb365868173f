"""The ledger of model calls on SQLite: one row an HTTP attempt, successful or not.

A row is durable when `record` returns, before anyone acts on the answer, so that a run
killed right after makes no answered call again.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from extractor.core.calls import CallRecord
from extractor.core.errors import UserError
from extractor.core.runs import utc_text
from extractor.store.database import read_database
from extractor.store.statements import answered_call, without_credentials
from extractor.store.store import Store


class StoredAnswers:
    """The answers that a database holds of an endpoint, for one that only looks.

    Args:
        path: the database; where there is none, or none that can be read, it holds
            nothing.
        base_url: the endpoint, None for the embedded model.
    """

    def __init__(self, path: Path, base_url: str | None) -> None:
        self._conn: sqlite3.Connection | None = None
        with suppress(UserError):
            self._conn = read_database(path)
        self._base_url = base_url and without_credentials(base_url)

    def close(self) -> None:
        """Close the database."""
        if self._conn is not None:
            self._conn.close()

    def answered(self, request_key: str) -> tuple[str, str] | None:
        """Return call id and body of the newest answer, None without one."""
        if self._conn is None:
            return None
        return answered_call(self._conn, self._base_url, request_key)


class SqliteLedger:
    """A run's view of the ledger.

    Args:
        store: the open database; the run must have been started in it.
        run_id: the run that pays for the calls recorded here.
        reuse_since: reuse only answers to calls begun at or after this moment
            (`--no-resume`); None reuses all that this endpoint gave to any run of the
            database.
        cost_usd: what the run has cost before.
    """

    def __init__(
        self,
        store: Store,
        run_id: str,
        reuse_since: str | datetime | None = None,
        cost_usd: float | None = 0.0,
    ) -> None:
        self._store = store
        self._run_id = run_id
        self._reuse_since = utc_text(reuse_since) if reuse_since else ""
        self.reused = 0
        """Answers that were there already."""
        self.cost_usd = cost_usd
        """What the run has cost so far; None where an answer's price is not known."""

    def answered(self, request_key: str) -> tuple[str, str] | None:
        """Return call id and response body of the newest answer, None without one.

        Only answers of status 200 count that made something: an error, a cut answer or
        one that does not fit is never reused.
        """
        found = self._store.answered_call(self._run_id, request_key, self._reuse_since)
        self.reused += found is not None
        return found

    def record(self, call: CallRecord) -> str:
        """Add an attempt and return its id; it is durable then."""
        if call.cost_usd is not None and self.cost_usd is not None:
            self.cost_usd += call.cost_usd
        elif call.is_answer:
            self.cost_usd = None
        return self._store.add_call(
            self._run_id,
            {
                "item_id": call.item_id,
                "request_key": call.request_key,
                "purpose": call.purpose,
                "model": call.model,
                "attempt": call.attempt,
                "status": call.status,
                "error": call.error,
                "finish_reason": call.finish_reason,
                "prompt_tokens": call.prompt_tokens,
                "cached_tokens": call.cached_tokens,
                "completion_tokens": call.completion_tokens,
                "latency_s": call.latency_s,
                "cost_usd": call.cost_usd,
                "request_body": call.request_body,
                "response_body": call.response_body,
                "started_at": utc_text(call.started_at),
            },
        )

    def reject(self, call_ids: Sequence[str], reason: str) -> None:
        """Note that these answers made nothing, so that they are asked for again."""
        self._store.reject_calls(call_ids, reason)
