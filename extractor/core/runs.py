"""Runs as records: what identifies one, how an item of it failed, its numbers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal, NamedTuple

from extractor.core.errors import LLMError
from extractor.core.records import Item, Record

DOUBTFUL_SHARE = 0.2
"""Share of refused values above which a run has not gone well."""

RunStatus = Literal["running", "finished", "failed", "interrupted"]


class RunRecord(Record):
    """What identifies a run: one invocation over a set of documents."""

    id: str
    """`content_id` of everything that decides the records."""
    model: str
    """As given by `--model`."""
    base_url: str | None
    """Endpoint; the store drops user name, password and query."""
    strategy: str
    soft: str
    """How soft commitments are found: model, rules or off."""
    prompt_name: str | None
    prompt_sha256: str | None
    schema_version: str
    product_version: str
    config: dict[str, Any]
    """Every other setting that decides the records."""


class RunSummary(Record):
    """The numbers of a run, counted from its rows."""

    run_id: str
    status: RunStatus
    model: str
    strategy: str
    soft: str
    created_at: str
    finished_at: str | None
    documents: int
    items: int
    """`with_records + without_records + failed`."""
    with_records: int
    without_records: int
    failed: int
    records: int
    hard: int
    soft_records: int
    grounded: int
    ungrounded: int
    answered: int
    """Fields that the model filled in, partners one by one."""
    refused: int
    """Of these, how many the source does not have."""
    left_out: int
    """Numbers and dates of the items that are in no record."""
    calls: int
    """HTTP attempts this run made; reused answers are not among them."""
    failed_calls: int
    prompt_tokens: int
    cached_tokens: int
    completion_tokens: int
    seconds: float
    """Sum of the calls' latencies, not wall time."""
    cost_usd: float | None

    @property
    def is_doubtful(self) -> bool:
        """Say whether so much of what the model said was refused that it is no use."""
        return self.refused > DOUBTFUL_SHARE * self.answered


class Done(NamedTuple):
    """An item that a run is done with, or all those of a document."""

    item: Item | None
    """None for those of a document that an earlier invocation finished."""
    is_new: bool
    """Done now, and not by an earlier invocation."""
    cost_usd: float | None = 0.0
    """What the run's calls have cost so far; None where a price is not known."""
    items: int = 1
    """How many items it tells of."""


OnItem = Callable[[Done], None]
"""Called after each item."""


@dataclass(frozen=True)
class Failure:
    """Why an item failed."""

    kind: str
    """Exception class in lower case without "Error": transport, invalidoutput, …"""
    message: str
    attempts: int = 0

    @classmethod
    def of(cls, error: LLMError) -> Failure:
        """Describe an error of the model client."""
        kind = type(error).__name__.removesuffix("Error").lower()
        return cls(kind, str(error), error.attempts)


def utc_text(moment: str | datetime | None = None) -> str:
    """Return the moment (default: now) as the database writes times.

    A fixed width in UTC, so that texts sort as times do.
    """
    if moment is None:
        moment = datetime.now(UTC)
    elif isinstance(moment, str):
        moment = datetime.fromisoformat(moment)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    text = moment.astimezone(UTC).isoformat(timespec="microseconds")
    return text.replace("+00:00", "Z")
