"""Lines of batch files: a request to a line, and lines of answers to what they say.

Pure. What comes from an endpoint is not trusted: a line that is too long, no JSON, or
not in the form is none.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from extractor.model.requests import COMPLETIONS
from extractor.model.responses import json_object

MAX_REQUESTS = 50_000
MAX_FILE_MB = 200
"""What OpenAI takes in one file, in November 2026."""
MAX_LINE_BYTES = 16 << 20
"""Of an answer; the longest are some 100 KB."""
_VERSION = re.compile(r"v\d+\w*")


class AnswerLine(NamedTuple):
    """What an endpoint says of one request."""

    key: str
    """The request's, as it was given to the endpoint."""
    status: int | None
    """HTTP status; None where the request was never made."""
    body: str | None
    """The response in JSON; None without one."""
    error: str | None
    """Why it was not made, in the endpoint's words, unscrubbed."""


def batch_path(base_url: str) -> str:
    """Return the path that a batch at an endpoint is for, such as `/v1/…`."""
    version = urlsplit(base_url).path.rstrip("/").rpartition("/")[2]
    return f"/{version if _VERSION.fullmatch(version) else 'v1'}{COMPLETIONS}"


def request_line(key: str, path: str, body: str) -> bytes:
    """Return the line that asks for a request.

    Args:
        key: the request's; the answer will name it.
        path: what `batch_path` says.
        body: the request in JSON, on one line.
    """
    head = json.dumps({"custom_id": key, "method": "POST", "url": path})
    return f'{head[:-1]}, "body": {body}}}\n'.encode()


def split_lines(chunks: Iterable[bytes]) -> Iterator[bytes | None]:
    """Yield the lines of a file that comes in pieces; None for one too long to keep."""
    kept = bytearray()
    is_too_long = False
    for chunk in chunks:
        *ended, rest = chunk.split(b"\n")
        for piece in ended:
            kept += piece
            yield None if is_too_long or len(kept) > MAX_LINE_BYTES else bytes(kept)
            kept.clear()
            is_too_long = False
        kept += rest
        if len(kept) > MAX_LINE_BYTES:
            kept.clear()
            is_too_long = True
    if kept or is_too_long:
        yield None if is_too_long else bytes(kept)


def read_line(line: bytes | None) -> AnswerLine | None:
    """Return what a line says of a request, None where it says nothing."""
    read = json_object(line.decode("utf-8", "replace")) if line else {}
    key, response, error = (
        read.get(name) for name in ("custom_id", "response", "error")
    )
    if not isinstance(key, str):
        return None
    if isinstance(response, dict):
        status = response.get("status_code")
        if not isinstance(status, int) or not 100 <= status <= 599:
            return None
        body = json.dumps(response.get("body"), ensure_ascii=False)
        return AnswerLine(key, status, body, None)
    if isinstance(error, dict):
        return AnswerLine(key, None, None, _words(error))
    return None


def _words(error: dict[str, Any]) -> str:
    said = [str(error[name]) for name in ("code", "message") if error.get(name)]
    return ": ".join(said) or "no reason given"
