"""Export: `v_commitments`, or what reviewers left of it, to a file for other programs.

Rows come in reading order, so the same database gives the same bytes.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from typing import IO, Any, Literal

from extractor.core.errors import UserError
from extractor.store.database import read_database, translated
from extractor.store.formats.parquet import write_parquet
from extractor.store.formats.text import write_csv, write_jsonl
from extractor.store.formats.workbook import write_xlsx

ExportFormat = Literal["jsonl", "csv", "xlsx", "parquet"]

_IN_READING_ORDER = """
select v.* from v_commitments v
join commitments c on c.id = v.commitment_id
join items i on i.id = c.item_id
order by v.source_path, v.document_id, i."start", v."start", v."end",
  c.position, v.commitment_id
"""
_AS_REVIEWED = """
select v.* from v_commitments_reviewed v
join items i on i.id = v.item_id
left join commitments c on c.id = v.commitment_id
order by v.source_path, v.document_id, i."start", v."start", v."end",
  c.position, v.commitment_id, v.review_id
"""

WRITERS: dict[ExportFormat, Callable[[sqlite3.Cursor, Any], int]] = {
    "jsonl": write_jsonl,
    "csv": write_csv,
    "xlsx": write_xlsx,
    "parquet": write_parquet,
}
"""One function a format: rows of a view and a stream in, count out."""
BINARY: tuple[ExportFormat, ...] = ("xlsx", "parquet")
"""Formats whose stream is of bytes; that of the others is of text."""


def export_rows(
    db_path: str | Path,
    export_format: ExportFormat,
    out: IO[Any] | str | Path,
    *,
    reviewed: bool = False,
) -> int:
    """Write all rows of `v_commitments` and return how many there are.

    Args:
        db_path: a database that `extract run` made.
        export_format: the form of the file.
        out: a path, replaced only when the whole export is written; or an open stream,
            of bytes for a format of `BINARY`, else of text (UTF-8, `newline=""`).
        reviewed: write `v_commitments_reviewed` instead.

    Raises:
        UserError: there is no such database, or `out` cannot be written.
        ConfigError: the format needs an extra that is not installed.
    """
    path = Path(db_path)
    with closing(read_database(path)) as conn, translated(path):
        rows = conn.execute(_AS_REVIEWED if reviewed else _IN_READING_ORDER)
        if isinstance(out, str | Path):
            return _write_file(Path(out), export_format, rows)
        return WRITERS[export_format](rows, out)


def open_output(path: Path, export_format: ExportFormat) -> IO[Any]:
    """Open a file for an export of a format.

    Raises:
        OSError: it cannot be opened.
    """
    if export_format in BINARY:
        return path.open("wb")
    return path.open("w", encoding="utf-8", newline="")


def _write_file(path: Path, export_format: ExportFormat, rows: sqlite3.Cursor) -> int:
    """Write beside the path and move into place, so that no half file is left."""
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with open_output(unfinished, export_format) as out:
            count = WRITERS[export_format](rows, out)
        unfinished.replace(path)
    except OSError as error:
        raise UserError(
            f"cannot write {str(path)!r} ({error.strerror}); give another file"
        ) from error
    finally:
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)
    return count
