"""Bodies: what a request carries, as named texts and files, whatever its form is."""

from __future__ import annotations

import json
import re
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

from extractor.browse.writing.places import JSON, MULTIPART
from extractor.browse.writing.refusals import NOT_READ, Refused

MAX_PARTS = 20
"""Fields of a form that carries a file."""

# Datasette's own check falls over any other way to write it.
_MULTIPART = re.compile(rf"{MULTIPART}; boundary=([\w'()+,./:=?-]{{1,70}})", re.ASCII)
_DISPOSITION = re.compile(
    rb"content-disposition: form-data; name=\"(?P<name>[^\"\\]*)\""
    rb"(?P<is_file>; filename=\"(?P<filename>(?:[^\"\\]|\\.)*)\")?",
    re.IGNORECASE,
)
_OTHER_HEADER = re.compile(rb"content-[a-z-]+: [ -~]*", re.IGNORECASE)


class Upload(NamedTuple):
    """A file as it was sent."""

    name: str
    """As the sender calls it: words to show, never a path."""
    content: bytes


def body_of(content_type: str, body: bytes) -> dict[str, Any]:
    """Return the fields of a body: of a form all are texts or files.

    Raises:
        Refused: it is neither a form nor a JSON object.
    """
    if content_type.lower().startswith(MULTIPART):
        return _of_multipart(content_type, body)
    text = body.decode("utf-8", "replace")
    if JSON not in content_type:
        return dict(parse_qsl(text, keep_blank_values=True))
    try:
        said = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Refused(400, NOT_READ) from error
    if not isinstance(said, dict):
        raise Refused(400, NOT_READ)
    return said


def _of_multipart(content_type: str, body: bytes) -> dict[str, Any]:
    bounded = _MULTIPART.fullmatch(content_type)
    if not bounded:
        raise Refused(415, NOT_READ)
    delimiter = b"\r\n--" + bounded[1].encode()
    before, *parts = (b"\r\n" + body).split(delimiter, MAX_PARTS + 1)
    if before or not parts or not parts.pop().startswith(b"--"):
        raise Refused(400, NOT_READ)
    return dict(map(_field, parts))


def _field(part: bytes) -> tuple[str, str | Upload]:
    """Return name and value of a part.

    Raises:
        Refused: it is none.
    """
    head, gap, content = part.partition(b"\r\n\r\n")
    start, *headers = head.split(b"\r\n")
    found = [match for one in headers if (match := _DISPOSITION.fullmatch(one))]
    others = [one for one in headers if not _DISPOSITION.fullmatch(one)]
    if start or not gap or len(found) != 1:
        raise Refused(400, NOT_READ)
    if not all(map(_OTHER_HEADER.fullmatch, others)):
        raise Refused(400, NOT_READ)
    try:
        name = found[0]["name"].decode()
        if not found[0]["is_file"]:
            return name, content.decode()
    except UnicodeDecodeError as error:
        raise Refused(400, NOT_READ) from error
    return name, Upload(_file_name(found[0]["filename"]), content)


def _file_name(said: bytes) -> str:
    """Return a name of a file; quotation marks are %22 in it, or behind a backslash."""
    name = re.sub(r"\\(.)", r"\1", said.decode("utf-8", "replace"))
    return name.replace("%22", '"')
