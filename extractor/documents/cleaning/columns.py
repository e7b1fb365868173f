"""Columns of a table that is printed as text: parted by bars, blanks or semicolons.

A line that names columns (序号｜任务｜牵头科室｜完成时限) and lines of as many parts
below it are a table; what parts them becomes a tab, as in tables of other formats.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from extractor.core.lines import Lines
from extractor.core.spans import Span
from extractor.documents.task_tables import names_columns

_SEPARATORS = tuple(
    re.compile(pattern) for pattern in ("[｜|│]", "\u3000+", " {2,}", "[；;]")
)
_MIN_COLUMNS = 3
_MIN_ROWS = 2
_MAX_HEADER = 120


def with_tabs(text: str) -> str:
    """Return the text with a tab between the cells of such tables, no longer."""
    lines = Lines(text)
    put: list[Span] = []
    at = 0
    while at < len(lines):
        table = _table_at(lines, at)
        for row in table:
            put += row
        at += max(len(table), 1)
    if not put:
        return text
    parts, end = [], 0
    for span in put:
        parts += [text[end : span.start], "\t".ljust(span.end - span.start)]
        end = span.end
    return "".join([*parts, text[end:]])


def _table_at(lines: Lines, at: int) -> list[Sequence[Span]]:
    """Return the gaps of each line of a table that begins at a line; [] for none."""
    header = lines.words(at)
    if "\t" in header or len(header) > _MAX_HEADER:
        return []
    for separator in _SEPARATORS:
        gaps = _gaps(lines, at, separator)
        count = len(gaps)
        if count + 1 < _MIN_COLUMNS or not names_columns(separator.split(header)):
            continue
        rows: list[Sequence[Span]] = [gaps]
        while at + len(rows) < len(lines):
            gaps = _gaps(lines, at + len(rows), separator)
            if not 0 < len(gaps) <= count or count - len(gaps) > 1:
                break
            rows.append(gaps)
        if len(rows) > _MIN_ROWS:
            return rows
    return []


def _gaps(lines: Lines, at: int, separator: re.Pattern[str]) -> Sequence[Span]:
    """Return where the cells of a line are parted."""
    line = lines[at]
    return [
        Span(*found.span()).shift(line.text_start)
        for found in separator.finditer(line.text)
    ]
