"""The file of answers: one JSON line an item and tool, written as it is answered.

A killed run loses the item it was at; a half line is cut off when the file is opened.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from extractor.core.records import Document, Item
from tests.peers.common import Outcome, Tool

Answer = dict[str, Any]
Key = tuple[str, str]
"""Tool and item id."""


@dataclass(frozen=True, slots=True)
class Answers:
    """The answers so far."""

    path: Path

    def read(self) -> dict[Key, Answer]:
        """Return the newest answer of each tool to each item."""
        return {(line["tool"], line["item_id"]): line for line in self._lines()}

    def _lines(self) -> Iterator[Answer]:
        if not self.path.exists():
            return
        for line in self.path.read_bytes().split(b"\n")[:-1]:
            if line:
                yield json.loads(line)

    def open(self) -> None:
        """Make the file ready for `add`."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.touch()
        content = self.path.read_bytes()
        if not content.endswith(b"\n"):
            with self.path.open("r+b") as file:
                file.truncate(content.rfind(b"\n") + 1)

    def add(self, tool: Tool, name: str, document: Document, item: Item, made: Outcome):
        line = {
            "tool": tool.name,
            "version": tool.version,
            "document": name,
            "document_sha256": document.sha256,
            "position": item.position,
            "label": item.label,
            "item_id": item.id,
            **made.json(),
        }
        with self.path.open("ab") as file:
            file.write(json.dumps(line, ensure_ascii=False).encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())
