"""How far two readings agree, field by field: gold files in, a Markdown table out.

The documents are not needed, so the table can be made anywhere.
Two records are the same record when the aligner of the scores pairs them, and two
values are the same by its tolerance; alternatives do not count, so it does not matter
which reading is taken for gold.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from extractor.core.errors import ConfigError
from extractor.core.fields import COMPUTED
from extractor.core.records import Kind
from extractor.core.spans import Span
from extractor.evals.agreement import comparable
from extractor.evals.gold.annotators import Annotators, load_document_gold
from extractor.evals.scoring.alignment import Alignment, align
from extractor.evals.scoring.arm_score import make_samples
from extractor.evals.scoring.counts import FieldCounts, Score, Share
from extractor.evals.scoring.fields import COMPUTED_FIELDS, FIELDS
from extractor.evals.scoring.sample_score import count_field, wrong_fields
from extractor.evals.tasks import load_task

KIND_FIELDS: Mapping[Kind, tuple[str, ...]] = {
    "hard": FIELDS,
    "soft": tuple(f for f in FIELDS if f not in {*COMPUTED, *COMPUTED_FIELDS}),
}
"""The fields that a record of each kind can have."""
_NOTHING = "–"

_Rows = Mapping[str, tuple[Share, float | None]]


def rows(score: Score) -> _Rows:
    """Return each row's share of agreement, and its F1."""
    both, same = score.tally("both"), score.tally("same")
    either = both.predicted + both.gold - both.correct
    return {
        "in both readings": (Share(part=both.correct, whole=either), both.f1),
        "the same in every field": (
            Share(part=same.correct, whole=both.correct),
            same.f1,
        ),
        **{f"`{f}`": (_stated(c), c.tally.f1) for f, c in score.fields.items()},
    }


def _stated(counts: FieldCounts) -> Share:
    """Return how often a field is the same, where either reading has a value."""
    right = counts.correct
    return Share(
        part=right, whole=right + counts.wrong + counts.missed + counts.spurious
    )


def agreement_table(tasks: Mapping[str, Path | str]) -> str:
    """Return two tables, of hard and of soft records, with two columns a task.

    The first column says how many are the same, of how many: of the records that
    either reading has; then of the records of both; then, field by field, of those of
    them where either states the field.
    F1 also counts the values of records that only one reading has.

    Args:
        tasks: heading to task file.

    Raises:
        ConfigError: a task cannot be read, or none of its documents has two readings.
    """
    readings = {name: task_readings(Path(path)) for name, path in tasks.items()}
    tables = []
    for kind in KIND_FIELDS:
        measured = {name: measure(pairs, kind) for name, pairs in readings.items()}
        columns = {
            name: rows(one) for name, one in measured.items() if one.tally("both").gold
        }
        if columns:
            tables.append(_table(f"{kind} records", columns))
    return "\n".join(tables)


def _table(title: str, columns: Mapping[str, _Rows]) -> str:
    """Return one table; what no reading states has no row."""
    head = [title, *(h for name in columns for h in (name, "F1"))]
    marks = ["---", *["---:"] * (len(head) - 1)]
    body = [
        [label, *(cell for rows in columns.values() for cell in _cells(*rows[label]))]
        for label in next(iter(columns.values()))
        if any(rows[label][0].whole for rows in columns.values())
    ]
    return "".join(f"| {' | '.join(row)} |\n" for row in (head, marks, *body))


def _cells(share: Share, f1: float | None) -> tuple[str, str]:
    shown = f"{share.part:g} of {share.whole}" if share.whole else _NOTHING
    return shown, _NOTHING if f1 is None else f"{f1:.3f}"


def task_readings(path: Path) -> list[Annotators]:
    """Return both readings of the documents of a task file.

    Raises:
        ConfigError: a task cannot be read, or none of its documents has two readings.
    """
    task = load_task(path)
    labels = load_document_gold(task.gold)
    names = [name for name in task.documents or labels if name in labels]
    found = [both for name in names if (both := labels[name].annotators)]
    if not found:
        raise ConfigError(f"no document of task {task.name!r} has two readings")
    return found


def measure(readings: Sequence[Annotators], kind: Kind) -> Score:
    """Count what some documents' readings have in common, of one kind of records.

    Soft records are compared in the items that both readings cover in full.

    Returns:
        The counts of each field, and two metrics: `both`, the records that both
        readings have, and `same`, those of them that are the same in every field.
    """
    score = Score()
    for pair in readings:
        items = comparable(pair, with_alternatives=False)
        claims = [claim for item in pair.second for claim in item.commitments]
        for sample, theirs in make_samples("", items, claims, Span(0, 0)):
            if kind == "hard" or sample.coverage == "full":
                score += _count(align(sample.claims, theirs, kind), KIND_FIELDS[kind])
    return score


def _count(aligned: Alignment, fields: Sequence[str]) -> Score:
    same = sum(not wrong_fields(*pair, fields) for pair in aligned.pairs)
    return Score(
        tallies={
            "both": aligned.tally(len(aligned.pairs)),
            "same": aligned.tally(same),
        },
        fields={field: count_field(field, aligned) for field in fields},
    )
