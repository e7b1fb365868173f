"""Blocks: which documents a worker reads together, and where its rows lie.

A block depends on the documents alone, not on how many workers there are, so that a
run that is taken up again finds what was written.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import groupby
from typing import Any, Self

from extractor.core.records import content_id
from extractor.runs.cluster.sources import Source
from extractor.runs.storage import Storage

_PREFIX = 2
"""Hex digits of a document's id that name its folder: 256 of them."""
_DOCUMENTS = 128
_CHARACTERS = 20_000_000
"""What a block has at most, unless one document has more."""


@dataclass(frozen=True, slots=True)
class Known:
    """A document of a run, as the first look at its file found it."""

    source: Source
    position: int
    """Among the run's documents."""
    sha256: str
    characters: int

    @property
    def id(self) -> str:
        """The document's id."""
        return self.sha256[:16]


@dataclass(frozen=True, slots=True)
class Block:
    """Documents that a worker reads together."""

    run_id: str
    documents: tuple[Known, ...]
    """By id; their ids begin alike."""

    @property
    def id(self) -> str:
        """The same for the same documents in the same run."""
        return content_id(self.run_id, *(one.id for one in self.documents))

    @property
    def folder(self) -> str:
        """The partition of its rows."""
        return partition(self.documents[0].id)

    def file(self, table: str) -> str:
        """Return where its rows of a table lie."""
        first, last = self.documents[0].id, self.documents[-1].id
        return f"{table}/{self.folder}/{first}-{last}-{self.id}.parquet"

    def row(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        return asdict(self)

    @classmethod
    def of(cls, row: dict[str, Any]) -> Self:
        """Return what a row says."""
        documents = (
            Known(**one | {"source": Source.of(one["source"])})
            for one in row["documents"]
        )
        return cls(row["run_id"], tuple(documents))


def partition(row_id: str) -> str:
    """Return the folder of what has an id."""
    return f"prefix={row_id[:_PREFIX]}"


def run_file(run_id: str) -> str:
    """Return where the row of a run lies."""
    return f"runs/{partition(run_id)}/{run_id}.parquet"


def refused_file(run_id: str) -> str:
    """Return where the rows of a run's files lie that cannot be read."""
    return f"failures/{partition(run_id)}/refused-{run_id}.parquet"


def blocks_of(run_id: str, documents: Sequence[Known]) -> list[Block]:
    """Return the blocks of a run."""
    ordered = sorted(documents, key=lambda one: one.id)
    return [
        Block(run_id, tuple(some))
        for _, alike in groupby(ordered, key=lambda one: one.id[:_PREFIX])
        for some in _packed(alike)
    ]


def _packed(documents: Iterator[Known]) -> Iterator[list[Known]]:
    packed: list[Known] = []
    characters = 0
    for document in documents:
        characters += document.characters
        if packed and (len(packed) == _DOCUMENTS or characters > _CHARACTERS):
            yield packed
            packed, characters = [], document.characters
        packed.append(document)
    if packed:
        yield packed


def files_beside(storage: Storage, block: Block, table: str) -> list[str]:
    """Return the files of a table that may have rows of a block's documents."""
    first, last = block.documents[0].id, block.documents[-1].id
    found = []
    for file in storage.files(f"{table}/{block.folder}"):
        lowest, _, rest = file.name.rpartition("/")[2].partition("-")
        highest = rest.partition("-")[0]
        if file.name.endswith(".parquet") and lowest <= last and first <= highest:
            found.append(file.name)
    return found
