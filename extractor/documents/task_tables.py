"""Rows of task tables: lines of cells, and what each column says.

A row is an item; columns are read by the meaning of their headers (任务, 牵头单位,
完成时限). Cells are parted by tabs, whatever format the table came in.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import chain, zip_longest
from typing import NamedTuple

from extractor.core.lines import Line, Lines
from extractor.core.records import CellRole
from extractor.core.spans import Span, trim

_HEADERS: tuple[tuple[CellRole, re.Pattern[str]], ...] = (
    ("partner", re.compile("配合|协办|协同|参与|协助")),
    ("person", re.compile("责任人|领导|联系|负责人|电话")),
    ("due", re.compile("时限|期限|时间|节点|进度")),
    ("lead", re.compile("责任|牵头|主办|主责|承办|负责|实施单位|部门|单位$")),
)
_TASK = re.compile(
    "任务|内容|目标|措施|项目|指标|名称|工作|事项|序号|编号|类别|备注|要求|举措"
)
_TOTAL = re.compile("合计|小计|总计|共计|备注|注[:：]|说明")
_NUMBER = re.compile("[0-9０-９]{1,4}[.．、]?|[一二三四五六七八九十]{1,3}、?")
_TITLE = re.compile("[^\\n。；]{0,30}(?:表|清单)")
_SECTION = re.compile("[^\\t。；，：:]{2,30}")
_MAX_HEADER = 12
_MIN_ROWS = 2


class Row(NamedTuple):
    """One row; places index the cleaned text."""

    span: Span
    label_length: int
    cells: tuple[tuple[CellRole, Span], ...]
    section: Span | None = None
    """The row of one cell above it that names a part of the table."""


class Table(NamedTuple):
    """A table: where it stands, header and totals with it, and its rows."""

    span: Span
    rows: tuple[Row, ...]


def find_tables(text: str) -> list[Table]:
    """Return the task tables of a text, in order.

    One is told by two lines or more of cells under a header that names a column of who
    acts or by when; other tables are left as they are.
    """
    tables = []
    lines = Lines(text if "\t" in text else "")
    for block in _blocks(lines):
        columns = ((at, _roles(text, _cells(text, lines[at]))) for at in block)
        header, roles = next((found for found in columns if found[1]), (None, []))
        if header is None:
            continue
        rows = list(_rows(lines, range(header + 1, block.stop), roles))
        if len(rows) >= _MIN_ROWS:
            start = _title_start(lines, block.start)
            end = lines[block.stop - 1].text_end
            tables.append(Table(Span(start, end), tuple(rows)))
    return tables


def _title_start(lines: Lines, first: int) -> int:
    """Return where a table begins with the line that names it: 任务分解表."""
    if first:
        end = lines[first - 1].text_end
        opens = lines.text.rfind("\n", 0, end) + 1
        if _TITLE.fullmatch(lines.text, opens, end):
            return opens
    return lines.starts[first]


def _blocks(lines: Lines) -> Iterator[range]:
    """Yield runs of lines that have cells, with the sections between them."""
    first = count = 0
    for at, words in enumerate(chain(lines.texts(), [""])):
        if "\t" in words:
            count += 1
        elif not (at > first and _is_section(lines, at)):
            if count > _MIN_ROWS:
                yield range(first, at)
            first, count = at + 1, 0


def _is_section(lines: Lines, at: int) -> bool:
    """Say whether a line between rows names a part of the table: 一、民生保障."""
    if at + 1 >= len(lines) or "\t" not in lines.words(at + 1):
        return False
    return (
        "\t" in lines.words(at - 1) and _SECTION.fullmatch(lines.words(at)) is not None
    )


def _rows(
    lines: Lines, block: range, roles: Sequence[CellRole | None]
) -> Iterator[Row]:
    """Yield the rows below a header; a header printed again is none."""
    section: Span | None = None
    for at in block:
        line = lines[at]
        cells = _cells(lines.text, line)
        if len(cells) == 1:
            section = cells[0]
        elif again := _roles(lines.text, cells):
            roles = again
        elif (row := _row(lines.text, line, roles)) is not None:
            yield row._replace(section=section)


def _cells(text: str, line: Line) -> list[Span]:
    """Return where the cells of a line stand, without white space."""
    spans, at = [], line.text_start
    for cell in line.text.split("\t"):
        end = at + len(cell)
        spans.append(
            Span(at, end) if cell.strip() == cell else trim(text, Span(at, end))
        )
        at = end + 1
    return spans


def _roles(text: str, spans: Sequence[Span]) -> list[CellRole | None]:
    """Return what each column of a header says; [] where a line is none."""
    return _named_roles([span.slice(text) for span in spans])


def names_columns(cells: Sequence[str]) -> bool:
    """Say whether the cells of a line are the header of a task table."""
    return bool(_named_roles([cell.strip() for cell in cells]))


def _named_roles(cells: Sequence[str]) -> list[CellRole | None]:
    named = [cell for cell in cells if cell]
    if len(named) < 2 or any(len(cell) > _MAX_HEADER for cell in named):
        return []
    roles = [
        next((role for role, named in _HEADERS if named.search(cell)), None)
        for cell in cells
    ]
    tasks = any(
        role is None and _TASK.search(cell)
        for role, cell in zip(roles, cells, strict=True)
    )
    return roles if tasks and any(roles) else []


def _row(text: str, line: Line, roles: Sequence[CellRole | None]) -> Row | None:
    """Return a line as a row; None for a total, or where no cell says what is done."""
    spans = _cells(text, line)
    words = [span.slice(text) for span in spans]
    first = next((word for word in words if word), "")
    if _TOTAL.match(first) or first == "":
        return None
    label = spans[0] if _NUMBER.fullmatch(words[0]) else None
    filled = [
        (role, span)
        for role, span in zip_longest(roles[: len(spans)], spans)
        if span.start < span.end and span != label
    ]
    if all(role for role, _ in filled):
        return None
    named = [(role, span) for role, span in filled if role]
    length = label.end - line.text_start if label else 0
    return Row(Span(line.text_start, line.text_end), length, tuple(named))
