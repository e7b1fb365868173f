"""Parquet: rows of a view in, a file with typed columns out, a group at a time."""

from __future__ import annotations

import logging
import sqlite3
from typing import IO, Any

from extractor.core.errors import ConfigError
from extractor.core.fields import FIELDS
from extractor.store.formats.text import names_of

_ROWS = 10_000
"""Rows held at a time."""
_INTEGERS = frozenset({"plan_year", "page", "start", "end"})
_NUMBERS = frozenset(
    {"likelihood", *(field.column for field in FIELDS if field.kind == "number")}
)

_log = logging.getLogger(__name__)


def write_parquet(rows: sqlite3.Cursor, out: IO[bytes]) -> int:
    """Write Parquet and return how many rows.

    Raises:
        ConfigError: the extra `parquet` is not installed.
    """
    try:
        import pyarrow as pa
        from pyarrow import parquet
    except ImportError as error:
        raise ConfigError(
            "Parquet needs pyarrow; install it: pip install 'workplan-extract[parquet]'"
        ) from error
    names = names_of(rows)
    schema = pa.schema([(name, _type(pa, name)) for name in names])
    count = 0
    with parquet.ParquetWriter(out, schema) as writer:
        while group := rows.fetchmany(_ROWS):
            columns = zip(*group, strict=True)
            made = [
                pa.array(_made(name, column), schema.field(name).type)
                for name, column in zip(names, columns, strict=True)
            ]
            writer.write_table(pa.Table.from_arrays(made, schema=schema))
            count += len(group)
    return count


def _type(pa: Any, name: str) -> Any:
    if name in _INTEGERS:
        return pa.int64()
    return pa.float64() if name in _NUMBERS else pa.string()


def _made(name: str, column: tuple[Any, ...]) -> list[Any]:
    return [_as_float(value) if name in _NUMBERS else value for value in column]


def _as_float(value: float | None) -> float | None:
    """Return a number as Parquet holds it; one that it would round is no value."""
    if value is None or float(value) == value:
        return value if value is None else float(value)
    _log.warning("%s has more digits than a column of Parquet; it is left empty", value)
    return None
