"""JSON Lines and CSV: rows of a view in, text out, one row at a time."""

from __future__ import annotations

import csv
import json
import sqlite3
from collections.abc import Iterable, Sequence
from typing import TextIO

from extractor.core.fields import FIELDS

JSON_COLUMNS = ("heading_path", *(f.column for f in FIELDS if f.kind == "quotes"))
"""Columns that hold a JSON array: an array in JSON Lines, its text elsewhere."""

BYTE_ORDER_MARK = "\ufeff"
"""Excel reads a CSV file as UTF-8 only when it begins with this."""

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What a spreadsheet may take for the beginning of a formula."""


def safe_cell(value: object) -> object:
    """Return a text that a spreadsheet would run as a formula with a leading "'".

    Document text is not ours: `=HYPERLINK(…)` in a plan must stay text.
    Numbers are not texts: -5 stays -5.
    """
    if isinstance(value, str) and value.startswith(FORMULA_STARTS):
        return f"'{value}"
    return value


def names_of(rows: sqlite3.Cursor) -> list[str]:
    """Return the names of the columns of a query."""
    return [column[0] for column in rows.description]


def write_jsonl(rows: sqlite3.Cursor, out: TextIO) -> int:
    """Write one JSON object a row and return how many there are."""
    count, names = 0, names_of(rows)
    for row in rows:
        fields = dict(zip(names, row, strict=True))
        for column in JSON_COLUMNS:
            fields[column] = json.loads(fields[column])
        out.write(json.dumps(fields, ensure_ascii=False) + "\n")
        count += 1
    return count


def write_csv(rows: sqlite3.Cursor, out: TextIO) -> int:
    """Write CSV as Excel reads it, without formulas, and return how many rows."""
    return write_table(names_of(rows), rows, out)


def write_table(
    header: Sequence[str], rows: Iterable[Sequence[object]], out: TextIO
) -> int:
    """Write a table as `write_csv` does."""
    count = 0
    out.write(BYTE_ORDER_MARK)
    writer = csv.writer(out)
    writer.writerow(header)
    for row in rows:
        writer.writerow([safe_cell(value) for value in row])
        count += 1
    return count
