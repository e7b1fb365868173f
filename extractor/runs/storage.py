"""Storage: files of a folder, on this machine or in object storage, by their names."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from extractor.core.errors import ConfigError, UserError
from extractor.store.carrying.tables import arrow

_ATOMIC = frozenset({"s3", "gcs", "abfs"})
"""Kinds of storage where a file is there when it is whole, and not before."""


class Found(NamedTuple):
    """A file that is there."""

    name: str
    """Below the folder, with "/"."""
    size: int


def is_address(path: str) -> bool:
    """Say whether a path names object storage, as s3://bucket/prefix does."""
    return "://" in path


class Storage:
    """A folder, or one file, that paths and addresses name.

    What an address needs to be reached (`s3://bucket/plans?region=…`) stays with it.

    Raises:
        ConfigError: pyarrow is missing, or does not know such an address.
    """

    def __init__(self, root: str) -> None:
        pa = arrow()
        self._fs_errors = (OSError, pa.ArrowException)
        self.root = root
        if not is_address(root):
            self._fs, self._path = pa.fs.LocalFileSystem(), str(Path(root).absolute())
            return
        try:
            self._fs, path = pa.fs.FileSystem.from_uri(root)
        except (*self._fs_errors, ValueError) as error:
            raise ConfigError(
                f"{root!r} is no address that can be reached: {_reason(error)}"
            ) from error
        self._path = path.rstrip("/")

    def address(self, name: str = "") -> str:
        """Return the address of a file, or of the folder, as a person would write it.

        Args:
            name: below the folder.
        """
        parts = urlsplit(self.root)
        if not is_address(self.root):
            return str(Path(self.root, name))
        plain = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"
        return f"{plain.rstrip('/')}/{name}".rstrip("/")

    def files(self, folder: str = "") -> list[Found]:
        """Return the files at every depth, by name; of a folder not there, none."""
        import pyarrow.fs as pafs

        below = f"{self._path}/{folder}".rstrip("/")
        with self._in_one_line(folder):
            chosen = pafs.FileSelector(below, recursive=True, allow_not_found=True)
            return sorted(
                Found(about.path[len(self._path) + 1 :], about.size)
                for about in self._fs.get_file_info(chosen)
                if about.is_file
            )

    def size(self, name: str = "") -> int | None:
        """Return the bytes of a file; None where there is none."""
        with self._in_one_line(name):
            about = self._fs.get_file_info(self._at(name))
            return about.size if about.is_file else None

    def read(self, name: str = "") -> bytes | None:
        """Return a file's bytes; None where there is none."""
        try:
            with (
                self._in_one_line(name),
                self._fs.open_input_stream(self._at(name)) as file,
            ):
                return bytes(file.read())
        except FileNotFoundError:
            return None

    def write(self, name: str, content: bytes) -> None:
        """Write a file, which is there when it is whole."""
        at = self._at(name)
        is_atomic = self._fs.type_name in _ATOMIC
        folder, _, last = at.rpartition("/")
        first = at if is_atomic else f"{folder}/.{last}.part"
        with self._in_one_line(name):
            if not is_atomic:
                self._fs.create_dir(folder, recursive=True)
            with self._fs.open_output_stream(first) as file:
                file.write(content)
            if not is_atomic:
                self._fs.move(first, at)

    def delete(self, name: str) -> None:
        """Delete a file that is there."""
        with self._in_one_line(name):
            self._fs.delete_file(self._at(name))

    def _at(self, name: str) -> str:
        return f"{self._path}/{name}" if name else self._path

    @contextmanager
    def _in_one_line(self, name: str) -> Iterator[None]:
        try:
            yield
        except FileNotFoundError:
            raise
        except self._fs_errors as error:
            raise UserError(
                f"{self.address(name)!r} cannot be reached: {_reason(error)}"
            ) from error


def _reason(error: Any) -> str:
    return str(error).splitlines()[0][:200] if str(error) else type(error).__name__
