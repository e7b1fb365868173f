"""What a report is made of: sections, tables, and figures as text.

Pure; cells are not escaped: whoever renders them does that.
"""

from __future__ import annotations

from dataclasses import dataclass

from extractor.evals.reports.wording import NOTHING
from extractor.evals.results import ArmResult, EvalResult, Metric

KINDS = (
    ("hard", {"found": "found", "strict": "strict"}),
    ("soft", {"soft_found": "soft found", "soft": "soft"}),
)
"""Records, and the metrics that they are scored by, in words."""
HEADLINES = {name: words for _, metrics in KINDS for name, words in metrics.items()}


@dataclass(frozen=True, slots=True)
class Table:
    """A table of plain text."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    title: str = ""
    texts: int = 1
    """Columns of words, from the left; the others are figures."""


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the report."""

    title: str
    tables: tuple[Table, ...] = ()
    notes: tuple[str, ...] = ()


def figure(value: float | None) -> str:
    """Return a score to three places."""
    return NOTHING if value is None else f"{value:.3f}"


def with_interval(metric: Metric) -> str:
    """Return a score and its interval."""
    bounds = metric.interval
    if metric.value is None or bounds is None:
        return figure(metric.value)
    return f"{metric.value:.3f} ({bounds.low:.3f} to {bounds.high:.3f})"


def rated(result: EvalResult) -> list[tuple[str, ArmResult]]:
    """Return the arms and the human agreement, with the names they are shown by."""
    humans = (
        ("second reader", result.agreement),
        ("second reader, no alternatives", result.agreement_alone),
    )
    return [
        *((arm.name, arm) for arm in result.arms),
        *((name, arm) for name, arm in humans if arm),
    ]
