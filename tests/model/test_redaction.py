"""Secrets: gone where they stand, and nothing else is touched."""

from __future__ import annotations

import asyncio
import json
import logging
from pathlib import Path
from typing import Any

import httpx2
import pytest
from click.testing import CliRunner

from extractor.cli.main import main
from extractor.core.calls import MemoryLedger
from extractor.model.limits.pauses import RetryPolicy
from extractor.model.redaction import Redaction, is_telling, one_line
from extractor.model.transport import LedgerTransport
from tests.commands import hosted, rows
from tests.fake_endpoint import FakeEndpoint, Reply, completion, refusal, sensible

KEY = "sk-test-0123456789abcdef"
REAL = {
    "openai": "sk-proj-Ab3dEf6hIj9kLmN0pQrS",
    "hex": "0f1e2d3c4b5a69788796a5b4c3d2e1f0",
    "letters": "abcdefghijklmnopqrstuvwx",
    "dotted": "4f3a.secret-Part_of-a.key99",
    "slashes": "AbCd/EfGh+IjKl/MnOp=Qr12",
    "digits": "12345678901234567890123",
    "short-but-mixed": "gsk_a1b2",
}
WORDS = {
    "digit": "1",
    "letter": "a",
    "quote": '"',
    "chinese": "工作",
    "none": "none",
    "key": "key",
    "number": "12345678",
    "word": "assistant",
    "field": "commitments",
    "comma": ",",
    "brace": "{",
    "backslash": "\\",
    "not-needed": "not-needed",
    "empty": "EMPTY",
    "object": "chat.completion",
}


@pytest.mark.parametrize("name", REAL)
@pytest.mark.parametrize(
    "text",
    [
        "{}",
        "bad key {}.",
        "密钥{}无效",
        "'{}'",
        "Bearer {}, again",
        "a={}&b=1",
        "({})",
        "x\n{}\ty",
    ],
)
def test_whole_key_is_removed(name: str, text: str) -> None:
    """From an error, from JSON, from JSON inside JSON, in front and behind."""
    key = REAL[name]
    redaction = Redaction([key])
    said = text.format(key)

    assert redaction.text(said) == text.format("[secret]")
    assert json.loads(redaction.body(json.dumps({"a": [said]}))) == {
        "a": [text.format("[secret]")]
    }
    nested = json.dumps({"arguments": json.dumps({"action": said})})
    arguments = json.loads(redaction.body(nested))["arguments"]
    assert json.loads(arguments) == {"action": text.format("[secret]")}


@pytest.mark.parametrize("name", REAL)
@pytest.mark.parametrize("text", ["x{}", "{}y", "7{}", "{}0"])
def test_key_inside_a_longer_word_is_another_word(name: str, text: str) -> None:
    """A longer run of letters and digits is not the key."""
    said = text.format(REAL[name])

    assert Redaction([REAL[name]]).text(said) == said


@pytest.mark.parametrize("name", WORDS)
def test_key_that_is_a_word_changes_nothing(name: str) -> None:
    """What could stand in any answer is no secret that could be told from it."""
    word = WORDS[name]
    body = json.dumps({"工作": f'{word} 1 "a" none', "n": [1, 12345678]})

    assert not is_telling(word)
    assert Redaction([word]).body(body) == body
    assert Redaction([word]).text(f"bad key {word}") == f"bad key {word}"
    assert one_line(f"bad key {word}", [word]) == f"bad key {word}"


def test_numbers_of_json_are_never_touched() -> None:
    """A key of digits is a string; a number stays a number, so JSON stays JSON."""
    body = '{"created": 12345678901234567890123, "text": "12345678901234567890123"}'

    clean = Redaction([REAL["digits"]]).body(body)

    assert json.loads(clean) == {
        "created": 12345678901234567890123,
        "text": "[secret]",
    }


def test_body_without_the_key_keeps_every_byte() -> None:
    """Spaces, order and escapes stay as they came."""
    body = '{ "b":1.50,\t"a" : "\\u5de5\\/" }\n'

    assert Redaction([KEY]).body(body) == body


def send(body: str, key: str, status: int = 200) -> tuple[httpx2.Response, Any]:
    """Send a request whose answer is this body; return what came and its row."""
    ledger = MemoryLedger()

    async def post() -> httpx2.Response:
        transport = LedgerTransport(
            httpx2.MockTransport(lambda _: httpx2.Response(status, text=body)),
            ledger,
            RetryPolicy(max_attempts=1),
            (key,),
        )
        async with httpx2.AsyncClient(transport=transport) as client:
            return await client.post("https://models.example/v1", json={"model": "m"})

    return asyncio.run(post()), ledger.calls[0]


@pytest.mark.parametrize("key", [KEY, *WORDS.values()])
def test_stored_answer_is_what_came(key: str) -> None:
    """Byte for byte, whatever the key is."""
    body = completion('{"commitments": [{"action": "建成", "target": "11个"}]}').body

    response, call = send(body, key)

    assert call.response_body == response.text == body


def test_key_in_a_completion_is_neither_stored_nor_handed_on() -> None:
    """An echoed key can become no word of a record."""
    response, call = send(completion(f"建成｜{KEY}").body, KEY)

    said = response.json()["choices"][0]["message"]["content"]
    assert said == "建成｜[secret]"
    assert call.response_body == response.text
    assert KEY not in repr(call)


def test_headers_of_a_cleaned_answer_fit_its_body() -> None:
    """The length is that of the new body, and Retry-After is still there."""

    async def post() -> httpx2.Response:
        reply = httpx2.Response(503, text=f"busy {KEY}", headers={"x-id": "7"})
        transport = LedgerTransport(
            httpx2.MockTransport(lambda _: reply),
            MemoryLedger(),
            RetryPolicy(max_attempts=1),
            (KEY,),
        )
        async with httpx2.AsyncClient(transport=transport) as client:
            return await client.post("https://models.example/v1", json={})

    response = asyncio.run(post())

    assert (response.text, response.headers["x-id"]) == ("busy [secret]", "7")
    assert response.headers["content-length"] == str(len("busy [secret]"))


@pytest.mark.parametrize("key", ["1", "a", '"', "none", "key", "assistant", "target"])
@pytest.mark.parametrize("strategy", ["open", "sentences"])
def test_second_run_with_a_short_key_makes_the_same_records(
    cli_runner: CliRunner,
    endpoint: FakeEndpoint,
    monkeypatch: pytest.MonkeyPatch,
    strategy: str,
    key: str,
) -> None:
    """What is reused is what was answered."""
    monkeypatch.setenv("OPENAI_API_KEY", key)
    command = hosted(endpoint, "--strategy", strategy, "--limit", "2")
    sql = "select action, object, target_quote from v_commitments order by start"
    assert cli_runner.invoke(main, command).exit_code == 0
    first, asked = rows(sql), len(endpoint.asked)

    again = cli_runner.invoke(main, [*command, "--title", "另一个标题"])

    assert again.exit_code == 0, again.output
    assert len(endpoint.asked) == asked
    assert rows(sql) == first


@pytest.mark.parametrize("strategy", ["open", "sentences"])
@pytest.mark.parametrize("name", ["openai", "letters", "slashes"])
def test_real_key_reaches_neither_database_nor_log_nor_terminal(
    cli_runner: CliRunner,
    endpoint: FakeEndpoint,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    name: str,
    strategy: str,
) -> None:
    """Not from an error, and not from a completion."""
    key = REAL[name]
    monkeypatch.setenv("OPENAI_API_KEY", key)
    caplog.set_level(logging.DEBUG)
    errors = iter([refusal(500, f"key {key} is odd")])

    def echo(body: dict[str, Any]) -> Reply:
        if error := next(errors, None):
            return error
        if "tools" in body:
            record = {"action": key, "object": f"x {key}", "target": f"\n{key}"}
            return completion(json.dumps({"commitments": [record]}))
        return completion(f"{key}｜{key}｜-") if "【" in str(body) else sensible(body)

    endpoint.answer = echo
    command = hosted(endpoint, "--strategy", strategy, "--limit", "2")
    made = cli_runner.invoke(main, ["-vv", *command])
    endpoint.answer = lambda _body: refusal(401, f"Incorrect API key provided: {key}")
    refused = cli_runner.invoke(main, ["-vv", *command, "--no-resume"])

    assert (made.exit_code, refused.exit_code) in {(0, 1), (3, 1)}
    assert endpoint.keys[0] == f"Bearer {key}"
    seen = made.output + refused.output + made.stderr + refused.stderr + caplog.text
    for file in Path().glob("x.db*"):
        seen += file.read_bytes().decode("utf-8", errors="replace")
    assert key not in seen
