"""Fixtures of all tests: no key, no network, no waiting, no file outside of tmp."""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from extractor.core.records import Document
from extractor.documents.loading import load_document
from extractor.model.embedded.weights import CACHE_DIR_VARIABLE
from extractor.model.limits.pauses import RetryPolicy
from extractor.store.store import Store
from tests.cassette_io import ReadableSerializer
from tests.fake_endpoint import FakeEndpoint, fake_endpoint

ROOT = Path(__file__).resolve().parents[1]
DOCUMENTS = ROOT / "evals" / "documents"
DEVELOPMENT = ROOT / "evals" / "development" / "documents"
UNSEEN = ROOT / "evals" / "unseen" / "documents"
IS_RECORDING = bool(os.environ.get("EXTRACT_RECORD"))


def pytest_recording_configure(config: pytest.Config, vcr: Any) -> None:  # noqa: ARG001
    """Make cassettes readable."""
    vcr.register_serializer("yaml", ReadableSerializer())


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Block the network; this machine is not the network."""
    for item in items:
        if item.get_closest_marker("block_network") is None:
            item.add_marker(pytest.mark.block_network(allowed_hosts=[r"127\.0\.0\.1"]))


@pytest.fixture(autouse=True)
def no_api_key(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take every key and endpoint out of the environment."""
    for name in list(os.environ):
        if name.startswith(("OPENAI_", "ANTHROPIC_", "HF_")) or name.endswith(
            "_API_KEY"
        ):
            monkeypatch.delenv(name)


@pytest.fixture(autouse=True)
def own_cache_dir(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Keep the weights' cache out of tests, except those that need the weights."""
    needs_weights = IS_RECORDING or request.node.get_closest_marker("model")
    if not needs_weights:
        monkeypatch.setenv(CACHE_DIR_VARIABLE, str(tmp_path / "cache"))


async def _no_wait(_seconds: float) -> None:
    """Wait no time at all."""


@pytest.fixture(autouse=True)
def no_retry_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    """Retry at once."""
    monkeypatch.setattr(
        "extractor.model.client.RetryPolicy", partial(RetryPolicy, sleep=_no_wait)
    )


@pytest.fixture
def document() -> Document:
    """Load a shipped document with numbers, dates and partners."""
    return load_document(DOCUMENTS / "minsheng-2023.txt")


@pytest.fixture
def fresh_db(tmp_path: Path) -> Iterator[Store]:
    """Open an empty database."""
    with Store(tmp_path / "fresh.db") as store:
        yield store


@pytest.fixture
def endpoint() -> Iterator[FakeEndpoint]:
    """Run a model endpoint that answers sensibly until told otherwise."""
    with fake_endpoint() as running:
        yield running


@pytest.fixture
def adapter(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write a file that passes for an adapter; no model can be tuned by it."""
    path = tmp_path_factory.mktemp("adapter") / "adapter.gguf"
    path.write_bytes(b"GGUF stub")
    return path


@pytest.fixture
def cli_runner(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> CliRunner:
    """Run commands in this process, in an empty directory."""
    monkeypatch.chdir(tmp_path)
    return CliRunner()
