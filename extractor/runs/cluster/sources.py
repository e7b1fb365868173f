"""Sources: paths and addresses to the files of a run, and a file to where it is read.

A worker reads a file from its own disk: one in object storage is put there first, with
what stands beside it, and is named by its address afterwards.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence, Set
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Any, Self
from urllib.parse import urlsplit, urlunsplit

from extractor.core.errors import DocumentError, UserError
from extractor.documents import paths
from extractor.documents.archives import MAX_TIMES
from extractor.documents.archives import SUFFIX as ARCHIVE
from extractor.documents.metadata import SIDECAR_SUFFIX
from extractor.documents.paths import expand_paths, shown_path
from extractor.runs.storage import Storage, is_address


@dataclass(frozen=True, slots=True)
class Source:
    """A file of a run."""

    path: str
    """As given, or as found below what was given: what the document is called."""
    root: str
    """Its absolute path, or the address of the folder that it is below."""
    name: str = ""
    """Below that address."""
    member: str = ""
    """Inside an archive in object storage."""
    beside: tuple[str, ...] = ()
    """The sidecars in object storage that may be its own, below the same address."""

    def row(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        return asdict(self)

    @classmethod
    def of(cls, row: dict[str, Any]) -> Self:
        """Return what a row says."""
        return cls(**row | {"beside": tuple(row["beside"])})


def find_sources(
    given: Sequence[str], max_bytes: int
) -> tuple[list[Source], list[DocumentError]]:
    """Return the files of paths and addresses, and the reason of each that is not read.

    Args:
        given: paths and addresses; a folder and an archive give theirs.
        max_bytes: of the largest file that is read.
    """
    sources: list[Source] = []
    refused: list[DocumentError] = []
    for path in given:
        if is_address(path):
            found, unread = _of_address(path, max_bytes)
        else:
            files, unread = expand_paths([Path(path)], max_bytes)
            found = [Source(str(file), str(file.absolute())) for file in files]
        sources += found
        refused += unread
    return list(dict.fromkeys(sources)), refused


def _of_address(
    address: str, max_bytes: int
) -> tuple[list[Source], list[DocumentError]]:
    """Return the files of an address; their names are looked at here as in a folder."""
    storage = Storage(address)
    if storage.size() is None:
        names = [found.name for found in storage.files()]
        sidecars = {name for name in names if name.endswith(SIDECAR_SUFFIX)}
    else:
        address, name = _parted(address)
        storage = Storage(address)
        names = [name]
        sidecars = {one for one in _sidecars(name) if storage.size(one) is not None}
    if not names:
        raise UserError(f"{address!r} has no files; check the address")
    named = {
        name: Source(
            storage.address(name), address, name, beside=_beside(name, sidecars)
        )
        for name in names
    }
    with TemporaryDirectory() as folder:
        return _as_in_a_folder(Path(folder), named, storage, max_bytes)


def _as_in_a_folder(
    folder: Path, named: dict[str, Source], storage: Storage, max_bytes: int
) -> tuple[list[Source], list[DocumentError]]:
    """Have a folder's rules choose among names; only archives are fetched."""
    odd: list[DocumentError] = []
    for name, source in named.items():
        try:
            _stand_in(folder, name, storage, source, max_bytes)
        except OSError as exc:
            odd.append(
                DocumentError(
                    f"{source.path!r} has a name that no file can have ({exc.strerror})"
                )
            )
        except DocumentError as exc:
            odd.append(exc)
    with _said_of(str(folder), storage.address()):
        files, refused = expand_paths([folder], max_bytes)
    found: list[Source] = []
    for file in files:
        inner = file.relative_to(folder).as_posix()
        archive, mark, member = inner.partition(f"{ARCHIVE}/")
        if mark:
            whole = named[archive + ARCHIVE]
            path = f"{whole.path}/{member}"
            found.append(Source(path, whole.root, whole.name, member))
        else:
            found.append(named[inner])
    words = [str(exc).replace(str(folder), storage.address()) for exc in refused]
    return found, [*odd, *map(DocumentError, words)]


@contextmanager
def _said_of(folder: str, address: str) -> Iterator[None]:
    """Let what is logged of names in a folder be said of the address."""

    def as_given(record: logging.LogRecord) -> bool:
        record.msg = record.getMessage().replace(folder, address)
        record.args = ()
        return True

    log = logging.getLogger(paths.__name__)
    log.addFilter(as_given)
    try:
        yield
    finally:
        log.removeFilter(as_given)


def _stand_in(
    folder: Path, name: str, storage: Storage, source: Source, max_bytes: int
) -> None:
    """Put a file of a name into a folder, with its content where it is an archive."""
    if not {"", ".", ".."}.isdisjoint(name.split("/")):
        raise DocumentError(f"{source.path!r} has a name that leads elsewhere")
    local = folder / name
    local.parent.mkdir(parents=True, exist_ok=True)
    if local.suffix.lower() == ARCHIVE:
        local.write_bytes(_fetched(storage, source, max_bytes * MAX_TIMES))
    else:
        local.touch()


def _parted(address: str) -> tuple[str, str]:
    """Return the address of the folder that a file is in, and the file's name."""
    parts = urlsplit(address)
    folder, _, name = parts.path.rpartition("/")
    return urlunsplit(parts._replace(path=folder)), name


def _sidecars(name: str) -> set[str]:
    path = PurePosixPath(name)
    return {name + SIDECAR_SUFFIX, str(path.with_suffix(SIDECAR_SUFFIX))} - {name}


def _beside(name: str, sidecars: Set[str]) -> tuple[str, ...]:
    return tuple(sorted(_sidecars(name) & sidecars))


@contextmanager
def at_hand(source: Source, max_bytes: int) -> Iterator[Path]:
    """Yield where a file can be read; what is said of it there names it as given.

    Raises:
        DocumentError: it is not there, or too large.
    """
    if not is_address(source.root):
        with _named(source.root, source.path):
            yield Path(source.root)
        return
    storage = Storage(source.root)
    with TemporaryDirectory() as folder:
        local = Path(folder, PurePosixPath(source.name).name)
        most = max_bytes * MAX_TIMES if source.member else max_bytes
        local.write_bytes(_fetched(storage, source, most))
        for name in source.beside:
            Path(folder, PurePosixPath(name).name).write_bytes(
                storage.read(name) or b""
            )
        read = local / source.member if source.member else local
        with _named(str(read), source.path):
            yield read


def _fetched(storage: Storage, source: Source, most: int) -> bytes:
    try:
        size = storage.size(source.name)
        if size is not None and size > most:
            raise DocumentError(
                f"{source.path!r} has {size:,} bytes, more than the limit of {most:,}; "
                "split it, or raise the limit with --max-mb"
            )
        content = storage.read(source.name)
    except UserError as exc:
        raise DocumentError(str(exc)) from exc
    if content is None:
        raise DocumentError(f"{source.path!r} does not exist; check the path")
    return content


@contextmanager
def _named(local: str, given: str) -> Iterator[None]:
    """Let what is said of a file's place here be said of the path as given."""
    try:
        yield
    except DocumentError as exc:
        if local == given:
            raise
        raise DocumentError(str(exc).replace(local, given)) from exc


def named(source: Source) -> str:
    """Return what a document of this file is called."""
    return source.path if is_address(source.root) else shown_path(Path(source.path))
