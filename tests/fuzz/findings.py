"""What broke a promise: kept as a file, and made small."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from tests.fuzz.given import Given
from tests.fuzz.guard import Broken

KEPT = 3
"""Files kept of one fault; the smallest ones."""
TRIES = 400
"""Smaller inputs tried at most when one is made small."""


class Fault(NamedTuple):
    """Which fault it is: findings with the same one are counted together."""

    kind: str
    place: str


class Findings:
    """The findings of one run, in a folder."""

    def __init__(self, folder: Path, target: str) -> None:
        self._folder = folder
        self._target = target
        self.counts: dict[Fault, int] = {}
        self._kept: dict[Fault, list[Path]] = {}

    def add(self, given: Given, broken: Broken) -> None:
        """Count a finding, and keep its input with how to have it again."""
        fault = Fault(broken.kind, broken.place)
        self.counts[fault] = self.counts.get(fault, 0) + 1
        kept = self._kept.setdefault(fault, [])
        kept.sort(key=lambda path: path.stat().st_size)
        if len(kept) >= KEPT and kept[-1].stat().st_size <= len(given.content):
            return
        if len(kept) >= KEPT:
            last = kept.pop()
            last.unlink()
            last.with_name(f"{last.name}.json").unlink()
        path = self._folder / self._name(given, fault)
        if path not in kept:
            kept.append(path)
        save(path, given, self._target, broken)

    def _name(self, given: Given, fault: Fault) -> str:
        digest = hashlib.sha256(given.content).hexdigest()[:8]
        words = f"{self._target}-{fault.kind}-{fault.place}"
        plain = "".join(c if c.isalnum() or c in "-._" else "_" for c in words)
        return f"{plain}-{digest}{given.suffix}"


def save(path: Path, given: Given, target: str, broken: Broken) -> None:
    """Write an input, and beside it what it broke and how to have it again."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(given.content)
    facts = {
        "target": target,
        "kind": broken.kind,
        "place": broken.place,
        "again": f"python -m tests.fuzz {target} --again {path.name}",
        "words": broken.words.splitlines(),
    }
    text = json.dumps(facts, ensure_ascii=True, indent=1)
    path.with_name(f"{path.name}.json").write_text(text, encoding="utf-8")


def smaller(given: Given, is_bad: Callable[[Given], bool]) -> Given:
    """Return the smallest input found that is as bad, pieces taken out of it.

    Halves first, then quarters, down to single characters.
    """
    tries = TRIES
    size = max(len(given.content) // 2, 1)
    while size and tries:
        at = 0
        while at < len(given.content) and tries:
            tries -= 1
            cut = given.content[:at] + given.content[at + size :]
            if is_bad(given._replace(content=cut)):
                given = given._replace(content=cut)
            else:
                at += size
        size //= 2
    return given
