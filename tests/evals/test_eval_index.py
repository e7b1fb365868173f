"""The index of evaluations: every arm of every task, the unseen first."""

from __future__ import annotations

import json

import pytest

from extractor.evals.arms import rules_arm
from extractor.evals.evaluate import to_json
from extractor.evals.tasks import Gate, load_task
from tests.eval_index import index_page
from tests.eval_samples import (
    gold_lines,
    live_arm,
    score_task,
    silent,
    write_gold,
    write_task,
)


@pytest.fixture
def results(tmp_path):
    """Score the small plan twice: as a made-with task and as an unseen one."""
    task = load_task(write_task(tmp_path / "evals"))
    write_gold(task.gold[0] / "second", gold_lines())
    gates = tuple(Gate(arm="rules", thresholds={"strict_f1": f}) for f in (0.1, 1.1))
    seen = task.model_copy(update={"name": "seen", "used": "rules", "gates": gates})
    unseen = task.model_copy(update={"unseen": True, "used": "scores only"})
    arms = [rules_arm(), live_arm("silent", silent)]
    return [json.loads(to_json(score_task(one, arms))) for one in (seen, unseen)]


def test_unseen_tasks_come_first(results):
    """The first rows are those that say what to expect."""
    rows = [line for line in index_page(results).splitlines() if line[:1] == "|"][2:]

    assert 6 == len(rows)
    assert all(
        row.startswith("| small | 1 | unseen: scores only |") for row in rows[:3]
    )
    assert all(row.startswith("| seen | 1 | rules |") for row in rows[3:])


def test_rows_have_scores_and_verdict(results):
    """Hard and soft F1, the second reader, and whether every gate is passed."""
    text = index_page(results)

    assert "| seen | 1 | rules | rules | 4 | 1.000 | 1.000 | 2 |" in text
    assert "| silent | 4 | 0.000 | 0.000 | 2 | 0.000 | 0.000 | – |" in text
    assert "| second reading | 4 | 1.000 |" in text
    assert 1 == text.count("| failed |") and "| passed |" not in text
    assert f"Version {results[0]['product_version']}, code" in text
