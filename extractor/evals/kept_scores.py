"""What a database keeps of an evaluation: `EvalResult` in, `EvalRecord` out."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence

from extractor import __version__
from extractor.core.records import content_id
from extractor.evals.dataset import Dataset, LabelledDocument
from extractor.evals.evaluate import to_json
from extractor.evals.gold.records import GoldItem
from extractor.evals.predictions import Arm
from extractor.evals.results import SHARES, TALLIES, ArmResult, EvalResult, Metric
from extractor.evals.scoring.counts import FieldCounts
from extractor.evals.scoring.fields import FIELDS
from extractor.evals.scoring.intervals import Interval
from extractor.runs.code import code_digest
from extractor.store.eval_records import EvalArm, EvalRecord, EvalScore
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
    kept = tuple(
        EvalArm(
            name=storable(arm.name),
            description=storable(arm.description),
            run_ids=arm.run_ids,
        )
        for arm in arms
    )
    # Of several runs none can stand for all.
    run_of = {arm.name: arm.run_ids[0] for arm in arms if len(arm.run_ids) == 1}
    rest = data.task.model_dump_json(exclude={"gold", "corpus", "arms"})  # no paths
    parts = (
        *(rest, gold, __version__, code_digest()),
        *(arm.model_dump_json() for arm in kept),
        to_json(result),
    )
    scored = [*result.arms, *([result.agreement] if result.agreement else [])]
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
        gate_reason=storable("; ".join(result.reasons)) or None,
        product_version=__version__,
        code=code_digest(),
        scores=tuple(
            score for arm in scored for score in _scores(arm, run_of.get(arm.name))
        ),
    )


def gold_sha256(labelled: Sequence[LabelledDocument]) -> str:
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


def _scores(arm: ArmResult, run_id: str | None) -> Iterator[EvalScore]:
    """Yield the figures of an arm that are kept: headlines, then fields."""
    for name in TALLIES:
        metric = arm.metric(name)
        f1 = _score(arm, metric, run_id)
        yield f1
        precision = {"value": metric.precision, **_bounds(metric.precision_interval)}
        recall = {"value": metric.recall, **_bounds(metric.recall_interval)}
        yield f1.model_copy(
            update={"figure": "precision", "n": metric.predicted, **precision}
        )
        yield f1.model_copy(update={"figure": "recall", **recall})
    for name in SHARES:
        yield _score(arm, arm.metric(name), run_id)
    for field in FIELDS:
        counts = arm.score.fields.get(field, FieldCounts())
        rest = counts.model_dump(exclude={"correct"})
        metric = arm.metric(f"field.{field}")
        yield _score(arm, metric, run_id).model_copy(update=rest)


def _score(arm: ArmResult, metric: Metric, run_id: str | None) -> EvalScore:
    is_share = metric.kind == "share"
    return EvalScore(
        arm=storable(arm.name),
        metric=metric.name,
        figure="share" if is_share else "f1",
        value=metric.value,
        low=metric.interval.low if metric.interval else None,
        high=metric.interval.high if metric.interval else None,
        n=metric.gold,
        correct=metric.correct,
        predicted=metric.predicted,
        gold=None if is_share else metric.gold,
        run_id=run_id,
    )


def _bounds(interval: Interval | None) -> dict[str, float | None]:
    return interval.model_dump() if interval else {"low": None, "high": None}
