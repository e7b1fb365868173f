"""What a report says before any score: an `EvalResult` in, lines of plain text out.

A score of documents that rules and prompts were made with says nothing of others, so
it is never shown before that is said.
"""

from __future__ import annotations

from extractor.evals.reports.parts import Table
from extractor.evals.reports.wording import NOTHING
from extractor.evals.results import EvalResult

_UNSEEN = (
    "Unseen: nothing is made with these documents; scores say what to expect of others."
)
_SEEN = "Scores say how well these documents are fitted, not what to expect of others."


def use_line(result: EvalResult) -> str:
    """Say what the documents were used for, and what their scores say."""
    if result.unseen:
        return f"{_UNSEEN} Used for: {result.used}." if result.used else _UNSEEN
    if not result.used:
        return f"What was made with these documents is not said. {_SEEN}"
    return f"Made with these documents: {result.used}. {_SEEN}"


def stamp_line(result: EvalResult) -> str:
    """Say which version was scored, and when."""
    day = f", {result.day}" if result.day else ""
    return f"Version {result.product_version}, code {result.code}{day}."


def data_line(result: EvalResult) -> str:
    """Say how much gold there is, and how intervals are made."""
    data = result.documents
    return (
        f"{len(data)} documents, {sum(d.items for d in data)} items "
        f"({sum(d.full_items for d in data)} labelled in full), "
        f"{sum(d.hard for d in data)} hard and {sum(d.soft for d in data)} soft "
        "commitments. In brackets: 95 % intervals, documents resampled "
        f"({result.resampling.resamples} times, seed {result.resampling.seed})."
    )


def gates_table(result: EvalResult) -> Table:
    """Return each threshold with what was scored; no rows without a gate.

    The last column says whether it is passed: the one verdict on a score.
    """
    rows = tuple(
        (
            gate.arm,
            check.threshold,
            f"{'≤' if check.threshold.startswith('max_') else '≥'} {check.limit:g}",
            NOTHING if check.score is None else f"{check.score:.4f}",
            "passed" if check.passed else "failed",
        )
        for gate in result.gates
        for check in gate.checks
    )
    head = ("arm", "gate", "must be", "is", "verdict")
    return Table(head, rows, title="Gates" if rows else "No gate", texts=2)
