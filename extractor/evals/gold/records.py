"""Gold: hand-labelled records, JSON Lines in, frozen records out.

One JSON object an item, standoff, spans half-open code-point offsets into the decoded
source file; a record's own form is in `form`.
`checking` proves a directory of gold against the files.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator, PlainSerializer, ValidationError

from extractor.core.errors import ConfigError
from extractor.core.records import Claim, Record
from extractor.core.spans import Span
from extractor.evals.gold.form import read_record, written_record

Coverage = Literal["hard", "full"]

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
