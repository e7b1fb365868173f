"""Tables as Parquet: rows of a part to bytes, and bytes of anybody back to rows.

What is read may come from anywhere: a file of another version, with other columns or of
other types is refused in one line.
"""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from decimal import Decimal, localcontext
from functools import cache
from importlib.metadata import version
from typing import Any, NamedTuple

from extractor.core.errors import ConfigError, UserError
from extractor.core.text import one_line
from extractor.store.carrying.parts import Columns, Row
from extractor.store.rows import number

_KEY = b"workplan-extract"
_DIGITS, _DECIMALS = 38, 18
"""Room for every integer of 64 bits, and for every fraction that a plan prints."""
_MAX_BYTES = 2_000_000_000
_MAX_ROWS = 5_000_000
"""Of a file: a part has some thousand rows."""


@cache
def _own_version() -> str:
    return version("workplan-extract")


class Read(NamedTuple):
    """What a file holds."""

    rows: list[Row]
    facts: Mapping[str, Any]
    """What its writer said of it."""


def arrow() -> Any:
    """Return pyarrow.

    Raises:
        ConfigError: no extra that brings it is installed.
    """
    try:
        import pyarrow.fs
        import pyarrow.parquet
    except ImportError as error:
        raise ConfigError(
            "Parquet needs pyarrow; install it: pip install 'workplan-extract[parquet]'"
        ) from error
    return pyarrow


def written(
    columns: Columns, rows: Sequence[Row], facts: Mapping[str, Any] | None = None
) -> bytes:
    """Return rows as a Parquet file: the same rows, the same bytes."""
    pa = arrow()
    said = {"product_version": _own_version(), **(facts or {})}
    text = json.dumps(said, ensure_ascii=False, sort_keys=True)
    fields = [(name, _type(pa, kind)) for name, kind in columns.items()]
    schema = pa.schema(fields, metadata={_KEY: text.encode()})
    made = [
        pa.array(
            [_decimal(row[name]) if kind == "numeric" else row[name] for row in rows],
            _type(pa, kind),
        )
        for name, kind in columns.items()
    ]
    out = io.BytesIO()
    table = pa.Table.from_arrays(made, schema=schema)
    pa.parquet.write_table(table, out, compression="zstd")
    return out.getvalue()


def read(content: bytes, name: str, columns: Columns) -> Read:
    """Return the rows of a file that may be anybody's.

    Args:
        content: its bytes.
        name: how it is called in a message.
        columns: what it must have.

    Raises:
        UserError: it is no such file, or of a newer version of the product.
    """
    pa = arrow()
    try:
        file = pa.parquet.ParquetFile(io.BytesIO(content))
        facts = _facts(file.schema_arrow.metadata, name)
        _check(pa, file, name, columns)
        rows = file.read().to_pylist()
    except (pa.ArrowException, OSError, ValueError, OverflowError) as error:
        raise _unreadable(name, error) from error
    for column in (column for column, kind in columns.items() if kind == "numeric"):
        for row in rows:
            row[column] = number(row[column])
    return Read(rows, facts)


def facts_of(content: bytes, name: str) -> Mapping[str, Any]:
    """Return what a file's writer said of it.

    Raises:
        UserError: as for `read`.
    """
    pa = arrow()
    try:
        file = pa.parquet.ParquetFile(io.BytesIO(content))
        return _facts(file.schema_arrow.metadata, name)
    except (pa.ArrowException, OSError, ValueError) as error:
        raise _unreadable(name, error) from error


def _unreadable(name: str, error: Exception) -> UserError:
    reason = one_line(str(error))[:200]
    return UserError(f"{name!r} cannot be read as Parquet: {reason}")


def _check(pa: Any, file: Any, name: str, columns: Columns) -> None:
    """Refuse other columns and types, and more than a part can have."""
    schema, about = file.schema_arrow, file.metadata
    size = sum(
        about.row_group(at).total_byte_size for at in range(about.num_row_groups)
    )
    if size > _MAX_BYTES or about.num_rows > _MAX_ROWS:
        raise UserError(f"{name!r} is larger than any file that the product writes")
    for column in columns:
        if column not in schema.names:
            raise UserError(f"{name!r} has no column {column!r}")
    for column, kind in zip(schema.names, schema.types, strict=True):
        if column not in columns or schema.names.count(column) > 1:
            raise UserError(f"{name!r} has a column {column!r}, which is none of its")
        wanted = _type(pa, columns[column])
        if kind != wanted:
            raise UserError(f"{name!r}: {column!r} is {kind}, and should be {wanted}")


def _facts(metadata: Mapping[bytes, bytes] | None, name: str) -> dict[str, Any]:
    said = json.loads((metadata or {}).get(_KEY, b"null"))
    if not isinstance(said, dict):
        raise UserError(f"{name!r} was not written by `extract run --engine ray`")
    theirs, own = str(said.get("product_version")), _own_version()
    if _release(theirs) > _release(own):
        raise UserError(
            f"{name!r} was written by version {theirs}, this is {own}; "
            "upgrade: pip install --upgrade workplan-extract"
        )
    return said


def _release(words: str) -> tuple[int, ...]:
    parts = words.split("+", maxsplit=1)[0].split(".")
    return tuple(int(part) if part.isdecimal() else 0 for part in parts)


def _type(pa: Any, kind: str) -> Any:
    if kind == "integer":
        return pa.int64()
    if kind == "numeric":
        return pa.decimal128(_DIGITS, _DECIMALS)
    return pa.float64() if kind == "real" else pa.string()


def _decimal(value: float | None) -> Decimal | None:
    """Return a stored number exactly; as SQLite, it holds none that it would round."""
    if value is None:
        return None
    with localcontext() as context:
        context.prec = _DIGITS
        exact = Decimal(repr(value))
        held = exact.quantize(Decimal(1).scaleb(-_DECIMALS))
    return held if held == exact else None
