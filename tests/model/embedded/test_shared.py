"""A server of another process: only one that serves the very files is used."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from extractor.core.errors import ConfigError
from extractor.model.embedded.shared import check_server, is_up

pytestmark = pytest.mark.block_network(allowed_hosts=[r"127\.0\.0\.1"])


class Stub(BaseHTTPRequestHandler):
    """Says of itself what a test wants; answers no question."""

    told: dict[str, Any] = {}  # noqa: RUF012 - shared on purpose

    def do_GET(self) -> None:
        """Tell."""
        body = json.dumps(self.told.get(self.path)).encode()
        self.send_response(200 if self.path in self.told else 404)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args: object) -> None:
        """Keep still."""


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """The address of a server of `weights.gguf` with `adapter.gguf` on it."""
    for name in ("weights", "adapter", "other"):
        (tmp_path / f"{name}.gguf").write_bytes(b"GGUF" + name.encode())
    Stub.told = {
        "/props": {"model_path": str(tmp_path / "weights.gguf")},
        "/lora-adapters": [{"path": str(tmp_path / "adapter.gguf"), "scale": 1.0}],
        "/v1/models": {},
    }
    server = ThreadingHTTPServer(("127.0.0.1", 0), Stub)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/v1"
    server.shutdown()
    server.server_close()


def test_server_of_the_same_files_is_used(address: str, tmp_path: Path) -> None:
    """A copy of the adapter is the same, too: another installation has its own."""
    copy = tmp_path / "copy.gguf"
    copy.write_bytes((tmp_path / "adapter.gguf").read_bytes())

    check_server(address, tmp_path / "weights.gguf", tmp_path / "adapter.gguf")
    check_server(address, tmp_path / "weights.gguf", copy)
    assert is_up(address)


@pytest.mark.parametrize(
    ("weights", "adapter", "words"),
    [
        ("other", "adapter", r"serves '.*weights\.gguf', and not '.*other\.gguf'"),
        ("weights", "other", r"another adapter, and not '.*other\.gguf' alone"),
        ("weights", None, "another adapter, and not no adapter"),
    ],
)
def test_server_of_other_files_is_refused(
    address: str, tmp_path: Path, weights: str, adapter: str | None, words: str
) -> None:
    """Its answers would be stored as those of files that never gave them."""
    wanted = tmp_path / f"{adapter}.gguf" if adapter else None

    with pytest.raises(ConfigError, match=words):
        check_server(address, tmp_path / f"{weights}.gguf", wanted)


@pytest.mark.parametrize(
    ("path", "told", "words"),
    [
        ("/props", {}, "no server of the embedded model"),
        ("/props", None, "no server of the embedded model"),
        ("/props", {"model_path": 7}, "no server of the embedded model"),
        ("/lora-adapters", "x", "no server of the embedded model"),
        ("/lora-adapters", [{"path": "/a", "scale": 0.5}], "in part only"),
        ("/lora-adapters", [], "another adapter"),
    ],
)
def test_server_that_says_something_else_is_refused(
    address: str, tmp_path: Path, path: str, told: Any, words: str
) -> None:
    """Another program's answer, or an adapter that was turned down, is no server."""
    Stub.told |= {path: told}

    with pytest.raises(ConfigError, match=words):
        check_server(address, tmp_path / "weights.gguf", tmp_path / "adapter.gguf")


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://127.0.0.1:9/v1", "start one with `extract model serve`"),
        ("http://10.0.0.1:80/v1", "is not on this machine"),
        ("https://127.0.0.1:9/v1", "is not on this machine"),
        ("http://user:secret@10.0.0.1/v1", "is not on this machine"),
        ("127.0.0.1", "is not a URL"),
    ],
)
def test_address_of_no_server_is_one_line(tmp_path: Path, url: str, words: str) -> None:
    """It names the way out and no password."""
    with pytest.raises(ConfigError, match=words) as raised:
        check_server(url, tmp_path / "weights.gguf", None)

    assert "\n" not in str(raised.value)
    assert "secret" not in str(raised.value)
    assert url != "http://127.0.0.1:9/v1" or not is_up(url)


def test_server_that_is_busy_is_still_there() -> None:
    """Runs hold all its threads; only one that listens no more has ended."""
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        address = f"http://127.0.0.1:{busy.getsockname()[1]}/v1"

        assert is_up(address)

    assert not is_up(address)
