"""Command line paths to source files."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from extractor.errors import DocumentError


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
        try:
            files += _text_files(path) if _is_folder(path) else [path]
        except DocumentError as exc:
            refused.append(exc)
    return list(dict.fromkeys(files)), refused


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:
        return False  # loading it says why


def _text_files(folder: Path) -> list[Path]:
    name = repr(str(folder))
    try:
        next(folder.iterdir(), None)
        found = sorted(
            path
            for path in folder.rglob("*")
            if path.suffix.lower() == ".txt"
            and not any(p.startswith(".") for p in path.relative_to(folder).parts)
            and path.is_file()
        )
    except OSError as exc:
        reason = exc.strerror or exc
        raise DocumentError(f"the folder {name} cannot be read ({reason})") from exc
    if not found:
        raise DocumentError(f"the folder {name} has no .txt files")
    return found


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
