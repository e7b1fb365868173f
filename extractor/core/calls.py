"""Model calls as the ledger knows them: attempts, answers, and what a call is for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from typing import Protocol


@dataclass(frozen=True, slots=True)
class CallRecord:
    """One HTTP attempt: a row of `llm_calls`."""

    request_key: str
    """SHA-256 of method, path and canonical body; the same question, the same key."""
    purpose: str
    item_id: str | None
    model: str
    attempt: int
    """1 for the first try of a request."""
    status: int | None
    """HTTP status; None when no response came."""
    error: str | None
    """One line, without secrets; None only for a usable answer."""
    finish_reason: str | None
    prompt_tokens: int | None
    cached_tokens: int | None
    completion_tokens: int | None
    latency_s: float
    cost_usd: float | None
    request_body: str
    """JSON text; no headers, no key."""
    response_body: str | None
    started_at: str
    """ISO 8601, UTC."""

    @property
    def is_answer(self) -> bool:
        """Say whether the same request may be answered with this response again.

        Errors never are, and neither is an answer that was cut off or does not fit.
        """
        return self.status == 200 and self.error is None


class Ledger(Protocol):
    """Where attempts are written down."""

    def answered(self, request_key: str) -> tuple[str, str] | None:
        """Return (call id, response body) of a usable answer to the same request."""
        ...

    def record(self, call: CallRecord) -> str:
        """Store an attempt and return its call id; durable on return."""
        ...

    def reject(self, call_ids: Sequence[str], reason: str) -> None:
        """Note that these answers made nothing, so that they are asked for again.

        A reason that is noted already stays.
        """
        ...


class MemoryLedger:
    """A ledger that forgets: for tests and one-off calls."""

    def __init__(self) -> None:
        self.calls: list[CallRecord] = []
        self._answers: dict[str, tuple[str, str]] = {}

    def answered(self, request_key: str) -> tuple[str, str] | None:
        """Return the first usable answer to the request."""
        return self._answers.get(request_key)

    def record(self, call: CallRecord) -> str:
        """Keep the attempt; its id is its number."""
        self.calls.append(call)
        call_id = str(len(self.calls))
        if call.is_answer and call.response_body is not None:
            self._answers.setdefault(call.request_key, (call_id, call.response_body))
        return call_id

    def reject(self, call_ids: Sequence[str], reason: str) -> None:
        """Forget that the calls were answers."""
        for call_id in call_ids:
            call = self.calls[int(call_id) - 1]
            self.calls[int(call_id) - 1] = replace(call, error=call.error or reason)
            if self._answers.get(call.request_key, ("",))[0] == call_id:
                del self._answers[call.request_key]


@dataclass(slots=True)
class CallScope:
    """What a call is for, and what became of it."""

    purpose: str
    item_id: str | None = None
    call_id: str | None = None
    """The ledger row of the last attempt, or of the stored answer."""
    attempts: int = 0
    """HTTP attempts made in this scope."""
    answers: list[str] = field(default_factory=list)
    """The ledger rows of the completions that came, or were there."""


_scope: ContextVar[CallScope | None] = ContextVar("call_scope", default=None)


@contextmanager
def call_scope(purpose: str, item_id: str | None) -> Iterator[CallScope]:
    """Name what the requests made inside are for."""
    scope = CallScope(purpose, item_id)
    token = _scope.set(scope)
    try:
        yield scope
    finally:
        _scope.reset(token)


def current_scope() -> CallScope:
    """Return the scope the caller is in, or one that nobody looks at."""
    return _scope.get() or CallScope("")
