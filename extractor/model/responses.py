"""What an endpoint says in a body: tokens, finish reason, or what is wrong."""

from __future__ import annotations

import email.utils
import json
import math
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import httpx2

CUT_OFF = "cut off at the token limit"
_MOST_TOKENS = 1 << 53


@dataclass(frozen=True, slots=True)
class Body:
    """What the ledger needs to know of a response body."""

    error: str | None = None
    """Why this is no answer to give again; None for a usable one."""
    is_completion: bool = False
    """The client can read it, a reply that was cut off too."""
    is_json: bool = False
    """It is JSON, or begins like an object of it."""
    finish_reason: str | None = None
    prompt_tokens: int | None = None
    cached_tokens: int | None = None
    completion_tokens: int | None = None


def read_body(response: httpx2.Response) -> Body:
    """Read tokens and finish reason of a completion, or say what is wrong with it."""
    body = json_object(response.text)
    if not response.is_success:
        return Body(f"HTTP {response.status_code}: {error_message(response)}")
    choices = body.get("choices")
    choice = _object(choices[0]) if isinstance(choices, list) and choices else {}
    if not _is_message(choice.get("message")):
        words = f"not a chat completion: {error_message(response)}"
        # Half an object is a passing failure; a page says that the URL is wrong.
        is_json = bool(body) or response.text.lstrip().startswith("{")
        return Body(words, is_json=is_json)
    usage = _object(body.get("usage"))
    details = _object(usage.get("prompt_tokens_details"))
    finish_reason = _text(choice.get("finish_reason"))
    return Body(
        error=CUT_OFF if finish_reason == "length" else None,
        is_completion=True,
        is_json=True,
        finish_reason=finish_reason,
        prompt_tokens=_count(usage.get("prompt_tokens")),
        cached_tokens=_count(details.get("cached_tokens")),
        completion_tokens=_count(usage.get("completion_tokens")),
    )


def _is_message(message: object) -> bool:
    """Say whether a message can be read, whatever it says.

    The SDK takes any shape, and whoever reads it later would fall over it.
    """
    if not isinstance(message, dict):
        return False
    content, calls = message.get("content"), message.get("tool_calls")
    if not (content is None or isinstance(content, (str, list))):
        return False
    return calls is None or (isinstance(calls, list) and all(map(_is_call, calls)))


def _is_call(call: object) -> bool:
    function = _object(_object(call).get("function"))
    return isinstance(function.get("arguments"), (str, dict))


def error_message(response: httpx2.Response) -> str:
    """Return the endpoint's own words about an error, unscrubbed."""
    body = json_object(response.text)
    error = body.get("error")
    words = error.get("message") if isinstance(error, dict) else error
    words = words or body.get("message") or body.get("detail") or response.text
    return str(words).strip() or "no message"


def error_code(response: httpx2.Response) -> str | None:
    """Return the endpoint's error code, e.g. `insufficient_quota`."""
    return _text(_object(json_object(response.text).get("error")).get("code"))


def json_object(text: str) -> dict[str, Any]:
    """Return the object that the text is in JSON, an empty one when it is none."""
    try:
        return _object(json.loads(text))
    except (ValueError, RecursionError):
        return {}


def _object(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _count(value: object) -> int | None:
    """Return a number of tokens; what no database can hold is none."""
    if isinstance(value, int) and 0 <= value <= _MOST_TOKENS:
        return value
    return None


def asks_to_wait(response: httpx2.Response) -> bool:
    """Say whether the endpoint wants the same request later.

    An empty account does not fill up by waiting.
    """
    if response.status_code == 429:
        return error_code(response) != "insufficient_quota"
    is_busy = response.status_code in {503, 529}
    return is_busy and retry_after_s(response.headers) is not None


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


def line_likelihoods(completion: Any) -> tuple[float, ...]:
    """Return the lowest log-probability of the tokens of each line of a reply.

    Args:
        completion: a chat completion as the SDK has it.

    Returns:
        One natural logarithm a line, a line break belongs to the line it ends; empty
        where the endpoint sent none.
    """
    logprobs = getattr(completion.choices[0], "logprobs", None)
    tokens = _get(logprobs, "content")
    if not isinstance(tokens, list):
        return ()
    lowest: list[float] = []
    is_new = True
    for token in tokens:
        words, value = _get(token, "token"), _get(token, "logprob")
        if not isinstance(words, str) or not isinstance(value, (int, float)):
            return ()
        if is_new:
            lowest.append(math.inf)
        lowest[-1] = min(lowest[-1], float(value))
        breaks = words.count("\n")
        lowest += [math.inf] * (breaks - 1)
        is_new = breaks > 0
    return tuple(lowest)


def _get(value: Any, name: str) -> Any:
    return value.get(name) if isinstance(value, dict) else getattr(value, name, None)
