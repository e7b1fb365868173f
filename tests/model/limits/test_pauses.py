"""An endpoint that says "wait": one pause for all, honoured, and not for ever."""

from __future__ import annotations

import asyncio
import email.utils
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest
from click.testing import CliRunner

from extractor.cli.main import main
from extractor.core.calls import MemoryLedger
from extractor.model.endpoints import PATIENCE_S
from extractor.model.limits.pauses import RetryPolicy
from extractor.model.responses import asks_to_wait
from extractor.model.transport import LedgerTransport
from extractor.runs import session
from tests.commands import hosted, refused, rows
from tests.fake_endpoint import FakeEndpoint, Reply, completion, refusal, sensible

URL = "https://models.example/v1/chat/completions"
Answer = Callable[[float], httpx2.Response]


def good() -> httpx2.Response:
    """Return an answer."""
    return httpx2.Response(200, text=completion("答").body)


def busy(status: int = 429, **headers: str) -> httpx2.Response:
    """Return a refusal."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx2.Response(status, json={"error": {"message": "slow"}}, headers=named)


class Clock:
    """Time that passes only while somebody sleeps; the next to wake wakes first."""

    def __init__(self) -> None:
        self.now = 0.0
        self._sleepers: list[tuple[float, asyncio.Event]] = []

    def __call__(self) -> float:
        """Return the time."""
        return self.now

    async def sleep(self, seconds: float) -> None:
        """Sleep until it is time."""
        event = asyncio.Event()
        self._sleepers.append((self.now + seconds, event))
        await event.wait()

    async def run(self, *jobs: Any) -> list[Any]:
        """Do the jobs; whenever all wait, let the time pass."""
        gathered = asyncio.gather(*jobs, return_exceptions=True)
        while not gathered.done():
            for _ in range(50):
                await asyncio.sleep(0)
            if self._sleepers:
                self._sleepers.sort(key=lambda sleeper: sleeper[0])
                self.now, event = self._sleepers.pop(0)
                event.set()
        return await gathered


class Service:
    """An endpoint whose answers depend on the time; each takes a tenth of a second."""

    def __init__(self, clock: Clock, answer: Answer, took_s: float = 0.1) -> None:
        self.clock, self.answer, self.took_s = clock, answer, took_s
        self.times: list[float] = []

    async def __call__(self, _: httpx2.Request) -> httpx2.Response:
        """Note when the request came, and answer."""
        self.times.append(self.clock.now)
        reply = self.answer(self.clock.now)
        await self.clock.sleep(self.took_s)
        return reply


def ask(
    answer: Answer, requests: int = 8, **bounds: float
) -> tuple[list[httpx2.Response], Service, MemoryLedger]:
    """Send requests at once to an endpoint; return what came, and who was asked."""
    clock, ledger = Clock(), MemoryLedger()
    service = Service(clock, answer)
    policy = RetryPolicy(sleep=clock.sleep, clock=clock, **bounds)  # type: ignore[arg-type]

    async def send() -> list[Any]:
        transport = LedgerTransport(httpx2.MockTransport(service), ledger, policy)
        async with httpx2.AsyncClient(transport=transport) as client:
            return await clock.run(
                *(client.post(URL, json={"n": n}) for n in range(requests))
            )

    return asyncio.run(send()), service, ledger


def until(seconds: float, refusal: httpx2.Response) -> Answer:
    """Return an endpoint that refuses until then."""
    return lambda now: refusal if now < seconds else good()


@pytest.mark.parametrize(
    ("limited_s", "headers", "most"),
    [
        pytest.param(20, {"retry_after": "20"}, 9, id="honest"),
        pytest.param(60, {"retry_after": "20"}, 11, id="three-times"),
        pytest.param(60, {"retry_after_ms": "20000"}, 11, id="milliseconds"),
        pytest.param(200, {"retry_after": "10"}, 29, id="longer-than-five-tries"),
        pytest.param(600, {"retry_after": "60"}, 19, id="ten-minutes"),
        pytest.param(60, {}, 16, id="says-not-how-long"),
        pytest.param(60, {"retry_after": "0"}, 16, id="says-at-once"),
        pytest.param(60, {"retry_after": "soon"}, 16, id="says-rubbish"),
        pytest.param(60, {"retry_after_ms": "5"}, 16, id="a-few-milliseconds"),
    ],
)
def test_all_requests_wait_together(
    limited_s: float, headers: dict[str, str], most: int
) -> None:
    """Eight in flight cost eight refusals, then one a pause; all are answered."""
    responses, service, ledger = ask(until(limited_s, busy(**headers)))

    assert [response.status_code for response in responses] == [200] * 8
    refusals = [call for call in ledger.calls if call.status == 429]
    assert 8 <= len(refusals) <= most
    assert len(ledger.calls) == len(refusals) + 8
    assert max(service.times) < limited_s + 65


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({"retry_after": "30"}, id="seconds"),
        pytest.param({"retry_after": "30.0"}, id="a-fraction"),
        pytest.param({"retry_after_ms": "30000", "retry_after": "1"}, id="ms-first"),
    ],
)
def test_pause_ends_when_it_was_said_to(headers: dict[str, str]) -> None:
    """Nobody asks before, and the first asks within two seconds of it."""
    _, service, _ = ask(until(25, busy(**headers)), requests=3)

    later = [time for time in service.times if time > 0]
    assert 30 <= min(later) <= 32


def test_pause_until_a_date() -> None:
    """An HTTP date is a moment."""
    at = datetime.now(UTC) + timedelta(seconds=40)
    date = email.utils.format_datetime(at, usegmt=True)

    _, service, _ = ask(until(30, busy(retry_after=date)), requests=2)

    assert 35 <= min(time for time in service.times if time > 0) <= 42


def test_requests_go_on_few_at_a_time() -> None:
    """One first, then two, then four: not all into the same wall again."""
    _, service, _ = ask(until(5, busy(retry_after="5")), requests=15)

    later = [time for time in service.times if time >= 5]
    waves = [later.count(time) for time in sorted(set(later))]
    assert waves == [1, 2, 4, 8]
    assert len(later) == 15


def test_service_that_is_busy_is_waited_for_when_it_says_how_long() -> None:
    """A 503 with Retry-After is a "wait" too, and uses up no attempt."""
    responses, _, ledger = ask(until(100, busy(503, retry_after="10")), requests=2)

    assert [response.status_code for response in responses] == [200, 200]
    assert len(ledger.calls) > 10


def test_failures_are_still_counted_beside_the_waiting() -> None:
    """Five tries are for real failures; the pauses between are none of them."""
    answers = iter([busy(retry_after="5"), busy(500)] * 20)

    responses, _, ledger = ask(lambda _: next(answers), requests=1)

    assert responses[0].status_code == 500
    assert [call.status for call in ledger.calls] == [429, 500] * 5


def test_time_of_pauses_is_not_the_requests_own() -> None:
    """After ten minutes of pause a failure is still tried again."""
    answers = iter([busy(retry_after="600"), busy(500), good()])

    responses, _, _ = ask(lambda _: next(answers), requests=1)

    assert responses[0].status_code == 200


@pytest.mark.parametrize(
    ("headers", "patience_s", "calls"),
    [
        pytest.param({"retry_after": "3600"}, PATIENCE_S, 8, id="an-hour"),
        pytest.param({"retry_after": "60"}, 200, 11, id="again-and-again"),
        pytest.param({}, 100, 19, id="says-not-how-long"),
        pytest.param({"retry_after": "0"}, 100, 19, id="says-at-once"),
        pytest.param({"retry_after": "inf"}, PATIENCE_S, 8, id="for-ever"),
        pytest.param({"retry_after": "5"}, 0, 8, id="no-patience"),
    ],
)
def test_patience_is_bounded(
    headers: dict[str, str], patience_s: float, calls: int
) -> None:
    """Then the refusal is handed on, after few calls."""
    responses, service, _ = ask(
        lambda _: busy(**headers), requests=8, patience_s=patience_s
    )

    assert {response.status_code for response in responses} == {429}
    assert len(service.times) <= calls + 7
    assert max(service.times) <= patience_s + 5


def test_an_answer_between_renews_the_patience() -> None:
    """What counts is being told to wait in a row."""
    answers = iter([busy(retry_after="60"), good()] * 30)

    responses, _, _ = ask(lambda _: next(answers), requests=30, patience_s=130)

    assert {response.status_code for response in responses} == {200}


def test_an_old_answer_does_not_end_the_pause() -> None:
    """A reply to a request sent before the pause says nothing about after it."""
    clock, ledger = Clock(), MemoryLedger()
    times: list[float] = []

    async def service(request: httpx2.Request) -> httpx2.Response:
        times.append(clock.now)
        is_slow = request.content == b'{"n":0}'
        await clock.sleep(5 if is_slow else 0.1)
        return good() if is_slow or clock.now > 30 else busy(retry_after="30")

    policy = RetryPolicy(sleep=clock.sleep, clock=clock)

    async def send() -> None:
        transport = LedgerTransport(httpx2.MockTransport(service), ledger, policy)
        async with httpx2.AsyncClient(transport=transport) as client:
            await clock.run(*(client.post(URL, json={"n": n}) for n in range(4)))

    asyncio.run(send())

    assert [time for time in times if 0 < time < 30] == []
    assert len(times) == 7


def test_cancelled_request_leaves_its_place() -> None:
    """What is given up while it waits or asks does not block the others."""
    clock = Clock()

    async def service(_: httpx2.Request) -> httpx2.Response:
        await asyncio.sleep(0)
        return busy(retry_after="50") if clock.now < 40 else good()

    async def send() -> list[Any]:
        policy = RetryPolicy(sleep=clock.sleep, clock=clock)
        transport = LedgerTransport(
            httpx2.MockTransport(service), MemoryLedger(), policy
        )
        async with httpx2.AsyncClient(transport=transport) as client:
            tasks = [
                asyncio.ensure_future(client.post(URL, json={"n": n})) for n in range(4)
            ]
            for _ in range(80):
                await asyncio.sleep(0)
            tasks[0].cancel()
            return await clock.run(*tasks)

    results = asyncio.run(send())

    assert isinstance(results[0], asyncio.CancelledError)
    assert [response.status_code for response in results[1:]] == [200] * 3


@pytest.mark.parametrize(
    ("response", "expected"),
    [
        pytest.param(busy(), True, id="429"),
        pytest.param(busy(retry_after="3"), True, id="429-with-a-time"),
        pytest.param(busy(503, retry_after="3"), True, id="503-with-a-time"),
        pytest.param(busy(529, retry_after="3"), True, id="529-with-a-time"),
        pytest.param(busy(503), False, id="503"),
        pytest.param(busy(503, retry_after="soon"), False, id="503-with-rubbish"),
        pytest.param(busy(500, retry_after="3"), False, id="500"),
        pytest.param(
            httpx2.Response(429, json={"error": {"code": "insufficient_quota"}}),
            False,
            id="empty-account",
        ),
        pytest.param(good(), False, id="answer"),
    ],
)
def test_what_asks_to_wait(response: httpx2.Response, expected: bool) -> None:
    """A rate limit does; an empty account or a crash does not."""
    assert asks_to_wait(response) is expected


def test_empty_account_stops_at_once(
    cli_runner: CliRunner, endpoint: FakeEndpoint
) -> None:
    """No pause fills it."""
    body = '{"error": {"code": "insufficient_quota", "message": "no credit"}}'
    endpoint.answer = lambda _body: Reply(429, body)

    result = cli_runner.invoke(main, hosted(endpoint))

    refused(result, "the account has no credit left")
    assert len(endpoint.asked) <= 8


def test_limited_run_finishes_with_few_calls(
    cli_runner: CliRunner, endpoint: FakeEndpoint, caplog: pytest.LogCaptureFixture
) -> None:
    """More refusals than tries, and still every item is done."""
    refusals = 20
    bad_ones = iter(range(refusals))

    def answer(body: dict[str, Any]) -> Reply:
        if next(bad_ones, None) is not None:
            return refusal(429, "slow down", **{"retry-after": "2"})
        return sensible(body)

    endpoint.answer = answer

    result = cli_runner.invoke(main, hosted(endpoint))

    assert result.exit_code == 0, result.output
    assert rows("select count(*) from failures") == [(0,)]
    assert len(endpoint.asked) == refusals + 10
    assert caplog.text.count("told to wait") == 1


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("seconds", ["0", "7", "3600"])
def test_run_that_waits_too_long_stops_and_goes_on_later(
    cli_runner: CliRunner, endpoint: FakeEndpoint, seconds: str, status: int
) -> None:
    """One line, exit 1, what was answered is kept, the rest is asked next time."""

    good_ones = iter(range(3))

    def answer(body: dict[str, Any]) -> Reply:
        if next(good_ones, None) is not None:
            return sensible(body)
        return refusal(status, "slow down", **{"retry-after": seconds})

    endpoint.answer = answer
    command = [*hosted(endpoint), "--concurrency", "2", "--patience", "60"]

    result = cli_runner.invoke(main, command)

    refused(
        result,
        f"answered {status}: slow down; it says to wait for longer than --patience 60",
        "what was done is kept, the same command goes on from there",
    )
    assert len(endpoint.asked) <= 20
    assert rows("select status from runs") == [("failed",)]
    assert rows("select count(*) from llm_calls where error is null") == [(3,)]
    endpoint.answer = sensible
    endpoint.asked.clear()

    assert cli_runner.invoke(main, command).exit_code == 0
    assert len(endpoint.asked) == 7


def test_patience_has_one_default() -> None:
    """A quarter of an hour, wherever it is asked for."""
    assert session.ModelOptions().patience_s == RetryPolicy().patience_s == 900.0
