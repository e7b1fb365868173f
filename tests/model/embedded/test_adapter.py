"""The adapter: read once, told by its digest, refused with the way out."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from extractor.core.errors import ConfigError
from extractor.model.embedded import adapter
from extractor.model.embedded.adapter import (
    adapter_digest,
    adapter_info,
    adapter_name,
)

CONTENT = b"GGUF matrices"
DIGEST = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A small file that passes for an adapter."""
    path = tmp_path / "adapter.gguf"
    path.write_bytes(CONTENT)
    return path


def test_adapter_is_told_by_its_content(file: Path) -> None:
    """Another file is another name, wherever it lies."""
    copy = file.with_name("copy.gguf")
    copy.write_bytes(CONTENT)

    assert adapter_digest(file) == adapter_digest(copy) == DIGEST
    assert adapter_name(file) == DIGEST[:16]


def test_file_that_is_no_adapter_is_refused(tmp_path: Path) -> None:
    """The message names the file and what makes one."""
    path = tmp_path / "a.zip"
    path.write_bytes(b"PK")

    with pytest.raises(ConfigError, match=r"a\.zip' is no GGUF file; `extract tune`"):
        adapter_digest(path)
    with pytest.raises(ConfigError, match="cannot be read: No such file"):
        adapter_digest(tmp_path / "none.gguf")


def test_missing_shipped_adapter_is_a_broken_installation(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Nothing that the operator gave is wrong."""
    path = tmp_path / "shipped.gguf"
    monkeypatch.setattr(adapter, "SHIPPED", path)

    with pytest.raises(ConfigError, match=r"shipped\.gguf'.*reinstall the package"):
        adapter_digest(path)
    path.write_bytes(b"version https://git-lfs")
    with pytest.raises(ConfigError, match="is damaged: reinstall the package"):
        adapter_digest(path)


@pytest.mark.parametrize(
    ("card", "state"),
    [
        (None, "ready"),
        ({"adapter_sha256": DIGEST, "steps": 9}, "ready"),
        ({"adapter_sha256": "ab"}, "not the one of its card"),
    ],
    ids=["no-card", "its-card", "another-card"],
)
def test_state_and_card_are_told(
    file: Path, card: dict[str, object] | None, state: str
) -> None:
    """An adapter is that of its card or is said not to be."""
    path = file.with_suffix(".json")
    if card is not None:
        path.write_text(json.dumps(card), encoding="utf-8")

    info = adapter_info(file, path)

    assert (info.state, info.digest, info.card) == (state, DIGEST, card or {})


def test_missing_adapter_is_told(tmp_path: Path) -> None:
    """Asking is no error."""
    info = adapter_info(tmp_path / "none.gguf", tmp_path / "none.json")

    assert (info.state, info.digest, info.card) == ("missing", None, {})
