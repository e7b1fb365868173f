"""Evaluate: a task and its arms in, an `EvalResult` out. No model judges anything.

```
load_task ─▶ Task ─ load_dataset ─▶ Dataset ─ run_eval(data, arms) ─▶ EvalResult
```

| noun | meaning |
|---|---|
| `Task` | a task file: gold, corpus, arms, gate (`tasks`) |
| `Dataset` | its documents and their gold, read once (`dataset`) |
| `Sample` | one labelled item, and what is right for it (`scoring`) |
| `Arm` | a named source of predictions: stored run, export, live function (`arms`) |
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
  settled from both readings (`gold.annotators`).
  `agreement_alone` is the same without alternatives (see the module `agreement`).
- `comparisons` answer "is B better?", `gates` has each threshold with the score, and
  what failed, one line a reason.

- `used` and `unseen` say what the documents were used for: print it before any score.
  Of unseen documents there are no errors, samples, unused numbers or changed items.

A figure is None where nothing was counted (0 of 0); its interval is None with fewer
than two documents.
The text of `errors` is the source's: escape it, and keep it out of committed files for
plans that are not the project's own (`to_json(result, with_errors=False)`).
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from extractor import __version__
from extractor.core.errors import ConfigError
from extractor.evals.agreement import agreement
from extractor.evals.baselines import Baseline, with_gates
from extractor.evals.dataset import Dataset
from extractor.evals.predictions import Arm
from extractor.evals.results import EvalResult
from extractor.evals.scoring.arm_score import score_arm
from extractor.evals.scoring.comparison import compare_arms
from extractor.evals.tasks import RULES, Task
from extractor.evals.unseen import without_errors
from extractor.runs.code import code_digest


def run_eval(
    data: Dataset,
    arms: Sequence[Arm],
    *,
    baseline: Baseline | None = None,
    compare: Sequence[tuple[str, str]] = (),
    day: str = "",
) -> EvalResult:
    """Score the arms on the task's gold.

    Args:
        data: the task with its documents and gold.
        arms: whose predictions.
        baseline: for gates that allow no drop.
        compare: arms to compare, beside those of the task that are scored; every arm
            with the rules where neither says any.
        day: what reports give as the date.

    Raises:
        ConfigError: predictions, or arms to compare, are not there.
    """
    task, labelled = data
    how = task.resampling
    pairs = _pairs(task, [arm.name for arm in arms], compare)
    scored = {
        arm.name: score_arm(
            arm.name, labelled, arm.predict(data.documents), how, arm.description
        )
        for arm in arms
    }
    result = EvalResult(
        task=task.name,
        description=task.description,
        used=task.used,
        unseen=task.unseen,
        product_version=__version__,
        code=code_digest(),
        day=day,
        resampling=how,
        documents=tuple(one.info for one in labelled),
        arms=tuple(scored.values()),
        agreement=agreement(labelled, how),
        agreement_alone=agreement(labelled, how, with_alternatives=False),
        comparisons=tuple(compare_arms(scored[a], scored[b], how) for a, b in pairs),
    )
    result = with_gates(result, task.gates, baseline)
    return without_errors(result) if task.unseen else result


def _pairs(
    task: Task, names: Sequence[str], asked: Sequence[tuple[str, str]]
) -> list[tuple[str, str]]:
    """Return what is compared: as asked and as the task says, else with the rules."""
    for name in (name for pair in asked for name in pair):
        if name not in names:
            raise ConfigError(
                f"--compare: there is no arm {name!r}; one of {', '.join(names)}"
            )
    pairs = [*asked, *(pair for pair in task.pairs if set(pair) <= set(names))]
    if not pairs and RULES in names:
        pairs = [(RULES, name) for name in names if name != RULES]
    return list(dict.fromkeys(pairs))


def to_json(result: EvalResult, *, with_errors: bool = True) -> str:
    """Return a result as JSON, the same bytes for the same result on any day.

    Numbers of records (values of targets) are texts, so that none is rounded.

    Args:
        result: what to write.
        with_errors: with the errors and their sentences, which are the documents' own
            text; those of unseen documents are never written, nor their samples.
    """
    fields = result.model_dump(mode="json")
    left_out = ["errors"] if result.unseen or not with_errors else []
    left_out += ["samples"] if result.unseen else []
    for arm in (*fields["arms"], fields["agreement"], fields["agreement_alone"]):
        for name in left_out if arm else ():
            del arm[name]
    return json.dumps(fields, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
