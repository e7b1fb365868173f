"""Record an evaluation: an `EvalResult` in, the `EvalRecord` of the store out."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import TypedDict

from extractor import __version__
from extractor.core.records import content_id
from extractor.evals.dataset import Dataset, Labelled
from extractor.evals.evaluate import to_json
from extractor.evals.gold.records import GoldItem
from extractor.evals.predictions import Arm
from extractor.evals.results import SHARES, TALLIES, ArmResult, EvalResult, Metric
from extractor.evals.scoring.counts import FieldCounts
from extractor.evals.scoring.fields import FIELDS
from extractor.evals.scoring.intervals import Interval, Resampling, ratio_interval
from extractor.runs.pipeline import code_digest
from extractor.store.eval_records import EvalArm, EvalRecord, EvalScore
from extractor.store.rows import storable


class Bounds(TypedDict):
    """The interval's columns."""

    low: float | None
    high: float | None


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
            for score in _scores(arm, result.resampling)
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


def _scores(arm: ArmResult, how: Resampling) -> Iterator[EvalScore]:
    """Yield the figures of an arm that are kept: headlines, then fields."""
    for name in TALLIES:
        metric = arm.metric(name)
        tallies = [document.score.tally(name) for document in arm.documents]
        right = [float(tally.correct) for tally in tallies]
        predicted = [float(tally.predicted) for tally in tallies]
        gold = [float(tally.gold) for tally in tallies]
        yield _score(arm, metric)
        yield _score(arm, metric).model_copy(
            update={
                "figure": "precision",
                "value": metric.precision,
                "n": metric.predicted,
                **_bounds(ratio_interval(right, predicted, how)),
            }
        )
        yield _score(arm, metric).model_copy(
            update={
                "figure": "recall",
                "value": metric.recall,
                **_bounds(ratio_interval(right, gold, how)),
            }
        )
    for name in SHARES:
        yield _score(arm, arm.metric(name))
    for field in FIELDS:
        counts = arm.score.fields.get(field, FieldCounts())
        rest = counts.model_dump(exclude={"correct"})
        yield _score(arm, arm.metric(f"field.{field}")).model_copy(update=rest)


def _score(arm: ArmResult, metric: Metric) -> EvalScore:
    is_share = metric.kind == "share"
    return EvalScore(
        arm=storable(arm.name),
        metric=metric.name,
        figure="share" if is_share else "f1",
        value=metric.value,
        **_bounds(metric.interval),
        n=metric.gold,
        correct=metric.correct,
        predicted=metric.predicted,
        gold=None if is_share else metric.gold,
    )


def _bounds(interval: Interval | None) -> Bounds:
    if interval is None:
        return {"low": None, "high": None}
    return {"low": interval.low, "high": interval.high}
