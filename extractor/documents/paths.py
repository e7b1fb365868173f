"""Command line paths to source files."""

from __future__ import annotations

import logging
import os
import stat
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from extractor.core.errors import DocumentError
from extractor.documents.archives import MAX_BYTES, SUFFIX, list_archive
from extractor.documents.formats.readers import SUFFIXES
from extractor.documents.metadata import SIDECAR_SUFFIX

_log = logging.getLogger(__name__)

_MAY_BE_PLANS = frozenset(
    ".doc .dot .wps .wpt .rtf .odt .ofd .xls .et .ods .ppt .pptx .dps .mht .mhtml "
    ".rar .7z .gz .tgz .tar".split()
)
"""Taken too: the content of a .doc may be a page, and loading says what it cannot."""
_HIDDEN = (".", "__MACOSX")
_PICTURES = frozenset(".png .jpg .jpeg .gif .bmp .tif .tiff .webp".split())


def expand_paths(
    paths: Iterable[Path], max_bytes: int = MAX_BYTES
) -> tuple[list[Path], list[DocumentError]]:
    """Replace each folder and .zip archive by its files, at every depth, by name.

    What no plan is written in is passed over, and said; so are hidden files.
    A file named twice is there once; whether a file exists is seen when it is loaded.

    Args:
        paths: as given.
        max_bytes: of the largest file that is read.

    Returns:
        The files, and for each folder, archive or file that cannot be used the reason.
    """
    files: list[Path] = []
    refused: list[DocumentError] = []
    for path in paths:
        found = [path]
        if _is_folder(path):
            found, unread = _files_of(path)
            refused += unread
        for file in found:
            inner = [file]
            if _is_archive(file):
                inner, unread = _files_in_archive(file, max_bytes)
                refused += unread
            files += inner
    return list(dict.fromkeys(files)), refused


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:
        return False  # loading it says why


def _is_archive(path: Path) -> bool:
    try:
        return path.suffix.lower() == SUFFIX and path.is_file()
    except OSError:
        return False


def _files_of(folder: Path) -> tuple[list[Path], list[DocumentError]]:
    """Return the files of a folder, and what could not be looked into."""
    found: list[Path] = []
    refused: list[DocumentError] = []

    def refuse(error: OSError) -> None:
        name = str(error.filename or folder)
        refused.append(
            DocumentError(f"the folder {name!r} cannot be read ({error.strerror})")
        )

    for parent, folders, names in os.walk(folder, onerror=refuse):
        folders[:] = [
            name
            for name in folders
            if not name.startswith(".") and not _is_of_page(name, names)
        ]
        for name in folders:
            _warn_of_link(folder, Path(parent, name))
        found += [Path(parent, name) for name in names]
    found = _plans_among(folder, [path for path in found if not _is_special(path)])
    if not found and not refused:
        refused.append(_nothing_in("folder", folder))
    return sorted(found), refused


def _files_in_archive(
    archive: Path, max_bytes: int
) -> tuple[list[Path], list[DocumentError]]:
    """Return the files of an archive, and those that are not read; none is opened."""
    found, refused = list_archive(archive, max_bytes)
    files = _plans_among(archive, found)
    for path in files:
        if path.suffix.lower() == SUFFIX:
            refused.append(
                DocumentError(
                    f"{str(path)!r} is an archive in an archive, which is not opened; "
                    "unpack it yourself"
                )
            )
    if not files and not refused:
        refused.append(_nothing_in("archive", archive))
    return [path for path in files if path.suffix.lower() != SUFFIX], refused


def _plans_among(parent: Path, found: Iterable[Path]) -> list[Path]:
    """Return the files that are tried, by their names; say what is passed over."""
    files: list[Path] = []
    skipped: Counter[str] = Counter()
    for path in found:
        suffix = path.suffix.lower()
        if any(part.startswith(_HIDDEN) for part in path.relative_to(parent).parts):
            skipped["hidden"] += 1
        elif suffix in {*SUFFIXES, *_MAY_BE_PLANS, SUFFIX}:
            files.append(path)
        elif suffix in _PICTURES:
            _warn_of_picture(path)
        elif suffix != SIDECAR_SUFFIX or _is_archive(parent):
            skipped[suffix or "without a suffix"] += 1
    if skipped:
        kinds = ", ".join(f"{kind} {count}" for kind, count in skipped.most_common())
        _log.warning(
            "%r: %d files are not read (%s)", str(parent), skipped.total(), kinds
        )
    return files


def _is_of_page(folder: str, names: list[str]) -> bool:
    """Say whether a folder holds the pictures and scripts of a page saved beside it."""
    stem = folder.removesuffix("_files").removesuffix(".files")
    return stem != folder and not {f"{stem}.html", f"{stem}.htm"}.isdisjoint(names)


def _warn_of_picture(path: Path) -> None:
    _log.warning(
        "%r is a picture and is not read; run OCR on it if it shows a plan", str(path)
    )


def _nothing_in(kind: str, path: Path) -> DocumentError:
    return DocumentError(
        f"the {kind} {str(path)!r} has no files that are read ({', '.join(SUFFIXES)})"
    )


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
    folder and file move together. An address (s3://bucket/plan.txt) is its own place.
    """
    if "://" in path:
        return path
    parent, name = os.path.split(path)
    full = Path(os.path.realpath(parent)) / name
    try:
        return os.path.relpath(full, os.path.realpath(folder))
    except ValueError:  # another drive
        return str(full)
