"""The stub's process: begun, asked what it served, and ended."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.stub.behaviour import Behaviour

ROOT = Path(__file__).resolve().parents[2]


class StubProcess:
    """A running stub."""

    def __init__(self, port: int) -> None:
        self._root = f"http://127.0.0.1:{port}"
        self.base_url = f"{self._root}/v1"

    def served(self) -> dict[str, Any]:
        """Return what it counted so far."""
        with urllib.request.urlopen(f"{self._root}/served", timeout=30) as reply:
            counts: dict[str, Any] = json.load(reply)
        return counts

    def behave(self, behaviour: Behaviour) -> None:
        """Make it behave so from now on."""
        body = json.dumps(behaviour.as_json()).encode()
        urllib.request.urlopen(f"{self._root}/behave", body, timeout=30).close()


@contextmanager
def stub_process(behaviour: Behaviour | None = None) -> Iterator[StubProcess]:
    """Run a stub beside this process."""
    told = json.dumps((behaviour or Behaviour()).as_json())
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.stub.server", told],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    assert process.stdout is not None
    try:
        yield StubProcess(int(process.stdout.readline()))
    finally:
        process.kill()
        process.communicate()
