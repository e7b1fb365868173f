"""What an endpoint says in a body."""

from __future__ import annotations

import json

import pytest

from extractor.model.responses import line_likelihoods
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
