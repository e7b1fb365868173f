"""The model client: requests in, checked answers out, over HTTP.

The only sender. `turns` says what is sent and reads what comes; `transport` looks into
the ledger first, retries what goes wrong on the wire and writes every attempt down; the
SDK never retries, and its exceptions end here.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from types import TracebackType
from typing import Any, NoReturn, Self
from urllib.parse import parse_qsl, urlsplit

import httpx2
import openai

from extractor.core.calls import CallScope, Ledger, call_scope
from extractor.core.errors import (
    ExtractorError,
    IncompleteOutputError,
    InvalidOutputError,
    TransportError,
)
from extractor.model.endpoints import ModelConfig
from extractor.model.limits.pauses import RetryPolicy
from extractor.model.limits.slots import Slots
from extractor.model.redaction import one_line
from extractor.model.requests import COMPLETIONS, Answer, Reply, Request
from extractor.model.responses import asks_to_wait, error_code, error_message
from extractor.model.transport import LedgerTransport, UnusableAnswerError
from extractor.model.turns import Turn, first_turn
from extractor.model.wire import real_transport

_NO_KEY = "none"
"""What servers on this machine get: they want a header, not a key."""
_MISSING_MODEL = re.compile(
    r"model[^.]*\b(?:not (?:exist|found)|unknown|does not exist)", re.IGNORECASE
)


class OpenAIClient:
    """Any OpenAI-compatible endpoint; close it after use.

    Args:
        config: the model and where it is.
        ledger: every attempt goes in, answers already there are not asked for again.
        concurrency: requests in flight; 1 suits the embedded model's single slot.
        retries: bounds of the retries; from `config` by default.
        transport: what is under the ledger, for tests.
    """

    def __init__(
        self,
        config: ModelConfig,
        ledger: Ledger,
        *,
        concurrency: int = 1,
        retries: RetryPolicy | None = None,
        transport: httpx2.AsyncBaseTransport | None = None,
    ) -> None:
        self.config = config
        self._ledger = ledger
        self._slots = Slots(concurrency)
        self._openai = openai.AsyncOpenAI(
            **sdk_options(config),
            http_client=httpx2.AsyncClient(
                transport=LedgerTransport(
                    transport or real_transport(config.base_url, concurrency),
                    ledger,
                    retries
                    or RetryPolicy(
                        max_attempts=config.max_attempts, patience_s=config.patience_s
                    ),
                    secrets=config.secrets,
                    allowance=config.allowance,
                    slots=self._slots,
                ),
                timeout=config.timeout_s,
            ),
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close the connections."""
        await self._openai.close()

    async def answers(
        self, requests: Sequence[Request], item_id: str | None = None
    ) -> dict[Request, Answer]:
        """Ask side by side and return an answer to each request.

        When one fails the others still finish: their answers are needed when the item
        is done again. A failure that no call can escape ends them.

        Raises:
            ExtractorError: no call can succeed, or the ledger cannot be written.
        """
        try:
            async with asyncio.TaskGroup() as tasks:
                running = [
                    tasks.create_task(self.answer(one, item_id)) for one in requests
                ]
        except BaseExceptionGroup as group:
            raise group.exceptions[0] from group.exceptions[0].__cause__
        return {one: task.result() for one, task in zip(requests, running, strict=True)}

    async def answer(self, request: Request, item_id: str | None = None) -> Answer:
        """Ask the model until there is an answer, or none after every retry.

        Args:
            request: what to ask.
            item_id: the item it is made for, for the ledger.

        Raises:
            ExtractorError: no call can succeed, or the ledger cannot be written.
        """
        with call_scope(request.purpose, item_id) as scope:
            turn: Turn | Answer = first_turn(request, self.config)
            try:
                while isinstance(turn, Turn):
                    turn = turn.read(await self._reply(turn, scope))
            except TransportError as error:
                if error.is_fatal:
                    self._slots.close(error)
                    raise
                turn = Answer(error=error)
            except ExtractorError as error:
                self._slots.close(error)
                raise
        return self._noted(turn, scope)

    async def _reply(self, turn: Turn, scope: CallScope) -> Reply:
        """Return the reply of the ledger or the endpoint."""
        try:
            response = await self._openai.post(
                COMPLETIONS, body=turn.body, cast_to=httpx2.Response
            )
        except openai.OpenAIError as exc:
            _translate(exc, self.config, scope)
        return Reply(scope.call_id or "", response.text)

    def _noted(self, answer: Answer, scope: CallScope) -> Answer:
        """Say of a failure whose it is; an answer that cannot be used is none."""
        error = answer.error
        if error is not None:
            error.item_id, error.attempts = scope.item_id, scope.attempts
        if isinstance(error, (IncompleteOutputError, InvalidOutputError)):
            self._ledger.reject(scope.answers, str(error))
        return answer


def sdk_options(config: ModelConfig) -> dict[str, Any]:
    """Return what every client of the SDK is told of an endpoint.

    Retries and names of the environment's organisation are none of its business.
    """
    url = urlsplit(config.base_url)
    return {
        "api_key": config.api_key or _NO_KEY,
        # The SDK would put the path behind a query.
        "base_url": url._replace(query="").geturl(),
        "default_query": dict(parse_qsl(url.query)),
        "organization": None,
        "project": None,
        "max_retries": 0,
        "timeout": config.timeout_s,
    }


def _translate(
    exc: openai.OpenAIError, config: ModelConfig, scope: CallScope
) -> NoReturn:
    """Raise the failure as one of our own; the SDK wraps what comes from below it."""
    for cause in _causes(exc):
        if isinstance(cause, ExtractorError):  # e.g. the ledger cannot be written
            raise cause
    message, is_fatal = one_line(str(exc), config.secrets), False
    if isinstance(exc, openai.APIError):
        message, is_fatal = explain(exc, config)
    raise TransportError(
        message,
        is_fatal=is_fatal,
        item_id=scope.item_id,
        model=config.name,
        attempts=scope.attempts,
    ) from exc


def _causes(exc: BaseException | None) -> list[BaseException]:
    """Return the exception and what it was raised from, outermost first."""
    chain: list[BaseException] = []
    while exc is not None and exc not in chain:
        chain.append(exc)
        exc = exc.__cause__
    return chain


def explain(exc: openai.APIError, config: ModelConfig) -> tuple[str, bool]:
    """Return the message for a call without a usable answer, and whether to give up."""
    if isinstance(exc, openai.APIStatusError):
        return _explain_status(exc, config)
    cause = exc.__cause__
    if isinstance(cause, UnusableAnswerError):
        hint = "" if cause.is_json else "; check --base-url, it usually ends in /v1"
        said = one_line(str(cause), config.secrets)
        message = f"{config.endpoint} did not send an answer: {said}{hint}"
        return message, not cause.is_json
    if isinstance(exc, openai.APITimeoutError):
        return f"{config.endpoint} did not answer in {config.timeout_s:g} s", False
    if isinstance(exc, openai.APIResponseValidationError):
        return f"{config.endpoint} sent something else than a completion", False
    reason = one_line(str(cause or exc), config.secrets) or type(cause).__name__
    if isinstance(cause, (httpx2.ReadError, httpx2.RemoteProtocolError)):
        return f"{config.endpoint} broke off: {reason}", False
    way_out = "check that it runs and --base-url"
    return f"{config.endpoint} cannot be reached: {reason}; {way_out}", True


def _explain_status(
    exc: openai.APIStatusError, config: ModelConfig
) -> tuple[str, bool]:
    """Return message and verdict for an HTTP status, with the way out."""
    status = exc.status_code
    said = one_line(error_message(exc.response), config.secrets)
    code = error_code(exc.response)
    where = f"{config.endpoint} answered {status}"
    if status in {401, 403}:
        return f"{where}: {said}; check OPENAI_API_KEY", True
    if (
        status == 404
        or code == "model_not_found"
        or (status == 400 and _MISSING_MODEL.search(said))
    ):
        return f"{where}: {said}; check --model {config.name!r} and --base-url", True
    if status == 402 or code == "insufficient_quota":
        return f"{where}: {said}; the account has no credit left", True
    if asks_to_wait(exc.response):  # else it would have been waited for
        way_out = f"it says to wait for longer than --patience {config.patience_s:g} s"
        return f"{where}: {said}; {way_out}", True
    return f"{where}: {said}", False
