"""Zip archives, and the Office documents that are some: names and sizes checked first.

Nothing is unpacked to the disk: a file in an archive is read from it under the path
`plans.zip/inner/plan.docx`.
"""

from __future__ import annotations

import io
import stat
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath
from zipfile import BadZipFile, ZipFile, ZipInfo

from extractor.core.errors import DocumentError

SUFFIX = ".zip"
MAX_FILES = 5000
MAX_BYTES = 20_000_000
"""Of the largest file that is read, when nothing is said: a work plan has some hundred
kilobytes."""
MAX_TIMES = 10
"""Times that which all files of an archive may have together."""
MAX_RATIO = 200
"""Times that a file may be larger than its packed form; text packs to a tenth."""
SMALL = 1_000_000
"""Bytes up to which no ratio is a danger."""
MAX_XML = 50_000_000
"""Bytes of XML in an Office document; a plan has some hundred kilobytes."""

BROKEN = (
    *(BadZipFile, zlib.error, EOFError, OSError),
    *(ValueError, RuntimeError, NotImplementedError),
)
"""What the library raises for an archive that is damaged or locked."""
_XML = (".xml", ".rels", ".vml")
_UTF8_NAME = 0x800
_LOCKED = 0x1


def list_archive(
    path: Path, max_bytes: int = MAX_BYTES
) -> tuple[list[Path], list[DocumentError]]:
    """Return the paths of an archive's files, in order of name.

    Args:
        path: of the archive.
        max_bytes: of the largest file that is read.

    Returns:
        The files, and for each that is not safe to read the reason.
    """
    files: list[Path] = []
    try:
        with ZipFile(path) as archive:
            check_sizes(archive.infolist(), str(path), max_bytes)
            members = _members(archive)
            twice = _said_twice(archive)
    except BROKEN as error:
        return [], [_unreadable(path, error)]
    except DocumentError as error:
        return [], [error]
    refused = [
        DocumentError(f"{str(path)!r} has {name!r} twice; only the last one is read")
        for name in twice
    ]
    for name, member in sorted(members.items()):
        reason = _danger(name, member)
        if reason:
            refused.append(DocumentError(f"{str(path)!r} has {name!r}: {reason}"))
        else:
            files.append(path / name)
    return files, refused


def archive_of(path: Path) -> Path | None:
    """Return the archive that a path leads into, None if it leads into none."""
    for parent in path.parents:
        if parent.suffix.lower() == SUFFIX and parent.is_file():
            return parent
    return None


def read_member(archive: Path, path: Path, max_bytes: int) -> bytes:
    """Return the bytes of a file in an archive, one more than allowed at most.

    Raises:
        DocumentError: it is not there, or not safe to read.
    """
    name = path.relative_to(archive).as_posix()
    try:
        with ZipFile(archive) as opened:
            check_sizes(opened.infolist(), str(archive), max_bytes)
            member = _members(opened).get(name)
            if member is None:
                raise DocumentError(f"{str(archive)!r} has no {name!r}; check the path")
            if reason := _danger(name, member):
                raise DocumentError(f"{str(archive)!r} has {name!r}: {reason}")
            with opened.open(member) as file:
                return file.read(max_bytes + 1)
    except BROKEN as error:
        raise _unreadable(path, error) from error


def _members(archive: ZipFile) -> dict[str, ZipInfo]:
    """Return the files by the names that their writer meant."""
    return {
        _name(member): member
        for member in archive.infolist()
        if not member.filename.endswith("/")
    }


def _said_twice(archive: ZipFile) -> list[str]:
    """Return the names that several files of an archive have."""
    counts = Counter(_name(member) for member in archive.infolist())
    return sorted(name for name, count in counts.items() if count > 1)


def _name(member: ZipInfo) -> str:
    if member.flag_bits & _UTF8_NAME:
        return member.filename
    try:  # Chinese Windows writes names in its own codec and does not say so.
        return member.filename.encode("cp437").decode("gb18030")
    except UnicodeError:
        return member.filename


def _danger(name: str, member: ZipInfo) -> str | None:
    """Return why a file of an archive is not read, None if it is."""
    parts = PurePosixPath(name.replace("\\", "/")).parts
    if name.startswith(("/", "\\")) or ".." in parts or ":" in (*parts, "")[0]:
        return "its name leads out of the archive; pack it again"
    if not name or "/".join(parts) != name or "\0" in name:
        return "its name is no path; pack it again"
    if stat.S_ISLNK(member.external_attr >> 16):
        return "it is a link; pack the file itself"
    if _is_bomb(member):
        return f"it is packed more than {MAX_RATIO} times, as no text is; unpack it"
    if member.flag_bits & _LOCKED:
        return "it is locked with a password; unpack it yourself"
    return None


def _is_bomb(member: ZipInfo) -> bool:
    return member.file_size > max(SMALL, MAX_RATIO * member.compress_size)


def check_sizes(
    files: Sequence[ZipInfo], name: str, max_bytes: int = MAX_BYTES
) -> None:
    """Refuse an archive that unpacks to more than any plan could need.

    Args:
        files: what it holds.
        name: of the archive.
        max_bytes: of the largest file that is read.

    Raises:
        DocumentError: it does, whatever it holds.
    """
    total, max_total = sum(file.file_size for file in files), MAX_TIMES * max_bytes
    if len(files) > MAX_FILES or total > max_total:
        raise DocumentError(
            f"{name!r} unpacks to {len(files):,} files of {total:,} bytes, more than "
            f"the limit of {MAX_FILES:,} files or {max_total:,} bytes; "
            "unpack the plans yourself"
        )


def check_package(content: bytes, name: str) -> int:
    """Refuse an Office document whose XML is a danger to a parser.

    Returns:
        How many bytes of XML it has.

    Raises:
        DocumentError: it is damaged, too large, or declares entities.
    """
    try:
        with ZipFile(io.BytesIO(content)) as package:
            check_sizes(package.infolist(), name)
            xml = [f for f in package.infolist() if f.filename.endswith(_XML)]
        size = sum(f.file_size for f in xml)
        if size > MAX_XML or any(map(_is_bomb, xml)):
            raise DocumentError(
                f"{name!r} has more than {MAX_XML:,} bytes of XML, or XML packed more "
                f"than {MAX_RATIO} times; copy the plan to a document of its own"
            )
        # None that Office writes has one; in UTF-16 it stands between zeros.
        if any(b"<!DOCTYPE" in p.replace(b"\0", b"") for p in xml_parts(content)):
            raise DocumentError(
                f"{name!r} declares entities in its XML, as no Office program does; "
                "save it again with one"
            )
    except BROKEN as error:
        raise damaged(name, "an Office document") from error
    return size


def xml_parts(content: bytes, folder: str = "") -> Iterator[bytes]:
    """Yield the XML parts of an Office document below a folder."""
    with ZipFile(io.BytesIO(content)) as package:
        for file in package.infolist():
            if file.filename.startswith(folder) and file.filename.endswith(_XML):
                yield package.read(file)


def damaged(name: str, kind: str) -> DocumentError:
    """Return the error of a file that its library cannot open."""
    return DocumentError(
        f"{name!r} looks like {kind} but cannot be opened: it is damaged or locked "
        "with a password; save it again"
    )


def _unreadable(path: Path, error: Exception) -> DocumentError:
    reason = getattr(error, "strerror", None) or error
    return DocumentError(f"{str(path)!r} cannot be read as a zip archive ({reason})")
