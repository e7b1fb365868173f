"""Places: below which addresses something is written, and what is let in there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"
MULTIPART = "multipart/form-data"


@dataclass(frozen=True)
class Place:
    """One of these places.

    Args:
        name: what the handlers know it by.
        path: what its addresses begin with.
        max_bytes: type of a body that is taken to its size at most.
        burst: requests that may come at once, from all together.
        per_s: how many may come after these, in a second.
        is_api: programs ask here, not people: refusals are JSON, and a missing token
            is said as HTTP says it.
    """

    name: str
    path: str
    max_bytes: Mapping[str, int]
    burst: int
    per_s: float
    is_api: bool = False
