"""Predictions: a stored run scores as the strategy that made it."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from extractor.core.errors import ConfigError, UserError
from extractor.core.records import Draft, Mention
from extractor.core.spans import Span
from extractor.evals.arms import rules_arm, stored_arm
from extractor.evals.reports.markdown import markdown_report
from extractor.evals.tasks import load_task
from extractor.store.store import Store
from tests.eval_samples import (
    live_arm,
    score_task,
    store_run,
    write_task,
)


@pytest.fixture
def task(tmp_path):
    """Load the small task."""
    return load_task(write_task(tmp_path / "evals"))


@pytest.fixture
def stored(tmp_path, task):
    """Run the rules over the small plan and return the database."""
    return store_run(task.corpus[0] / "plan.txt", tmp_path / "run.db", with_call=True)


def test_a_stored_run_scores_as_its_strategy(task, stored):
    """The database holds everything that is scored, and the ledger."""
    result = score_task(task, [rules_arm(), stored_arm("stored", stored)])
    live, kept = result.arms

    assert live.score == kept.score
    assert live.errors == kept.errors
    assert kept.usage is not None and (1, 3) == (kept.usage.calls, kept.usage.items)
    assert 112 / kept.usage.records == kept.metric("tokens_per_record").value
    assert 0.5 == kept.metric("seconds_per_item").value
    assert 0.25 / kept.usage.records == kept.metric("cost_per_record").value
    assert 0.25 / 3 == kept.metric("cost_per_item").value
    assert 112 / 3 == kept.metric("tokens_per_item").value
    row = "| stored | 3 | 1 | 0 | 0.50 | 0.083333 | 37.3 |"
    assert row in markdown_report(result)


def test_every_call_of_a_run_counts_once(task, stored):
    """Failed, unpriced and reused calls are in the sums, those of other runs not."""
    with closing(sqlite3.connect(stored)) as conn, conn:
        conn.row_factory = sqlite3.Row
        call = dict(conn.execute("select * from llm_calls").fetchone())
        added = [
            {"id": "a", "status": None, "error": "timeout", "cost_usd": None},
            {"id": "b", "status": 500},
            {"id": "reused", "item_id": None},
            {"id": "other", "item_id": None},
        ]
        names, marks = ", ".join(call), ", ".join("?" * len(call))
        for changes in added:
            conn.execute(
                f"insert into llm_calls ({names}) values ({marks})",
                list((call | changes).values()),
            )
        conn.execute("update commitments set call_id = 'reused'")

    usage = score_task(task, [stored_arm("stored", stored)]).arms[0].usage

    assert usage is not None
    assert (4, 2, 400) == (usage.calls, usage.failed_calls, usage.prompt_tokens)
    assert (0.75, 6.0) == (usage.cost_usd, usage.seconds)


def test_an_unfinished_run_is_refused(tmp_path, task):
    """A run that has not done a document cannot be scored on it."""
    path = tmp_path / "empty.db"
    with Store(path):
        pass

    with pytest.raises(ConfigError, match="has not finished it"):
        score_task(task, [stored_arm("stored", path)])
    with pytest.raises(UserError, match="no database"):
        score_task(task, [stored_arm("stored", tmp_path / "none.db")])


def test_a_partial_run_is_refused(tmp_path, task):
    """A run with --limit has no score."""
    source = task.corpus[0] / "plan.txt"
    path = store_run(source, tmp_path / "part.db", limit=1)

    with pytest.raises(ConfigError, match="only 1 of 3 items"):
        score_task(task, [stored_arm("stored", path)])


def test_a_live_function_gets_items_of_the_document(task):
    """Any function that makes drafts is an arm."""

    def first_number(_name, view):
        if "1.5万个" not in view.text:
            return []
        clause = Span(0, len(view.text))
        words = Mention(text="1.5万个")
        return [Draft(clause=clause, target=words, method="model")]

    arm = score_task(task, [live_arm("first", first_number)]).arms[0]

    assert (1, 0) == (arm.metric("found").correct, arm.metric("strict").correct)
