"""Sheets: what a run keeps of a document that it is not reading right now.

A run of ten thousand files holds ten thousand sheets and a few documents. A sheet is
stored, too, so that a file which was read before by the same code is not read again
only to find that nothing is left to do.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import NamedTuple

from extractor.core.records import Document, Item, content_id
from extractor.documents.cleaning.copied import Copied, copied
from extractor.documents.metadata import Metadata
from extractor.documents.rest import Rest, values_by_reason
from extractor.extraction.strategy import count_open_dates
from extractor.runs.code import code_digest


class Sheet(NamedTuple):
    """One document: what identifies it, and what a run says of it."""

    id: str
    sha256: str
    path: str
    encoding: str
    title: str | None
    issuer: str | None
    plan_year: int | None
    items: int
    """How many it has, or `--limit`."""
    rest: Mapping[str, int]
    """Numbers and dates that stand in no item, by reason."""
    copied: Copied | None
    """What was cut as a copy."""
    open_dates: int
    """Times that are no date because the plan names no year."""
    key: str = ""
    """`sheet_key` of how the file was read; empty where it is not known."""

    def limited(self, limit: int | None) -> Sheet:
        """Return the sheet of the first items alone."""
        return self if limit is None else self._replace(items=min(self.items, limit))


def sheet_key(suffix: str, told: Metadata) -> str:
    """Return what decides how the bytes of a file become a document and its items.

    Args:
        suffix: of the file's name.
        told: what flags and sidecar say of the file.
    """
    # A name from odd arguments may hold what no text can.
    return content_id(code_digest(), ascii(suffix.lower()), ascii(tuple(told)))


def sheet_of(
    document: Document,
    items: tuple[Item, ...],
    rest: tuple[Rest, ...] = (),
    key: str = "",
) -> Sheet:
    """Return the sheet of a document with its items."""
    is_open = document.plan_year is None
    return Sheet(
        document.id,
        document.sha256,
        document.path,
        document.encoding,
        document.title,
        document.issuer,
        document.plan_year,
        len(items),
        values_by_reason(document.clean, rest),
        copied(document.cuts),
        sum(map(count_open_dates, items)) if is_open else 0,
        key,
    )


def sheet_text(sheet: Sheet) -> str:
    """Return a sheet as the database keeps it."""
    return json.dumps(sheet._asdict(), ensure_ascii=False)


def stored_sheet(text: str, path: str) -> Sheet:
    """Return a stored sheet, of the file at `path`."""
    sheet = Sheet(**json.loads(text))
    cut = Copied(*sheet.copied) if sheet.copied else None
    return sheet._replace(path=path, copied=cut)
