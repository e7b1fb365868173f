"""Export: `v_commitments` to a file that other programs read.

Rows come in reading order, so the same database gives the same bytes.
"""

from __future__ import annotations

import csv
import json
import os
import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from typing import Literal, TextIO

from extractor.core.errors import UserError
from extractor.core.fields import FIELDS
from extractor.store.database import read_database, translated

ExportFormat = Literal["jsonl", "csv"]

JSON_COLUMNS = ("heading_path", *(f.column for f in FIELDS if f.kind == "quotes"))
"""Columns that hold a JSON array: an array in JSON Lines, its text in CSV."""

BYTE_ORDER_MARK = "\ufeff"
"""Excel reads a CSV file as UTF-8 only when it begins with this."""

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")

_IN_READING_ORDER = """
select v.* from v_commitments v
join commitments c on c.id = v.commitment_id
join items i on i.id = c.item_id
order by v.source_path, v.document_id, i."start", v."start", v."end",
  c.position, v.commitment_id
"""


def export_rows(
    db_path: str | Path, export_format: ExportFormat, out: TextIO | str | Path
) -> int:
    """Write all rows of `v_commitments` and return how many there are.

    Args:
        db_path: a database that `extract run` made.
        export_format: the form of the file.
        out: a path, replaced only when the whole export is written; or an open text
            stream (UTF-8, `newline=""`).

    Raises:
        UserError: there is no such database, or `out` cannot be written.
    """
    path = Path(db_path)
    writer = WRITERS[export_format]
    with closing(read_database(path)) as conn, translated(path):
        rows = conn.execute(_IN_READING_ORDER)
        if isinstance(out, str | Path):
            return _write_file(Path(out), writer, rows)
        return writer(rows, out)


def safe_cell(value: object) -> object:
    """Return a text that a spreadsheet would run as a formula with a leading "'".

    Document text is not ours: `=HYPERLINK(…)` in a plan must stay text.
    Numbers are not texts: -5 stays -5.
    """
    if isinstance(value, str) and value.startswith(_FORMULA_STARTS):
        return f"'{value}"
    return value


def _names(rows: sqlite3.Cursor) -> list[str]:
    return [column[0] for column in rows.description]


def _write_jsonl(rows: sqlite3.Cursor, out: TextIO) -> int:
    count, names = 0, _names(rows)
    for row in rows:
        fields = dict(zip(names, row, strict=True))
        for column in JSON_COLUMNS:
            fields[column] = json.loads(fields[column])
        out.write(json.dumps(fields, ensure_ascii=False) + "\n")
        count += 1
    return count


def _write_csv(rows: sqlite3.Cursor, out: TextIO) -> int:
    count = 0
    out.write(BYTE_ORDER_MARK)
    writer = csv.writer(out)
    writer.writerow(_names(rows))
    for row in rows:
        writer.writerow([safe_cell(value) for value in row])
        count += 1
    return count


WRITERS: dict[ExportFormat, Callable[[sqlite3.Cursor, TextIO], int]] = {
    "jsonl": _write_jsonl,
    "csv": _write_csv,
}
"""One function a format: rows of `v_commitments` and a text stream in, count out."""


def _write_file(
    path: Path, writer: Callable[[sqlite3.Cursor, TextIO], int], rows: sqlite3.Cursor
) -> int:
    """Write beside the path and move into place, so that no half file is left."""
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with unfinished.open("w", encoding="utf-8", newline="") as out:
            count = writer(rows, out)
        unfinished.replace(path)
    except OSError as error:
        raise UserError(
            f"cannot write {str(path)!r} ({error.strerror}); give another file"
        ) from error
    finally:
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)
    return count
