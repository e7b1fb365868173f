"""Shared servers of the embedded model: another process runs one, others ask it.

Answers are stored as those of the weights and the adapter that a run names, so the
server is asked which files it serves, and these are compared.
"""

from __future__ import annotations

import json
import socket
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from extractor.core.errors import ConfigError
from extractor.model.base_url import check_base_url, shown_url
from extractor.model.embedded.adapter import adapter_digest

_TIMEOUT_S = 60.0
"""While it answers several runs, a question about itself waits for its turn."""
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_MOST_BYTES = 1 << 20


def check_server(base_url: str, weights: Path, adapter: Path | None) -> None:
    """Refuse a server that does not serve these files, on this machine.

    Args:
        base_url: the address it was started with, `http://127.0.0.1:PORT/v1`.
        weights: the GGUF file that is wanted.
        adapter: the LoRA on it, None for none.

    Raises:
        ConfigError: there is no such server, or it serves something else.
    """
    check_base_url(base_url, "--server")
    shown = shown_url(base_url)
    url = urlsplit(base_url)
    if url.hostname not in _LOOPBACK or url.scheme != "http":
        raise ConfigError(
            f"--server {shown!r} is not on this machine, so that its files cannot be "
            "looked at; ask it as an endpoint, with --base-url and its own --model"
        )
    root = f"http://{url.netloc.rpartition('@')[2]}"
    served, loras = _served(root, shown)
    if not _is_same(served, weights):
        raise ConfigError(
            f"--server {shown!r} serves {str(served)!r}, and not {str(weights)!r}"
        )
    digests = [adapter_digest(one) for one in loras]
    if digests != ([adapter_digest(adapter)] if adapter else []):
        wanted = f"{str(adapter)!r} alone" if adapter else "no adapter"
        raise ConfigError(f"--server {shown!r} has another adapter, and not {wanted}")


def is_up(base_url: str) -> bool:
    """Say whether a server on this machine still listens, however busy it is."""
    url = urlsplit(base_url)
    try:
        socket.create_connection((url.hostname, url.port), _TIMEOUT_S).close()
    except ConnectionRefusedError:
        return False
    except OSError:  # it listens, and has no time even for that
        return True
    return True


def _served(root: str, shown: str) -> tuple[Path, list[Path]]:
    """Return the files that a server says it serves: weights, and adapters at work."""
    try:
        weights = Path(_asked(f"{root}/props")["model_path"])
        told = [
            (Path(one["path"]), float(one["scale"]))
            for one in _asked(f"{root}/lora-adapters")
        ]
    except (OSError, ValueError, LookupError, TypeError) as exc:
        reason = getattr(exc, "reason", None) or exc
        raise ConfigError(
            f"no server of the embedded model answers at {shown!r} ({reason}): start "
            "one with `extract model serve` and give the address that it prints"
        ) from exc
    if any(scale != 1.0 for _, scale in told):
        raise ConfigError(f"--server {shown!r} applies its adapter in part only")
    return weights, [path for path, _ in told]


def _asked(url: str) -> Any:
    with urllib.request.urlopen(url, timeout=_TIMEOUT_S) as response:  # noqa: S310  # http
        return json.loads(response.read(_MOST_BYTES))


def _is_same(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:
        return False
