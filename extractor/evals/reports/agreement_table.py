"""How far two readings agree, field by field: gold files in, a Markdown table out.

The documents are not needed, so the table can be made anywhere.
Two records are the same record when the aligner of the scores pairs them, and two
values are the same by its tolerance; alternatives do not count, so it does not matter
which reading is taken for gold.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from extractor.core.claims import Claim, assign_to_items
from extractor.core.errors import ConfigError
from extractor.core.records import Kind, Record
from extractor.evals.agreement import covered, without_alternatives
from extractor.evals.gold.annotators import Annotators, load_labels
from extractor.evals.gold.claims import item_claims
from extractor.evals.scoring.alignment import align_hard, align_soft
from extractor.evals.scoring.counts import FieldCounts, Share, Tally
from extractor.evals.scoring.fields import FIELDS, is_right
from extractor.evals.scoring.score import count_field
from extractor.evals.tasks import load_task

KIND_FIELDS: Mapping[Kind, tuple[str, ...]] = {
    "hard": FIELDS,
    "soft": ("actor", "actor_source", "partners", "action", "object"),
}
"""The fields that a record of each kind can have."""
_NOTHING = "–"

_Rows = Mapping[str, tuple[Share, float | None]]


class Agreement(Record):
    """What two readings have in common, of the hard records or the soft ones."""

    records: Tally
    """Records of both readings, of the second (`predicted`) and the first (`gold`)."""
    same: int
    """Records of both that are the same in every field."""
    fields: Mapping[str, FieldCounts]

    def __add__(self, other: Agreement) -> Agreement:
        return Agreement(
            records=self.records + other.records,
            same=self.same + other.same,
            fields={f: self.fields[f] + other.fields[f] for f in self.fields},
        )

    def rows(self) -> _Rows:
        """Return each row's share of agreement, and its F1."""
        both, either = self.records.correct, self.records.predicted + self.records.gold
        whole = self.records.model_copy(update={"correct": self.same})
        return {
            "in both readings": (
                Share(part=both, whole=either - both),
                self.records.f1,
            ),
            "the same in every field": (Share(part=self.same, whole=both), whole.f1),
            **{f"`{f}`": (_stated(c), c.tally.f1) for f, c in self.fields.items()},
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
            name: one.rows() for name, one in measured.items() if one.records.gold
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
    labels = load_labels(task.gold)
    names = [name for name in task.documents or labels if name in labels]
    found = [both for name in names if (both := labels[name].annotators)]
    if not found:
        raise ConfigError(f"no document of task {task.name!r} has two readings")
    return found


def measure(readings: Sequence[Annotators], kind: Kind) -> Agreement:
    """Measure the agreement of some documents' readings.

    Soft records are compared in the items that both readings cover in full.
    """
    found = Agreement(
        records=Tally(),
        same=0,
        fields={field: FieldCounts() for field in KIND_FIELDS[kind]},
    )
    for first, second in readings:
        items = [without_alternatives(item) for item in covered(first, second)]
        claims = [claim for item in second for claim in item_claims(item)]
        inside, outside = assign_to_items(claims, [item.item_span for item in items])
        for item, theirs in zip(items, inside, strict=True):
            if kind == "hard" or item.coverage == "full":
                found += _compare(item_claims(item), theirs, kind)
        if kind == "hard":
            found += _compare((), outside, kind)
    return found


def _compare(first: Sequence[Claim], second: Sequence[Claim], kind: Kind) -> Agreement:
    """Compare the records of one item."""
    ours = [claim for claim in first if claim.kind == kind]
    theirs = [claim for claim in second if claim.kind == kind]
    aligned = (align_hard if kind == "hard" else align_soft)(ours, theirs)
    pairs = [(ours[i], theirs[j]) for i, j in aligned.pairs]
    missed = [ours[i] for i in aligned.missed]
    spurious = [theirs[j] for j in aligned.spurious]
    fields = KIND_FIELDS[kind]
    return Agreement(
        records=Tally(correct=len(pairs), predicted=len(theirs), gold=len(ours)),
        same=sum(all(is_right(f, *pair) for f in fields) for pair in pairs),
        fields={f: count_field(f, pairs, missed, spurious) for f in fields},
    )
