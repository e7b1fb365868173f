"""The command `extract tune`."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from extractor.cli import display
from extractor.cli.display import err, out
from extractor.cli.edge import fails_in_one_line, sigterm_is_ctrl_c
from extractor.core.interrupts import EXIT_INTERRUPTED
from extractor.model.embedded.weights import locate_weights
from extractor.tuning.adapter_file import ADAPTER, CARD, HELD_OUT, Card
from extractor.tuning.schedule import Settings
from extractor.tuning.splits import DEFAULT_FOLD, NO_FOLD, Fold, load_data
from extractor.tuning.tune import require_extra, tune

_file = click.Path(path_type=Path, dir_okay=False, readable=False)
_folder = click.Path(path_type=Path, file_okay=False, readable=False)
_DEFAULT = Settings()


@click.command("tune")
@click.argument(
    "tasks", nargs=-1, required=True, type=_file, metavar="TASK.toml [TASK.toml]..."
)
@click.option(
    "--out",
    "directory",
    type=_folder,
    required=True,
    help="Folder of the adapter, its card and what is needed to go on.",
)
@click.option(
    "--corpus",
    type=_folder,
    multiple=True,
    help="Directory of source files, found by digest; repeatable.",
)
@click.option(
    "--hold-out",
    "names",
    metavar="NAME",
    multiple=True,
    help="Document to measure on, as its gold names it (doc_id); repeatable.",
)
@click.option(
    "--fold",
    metavar="N/M",
    help="Measure on every M-th document from the N-th on, counted from 0; "
    f"`{NO_FOLD}` learns from all.  "
    f"[default: {DEFAULT_FOLD}, {NO_FOLD} with --hold-out]",
)
@click.option(
    "--epochs",
    type=click.IntRange(1),
    default=_DEFAULT.epochs,
    show_default=True,
    help="Times that every sample is learnt from.",
)
@click.option(
    "--rate",
    type=click.FloatRange(0, min_open=True),
    default=_DEFAULT.rate,
    show_default=True,
    help="Highest learning rate.",
)
@click.option(
    "--rank",
    type=click.IntRange(1, 256),
    default=_DEFAULT.rank,
    show_default=True,
    help="Rank of the adapter; its size grows with it.",
)
@click.option(
    "--batch",
    type=click.IntRange(1),
    default=_DEFAULT.batch,
    show_default=True,
    help="Samples a step.",
)
@click.option(
    "--seed",
    type=click.IntRange(0, 2**32 - 1),
    default=_DEFAULT.seed,
    show_default=True,
    help="Of the first weights and the order of the samples.",
)
@click.option(
    "--base", type=_file, help="GGUF file to tune instead of the embedded weights."
)
@fails_in_one_line
def tune_command(tasks: tuple[Path, ...], **flags: Any) -> None:
    """Train an adapter of the embedded model on the gold of task files.

    Documents that are held out are measured on at the end, and never learnt from.

    Exit status: 0 clean, 1 error, 2 usage.
    Training that was stopped goes on where it was when the same command is given
    again.
    """
    require_extra()
    fold = flags.pop("fold") or (NO_FOLD if flags["names"] else DEFAULT_FOLD)
    directory, base = flags.pop("directory"), flags.pop("base")
    data = load_data(tasks, flags.pop("corpus"), Fold.parse(fold), flags.pop("names"))
    settings = Settings(**flags)
    display.notice(
        err,
        f"{len(data.train):,} samples to learn from, {len(data.held_out):,} held out "
        f"in {sum(one.held_out for one in data.documents)} of {len(data.documents)} "
        f"documents, {sum(data.left_out.values())} questions without a sample",
    )
    with sigterm_is_ctrl_c():
        progress = display.weights_progress()
        weights = base or locate_weights(on_progress=progress)
        with display.steps_progress(err) as reporter:
            try:
                card = tune(data, settings, weights, directory, reporter)
            except KeyboardInterrupt:
                click.echo("Stopped. The same command goes on from here.", err=True)
                sys.exit(EXIT_INTERRUPTED)
    _show(out, card, directory, base)


def _show(console: Console, card: Card, directory: Path, base: Path | None) -> None:
    """Print how good an adapter is, where it lies, and how to score its records."""
    adapter = directory / ADAPTER
    size = card.adapter_bytes / 1e6
    console.print(f"adapter   {adapter} ({size:.1f} MB, for {card.base})")
    console.print(f"card      {directory / CARD}")
    console.print(
        f"training  {card.steps:,} steps, {card.train_samples:,} samples, "
        f"loss {card.loss:.4f}"
    )
    measured = card.held_out
    if measured is None:
        console.print("held out  none: nothing says how good it is")
        return
    console.print(
        f"held out  {measured.right:,} of {measured.answers:,} answers word for word "
        f"({measured.right / measured.answers:.3f}), tokens "
        f"{measured.tokens_right / measured.tokens:.4f}, loss {measured.loss:.4f}"
    )
    words = [directory / HELD_OUT, "--model", "local", "--adapter", adapter]
    words += ["--model-path", base] if base else []
    words += ["--db", directory / "held-out.db"]
    command = shlex.join(["extract", "eval", *map(str, words)])
    console.print(f"score its records on them:  {command}")
