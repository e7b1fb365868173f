"""Batches as they are stored, and what they wait for: for whoever only looks.

A batch is *planned* once all its requests are stored, *sent* once the endpoint has it,
*ended* when the endpoint says so, and *collected* when every line of it is in the
ledger; until then its requests are out, and nobody asks them again.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing, suppress
from pathlib import Path
from typing import NamedTuple

from extractor.core.errors import UserError
from extractor.model.responses import CUT_OFF
from extractor.store.database import read_database, translated
from extractor.store.ledger import StoredAnswers
from extractor.store.statements import without_credentials

_BATCHES = """
select b.id, b.run_id, r.base_url, r.model, b.command, b.requests, b.bytes, b.most_usd,
  b.created_at, b.uploading_at, b.input_file_id, b.creating_at, b.remote_id, b.status,
  coalesce(b.completed, 0), coalesce(b.failed, 0), b.output_file_id, b.error_file_id,
  b.error, b.checked_at, b.collected_at, b.read_at
from batches b join runs r on r.id = b.run_id order by b.created_at, b.rowid
"""
OUT = """
select 1 from batch_requests q
join batches b on b.id = q.batch_id join runs r on r.id = b.run_id
where q.request_key = ? and b.collected_at is null and r.base_url is ? limit 1
"""
"""Whether a request, by key and endpoint, is out."""
_LATEST = """
select c.id, c.response_body, c.error, q.is_read from batch_requests q
join llm_calls c on c.id = q.call_id join runs r on r.id = c.run_id
where q.request_key = ? and r.base_url is ? order by q.rowid desc limit 1
"""


class Batch(NamedTuple):
    """A stored batch."""

    id: str
    """Our own."""
    run_id: str
    base_url: str | None
    """Of its run, without credentials."""
    model: str
    command: str
    """What was asked for, in JSON."""
    requests: int
    bytes: int
    """Of the file of requests."""
    most_usd: float | None
    """What its dearest answers would cost; None where no price is known."""
    created_at: str
    uploading_at: str | None
    """When its file was last about to be sent."""
    input_file_id: str | None
    creating_at: str | None
    """When it was about to be made; it may be there, whether we know its id or not."""
    remote_id: str | None
    status: str | None
    """The endpoint's word."""
    completed: int
    failed: int
    output_file_id: str | None
    error_file_id: str | None
    error: str | None
    checked_at: str | None
    collected_at: str | None
    read_at: str | None
    """When its items were read, or were seen to have changed."""

    @property
    def file_name(self) -> str:
        """The name under which its requests are sent."""
        return f"extract-{self.id}.jsonl"

    @property
    def state(self) -> str:
        """How it stands, in a word or two: the endpoint's, where it has one."""
        if self.remote_id is None:
            return "not sent" if self.status is None else self.status
        if self.collected_at is None:
            return self.status or "sent"
        return f"{self.status}, collected"

    @property
    def is_out(self) -> bool:
        """Say whether the endpoint has it and its answers are still to come."""
        return self.remote_id is not None and self.collected_at is None


class Asked(NamedTuple):
    """A request as a batch keeps it."""

    key: str
    item_id: str | None
    purpose: str
    turn: int
    """1, or 2 where it asks again because the first answer did not fit."""
    body: str
    """JSON on one line."""


class StoredOut(StoredAnswers):
    """What a database has been answered and waits for, for one that only looks."""

    def answered(self, request_key: str) -> tuple[str, str] | None:
        """Return call id and body of the newest answer, or of a reply that was cut off.

        That is none to reuse, but as long as its item is not read to the end, what is
        asked next depends on it.
        """
        if self._conn is None:
            return None
        found = super().answered(request_key)
        return found or cut_reply(self._conn, self._base_url, request_key)

    def is_out(self, request_key: str) -> bool:
        """Say whether a request is in a batch that is not collected."""
        if self._conn is None:
            return False
        return (
            self._conn.execute(OUT, [request_key, self._base_url]).fetchone()
            is not None
        )


def cut_reply(
    conn: sqlite3.Connection, base_url: str | None, request_key: str
) -> tuple[str, str] | None:
    """Return call id and body of a batch's reply that was cut off and not read yet."""
    row = conn.execute(_LATEST, [request_key, base_url]).fetchone()
    if row is None or row[2] != CUT_OFF or row[3]:
        return None
    return row[0], row[1]


def stored_batches(path: Path) -> list[Batch]:
    """Return the batches of a database that is only looked at, oldest first.

    Raises:
        UserError: there is no such database.
    """
    with closing(read_database(path)) as conn, translated(path):
        return read_batches(conn)


def requests_out(path: Path, model: str, base_url: str) -> int:
    """Return how many requests to a model are in batches that are not collected."""
    with suppress(UserError):
        return sum(
            batch.requests
            for batch in stored_batches(path)
            if batch.is_out
            and (batch.model, batch.base_url) == (model, without_credentials(base_url))
        )
    return 0


def read_batches(conn: sqlite3.Connection) -> list[Batch]:
    """Return all batches, oldest first."""
    return [Batch(*row) for row in conn.execute(_BATCHES)]
