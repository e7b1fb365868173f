"""Tasks of several small plans that differ in one letter of a heading."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

from tests.eval_samples import PLAN, gold_lines, write_gold


def write_plans(
    directory: Path, name: str, documents: Sequence[str], letters: Sequence[str] = ()
) -> Path:
    """Write plans, their gold and a task of them; return the task's path.

    Args:
        directory: where to.
        name: of the task.
        documents: their names, one letter each.
        letters: what tells their letters apart, the names unless given.
    """
    (directory / "documents").mkdir(parents=True)
    for document, letter in zip(documents, letters or documents, strict=True):
        text = PLAN.replace("扩大供给", f"扩大供{letter}")
        path = directory / "documents" / f"{document}.txt"
        path.write_text(text, encoding="utf-8", newline="")
        digest = hashlib.sha256(text.encode()).hexdigest()
        own = {"doc_id": document, "doc_sha256": digest}
        write_gold(directory / "gold", [row | own for row in gold_lines()], document)
    task = directory / "task.toml"
    task.write_text(
        f'name = "{name}"\n[data]\ngold = "gold"\ncorpus = "documents"\n',
        encoding="utf-8",
    )
    return task
