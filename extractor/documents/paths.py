"""Command line paths to source files."""

from __future__ import annotations

import logging
import os
import stat
from collections.abc import Iterable
from pathlib import Path

from extractor.core.errors import DocumentError

_log = logging.getLogger(__name__)


def expand_paths(paths: Iterable[Path]) -> tuple[list[Path], list[DocumentError]]:
    """Replace each folder by its .txt files, at every depth, in order of name.

    Hidden files are passed over.
    A file named twice is there once; whether a file exists is seen when it is loaded.

    Returns:
        The files, and for each folder that gives none the reason.
    """
    files: list[Path] = []
    refused: list[DocumentError] = []
    for path in paths:
        if _is_folder(path):
            found, unread = _text_files(path)
            files += found
            refused += unread
        else:
            files.append(path)
    return list(dict.fromkeys(files)), refused


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:
        return False  # loading it says why


def _text_files(folder: Path) -> tuple[list[Path], list[DocumentError]]:
    """Return the text files of a folder, and what could not be looked into."""
    found: list[Path] = []
    refused: list[DocumentError] = []

    def refuse(error: OSError) -> None:
        name = str(error.filename or folder)
        refused.append(
            DocumentError(f"the folder {name!r} cannot be read ({error.strerror})")
        )

    for parent, folders, names in os.walk(folder, onerror=refuse):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in folders:
            _warn_of_link(folder, Path(parent, name))
        paths = [Path(parent, name) for name in names if not name.startswith(".")]
        found += [path for path in paths if path.suffix.lower() == ".txt"]
    found = [path for path in found if not _is_special(path)]
    if not found and not refused:
        refused.append(DocumentError(f"the folder {str(folder)!r} has no .txt files"))
    return sorted(found), refused


def _warn_of_link(folder: Path, inner: Path) -> None:
    """Say that a link out of the folder is not followed; it may lead in a circle."""
    if not inner.is_symlink():
        return
    target = os.path.realpath(inner)
    if not Path(target).is_relative_to(os.path.realpath(folder)):
        _log.warning(
            "the linked folder %r is not followed; name it too if its files are meant",
            str(inner),
        )


def _is_special(path: Path) -> bool:
    """Say whether a path is a pipe or a device; a broken link is said when loaded."""
    try:
        return not stat.S_ISREG(path.stat().st_mode)
    except OSError:
        return False


def shown_path(path: Path) -> str:
    r"""Return a path as text that any file and database can hold.

    A name that is no UTF-8 shows its strange bytes as \xff.
    """
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def place_of(path: str, folder: Path) -> str:
    """Return where a file lies, seen from a folder: one file has one place.

    plan.txt, ./plan.txt and its absolute path are one place. It stays the same when
    folder and file move together.
    """
    parent, name = os.path.split(path)
    full = Path(os.path.realpath(parent)) / name
    try:
        return os.path.relpath(full, os.path.realpath(folder))
    except ValueError:  # another drive
        return str(full)
