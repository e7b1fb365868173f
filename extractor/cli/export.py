"""The command `extract export`: the table, or gold from reviews, to files."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import Any

import click

from extractor.cli.edge import (
    EXIT_FAILURES,
    called,
    complain,
    fails_in_one_line,
    speak_utf8,
)
from extractor.core.text import one_line
from extractor.evals.gold.reviewed import how_accepted, reviewed_documents, write_gold
from extractor.evals.gold.task_file import WrittenTask, write_task
from extractor.store.export import BINARY, WRITERS, export_rows, open_output

_GOLD = "gold"


@click.command("export")
@click.argument("db", type=click.Path(path_type=Path, readable=False))
@click.option(
    "--format",
    "export_format",
    type=click.Choice([*WRITERS, _GOLD]),
    default="jsonl",
    show_default=True,
    help="jsonl and parquet for programs, csv and xlsx for spreadsheets, gold for "
    "extract eval and extract tune: a file for each document that is reviewed whole.",
)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, readable=False, allow_dash=True),
    help="File to write, instead of stdout (-); of gold the folder.",
)
@click.option(
    "--reviewed",
    is_flag=True,
    help="The table as reviewers left it: corrected, without what they rejected.",
)
@fails_in_one_line
def export_command(
    db: Path, export_format: Any, output: Path | None, *, reviewed: bool
) -> None:
    """Write the records of the latest run of the latest version of each file."""
    is_stdout = output is None or str(output) == "-"
    if export_format == _GOLD:
        if output is None or is_stdout:
            raise click.UsageError("gold is a file for each document; give -o FOLDER")
        _gold(db, output)
        return
    if output is None or is_stdout:
        export_rows(db, export_format, _stdout(export_format), reviewed=reviewed)
        return
    if output.is_dir():
        raise click.BadParameter(f"{str(output)!r} is a folder", param_hint="'-o'")
    if output.exists() and not output.is_file():
        # A pipe or a device is written to; a file is replaced when it is whole.
        with open_output(output, export_format) as stream:
            count = export_rows(db, export_format, stream, reviewed=reviewed)
    else:
        count = export_rows(db, export_format, output, reviewed=reviewed)
    click.echo(f"{count} records written to {output}", err=True)


def _stdout(export_format: Any) -> Any:
    if export_format in BINARY:
        if sys.stdout.isatty():
            raise click.UsageError(f"{export_format} is no text; give -o FILE")
        return sys.stdout.buffer
    speak_utf8(sys.stdout, newline="")
    return sys.stdout


def _gold(db: Path, folder: Path) -> None:
    """Write what is reviewed whole, and name what is not."""
    documents = reviewed_documents(db)
    written = write_gold(documents, folder)
    for document in documents:
        if document.is_whole or not document.reviewed:
            continue
        path = one_line(document.source_path)
        if document.is_cut:
            complain(
                f"{path}: its first {document.items} items alone were read (--limit); "
                "run it again without, then review the others"
            )
        else:
            complain(
                f"{path}: {document.reviewed} of {document.items} items are reviewed; "
                "it is gold when all are"
            )
    click.echo(
        f"{len(written)} documents written to {folder}; {how_accepted(written)}",
        err=True,
    )
    if not written:
        sys.exit(EXIT_FAILURES)
    _task(write_task(written, folder))


def _task(task: WrittenTask) -> None:
    """Print how the gold is checked."""
    if task.is_others:
        complain(f"{task.path} is somebody's own and was left as it is")
    for path in task.without_file:
        complain(
            f"{one_line(path)} is not where it was read; give its folder as --corpus"
        )
    corpus = " --corpus FOLDER" if task.without_file else ""
    path = shlex.quote(str(task.path))
    click.echo(f"Next:     {called()} eval {path} --check-gold{corpus}", err=True)
