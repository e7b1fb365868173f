"""Record an evaluation: an `EvalResult` in, the `EvalRecord` of the store out."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence

from extractor import __version__
from extractor.core.records import content_id
from extractor.evals.dataset import Dataset, Labelled
from extractor.evals.evaluate import to_json
from extractor.evals.gold.records import GoldItem
from extractor.evals.predictions import Arm
from extractor.evals.results import SHARES, TALLIES, ArmResult, EvalResult, Metric
from extractor.evals.scoring.counts import FieldCounts
from extractor.evals.scoring.fields import FIELDS
from extractor.evals.scoring.intervals import Interval
from extractor.runs.pipeline import code_digest
from extractor.store.eval_records import EvalArm, EvalRecord, EvalScore, Figure
from extractor.store.rows import storable


def eval_record(data: Dataset, arms: Sequence[Arm], result: EvalResult) -> EvalRecord:
    """Describe an evaluation; its id is a hash of what went in and what was found.

    The same evaluation again has the same id, and the same id has the same scores.

    Args:
        data: what was scored, and the gold it was scored against.
        arms: where the predictions came from.
        result: what was found; an agreement of readers is kept as one more arm.
    """
    gold = gold_sha256(data.labelled)
    kept = tuple(_arm(arm) for arm in arms)
    run_ids = {arm.name: arm.run_ids for arm in kept}
    rest = data.task.model_dump_json(exclude={"gold", "corpus", "arms"})  # no paths
    parts = (
        *(rest, gold, __version__, code_digest()),
        *(arm.model_dump_json() for arm in kept),
        to_json(result),
    )
    scored = [*result.arms, *([result.agreement] if result.agreement else [])]
    reasons = [reason for gate in result.gates for reason in gate.reasons]
    return EvalRecord(
        id=content_id(*map(storable, parts)),
        task=result.task,
        description=result.description,
        gold_sha256=gold,
        documents=len(result.documents),
        items=sum(document.items for document in result.documents),
        hard=sum(document.hard for document in result.documents),
        soft=sum(document.soft for document in result.documents),
        seed=result.resampling.seed,
        resamples=result.resampling.resamples,
        arms=kept,
        gate_passed=result.passed if result.gates else None,
        gate_reason=storable("; ".join(reasons)) or None,
        product_version=__version__,
        code=code_digest(),
        scores=tuple(
            score.model_copy(update=_source(run_ids, score.arm))
            for arm in scored
            for score in _scores(arm)
        ),
    )


def gold_sha256(labelled: Sequence[Labelled]) -> str:
    """Return a digest of the documents, their gold and its readings.

    Of what the files say, not of their bytes: line ends and key order do not matter.
    """
    said = [
        [
            one.name,
            one.loaded.document.sha256,
            _said(one.gold),
            [_said(reading) for reading in one.annotators or ()],
        ]
        for one in labelled
    ]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()


def _said(items: Sequence[GoldItem]) -> list[object]:
    return [item.model_dump(mode="json") for item in items]


def _arm(arm: Arm) -> EvalArm:
    return EvalArm(
        name=storable(arm.name),
        description=storable(arm.description),
        run_ids=arm.run_ids,
    )


def _source(run_ids: Mapping[str, tuple[str, ...]], arm: str) -> dict[str, str | None]:
    """Return the one run behind an arm; of several none can stand for all."""
    runs = run_ids.get(arm, ())
    return {"run_id": runs[0] if len(runs) == 1 else None}


def _scores(arm: ArmResult) -> Iterator[EvalScore]:
    """Yield the figures of an arm that are kept: headlines, then fields."""
    for name in TALLIES:
        metric = arm.metric(name)
        yield _score(arm, metric)
        precision = _score(
            arm, metric, "precision", metric.precision, metric.precision_interval
        )
        yield precision.model_copy(update={"n": metric.predicted})
        yield _score(arm, metric, "recall", metric.recall, metric.recall_interval)
    for name in SHARES:
        yield _score(arm, arm.metric(name))
    for field in FIELDS:
        counts = arm.score.fields.get(field, FieldCounts())
        rest = counts.model_dump(exclude={"correct"})
        yield _score(arm, arm.metric(f"field.{field}")).model_copy(update=rest)


def _score(
    arm: ArmResult,
    metric: Metric,
    figure: Figure | None = None,
    value: float | None = None,
    interval: Interval | None = None,
) -> EvalScore:
    """Return a figure of a metric, its own when none is named."""
    is_share = metric.kind == "share"
    if figure is None:
        figure = "share" if is_share else "f1"
        value, interval = metric.value, metric.interval
    return EvalScore(
        arm=storable(arm.name),
        metric=metric.name,
        figure=figure,
        value=value,
        low=interval.low if interval else None,
        high=interval.high if interval else None,
        n=metric.gold,
        correct=metric.correct,
        predicted=metric.predicted,
        gold=None if is_share else metric.gold,
    )
