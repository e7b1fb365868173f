"""The command `extract run`."""

from __future__ import annotations

import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from extractor.cli import display, run_report
from extractor.cli.cluster import cluster_options, is_on_cluster, run_with_ray
from extractor.cli.display import err, out
from extractor.cli.edge import (
    EXIT_ERROR,
    EXIT_FAILURES,
    complain,
    fails_in_one_line,
    sigterm_is_ctrl_c,
)
from extractor.cli.options import (
    adapter_option,
    allowance,
    answer_mode_option,
    as_told,
    base_url_option,
    check_adapter,
    encoding_option,
    issuer_option,
    limit_option,
    max_cost_option,
    max_mb_option,
    model_path_option,
    places_argument,
    plan_year_option,
    prices_option,
    prompts_option,
    soft_option,
    strategy_option,
    timeout_option,
    title_option,
)
from extractor.cli.progress import items_progress
from extractor.core.interrupts import EXIT_INTERRUPTED
from extractor.core.runs import RunSummary
from extractor.model.endpoints import PATIENCE_S
from extractor.model.limits.rates import RateLimits
from extractor.model.source import served_at
from extractor.runs import session
from extractor.runs.config import RunConfig
from extractor.runs.estimate import answers_before, estimate
from extractor.runs.works import Plan, load_works
from extractor.store.batches.stored import requests_out
from extractor.store.beginnings import stored_sheets
from extractor.store.samples import failure_reasons, hard_records

_REASONS = 5
"""Reasons of failures that are printed."""


@click.command("run")
@places_argument
@click.option(
    "--model",
    default=session.LOCAL,
    show_default=True,
    help="`local` (embedded), `rules` (no model), or a model of the endpoint.",
)
@base_url_option
@model_path_option
@adapter_option
@click.option(
    "--server",
    metavar="URL",
    help="Address that `extract model serve` printed: use the model that runs there "
    "instead of loading another.",
)
@click.option(
    "--db",
    type=click.Path(path_type=Path, dir_okay=False, readable=False),
    default=Path("commitments.db"),
    show_default=True,
    help="SQLite database to write to; made when missing.",
)
@strategy_option
@soft_option
@click.option(
    "--concurrency",
    type=click.IntRange(1, 256),
    default=session.CONCURRENCY,
    show_default=True,
    help="Requests in flight at a hosted endpoint.",
)
@click.option("--rpm", type=click.IntRange(1), help="Requests sent a minute at most.")
@click.option(
    "--tpm",
    type=click.IntRange(1),
    help="Tokens sent for a minute at most, the longest answers counted in.",
)
@max_cost_option
@prices_option
@limit_option
@click.option(
    "--resume/--no-resume",
    default=True,
    show_default=True,
    help="Take up an earlier run of the same command and reuse answers already paid.",
)
@click.option(
    "--retry-failed/--keep-failed",
    default=True,
    show_default=True,
    help="Do items again that failed in an earlier run of the same command.",
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
@answer_mode_option
@timeout_option
@click.option(
    "--patience",
    type=click.FloatRange(min=0),
    default=PATIENCE_S,
    show_default=True,
    help="Seconds in a row that a hosted endpoint may say to wait (429).",
)
@prompts_option
@encoding_option
@title_option
@issuer_option
@plan_year_option
@max_mb_option
@cluster_options
@fails_in_one_line
def run_command(paths: tuple[str, ...], **flags: Any) -> None:
    """Extract commitments from files into a database.

    Files are .txt, .html, .docx, .pdf with text, .md, .xlsx and .csv; folders and .zip
    archives give theirs.

    Exit status: 0 clean, 1 error, 2 usage, 3 finished with failures.
    A stopped run goes on where it was when the same command is given again.
    With --engine ray, paths may be addresses in object storage, too.
    """
    on_cluster = is_on_cluster(paths, flags)
    config = _run_config(flags)
    options = session.ModelOptions(
        model_path=flags["model_path"],
        prompts=flags["prompts"],
        timeout_s=flags["timeout"],
        patience_s=flags["patience"],
        allowance=allowance(flags, RateLimits(flags["rpm"], flags["tpm"])),
        on_progress=display.weights_progress(),
        on_notice=lambda notice: display.notice(err, notice),
        serve=served_at(flags["server"]) if flags["server"] else None,
    )
    if on_cluster:
        run_with_ray(paths, config, options, flags)
        return
    if config.base_url and not flags["dry_run"]:
        session.find_model(config, options)  # ten thousand files take minutes to read
    plan = _plan(list(map(Path, paths)), config, flags)
    for sheet in plan.works.sheets:
        display.copies(err, sheet.path, sheet.copied)
    for refused in plan.refused:
        complain(str(refused))
    if not plan.works:
        sys.exit(EXIT_ERROR)
    has_failures = bool(plan.refused)
    if flags["dry_run"]:
        _dry_run(plan, config, options, flags)
    else:
        _warn_of_batches(config, flags["db"])
        with sigterm_is_ctrl_c():
            started = time.monotonic()
            made = _extract(plan, config, options, flags["db"], resume=flags["resume"])
        run_report.summary(out, made, elapsed_s=time.monotonic() - started)
        _report(plan, made, flags)
        has_failures = has_failures or made.failed > 0 or made.is_doubtful
    if has_failures:
        sys.exit(EXIT_FAILURES)


def _report(plan: Plan, made: RunSummary, flags: dict[str, Any]) -> None:
    """Print what the run made, what it left out, why items failed, and what is next."""
    rows = hard_records(flags["db"], made.run_id, flags["show"])
    run_report.records(out, rows)
    display.rest(out, (sheet.rest for sheet in plan.works.sheets))
    why = failure_reasons(flags["db"], made.run_id, _REASONS) if made.failed else []
    run_report.failures(out, made, why)
    run_report.next_steps(out, made, flags["db"])


def _plan(paths: list[Path], config: RunConfig, flags: dict[str, Any]) -> Plan:
    """Read the files; those with nothing left to do need not be read again."""
    with display.files_progress(err) as on_file:
        if flags["dry_run"] or not flags["resume"]:
            return load_works(paths, config, on_file)
        with stored_sheets(flags["db"]) as find_sheet:
            return load_works(paths, config, on_file, find_sheet)


def _warn_of_batches(config: RunConfig, db: Path) -> None:
    """Say that answers are under way which the run will ask for, too."""
    if waiting := requests_out(db, config.model, config.base_url or ""):
        display.notice(
            err,
            f"{waiting:,} requests to this model are under way in batches; those that "
            "this run needs are asked again and paid twice: `extract batch collect` "
            "first",
        )


def _dry_run(
    plan: Plan, config: RunConfig, options: session.ModelOptions, flags: dict[str, Any]
) -> None:
    """Say what would be sent: what the database has answers to is left out."""
    strategy = session.make_strategy(config, options.prompts)
    if flags["resume"] and config.model != session.RULES:
        with answers_before(config, options, flags["db"]) as is_answered:
            counted = estimate(plan.works, strategy, config, is_answered)
    else:
        counted = estimate(plan.works, strategy, config)
    run_report.dry_run(out, counted, config, options.allowance.prices)


def _run_config(flags: dict[str, Any]) -> RunConfig:
    model = flags["model"]
    _check_flags(flags, model, is_hosted=model not in {session.LOCAL, session.RULES})
    config = session.run_config(
        model,
        flags["strategy"],
        flags["soft"],
        flags["base_url"],
        flags["concurrency"],
        session.OwnFiles(flags["model_path"], flags["adapter"]),
    )
    return replace(as_told(config, flags), keep_failed=not flags["retry_failed"])


_HOSTED_ONLY = ("base_url", "rpm", "tpm", "max_cost", "prices")


def _check_flags(flags: dict[str, Any], model: str, *, is_hosted: bool) -> None:
    """Refuse flags that say nothing together."""
    for name in _HOSTED_ONLY:
        if not is_hosted and flags[name] is not None:
            raise click.UsageError(
                f"--{name.replace('_', '-')} goes with a model of an endpoint, not "
                f"with --model {model}"
            )
    if flags["model_path"] and model != session.LOCAL:
        raise click.UsageError(
            f"--model-path goes with --model {session.LOCAL}, not with --model {model}"
        )
    if flags["server"] and (model != session.LOCAL or flags["engine"] != "local"):
        raise click.UsageError(
            f"--server goes with --model {session.LOCAL} on this machine"
        )
    check_adapter(flags)
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
    progress = items_progress(err, plan.items)
    try:
        prepared = session.prepare(plan, config, options)
        return session.execute(prepared, db, progress, resume=resume)
    except KeyboardInterrupt:
        click.echo("Stopped. The same command goes on from here.", err=True)
        sys.exit(EXIT_INTERRUPTED)
