"""Whose predictions an evaluation scores: options in, arms out.

The rules always; then the task's stored runs and exports, recorded replies, the latest
runs of a database, and exports of any tool.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from extractor.core.errors import ConfigError
from extractor.core.runs import OnItem
from extractor.evals.agreement import SECOND_READING
from extractor.evals.dataset import Dataset, LoadedDocument
from extractor.evals.other_tools import predictions_of_export
from extractor.evals.predictions import (
    Arm,
    Predictions,
    predict_live,
    predictions_of_runs,
)
from extractor.evals.replay import replay_arm
from extractor.evals.tasks import RULES, ArmSpec, Task
from extractor.extraction.strategy import drafts_by_rules
from extractor.runs import session
from extractor.runs.config import RunConfig, StrategyName
from extractor.runs.spool import Spool
from extractor.runs.works import Plan, no_items
from extractor.store.database import read_database, translated

_RECORDED: StrategyName = "sentences"
"""The strategy that `--cassette` replays, and its arm: the product's own."""

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


def rules_arm(name: str = RULES) -> Arm:
    """Return the deterministic baseline, without a model."""
    predict = partial(predict_live, drafts=lambda _, view: drafts_by_rules(view))
    return Arm(name, predict, "rules alone, no model")


def export_arm(name: str, path: Path, description: str = "") -> Arm:
    """Return a JSON Lines export of this product or any other tool."""
    return Arm(name, partial(predictions_of_export, path), description)


def stored_arm(
    name: str, database: Path, run_id: str | None = None, description: str = ""
) -> Arm:
    """Return a stored run: by id, or each document's latest."""

    def predict(documents: Mapping[str, LoadedDocument]) -> Predictions:
        run_ids = dict.fromkeys(documents, run_id) if run_id else None
        return predictions_of_runs(database, documents, run_ids)

    return Arm(name, predict, description)


def gather_arms(
    data: Dataset, sources: Sources, options: session.ModelOptions
) -> list[Arm]:
    """Return every arm that can be scored, the rules first.

    Raises:
        ConfigError: something named is not there, or two arms have one name.
    """
    arms = [
        rules_arm(),
        *_named_arms(data.task),
        *_replayed(data, sources.cassettes, options),
    ]
    if sources.db:
        arms += database_arms(sources, data.documents)
    arms += [export_arm(name, path, f"export {path.name}") for name, path in
             sources.exports]  # fmt: skip
    # The second reader is scored like an arm and stored beside them.
    names = [SECOND_READING, *(arm.name for arm in arms)]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice:
        raise ConfigError(f"two arms are named {twice!r}; leave one out or rename it")
    return arms


def _named_arms(task: Task) -> Iterator[Arm]:
    """Yield the arms of the task file that need no model, but for the rules."""
    for name, spec in task.arms.items():
        if name == RULES:
            continue
        if spec.export:
            yield export_arm(name, spec.export, spec.description)
        elif spec.database:
            yield stored_arm(name, spec.database, spec.run, spec.description)
        elif spec.strategy == RULES:
            yield rules_arm(name)


def _replayed(
    data: Dataset, folder: Path | None, options: session.ModelOptions
) -> Iterator[Arm]:
    specs = {name: spec for name, spec in data.task.arms.items() if spec.cassettes}
    if folder:
        recorded = data.task.arms.get(_RECORDED) or ArmSpec(strategy=_RECORDED)
        specs[_RECORDED] = recorded.model_copy(update={"cassettes": folder})
    for name, spec in specs.items():
        config = session.run_config(
            spec.model or session.LOCAL, spec.strategy or _RECORDED, spec.soft
        )
        if spec.cassettes:
            yield replay_arm(name, spec.cassettes, data.documents, config, options)


# --- stored runs ------------------------------------------------------------------


def database_arms(
    sources: Sources, documents: Mapping[str, LoadedDocument]
) -> list[Arm]:
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
    path: Path, run_id: str | None, documents: Mapping[str, LoadedDocument]
) -> dict[tuple[str, str], dict[str, sqlite3.Row]]:
    """Return the newest whole run by strategy and model, then by document's name."""
    runs: dict[tuple[str, str], dict[str, sqlite3.Row]] = {}
    with closing(read_database(path)) as conn, translated(path):
        conn.row_factory = sqlite3.Row
        for name, loaded in documents.items():
            keys = {"document_id": loaded.document.id, "run_id": run_id}
            for row in conn.execute(_FINISHED, keys):
                key = (row["strategy"], row["model"])
                runs.setdefault(key, {}).setdefault(name, row)
    return runs


def _run_arm(name: str, path: Path, chosen: Mapping[str, sqlite3.Row]) -> Arm:
    runs = {name: row["run_id"] for name, row in chosen.items()}
    first = next(iter(chosen.values()))
    prompts = sorted({_prompt(row) for row in chosen.values()})
    days = sorted(row["finished_at"][:10] for row in chosen.values())
    when = " to ".join(dict.fromkeys([days[0], days[-1]]))
    what = f"{first['strategy']} strategy, stored run of {first['model']}"
    description = f"{what}, {when}, prompt {', '.join(prompts)}"
    predict = partial(predictions_of_runs, path, run_ids=runs)
    return Arm(name, predict, description, tuple(dict.fromkeys(runs.values())))


def _prompt(row: sqlite3.Row) -> str:
    name, digest = row["prompt_name"], row["prompt_sha256"]
    return f"{name} ({digest[:8]})" if name and digest else "none"


# --- a live run --------------------------------------------------------------------

ItemsProgress = Callable[[int], AbstractContextManager[OnItem]]
"""How many items there are in, what is called after each of them out."""


def run_missing(
    data: Dataset,
    config: RunConfig,
    options: session.ModelOptions,
    db: Path,
    progress: ItemsProgress,
) -> None:
    """Run the model over the documents into the database.

    An earlier run of the same kind is taken up where it stopped; `progress` is told how
    many items there are, and gives what is called after each.

    Raises:
        DocumentError: nothing can be made of a document.
        ConfigError: the model cannot be used.
        LLMError: no call can succeed; what was done stays.
    """
    works = {work.document.id: work for work in data.documents.values()}
    for work in works.values():
        if not work.items:
            raise no_items(Path(work.document.path))
    plan = Plan(Spool.of(works.values()))
    prepared = session.prepare(plan, config, options)
    session.execute(prepared, db, progress(plan.items))
