"""Damage done to an input on purpose: one small recipe a piece, the same every time.

Works on bytes and on text; `inside` does it to a part of a zip archive, so that what is
damaged is the XML and not the packing.
"""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from collections.abc import Sequence
from typing import AnyStr, Generic, NamedTuple

MAX_SIZE = 50_000
"""Bytes or characters an input may grow to."""
MAX_UNPACKED = 2_000_000
"""Bytes of a part that is damaged; a larger one stays as it is."""

KINDS = (
    "overwrite", "insert", "delete", "truncate", "behead", "duplicate", "move",
    "number",
)  # fmt: skip


class Mutation(NamedTuple, Generic[AnyStr]):
    """One piece of damage."""

    kind: str
    at: float
    """Where, as a share of the length."""
    size: int
    """Bytes or characters it reaches over."""
    token: AnyStr
    """What is put there."""
    times: int
    """How often."""


def mutated(content: AnyStr, mutations: Sequence[Mutation[AnyStr]]) -> AnyStr:
    """Return the content after all of it, cut to `MAX_SIZE`."""
    for mutation in mutations:
        content = _apply(content, mutation)[:MAX_SIZE]
    return content


def inside(content: bytes, part: float, mutations: Sequence[Mutation[bytes]]) -> bytes:
    """Return an archive with one of its members damaged; of no archive, the file."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            sizes = {member.filename: member.file_size for member in archive.infolist()}
            if not sizes or max(sizes.values()) > MAX_UNPACKED:
                return mutated(content, mutations)
            members = [(name, archive.read(name)) for name in sizes]
    except Exception:  # noqa: BLE001  # an archive that is damaged itself
        return mutated(content, mutations)
    hit = min(int(part * len(members)), len(members) - 1)
    members[hit] = (members[hit][0], mutated(members[hit][1], mutations))
    return packed(members)


def packed(
    members: Sequence[tuple[str, bytes]], modes: Sequence[int] | None = None
) -> bytes:
    """Return members as an archive, names as they are, also twice the same."""
    out = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(out, "w") as archive:
        warnings.simplefilter("ignore")  # a name that is there already
        for at, (name, content) in enumerate(members):
            # Without a date of its own an archive differs from one second to the next.
            entry = zipfile.ZipInfo("x", (1980, 1, 1, 0, 0, 0))
            entry.filename = name.encode("utf-8", "replace").decode()
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = modes[at] << 16 if modes else 0
            archive.writestr(entry, content)
    return out.getvalue()


def _apply(content: AnyStr, mutation: Mutation[AnyStr]) -> AnyStr:
    at = int(mutation.at * len(content))
    end = at + mutation.size
    before, piece, after = content[:at], content[at:end], content[end:]
    if mutation.kind == "overwrite":
        return before + mutation.token + after
    if mutation.kind == "insert":
        return before + mutation.token * mutation.times + content[at:]
    if mutation.kind == "delete":
        return before + after
    if mutation.kind == "truncate":
        return before
    if mutation.kind == "behead":
        return content[at:]
    if mutation.kind == "duplicate":
        return before + piece * mutation.times + after
    if mutation.kind == "move":
        return after + piece + before
    return _with_number(content, at, mutation)


def _with_number(content: AnyStr, at: int, mutation: Mutation[AnyStr]) -> AnyStr:
    """Put the token for the next number, where the digits of a file say its sizes."""
    pattern = r"[0-9]+" if isinstance(content, str) else rb"[0-9]+"
    found = re.compile(pattern).search(content, at)  # type: ignore[type-var]
    if found is None:
        return content
    return content[: found.start()] + mutation.token + content[found.end() :]
