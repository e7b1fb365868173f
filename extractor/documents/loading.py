"""A source file to a `Document`: its text, cleaned and named."""

from __future__ import annotations

import hashlib
from pathlib import Path

from extractor.core.errors import DocumentError
from extractor.core.records import Document
from extractor.documents.apart import read_apart
from extractor.documents.archives import MAX_BYTES, archive_of, read_member
from extractor.documents.cleaning.text import clean
from extractor.documents.formats.readers import is_pdf, read_content
from extractor.documents.metadata import Metadata, find_metadata, read_sidecar
from extractor.documents.paths import shown_path
from extractor.documents.reading import Reading


def load_document(
    path: Path,
    *,
    encoding: str | None = None,
    title: str | None = None,
    issuer: str | None = None,
    plan_year: int | None = None,
    max_bytes: int = MAX_BYTES,
) -> Document:
    """Load one source file of any format that is read, also one in a .zip archive.

    Title, issuer, plan year and encoding come from the arguments, else from a sidecar
    (`plan.txt.yaml` or `plan.yaml` beside `plan.txt`), else from the text itself.

    Raises:
        DocumentError: the file is missing, empty, too large, of a format that is not
            read, or its sidecar is malformed.
    """
    path = Path(path)
    content = read_file(path, max_bytes)
    told = Metadata(title, issuer, plan_year, encoding)
    return document_of_file(path, content, told.or_else(read_sidecar(path)))


def document_of_file(path: Path, content: bytes, told: Metadata) -> Document:
    """Make a document of a file's bytes.

    Args:
        path: the file; not read again.
        content: its bytes.
        told: what is said of it, before what it says itself.

    Raises:
        DocumentError: it has no text, or is of a format that is not read.
    """
    digest = hashlib.sha256(content).hexdigest()
    if is_pdf(content):
        reading = read_apart(content, str(path), path.suffix)
    else:
        reading = read_content(content, str(path), path.suffix, told.encoding)
    return _document(digest, reading, shown_path(path), told)


def document_of_text(
    text: str,
    *,
    title: str | None = None,
    issuer: str | None = None,
    plan_year: int | None = None,
) -> Document:
    """Make a document of a text that is in no file; `source` is the text.

    Raises:
        DocumentError: there is nothing in it, or it holds what no file can.
    """
    try:
        digest = hashlib.sha256(text.encode()).hexdigest()
    except UnicodeEncodeError as error:
        raise DocumentError(
            f"the text has half of a character at {error.start}; decode it again"
        ) from error
    known = Metadata(title, issuer, plan_year)
    return _document(digest, Reading(text, "text", "utf-8"), "<text>", known)


def _document(digest: str, reading: Reading, path: str, known: Metadata) -> Document:
    if not reading.text.strip("\ufeff\u200b \t\r\n\u3000\xa0"):
        raise DocumentError(f"{path!r} is empty; give a file with text in it")
    cleaned = clean(reading.text)
    found = find_metadata(reading.text, cleaned.text, cleaned.offsets)
    named = known.or_else(found)
    return Document(
        id=digest[:16],
        sha256=digest,
        path=path,
        encoding=reading.encoding,
        format=reading.format,
        source=reading.text,
        places=reading.places,
        clean=cleaned.text,
        offsets=cleaned.offsets,
        cuts=cleaned.cuts,
        title=_storable(named.title),
        issuer=_storable(named.issuer),
        plan_year=named.plan_year,
    )


def _storable(text: str | None) -> str | None:
    """Return a name with what no file can hold, from odd arguments, spelt out."""
    return text and text.encode("utf-8", "backslashreplace").decode("utf-8")


def read_file(path: Path, max_bytes: int = MAX_BYTES) -> bytes:
    """Return the bytes of a file, also of one in a .zip archive.

    Raises:
        DocumentError: it is missing, empty or too large.
    """
    name = str(path)
    try:
        archive = archive_of(path)
        if archive:
            content = read_member(archive, path, max_bytes)
            size = len(content)
        elif path.is_dir():
            raise DocumentError(f"{name!r} is a directory; give the files inside it")
        else:
            content, size = _read_plain(path, max_bytes)
        if size > max_bytes:
            raise DocumentError(
                f"{name!r} has {size:,} bytes, more than the limit of {max_bytes:,}; "
                "split it, or raise the limit with --max-mb"
            )
    except FileNotFoundError:
        if path.is_symlink():
            raise DocumentError(
                f"{name!r} is a link to a file that does not exist; mend or remove it"
            ) from None
        raise DocumentError(f"{name!r} does not exist; check the path") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise DocumentError(
            f"{name!r} cannot be read ({reason}); check its permissions"
        ) from error
    if not content:
        raise DocumentError(f"{name!r} is empty; give a file with text in it")
    return content


def _read_plain(path: Path, max_bytes: int) -> tuple[bytes, int]:
    """Return a file's bytes and size; of one that is too large, its size alone."""
    size = path.stat().st_size
    if path.is_file():
        return path.read_bytes() if size <= max_bytes else b"", size
    with path.open("rb") as file:  # a pipe or a device has no size
        content = file.read(max_bytes + 1)
    return content, len(content)
