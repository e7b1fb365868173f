"""A spool: the documents of a run, out of memory until each has its turn.

What was loaded waits in a temporary file, so that ten thousand documents need the
memory of one and none is read and split twice. The file has no name and goes with the
process; only what this process wrote is read back.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from tempfile import SpooledTemporaryFile
from typing import overload
from weakref import finalize

from extractor.core.errors import StoreError
from extractor.core.records import Document, Item
from extractor.documents.rest import Rest
from extractor.runs.sheets import Sheet, sheet_of

_IN_MEMORY = 8_000_000
"""Bytes before the file is one on the disk."""


@dataclass(frozen=True, slots=True)
class Work:
    """One loaded document and the items to do."""

    document: Document
    items: tuple[Item, ...]
    rest: tuple[Rest, ...] = ()
    """The lines of its cleaned text that are in no item."""


Load = Callable[[], Work]


@dataclass(slots=True, weakref_slot=True)
class Spool(Sequence[Work]):
    """Documents in order; each is taken out of the file when it is asked for."""

    sheets: list[Sheet] = field(default_factory=list)
    """What is known of each without taking it out."""
    _places: list[int | Load] = field(default_factory=list)
    _file: SpooledTemporaryFile[bytes] = field(
        # Open as long as the spool.
        default_factory=lambda: SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115
    )

    def __post_init__(self) -> None:
        finalize(self, self._file.close)

    @classmethod
    def of(cls, works: Iterable[Work]) -> Spool:
        """Return the spool of loaded documents."""
        spool = cls()
        for work in works:
            spool.add(work, sheet_of(work.document, work.items))
        return spool

    def add(self, work: Work, sheet: Sheet) -> None:
        """Put a loaded document in.

        Raises:
            StoreError: the temporary file cannot be written.
        """
        try:
            place = self._file.seek(0, 2)
            pickle.dump((work.document, work.items, work.rest), self._file, 5)
        except OSError as error:
            raise StoreError(
                f"the documents of the run cannot be kept ({error.strerror}); make "
                "room where temporary files go, or set TMPDIR to another place"
            ) from error
        self.sheets.append(sheet)
        self._places.append(place)

    def add_known(self, sheet: Sheet, load: Load) -> None:
        """Put a document in that was read before; it is loaded if it is asked for."""
        self.sheets.append(sheet)
        self._places.append(load)

    def is_known(self, at: int) -> bool:
        """Say whether the document was read before, and was not loaded now."""
        return not isinstance(self._places[at], int)

    def __len__(self) -> int:
        return len(self.sheets)

    @overload
    def __getitem__(self, at: int) -> Work: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Work]: ...
    def __getitem__(self, at: int | slice) -> Work | Sequence[Work]:
        if isinstance(at, slice):
            return [self[index] for index in range(*at.indices(len(self)))]
        place = self._places[at]
        if not isinstance(place, int):
            return place()
        self._file.seek(place)
        return Work(*pickle.load(self._file))  # noqa: S301  # our own, of this process
