"""`extract eval`: parses, scores, writes reports, exits; nothing else."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from extractor.cli.edge import (
    EXIT_FAILURES,
    complain,
    fails_in_one_line,
    sigterm_is_ctrl_c,
    speak_utf8,
)
from extractor.cli.options import check_adapter
from extractor.cli.progress import items_progress
from extractor.core.errors import ConfigError
from extractor.evals.arms import Sources, gather_arms, run_missing
from extractor.evals.baselines import (
    Baseline,
    baseline_json,
    baseline_of,
    load_baseline,
    with_gates,
)
from extractor.evals.dataset import Dataset, load_dataset
from extractor.evals.evaluate import run_eval, to_json
from extractor.evals.gold.checking import check_gold
from extractor.evals.gold.sources import DocumentFinder
from extractor.evals.kept_scores import eval_record
from extractor.evals.reports.markdown import markdown_report
from extractor.evals.results import EvalResult
from extractor.evals.tasks import RULES, Task, load_task
from extractor.runs import session
from extractor.store.eval_records import EvalRecord
from extractor.store.store import Store

err = Console(stderr=True, highlight=False, markup=False)
_file = click.Path(path_type=Path, dir_okay=False, readable=False)
_output = click.Path(path_type=Path, dir_okay=False, readable=False, allow_dash=True)
_folder = click.Path(path_type=Path, file_okay=False, readable=False)


def _named_files(
    _ctx: click.Context, _param: click.Parameter, values: Sequence[str]
) -> tuple[tuple[str, Path], ...]:
    """Split each NAME=FILE at the first equals sign."""
    named = []
    for value in values:
        name, equals, path = value.partition("=")
        if not (name and equals and path):
            raise click.BadParameter(f"{value!r} is not NAME=FILE")
        named.append((name, Path(path)))
    return tuple(named)


@click.command("eval")
@click.argument("task", type=_file, metavar="TASK.toml")
@click.option(
    "--db",
    type=_file,
    help="Database whose latest model runs are arms: sentences, marked, open. The "
    "scores are kept in it.",
)
@click.option("--run", "run_id", metavar="ID", help="This run of --db alone.")
@click.option(
    "--model", help="First run this model on the task's documents, into --db."
)
@click.option(
    "--strategy",
    type=click.Choice(["sentences", "marked", "open"]),
    help="Strategy of --model: sentences for `local`, marked for others by default.",
)
@click.option("--base-url", help="Endpoint of --model  [env: OPENAI_BASE_URL]")
@click.option("--model-path", type=_file, help="GGUF file for --model local.")
@click.option("--adapter", type=_file, help="Adapter in GGUF for --model local.")
@click.option(
    "--predictions",
    callback=_named_files,
    metavar="NAME=FILE",
    multiple=True,
    help="JSON Lines export of any tool as an arm; repeatable.",
)
@click.option(
    "--cassette",
    type=_folder,
    help="Recorded replies, one YAML a document: replays the arm `sentences`.",
)
@click.option(
    "--prompts", type=_folder, help="Folder of prompts, instead of the shipped one."
)
@click.option(
    "--corpus",
    type=_folder,
    multiple=True,
    help="Directory of source files, found by digest; repeatable.",
)
@click.option(
    "--compare",
    nargs=2,
    multiple=True,
    metavar="A B",
    help="Is arm B better than arm A? Repeatable.",
)
@click.option("--json", "json_path", type=_output, help="Write everything as JSON.")
@click.option("--html", type=_file, help="Write one self-contained page with plots.")
@click.option(
    "--markdown",
    type=_output,
    help="Write the Markdown report here, not to stdout (-).",
)
@click.option(
    "--baseline",
    type=_file,
    help="Scores of an earlier run; default baselines/<name>.json beside the task.",
)
@click.option(
    "--write-baseline", is_flag=True, help="Write this run's scores as the baseline."
)
@click.option(
    "--check-gold",
    is_flag=True,
    help="Check the task's gold and its readings, score nothing.",
)
@click.option(
    "--text/--no-text",
    "with_text",
    default=True,
    help="Sentences of the documents in the JSON, for reports that are not shared.",
)
@fails_in_one_line
def eval_command(task: Path, **flags: Any) -> None:
    """Score rules, stored runs, recorded replies and exports against gold.

    The Markdown report goes to stdout unless --markdown or --json - is given.

    Exit status: 0 clean, 1 error, 2 usage, 3 below the gate (or gold with problems).
    """
    loaded = load_task(task)
    if flags["check_gold"]:
        _check_gold(loaded, flags["corpus"])
        return
    _check_flags(flags)
    baseline_path, baseline = _baseline(task, loaded, flags)
    data = load_dataset(loaded, flags["corpus"])
    if flags["db"] and flags["db"].is_file():
        # It may be an earlier version's, or one that no score can be written to.
        Store(flags["db"]).close()
    if flags["model"] and flags["model"] != RULES:
        with sigterm_is_ctrl_c():
            _run_model(flags, data)
    sources = Sources(
        db=flags["db"],
        run_id=flags["run_id"],
        exports=flags["predictions"],
        cassettes=flags["cassette"],
    )
    arms = gather_arms(data, sources, _options(flags))
    day = datetime.now(UTC).date().isoformat()
    result = run_eval(data, arms, baseline=baseline, compare=flags["compare"], day=day)
    if flags["write_baseline"]:
        baseline = baseline_of(result)
        _write(baseline_path, baseline_json(baseline))
        result = with_gates(result, loaded.gates, baseline)
    if flags["db"]:
        _record(flags["db"], eval_record(data, arms, result))
    _write_reports(result, baseline, flags)
    _gate(result)


def _check_flags(flags: dict[str, Any]) -> None:
    """Refuse flags that say nothing together."""
    model, has_model = flags["model"], flags["model"] not in (None, RULES)
    if has_model and not flags["db"]:
        raise click.UsageError(
            "--model needs --db FILE, where its records and its ledger are kept"
        )
    if flags["run_id"] and (has_model or not flags["db"]):
        raise click.UsageError("--run names a stored run of --db, without --model")
    for flag in ("strategy", "base_url", "model_path"):
        if flags[flag] and not has_model:
            raise click.UsageError(f"--{flag.replace('_', '-')} goes with --model")
    if flags["model_path"] and model != session.LOCAL:
        raise click.UsageError("--model-path goes with --model local")
    if flags["base_url"] and model == session.LOCAL:
        raise click.UsageError("--base-url goes with a model of that endpoint")
    check_adapter(flags)
    dashes = [f for f in ("json_path", "markdown") if str(flags[f]) == "-"]
    if len(dashes) > 1:
        raise click.UsageError("only one report can go to stdout")


def _options(flags: dict[str, Any]) -> session.ModelOptions:
    return session.ModelOptions(
        model_path=flags["model_path"], prompts=flags["prompts"]
    )


def _run_model(flags: dict[str, Any], data: Dataset) -> None:
    """Run the model over the documents, into the database."""
    config = session.run_config(
        flags["model"],
        flags["strategy"],
        base_url=flags["base_url"],
        files=session.OwnFiles(flags["model_path"], flags["adapter"]),
    )
    progress = partial(items_progress, err)
    run_missing(data, config, _options(flags), flags["db"], progress)


def _baseline(
    path: Path, task: Task, flags: dict[str, Any]
) -> tuple[Path, Baseline | None]:
    """Return where the baseline lies, and the baseline if there is one.

    One that is to be written anew is not read: it may be of other documents.
    """
    default = path.parent / "baselines" / f"{task.name}.json"
    given: Path | None = flags["baseline"]
    chosen = given or default
    if flags["write_baseline"] or (given is None and not default.is_file()):
        return chosen, None
    return chosen, load_baseline(chosen)


def _check_gold(task: Task, corpus: Sequence[Path]) -> None:
    find_document = DocumentFinder([*corpus, *task.corpus])
    problems = [
        problem
        for directory in task.gold
        for problem in check_gold(directory, find_document, task.documents)
    ]
    for problem in problems:
        click.echo(str(problem))
    if problems:
        complain(f"{len(problems)} problems in the gold of {task.name!r}")
        sys.exit(EXIT_FAILURES)
    click.echo(f"The gold of {task.name!r} has no problem.", err=True)


def _record(db: Path, record: EvalRecord) -> None:
    """Keep the scores in the database, whatever becomes of the reports."""
    with Store(db) as store:
        store.add_eval(record)
    click.echo(f"Written: {db} (eval {record.id})", err=True)


def _write_reports(
    result: EvalResult, baseline: Baseline | None, flags: dict[str, Any]
) -> None:
    json_path, markdown = flags["json_path"], flags["markdown"]
    if flags["html"]:
        try:
            from extractor.evals.reports.html import html_report
        except ImportError as error:
            raise ConfigError(
                f"--html needs {error.name}; pip install 'workplan-extract[eval]'"
            ) from error
        _write(flags["html"], html_report(result, baseline))
    if json_path:
        _write(json_path, to_json(result, with_errors=flags["with_text"]))
    if markdown or str(json_path) != "-":
        _write(markdown or Path("-"), markdown_report(result, baseline))


def _write(path: Path, text: str) -> None:
    """Write a report to a file or, for -, to stdout."""
    if str(path) == "-":
        speak_utf8(sys.stdout, newline="")
        click.echo(text, nl=False)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="", errors="backslashreplace")
    click.echo(f"Written: {path}", err=True)


def _gate(result: EvalResult) -> None:
    """Exit with 3 and the reason when a gate is failed."""
    if not result.passed:
        complain(f"below the gate of {result.task!r}: {'; '.join(result.reasons)}")
        sys.exit(EXIT_FAILURES)
