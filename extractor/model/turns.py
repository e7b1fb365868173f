"""Turns: a request as it is put to an endpoint, and the reply to it as an answer.

Pure. Instructor makes the body that asks for a response model, checks the reply against
the model, and words the one re-ask when it does not fit; nothing is sent here.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Protocol
from urllib.parse import urlsplit

from instructor.core.exceptions import IncompleteOutputException, ResponseParsingError
from instructor.v2.core.handler import ModeHandler
from instructor.v2.core.response_model import prepare_response_model
from openai.types.chat import ChatCompletion
from pydantic import BaseModel, ValidationError

from extractor.core.errors import IncompleteOutputError, InvalidOutputError
from extractor.model.endpoints import ModelConfig
from extractor.model.handlers import HANDLERS, first_reason, reply_text
from extractor.model.redaction import one_line
from extractor.model.replies import plain_lines
from extractor.model.requests import (
    COMPLETIONS,
    Answer,
    LineAnswer,
    Reply,
    Request,
    request_key,
)
from extractor.model.responses import line_likelihoods
from extractor.model.template_tokens import as_words

_LAST = 2
"""An answer that does not fit is asked for once more."""
_REASONING_MODEL = re.compile(r"(?:^|/)(?:o\d|gpt-5)")


class Replies(Protocol):
    """Where replies may be already: a ledger, a cassette."""

    def answered(self, request_key: str) -> tuple[str, str] | None:
        """Return call id and body of the reply to the same request."""
        ...


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn of the talk about a request: what is sent, and how it is read."""

    request: Request
    endpoint: ModelConfig
    body: dict[str, Any]
    """The JSON that is sent, as it is."""
    number: int = 1
    call_ids: tuple[str, ...] = ()
    """The replies of the turns before."""

    @property
    def key(self) -> str:
        """The identity of what is sent, the same everywhere."""
        path = urlsplit(self.endpoint.base_url).path.rstrip("/") + COMPLETIONS
        return request_key("POST", path, self.body)

    def read(self, reply: Reply) -> Answer | Turn:
        """Return the answer in the reply, or the turn that asks for a fitting one."""
        handler, wanted = _handler(self.request, self.endpoint), _wanted(self.request)
        completion = _completion(reply.body)
        try:
            value = handler.parse_response(completion, wanted, strict=True)
        except IncompleteOutputException:
            error = IncompleteOutputError(
                "the answer was cut off at the limit",
                text=reply_text(completion),
                model=self.endpoint.name,
            )
            return Answer(call_id=reply.call_id, error=error)
        except (ValidationError, ResponseParsingError) as exc:
            if self.number < _LAST:
                return self._again(handler, completion, exc, reply)
            reason = one_line(first_reason(exc))
            return Answer(
                call_id=reply.call_id,
                error=InvalidOutputError(
                    f"the answer does not fit: {reason}", model=self.endpoint.name
                ),
            )
        return Answer(value, reply.call_id, likelihoods=self._likelihoods(completion))

    def _likelihoods(self, completion: Any) -> tuple[float, ...]:
        """Return those of the lines, none where there is more than the answer."""
        if not self.request.likelihoods:
            return ()
        found = line_likelihoods(completion)
        lines = plain_lines(reply_text(completion)).splitlines()
        return found if len(found) == len(lines) else ()

    def _again(
        self, handler: ModeHandler, completion: Any, reason: Exception, reply: Reply
    ) -> Turn:
        # Handlers add to the messages they are given.
        body = self.body | {"messages": list(self.body["messages"])}
        body = handler.handle_reask(body, completion, reason)
        asked = len(self.body["messages"])
        body["messages"][asked:] = map(_in_words, body["messages"][asked:])
        return replace(
            self,
            body=body,
            number=self.number + 1,
            call_ids=(*self.call_ids, reply.call_id),
        )


def first_turn(request: Request, endpoint: ModelConfig) -> Turn:
    """Return what is sent first for a request."""
    body: dict[str, Any] = {
        "messages": [message._asdict() for message in request.messages],
        "model": endpoint.name,
        **_options(request, endpoint),
    }
    handler, wanted = _handler(request, endpoint), _wanted(request)
    asked_for = _asked_for(handler, wanted)
    if asked_for is None:
        return Turn(request, endpoint, handler.prepare_request(wanted, body)[1])
    return Turn(request, endpoint, body | asked_for)


def settled(request: Request, endpoint: ModelConfig, replies: Replies) -> Answer | Turn:
    """Return the answer that the replies hold, else the turn that has none yet."""
    turn: Answer | Turn = first_turn(request, endpoint)
    while isinstance(turn, Turn) and (found := replies.answered(turn.key)):
        turn = turn.read(Reply(*found))
    return turn


def _in_words(message: dict[str, Any]) -> dict[str, Any]:
    """Return a message whose content, a reply that may quote a plan, is only words."""
    content = message.get("content")
    if not isinstance(content, str):
        return message
    return message | {"content": as_words(content)}


def _options(request: Request, endpoint: ModelConfig) -> dict[str, Any]:
    """Return the request's fields besides model and messages."""
    is_openai = urlsplit(endpoint.base_url).hostname == "api.openai.com"
    limit = "max_completion_tokens" if is_openai else "max_tokens"
    options: dict[str, Any] = {limit: request.max_tokens}
    if endpoint.temperature is not None and not _REASONING_MODEL.search(endpoint.name):
        options["temperature"] = endpoint.temperature
    if endpoint.adapter:
        options["adapter"] = endpoint.adapter
    if request.likelihoods:
        # llama.cpp sends twenty alternatives of each token when nothing is said.
        options |= {"logprobs": True, "top_logprobs": 1}
    return options


def _is_lines(request: Request) -> bool:
    return issubclass(request.response_model, LineAnswer)


def _handler(request: Request, endpoint: ModelConfig) -> ModeHandler:
    if _is_lines(request):
        return HANDLERS["lines"]
    if endpoint.mode == "auto":
        return HANDLERS["json_schema" if endpoint.is_local else "tools"]
    return HANDLERS[endpoint.mode]


@cache
def _asked_for(handler: ModeHandler, wanted: type[BaseModel]) -> dict[str, Any] | None:
    """Return what a handler adds to every body that asks for this model.

    Making the schema anew takes longer than all else that is done for a request.
    None where the handler writes into the messages: each is then prepared by itself.
    """
    prompt = {"role": "user", "content": "?"}
    added = handler.prepare_request(wanted, {"messages": [dict(prompt)]})[1]
    return dict(added) if added.pop("messages", None) == [prompt] else None


@cache
def _prepared(response_model: type[BaseModel]) -> type[BaseModel]:
    return prepare_response_model(response_model) or response_model


def _wanted(request: Request) -> type[BaseModel]:
    model = request.response_model
    return model if _is_lines(request) else _prepared(model)


def _completion(body: str) -> ChatCompletion:
    """Return a reply as the SDK has it, whatever an endpoint leaves out."""
    try:
        return ChatCompletion.model_validate_json(body)
    except ValidationError:  # made without a check, which takes ten times as long
        return ChatCompletion.construct(**json.loads(body))
