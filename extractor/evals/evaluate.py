"""Evaluate: a task and its arms in, an `EvalResult` out. No model judges anything.

```
load_task(path) ─▶ Task ─ run_eval(task, arms) ─▶ EvalResult ─▶ to_json, reports, gate
```

| noun | meaning |
|---|---|
| `Task` | a task file: gold, corpus, arms, gate (`tasks`) |
| `Sample`, `Target` | one labelled item, and what is right for it (`scoring`) |
| `Arm` | a named source of predictions: stored run, export, live function |
| `Score` | counts; those of samples add up to documents and the task (`counts`) |
| `Metric` | a figure made from a score, with its interval over documents |
| `Baseline`, gate | scores of an earlier run, and what must hold (`baselines`) |

How to render an `EvalResult`:

- `documents` is the data: n of items, hard and soft records by document.
- Each `ArmResult` has `metrics` (by name, see `METRICS`), `score` (the counts behind
  them: `score.fields[field]` is the row missed / spurious / wrong / correct /
  correct-null of the field table, `score.confusions` the comparator and unit errors,
  `score.digits` why numbers are unused), the same by document with the list of
  `unused` numbers, `samples` (one row an item), `errors` (each with its sentence and
  spans into the source) and `usage`.
- `agreement` is the second reading scored against the first like an arm, on the
  documents that have two: print its figures beside those of the arms.
  It is not scored against the gold that the arms are scored against where that was
  settled from both readings (`readings`).
  `agreement_alone` is the same without alternatives (see the module `agreement`).
- `comparisons` answer "is B better?", `gates` what failed, one line a reason.

A figure is None where nothing was counted (0 of 0); its interval is None with fewer
than two documents.
The text of `errors` is the source's: escape it, and keep it out of committed files for
plans that are not the project's own (`to_json(result, with_errors=False)`).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from extractor.core.errors import ConfigError
from extractor.core.records import Document
from extractor.evals.agreement import agreement
from extractor.evals.arm_scores import Labelled, documents_of, score_arm
from extractor.evals.baselines import (
    Baseline,
    baseline_of,
    check_gate,
    compare_to_baseline,
    load_baseline,
)
from extractor.evals.gold.annotators import Annotators, load_readings, load_settled
from extractor.evals.gold.records import DocumentFinder
from extractor.evals.other_tools import predictions_of_export
from extractor.evals.predictions import (
    Predict,
    Predictions,
    predict_live,
    predict_rules,
    predictions_of_run,
)
from extractor.evals.results import ArmResult, EvalResult, Metric
from extractor.evals.scoring.comparison import compare_arms
from extractor.evals.scoring.counts import Score
from extractor.evals.scoring.score import Sample, Target
from extractor.evals.tasks import ArmSpec, Task, load_task

__all__ = [
    "Arm",
    "ArmResult",
    "Baseline",
    "EvalResult",
    "Metric",
    "Sample",
    "Score",
    "Target",
    "Task",
    "baseline_of",
    "check_gate",
    "compare_arms",
    "compare_to_baseline",
    "export_arm",
    "live_arm",
    "load_baseline",
    "load_labelled",
    "load_task",
    "rules_arm",
    "run_eval",
    "stored_arm",
    "task_arms",
    "to_json",
]


@dataclass(frozen=True, slots=True)
class Arm:
    """A named source of predictions."""

    name: str
    predict: Callable[[Mapping[str, Document]], Predictions]
    """The documents by name to their predictions."""
    description: str = ""
    run_ids: tuple[str, ...] = ()
    """Runs of the command's database that it is read from."""


def live_arm(name: str, predict: Predict, description: str = "") -> Arm:
    """Return an arm that asks a function for the records of every item."""
    return Arm(name, partial(predict_live, predict=predict), description)


def rules_arm(name: str = "rules") -> Arm:
    """Return the deterministic baseline, without a model."""
    return live_arm(name, predict_rules, "rules alone, no model")


def stored_arm(
    name: str,
    database: Path,
    run_id: str | None = None,
    description: str = "",
    *,
    with_usage: bool = True,
) -> Arm:
    """Return a stored run: by id, or each document's latest.

    Without `with_usage` the ledger is left out: the latencies of replayed calls are
    those of this machine today, and a report should come out the same twice.
    """

    def predict(documents: Mapping[str, Document]) -> Predictions:
        found = predictions_of_run(database, documents, run_id)
        return found if with_usage else found.model_copy(update={"usage": None})

    return Arm(name, predict, description)


def export_arm(name: str, path: Path, description: str = "") -> Arm:
    """Return a JSON Lines export of this product or any other tool."""
    return Arm(name, partial(predictions_of_export, path), description)


def task_arms(task: Task, live: Mapping[str, Predict] | None = None) -> list[Arm]:
    """Return the arms that a task file names, in its order.

    Args:
        task: the task.
        live: functions for the arms that need a model, by the arm's name.

    Raises:
        ConfigError: an arm needs a model and has no function.
    """
    return [_arm(name, spec, live or {}) for name, spec in task.arms.items()]


def _arm(name: str, spec: ArmSpec, live: Mapping[str, Predict]) -> Arm:
    if name in live:
        return live_arm(name, live[name], spec.description)
    if spec.export:
        return export_arm(name, spec.export, spec.description)
    if spec.database:
        return stored_arm(name, spec.database, spec.run, spec.description)
    if spec.strategy == "rules":
        return rules_arm(name)
    raise ConfigError(
        f"arm {name!r} needs its model's predictions: make a run with "
        f"--strategy {spec.strategy} and give its database"
    )


def load_labelled(task: Task, corpus: Sequence[Path] = ()) -> list[Labelled]:
    """Return the task's documents with their gold.

    Args:
        task: the task.
        corpus: directories searched before those of the task.

    Raises:
        ConfigError: the gold cannot be read, or a document's file is not there.
    """
    items = load_settled(task.gold)
    names = task.documents or tuple(items)
    find = DocumentFinder([*corpus, *task.corpus])
    labelled = []
    for name in names:
        if name not in items:
            where = ", ".join(repr(str(directory)) for directory in task.gold)
            raise ConfigError(f"there is no gold for {name!r} in {where}")
        document = find(items[name][0].doc_sha256)
        if document is None:
            raise ConfigError(
                f"the file of {name!r} (sha256 {items[name][0].doc_sha256[:12]}…) is "
                "not there; give its directory with --corpus"
            )
        labelled.append(Labelled(name, document, items[name]))
    return labelled


def run_eval(
    task: Task,
    arms: Sequence[Arm],
    *,
    corpus: Sequence[Path] = (),
    baseline: Baseline | None = None,
    pairs: Sequence[tuple[str, str]] | None = None,
) -> EvalResult:
    """Score the arms on the task's gold.

    Args:
        task: what is scored.
        arms: whose predictions; see `task_arms`.
        corpus: directories searched for the source files before those of the task.
        baseline: for gates that allow no drop.
        pairs: arms to compare; those of the task when left out. Pairs of the task
            with an arm that is not scored are skipped.

    Raises:
        ConfigError: gold, files or predictions are not there.
    """
    labelled = load_labelled(task, corpus)
    documents = documents_of(labelled)
    readings = load_readings(task.gold)
    scored = {
        arm.name: score_arm(
            arm.name,
            labelled,
            arm.predict(documents),
            task.resampling,
            arm.description,
        )
        for arm in arms
    }
    wanted = [pair for pair in task.pairs if set(pair) <= set(scored)]
    result = EvalResult(
        task=task.name,
        description=task.description,
        resampling=task.resampling,
        documents=tuple(one.info for one in labelled),
        arms=tuple(scored.values()),
        agreement=_agreement(task, labelled, readings, with_alternatives=True),
        agreement_alone=_agreement(task, labelled, readings, with_alternatives=False),
        comparisons=tuple(
            compare_arms(_scored(scored, a), _scored(scored, b), task.resampling)
            for a, b in (wanted if pairs is None else pairs)
        ),
    )
    gates = tuple(check_gate(gate, result, baseline) for gate in task.gates)
    return result.model_copy(update={"gates": gates})


def _scored(scored: Mapping[str, ArmResult], name: str) -> ArmResult:
    if name not in scored:
        raise ConfigError(f"there is no arm {name!r}; one of {', '.join(scored)}")
    return scored[name]


def _agreement(
    task: Task,
    labelled: Sequence[Labelled],
    readings: Mapping[str, Annotators],
    *,
    with_alternatives: bool,
) -> ArmResult | None:
    """Score the second readings against the first, not against the settled gold."""
    first = [
        one._replace(items=readings[one.name].first)
        for one in labelled
        if one.name in readings
    ]
    if not first:
        return None
    return agreement(
        first,
        [readings[one.name].second for one in first],
        task.resampling,
        with_alternatives=with_alternatives,
    )


def to_json(result: EvalResult, *, with_errors: bool = True) -> str:
    """Return a result as JSON, the same bytes for the same result.

    Numbers of records (values of targets) are texts, so that none is rounded.

    Args:
        result: what to write.
        with_errors: with the errors and their sentences, which are the documents' own
            text.
    """
    fields = result.model_dump(mode="json")
    if not with_errors:
        for arm in (*fields["arms"], fields["agreement"], fields["agreement_alone"]):
            if arm:
                del arm["errors"]
    return json.dumps(fields, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
