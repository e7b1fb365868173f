"""Opening a model: what is found, by which name it is asked, what is closed again."""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Self

import pytest

from extractor.core.calls import MemoryLedger
from extractor.core.errors import ConfigError, PromptError
from extractor.model import source as model_source
from extractor.model.client import OpenAIClient
from extractor.model.embedded.adapter import SHIPPED, adapter_digest
from extractor.model.embedded.server import Room
from extractor.model.source import ModelSource, serve_model, served_at
from extractor.runs import session
from extractor.runs.config import RunConfig
from extractor.runs.identity import run_record
from extractor.runs.session import (
    DEFAULT_BASE_URL,
    ModelOptions,
    OwnFiles,
    find_model,
    hosted_base_url,
    make_strategy,
    open_model,
    run_config,
    weights_name,
)
from extractor.runs.spool import Spool, Work
from tests.fake_endpoint import FakeEndpoint
from tests.store_samples import make_document, make_items

LOCAL = RunConfig("local", "marked", "rules")
RULES = RunConfig("rules", "rules", "rules")
HOSTED = RunConfig("gpt-x", "open", "model", base_url="https://models.example/v1")


def gguf(path: Path, content: bytes = b"weights") -> Path:
    """Write a small file that passes for a model."""
    path.write_bytes(b"GGUF" + content)
    return path


class Server:
    """Stands for the embedded server; notes how it was used."""

    log: list[str] = []  # noqa: RUF012 - shared on purpose
    base_url = "http://127.0.0.1:4711/v1"

    def __init__(
        self,
        path: Path,
        *,
        adapter: Path | None = None,
        room: Room | None = None,
        program: Path | None = None,
    ) -> None:
        assert program is None
        tuned = f" {adapter.name} {room.slots} of {room.tokens}" if room else ""
        self.log.append(f"new {path.name}{tuned}")

    def __enter__(self) -> Self:
        self.log.append("start")
        return self

    def __exit__(self, *_exc: object) -> None:
        self.log.append("stop")


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> type[Server]:
    """Put a server without a model in the place of the real one."""
    Server.log = []
    monkeypatch.setattr(model_source, "LocalServer", Server)
    return Server


def test_rules_need_nothing() -> None:
    """No weights, no key, no endpoint."""
    assert find_model(RULES, ModelOptions()) == ModelSource("rules")


def test_embedded_weights_are_asked_by_a_constant_name(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Recorded answers stay valid wherever the weights lie."""
    weights = gguf(tmp_path / "model.gguf")
    monkeypatch.setattr(session, "locate_weights", lambda *_args: weights)

    assert find_model(LOCAL, ModelOptions()) == ModelSource("local", weights=weights)


def test_other_weights_have_another_name(tmp_path: Path) -> None:
    """Answers of one file are never taken for those of another."""
    first = gguf(tmp_path / "first.gguf")
    other = gguf(tmp_path / "other.gguf", b"weightz")
    copy = gguf(tmp_path / "copy.gguf")

    names = [
        find_model(LOCAL, ModelOptions(model_path=path)).name
        for path in (first, other, copy)
    ]

    assert names[0] == names[2] != names[1]
    assert all(len(name) == len("local:") + 12 for name in names)


@pytest.mark.parametrize("at", [0, 70_000, 5_000_000, 9_999_999])
def test_large_weights_are_told_apart_by_samples(tmp_path: Path, at: int) -> None:
    """A changed stretch gives another name without the whole file being read."""
    content = bytearray(10_000_000)
    first = weights_name(gguf(tmp_path / "first.gguf", bytes(content)))
    stretch = slice(max(0, at - 400_000), at + 400_000)
    content[stretch] = b"x" * len(content[stretch])

    assert weights_name(gguf(tmp_path / "other.gguf", bytes(content))) != first


def test_embedded_weights_named_by_hand_are_the_embedded_ones(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """`--model-path` with the published file reuses what was paid before."""
    path = gguf(tmp_path / "same.gguf")
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    published = replace(session.QWEN_CODER, size=path.stat().st_size, sha256=digest)
    monkeypatch.setattr(session, "QWEN_CODER", published)

    assert weights_name(path) == "local"


def test_same_size_is_not_the_same_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The published size with other bytes is another model."""
    path = gguf(tmp_path / "same-size.gguf")
    published = replace(session.QWEN_CODER, size=path.stat().st_size)
    monkeypatch.setattr(session, "QWEN_CODER", published)

    assert weights_name(path).startswith("local:")


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7"])
def test_model_path_that_is_no_model_is_refused(tmp_path: Path, content: bytes) -> None:
    """A wrong file is refused before a server is started."""
    path = tmp_path / "model.gguf"
    path.write_bytes(content)

    with pytest.raises(ConfigError, match="not a GGUF"):
        find_model(LOCAL, ModelOptions(model_path=path))


def test_hosted_model_has_key_timeout_and_mode(monkeypatch: pytest.MonkeyPatch) -> None:
    """The key comes from the environment, the rest from the command line."""
    monkeypatch.setenv("OPENAI_API_KEY", "secret")

    config = replace(HOSTED, answer_mode="json")
    source = find_model(config, ModelOptions(timeout_s=7))

    assert source.endpoint is not None
    assert (source.name, source.endpoint.api_key) == ("gpt-x", "secret")
    assert (source.endpoint.timeout_s, source.endpoint.mode) == (7, "json")
    assert source.endpoint.base_url == HOSTED.base_url
    assert "secret" not in repr(source)


def test_hosted_model_without_key_is_refused() -> None:
    """The message says which variable is missing."""
    with pytest.raises(ConfigError, match="OPENAI_API_KEY"):
        find_model(HOSTED, ModelOptions())


def test_base_url_is_the_flag_then_the_environment_then_openai(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As every OpenAI client does it."""
    assert hosted_base_url(None) == DEFAULT_BASE_URL
    monkeypatch.setenv("OPENAI_BASE_URL", "http://here/v1")
    assert hosted_base_url(None) == "http://here/v1"
    assert hosted_base_url("http://there/v1") == "http://there/v1"


def test_server_runs_while_the_endpoint_is_used(
    server: type[Server], tmp_path: Path
) -> None:
    """Weights are served inside the block only, under the model's own name."""
    source = ModelSource("local:123", weights=gguf(tmp_path / "m.gguf"))

    with serve_model(source) as endpoint:
        assert endpoint is not None
        assert (endpoint.name, endpoint.base_url) == ("local:123", server.base_url)
        assert server.log == ["new m.gguf", "start"]

    assert server.log[-1] == "stop"


def test_adapter_is_served_and_asked_by_its_digest(
    server: type[Server], tmp_path: Path
) -> None:
    """Several answers are written at a time, and belong to this adapter alone."""
    adapter = gguf(tmp_path / "a.gguf", b"tuned")
    source = ModelSource("local", weights=gguf(tmp_path / "m.gguf"), adapter=adapter)

    with serve_model(source) as endpoint:
        assert endpoint is not None
        assert endpoint.adapter == adapter_digest(adapter)[:16]

    assert server.log[0] == f"new m.gguf a.gguf {source.slots} of 2048"


def test_server_that_runs_already_is_looked_at_and_used(
    server: type[Server], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is started; requests are those of a run with a server of its own."""
    looked_at: list[tuple[object, ...]] = []
    monkeypatch.setattr(model_source, "check_server", lambda *it: looked_at.append(it))
    adapter = gguf(tmp_path / "a.gguf", b"tuned")
    source = ModelSource("local", weights=gguf(tmp_path / "m.gguf"), adapter=adapter)

    with (
        serve_model(source) as own,
        served_at("http://127.0.0.1:9/v1")(source) as found,
    ):
        assert own is not None
        assert found == replace(own, base_url="http://127.0.0.1:9/v1")

    assert looked_at == [("http://127.0.0.1:9/v1", source.weights, adapter)]
    assert server.log == ["new m.gguf a.gguf 16 of 2048", "start", "stop"]


def test_defaults_of_a_run(tmp_path: Path) -> None:
    """The tuned strategy where there is an adapter, the model finds soft promises."""
    own, adapter = gguf(tmp_path / "own.gguf"), gguf(tmp_path / "a.gguf")
    for model, files, expected in (
        ("local", OwnFiles(), ("sentences", "model", SHIPPED)),
        ("local", OwnFiles(own), ("marked", "model", None)),
        ("local", OwnFiles(own, adapter), ("sentences", "model", adapter)),
        ("local", OwnFiles(tmp_path / "missing"), ("marked", "model", None)),
        ("rules", OwnFiles(), ("rules", "rules", None)),
        ("gpt-x", OwnFiles(), ("marked", "model", None)),
    ):
        made = run_config(model, files=files)
        assert (made.strategy, made.soft, made.adapter) == expected


def test_strategies_of_the_embedded_base_have_no_adapter() -> None:
    """`marked` and `open` ask the model as it was published."""
    assert run_config("local", "marked").adapter is None
    assert run_config("local", "open").adapter is None


def test_a_hosted_model_may_be_a_tuned_one() -> None:
    """Which adapter it has, nobody says."""
    config = run_config("m", "sentences", base_url="http://127.0.0.1:9/v1")

    assert config.adapter is None
    assert make_strategy(config).prompt_version == ("sentences.v1", "")


def test_other_weights_need_an_adapter_of_their_own(tmp_path: Path) -> None:
    """The shipped one fits its base only; the message says the ways out."""
    own = gguf(tmp_path / "own.gguf")
    ways = "give --adapter FILE tuned for it, or --strategy marked"

    with pytest.raises(ConfigError, match=ways):
        run_config("local", "sentences", files=OwnFiles(own))
    with pytest.raises(ConfigError, match=ways):
        run_config("local", "sentences", files=OwnFiles(tmp_path / "missing"))


def test_shipped_adapter_is_not_put_on_other_weights(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Not in a script, either, where file and run are told apart from each other."""
    shipped = gguf(tmp_path / "adapter.gguf")
    monkeypatch.setattr(session, "SHIPPED", shipped)
    options = ModelOptions(model_path=gguf(tmp_path / "own.gguf"))

    with pytest.raises(ConfigError, match="no adapter is shipped for"):
        find_model(run_config("local"), options)


def test_adapter_is_looked_at_before_the_weights(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A wrong file is said before 0.5 GB are joined."""
    monkeypatch.setattr(session, "locate_weights", lambda *_: pytest.fail("joined"))
    config = run_config("local", files=OwnFiles(adapter=tmp_path / "missing.gguf"))

    with pytest.raises(ConfigError, match=r"'.*missing\.gguf' cannot be read"):
        find_model(config, ModelOptions())


@pytest.mark.parametrize("error", [KeyboardInterrupt, ConfigError, RuntimeError])
def test_server_is_stopped_whatever_happens(
    server: type[Server], tmp_path: Path, error: type[BaseException]
) -> None:
    """Ctrl-C and errors leave no server behind."""
    source = ModelSource("local", weights=gguf(tmp_path / "m.gguf"))

    with pytest.raises(error), serve_model(source):
        raise error

    assert server.log[-1] == "stop"


def test_nothing_is_served_for_rules_and_hosted_models(server: type[Server]) -> None:
    """Only weights need a server."""
    endpoint = SimpleNamespace(name="gpt-x")
    for found in (ModelSource("rules"), ModelSource("gpt-x", endpoint=endpoint)):  # type: ignore[arg-type]
        with serve_model(found) as served:
            assert served is found.endpoint

    assert server.log == []


def test_port_of_the_embedded_server_is_no_part_of_the_run() -> None:
    """The same command is the same run, whatever port was free."""
    document = make_document()
    works = [Work(document, tuple(make_items(document)))]
    strategy = make_strategy(LOCAL)

    record = run_record(Spool.of(works).sheets, LOCAL, strategy)

    assert record.base_url is None
    assert "127.0.0.1" not in record.model_dump_json()


def test_other_weights_are_another_run() -> None:
    """The model's name is part of the run's identity."""
    strategy = make_strategy(LOCAL)
    other = replace(LOCAL, model="local:0123456789ab")

    assert run_record([], LOCAL, strategy).id != run_record([], other, strategy).id


def test_connections_are_closed_in_the_loop_that_used_them(
    endpoint: FakeEndpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A client is not left to the garbage collector."""
    closed = []
    close = OpenAIClient.aclose

    async def note(client: OpenAIClient) -> None:
        closed.append(asyncio.get_running_loop())
        await close(client)

    monkeypatch.setattr(OpenAIClient, "aclose", note)
    config = RunConfig("m", "sentences", "model", base_url=endpoint.base_url)
    source = find_model(config, ModelOptions())

    async def use() -> Any:
        async with open_model(source.endpoint, MemoryLedger(), 1):
            assert closed == []
        return asyncio.get_running_loop()

    assert closed == [asyncio.run(use())]


def test_prompts_of_ones_own_are_used(tmp_path: Path) -> None:
    """`--prompts` replaces the shipped folder."""
    (tmp_path / "marked.v7.md").write_text("甲", encoding="utf-8")

    strategy = make_strategy(LOCAL, tmp_path)

    assert strategy.prompt_version[0] == "marked.v7"
    with pytest.raises(PromptError):
        make_strategy(HOSTED, tmp_path)


def test_nothing_is_asked_without_a_model() -> None:
    """A run of the rules that asked would be a bug."""

    async def use() -> Any:
        async with open_model(None, MemoryLedger(), 1) as model:
            return await model.answers([], "item")

    with pytest.raises(AssertionError, match="no model"):
        asyncio.run(use())
