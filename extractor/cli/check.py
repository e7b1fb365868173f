"""The command `extract check`: the laws over a database, one line a violation."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from extractor.cli.edge import EXIT_FAILURES, fails_in_one_line
from extractor.core.text import one_line
from extractor.extraction.invariants import LAWS, Violation
from extractor.runs.audit import audit, wrong_sums


@click.command("check")
@click.argument("db", type=click.Path(path_type=Path, readable=False))
@click.option("--json", "as_json", is_flag=True, help="JSON Lines, one a violation.")
@fails_in_one_line
def check_command(db: Path, *, as_json: bool) -> None:
    """Check that every record of a database is what its source says.

    Every quote is the source at its span, every number and name is whole, every date
    is one that reaches its record, every value is computed from its quote.

    Exit status: 0 all hold, 1 error, 2 usage, 3 violations, listed one a line.
    """
    documents = items = records = violations = 0
    for found in audit(db):
        documents += 1
        items += found.items
        records += found.records
        violations += len(found.violations)
        _show(found.path, found.violations, as_json=as_json)
    sums = tuple(wrong_sums(db))
    violations += len(sums)
    _show(str(db), sums, as_json=as_json)
    click.echo(
        f"{documents} documents, {items} items, {records} records checked: "
        f"{violations or 'no'} violations",
        err=as_json,
    )
    if violations:
        sys.exit(EXIT_FAILURES)


def _show(path: str, violations: Sequence[Violation], *, as_json: bool) -> None:
    for violation in violations:
        if as_json:
            row = {
                "source_path": path,
                "row_id": violation.row_id,
                "law": violation.law,
                "words": violation.words,
            }
            click.echo(json.dumps(row, ensure_ascii=False))
        else:
            click.echo(
                f"{one_line(path)}: {violation.row_id}: not so: "
                f"{LAWS[violation.law]}: {one_line(violation.words)}"
            )
