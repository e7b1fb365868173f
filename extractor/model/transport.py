"""HTTP under the model client: request in, answer out, every attempt in the ledger.

The transport wraps the real one.
It is the only owner of retries for what goes wrong between us and the endpoint, and it
answers a request from the ledger when the same request was answered before, which is
how a killed run resumes without paying twice.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from weakref import WeakValueDictionary

import httpx2
from tenacity import (
    AsyncRetrying,
    RetryCallState,
    retry_if_exception,
    retry_if_result,
    stop_after_attempt,
    wait_random_exponential,
)
from tenacity.stop import stop_base

from extractor.core.calls import CallRecord, CallScope, Ledger, current_scope
from extractor.model.limits.allowance import FREE, Allowance, Bill, weigh
from extractor.model.limits.pauses import (
    FIRST_WAIT_S,
    RetryPolicy,
    SharedPause,
)
from extractor.model.limits.slots import Slots
from extractor.model.redaction import Redaction, one_line
from extractor.model.requests import request_key
from extractor.model.responses import Body, asks_to_wait, json_object, read_body

_ALL = 1 << 16
"""More requests than are ever in flight."""


class UnusableAnswerError(httpx2.DecodingError):
    """Status 200, but the body is no chat completion.

    `is_json` tells a passing failure of a gateway, which is worth another try, from a
    web page, which means that the URL is wrong.
    """

    def __init__(self, message: str, *, is_json: bool) -> None:
        super().__init__(message)
        self.is_json = is_json


@dataclass(slots=True)
class _Request:
    """One request with what was done for it so far."""

    request: httpx2.Request
    key: str
    scope: CallScope
    sent: str
    """Its body."""
    body: dict[str, Any]
    attempts: int = 0
    paused_s: float = 0.0
    """Time it spent waiting because the endpoint said so."""


class _TooLong(stop_base):
    """Ends the retries of a request whose time is up; pauses are not its time."""

    def __init__(self, policy: RetryPolicy, asked: _Request) -> None:
        self._policy = policy
        self._asked = asked

    def __call__(self, retry_state: RetryCallState) -> bool:
        spent_s = (retry_state.seconds_since_start or 0.0) - self._asked.paused_s
        return spent_s + retry_state.upcoming_sleep >= self._policy.max_total_s


@dataclass(slots=True)
class _Attempt:
    """One attempt being made."""

    asked: _Request
    number: int
    bill: Bill
    started_at: str = field(
        default_factory=lambda: datetime.now(UTC).isoformat(timespec="milliseconds")
    )
    clock: float = field(default_factory=time.perf_counter)


class LedgerTransport(httpx2.AsyncBaseTransport):
    """The real transport with a ledger, retries and a shared pause around it.

    Args:
        inner: the real one.
        ledger: where attempts go and answers come from.
        retries: the bounds.
        secrets: what is blotted out of all that came, the key first.
        allowance: how fast and how dear its calls may be.
        slots: how many of them are in flight at once; no end by default.

    A body that is no chat completion raises `UnusableAnswerError`; everything else
    that comes after the last retry is handed on as it is.
    """

    def __init__(
        self,
        inner: httpx2.AsyncBaseTransport,
        ledger: Ledger,
        retries: RetryPolicy | None = None,
        secrets: tuple[str, ...] = (),
        allowance: Allowance = FREE,
        slots: Slots | None = None,
    ) -> None:
        self._inner = inner
        self._ledger = ledger
        self._secrets = secrets
        self._redaction = Redaction(secrets)
        self._retries = retries or RetryPolicy()
        self._pause = SharedPause(self._retries)
        self._prices = allowance.prices
        self._gate = allowance.gate()
        self._slots = slots or Slots(_ALL)
        self._in_flight: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Answer from the ledger, or from the endpoint with retries."""
        await request.aread()
        sent = request.content.decode("utf-8", errors="replace")
        body = json_object(sent)
        key = request_key(request.method, request.url.path, body or request.content)
        scope = current_scope()
        lock = self._in_flight.setdefault(key, asyncio.Lock())
        async with lock:  # the same question at the same time is asked once
            stored = self._ledger.answered(key)
            if stored is not None:
                scope.call_id = stored[0]
                scope.answers.append(stored[0])
                return _response(request, stored[1])
            return await self._ask(_Request(request, key, scope, sent, body))

    async def aclose(self) -> None:
        """Close the real transport."""
        await self._inner.aclose()

    async def _ask(self, asked: _Request) -> httpx2.Response:
        policy = self._retries

        retrying = AsyncRetrying(
            stop=stop_after_attempt(policy.max_attempts) | _TooLong(policy, asked),
            wait=wait_random_exponential(FIRST_WAIT_S, policy.max_wait_s),
            retry=retry_if_exception(_is_passing) | retry_if_result(_is_retryable),
            sleep=policy.sleep,
            retry_error_callback=_last_outcome,
        )
        return await retrying(self._send, asked)

    async def _send(self, asked: _Request) -> httpx2.Response:
        """Send until the endpoint does not say to wait, or the patience is out."""
        clock = self._retries.clock
        url = str(asked.request.url)
        weight = weigh(asked.body, len(asked.sent), self._prices, url)
        while True:
            came = clock()
            async with self._slots.place(), self._gate.turn(weight) as bill:
                ticket = await self._pause.enter()
                asked.paused_s += clock() - came
                try:
                    response = await self._attempt(asked, bill)
                finally:
                    self._pause.leave()
                if not asks_to_wait(response):
                    if response.is_success:
                        self._pause.passed(ticket)
                    return response
                if not self._pause.refused(ticket, response):
                    return response

    async def _attempt(self, asked: _Request, bill: Bill) -> httpx2.Response:
        """Send once; what was sent is paid, so that its answer is not given up.

        Cancelled, it waits for the answer, which the ledger keeps, and only then ends;
        cancelled once more it ends at once.
        """
        asked.attempts += 1
        asked.scope.attempts += 1
        attempt = _Attempt(asked, asked.attempts, bill)
        bill.usd = None  # until there is a response, nobody knows
        exchange = asyncio.ensure_future(self._exchange(attempt))
        try:
            return await asyncio.shield(exchange)
        except asyncio.CancelledError:
            while not exchange.done():
                try:
                    await asyncio.wait({exchange})
                except asyncio.CancelledError:
                    exchange.cancel()
            raise

    async def _exchange(self, attempt: _Attempt) -> httpx2.Response:
        """Send, and write down what came of it before anyone else sees it."""
        try:
            response = await self._inner.handle_async_request(attempt.asked.request)
            response.request = attempt.asked.request
            try:
                await response.aread()
            finally:
                await response.aclose()
        except asyncio.CancelledError:
            self._record(attempt, error="cancelled")
            raise
        except Exception as exc:
            if isinstance(exc, _UNSENT):
                attempt.bill.usd = 0.0
            self._record(attempt, error=_describe(exc))
            raise
        response = self._without_secrets(response)
        body = read_body(response)
        self._record(attempt, response, body)
        if response.is_success and not body.is_completion:
            raise UnusableAnswerError(body.error or "", is_json=body.is_json)
        return response

    def _without_secrets(self, response: httpx2.Response) -> httpx2.Response:
        """Return the response as it came, unless it echoes the key.

        What is handed on is what is stored: an echoed key is no word of a record.
        """
        text = response.text
        clean = self._redaction.body(text)
        if clean == text:
            return response
        return _response(
            response.request, clean, response.status_code, response.headers
        )

    def _record(
        self,
        attempt: _Attempt,
        response: httpx2.Response | None = None,
        body: Body | None = None,
        error: str | None = None,
    ) -> None:
        latency_s = time.perf_counter() - attempt.clock
        asked = attempt.asked
        model = str(asked.body.get("model") or "")
        body = body or Body(error=error)
        cost_usd = self._prices.cost_usd(
            model,
            body.prompt_tokens,
            body.cached_tokens,
            body.completion_tokens,
            str(asked.request.url),
        )
        if response is not None:
            # A refusal is free; of a call without a response nobody knows.
            attempt.bill.usd = cost_usd if response.is_success else cost_usd or 0.0
        asked.scope.call_id = self._ledger.record(
            CallRecord(
                request_key=asked.key,
                purpose=asked.scope.purpose,
                item_id=asked.scope.item_id,
                model=model,
                attempt=attempt.number,
                status=response.status_code if response is not None else None,
                error=one_line(body.error, self._secrets) if body.error else None,
                finish_reason=body.finish_reason,
                prompt_tokens=body.prompt_tokens,
                cached_tokens=body.cached_tokens,
                completion_tokens=body.completion_tokens,
                latency_s=round(latency_s, 4),
                cost_usd=cost_usd,
                request_body=self._redaction.body(asked.sent),
                response_body=None if response is None else response.text,
                started_at=attempt.started_at,
            )
        )
        if body.is_completion:
            asked.scope.answers.append(asked.scope.call_id)


_UNSENT = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout)
"""Nothing reached the endpoint."""


def _describe(exc: Exception) -> str:
    return f"{type(exc).__name__}: {exc}" if str(exc) else type(exc).__name__


def _response(
    request: httpx2.Request,
    body: str,
    status: int = 200,
    headers: httpx2.Headers | None = None,
) -> httpx2.Response:
    """Return a response with this body; headers about the old body do not go along."""
    kept = [
        (name, value)
        for name, value in (headers or {"content-type": "application/json"}).items()
        if name.lower() not in {"content-encoding", "content-length"}
    ]
    content = body.encode("utf-8", "replace")
    return httpx2.Response(status, headers=kept, content=content, request=request)


def _is_passing(exc: BaseException) -> bool:
    """Say whether the same request may do better in a moment."""
    if isinstance(exc, UnusableAnswerError):
        return exc.is_json
    if isinstance(exc, (httpx2.UnsupportedProtocol, httpx2.ProxyError)):
        return False
    return isinstance(exc, httpx2.TransportError)


def _is_retryable(response: httpx2.Response) -> bool:
    """Say whether another try may fare better; one told to wait had its tries."""
    if asks_to_wait(response):
        return False
    return response.status_code in {408, 409} or response.status_code >= 500


def _last_outcome(state: RetryCallState) -> httpx2.Response:
    """Hand on what the last attempt gave, response or exception."""
    outcome: Any = state.outcome  # never None here
    response: httpx2.Response = outcome.result()
    return response
