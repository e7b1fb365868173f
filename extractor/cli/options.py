"""Arguments and options that several commands take."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from extractor.documents.archives import MAX_BYTES, MAX_TIMES
from extractor.documents.metadata import FIRST_PLAN_YEAR, LAST_PLAN_YEAR
from extractor.runs import session

paths_argument = click.argument(
    "paths", nargs=-1, required=True, type=click.Path(path_type=Path, readable=False)
)
encoding_option = click.option(
    "--encoding", help="Codec of the files, when detection errs."
)
title_option = click.option("--title", help="Title, instead of the one found by rule.")
issuer_option = click.option(
    "--issuer", help="Issuing body, instead of the one found by rule."
)
plan_year_option = click.option(
    "--plan-year",
    type=click.IntRange(FIRST_PLAN_YEAR, LAST_PLAN_YEAR),
    help="Year of the plan; every date without a year depends on it.",
)
max_mb_option = click.option(
    "--max-mb",
    type=click.IntRange(1, 2000),
    default=MAX_BYTES // 1_000_000,
    show_default=True,
    help="Megabytes of the largest file that is read; archives may hold "
    f"{MAX_TIMES} times that.",
)


def check_adapter(flags: dict[str, Any]) -> None:
    """Refuse an adapter where nothing is tuned by it."""
    if not flags["adapter"]:
        return
    if flags["model"] != session.LOCAL:
        raise click.UsageError(
            f"--adapter goes with --model {session.LOCAL}, which it tunes"
        )
    if flags["strategy"] not in {None, "sentences"}:
        raise click.UsageError(
            "--adapter goes with --strategy sentences, which it is tuned for"
        )
