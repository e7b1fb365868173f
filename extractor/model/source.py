"""Where a model's answers come from: an endpoint, or weights that are served here."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from extractor.model.embedded.adapter import adapter_name
from extractor.model.embedded.server import LocalServer, Room
from extractor.model.embedded.shared import check_server
from extractor.model.endpoints import ModelConfig

LOCAL_SLOTS = 16
"""Answers that the embedded model writes side by side; more gain nothing on two cores
(`../../README.md`, speed)."""
_SLOT_TOKENS = 2048
_TIMEOUT_S = 600.0


@dataclass(frozen=True, slots=True)
class ModelSource:
    """A model that was found and checked; nothing runs yet, nothing was sent."""

    name: str
    """As sent with every request and stored with every run."""
    weights: Path | None = None
    """The file to serve."""
    adapter: Path | None = None
    """What it is served with."""
    endpoint: ModelConfig | None = None
    """The endpoint of a hosted model."""
    slots: int = LOCAL_SLOTS
    """Answers that it writes side by side, where it is served."""
    program: Path | None = None
    """A `llama-server` that serves it, in place of the wheel."""

    def having_spent(self, usd: float) -> ModelSource:
        """Return it for a run whose earlier calls have cost so much."""
        if self.endpoint is None:
            return self
        allowance = self.endpoint.allowance
        spent = replace(allowance, cap=replace(allowance.cap, spent_usd=usd))
        return replace(self, endpoint=replace(self.endpoint, allowance=spent))


Serve = Callable[[ModelSource], AbstractContextManager[ModelConfig | None]]
"""Yields the endpoint of a model, None where there is none."""


@contextmanager
def serve_model(source: ModelSource) -> Iterator[ModelConfig | None]:
    """Yield the model's endpoint; weights are served meanwhile.

    Raises:
        ConfigError: the server does not start.
    """
    if source.weights is None:
        yield source.endpoint
        return
    room = Room(_SLOT_TOKENS, source.slots) if source.adapter else None
    with LocalServer(
        source.weights, adapter=source.adapter, room=room, program=source.program
    ) as server:
        yield _local_endpoint(source, server.base_url)


def served_at(base_url: str) -> Serve:
    """Return what serves the embedded model from a server that runs already.

    It is `extract model serve` of another process; `check_server` refuses others.
    """

    @contextmanager
    def serve(source: ModelSource) -> Iterator[ModelConfig | None]:
        if source.weights is not None:
            check_server(base_url, source.weights, source.adapter)
        yield _local_endpoint(source, base_url)

    return serve


def _local_endpoint(source: ModelSource, base_url: str) -> ModelConfig:
    return ModelConfig(
        source.name,
        base_url,
        timeout_s=_TIMEOUT_S,
        adapter=adapter_name(source.adapter) if source.adapter else "",
    )
