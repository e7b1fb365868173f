"""Markdown report of an evaluation: an `EvalResult` in, text out.

For a pull request or a CI summary: figures and short field values, no sentences of the
documents.
What comes from a document is escaped: it makes no markup, link or mention.
"""

from __future__ import annotations

import re

from extractor.core.text import one_line
from extractor.evals.baselines import Baseline
from extractor.evals.reports.first_screen import (
    data_line,
    gates_table,
    stamp_line,
    use_line,
)
from extractor.evals.reports.parts import Section, Table
from extractor.evals.reports.tables import sections
from extractor.evals.results import EvalResult

_MARKUP = re.compile(r"[\\`*|\[\]~#]|(?<!\w)_|_(?!\w)")
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "@": "&#64;", "://": "&#58;//"}
_ENTITY = re.compile("|".join(_ENTITIES))
_WWW = re.compile(r"(?i)\bwww\.")


def markdown_report(result: EvalResult, baseline: Baseline | None = None) -> str:
    """Return the report, the same bytes for the same result."""
    lines = [f"# Eval {escape(result.task)}", "", f"**{escape(use_line(result))}**"]
    for text in (result.description, data_line(result), stamp_line(result)):
        lines += ["", escape(text)] if text else []
    lines += ["", *_table(gates_table(result))]
    if result.reasons:
        lines += ["", *(f"- {escape(reason)}" for reason in result.reasons)]
    for section in sections(result, baseline):
        lines += ["", *_section(section)]
    return "\n".join(lines) + "\n"


def escape(text: str) -> str:
    """Return text that shows itself in Markdown, on one line."""
    plain = _MARKUP.sub(lambda match: f"\\{match[0]}", one_line(text))
    plain = _ENTITY.sub(lambda match: _ENTITIES[match[0]], plain)
    return _WWW.sub(lambda match: f"{match[0][:3]}&#46;", plain)


def _section(section: Section) -> list[str]:
    lines = [f"## {escape(section.title)}"]
    for table in section.tables:
        lines += ["", *_table(table)]
    if section.notes:
        lines += ["", *(f"- {escape(note)}" for note in section.notes)]
    return lines


def _table(table: Table) -> list[str]:
    lines = [f"**{escape(table.title)}**", ""] if table.title else []
    if not table.rows:
        return lines[:1]
    marks = ["---" if i < table.texts else "---:" for i in range(len(table.head))]
    rows = [table.head, *table.rows]
    shown = [f"| {' | '.join(map(escape, row))} |" for row in rows]
    return [*lines, shown[0], f"| {' | '.join(marks)} |", *shown[1:]]
