"""The ledger transport: retries, records, and answers from the ledger."""

from __future__ import annotations

import asyncio
import email.utils
import gzip
import hashlib
import http.server
import json
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest
import vcr

from extractor.core.calls import CallRecord, MemoryLedger, call_scope
from extractor.model.limits.pauses import RetryPolicy
from extractor.model.redaction import one_line
from extractor.model.requests import request_key
from extractor.model.responses import retry_after_s
from extractor.model.transport import LedgerTransport, UnusableAnswerError

pytestmark = pytest.mark.block_network(allowed_hosts=[r"127\.0\.0\.1"])

URL = "https://models.example/v1/chat/completions"
KEY = "sk-test-0123456789abcdef"
QUESTION = {"model": "some-model", "messages": [{"role": "user", "content": "问"}]}

Reply = httpx2.Response | Exception


def completion(text: str = "答", finish_reason: str = "stop") -> dict[str, Any]:
    """Return the body of a chat completion."""
    return {
        "choices": [
            {
                "index": 0,
                "finish_reason": finish_reason,
                "message": {"role": "assistant", "content": text},
            }
        ],
        "usage": {
            "prompt_tokens": 12,
            "completion_tokens": 3,
            "total_tokens": 15,
            "prompt_tokens_details": {"cached_tokens": 8},
        },
    }


def answer(**kwargs: str) -> httpx2.Response:
    """Return a good response."""
    return httpx2.Response(200, json=completion(**kwargs))


class Script:
    """A transport's handler that plays replies in order and keeps what it was asked."""

    def __init__(self, *replies: Reply) -> None:
        self.replies = list(replies)
        self.requests: list[httpx2.Request] = []

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        """Play the next reply."""
        self.requests.append(request)
        reply = self.replies.pop(0)
        if isinstance(reply, Exception):
            raise reply
        return reply


class Waits:
    """A sleep that takes no time and notes how long it should have taken."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    async def __call__(self, seconds: float) -> None:
        """Note the wait."""
        self.seconds.append(seconds)


def ask(
    script: Callable[[httpx2.Request], httpx2.Response],
    ledger: MemoryLedger,
    *,
    waits: Waits | None = None,
    max_attempts: int = 5,
    body: Any = QUESTION,
) -> httpx2.Response:
    """Send one request through a ledger transport over the script."""
    policy = RetryPolicy(max_attempts=max_attempts, sleep=waits or Waits())

    async def send() -> httpx2.Response:
        transport = LedgerTransport(
            httpx2.MockTransport(script), ledger, policy, (KEY,)
        )
        async with httpx2.AsyncClient(transport=transport) as client:
            return await client.post(
                URL, json=body, headers={"authorization": f"Bearer {KEY}"}
            )

    return asyncio.run(send())


def test_answer_is_recorded_with_its_tokens() -> None:
    """A good answer makes one row with tokens, status, bodies and purpose."""
    ledger = MemoryLedger()

    with call_scope("targets", "item-1") as scope:
        response = ask(Script(answer()), ledger)
    (call,) = ledger.calls

    assert response.json() == completion()
    assert (call.purpose, call.item_id, call.model) == (
        "targets",
        "item-1",
        "some-model",
    )
    assert (call.status, call.error, call.attempt) == (200, None, 1)
    assert (call.prompt_tokens, call.cached_tokens, call.completion_tokens) == (
        12,
        8,
        3,
    )
    assert call.finish_reason == "stop"
    assert json.loads(call.request_body) == QUESTION
    assert call.response_body is not None
    assert json.loads(call.response_body) == completion()
    assert datetime.fromisoformat(call.started_at).tzinfo == UTC
    assert (scope.call_id, scope.attempts) == ("1", 1)


def test_answered_request_is_not_sent_again() -> None:
    """The same question gets the stored answer, no request and no new row."""
    ledger = MemoryLedger()
    ask(Script(answer()), ledger)
    nobody = Script()

    with call_scope("targets", "item-1") as scope:
        response = ask(nobody, ledger)

    assert response.json() == completion()
    assert nobody.requests == []
    assert len(ledger.calls) == 1
    assert (scope.call_id, scope.attempts) == ("1", 0)


def test_changed_request_is_sent() -> None:
    """One changed word of the prompt is another question."""
    ledger = MemoryLedger()
    ask(Script(answer()), ledger)
    script = Script(answer())

    ask(script, ledger, body=QUESTION | {"messages": []})

    assert len(script.requests) == 1
    assert len(ledger.calls) == 2


def test_answer_cut_off_at_the_limit_is_not_reused() -> None:
    """An answer with finish reason "length" is flagged, handed on and asked again."""
    ledger = MemoryLedger()

    cut = ask(Script(answer(finish_reason="length")), ledger)
    whole = ask(Script(answer()), ledger)

    assert cut.json() == completion(finish_reason="length")
    assert whole.json() == completion()
    assert [(call.finish_reason, call.error) for call in ledger.calls] == [
        ("length", "cut off at the token limit"),
        ("stop", None),
    ]


def test_rejected_answer_is_not_reused() -> None:
    """What made nothing is asked for again; its first reason stays."""
    ledger = MemoryLedger()
    ask(Script(answer()), ledger)

    ledger.reject(["1"], "does not fit")
    ledger.reject(["1"], "something else")
    ask(Script(answer()), ledger)

    assert [call.error for call in ledger.calls] == ["does not fit", None]


@pytest.mark.parametrize(
    "choice",
    [{"index": 0}, {"message": None}, {"message": "x"}, None, "x", {"delta": {}}],
)
def test_completion_without_a_message_is_no_answer(choice: object) -> None:
    """A gateway's stump is tried again, never read."""
    ledger = MemoryLedger()
    stump = httpx2.Response(200, json={"choices": [choice]})

    response = ask(Script(stump, answer()), ledger)

    assert response.json() == completion()
    assert [call.is_answer for call in ledger.calls] == [False, True]


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        pytest.param(
            ("http://127.0.0.1:1/v1/x", b'{"a":1,"b":"\xe4\xbd\xa0"}'),
            ("https://host/v1/x", b'{"b": "\\u4f60", "a": 1}'),
            True,
            id="host, key order and escapes do not matter",
        ),
        pytest.param(
            ("http://h/v1/x", b"{}"), ("http://h/v2/x", b"{}"), False, id="path does"
        ),
        pytest.param(
            ("http://h/x", b"[1,2]"), ("http://h/x", b"[2,1]"), False, id="order does"
        ),
        pytest.param(
            ("http://h/x", b"not json"), ("http://h/x", b"not json"), True, id="bytes"
        ),
    ],
)
def test_request_key(
    one: tuple[str, bytes], other: tuple[str, bytes], is_same: bool
) -> None:
    """The key is method, path and what the body means."""
    keys = [
        request_key("POST", httpx2.URL(url).path, body) for url, body in (one, other)
    ]

    assert (keys[0] == keys[1]) is is_same


@pytest.mark.parametrize(
    "body",
    [
        {
            "model": "m",
            "messages": [{"role": "user", "content": '说 "1\\n"'}],
            "a": 1.5,
        },
        {
            "messages": [
                {"role": "assistant", "content": None, "tool_calls": [{"z": 1}]}
            ]
        },
        {"messages": [{"role": "user", "content": [{"type": "text", "text": "甲"}]}]},
        {"messages": [{"role": "user", "content": "甲", "name": "乙"}, "?"], "b": {}},
        {"messages": [], "z": None, "a": True},
        {"messages": "甲"},
        {},
        ["messages"],
    ],
)
def test_request_key_is_the_digest_of_canonical_json(body: Any) -> None:
    """Answers that were paid for long ago keep the key they were stored under."""
    text = json.dumps(body, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    parts = (b"POST", b"/v1/x", text.encode())
    expected = hashlib.sha256(b"".join(part + b"\x1f" for part in parts)).hexdigest()

    assert request_key("POST", "/v1/x", body) == expected
    assert request_key("POST", "/v1/x", json.dumps(body, indent=2).encode()) == expected


@pytest.mark.parametrize(
    "failure",
    [
        pytest.param(httpx2.Response(status, text="busy"), id=str(status))
        for status in (408, 409, 429, 500, 502, 503, 529)
    ]
    + [
        pytest.param(error("down"), id=error.__name__)
        for error in (
            httpx2.ConnectError,
            httpx2.ConnectTimeout,
            httpx2.ReadError,
            httpx2.ReadTimeout,
            httpx2.RemoteProtocolError,
        )
    ]
    + [pytest.param(httpx2.Response(200, json={"error": "upstream"}), id="gateway")],
)
def test_passing_failure_is_tried_again(failure: Reply) -> None:
    """What may pass is retried, and each attempt has its row."""
    ledger = MemoryLedger()
    script = Script(failure, answer())

    with call_scope("targets", None) as scope:
        response = ask(script, ledger)

    assert response.status_code == 200
    assert [call.attempt for call in ledger.calls] == [1, 2]
    assert ledger.calls[0].error is not None
    assert not ledger.calls[0].is_answer
    assert ledger.calls[1].is_answer
    assert (scope.call_id, scope.attempts) == ("2", 2)


@pytest.mark.parametrize("status", [400, 401, 402, 403, 404, 413, 422])
def test_lasting_failure_is_handed_on_at_once(status: int) -> None:
    """What will not pass is not retried."""
    ledger = MemoryLedger()

    response = ask(Script(httpx2.Response(status, json={})), ledger)

    assert response.status_code == status
    assert [call.status for call in ledger.calls] == [status]


def test_empty_account_is_not_tried_again() -> None:
    """A 429 for want of credit will be the same in a minute."""
    body = {"error": {"code": "insufficient_quota", "message": "no credit"}}

    response = ask(Script(httpx2.Response(429, json=body)), MemoryLedger())

    assert response.status_code == 429


def test_attempts_are_bounded() -> None:
    """After the last attempt the response is handed on as it is."""
    ledger = MemoryLedger()
    script = Script(*(httpx2.Response(500) for _ in range(9)))

    response = ask(script, ledger, max_attempts=3)

    assert response.status_code == 500
    assert [call.attempt for call in ledger.calls] == [1, 2, 3]


def test_last_connection_error_is_raised() -> None:
    """After the last attempt the exception is the one that came."""
    ledger = MemoryLedger()
    script = Script(*(httpx2.ConnectError("refused") for _ in range(9)))

    with pytest.raises(httpx2.ConnectError, match="refused"):
        ask(script, ledger, max_attempts=2)

    assert [call.status for call in ledger.calls] == [None, None]
    assert ledger.calls[0].error == "ConnectError: refused"


def test_errors_are_never_answers() -> None:
    """A failed request is sent again by the next run."""
    ledger = MemoryLedger()
    ask(Script(httpx2.Response(500)), ledger, max_attempts=1)
    ask(Script(httpx2.Response(400)), ledger, max_attempts=1)
    script = Script(answer())

    ask(script, ledger)

    assert len(script.requests) == 1


def test_backoff_grows_and_has_jitter() -> None:
    """The waits stay under an exponential bound and are not all the same."""
    waits = Waits()

    ask(
        Script(*(httpx2.Response(500) for _ in range(9))),
        MemoryLedger(),
        waits=waits,
        max_attempts=6,
    )

    assert len(waits.seconds) == 5
    assert all(w <= 0.5 * 2**n for n, w in enumerate(waits.seconds))
    assert len(set(waits.seconds)) > 1


def test_retry_after_is_honoured() -> None:
    """The endpoint's own waiting time is kept, plus at most a second of jitter."""
    waits = Waits()
    busy = httpx2.Response(429, headers={"retry-after": "7"})

    ask(Script(busy, answer()), MemoryLedger(), waits=waits)

    assert 7 <= waits.seconds[0] <= 8


def test_retry_after_beyond_the_total_time_is_not_waited_for() -> None:
    """An hour's wait is more than a request may take, so it fails now."""
    waits = Waits()
    busy = httpx2.Response(429, headers={"retry-after": "3600"})

    response = ask(Script(busy, answer()), MemoryLedger(), waits=waits)

    assert response.status_code == 429
    assert waits.seconds == []


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        pytest.param({"retry-after": "1.5"}, 1.5, id="seconds"),
        pytest.param(
            {"retry-after-ms": "250", "retry-after": "9"}, 0.25, id="milliseconds first"
        ),
        pytest.param({"retry-after": "-3"}, 0.0, id="past"),
        pytest.param({"retry-after": "soon"}, None, id="rubbish"),
        pytest.param({}, None, id="none"),
    ],
)
def test_retry_after_forms(headers: dict[str, str], expected: float | None) -> None:
    """Seconds and milliseconds are read, rubbish is ignored."""
    assert retry_after_s(httpx2.Headers(headers)) == expected


def test_retry_after_as_a_date() -> None:
    """An HTTP date is turned into seconds from now."""
    at = datetime.now(UTC) + timedelta(seconds=60)
    headers = httpx2.Headers({"retry-after": email.utils.format_datetime(at, True)})

    seconds = retry_after_s(headers)

    assert seconds is not None
    assert 50 < seconds <= 60


def test_web_page_is_not_an_answer() -> None:
    """A 200 that is no JSON is recorded as an error, raised, and not retried."""
    ledger = MemoryLedger()
    page = httpx2.Response(200, html="<html>Sign in</html>")

    with pytest.raises(UnusableAnswerError, match="not a chat completion"):
        ask(Script(page), ledger)

    assert [(call.status, call.is_answer) for call in ledger.calls] == [(200, False)]


def test_key_is_nowhere_in_the_ledger() -> None:
    """A key that the endpoint echoes is blotted out of message and body."""
    ledger = MemoryLedger()
    echo = {"error": {"message": f"Incorrect API key provided: {KEY}. Try again."}}

    ask(Script(httpx2.Response(401, json=echo)), ledger)

    assert KEY not in repr(ledger.calls)
    assert ledger.calls[0].error == (
        "HTTP 401: Incorrect API key provided: [secret]. Try again."
    )


def test_one_line_blots_out_what_looks_like_a_key() -> None:
    """Key-shaped words go even when the key is not known; long text is cut."""
    assert one_line("bad\n key sk-proj-abc***def") == "bad key [secret]"
    assert one_line("Authorization: Bearer abcdef123456") == "Authorization: [secret]"
    assert len(one_line("x" * 1000)) == 301


def test_compressed_answer_is_recorded_readable() -> None:
    """The ledger holds text, whatever the endpoint's content encoding."""
    ledger = MemoryLedger()
    packed = httpx2.Response(
        200,
        headers={"content-encoding": "gzip", "content-type": "application/json"},
        content=gzip.compress(json.dumps(completion()).encode()),
    )

    response = ask(Script(packed), ledger)

    assert response.json() == completion()
    assert ledger.calls[0].response_body == json.dumps(completion())


def test_same_question_at_the_same_time_is_asked_once() -> None:
    """Two identical requests in flight share one answer."""
    ledger = MemoryLedger()
    requests = []

    async def slow(request: httpx2.Request) -> httpx2.Response:
        requests.append(request)
        await asyncio.sleep(0.01)
        return answer()

    async def both() -> None:
        transport = LedgerTransport(httpx2.MockTransport(slow), ledger)
        async with httpx2.AsyncClient(transport=transport) as client:
            await asyncio.gather(*(client.post(URL, json=QUESTION) for _ in range(3)))

    asyncio.run(both())

    assert len(requests) == len(ledger.calls) == 1


def _cancelled(times: int, answer_s: float) -> MemoryLedger:
    """Return the ledger of a request cancelled so often while its answer is due."""
    ledger = MemoryLedger()

    async def slow(_: httpx2.Request) -> httpx2.Response:
        await asyncio.sleep(answer_s)
        return httpx2.Response(200, json=completion())

    async def give_up() -> None:
        transport = LedgerTransport(httpx2.MockTransport(slow), ledger)
        async with httpx2.AsyncClient(transport=transport) as client:
            asking = asyncio.ensure_future(client.post(URL, json=QUESTION))
            for _ in range(times):
                await asyncio.sleep(0.02)
                asking.cancel()
            with pytest.raises(asyncio.CancelledError):
                await asking

    asyncio.run(give_up())
    return ledger


def test_answer_of_a_cancelled_attempt_is_kept() -> None:
    """What was sent is paid: the answer is waited for, then the stop goes on."""
    (call,) = _cancelled(1, answer_s=0.1).calls

    assert (call.status, call.error) == (200, None)


def test_attempt_cancelled_twice_is_recorded_as_given_up() -> None:
    """Whoever insists does not wait; the ledger says that it was asked."""
    (call,) = _cancelled(2, answer_s=60).calls

    assert (call.status, call.error) == (None, "cancelled")


def test_answer_is_not_handed_on_before_it_is_recorded() -> None:
    """When the ledger cannot be written the answer does not come through."""

    class FullDisk(MemoryLedger):
        def record(self, _: CallRecord) -> str:
            raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        ask(Script(answer()), FullDisk())


@pytest.fixture
def endpoint() -> Iterator[tuple[str, list[str]]]:
    """A real HTTP server that answers with a completion; (URL, bodies received)."""
    bodies: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["content-length"])
            bodies.append(self.rfile.read(length).decode())
            body = json.dumps(completion(), ensure_ascii=False).encode()
            self.send_response(200)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/v1/chat/completions", bodies
        server.shutdown()
        thread.join()


def test_cassette_records_and_replays_under_the_ledger(
    endpoint: tuple[str, list[str]], tmp_path: Path
) -> None:
    """A cassette sees the real HTTP only, and replays for another host and port."""
    url, bodies = endpoint
    recorder = vcr.VCR(match_on=["method", "path", "body"])
    cassette = str(tmp_path / "cassette.yaml")

    async def post(target: str, ledger: MemoryLedger, text: str) -> httpx2.Response:
        transport = LedgerTransport(
            httpx2.AsyncHTTPTransport(), ledger, RetryPolicy(max_attempts=1)
        )
        async with httpx2.AsyncClient(transport=transport) as client:
            return await client.post(target, json={"model": "m", "text": text})

    first, second = MemoryLedger(), MemoryLedger()
    with recorder.use_cassette(cassette, record_mode="once"):
        asyncio.run(post(url, first, "问"))
        asyncio.run(post(url, first, "问"))  # from the ledger: not on the tape
    elsewhere = "http://192.0.2.1:9/v1/chat/completions"
    with recorder.use_cassette(cassette, record_mode="none") as tape:
        replayed = asyncio.run(post(elsewhere, second, "问"))
        with pytest.raises(vcr.errors.CannotOverwriteExistingCassetteException):
            asyncio.run(post(elsewhere, second, "别的问"))

    assert len(bodies) == 1
    assert len(tape) == tape.play_count == 1
    assert replayed.json() == completion()
    assert second.calls[0].response_body == first.calls[0].response_body
    assert second.calls[0].request_key == first.calls[0].request_key
    assert [call.is_answer for call in second.calls] == [True, False]


def test_latency_is_measured(endpoint: tuple[str, list[str]]) -> None:
    """The latency of a row is the time the attempt took."""
    ledger = MemoryLedger()

    async def send() -> None:
        transport = LedgerTransport(httpx2.AsyncHTTPTransport(), ledger)
        async with httpx2.AsyncClient(transport=transport) as client:
            await client.post(endpoint[0], json=QUESTION)

    started = time.perf_counter()
    asyncio.run(send())

    assert 0 < ledger.calls[0].latency_s <= time.perf_counter() - started
    assert ledger.calls[0].cost_usd == 0.0
