"""The commands `extract batch …`: send, ask, collect."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
from rich.table import Table
from rich.text import Text

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
from extractor.cli.options import (
    allowance,
    answer_mode_option,
    as_told,
    base_url_option,
    encoding_option,
    issuer_option,
    limit_option,
    max_cost_option,
    max_mb_option,
    paths_argument,
    plan_year_option,
    prices_option,
    prompts_option,
    soft_option,
    strategy_option,
    timeout_option,
    title_option,
)
from extractor.cli.progress import items_progress
from extractor.core.text import one_line
from extractor.model.base_url import shown_url
from extractor.model.batches.endpoint import BatchEndpoint
from extractor.model.batches.lines import MAX_FILE_MB, MAX_REQUESTS
from extractor.model.limits.rates import RateLimits
from extractor.runs import session
from extractor.runs.batch.again import ReadRun, Shown
from extractor.runs.batch.collecting import (
    Fetched,
    at_endpoint,
    collect,
    endpoint_at,
    give_up,
    look,
)
from extractor.runs.batch.command import Command
from extractor.runs.batch.filing import Limits
from extractor.runs.batch.reading import UNDER_WAY
from extractor.runs.batch.submitting import Submitted, at_work, submit
from extractor.runs.batch.weighing import Weighed, weigh_batches
from extractor.runs.config import RunConfig
from extractor.runs.works import load_works
from extractor.store.batches.book import BatchStore
from extractor.store.batches.stored import Batch, stored_batches

_MB = 1_000_000
_SHOWN_REASONS = 5
_db_option = click.option(
    "--db",
    type=click.Path(path_type=Path, dir_okay=False, readable=False),
    default=Path("commitments.db"),
    show_default=True,
    help="SQLite database that keeps batches and answers.",
)


@click.group("batch")
def batch_group() -> None:
    """Have requests answered in batches, within a day and for less.

    `submit` sends what a run would ask, `status` says how far it is, `collect` stores
    the answers and reads the items. The files and batches are those of the OpenAI API.
    """


@batch_group.command("submit")
@paths_argument
@click.option("--model", required=True, help="A model of the endpoint.")
@base_url_option
@_db_option
@strategy_option
@soft_option
@max_cost_option
@prices_option
@limit_option
@click.option(
    "--max-requests",
    type=click.IntRange(1),
    default=MAX_REQUESTS,
    show_default=True,
    help="Requests in one file at most.",
)
@click.option(
    "--max-file-mb",
    type=click.FloatRange(min=0, min_open=True),
    default=MAX_FILE_MB,
    show_default=True,
    help="Megabytes of one file of requests at most.",
)
@click.option(
    "--dry-run", is_flag=True, help="Say what would be sent and what it costs."
)
@answer_mode_option
@timeout_option
@prompts_option
@encoding_option
@title_option
@issuer_option
@plan_year_option
@max_mb_option
@fails_in_one_line
def submit_command(paths: tuple[Path, ...], **flags: Any) -> None:
    """Send every request that is neither answered nor under way.

    Options are those of `extract run`, and so are the requests: what a batch answers no
    run asks again, and the other way round. The same command given again finds what
    became of one that was stopped, and sends nothing twice.

    Exit status: 0 clean, 1 error, 2 usage, 3 sent, but a file was refused or the money
    is not enough for all.
    """
    config, options = _asked_for(flags)
    with display.files_progress(err) as on_file:
        plan = load_works(paths, config, on_file)
    for refused in plan.refused:
        complain(str(refused))
    if not plan.works:
        sys.exit(EXIT_ERROR)
    limits = Limits(flags["max_requests"], int(flags["max_file_mb"] * _MB))
    is_left = bool(plan.refused)
    if flags["dry_run"]:
        strategy = session.make_strategy(config, options.prompts)
        _print_weighed(
            weigh_batches(plan.works, strategy, config, flags["db"], limits),
            config,
            options,
        )
    else:
        prepared = session.prepare(plan, config, options)
        command = Command.of(paths, config, options, flags["prices"])
        with sigterm_is_ctrl_c():
            made = submit(prepared, flags["db"], command, limits)
        _print_submitted(made, command, flags["db"], config.base_url)
        is_left = is_left or made.unpaid > 0
    if is_left:
        sys.exit(EXIT_FAILURES)


@batch_group.command("status")
@_db_option
@base_url_option
@timeout_option
@click.option("--offline", is_flag=True, help="Show what is stored, ask nobody.")
@fails_in_one_line
def status_command(
    db: Path, base_url: str | None, timeout: float, *, offline: bool
) -> None:
    """Say how far each batch is.

    Batches of another endpoint than that of --base-url are shown as they were last
    seen: the key goes nowhere else.
    """
    batches = stored_batches(db)
    if not offline:
        url = session.hosted_base_url(base_url)
        here = [batch for batch in at_endpoint(batches, url) if batch.is_out]
        if here:
            endpoint = endpoint_at(url, here[0].model, timeout)
            with BatchStore(db) as store, closing(BatchEndpoint(endpoint)) as remote:
                for batch in here:
                    look(store, remote, batch)
            batches = stored_batches(db)
    _print_batches(batches)


@batch_group.command("collect")
@_db_option
@base_url_option
@timeout_option
@click.option(
    "--give-up",
    metavar="BATCH",
    help="Close a batch whose answers will not come, by the id that `status` shows; "
    "its requests can be asked again.",
)
@fails_in_one_line
def collect_command(db: Path, **flags: Any) -> None:
    """Store the answers of batches that have ended, and read the items they are of.

    Files and flags are those that were sent: none needs to be given again, and where a
    file has changed it is said and nothing of its run is read.

    Exit status: 0 all is read, 1 error, 2 usage, 3 something is still under way,
    failed, or has changed.
    """
    stored_batches(db)  # says where there is none
    with at_work(db), sigterm_is_ctrl_c(), BatchStore(db) as store:
        if flags["give_up"] is not None:
            batch = give_up(store, flags["give_up"])
            out.print(f"{batch.requests:,} requests can be asked again")
            return
        url = session.hosted_base_url(flags["base_url"])
        shown = Shown(
            lambda: display.files_progress(err), lambda n: items_progress(err, n)
        )
        fetched, runs = collect(store, url, flags["timeout"], shown)
    _print_fetched(fetched, db)
    if not runs and fetched == Fetched():
        out.print("Nothing is to be collected")
    for one in runs:
        _print_read(one, db)
    if not (fetched.is_whole and all(one.is_well for one in runs)):
        sys.exit(EXIT_FAILURES)


def _asked_for(flags: dict[str, Any]) -> tuple[RunConfig, session.ModelOptions]:
    """Return what is asked for, at the prices of batches."""
    model = flags["model"]
    if model in {session.LOCAL, session.RULES}:
        raise click.UsageError(f"--model {model} needs no batch: extract run does it")
    given = (flags["strategy"], flags["soft"], flags["base_url"])
    config = as_told(session.run_config(model, *given), flags)
    calls = allowance(flags, RateLimits())
    options = session.ModelOptions(
        prompts=flags["prompts"],
        timeout_s=flags["timeout"],
        allowance=replace(calls, prices=calls.prices.of_batches()),
    )
    return config, options


def _print_weighed(
    weighed: Weighed, config: RunConfig, options: session.ModelOptions
) -> None:
    run_report.dry_run(out, weighed.estimates, config, options.allowance.prices)
    out.print(f"Files: {weighed.files}, {weighed.bytes / _MB:,.1f} MB")
    if weighed.out:
        out.print(f"{weighed.out:,} more requests are under way")


def _print_submitted(
    made: Submitted, command: Command, db: Path, base_url: str | None
) -> None:
    if made.batches:
        out.print(f"{made.requests:,} requests sent in {_batches(made.batches)}")
    if made.out:
        out.print(f"{made.out:,} requests are under way already")
    if made.unpaid:
        out.print(
            f"{made.unpaid:,} requests might cost more than --max-cost and were not "
            "sent: collect, and give the same command again",
            soft_wrap=True,
        )
    if made.batches or made.out:
        url = shown_url(base_url or "")
        at = "" if url == session.DEFAULT_BASE_URL else f" --base-url {url}"
        next_one = f"batch collect --db {shlex.quote(str(db))}{at}"
        out.print("Next:     ", end="")
        _print_command(next_one)
    elif not made.unpaid:
        out.print("Every request is answered; the records cost no call:")
        _print_command(command.words("run", db, base_url))


def _print_batches(batches: Sequence[Batch]) -> None:
    table = Table(title="Batches", title_justify="left")
    for name in ("batch", "model", "state"):
        table.add_column(name, overflow="fold")
    for name in ("requests", "done", "failed", "left"):
        table.add_column(name, justify="right")
    table.add_column("since", no_wrap=True)
    for batch in batches:
        left = batch.requests - batch.completed - batch.failed
        counts = (batch.requests, batch.completed, batch.failed, max(0, left))
        row = (batch.id, batch.model, batch.state, *map(str, counts))
        table.add_row(*map(_shown, row), _since(batch.created_at))
    out.print(table)
    for batch in batches:
        known = {
            "batch": batch.remote_id,
            "requests": batch.input_file_id,
            "answers": batch.output_file_id,
            "errors": batch.error_file_id,
        }
        ids = [f"{what} {name}" for what, name in known.items() if name]
        words = ", ".join(ids) or "not there"
        out.print(_shown(f"{batch.id} at the endpoint: {words}"), soft_wrap=True)
        if batch.error:
            out.print(_shown(f"{batch.id}: {batch.error}"), soft_wrap=True)


def _print_fetched(fetched: Fetched, db: Path) -> None:
    if fetched.lines:
        out.print(f"{fetched.lines:,} requests came back")
    if fetched.under_way:
        out.print(f"{_batches(len(fetched.under_way))} under way: collect again later")
    if fetched.malformed:
        complain(f"{fetched.malformed:,} lines of the endpoint say nothing; left out")
    for batch in fetched.failed:
        complain(f"batch {batch.id} failed: {batch.error or 'no reason given'}")
    for batch in fetched.lost:
        way_out = f"`--give-up {batch.id}` lets its requests be asked again"
        complain(f"batch {batch.id}: {batch.error}; {way_out}")
    for batch in fetched.unsent:
        complain(f"batch {batch.id} was begun and not sent to the end; go on with:")
        command = Command.model_validate_json(batch.command)
        _print_command(command.words("batch submit", db, batch.base_url))
    for url in sorted({str(batch.base_url) for batch in fetched.elsewhere}):
        complain(f"other batches are at {url}: give --base-url to collect them")


def _print_read(one: ReadRun, db: Path) -> None:
    for sentence in one.changed:
        complain(sentence)
    if one.summary is None or one.model is None:
        out.print("Nothing was read. The answers are kept, these commands use them:")
        _print_command(one.command.words("batch submit", db, one.base_url))
        _print_command(one.command.words("run", db, one.base_url))
        return
    made = one.summary
    out.print(
        f"{made.items:,} items read, {made.records:,} records; {made.failed:,} items "
        f"failed, {len(one.model.items):,} wait for answers",
        soft_wrap=True,
    )
    waiting = one.model.waiting
    for reason, count in waiting.most_common(_SHOWN_REASONS):
        out.print(_shown(f"{count:,} answers {reason}"), soft_wrap=True)
    if waiting.keys() - {UNDER_WAY} or made.failed:
        out.print("What is left is asked for by:")
        _print_command(one.command.words("batch submit", db, one.base_url))
    if one.is_whole:
        run_report.next_steps(out, made, db)


def _print_command(words: str) -> None:
    out.print(_shown(f"{called()} {words}"), soft_wrap=True)


def _shown(text: str) -> Text:
    return Text(one_line(text))


def _batches(count: int) -> str:
    return "1 batch" if count == 1 else f"{count:,} batches"


def _since(moment: str) -> str:
    """Return when something began, on this machine's clock, and how long ago."""
    began = datetime.fromisoformat(moment)
    minutes = int((datetime.now(UTC) - began).total_seconds() // 60)
    age = f"{minutes} min"
    if minutes >= 60:
        age = f"{minutes // 60} h" if minutes < 48 * 60 else f"{minutes // 1440} d"
    return f"{began.astimezone():%Y-%m-%d %H:%M} ({age})"
