"""What an endpoint says in a body."""

from __future__ import annotations

import json

import httpx2
import pytest

from extractor.model.responses import line_likelihoods, read_body
from extractor.model.turns import _completion


def _scored(*tokens: tuple[str, float]) -> object:
    content = [{"token": token, "logprob": value} for token, value in tokens]
    return _completion(
        json.dumps({"choices": [{"message": {}, "logprobs": {"content": content}}]})
    )


@pytest.mark.parametrize(
    ("tokens", "expected"),
    [
        ([("1｜", -0.1), ("新建", -2.0), ("\n", -0.3), ("2｜×", -0.5)], (-2.0, -0.5)),
        ([("无", -0.25)], (-0.25,)),
        ([("a\n", -1.0), ("b", -0.1), ("\n", -3.0)], (-1.0, -3.0)),
        ([], ()),
    ],
)
def test_a_line_is_as_likely_as_its_least_likely_token(tokens, expected):
    """A line break belongs to the line it ends."""
    assert line_likelihoods(_scored(*tokens)) == expected


def test_an_endpoint_may_send_no_likelihoods():
    """Nothing is made up for it."""
    assert line_likelihoods(_completion('{"choices": [{"message": {}}]}')) == ()


@pytest.mark.parametrize(
    "message",
    [
        None,
        [],
        {"content": 5},
        {"content": {"a": 1}},
        {"tool_calls": 5},
        {"tool_calls": [5]},
        {"tool_calls": [{"function": None}]},
        {"tool_calls": [{"function": {"name": "x", "arguments": 5}}]},
    ],
)
def test_a_message_of_another_shape_is_no_completion(message):
    """It is refused where it comes, and nobody falls over it later."""
    text = json.dumps({"choices": [{"message": message}]})

    body = read_body(httpx2.Response(200, text=text))

    assert not body.is_completion
    assert body.error


@pytest.mark.parametrize("tokens", [5, "x", {}, [{"token": 1}], None])
def test_likelihoods_of_another_shape_are_none(tokens):
    """An answer is not lost for them."""
    reply = {"choices": [{"message": {}, "logprobs": {"content": tokens}}]}

    assert line_likelihoods(_completion(json.dumps(reply))) == ()


def test_tokens_that_no_database_holds_are_not_counted():
    """A number is what was counted, or nothing."""
    usage = {"prompt_tokens": 10**30, "completion_tokens": -1}
    text = json.dumps({"choices": [{"message": {}}], "usage": usage})

    body = read_body(httpx2.Response(200, text=text))

    assert body.is_completion
    assert (body.prompt_tokens, body.completion_tokens) == (None, None)
