"""Lines of batch files, as they are written and as they come."""

from __future__ import annotations

import json

import pytest

from extractor.model.batches import lines
from extractor.model.batches.lines import (
    AnswerLine,
    batch_path,
    read_line,
    request_line,
    split_lines,
)


def test_a_request_is_a_line_of_json() -> None:
    """With the key as its id, and the body as it is sent."""
    line = request_line("k" * 64, "/v1/chat/completions", '{"model": "量"}')

    assert line.endswith(b"\n") and line.count(b"\n") == 1
    assert json.loads(line) == {
        "custom_id": "k" * 64,
        "method": "POST",
        "url": "/v1/chat/completions",
        "body": {"model": "量"},
    }


@pytest.mark.parametrize(
    ("base_url", "path"),
    [
        ("https://api.openai.com/v1", "/v1/chat/completions"),
        ("https://host/api/paas/v4/", "/v4/chat/completions"),
        ("https://host", "/v1/chat/completions"),
        ("https://host/openai", "/v1/chat/completions"),
    ],
)
def test_a_batch_is_for_the_path_of_its_version(base_url: str, path: str) -> None:
    """Endpoints that count versions otherwise are asked so."""
    assert batch_path(base_url) == path


@pytest.mark.parametrize("size", [1, 2, 3, 7, 100])
def test_lines_come_in_any_pieces(size: int) -> None:
    """Where a piece ends says nothing."""
    text = "一\n\ntwo\nthree".encode()
    pieces = [text[at : at + size] for at in range(0, len(text), size)]

    assert list(split_lines(pieces)) == ["一".encode(), b"", b"two", b"three"]


def test_a_line_too_long_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is never held whole, and those beside it are read."""
    monkeypatch.setattr(lines, "MAX_LINE_BYTES", 10)
    pieces = [b"a\n", *[b"x" * 7] * 5, b"\nb\n", b"y" * 11]

    assert list(split_lines(pieces)) == [b"a", None, b"b", None]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (
            {"custom_id": "k", "response": {"status_code": 200, "body": {"a": 1}}},
            AnswerLine("k", 200, '{"a": 1}', None),
        ),
        (
            {"custom_id": "k", "response": {"status_code": 500}, "error": None},
            AnswerLine("k", 500, "null", None),
        ),
        (
            {"custom_id": "k", "error": {"code": "batch_expired", "message": "late"}},
            AnswerLine("k", None, None, "batch_expired: late"),
        ),
        (
            {"custom_id": "k", "response": None, "error": {}},
            AnswerLine("k", None, None, "no reason given"),
        ),
        ({"custom_id": "k", "response": None, "error": None}, None),
        ({"custom_id": 7, "response": {"status_code": 200}}, None),
        ({"custom_id": "k", "response": {"status_code": "200"}}, None),
        ({"custom_id": "k", "response": {"status_code": 7}}, None),
        ([], None),
    ],
)
def test_a_line_says_what_became_of_a_request(
    line: object, said: AnswerLine | None
) -> None:
    """Or nothing."""
    assert read_line(json.dumps(line).encode()) == said


@pytest.mark.parametrize(
    "line", [None, b"", b"{", b"\xff\xfe", b"[" * 100_000, b'{"custom_id": 1e999}']
)
def test_what_is_no_line_says_nothing(line: bytes | None) -> None:
    """Whatever the bytes are."""
    assert read_line(line) is None
