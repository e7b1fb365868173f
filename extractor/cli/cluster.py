"""`extract run --engine ray`, its flags and words, and the command `extract load`."""

from __future__ import annotations

import shlex
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click
from click.core import ParameterSource

from extractor.cli import display, run_report
from extractor.cli.display import err, out
from extractor.cli.edge import (
    EXIT_ERROR,
    EXIT_FAILURES,
    called,
    complain,
    fails_in_one_line,
    sigterm_is_ctrl_c,
)
from extractor.core.interrupts import EXIT_INTERRUPTED
from extractor.core.text import plain
from extractor.runs.cluster.engine import Asked, Made, OnBlock, run_on_cluster
from extractor.runs.config import RunConfig
from extractor.runs.loading import load
from extractor.runs.session import ModelOptions
from extractor.runs.storage import is_address
from extractor.store.carrying.loading import Loading

LOCAL, RAY = "local", "ray"
_PLAIN_STEP_S = 10.0

F = TypeVar("F", bound=Callable[..., Any])

_OPTIONS = (
    click.option(
        "--engine",
        type=click.Choice([LOCAL, RAY]),
        default=LOCAL,
        show_default=True,
        help="local: this machine, into --db; ray: many workers, into --out.",
    ),
    click.option(
        "--out",
        metavar="DIR_OR_URI",
        help="With --engine ray: folder or object storage (s3://bucket/prefix) of the "
        "Parquet files that are written; `extract load` puts them into a database.",
    ),
    click.option(
        "--workers",
        type=click.IntRange(1),
        help="With --engine ray: documents are read side by side by so many, each with "
        "its own --concurrency.  [default: one a processor]",
    ),
    click.option(
        "--ray-address",
        metavar="ADDRESS",
        help="With --engine ray: a Ray cluster to use (`auto`, or host:port), instead "
        "of starting Ray on this machine.",
    ),
)


def cluster_options(command: F) -> F:
    """Add the flags of the engine to a command."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def is_on_cluster(paths: tuple[str, ...], flags: dict[str, Any]) -> bool:
    """Say whether a run is one for a cluster; refuse flags that say nothing together.

    Raises:
        click.UsageError: they do not.
    """
    said = [name for name in ("out", "workers", "ray_address") if flags[name]]
    if flags["engine"] == LOCAL:
        if said:
            flag = f"--{said[0].replace('_', '-')}"
            raise click.UsageError(f"{flag} goes with --engine {RAY}")
        for path in filter(is_address, paths):
            raise click.UsageError(f"{path!r} is an address; give --engine {RAY}")
        return False
    if not flags["out"]:
        raise click.UsageError(f"--engine {RAY} needs --out, where it writes")
    context = click.get_current_context()
    for name in ("db", "show", "dry_run", "retry_failed"):
        if context.get_parameter_source(name) is ParameterSource.COMMANDLINE:
            flag = f"--{name.replace('_', '-')}"
            raise click.UsageError(f"{flag} goes with --engine {LOCAL}")
    return True


def run_with_ray(
    paths: tuple[str, ...],
    config: RunConfig,
    options: ModelOptions,
    flags: dict[str, Any],
) -> None:
    """Do a run on a cluster, and say what it made."""
    asked = Asked(
        paths, flags["out"], flags["workers"], flags["ray_address"], flags["resume"]
    )
    started = time.monotonic()
    try:
        with sigterm_is_ctrl_c():
            made = run_on_cluster(asked, config, options, _progress())
    except KeyboardInterrupt:
        click.echo("Stopped. The same command goes on from here.", err=True)
        sys.exit(EXIT_INTERRUPTED)
    for refused in made.refused:
        complain(refused.reason)
    if made.summary is None:
        sys.exit(EXIT_ERROR)
    run_report.summary(out, made.summary, elapsed_s=time.monotonic() - started)
    _next_steps(made, flags["out"])
    if made.refused or made.summary.failed or made.summary.is_doubtful:
        sys.exit(EXIT_FAILURES)


def _progress() -> OnBlock:
    shown_at = time.monotonic()

    def report(done: int, total: int) -> None:
        nonlocal shown_at
        now = time.monotonic()
        if done == total or now - shown_at >= _PLAIN_STEP_S:
            shown_at = now
            display.notice(err, f"{done}/{total} documents")

    return report


def _next_steps(made: Made, given: str) -> None:
    if made.summary and made.summary.failed:
        out.print(
            f"{made.summary.failed} items failed; the same command tries them again"
        )
    command = f"{called()} load {shlex.quote(given)} --db commitments.db"
    out.print(f"Parquet:  {plain(given)}")
    out.print(f"Next:     {plain(command)}")


@click.command("load")
@click.argument(
    "places", nargs=-1, required=True, metavar="DIR_OR_URI...", type=click.Path()
)
@click.option(
    "--db",
    type=click.Path(path_type=Path, dir_okay=False, readable=False),
    default=Path("commitments.db"),
    show_default=True,
    help="SQLite database to write to; made when missing.",
)
@fails_in_one_line
def load_command(places: tuple[str, ...], db: Path) -> None:
    """Put what `extract run --engine ray` wrote to --out into a database.

    A document is loaded whole or not at all: one whose quotes are not its source is
    refused. What is there already is left as it is.

    Exit status: 0 clean, 1 error, 2 usage, 3 some documents were refused, or could not
    be read by the run.
    """
    counts: Counter[str] = Counter()
    with Loading(db) as store:
        for place in places:
            for one in load(store, place):
                counts[one.outcome] += 1
                counts["records"] += one.records
                if one.reason:
                    complain(one.reason)
    click.echo(
        f"{counts['loaded']} documents with {counts['records']} records loaded, "
        f"{counts['known']} were there, {counts['refused']} refused, "
        f"{counts['unreadable']} could not be read by the run",
        err=True,
    )
    click.echo(f"Database: {db}")
    if counts["refused"] or counts["unreadable"]:
        sys.exit(EXIT_FAILURES)
