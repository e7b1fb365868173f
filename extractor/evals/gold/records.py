"""Gold: hand-labelled records, JSON Lines in, frozen records out.

One JSON object an item, standoff, spans half-open code-point offsets into the decoded
source file; a record's own form is in `form`.
`checking` proves a directory of gold against the files.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator, PlainSerializer, ValidationError

from extractor.core.errors import ConfigError
from extractor.core.records import Claim, Document, Record
from extractor.core.spans import Span
from extractor.documents.loading import MAX_BYTES, load_document
from extractor.evals.gold.form import read_record, written_record

Coverage = Literal["hard", "full"]

FindDocument = Callable[[str], Document | None]
"""SHA-256 of a file's bytes to the loaded document, None when there is no such file."""

FIRST, SECOND = "first", "second"
"""Names of the directories, inside the gold, that hold the independent readings."""


class Alternatives(Record):
    """Other readings that count as right; None stands for an empty field."""

    action: tuple[str | None, ...] = ()
    object: tuple[str | None, ...] = ()


class GoldCommitment(Claim):
    """One labelled record."""

    alternatives: Alternatives = Alternatives()
    note: str | None = None
    """Why the reading is the better one, where it is arguable."""


class GoldItem(Record):
    """One labelled item."""

    doc_id: str
    """Name of the document, that of the gold file."""
    doc_sha256: str
    plan_year: int | None
    issuer: str | None
    label: str | None
    """As printed; None for a headed paragraph."""
    item_span: Span
    coverage: Coverage
    """`hard`: soft commitments are not labelled; `full`: all are."""
    commitments: tuple[
        Annotated[
            GoldCommitment,
            BeforeValidator(read_record),
            PlainSerializer(written_record),
        ],
        ...,
    ]

    @property
    def hard(self) -> tuple[GoldCommitment, ...]:
        """Return the records with a target or a deadline."""
        return tuple(record for record in self.commitments if record.kind == "hard")


def load_gold(path: Path) -> tuple[GoldItem, ...]:
    """Return the items of one gold file, or of all files of a directory in name order.

    A directory's own files only: the readings lie below it (`readings`).

    Raises:
        ConfigError: no such file, or a line is not of the form of the guidelines.
    """
    if path.is_dir():
        files = sorted(path.glob("*.jsonl"))
        return tuple(item for file in files for item in load_gold(file))
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise ConfigError(
            f"gold {str(path)!r} cannot be read ({error.strerror}); check the path"
        ) from error
    return tuple(
        _item(path, number, line)
        for number, line in enumerate(lines, start=1)
        if line.strip()
    )


def _item(path: Path, number: int, line: str) -> GoldItem:
    # Floats would turn 0.1 into its binary neighbour.
    try:
        return GoldItem.model_validate(json.loads(line, parse_float=Decimal))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise ConfigError(
            f"gold {str(path)!r}, line {number}: {where}: {first['msg']}; "
            "see section 8 of the annotation guidelines"
        ) from error
    except ValueError as error:
        raise ConfigError(
            f"gold {str(path)!r}, line {number} is no JSON object ({error})"
        ) from error


def by_document(items: Sequence[GoldItem]) -> dict[str, tuple[GoldItem, ...]]:
    """Group items by the name of their document, both in the order given."""
    grouped: dict[str, list[GoldItem]] = {}
    for item in items:
        grouped.setdefault(item.doc_id, []).append(item)
    return {name: tuple(group) for name, group in grouped.items()}


class DocumentFinder:
    """Finds source files by the digest of their bytes, whatever they are called.

    Args:
        directories: searched with everything below, first hit wins; one that does not
            exist holds nothing.
    """

    def __init__(self, directories: Sequence[Path]) -> None:
        self._directories = tuple(directories)
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
            for directory in reversed(self._directories)
            for path in sorted(directory.rglob("*"), reverse=True)
        ]
        for path in files:
            if path.is_file() and path.stat().st_size <= MAX_BYTES:
                yield hashlib.sha256(path.read_bytes()).hexdigest(), path
