"""HTTP under the model client: request in, answer out, every attempt in the ledger.

The transport wraps the real one.
It is the only owner of retries for what goes wrong between us and the endpoint, and it
answers a request from the ledger when the same request was answered before, which is
how a killed run resumes without paying twice.
"""

from __future__ import annotations

import asyncio
import email.utils
import hashlib
import json
import re
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
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
    stop_before_delay,
    wait_random_exponential,
)

from extractor.calls import (
    CallRecord,
    CallScope,
    Ledger,
    MemoryLedger,
    call_scope,
    current_scope,
)
from extractor.pricing import cost_usd

__all__ = [
    "CallRecord",
    "CallScope",
    "Ledger",
    "LedgerTransport",
    "MemoryLedger",
    "RetryPolicy",
    "UnusableAnswerError",
    "call_scope",
]

_MAX_ERROR_CHARS = 300
_SECRET = re.compile(r"\b(?:sk|pk|key)-[\w*.-]{6,}|(?i:bearer)\s+[\w.~+/=-]{6,}")
_SCRUBBED = "[secret]"
_FIRST_WAIT_S = 0.5


class UnusableAnswerError(httpx2.DecodingError):
    """Status 200, but the body is no chat completion.

    `is_json` tells a passing failure of a gateway, which is worth another try, from a
    web page, which means that the URL is wrong.
    """

    def __init__(self, message: str, *, is_json: bool) -> None:
        super().__init__(message)
        self.is_json = is_json


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """Bounds of the retries of one request."""

    max_attempts: int = 5
    max_total_s: float = 300.0
    max_wait_s: float = 30.0
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep


@dataclass(slots=True)
class _Attempt:
    """One attempt being made."""

    request: httpx2.Request
    key: str
    number: int
    scope: CallScope
    started_at: str = field(
        default_factory=lambda: datetime.now(UTC).isoformat(timespec="milliseconds")
    )
    clock: float = field(default_factory=time.perf_counter)


class LedgerTransport(httpx2.AsyncBaseTransport):
    """The real transport with a ledger and retries around it.

    Args:
        inner: the real one.
        ledger: where attempts go and answers come from.
        retries: the bounds.
        secrets: strings that are blotted out of what is recorded, the key first.

    A body that is no chat completion raises `UnusableAnswerError`; everything else
    that comes after the last retry is handed on as it is.
    """

    def __init__(
        self,
        inner: httpx2.AsyncBaseTransport,
        ledger: Ledger,
        retries: RetryPolicy | None = None,
        secrets: tuple[str, ...] = (),
    ) -> None:
        self._inner = inner
        self._ledger = ledger
        self._secrets = secrets
        self._retries = retries or RetryPolicy()
        self._in_flight: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Answer from the ledger, or from the endpoint with retries."""
        await request.aread()
        key = request_key(request)
        scope = current_scope()
        lock = self._in_flight.setdefault(key, asyncio.Lock())
        async with lock:  # the same question at the same time is asked once
            stored = self._ledger.answered(key)
            if stored is not None:
                scope.call_id, scope.is_reused = stored[0], True
                return _stored_response(request, stored[1])
            scope.is_reused = False
            return await self._ask(request, key, scope)

    async def aclose(self) -> None:
        """Close the real transport."""
        await self._inner.aclose()

    async def _ask(
        self, request: httpx2.Request, key: str, scope: CallScope
    ) -> httpx2.Response:
        policy = self._retries
        retrying = AsyncRetrying(
            stop=stop_after_attempt(policy.max_attempts)
            | stop_before_delay(policy.max_total_s),
            wait=_Wait(policy.max_wait_s),
            retry=retry_if_exception(_is_passing) | retry_if_result(_is_retryable),
            sleep=policy.sleep,
            retry_error_callback=_last_outcome,
        )
        number = 0

        async def once() -> httpx2.Response:
            nonlocal number
            number += 1
            return await self._attempt(_Attempt(request, key, number, scope))

        return await retrying(once)

    async def _attempt(self, attempt: _Attempt) -> httpx2.Response:
        """Send once, and write down what came of it before anyone else sees it."""
        attempt.scope.attempts += 1
        try:
            response = await self._inner.handle_async_request(attempt.request)
            response.request = attempt.request
            try:
                await response.aread()
            finally:
                await response.aclose()
        except asyncio.CancelledError:
            self._record(attempt, error="cancelled")
            raise
        except Exception as exc:
            self._record(attempt, error=_describe(exc))
            raise
        answer = _parse(response)
        self._record(attempt, response, answer)
        if response.is_success and answer.error is not None:
            raise UnusableAnswerError(answer.error, is_json=answer.is_json)
        return response

    def _record(
        self,
        attempt: _Attempt,
        response: httpx2.Response | None = None,
        answer: _Answer | None = None,
        error: str | None = None,
    ) -> None:
        latency_s = time.perf_counter() - attempt.clock
        request = attempt.request
        secrets = self._secrets
        body = request.content.decode("utf-8", errors="replace")
        model = str(_json_object(body).get("model") or "")
        answer = answer or _Answer(error=error)
        attempt.scope.call_id = self._ledger.record(
            CallRecord(
                request_key=attempt.key,
                purpose=attempt.scope.purpose,
                item_id=attempt.scope.item_id,
                model=model,
                attempt=attempt.number,
                status=response.status_code if response is not None else None,
                error=one_line(answer.error, secrets) if answer.error else None,
                finish_reason=answer.finish_reason,
                prompt_tokens=answer.prompt_tokens,
                cached_tokens=answer.cached_tokens,
                completion_tokens=answer.completion_tokens,
                latency_s=round(latency_s, 4),
                cost_usd=cost_usd(
                    model,
                    answer.prompt_tokens,
                    answer.cached_tokens,
                    answer.completion_tokens,
                    str(request.url),
                ),
                request_body=_without(secrets, body),
                response_body=(
                    None if response is None else _without(secrets, response.text)
                ),
                started_at=attempt.started_at,
            )
        )


def request_key(request: httpx2.Request) -> str:
    """Return the SHA-256 of method, path and canonical body.

    Host and port are left out: the embedded server has another port in every run.
    """
    body = request.content
    with suppress(ValueError):  # what is not JSON is its own canonical form
        body = json.dumps(
            json.loads(body), sort_keys=True, ensure_ascii=False, separators=(",", ":")
        ).encode()
    digest = hashlib.sha256()
    for part in (request.method.encode(), request.url.path.encode(), body):
        digest.update(part + b"\x1f")
    return digest.hexdigest()


def one_line(text: str, secrets: tuple[str, ...] = ()) -> str:
    """Return the text on one line, shortened, with secrets blotted out."""
    text = _SECRET.sub(_SCRUBBED, _without(secrets, text))
    text = " ".join(text.split())
    if len(text) > _MAX_ERROR_CHARS:
        text = f"{text[:_MAX_ERROR_CHARS]}…"
    return text


@dataclass(frozen=True, slots=True)
class _Answer:
    """What the ledger needs to know of a response body."""

    error: str | None = None
    is_json: bool = False
    finish_reason: str | None = None
    prompt_tokens: int | None = None
    cached_tokens: int | None = None
    completion_tokens: int | None = None


def _parse(response: httpx2.Response) -> _Answer:
    """Read tokens and finish reason of a completion, or say what is wrong with it."""
    body = _json_object(response.text)
    if not response.is_success:
        return _Answer(f"HTTP {response.status_code}: {error_message(response)}")
    choices = body.get("choices")
    if not (isinstance(choices, list) and choices and isinstance(choices[0], dict)):
        return _Answer(
            f"not a chat completion: {error_message(response)}", is_json=bool(body)
        )
    usage = _object(body.get("usage"))
    return _Answer(
        finish_reason=_text(choices[0].get("finish_reason")),
        prompt_tokens=_count(usage.get("prompt_tokens")),
        cached_tokens=_count(
            _object(usage.get("prompt_tokens_details")).get("cached_tokens")
        ),
        completion_tokens=_count(usage.get("completion_tokens")),
    )


def error_message(response: httpx2.Response) -> str:
    """Return the endpoint's own words about an error, unscrubbed."""
    body = _json_object(response.text)
    error = body.get("error")
    words = error.get("message") if isinstance(error, dict) else error
    words = words or body.get("message") or body.get("detail") or response.text
    return str(words).strip() or "no message"


def error_code(response: httpx2.Response) -> str | None:
    """Return the endpoint's error code, e.g. `insufficient_quota`."""
    return _text(_object(_json_object(response.text).get("error")).get("code"))


def _json_object(text: str) -> dict[str, Any]:
    try:
        return _object(json.loads(text))
    except ValueError:
        return {}


def _object(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _count(value: object) -> int | None:
    return value if isinstance(value, int) else None


def _without(secrets: tuple[str, ...], text: str) -> str:
    for secret in secrets:
        text = text.replace(secret, _SCRUBBED)
    return text


def _describe(exc: Exception) -> str:
    return f"{type(exc).__name__}: {exc}" if str(exc) else type(exc).__name__


def _stored_response(request: httpx2.Request, body: str) -> httpx2.Response:
    return httpx2.Response(
        200,
        headers={"content-type": "application/json"},
        content=body.encode(),
        request=request,
    )


def _is_passing(exc: BaseException) -> bool:
    """Say whether the same request may do better in a moment."""
    if isinstance(exc, UnusableAnswerError):
        return exc.is_json
    if isinstance(exc, (httpx2.UnsupportedProtocol, httpx2.ProxyError)):
        return False
    return isinstance(exc, httpx2.TransportError)


def _is_retryable(response: httpx2.Response) -> bool:
    """Say whether the endpoint asks for another try."""
    if response.status_code == 429:  # an empty account does not fill up by waiting
        return error_code(response) != "insufficient_quota"
    return response.status_code in {408, 409} or response.status_code >= 500


def _last_outcome(state: RetryCallState) -> httpx2.Response:
    """Hand on what the last attempt gave, response or exception."""
    outcome: Any = state.outcome  # never None here
    response: httpx2.Response = outcome.result()
    return response


class _Wait:
    """Exponential backoff with jitter, or what the endpoint says, if it says."""

    def __init__(self, max_wait_s: float) -> None:
        self._backoff = wait_random_exponential(_FIRST_WAIT_S, max_wait_s)

    def __call__(self, state: RetryCallState) -> float:
        wait_s = self._backoff(state)
        if state.outcome is None or state.outcome.failed:
            return wait_s
        asked_s = retry_after_s(state.outcome.result().headers)
        if asked_s is None:
            return wait_s
        return asked_s + min(wait_s, 1.0)  # many clients were told the same second


def retry_after_s(headers: httpx2.Headers) -> float | None:
    """Return the seconds to wait by `retry-after-ms` or `retry-after`, if given."""
    with suppress(KeyError, ValueError):
        return max(0.0, float(headers["retry-after-ms"]) / 1000)
    value = headers.get("retry-after", "")
    with suppress(ValueError):
        return max(0.0, float(value))
    try:
        at = email.utils.parsedate_to_datetime(value)
    except ValueError:
        return None
    if at.tzinfo is None:
        at = at.replace(tzinfo=UTC)
    return max(0.0, (at - datetime.now(UTC)).total_seconds())
