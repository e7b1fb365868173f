"""Audit: check law 1 on a stored database; every quote is the source at its span."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from extractor.database import read_database

QUOTE_COLUMNS = {
    "clause": ("clause", "start", "end"),
    "actor": ("actor", "actor_start", "actor_end"),
    "action": ("action", "action_start", "action_end"),
    "object": ("object", "object_start", "object_end"),
    "target": ("target_quote", "target_start", "target_end"),
    "deadline": ("deadline_quote", "deadline_start", "deadline_end"),
}
"""Field of a record: its columns of text, start and end in `commitments`."""


class StoredQuote(NamedTuple):
    """A quote of the database and what its document has in its place."""

    row_id: str
    """Id of the commitment or item."""
    field: str
    quote: str
    found: str
    """`source[start:end]`."""


def stored_quotes(db_path: str | Path) -> Iterator[StoredQuote]:
    """Yield every quote of every stored item and record, of all runs."""
    with closing(read_database(db_path)) as conn:
        conn.row_factory = sqlite3.Row
        for document_id, source in conn.execute("select id, source from documents"):
            for item in conn.execute(
                "select * from items where document_id = ?", [document_id]
            ):
                found = source[item["start"] : item["end"]]
                yield StoredQuote(item["id"], "item", item["text"], found)
            for record in conn.execute(
                "select * from commitments where document_id = ?", [document_id]
            ):
                yield from _quotes(record, source)


def span_violations(db_path: str | Path) -> list[StoredQuote]:
    """Return the stored quotes that are not their span; law 1 says there are none."""
    return [stored for stored in stored_quotes(db_path) if stored.quote != stored.found]


def _quotes(record: sqlite3.Row, source: str) -> Iterator[StoredQuote]:
    for field, (quote, start, end) in QUOTE_COLUMNS.items():
        if record[quote] is not None:
            found = source[record[start] : record[end]]
            yield StoredQuote(record["id"], field, record[quote], found)
    partners = json.loads(record["partners"])
    for quote, (start, end) in zip(
        partners, json.loads(record["partner_spans"]), strict=True
    ):
        yield StoredQuote(record["id"], "partners", quote, source[start:end])
