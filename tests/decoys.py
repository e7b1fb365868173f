"""Marked plans in which every number is a target or a decoy, and how many are taken.

`python -m tests.decoys` scores the rules, `python -m tests.decoys DB` a stored run over
the files that `python -m tests.decoys --write FOLDER` makes.
"""

from __future__ import annotations

import re
import sqlite3
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from extractor.core.spans import Span
from extractor.documents.items import split_items
from extractor.documents.loading import document_of_text
from tests.eval_samples import rules_records

FOLDER = Path(__file__).parents[1] / "evals/decoys"
TARGET = "target"
_MARK = re.compile(r"\[\[(.*?)\]\]\{(\w)\}|\(\((.*?)\)\)")


class Marked(NamedTuple):
    """A plan without its marks, and where the marked numbers stand."""

    name: str
    text: str
    numbers: tuple[tuple[Span, str], ...]
    """(place, kind): a kind of decoy, or `target`."""


class Taken(NamedTuple):
    """How many numbers of each kind were recorded as targets, of how many."""

    taken: Counter[str]
    marked: Counter[str]

    @property
    def false_alarms(self) -> float:
        """Share of the decoys that were taken for targets."""
        decoys = self.marked.total() - self.marked[TARGET]
        return (self.taken.total() - self.taken[TARGET]) / decoys

    @property
    def recall(self) -> float:
        """Share of the targets that were recorded."""
        return self.taken[TARGET] / self.marked[TARGET]


def read_marked(path: Path) -> Marked:
    """Read a marked plan."""
    marked = path.read_text(encoding="utf-8")
    parts: list[str] = []
    numbers = []
    at = length = 0
    for match in _MARK.finditer(marked):
        words = match[3] if match[2] is None else match[1]
        parts += [marked[at : match.start()], words]
        start = length + match.start() - at
        length = start + len(words)
        numbers.append((Span(start, length), match[2] or TARGET))
        at = match.end()
    text = "".join([*parts, marked[at:]])
    return Marked(path.stem, text, tuple(numbers))


def marked_plans(folder: Path = FOLDER) -> list[Marked]:
    """Return all marked plans, by name."""
    return [read_marked(path) for path in sorted(folder.glob("*.txt"))]


def by_rules(plan: Marked) -> Iterator[Span]:
    """Yield the targets that the rules record."""
    document = document_of_text(plan.text)
    for item in split_items(document):
        for record in rules_records(document, item):
            if record.target:
                yield record.target.span


def by_run(plan: Marked, db: Path) -> Iterator[Span]:
    """Yield the targets that a stored run recorded."""
    with closing(sqlite3.connect(db)) as conn:
        rows = conn.execute(
            "select target_start, target_end from commitments c "
            "join documents d on d.id = c.document_id "
            "join v_latest_runs r on r.run_id = c.run_id and r.document_id = d.id "
            "where d.path like ? and target_quote is not null",
            [f"%{plan.name}.txt"],
        ).fetchall()
    for start, end in rows:
        yield Span(start, end)


def count(plans: Sequence[Marked], db: Path | None = None) -> Taken:
    """Count what the rules, or a stored run, take for targets."""
    taken: Counter[str] = Counter()
    marked: Counter[str] = Counter()
    for plan in plans:
        targets = list(by_run(plan, db) if db else by_rules(plan))
        for span, kind in plan.numbers:
            marked[kind] += 1
            taken[kind] += any(span.overlaps(target) for target in targets)
    return Taken(taken, marked)


def main(arguments: list[str]) -> None:
    """Write the plans without marks, or count."""
    if arguments[:1] == ["--write"]:
        folder = Path(arguments[1])
        folder.mkdir(parents=True, exist_ok=True)
        for plan in marked_plans():
            (folder / f"{plan.name}.txt").write_text(plan.text, encoding="utf-8")
        return
    found = count(marked_plans(), Path(arguments[0]) if arguments else None)
    for kind, n in sorted(found.marked.items()):
        print(f"{kind:8} {found.taken[kind]:4} of {n}")
    print(f"decoys taken {found.false_alarms:.1%}, targets found {found.recall:.1%}")


if __name__ == "__main__":
    main(sys.argv[1:])
