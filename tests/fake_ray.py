"""Ray in this process: what the product asks of it, one thing after another."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest


class FakeActor:
    """An actor whose methods are called at once, or when awaited."""

    def __init__(self, kept: Any) -> None:
        self._kept = kept

    def __getattr__(self, name: str) -> Any:
        return SimpleNamespace(remote=getattr(self._kept, name))


class _Dataset:
    def __init__(self, rows: Iterator[dict[str, Any]]) -> None:
        self._rows = rows

    def map(self, what: Any, **how: Any) -> _Dataset:
        made: Callable[[Any], Any] = what
        if isinstance(what, type):
            made = what(*how.get("fn_constructor_args", ()))
        return _Dataset(map(made, self._rows))

    def iter_rows(self) -> Iterator[dict[str, Any]]:
        return self._rows


class FakeRay(ModuleType):
    """What stands in for `ray`."""

    def __init__(self) -> None:
        super().__init__("ray")
        self.exceptions = SimpleNamespace(RayError=RuntimeError)
        self.data = SimpleNamespace(
            from_items=lambda rows, **_: _Dataset(iter(rows)),
            ActorPoolStrategy=lambda **_: None,
        )

    def get(self, reply: Any) -> Any:
        """Wait for a reply, also where a loop runs."""
        try:
            reply.send(None)
        except StopIteration as end:
            return end.value
        raise AssertionError("an actor that waits for others")

    def remote(self, kind: type) -> Any:
        """Return what starts an actor."""
        return SimpleNamespace(
            options=lambda **_: SimpleNamespace(
                remote=lambda *given: FakeActor(kind(*given))
            )
        )


@contextmanager
def fake_ray(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeRay]:
    """Put it in the place of Ray; nothing is started."""
    ray = FakeRay()

    @contextmanager
    def machines(_address: str | None, workers: int | None) -> Iterator[Any]:
        yield ray, workers or 1

    monkeypatch.setitem(sys.modules, "ray", ray)
    monkeypatch.setattr("extractor.runs.cluster.engine.machines", machines)
    yield ray


def waited(reply: Any) -> Any:
    """Return what an actor says in the end."""
    return asyncio.run(reply)
