"""The adapter that tunes the embedded model: a LoRA in GGUF, shipped with the package.

Its card, `adapter.json`, says which base it fits and what it was made from.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from extractor.core.errors import ConfigError

SHIPPED = Path(__file__).with_name("adapter.gguf")
"""The adapter of the embedded weights."""
CARD = SHIPPED.with_suffix(".json")
"""What the shipped adapter was made from."""
_GGUF_MAGIC = b"GGUF"
_NAME_CHARS = 16


@dataclass(frozen=True, slots=True)
class AdapterInfo:
    """What is known about the shipped adapter."""

    path: Path
    digest: str | None
    """The SHA-256 of the file; None where it is missing or broken."""
    card: dict[str, Any] = field(default_factory=dict)
    """Empty where there is none."""

    @property
    def state(self) -> str:
        """Say whether the adapter can be used, and is that of its card."""
        if self.digest is None:
            return "missing"
        named = self.card.get("adapter_sha256", self.digest)
        return "ready" if named == self.digest else "not the one of its card"


def adapter_info(path: Path = SHIPPED, card: Path = CARD) -> AdapterInfo:
    """Say where the shipped adapter stands; reads it and its card."""
    try:
        digest = adapter_digest(path)
    except ConfigError:
        digest = None
    try:
        told = json.loads(card.read_bytes())
    except (OSError, ValueError):
        told = {}
    return AdapterInfo(path, digest, told if isinstance(told, dict) else {})


def adapter_name(path: Path) -> str:
    """Return the name that requests tell an adapter by: another file, another name.

    Raises:
        ConfigError: it cannot be read, or is no GGUF file.
    """
    return adapter_digest(path)[:_NAME_CHARS]


@lru_cache(maxsize=8)
def adapter_digest(path: Path) -> str:
    """Return the SHA-256 of an adapter's file, in hex.

    Raises:
        ConfigError: it cannot be read, or is no GGUF file.
    """
    try:
        with path.open("rb") as file:
            if file.read(len(_GGUF_MAGIC)) != _GGUF_MAGIC:
                raise ConfigError(_no_gguf(path))
            file.seek(0)
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as exc:
        if path == SHIPPED:
            raise ConfigError(
                f"the shipped adapter {str(path)!r} cannot be read "
                f"({exc.strerror or exc}): reinstall the package, or give --adapter "
                "FILE or --strategy marked"
            ) from exc
        raise ConfigError(
            f"--adapter {str(path)!r} cannot be read: {exc.strerror or exc}"
        ) from exc


def _no_gguf(path: Path) -> str:
    if path == SHIPPED:
        return f"the shipped adapter {str(path)!r} is damaged: reinstall the package"
    return f"--adapter {str(path)!r} is no GGUF file; `extract tune` makes one"
