"""Baselines and gates: what an earlier run scored, and what must hold.

A baseline (`evals/baselines/<task>.json`) holds figures only, no text of any document,
so it can be committed for plans that are not the project's own.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from pydantic import ValidationError

from extractor.core.errors import ConfigError
from extractor.core.records import Record
from extractor.evals.results import ArmResult, EvalResult, GateCheck, GateResult
from extractor.evals.tasks import Gate

_DROPPING = ("found", "strict")
"""Metrics that `max_drop_from_baseline` is about."""
_SLACK = 1e-12
"""Binary fractions: 0.82 - 0.80 is a little more than 0.02."""


class Baseline(Record):
    """The committed figures of an earlier run."""

    task: str
    documents: dict[str, str]
    """Name to digest: other documents make another baseline."""
    arms: dict[str, dict[str, float | None]]
    """Arm to metric to value."""


class MetricChange(Record):
    """A metric of an arm, then and now."""

    arm: str
    metric: str
    before: float | None
    now: float | None

    @property
    def difference(self) -> float | None:
        """Return how much it has risen."""
        if self.before is None or self.now is None:
            return None
        return self.now - self.before


def baseline_of(result: EvalResult) -> Baseline:
    """Return the figures of a result that are worth keeping; costs are not."""
    return Baseline(
        task=result.task,
        documents={document.name: document.sha256 for document in result.documents},
        arms={
            arm.name: {m.name: m.value for m in arm.metrics if m.kind != "per"}
            for arm in result.arms
        },
    )


def baseline_json(baseline: Baseline) -> str:
    """Return a baseline as it is committed."""
    fields = baseline.model_dump(mode="json")
    return json.dumps(fields, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def load_baseline(path: Path) -> Baseline:
    """Load a baseline.

    Raises:
        ConfigError: it cannot be read or is none.
    """
    try:
        return Baseline.model_validate_json(path.read_bytes())
    except OSError as error:
        raise ConfigError(
            f"baseline {str(path)!r} cannot be read ({error.strerror}); check the path"
        ) from error
    except ValidationError as error:
        raise ConfigError(
            f"baseline {str(path)!r} is not one of this version; write it again"
        ) from error


def compare_to_baseline(
    result: EvalResult, baseline: Baseline
) -> tuple[MetricChange, ...]:
    """Return every metric that an arm and its baseline both have.

    Raises:
        ConfigError: the baseline is of another task or other documents.
    """
    documents = {document.name: document.sha256 for document in result.documents}
    if baseline.task != result.task or baseline.documents != documents:
        raise ConfigError(
            f"the baseline is of task {baseline.task!r} with other documents than this "
            f"run of {result.task!r}; write it again"
        )
    return tuple(
        MetricChange(
            arm=arm.name,
            metric=metric.name,
            before=baseline.arms[arm.name][metric.name],
            now=metric.value,
        )
        for arm in result.arms
        if arm.name in baseline.arms
        for metric in arm.metrics
        if metric.name in baseline.arms[arm.name]
    )


def check_gate(
    gate: Gate, result: EvalResult, baseline: Baseline | None = None
) -> GateResult:
    """Say whether an arm passes, with one line for each threshold that it misses.

    A threshold on a figure that is not there fails, and so does a drop from a baseline
    that was not given.
    """
    try:
        arm = result.arm(gate.arm)
    except KeyError:
        reason = f"{gate.arm}: the arm was not scored"
        checks = tuple(
            GateCheck(threshold=key, limit=limit, score=None, passed=False)
            for key, limit in sorted(gate.thresholds.items())
        )
        return GateResult(arm=gate.arm, checks=checks, passed=False, reasons=(reason,))
    found, reasons = list[GateCheck](), list[str]()
    for key, limit in sorted(gate.thresholds.items()):
        if key == "max_drop_from_baseline":
            score, missed = _drop(arm, limit, result, baseline)
        else:
            score, missed = _threshold(arm, key, limit)
        reasons += missed
        found.append(
            GateCheck(threshold=key, limit=limit, score=score, passed=not missed)
        )
    return GateResult(
        arm=gate.arm, checks=tuple(found), passed=not reasons, reasons=tuple(reasons)
    )


def with_gates(
    result: EvalResult, gates: Sequence[Gate], baseline: Baseline | None
) -> EvalResult:
    """Return the result with what the gates say of it."""
    checked = tuple(check_gate(gate, result, baseline) for gate in gates)
    return result.model_copy(update={"gates": checked})


def _threshold(
    arm: ArmResult, key: str, limit: float
) -> tuple[float | None, list[str]]:
    """Return the score of a threshold, and why it is missed where it is."""
    if key.startswith(("max_", "min_")):
        bound, _, name = key.partition("_")
        value = arm.metric(name).value
    else:
        bound = "min"
        name, _, figure = key.rpartition("_")
        metric = arm.metric(name)
        value = {"f1": metric.value, "precision": metric.precision}.get(
            figure, metric.recall
        )
    sign = -1 if bound == "max" else 1
    if value is not None and sign * (value - limit) >= -_SLACK:
        return value, []
    shown = "not counted" if value is None else f"{value:.4f}"
    side = "above" if bound == "max" else "below"
    reason = f"{arm.name}: {key.removeprefix('min_')} is {shown}, {side} {limit:g}"
    return value, [reason]


def _drop(
    arm: ArmResult, limit: float, result: EvalResult, baseline: Baseline | None
) -> tuple[float | None, list[str]]:
    """Return the largest drop, and the metrics that have fallen further than that."""
    if baseline is None:
        return None, [f"{arm.name}: there is no baseline to hold the score against"]
    drops, reasons = [], []
    for change in compare_to_baseline(result, baseline):
        if change.arm != arm.name or change.metric not in _DROPPING:
            continue
        fallen = 0.0 - (change.difference or 0.0)
        if change.before is not None and change.now is None:
            fallen = change.before
        drops.append(fallen)
        if fallen > limit + _SLACK:
            reasons.append(
                f"{arm.name}: {change.metric} F1 fell from {change.before:.4f} by "
                f"{fallen:.4f}, more than {limit:g} below the baseline"
            )
    if arm.name not in baseline.arms:
        reasons.append(f"{arm.name}: the baseline does not have this arm")
    return max(drops, default=None), reasons
