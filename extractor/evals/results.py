"""Result records of an evaluation, and the figures made from counts.

Pure; `evaluate` describes how the records hang together.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from pydantic import Field

from extractor.core.fields import STRICT
from extractor.core.records import Record
from extractor.evals.dataset import DocumentInfo
from extractor.evals.predictions import Usage
from extractor.evals.scoring.calibration import Calibration
from extractor.evals.scoring.counts import Score, Share, Tally, f1_ratios
from extractor.evals.scoring.fields import COMPUTED_FIELDS, FIELDS
from extractor.evals.scoring.intervals import (
    Interval,
    Paired,
    Resampling,
    ratio_interval,
)
from extractor.evals.scoring.number_use import NumberUse
from extractor.evals.scoring.sample_score import ErrorCase, Sample

_MADE = (
    ("both", "model and rules alike"),
    ("model", "the model alone"),
    ("rules", "the rules alone"),
    ("one", "one of the two alone"),
)
"""`sample_score.METHODS` in words."""
TALLIES = {
    "found": "target's value and kind right, or the date where there is no target",
    "strict": f"{', '.join(STRICT[:-1])} and {STRICT[-1]} right",
    "soft_found": "soft records whose clause meets a gold one (full coverage only)",
    "soft": "soft records whose clause meets and whose action is right",
    "items": "items that begin and end where the gold items do",
}
"""Metrics with precision, recall and F1, and what they mean."""
SHARES = {
    **{f"strict_by_{m}": f"hard records of {who} that are right" for m, who in _MADE},
    **{f"soft_by_{m}": f"soft records of {who} that are right" for m, who in _MADE},
    "ungrounded": "records with a field whose words are not in the source",
    "soft_objects": "character overlap of the objects of aligned soft records",
    "digits": "numbers of the text that a record uses or a rule leaves out by name",
}
"""Metrics that are a part of a whole, and what they mean."""
MetricKind = Literal["f1", "share", "per"]


class Metric(Record):
    """One figure of a document or a task.

    Names: those of `TALLIES` and `SHARES`; `field.<field>`, F1 of one field over its
    values; `right.<field>`, how often the field of an aligned pair is right, empty or
    not; `given_quote.<field>`; `tokens_per_record`, `tokens_per_item`,
    `seconds_per_item`, `cost_per_record` and `cost_per_item` (US dollars).
    """

    name: str
    kind: MetricKind
    value: float | None
    """F1, the share, or the amount per record or item."""
    precision: float | None = None
    recall: float | None = None
    correct: float
    """Right records or values; the part of a share; the amount that is divided."""
    predicted: int | None = None
    gold: int
    """Gold records or values; the whole of a share; what is divided by: the n."""
    interval: Interval | None = None
    """Of `value`, over documents."""
    precision_interval: Interval | None = Field(default=None, exclude=True)
    """This and the next: kept with the scores in a database, not in the JSON."""
    recall_interval: Interval | None = Field(default=None, exclude=True)
    document_mean: float | None = None
    """Mean of the documents' own values (macro average), those with one."""


class Scored(Record):
    """What was made of a document, or by an arm of all of them."""

    name: str
    score: Score
    metrics: tuple[Metric, ...]

    def metric(self, name: str) -> Metric:
        """Return a metric by name.

        Raises:
            KeyError: there is none of that name.
        """
        return {metric.name: metric for metric in self.metrics}[name]


class DocumentResult(Scored):
    """An arm's score on one document; its metrics have no intervals."""

    unused: tuple[NumberUse, ...]
    """Numbers that no record uses, in reading order, each with the reason; those of
    `number_use.OPEN` are not accounted for."""


class ArmResult(Scored):
    """Everything about one arm."""

    description: str
    documents: tuple[DocumentResult, ...]
    samples: tuple[Sample, ...]
    errors: tuple[ErrorCase, ...]
    """In reading order, document by document."""
    calibrations: tuple[Calibration, ...]
    """Of hard and of soft records, where any has a likelihood."""
    usage: Usage | None


class SampleChange(Record):
    """An item that two arms did not do equally well."""

    document: str
    position: int
    label: str | None
    a_errors: int
    """Missed plus spurious records of the metric."""
    b_errors: int


class Comparison(Record):
    """Is arm `b` better than arm `a`?"""

    a: str
    b: str
    metric: str
    paired: Paired
    wins: int
    """Items in which b makes fewer errors."""
    losses: int
    ties: int
    changes: tuple[SampleChange, ...]
    """The wins and losses, in reading order."""


class GateCheck(Record):
    """One threshold of an arm and what was scored."""

    threshold: str
    """A key of `tasks.THRESHOLDS`."""
    limit: float
    score: float | None
    """None where nothing was counted; of `max_drop_from_baseline` the largest drop."""
    passed: bool


class GateResult(Record):
    """Whether an arm passes its thresholds."""

    arm: str
    checks: tuple[GateCheck, ...]
    passed: bool
    reasons: tuple[str, ...]
    """One line for each threshold that is missed."""


class EvalResult(Record):
    """Everything an evaluation found; `evaluate` says how to render it."""

    task: str
    description: str
    used: str
    """What was made with the documents; empty where the task does not say."""
    unseen: bool
    """Nothing was: errors, samples and what shows them are left out."""
    product_version: str
    code: str
    """Digest of the code that decides records."""
    day: str = Field(exclude=True)
    """When it was scored, as reports show it; no part of what was found."""
    resampling: Resampling
    documents: tuple[DocumentInfo, ...]
    arms: tuple[ArmResult, ...]
    agreement: ArmResult | None
    """The second reading scored against the first (never against gold settled from
    both), alternatives accepted."""
    agreement_alone: ArmResult | None
    """The same without alternatives: what the two readers wrote themselves."""
    comparisons: tuple[Comparison, ...] = ()
    gates: tuple[GateResult, ...] = ()

    @property
    def passed(self) -> bool:
        """Say whether every gate is passed."""
        return all(gate.passed for gate in self.gates)

    @property
    def reasons(self) -> tuple[str, ...]:
        """Return what is missed, of all gates."""
        return tuple(reason for gate in self.gates for reason in gate.reasons)

    def arm(self, name: str) -> ArmResult:
        """Return an arm by name.

        Raises:
            KeyError: there is none of that name.
        """
        return {arm.name: arm for arm in self.arms}[name]


def make_metrics(
    scores: Sequence[Score],
    how: Resampling | None = None,
    usage: Usage | None = None,
) -> tuple[Metric, ...]:
    """Return every metric of some documents' scores.

    Args:
        scores: one for each document.
        how: how intervals are made; None for none.
        usage: the ledger's sums, for the metrics of cost.
    """
    metrics = []
    for name in TALLIES:
        tallies = [score.tally(name) for score in scores]
        metrics.append(_f1(name, tallies, how).model_copy(update=_sides(tallies, how)))
    metrics += [
        _share(name, [score.share(name) for score in scores], how) for name in SHARES
    ]
    for field in FIELDS:
        counts = [score.fields[field] for score in scores if field in score.fields]
        metrics.append(_f1(f"field.{field}", [c.tally for c in counts], how))
        metrics.append(_share(f"right.{field}", [c.right for c in counts], how))
    for field in COMPUTED_FIELDS:
        shares = [score.given_quote.get(field, Share()) for score in scores]
        metrics.append(_share(f"given_quote.{field}", shares, how))
    return (*metrics, *_cost_metrics(usage))


def _f1(name: str, tallies: Sequence[Tally], how: Resampling | None) -> Metric:
    whole = sum(tallies, Tally())
    return Metric(
        name=name,
        kind="f1",
        value=whole.f1,
        precision=whole.precision,
        recall=whole.recall,
        correct=whole.correct,
        predicted=whole.predicted,
        gold=whole.gold,
        interval=ratio_interval(*f1_ratios(tallies), how) if how else None,
        document_mean=_mean([tally.f1 for tally in tallies]),
    )


def _sides(
    tallies: Sequence[Tally], how: Resampling | None
) -> dict[str, Interval | None]:
    """Return the intervals of precision and recall."""
    if how is None:
        return {}
    correct = [float(tally.correct) for tally in tallies]
    predicted = [float(tally.predicted) for tally in tallies]
    gold = [float(tally.gold) for tally in tallies]
    return {
        "precision_interval": ratio_interval(correct, predicted, how),
        "recall_interval": ratio_interval(correct, gold, how),
    }


def _share(name: str, shares: Sequence[Share], how: Resampling | None) -> Metric:
    whole = sum(shares, Share())
    parts = [share.part for share in shares]
    wholes = [float(share.whole) for share in shares]
    return Metric(
        name=name,
        kind="share",
        value=whole.value,
        correct=whole.part,
        gold=whole.whole,
        interval=ratio_interval(parts, wholes, how) if how else None,
        document_mean=_mean([share.value for share in shares]),
    )


def _cost_metrics(usage: Usage | None) -> list[Metric]:
    if usage is None:
        return []
    tokens = usage.prompt_tokens + usage.completion_tokens
    figures = (
        ("tokens_per_record", tokens, usage.records),
        ("tokens_per_item", tokens, usage.items),
        ("seconds_per_item", usage.seconds, usage.items),
        ("cost_per_record", usage.cost_usd, usage.records),
        ("cost_per_item", usage.cost_usd, usage.items),
    )
    return [
        Metric(
            name=name,
            kind="per",
            value=part / whole if part is not None and whole else None,
            correct=part or 0,
            gold=whole,
        )
        for name, part, whole in figures
    ]


def _mean(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None
