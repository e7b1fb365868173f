"""The model client: messages and a response model in, a checked answer out.

With its `handlers` the only importer of openai and instructor; their exceptions end
here.
Every class of failure has one owner: `transport` retries what goes wrong on the wire,
instructor asks once again when an answer does not fit its model, the SDK never retries.
"""

from __future__ import annotations

import asyncio
import logging
import re
import urllib.request
from collections.abc import Sequence
from types import TracebackType
from typing import Any, NoReturn, Self
from urllib.parse import urlsplit

import httpx2
import instructor
import openai
from instructor.core.exceptions import IncompleteOutputException, InstructorError
from pydantic import ValidationError

from extractor.core.errors import (
    ConfigError,
    ExtractorError,
    IncompleteOutputError,
    InvalidOutputError,
    LLMError,
    TransportError,
)
from extractor.model.completions import (
    AnswerMode,
    Completion,
    LineAnswer,
    LLMClient,
    Message,
    ModelConfig,
    T,
)
from extractor.model.handlers import PROVIDER, LinesHandler, first_reason, reply_text
from extractor.model.pricing import is_loopback
from extractor.model.transport import (
    CallScope,
    Ledger,
    LedgerTransport,
    RetryPolicy,
    UnusableAnswerError,
    asks_to_wait,
    call_scope,
    error_code,
    error_message,
    one_line,
)

# It logs as errors what it raises, answers included; we report what is raised.
logging.getLogger("instructor").setLevel(logging.CRITICAL)

__all__ = [
    "AnswerMode",
    "Completion",
    "LLMClient",
    "LineAnswer",
    "Message",
    "ModelConfig",
    "OpenAIClient",
]

_NO_KEY = "none"
"""What servers on this machine get: they want a header, not a key."""
_MODES = {
    "json_schema": instructor.Mode.JSON_SCHEMA,
    "tools": instructor.Mode.TOOLS,
    "json": instructor.Mode.JSON,
}
_REASKS = 1
_REASONING_MODEL = re.compile(r"(?:^|/)(?:o\d|gpt-5)")
_MISSING_MODEL = re.compile(
    r"model[^.]*\b(?:not (?:exist|found)|unknown|does not exist)", re.IGNORECASE
)


class OpenAIClient:
    """`LLMClient` over any OpenAI-compatible endpoint; close it after use.

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
        self._semaphore = asyncio.Semaphore(concurrency)
        self._hopeless: ExtractorError | None = None
        """What no other call can escape either."""
        self._openai = openai.AsyncOpenAI(
            api_key=config.api_key or _NO_KEY,
            base_url=config.base_url,
            organization=None,
            project=None,
            max_retries=0,
            timeout=config.timeout_s,
            http_client=httpx2.AsyncClient(
                transport=LedgerTransport(
                    transport or _real_transport(config.base_url, concurrency),
                    ledger,
                    retries
                    or RetryPolicy(
                        max_attempts=config.max_attempts, patience_s=config.patience_s
                    ),
                    secrets=config.secrets,
                ),
                timeout=config.timeout_s,
            ),
        )
        self._json = self._asker(_json_mode(config))
        self._lines = self._asker(LinesHandler.mode)

    def _asker(self, mode: instructor.Mode) -> instructor.AsyncInstructor:
        """Return the client that asks and reads in this mode."""
        create = instructor.patch(
            create=self._openai.chat.completions.create, mode=mode, provider=PROVIDER
        )
        return instructor.AsyncInstructor(
            client=self._openai, create=create, mode=mode, provider=PROVIDER
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

    async def complete(  # noqa: PLR0913 - the protocol's
        self,
        messages: Sequence[Message],
        response_model: type[T],
        *,
        purpose: str,
        item_id: str | None = None,
        max_tokens: int,
        grammar: str | None = None,
        stop: Sequence[str] = (),
    ) -> Completion[T]:
        """Ask the model and return its checked answer.

        Args:
            messages: the chat, sent as it is for a `LineAnswer`.
            response_model: what the answer must fit.
            purpose: what the call is for, for the ledger.
            item_id: the item it is made for, for the ledger.
            max_tokens: the most the answer may take.
            grammar: GBNF the answer of a `LineAnswer` must follow; only llama.cpp on
                this machine knows it, elsewhere it is not sent.
            stop: strings that end the answer.

        Raises:
            LLMError: no fitting answer after every retry its failure class allows.
        """
        is_lines = issubclass(response_model, LineAnswer)
        asker = self._lines if is_lines else self._json
        options = self._options(max_tokens, stop, grammar if is_lines else None)
        async with self._semaphore:
            if self._hopeless is not None:  # it came while this call waited
                raise self._hopeless
            with call_scope(purpose, item_id) as scope:
                try:
                    answer, raw = await asker.create_with_completion(
                        messages=_chat(messages),
                        response_model=response_model,
                        max_retries=_REASKS,
                        model=self.config.name,
                        **options,
                    )
                except (openai.OpenAIError, InstructorError) as exc:
                    self._fail(exc, scope)
        usage = raw.usage
        return Completion(
            answer=answer,
            call_id=scope.call_id or "",
            prompt_tokens=getattr(usage, "prompt_tokens", None) or 0,
            completion_tokens=getattr(usage, "completion_tokens", None) or 0,
            is_reused=scope.is_reused,
            text=reply_text(raw),
        )

    def _fail(self, exc: Exception, scope: CallScope) -> NoReturn:
        """Raise the failure as our own; an answer that cannot be used is none."""
        try:
            _translate(exc, self.config, scope)
        except (IncompleteOutputError, InvalidOutputError) as error:
            self._ledger.reject(scope.answers, str(error))
            raise
        except ExtractorError as error:
            if not isinstance(error, LLMError) or error.is_fatal:
                self._hopeless = error
            raise

    def _options(
        self, max_tokens: int, stop: Sequence[str], grammar: str | None
    ) -> dict[str, Any]:
        """Return the request's fields besides model and messages."""
        config = self.config
        is_openai = urlsplit(config.base_url).hostname == "api.openai.com"
        limit = "max_completion_tokens" if is_openai else "max_tokens"
        options: dict[str, Any] = {limit: max_tokens}
        if config.temperature is not None and not _REASONING_MODEL.search(config.name):
            options["temperature"] = config.temperature
        if stop:
            options["stop"] = list(stop)
        if grammar is not None and config.is_local:
            options["extra_body"] = {"grammar": grammar}
        return options


def _json_mode(config: ModelConfig) -> instructor.Mode:
    """Return instructor's mode for answers in JSON."""
    if config.mode == "auto":
        return _MODES["json_schema" if config.is_local else "tools"]
    return _MODES[config.mode]


def _real_transport(base_url: str, concurrency: int) -> httpx2.AsyncHTTPTransport:
    """Return the transport to the endpoint, through the environment's proxy if any.

    A client that is given a transport no longer reads the proxy variables itself.
    """
    url = urlsplit(base_url)
    proxy = None
    if not (is_loopback(base_url) or urllib.request.proxy_bypass(url.hostname or "")):
        proxy = urllib.request.getproxies().get(url.scheme)
    limits = httpx2.Limits(
        max_connections=concurrency, max_keepalive_connections=concurrency
    )
    try:
        return httpx2.AsyncHTTPTransport(proxy=proxy, limits=limits)
    except (ValueError, ImportError, httpx2.InvalidURL) as exc:
        raise ConfigError(
            f"the proxy of the environment, {url.scheme}_proxy, cannot be used: "
            f"{one_line(str(exc))}; correct it, or name the host in no_proxy"
        ) from exc


def _chat(messages: Sequence[Message]) -> list[Any]:
    """Return a copy the SDK may keep; it types each role's message on its own."""
    return [dict(message) for message in messages]


def _translate(exc: Exception, config: ModelConfig, scope: CallScope) -> NoReturn:
    """Raise the failure as one of our own.

    Instructor wraps the SDK's exception, and the SDK wraps what comes from below it.
    """
    for cause in _causes(exc):
        if isinstance(cause, ExtractorError):  # e.g. the ledger cannot be written
            raise cause
    facts: dict[str, Any] = {
        "item_id": scope.item_id,
        "model": config.name,
        "attempts": scope.attempts,
    }
    sdk_error = next((c for c in _causes(exc) if isinstance(c, openai.APIError)), None)
    if sdk_error is not None:
        message, is_fatal = _explain(sdk_error, config)
        raise TransportError(message, is_fatal=is_fatal, **facts) from exc
    raise _bad_answer(exc, scope.call_id or "", facts) from exc


def _bad_answer(exc: Exception, call_id: str, facts: dict[str, Any]) -> LLMError:
    """Return the error for an answer that came and cannot be used."""
    if isinstance(exc, (IncompleteOutputException, openai.LengthFinishReasonError)):
        reply = getattr(exc, "last_completion", None)
        text = reply_text(reply) if reply is not None else ""
        return IncompleteOutputError(
            "the answer was cut off at the limit",
            text=text,
            call_id=call_id,
            **facts,
        )
    cause = next((c for c in _causes(exc) if isinstance(c, ValidationError)), None)
    reason = first_reason(cause or list(_causes(exc))[-1])
    return InvalidOutputError(f"the answer does not fit: {one_line(reason)}", **facts)


def _causes(exc: BaseException | None) -> list[BaseException]:
    """Return the exception and what it was raised from, outermost first."""
    chain: list[BaseException] = []
    while exc is not None and exc not in chain:
        chain.append(exc)
        exc = exc.__cause__
    return chain


def _explain(exc: openai.APIError, config: ModelConfig) -> tuple[str, bool]:
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
