"""Requests and answers as values: what is asked, apart from who answers and when.

A strategy makes `Request`s and reads `Answer`s; `turns` says what a request is at an
endpoint, and whoever has the replies (an endpoint, a ledger, a cassette) gives them.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, ClassVar, NamedTuple, Self

from pydantic import BaseModel

from extractor.core.errors import LLMError
from extractor.model.prompts import Message

COMPLETIONS = "/chat/completions"
"""Path of the endpoint's chat, behind its base URL."""
_ENCODER = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":"))
_TOKENS_A_MESSAGE = 5
"""What a chat template puts around a message, about."""


@dataclass(frozen=True, slots=True)
class Request:
    """One question to a model; the same question is the same value."""

    purpose: str
    """What it is for, for the ledger."""
    messages: tuple[Message, ...]
    """The chat, sent as it is for a `LineAnswer`."""
    response_model: type[BaseModel]
    """What the answer must fit."""
    max_tokens: int
    """The most the answer may take."""
    likelihoods: bool = False
    """The answer comes with the log-probability of its tokens."""

    @property
    def prompt_tokens(self) -> int:
        """Estimate the tokens of the messages, for `--dry-run`."""
        return sum(
            estimate_tokens(message.content) + _TOKENS_A_MESSAGE
            for message in self.messages
        )


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a request."""

    value: Any = None
    """An instance of the request's response model; None when it failed."""
    call_id: str = ""
    """The `llm_calls` row of the reply."""
    error: LLMError | None = None
    """Why there is no value."""
    likelihoods: tuple[float, ...] = ()
    """Of each line of the reply, the lowest log-probability of its tokens (natural
    logarithm); empty where they were not asked for, or did not come."""


Answers = Mapping[Request, Answer]


class Reply(NamedTuple):
    """A chat completion as an endpoint sent it."""

    call_id: str
    body: str
    """JSON text."""


class LineAnswer(BaseModel):
    """Base of response models that the model answers in plain lines.

    JSON costs a small model more tokens than the answer itself.
    The messages are sent as they are, with no schema; a subclass reads the text in
    `parse_lines`.
    """

    reask: ClassVar[str] = "回答不符合要求：{reason}。请按要求的格式重新回答。"
    """What is said when an answer does not fit; `{reason}` is the first error."""

    @classmethod
    def parse_lines(cls, text: str) -> Self:
        """Read the model's answer.

        Raises:
            ValueError: it does not fit; the message goes back to the model.
        """
        raise NotImplementedError


def request_key(method: str, path: str, body: bytes | Mapping[str, Any]) -> str:
    """Return the SHA-256 of method, path and canonical body: a request's identity.

    The same question has the same key in the ledger, in a cassette and on the wire.
    Host and port are left out: the embedded server has another port in every run.

    Args:
        method: of HTTP.
        path: of the URL.
        body: as it is sent, or what is sent as JSON.
    """
    digest = hashlib.sha256()
    for part in (method.upper().encode(), path.encode(), _canonical(body)):
        digest.update(part + b"\x1f")
    return digest.hexdigest()


def _canonical(body: bytes | Mapping[str, Any]) -> bytes:
    sent = body if isinstance(body, bytes) else None
    try:
        value = body if sent is None else json.loads(sent)
        return _compact(value)
    except ValueError:  # what is not JSON, or no text, is its own canonical form
        return json.dumps(body).encode() if sent is None else sent


def _compact(value: Any) -> bytes:
    """Return a value as JSON with sorted keys and no spaces."""
    if not (isinstance(value, dict) and isinstance(value.get("messages"), list)):
        return _ENCODER.encode(value).encode()
    # The instructions, most of a body, are the same in thousands of them.
    messages = b",".join(map(_compact_message, value["messages"]))
    pairs = (
        b"%s:%s"
        % (
            _ENCODER.encode(key).encode(),
            b"[%s]" % messages if key == "messages" else _ENCODER.encode(one).encode(),
        )
        for key, one in sorted(value.items())
    )
    return b"{%s}" % b",".join(pairs)


def _compact_message(message: Any) -> bytes:
    if isinstance(message, dict) and message.keys() == {"role", "content"}:
        role, content = message["role"], message["content"]
        if isinstance(role, str) and isinstance(content, str):
            return _compact_words(role, content)
    return _ENCODER.encode(message).encode()


@lru_cache(maxsize=64)
def _compact_words(role: str, content: str) -> bytes:
    return _ENCODER.encode({"content": content, "role": role}).encode()


def unanswered(requests: Sequence[Request], answers: Answers) -> list[Request]:
    """Return the requests without an answer, each once."""
    return [one for one in dict.fromkeys(requests) if one not in answers]


def estimate_tokens(text: str) -> int:
    """Estimate a text's tokens, for `--dry-run`.

    Chinese official prose takes about 0.65 tokens a character with Qwen's vocabulary
    (measured on the shipped documents).
    """
    return math.ceil(0.65 * len(text))
