"""A source file to a `Document`: read, decode, clean, name."""

from __future__ import annotations

import hashlib
from pathlib import Path

from extractor.core.errors import DocumentError
from extractor.core.records import Document
from extractor.documents.cleaning.text import clean
from extractor.documents.encodings import Decoded, decode
from extractor.documents.metadata import Metadata, find_metadata, read_sidecar
from extractor.documents.paths import shown_path

MAX_BYTES = 20_000_000
"""A work plan has some hundred kilobytes; what is larger is something else."""


def load_document(
    path: Path,
    *,
    encoding: str | None = None,
    title: str | None = None,
    issuer: str | None = None,
    plan_year: int | None = None,
) -> Document:
    """Load one source file.

    Title, issuer, plan year and encoding come from the arguments, else from a sidecar
    (`plan.txt.yaml` or `plan.yaml` beside `plan.txt`), else from the text itself.

    Raises:
        DocumentError: the file is missing, empty, no text, too large or undecodable,
            or its sidecar is malformed.
    """
    path = Path(path)
    content = _read(path)
    sidecar = read_sidecar(path)
    decoded = decode(content, str(path), encoding or sidecar.encoding)
    known = Metadata(title, issuer, plan_year).or_else(sidecar)
    return _document(content, decoded, shown_path(path), known)


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
        content = text.encode()
    except UnicodeEncodeError as error:
        raise DocumentError(
            f"the text has half of a character at {error.start}; decode it again"
        ) from error
    known = Metadata(title, issuer, plan_year)
    return _document(content, Decoded(text, "utf-8"), "<text>", known)


def _document(content: bytes, decoded: Decoded, path: str, known: Metadata) -> Document:
    if not decoded.text.strip("\ufeff\u200b \t\r\n\u3000\xa0"):
        raise DocumentError(f"{path!r} is empty; give a file with text in it")
    cleaned = clean(decoded.text)
    found = find_metadata(decoded.text, cleaned.text, cleaned.offsets)
    named = known.or_else(found)
    digest = hashlib.sha256(content).hexdigest()
    return Document(
        id=digest[:16],
        sha256=digest,
        path=path,
        encoding=decoded.encoding,
        source=decoded.text,
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


def _read(path: Path) -> bytes:
    name = str(path)
    try:
        if path.is_dir():
            raise DocumentError(f"{name!r} is a directory; give the files inside it")
        size = path.stat().st_size
        if path.is_file() and size <= MAX_BYTES:
            content = path.read_bytes()
        elif not path.is_file():
            with path.open("rb") as file:  # a pipe or a device has no size
                content = file.read(MAX_BYTES + 1)
            size = len(content)
        if size > MAX_BYTES:
            raise DocumentError(
                f"{name!r} has {size:,} bytes, more than the limit of {MAX_BYTES:,}; "
                "split it or extract the plan's text"
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
