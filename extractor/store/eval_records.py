"""Evaluations as records: what the database keeps of one; no text of any document.

Fields are the columns of `eval_runs` and `eval_scores`.
"""

from __future__ import annotations

from typing import Literal

from extractor.core.records import Record

Figure = Literal["f1", "precision", "recall", "share"]


class EvalArm(Record):
    """An arm that was scored."""

    name: str
    description: str
    run_ids: tuple[str, ...]
    """Runs of the same database that it was read from."""


class EvalScore(Record):
    """One figure of one arm; nothing is rounded."""

    arm: str
    metric: str
    """A name of `results.Metric`: found, strict, …, field.<field>."""
    figure: Figure
    value: float | None
    """None of nothing (0 of 0)."""
    low: float | None
    high: float | None
    """95 % interval, over documents; None with fewer than two."""
    n: int
    """What the figure is over: gold records or values; predicted ones of a precision;
    the whole of a share."""
    correct: float
    """Right records or values; the part of a share, a sum where it is no count."""
    predicted: int | None = None
    gold: int | None = None
    wrong: int | None = None
    """This and the rest: of fields only, see `counts.FieldCounts`."""
    missed: int | None = None
    spurious: int | None = None
    correct_null: int | None = None
    missed_records: int | None = None
    spurious_records: int | None = None
    run_id: str | None = None
    """Run the arm was read from, where it was one run of the same database."""


class EvalRecord(Record):
    """What identifies an evaluation, and what it found."""

    id: str
    """`content_id` of everything that decides the figures, and of the figures."""
    task: str
    description: str
    gold_sha256: str
    documents: int
    items: int
    hard: int
    soft: int
    seed: int
    resamples: int
    arms: tuple[EvalArm, ...]
    gate_passed: bool | None
    """None for a task without a gate."""
    gate_reason: str | None
    """What was missed; None where nothing was."""
    product_version: str
    code: str
    """Digest of the package: the version stays the same while it is worked on."""
    scores: tuple[EvalScore, ...]
    """In the order of reports."""
