"""Whose predictions an evaluation scores: options in, arms out.

The rules always; then the task's stored runs and exports, recorded replies, the latest
runs of a database, and exports of any tool.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, closing
from dataclasses import dataclass
from pathlib import Path

from extractor.core.errors import ConfigError
from extractor.core.records import Document, Item
from extractor.evals.agreement import SECOND_READING
from extractor.evals.evaluate import Arm, export_arm, rules_arm, task_arms
from extractor.evals.predictions import Predictions, Usage, predictions_of_run
from extractor.evals.replay import replay_arm
from extractor.evals.tasks import ArmSpec, Task
from extractor.runs import session
from extractor.runs.pipeline import RunConfig, load_works
from extractor.store.database import read_database, translated

RULES = "rules"
_RECORDED = "closed"
"""Name of the arm that `--cassette` makes: the product's own strategy."""

_FINISHED = """
select r.id as run_id, r.strategy, r.model, r.prompt_name, r.prompt_sha256,
  d.finished_at
from run_documents d join runs r on r.id = d.run_id
where d.document_id = :document_id and d.finished_at is not null
  and (:run_id is null or r.id = :run_id)
  and (:run_id is not null or r.strategy <> 'rules')
  and d.items = (select count(*) from items i
    where i.document_id = d.document_id and i.position is not null)
order by d.finished_at desc, d.started_at desc, r.id
"""


@dataclass(frozen=True, slots=True)
class Sources:
    """Where predictions come from, as the command line says it."""

    db: Path | None = None
    run_id: str | None = None
    exports: tuple[tuple[str, Path], ...] = ()
    cassettes: Path | None = None


def gather_arms(
    task: Task,
    sources: Sources,
    documents: Mapping[str, Document],
    options: session.ModelOptions,
) -> list[Arm]:
    """Return every arm that can be scored, the rules first.

    Raises:
        ConfigError: something named is not there, or two arms have one name.
    """
    plain = {
        name: spec
        for name, spec in task.arms.items()
        if name != RULES and (spec.strategy in (None, RULES))
    }
    arms = [
        rules_arm(),
        *task_arms(task.model_copy(update={"arms": plain})),
        *_replayed(task, sources.cassettes, documents, options),
    ]
    if sources.db:
        arms += database_arms(sources, documents)
    arms += [export_arm(name, path, f"export {path.name}") for name, path in
             sources.exports]  # fmt: skip
    # The second reader is scored like an arm and stored beside them.
    names = [SECOND_READING, *(arm.name for arm in arms)]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice:
        raise ConfigError(f"two arms are named {twice!r}; leave one out or rename it")
    return arms


def _replayed(
    task: Task,
    folder: Path | None,
    documents: Mapping[str, Document],
    options: session.ModelOptions,
) -> list[Arm]:
    specs = {name: spec for name, spec in task.arms.items() if spec.cassettes}
    if folder:
        recorded = task.arms.get(_RECORDED) or ArmSpec(strategy="closed", model="local")
        specs[_RECORDED] = recorded.model_copy(update={"cassettes": folder})
    arms = []
    for name, spec in specs.items():
        config = RunConfig(
            spec.model or session.LOCAL, spec.strategy or "closed", spec.soft
        )
        if spec.cassettes:
            arms.append(replay_arm(name, spec.cassettes, documents, config, options))
    return arms


# --- stored runs ------------------------------------------------------------------


def database_arms(sources: Sources, documents: Mapping[str, Document]) -> list[Arm]:
    """Return the latest whole run of each strategy and model, document by document.

    An arm is named after its strategy, with the model where two models share it.

    Raises:
        UserError: the database cannot be read.
        ConfigError: no run has done all items of all documents.
    """
    path = sources.db or Path()
    runs = _finished_runs(path, sources.run_id, documents)
    whole = {key: of for key, of in runs.items() if len(of) == len(documents)}
    if not whole:
        which = f"run {sources.run_id!r}" if sources.run_id else "no model's run"
        raise ConfigError(
            f"{which} in {str(path)!r} has done every item of the task's "
            f"{len(documents)} documents; run `extract run` on them, or give --model"
        )
    strategies = [strategy for strategy, _ in whole]
    arms = []
    for (strategy, model), chosen in whole.items():
        is_alone = strategies.count(strategy) == 1 and strategy != RULES
        name = strategy if is_alone else f"{strategy}:{model}"
        arms.append(_run_arm(name, path, chosen))
    return sorted(arms, key=lambda arm: arm.name)


def _finished_runs(
    path: Path, run_id: str | None, documents: Mapping[str, Document]
) -> dict[tuple[str, str], dict[str, sqlite3.Row]]:
    """Return the newest whole run by strategy and model, then by document's name."""
    runs: dict[tuple[str, str], dict[str, sqlite3.Row]] = {}
    with closing(read_database(path)) as conn, translated(path):
        conn.row_factory = sqlite3.Row
        for name, document in documents.items():
            keys = {"document_id": document.id, "run_id": run_id}
            for row in conn.execute(_FINISHED, keys):
                key = (row["strategy"], row["model"])
                runs.setdefault(key, {}).setdefault(name, row)
    return runs


def _run_arm(name: str, path: Path, chosen: Mapping[str, sqlite3.Row]) -> Arm:
    run_ids = tuple(dict.fromkeys(row["run_id"] for row in chosen.values()))

    def predict(documents: Mapping[str, Document]) -> Predictions:
        parts = []
        for run_id in run_ids:
            own = {
                key: document
                for key, document in documents.items()
                if chosen[key]["run_id"] == run_id
            }
            parts.append(predictions_of_run(path, own, run_id))
        return _joined(parts)

    first = next(iter(chosen.values()))
    prompts = sorted({_prompt(row) for row in chosen.values()})
    days = sorted(row["finished_at"][:10] for row in chosen.values())
    when = " to ".join(dict.fromkeys([days[0], days[-1]]))
    what = f"{first['strategy']} strategy, stored run of {first['model']}"
    description = f"{what}, {when}, prompt {', '.join(prompts)}"
    return Arm(name, predict, description, run_ids)


def _prompt(row: sqlite3.Row) -> str:
    name, digest = row["prompt_name"], row["prompt_sha256"]
    return f"{name} ({digest[:8]})" if name and digest else "none"


def _joined(parts: Sequence[Predictions]) -> Predictions:
    """Join the predictions of runs over different documents."""
    usages = [part.usage for part in parts if part.usage]
    return Predictions(
        claims={key: of for part in parts for key, of in part.claims.items()},
        items={key: of for part in parts for key, of in (part.items or {}).items()},
        usage=_added(usages) if usages else None,
    )


def _added(usages: Sequence[Usage]) -> Usage:
    priced = [usage.cost_usd for usage in usages if usage.cost_usd is not None]
    counts = {
        name: sum(getattr(usage, name) for usage in usages)
        for name in Usage.model_fields
        if name != "cost_usd"
    }
    return Usage(**counts, cost_usd=sum(priced) if priced else None)


# --- a live run --------------------------------------------------------------------

ItemsProgress = Callable[[int], AbstractContextManager[Callable[[Item], None]]]
"""How many items there are in, what is called after each of them out."""


def run_missing(
    paths: Sequence[Path],
    config: RunConfig,
    options: session.ModelOptions,
    db: Path,
    progress: ItemsProgress,
) -> str:
    """Run the model over the files into the database and return the run's id.

    An earlier run of the same kind is taken up where it stopped; `progress` is told how
    many items there are, and gives what is called after each.

    Raises:
        ConfigError: a file or the model cannot be used.
        LLMError: no call can succeed; what was done stays.
    """
    plan = load_works(paths, config)
    if plan.refused:
        raise plan.refused[0]
    total = sum(len(work.items) for work in plan.works)
    return session.execute(plan, config, options, db, progress(total)).run_id
