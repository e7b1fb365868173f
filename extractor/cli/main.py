"""The command line: parses, calls, prints, exits; nothing else."""

from __future__ import annotations

import json
import logging
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from extractor import __version__
from extractor.cli import display
from extractor.cli.check import check_command
from extractor.cli.edge import (
    EXIT_ERROR,
    EXIT_FAILURES,
    complain,
    fails_in_one_line,
    sigterm_is_ctrl_c,
    speak_utf8,
)
from extractor.cli.evaluate import eval_command
from extractor.core.errors import DocumentError
from extractor.core.interrupts import EXIT_INTERRUPTED
from extractor.core.runs import RunSummary
from extractor.documents.items import split
from extractor.documents.loading import load_document
from extractor.documents.metadata import FIRST_PLAN_YEAR, LAST_PLAN_YEAR
from extractor.documents.paths import expand_paths
from extractor.model.embedded.weights import locate_weights, weights_info
from extractor.model.endpoints import PATIENCE_S
from extractor.runs import session
from extractor.runs.estimate import estimate
from extractor.runs.pipeline import (
    Plan,
    RunConfig,
    load_works,
    no_items,
)
from extractor.store.browse.serving import serve
from extractor.store.export import export_rows
from extractor.store.samples import hard_records

out = Console(highlight=False, markup=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, markup=False)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="extract")
@click.option("-v", "--verbose", count=True, help="Log more; twice for everything.")
def main(verbose: int) -> None:
    """Turn work plans of Chinese public bodies into a table of commitments."""
    speak_utf8(sys.stdout)
    if not out.is_terminal:
        out.width = display.PLAIN_WIDTH
    level = {0: logging.WARNING, 1: logging.INFO}.get(verbose, logging.DEBUG)
    logging.basicConfig(
        level=level,
        handlers=[display.LogHandler(err)],
        format="%(levelname)s %(message)s",
    )
    if err.is_terminal and not verbose:  # somebody is there to be told
        logging.getLogger("extractor").setLevel(logging.INFO)
    for noisy in ("httpx2", "httpcore2", "openai", "asyncio", "opencc"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


main.add_command(eval_command)
main.add_command(check_command)

_paths = click.argument(
    "paths", nargs=-1, required=True, type=click.Path(path_type=Path, readable=False)
)
_encoding = click.option("--encoding", help="Codec of the files, when detection errs.")
_title = click.option("--title", help="Title, instead of the one found by rule.")
_issuer = click.option(
    "--issuer", help="Issuing body, instead of the one found by rule."
)
_plan_year = click.option(
    "--plan-year",
    type=click.IntRange(FIRST_PLAN_YEAR, LAST_PLAN_YEAR),
    help="Year of the plan; every date without a year depends on it.",
)


@main.command("run")
@_paths
@click.option(
    "--model",
    default=session.LOCAL,
    show_default=True,
    help="`local` (embedded), `rules` (no model), or a model of the endpoint.",
)
@click.option("--base-url", help="OpenAI-compatible endpoint  [env: OPENAI_BASE_URL]")
@click.option(
    "--model-path",
    type=click.Path(path_type=Path, dir_okay=False, readable=False),
    help="GGUF file to serve instead of the embedded weights.",
)
@click.option(
    "--db",
    type=click.Path(path_type=Path, dir_okay=False, readable=False),
    default=Path("commitments.db"),
    show_default=True,
    help="SQLite database to write to; made when missing.",
)
@click.option(
    "--strategy",
    type=click.Choice(["closed", "open"]),
    help="closed: small questions about marked numbers (default of `local`); "
    "open: the model writes the records (default of hosted models).",
)
@click.option(
    "--soft",
    type=click.Choice(["model", "rules", "off"]),
    help="Who finds promises without number or date: default `rules` for `local` and "
    "`rules`, `model` for hosted models.",
)
@click.option(
    "--concurrency",
    type=click.IntRange(1, 256),
    default=session.CONCURRENCY,
    show_default=True,
    help="Requests in flight at a hosted endpoint.",
)
@click.option("--limit", type=click.IntRange(1), help="Items of each document at most.")
@click.option(
    "--resume/--no-resume",
    default=True,
    show_default=True,
    help="Take up an earlier run of the same command and reuse answers already paid.",
)
@click.option(
    "--dry-run", is_flag=True, help="Say what would be sent and what it costs."
)
@click.option(
    "--show",
    type=click.IntRange(0),
    default=10,
    show_default=True,
    help="Hard records to show at the end.",
)
@click.option(
    "--answer-mode",
    type=click.Choice(["auto", "json_schema", "tools", "json"]),
    default="auto",
    show_default=True,
    help="How the open strategy asks an endpoint for JSON.",
)
@click.option(
    "--timeout",
    type=click.FloatRange(min=1),
    default=120.0,
    show_default=True,
    help="Seconds a hosted endpoint has for one answer.",
)
@click.option(
    "--patience",
    type=click.FloatRange(min=0),
    default=PATIENCE_S,
    show_default=True,
    help="Seconds in a row that a hosted endpoint may say to wait (429).",
)
@click.option(
    "--prompts",
    type=click.Path(path_type=Path, file_okay=False, readable=False),
    help="Folder of prompts, instead of the shipped one.",
)
@_encoding
@_title
@_issuer
@_plan_year
@fails_in_one_line
def run_command(paths: tuple[Path, ...], **flags: Any) -> None:
    """Extract commitments from files into a database.

    Files are .txt, .html, .docx, .pdf with text, .md, .xlsx and .csv; folders and .zip
    archives give theirs.

    Exit status: 0 clean, 1 error, 2 usage, 3 finished with failures.
    A stopped run goes on where it was when the same command is given again.
    """
    config = _run_config(flags)
    options = session.ModelOptions(
        model_path=flags["model_path"],
        prompts=flags["prompts"],
        timeout_s=flags["timeout"],
        patience_s=flags["patience"],
        on_progress=display.bytes_progress(err, "preparing the model's weights"),
    )
    with display.files_progress(err) as on_file:
        plan = load_works(paths, config, on_file)
    for work in plan.works:
        display.copies(err, work.document)
    for refused in plan.refused:
        complain(str(refused))
    if not plan.works:
        sys.exit(EXIT_ERROR)
    has_failures = bool(plan.refused)
    if flags["dry_run"]:
        strategy = session.make_strategy(config, options.prompts)
        display.dry_run(out, estimate(plan.works, strategy, config), config)
    else:
        with sigterm_is_ctrl_c():
            started = time.monotonic()
            made = _extract(plan, config, options, flags["db"], resume=flags["resume"])
        display.summary(out, made, elapsed_s=time.monotonic() - started)
        rows = hard_records(flags["db"], made.run_id, flags["show"])
        display.records(out, rows)
        display.rest(out, [(work.document, work.rest) for work in plan.works])
        display.next_steps(out, made, flags["db"])
        has_failures = has_failures or made.failed > 0
    if has_failures:
        sys.exit(EXIT_FAILURES)


def _run_config(flags: dict[str, Any]) -> RunConfig:
    model = flags["model"]
    _check_flags(flags, model, is_hosted=model not in {session.LOCAL, session.RULES})
    config = session.run_config(
        model,
        flags["strategy"],
        flags["soft"],
        flags["base_url"],
        flags["concurrency"],
    )
    return replace(
        config,
        limit=flags["limit"],
        encoding=flags["encoding"],
        title=flags["title"],
        issuer=flags["issuer"],
        plan_year=flags["plan_year"],
        answer_mode=flags["answer_mode"],
    )


def _check_flags(flags: dict[str, Any], model: str, *, is_hosted: bool) -> None:
    """Refuse flags that say nothing together."""
    if not is_hosted and flags["base_url"]:
        raise click.UsageError(
            f"--base-url goes with a model of that endpoint, not with --model {model}"
        )
    if flags["model_path"] and model != session.LOCAL:
        raise click.UsageError(
            f"--model-path goes with --model {session.LOCAL}, not with --model {model}"
        )
    if model == session.RULES and flags["strategy"]:
        raise click.UsageError("--strategy needs a model; --model rules has none")
    if model == session.RULES and flags["soft"] == "model":
        raise click.UsageError("--soft model needs a model; --model rules has none")


def _extract(
    plan: Plan,
    config: RunConfig,
    options: session.ModelOptions,
    db: Path,
    *,
    resume: bool,
) -> RunSummary:
    """Run the plan; a run that is stopped says how to go on."""
    total = sum(len(work.items) for work in plan.works)
    progress = display.items_progress(err, total)
    try:
        return session.execute(plan, config, options, db, progress, resume=resume)
    except KeyboardInterrupt:
        click.echo("Stopped. The same command goes on from here.", err=True)
        sys.exit(EXIT_INTERRUPTED)


@main.command("items")
@_paths
@click.option("--json", "as_json", is_flag=True, help="JSON Lines instead of colour.")
@click.option("--cuts", is_flag=True, help="List what was cut, with the reason.")
@click.option(
    "--rest", is_flag=True, help="List the lines that are in no item, with the reason."
)
@_encoding
@_title
@_issuer
@_plan_year
@fails_in_one_line
def items_command(paths: tuple[Path, ...], **flags: Any) -> None:
    """Show how files split into items; no model is used.

    Files are .txt, .html, .docx, .pdf with text, .md, .xlsx and .csv; folders and .zip
    archives give theirs.
    """
    as_json, with_cuts = flags.pop("as_json"), flags.pop("cuts")
    with_rest = flags.pop("rest")
    files, refused = expand_paths(paths)
    for exc in refused:
        complain(str(exc))
    is_any_good = False
    announce = display.plain_files(err)
    for number, path in enumerate(files, start=1):
        announce(path, number, len(files))
        try:
            document = load_document(path, **flags)
        except DocumentError as exc:
            refused.append(exc)
            complain(str(exc))
            continue
        items, rest = split(document)
        display.copies(err, document)
        if as_json:
            for item in items:
                row = display.item_row(document, item)
                click.echo(json.dumps(row, ensure_ascii=False))
            for line in rest if with_rest else ():
                row = display.rest_row(document, line)
                click.echo(json.dumps(row, ensure_ascii=False))
        else:
            left = rest if with_rest else ()
            display.items(out, document, items, left, with_cuts=with_cuts)
            if not with_rest:
                display.rest(out, [(document, rest)])
        if items:
            is_any_good = True
        else:
            refused.append(no_items(path))
            complain(str(refused[-1]))
    if refused:
        sys.exit(EXIT_FAILURES if is_any_good else EXIT_ERROR)


@main.command("export")
@click.argument("db", type=click.Path(path_type=Path, readable=False))
@click.option(
    "--format",
    "export_format",
    type=click.Choice(["jsonl", "csv"]),
    default="jsonl",
    show_default=True,
    help="jsonl for programs, csv for spreadsheets.",
)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False, readable=False, allow_dash=True),
    help="File to write, instead of stdout (-).",
)
@fails_in_one_line
def export_command(db: Path, export_format: Any, output: Path | None) -> None:
    """Write the records of the latest run of the latest version of each file."""
    if output is None or str(output) == "-":
        speak_utf8(sys.stdout, newline="")
        export_rows(db, export_format, sys.stdout)
        return
    if output.exists() and not output.is_file():
        # A pipe or a device is written to; a file is replaced when it is whole.
        with output.open("w", encoding="utf-8", newline="") as stream:
            count = export_rows(db, export_format, stream)
    else:
        count = export_rows(db, export_format, output)
    click.echo(f"{count} records written to {output}", err=True)


@main.command("serve")
@click.argument("db", type=click.Path(path_type=Path, readable=False))
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to bind.")
@click.option("--port", default=8001, show_default=True, help="0 takes a free one.")
@click.option("--open", "open_browser", is_flag=True, help="Open a browser.")
@fails_in_one_line
def serve_command(db: Path, host: str, port: int, **flags: bool) -> None:
    """Browse a database in Datasette, read-only, on this machine."""
    serve(
        db,
        host,
        port,
        open_browser=flags["open_browser"],
        on_ready=lambda url: click.echo(f"Serving {db} at {url} (Ctrl-C stops it)"),
    )


@main.group("model")
def model_group() -> None:
    """The embedded model."""


@model_group.command("info")
@fails_in_one_line
def model_info_command() -> None:
    """Say which weights are used, where they are and whether they are ready."""
    display.weights(out, weights_info())


@model_group.command("fetch")
@fails_in_one_line
def model_fetch_command() -> None:
    """Put the weights in place and check their digest."""
    progress = display.bytes_progress(err, "preparing the model's weights")
    click.echo(locate_weights(on_progress=progress))
