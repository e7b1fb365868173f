"""The model client: answers, re-asking, and every failure as one of our own."""

from __future__ import annotations

import asyncio
import inspect
import json
import logging
from typing import Any, Self

import httpx2
import openai
import pytest
from pydantic import BaseModel, ConfigDict, Field, model_validator

from extractor.core.calls import CallRecord, CallScope, MemoryLedger
from extractor.core.errors import (
    ConfigError,
    ExtractorError,
    IncompleteOutputError,
    InvalidOutputError,
    LLMError,
    StoreError,
    TransportError,
)
from extractor.model.client import OpenAIClient, _translate
from extractor.model.endpoints import ModelConfig
from extractor.model.limits.pauses import RetryPolicy
from extractor.model.prompts import Message
from extractor.model.requests import Answer, LineAnswer, Request

pytestmark = pytest.mark.block_network(allowed_hosts=[r"127\.0\.0\.1"])

KEY = "sk-test-0123456789abcdef"
LOCAL = "http://127.0.0.1:9/v1"
HOSTED = "https://user:password@models.example:8443/v1?token=hidden"
MESSAGES = (
    Message("system", "逐行回答。"),
    Message("user", "新增幼儿园【3所】。"),
)
SENT = [message._asdict() for message in MESSAGES]


class Rows(LineAnswer):
    """Verb, object, number."""

    rows: list[tuple[str, str, str]] = Field(min_length=1)

    @classmethod
    def parse_lines(cls, text: str) -> Self:
        """Read three cells a line."""
        rows = []
        for line in text.splitlines():
            cells = line.split("｜")
            if len(cells) != 3:
                raise ValueError(f"每行应有三项，{line!r}不是")
            rows.append((cells[0], cells[1], cells[2]))
        return cls(rows=rows)


class Target(BaseModel):
    """One target."""

    verb: str
    number: str

    @model_validator(mode="after")
    def number_has_digits(self) -> Self:
        """Refuse a number without digits."""
        if not any(map(str.isdigit, self.number)):
            raise ValueError("number has no digits")
        return self


def completion(
    text: str | None = None, tool: str | None = None, finish_reason: str = "stop"
) -> httpx2.Response:
    """Return a chat completion with this text, or these arguments of a tool call."""
    message: dict[str, Any] = {"role": "assistant", "content": text}
    if tool is not None:
        call = {"name": "Target", "arguments": tool}
        message["tool_calls"] = [{"id": "1", "type": "function", "function": call}]
    return httpx2.Response(
        200,
        json={
            "id": "x",
            "object": "chat.completion",
            "created": 1,
            "model": "m",
            "choices": [
                {"index": 0, "finish_reason": finish_reason, "message": message}
            ],
            "usage": {"prompt_tokens": 12, "completion_tokens": 3, "total_tokens": 15},
        },
    )


class Endpoint:
    """A scripted endpoint that keeps the bodies it was sent."""

    def __init__(self, *replies: httpx2.Response | Exception) -> None:
        self.replies = list(replies)
        self.bodies: list[dict[str, Any]] = []
        self.headers: list[httpx2.Headers] = []

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        """Play the next reply."""
        self.bodies.append(json.loads(request.content))
        self.headers.append(request.headers)
        reply = self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]
        if isinstance(reply, Exception):
            raise reply
        return reply


async def no_wait(seconds: float) -> None:
    """Wait no time at all."""


def complete(
    endpoint: Endpoint,
    response_model: type[Any] = Rows,
    *,
    ledger: MemoryLedger | None = None,
    base_url: str = LOCAL,
    name: str = "m",
    max_tokens: int = 50,
    **options: Any,
) -> Answer:
    """Ask a scripted endpoint once; a failure is raised."""
    key = "" if base_url == LOCAL else KEY
    config_options = {k: options.pop(k) for k in ("mode",) if k in options}
    config = ModelConfig(name, base_url, key, **config_options)

    request = Request("targets", MESSAGES, response_model, max_tokens, **options)

    async def ask() -> Answer:
        client = OpenAIClient(
            config,
            MemoryLedger() if ledger is None else ledger,
            retries=RetryPolicy(max_attempts=2, sleep=no_wait),
            transport=httpx2.MockTransport(endpoint),
        )
        async with client:
            return await client.answer(request, "item-1")

    answer = asyncio.run(ask())
    if answer.error is not None:
        raise answer.error
    return answer


def test_line_answer_is_parsed() -> None:
    """Plain lines come back as the response model, with the call's id."""
    endpoint = Endpoint(completion("新增｜幼儿园｜3所"))

    result = complete(endpoint)

    assert isinstance(result.value, Rows)
    assert result.value.rows == [("新增", "幼儿园", "3所")]
    assert result.call_id == "1"


def test_line_answer_leaves_the_prompt_alone() -> None:
    """Nothing of the response model is sent: the prefix stays constant."""
    endpoint = Endpoint(completion("新增｜幼儿园｜3所"))

    complete(endpoint)

    assert endpoint.bodies == [
        {"messages": SENT, "model": "m", "max_tokens": 50, "temperature": 0.0}
    ]


def test_likelihoods_are_asked_for() -> None:
    """Any endpoint is asked for the log-probabilities where a request wants them."""
    endpoint = Endpoint(completion("新增｜幼儿园｜3所"))

    complete(endpoint, base_url=HOSTED, likelihoods=True)

    assert endpoint.bodies[0]["logprobs"] is True


def test_unfit_lines_are_asked_for_once_more() -> None:
    """One unfit answer makes two requests; the second shows what was wrong."""
    endpoint = Endpoint(completion("不知道"), completion("新增｜幼儿园｜3所"))
    ledger = MemoryLedger()

    result = complete(endpoint, ledger=ledger)

    assert len(endpoint.bodies) == len(ledger.calls) == 2
    assert result.call_id == "2"
    assert endpoint.bodies[1]["messages"][:2] == SENT
    assert endpoint.bodies[1]["messages"][2:] == [
        {"role": "assistant", "content": "不知道"},
        {
            "role": "user",
            "content": "回答不符合要求：每行应有三项，'不知道'不是。"
            "请按要求的格式重新回答。",
        },
    ]


def test_answer_that_stays_unfit_fails_after_two_requests() -> None:
    """Instructor asks again exactly once, then the item fails."""
    endpoint = Endpoint(completion("不知道"))
    ledger = MemoryLedger()

    with pytest.raises(InvalidOutputError, match="每行应有三项") as caught:
        complete(endpoint, ledger=ledger)

    assert len(endpoint.bodies) == len(ledger.calls) == 2
    assert (caught.value.item_id, caught.value.model) == ("item-1", "m")
    assert (caught.value.attempts, caught.value.is_fatal) == (2, False)


def test_validation_error_of_a_line_answer_is_short() -> None:
    """Pydantic's own complaints lose their trimmings on the way to the model."""
    endpoint = Endpoint(completion(""), completion("新增｜幼儿园｜3所"))

    complete(endpoint)

    said = endpoint.bodies[1]["messages"][-1]["content"]
    assert said.startswith("回答不符合要求：List should have at least 1 item")
    assert "errors.pydantic.dev" not in said


def test_model_can_word_its_own_reask() -> None:
    """A response model says in its own words what to do better."""

    class Brief(Rows):
        reask = "再来：{reason}"

    endpoint = Endpoint(completion("不知道"), completion("新增｜幼儿园｜3所"))

    complete(endpoint, Brief)

    said = endpoint.bodies[1]["messages"][-1]["content"]
    assert said == "再来：每行应有三项，'不知道'不是"


@pytest.mark.parametrize("response_model", [Rows, Target])
def test_answer_cut_off_is_incomplete(response_model: type[BaseModel]) -> None:
    """Finish reason "length" fails the item without asking again."""
    endpoint = Endpoint(completion("新增｜幼儿", finish_reason="length"))

    with pytest.raises(IncompleteOutputError) as caught:
        complete(endpoint, response_model)

    assert len(endpoint.bodies) == 1
    assert caught.value.attempts == 1


def test_json_answer_of_a_local_server_is_asked_by_schema() -> None:
    """Here the server decodes under the schema."""
    endpoint = Endpoint(completion('{"verb": "新增", "number": "3所"}'))

    result = complete(endpoint, Target)

    assert isinstance(result.value, Target)
    assert result.value.number == "3所"
    assert endpoint.bodies[0]["response_format"]["type"] == "json_schema"
    assert endpoint.bodies[0]["messages"] == SENT


def test_json_answer_of_a_hosted_model_is_a_tool_call() -> None:
    """Elsewhere the answer is the arguments of a tool."""
    endpoint = Endpoint(completion(tool='{"verb": "新增", "number": "3所"}'))

    result = complete(endpoint, Target, base_url=HOSTED)

    assert result.value.verb == "新增"
    assert endpoint.bodies[0]["tool_choice"]["function"]["name"] == "Target"


def test_frozen_response_models_are_welcome() -> None:
    """Instructor's bookkeeping does not trip over a frozen model."""

    class FrozenRows(Rows):
        model_config = ConfigDict(frozen=True, extra="forbid")

    class FrozenTarget(Target):
        model_config = ConfigDict(frozen=True, extra="forbid")

    rows = complete(Endpoint(completion("新增｜幼儿园｜3所")), FrozenRows)
    target = complete(
        Endpoint(completion('{"verb": "新增", "number": "3所"}')), FrozenTarget
    )

    assert rows.value == FrozenRows(rows=[("新增", "幼儿园", "3所")])
    assert target.value.verb == "新增"


def test_mode_can_be_chosen() -> None:
    """The automatic choice can be overridden."""
    endpoint = Endpoint(completion('{"verb": "新增", "number": "3所"}'))

    complete(endpoint, Target, base_url=HOSTED, mode="json")

    assert endpoint.bodies[0]["response_format"] == {"type": "json_object"}


@pytest.mark.parametrize(
    ("base_url", "replies"),
    [
        pytest.param(
            LOCAL,
            (
                completion('{"verb": "新增", "number": "三"}'),
                completion('{"verb": "新增", "number": "3"}'),
            ),
            id="schema",
        ),
        pytest.param(
            HOSTED,
            (completion("sorry"), completion(tool='{"verb": "新增", "number": "3"}')),
            id="no tool call",
        ),
    ],
)
def test_unfit_json_is_asked_for_once_more(
    base_url: str, replies: tuple[httpx2.Response, ...]
) -> None:
    """An answer in JSON that does not validate makes exactly one more request."""
    endpoint = Endpoint(*replies)

    result = complete(endpoint, Target, base_url=base_url)

    assert len(endpoint.bodies) == 2
    assert result.value.number == "3"


def test_rubbish_json_fails_after_two_requests() -> None:
    """A model that cannot be brought to answer fails its item in one line."""
    endpoint = Endpoint(completion("锟斤拷"))

    with pytest.raises(InvalidOutputError, match="does not fit") as caught:
        complete(endpoint, Target)

    assert len(endpoint.bodies) == 2
    assert "\n" not in str(caught.value)


def test_reused_answer_sends_nothing() -> None:
    """An answered question is answered from the ledger."""
    ledger = MemoryLedger()
    complete(Endpoint(completion("新增｜幼儿园｜3所")), ledger=ledger)
    silent = Endpoint(completion("never sent"))

    result = complete(silent, ledger=ledger)

    assert result.call_id == "1"
    assert silent.bodies == []


def test_reask_after_a_stored_unfit_answer_sends_only_the_second() -> None:
    """A run killed between the two requests pays for the second only."""
    ledger = MemoryLedger()
    with pytest.raises(TransportError):
        complete(
            Endpoint(completion("不知道"), httpx2.Response(400, text="no")),
            ledger=ledger,
        )
    endpoint = Endpoint(completion("新增｜幼儿园｜3所"))

    result = complete(endpoint, ledger=ledger)

    assert len(endpoint.bodies) == 1
    assert result.call_id == "3"


@pytest.mark.parametrize(
    ("reply", "words", "is_fatal"),
    [
        pytest.param(
            httpx2.Response(401, json={"error": {"message": f"bad key {KEY}"}}),
            r"answered 401: bad key \[secret\]; check OPENAI_API_KEY",
            True,
            id="wrong key",
        ),
        pytest.param(
            httpx2.Response(403, json={"message": "forbidden"}),
            "answered 403: forbidden; check OPENAI_API_KEY",
            True,
            id="forbidden",
        ),
        pytest.param(
            httpx2.Response(404, json={"error": {"message": "no such model"}}),
            "answered 404: no such model; check --model 'm' and --base-url",
            True,
            id="no such model",
        ),
        pytest.param(
            httpx2.Response(400, json={"error": {"message": "Model Not Exist"}}),
            "check --model 'm'",
            True,
            id="no such model, said with 400",
        ),
        pytest.param(
            httpx2.Response(402, json={"error": "Insufficient Balance"}),
            "answered 402: Insufficient Balance; the account has no credit left",
            True,
            id="no credit",
        ),
        pytest.param(
            httpx2.Response(400, json={"error": {"message": "context too long"}}),
            "answered 400: context too long$",
            False,
            id="bad request",
        ),
        pytest.param(
            httpx2.Response(500, text="<h1>oops</h1>"), "answered 500", False, id="500"
        ),
        pytest.param(
            httpx2.Response(429, json={"error": {"message": "slow down"}}),
            "answered 429: slow down; it says to wait for longer than --patience 900 s",
            True,
            id="busy",
        ),
        pytest.param(
            httpx2.ConnectError("All connection attempts failed"),
            "cannot be reached: All connection attempts failed; check that it runs",
            True,
            id="endpoint down",
        ),
        pytest.param(
            httpx2.ReadTimeout(""), "did not answer in 120 s", False, id="timeout"
        ),
        pytest.param(
            httpx2.RemoteProtocolError("peer closed"),
            "broke off: peer closed",
            False,
            id="broke off",
        ),
        pytest.param(
            httpx2.Response(200, html="<html>Sign in</html>"),
            "did not send an answer: not a chat completion: <html>Sign in</html>; "
            "check --base-url, it usually ends in /v1",
            True,
            id="web page",
        ),
        pytest.param(
            httpx2.Response(200, json={"error": {"message": "upstream"}}),
            "did not send an answer: not a chat completion: upstream$",
            False,
            id="gateway",
        ),
    ],
)
def test_failed_call_says_what_to_do(
    reply: httpx2.Response | Exception, words: str, is_fatal: bool
) -> None:
    """Every failure on the wire is one line that names endpoint and way out."""
    ledger = MemoryLedger()

    with pytest.raises(TransportError, match=words) as caught:
        complete(Endpoint(reply), base_url=HOSTED, ledger=ledger)
    message = str(caught.value)

    assert caught.value.is_fatal is is_fatal
    assert (caught.value.item_id, caught.value.model) == ("item-1", "m")
    assert caught.value.attempts == len(ledger.calls) >= 1
    assert message.startswith("https://models.example:8443/v1 ")
    assert "\n" not in message
    for secret in (KEY, "password", "hidden"):
        assert secret not in message + repr(ledger.calls)


def test_every_sdk_exception_is_translated() -> None:
    """No exception class of the SDK gets through, and each keeps its cause."""
    classes = [
        value
        for value in list(vars(openai).values())
        if inspect.isclass(value) and issubclass(value, openai.OpenAIError)
    ]
    request = httpx2.Request("POST", LOCAL)
    response = httpx2.Response(400, request=request)
    config = ModelConfig("m", LOCAL)

    for cls in classes:
        exc = cls.__new__(cls)
        Exception.__init__(exc, "said")
        exc.request, exc.response, exc.status_code = request, response, 400
        with pytest.raises(LLMError) as caught:
            _translate(exc, config, CallScope("targets"))

        assert caught.value.__cause__ is exc, cls

    assert len(classes) > 15


def test_failing_ledger_is_not_taken_for_a_failing_endpoint() -> None:
    """What the store raises comes through the SDK as it is."""

    class FullDisk(MemoryLedger):
        def record(self, _: CallRecord) -> str:
            raise StoreError("disk full")

    with pytest.raises(StoreError, match="disk full"):
        complete(Endpoint(completion("x")), ledger=FullDisk())


def test_requests_in_flight_are_bounded() -> None:
    """No more requests are out at a time than asked for."""
    in_flight = peak = 0

    async def slow(_: httpx2.Request) -> httpx2.Response:
        nonlocal in_flight, peak
        in_flight += 1
        peak = max(peak, in_flight)
        await asyncio.sleep(0.005)
        in_flight -= 1
        return completion("新增｜幼儿园｜3所")

    async def many() -> None:
        client = OpenAIClient(
            ModelConfig("m", LOCAL),
            MemoryLedger(),
            concurrency=3,
            transport=httpx2.MockTransport(slow),
        )
        async with client:
            await asyncio.gather(
                *(
                    client.answer(
                        Request("targets", (Message("user", str(n)),), Rows, 9)
                    )
                    for n in range(9)
                )
            )

    asyncio.run(many())

    assert peak == 3


def test_item_and_purpose_of_concurrent_calls_do_not_mix() -> None:
    """Each row names the item its own call was made for."""
    ledger = MemoryLedger()

    async def slow(_: httpx2.Request) -> httpx2.Response:
        await asyncio.sleep(0.002)
        return completion("新增｜幼儿园｜3所")

    async def many() -> list[Answer]:
        client = OpenAIClient(
            ModelConfig("m", LOCAL),
            ledger,
            concurrency=4,
            transport=httpx2.MockTransport(slow),
        )
        async with client:
            return await asyncio.gather(
                *(
                    client.answer(
                        Request(
                            f"purpose-{n}", (Message("user", f"item-{n}"),), Rows, 9
                        ),
                        f"item-{n}",
                    )
                    for n in range(8)
                )
            )

    results = asyncio.run(many())

    for n, result in enumerate(results):
        call = ledger.calls[int(result.call_id) - 1]
        assert (call.item_id, call.purpose) == (f"item-{n}", f"purpose-{n}")
        assert f"item-{n}" in call.request_body


def test_missing_key_is_refused_before_any_call() -> None:
    """A hosted endpoint without a key is the operator's to fix."""
    with pytest.raises(ConfigError, match="set OPENAI_API_KEY"):
        ModelConfig("m", "https://api.openai.com/v1")


def test_key_of_the_environment_is_not_sent_unasked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A server on this machine does not get the key of another provider."""
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    endpoint = Endpoint(completion("新增｜幼儿园｜3所"))

    complete(endpoint)

    assert endpoint.headers[0]["authorization"] == "Bearer none"


@pytest.mark.parametrize("url", ["models.example/v1", "ftp://x/v1", "", "https:///v1"])
def test_base_url_must_be_a_url(url: str) -> None:
    """A malformed URL is refused with an example of a good one."""
    with pytest.raises(ConfigError, match="is not a URL like https://host/v1"):
        ModelConfig("m", url, KEY)


def test_empty_model_name_is_refused() -> None:
    """No name, no call."""
    with pytest.raises(ConfigError, match="--model is empty"):
        ModelConfig("", LOCAL)


def test_key_is_not_in_the_repr_or_the_logs(caplog: pytest.LogCaptureFixture) -> None:
    """Neither a traceback nor a debug log gives the key away."""
    caplog.set_level(logging.DEBUG)

    with pytest.raises(ExtractorError):
        complete(Endpoint(httpx2.Response(400)), base_url=HOSTED)

    assert KEY not in repr(ModelConfig("m", HOSTED, KEY))
    assert KEY not in caplog.text


def test_temperature_is_not_sent_to_reasoning_models() -> None:
    """They answer 400 to it."""
    endpoint = Endpoint(completion("新增｜幼儿园｜3所"))

    complete(endpoint, base_url=HOSTED, name="openai/gpt-5-mini")

    assert "temperature" not in endpoint.bodies[0]


def test_openai_itself_gets_the_newer_limit() -> None:
    """Its newer models refuse `max_tokens`, the others know nothing else."""
    endpoint = Endpoint(completion("新增｜幼儿园｜3所"))

    complete(endpoint, base_url="https://api.openai.com/v1")

    assert endpoint.bodies[0]["max_completion_tokens"] == 50
    assert "max_tokens" not in endpoint.bodies[0]


def test_proxy_of_the_environment_is_used_for_hosted_endpoints_only(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The environment's proxy is asked for a hosted endpoint, never for loopback."""
    proxies: list[object] = []

    class Spy(httpx2.AsyncHTTPTransport):
        def __init__(self, proxy: object = None, **options: Any) -> None:
            proxies.append(proxy)
            super().__init__(**options)

    monkeypatch.setattr(httpx2, "AsyncHTTPTransport", Spy)
    monkeypatch.setenv("http_proxy", "http://proxy.example:3128")
    monkeypatch.setenv("https_proxy", "http://proxy.example:3128")
    monkeypatch.delenv("no_proxy", raising=False)

    for url in (HOSTED, LOCAL):
        OpenAIClient(ModelConfig("m", url, KEY), MemoryLedger())

    assert proxies == ["http://proxy.example:3128", None]
