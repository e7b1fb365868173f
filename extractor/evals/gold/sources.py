"""Sources: the digest that gold names in, the file it was labelled in out."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from extractor.core.records import Document
from extractor.documents.archives import MAX_BYTES
from extractor.documents.loading import load_document

FindDocument = Callable[[str], Document | None]
"""SHA-256 of a file's bytes to the loaded document, None when there is no such file."""


class DocumentFinder:
    """Finds source files by the digest of their bytes, whatever they are called.

    Args:
        places: directories, searched with everything below, and files; the first hit
            wins, and what does not exist holds nothing.
    """

    def __init__(self, places: Sequence[Path]) -> None:
        self._places = tuple(places)
        self._paths: dict[str, Path] | None = None
        self._loaded: dict[str, Document] = {}

    def __call__(self, sha256: str) -> Document | None:
        """Return the loaded document with this digest, None when there is none."""
        if self._paths is None:
            self._paths = dict(self._digests())
        path = self._paths.get(sha256)
        if path is None:
            return None
        if sha256 not in self._loaded:
            self._loaded[sha256] = load_document(path)
        return self._loaded[sha256]

    def _digests(self) -> Iterator[tuple[str, Path]]:
        files = [
            path
            for place in reversed(self._places)
            for path in (sorted(place.rglob("*"), reverse=True) or [place])
        ]
        for path in files:
            if path.is_file() and path.stat().st_size <= MAX_BYTES:
                yield hashlib.sha256(path.read_bytes()).hexdigest(), path
