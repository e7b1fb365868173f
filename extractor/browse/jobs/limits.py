"""Limits: how much may be sent to be read, and how often."""

from __future__ import annotations

from extractor.browse.writing.places import JSON, MULTIPART, Place
from extractor.documents.archives import MAX_BYTES

MAX_TEXT = 1_000_000
"""Bytes of a text that is pasted; a plan has some hundred kilobytes."""
MAX_FILE = MAX_BYTES
"""Bytes of a file, the same as for `extract run`."""
MAX_WAITING = 8
"""Jobs that wait for the one that is done."""
MAX_KEPT = 100
"""Jobs that are remembered; what they made is in the database."""
PER_MINUTE = 30
"""Requests that send a plan, from all together."""

_AROUND = 64 * 1024
"""Bytes of a body around what it carries."""
# JSON may write a character of three bytes in six: \u4e00.
_MAX_BYTES = {JSON: 2 * MAX_TEXT + _AROUND, MULTIPART: MAX_FILE + _AROUND}

PAGE = Place("extract", "/-/extract/", _MAX_BYTES, PER_MINUTE, PER_MINUTE / 60)
API = Place("extract", "/-/api/", _MAX_BYTES, PER_MINUTE, PER_MINUTE / 60, is_api=True)
