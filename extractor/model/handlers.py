"""Instructor's handlers: how a question is put to a model and its reply is read.

Requests and re-asks are made as instructor makes them; replies are read by `replies`.
"""

from __future__ import annotations

import json
from typing import Any, cast

from instructor import Mode
from instructor.core.exceptions import (
    IncompleteOutputException,
    ResponseParsingError,
)
from instructor.v2.core.handler import ModeHandler
from instructor.v2.providers.openai.handlers import (
    OpenAIHandlerBase,
    OpenAIJSONHandler,
    OpenAIJSONSchemaHandler,
    OpenAIToolsHandler,
)
from pydantic import BaseModel, ValidationError

from extractor.model.redaction import one_line
from extractor.model.replies import json_texts, plain_lines, whole_json
from extractor.model.requests import LineAnswer


class UnfitLinesError(ResponseParsingError):
    """Lines that do not fit their model; `reask` is what the model is told."""

    def __init__(
        self, response_model: type[LineAnswer], response: Any, exc: ValueError
    ) -> None:
        reason = first_reason(exc)
        super().__init__(reason, mode=LinesHandler.mode.value, raw_response=response)
        self.reask = response_model.reask.format(reason=reason)


class LinesHandler(ModeHandler):
    """Instructor's handler for `LineAnswer`."""

    mode = Mode.MD_JSON

    def prepare_request(
        self, response_model: type[BaseModel] | None, kwargs: dict[str, Any]
    ) -> tuple[type[BaseModel] | None, dict[str, Any]]:
        """Leave the prompt alone: its constant prefix is what the cache lives on."""
        return response_model, kwargs

    def parse_response(
        self,
        response: Any,
        response_model: type[BaseModel],
        *_: Any,  # validation context, strictness and streaming mean nothing here
        **__: Any,
    ) -> BaseModel:
        """Let the response model read the text."""
        if response.choices[0].finish_reason == "length":
            raise IncompleteOutputException(last_completion=response)
        lines = cast("type[LineAnswer]", response_model)
        try:
            return lines.parse_lines(plain_lines(reply_text(response)))
        except ValueError as exc:  # pydantic's ValidationError is one
            raise UnfitLinesError(lines, response, exc) from exc

    def handle_reask(
        self, kwargs: dict[str, Any], response: Any, exception: Exception
    ) -> dict[str, Any]:
        """Show the model its answer and what is wrong with it."""
        turns = [
            {"role": "assistant", "content": reply_text(response)},
            {"role": "user", "content": getattr(exception, "reask", str(exception))},
        ]
        return kwargs | {"messages": [*kwargs["messages"], *turns]}


class _JsonReader(OpenAIHandlerBase):
    """Reads the JSON in a reply, wherever the model put it."""

    def parse_response(
        self,
        response: Any,
        response_model: type[BaseModel],
        validation_context: dict[str, Any] | None = None,
        strict: bool | None = None,  # noqa: FBT001 - the same
        stream: bool = False,  # noqa: ARG002, FBT001, FBT002 - the same
        is_async: bool = False,  # noqa: ARG002, FBT001, FBT002 - the same
    ) -> BaseModel:
        """Return the one answer in the reply."""
        text = reply_text(response)
        if response.choices[0].finish_reason == "length":
            whole = whole_json(text)
            if whole is None:
                raise IncompleteOutputException(last_completion=response)
            texts = [whole]
        else:
            texts = json_texts(text)
        fitting: list[BaseModel] = []
        unfit: ValidationError | None = None
        for candidate in texts or [text]:
            try:
                answer = response_model.model_validate_json(
                    candidate, context=validation_context, strict=strict
                )
            except ValidationError as exc:
                unfit = exc
            else:
                fitting += [answer] if answer not in fitting else []
        if len(fitting) == 1:
            return fitting[0]
        if fitting or unfit is None:
            # Which one is meant is not ours to choose, and the others would be lost.
            reason = f"{len(fitting)} different answers in one reply, give one"
            raise ResponseParsingError(
                reason, mode=self.mode.value, raw_response=response
            )
        raise unfit


class ToolsHandler(_JsonReader, OpenAIToolsHandler):
    """The answer is asked for as the arguments of a tool."""

    mode = Mode.TOOLS


class JsonSchemaHandler(_JsonReader, OpenAIJSONSchemaHandler):
    """The answer is asked for under a schema that the server knows."""

    mode = Mode.JSON_SCHEMA


class JsonHandler(_JsonReader, OpenAIJSONHandler):
    """The answer is asked for in JSON, with the schema in the prompt."""

    mode = Mode.JSON


HANDLERS: dict[str, ModeHandler] = {
    "lines": LinesHandler(),
    "tools": ToolsHandler(),
    "json_schema": JsonSchemaHandler(),
    "json": JsonHandler(),
}
"""By the name of the answer mode; `lines` is that of a `LineAnswer`."""


def reply_text(completion: Any) -> str:
    """Return what the model wrote: arguments of its tool calls, else the content."""
    message = completion.choices[0].message
    calls = [call.function.arguments for call in message.tool_calls or ()]
    texts = [
        call if isinstance(call, str) else json.dumps(call, ensure_ascii=False)
        for call in calls
        if call
    ]
    return "\n".join(filter(str.strip, texts)) or _words(message.content)


def _words(content: Any) -> str:
    """Return the text of a content; some endpoints send it in parts."""
    if isinstance(content, list):
        parts = [part.get("text") for part in content if isinstance(part, dict)]
        return "".join(part for part in parts if isinstance(part, str))
    return content if isinstance(content, str) else ""


def first_reason(exc: BaseException) -> str:
    """Return the first complaint of a validation error, without trimmings."""
    if isinstance(exc, ValidationError):
        message = str(exc.errors(include_url=False)[0]["msg"])
        return message.removeprefix("Value error, ")
    return one_line(str(exc))
