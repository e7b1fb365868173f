"""Downloads: a table of a page as CSV, as the export writes it."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from typing import Any

from datasette.utils.asgi import Response  # type: ignore[import-untyped]  # no types

from extractor.store.formats.text import write_table


def csv_response(
    name: str, header: Sequence[str], rows: Iterable[Sequence[Any]]
) -> Any:
    """Return a table as a file to save, whatever its cells hold as text.

    Args:
        name: of the file, our own word without its ending.
        header: names of the columns.
        rows: the table.
    """
    out = io.StringIO(newline="")
    write_table(header, rows, out)
    return Response(
        out.getvalue(),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}.csv"'},
    )
