"""Tell the format of a file, by its content first, and read it.

Each library is loaded when the first file needs it.
"""

from __future__ import annotations

import io
from zipfile import ZipFile

from extractor.core.errors import DocumentError
from extractor.core.records import Format
from extractor.documents.archives import BROKEN, damaged
from extractor.documents.encodings import decode
from extractor.documents.reading import Reading

SUFFIXES: dict[str, Format] = {
    ".txt": "text",
    ".html": "html",
    ".htm": "html",
    ".xhtml": "html",
    ".shtml": "html",
    ".md": "markdown",
    ".markdown": "markdown",
    ".csv": "csv",
    ".tsv": "csv",
    ".docx": "docx",
    ".docm": "docx",
    ".pdf": "pdf",
    ".xlsx": "xlsx",
    ".xlsm": "xlsx",
}
"""What names end in, for files whose content does not say it."""

PACKAGES: dict[str, Format] = {"word/": "docx", "xl/": "xlsx"}
_OTHER_PACKAGES = {
    "ppt/": "a presentation",
    "OFD.xml": "an OFD document",
    "content.xml": "an OpenDocument file",
}
_OLE = b"\xd0\xcf\x11\xe0"
_WEB_ARCHIVES = (b"MIME-Version:", b"From: <Saved by")
_PDF_HEAD = 1024
"""Bytes among which a PDF has its mark."""


def read_content(
    content: bytes, name: str, suffix: str, encoding: str | None = None
) -> Reading:
    """Read the bytes of a file.

    Args:
        content: the bytes.
        name: the file's name, for messages.
        suffix: what the name ends in.
        encoding: the codec, where detection errs; formats with their own ignore it.

    Raises:
        DocumentError: it is of a format that is not read, or damaged.
    """
    form = tell_format(content, name, suffix)
    if form == "docx":
        from extractor.documents.formats.docx import read_docx

        return read_docx(content, name)
    if form == "pdf":
        from extractor.documents.formats.pdf import read_pdf

        return read_pdf(content, name)
    if form in {"xlsx", "csv"}:
        from extractor.documents.formats.sheets import read_csv, read_xlsx

        if form == "xlsx":
            return read_xlsx(content, name)
        return read_csv(content, name, encoding)
    if form == "markdown":
        from extractor.documents.formats.markdown import read_markdown

        return read_markdown(content, name, encoding)
    return _read_text(content, name, encoding, is_html=form == "html")


def is_pdf(content: bytes) -> bool:
    """Say whether a file is a PDF, whatever its name ends in."""
    return b"%PDF-" in content[:_PDF_HEAD]


def tell_format(content: bytes, name: str, suffix: str) -> Format:
    """Return the format of a file; a text that is clearly a page is told by reading.

    Raises:
        DocumentError: it is of a format that is not read.
    """
    if is_pdf(content):
        return "pdf"
    if content.startswith(b"PK\x03\x04"):
        return _tell_package(content, name)
    if content.startswith(_OLE):
        raise DocumentError(
            f"{name!r} looks like an old Office or WPS document (doc, xls, wps) or one "
            "locked with a password; save it as .docx or .xlsx"
        )
    if content.startswith(_WEB_ARCHIVES):
        raise DocumentError(
            f"{name!r} looks like a web archive (mht); save it as .html"
        )
    named = SUFFIXES.get(suffix.lower(), "text")
    # A damaged file of a binary format is no text either: decoding says so.
    return named if named in {"html", "markdown", "csv"} else "text"


def _tell_package(content: bytes, name: str) -> Format:
    try:
        with ZipFile(io.BytesIO(content)) as package:
            names = package.namelist()
    except BROKEN as error:
        raise damaged(name, "a zip archive or an Office document") from error
    for start, form in PACKAGES.items():
        if "[Content_Types].xml" in names and any(n.startswith(start) for n in names):
            return form
    for start, kind in _OTHER_PACKAGES.items():
        if any(n.startswith(start) for n in names):
            raise DocumentError(
                f"{name!r} is {kind}, which is not read; save it as .docx or .pdf"
            )
    raise DocumentError(f"{name!r} is a zip archive; give the files inside it")


def _read_text(
    content: bytes, name: str, encoding: str | None, *, is_html: bool
) -> Reading:
    if not is_html:
        decoded = decode(content, name, encoding)
        if b"<" not in content[:4096].replace(b"\0", b""):
            return Reading(decoded.text, "text", decoded.encoding)
        from extractor.documents.formats.markup import is_page

        if not is_page(decoded.text):
            return Reading(decoded.text, "text", decoded.encoding)
    from extractor.documents.formats.html import read_html

    return read_html(content, name, encoding)
