"""Exports: quotes of any tool are located, or refused."""

from __future__ import annotations

import json

import pytest

from extractor.core.errors import ConfigError
from extractor.evals.arms import export_arm, rules_arm, stored_arm
from extractor.evals.dataset import load_dataset
from extractor.evals.scoring.intervals import Resampling
from extractor.evals.tasks import load_task
from extractor.store.export import export_rows
from tests.conftest import DOCUMENTS, ROOT
from tests.eval_samples import (
    at,
    score_task,
    store_run,
    write_task,
)


@pytest.fixture
def task(tmp_path):
    """Load the small task."""
    return load_task(write_task(tmp_path / "evals"))


def write_rows(path, *rows):
    """Write rows as JSON Lines and return the arm that reads them."""
    path.write_text(
        "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8"
    )
    return export_arm("other", path)


def test_an_export_scores_as_the_run_it_came_from(tmp_path, task):
    """`extract export --format jsonl` loses nothing that is scored."""
    export = tmp_path / "export.jsonl"
    stored = store_run(task.corpus[0] / "plan.txt", tmp_path / "run.db")
    export_rows(stored, "jsonl", export)
    live, kept = score_task(task, [rules_arm(), export_arm("export", export)]).arms

    for name in ("found", "strict", "soft", "soft_found"):
        assert live.score.tally(name) == kept.score.tally(name)
    assert live.score.fields == kept.score.fields
    assert kept.metric("items").value is None


@pytest.mark.parametrize("path", sorted(DOCUMENTS.glob("*.txt")), ids=lambda p: p.stem)
def test_exports_of_shipped_documents_lose_little(tmp_path, path):
    """Quotes without spans are found again in damaged and traditional text."""
    task = load_task(ROOT / "evals" / "commitments.toml")
    task = task.model_copy(
        update={"documents": (path.stem,), "resampling": Resampling(resamples=10)}
    )
    database = store_run(path, tmp_path / "run.db")
    export = tmp_path / "export.jsonl"
    export_rows(database, "jsonl", export)
    stored, exported = score_task(
        task, [stored_arm("stored", database), export_arm("export", export)]
    ).arms

    assert stored.score.tally("strict") == exported.score.tally("strict")


def test_quotes_of_another_tool_are_located(tmp_path, task):
    """Quotes alone are enough; values are computed from them."""
    arm = write_rows(
        tmp_path / "other.jsonl",
        {"action": "新增", "object": "公办幼儿园学位", "target_quote": "1.5万个",
         "deadline_quote": "2032年底前"},
        {"actor": "各区(县)", "action": "开展", "object": "培训",
         "target_quote": "不少于10场", "item_label": "2."},
    )  # fmt: skip
    result = score_task(task, [arm]).arms[0]

    assert 2 == result.metric("strict").correct == result.metric("strict").predicted


def test_method_and_likelihood_are_the_tools_own(tmp_path, task):
    """Who made a record and how sure that was is scored as with a stored run."""
    arm = write_rows(
        tmp_path / "other.jsonl",
        {"target_quote": "1.5万个", "method": "both", "likelihood": -0.5},
        {"target_quote": "85%以上", "method": "guess"},
    )
    claims = arm.predict(load_dataset(task).documents).claims["plan"]

    assert [("both", -0.5), (None, None)] == [(c.method, c.likelihood) for c in claims]


def test_values_that_a_tool_states_are_its_own(tmp_path, task):
    """A wrong value stays wrong though its quote is right."""
    arm = write_rows(
        tmp_path / "other.jsonl",
        {"target_quote": "1.5万个", "target_value": 1.5, "target_unit": "万个",
         "target_comparator": "eq", "target_change": "level"},
        {"deadline_quote": "2032年底前", "deadline_date": "2032-11-30"},
    )  # fmt: skip
    score = score_task(task, [arm]).arms[0].score

    assert 0 == score.tally("found").correct
    assert {"value": 1, "unit": 1} == {
        n: score.fields[n].wrong for n in ("value", "unit")
    }


def test_invented_quotes_are_ungrounded(tmp_path, task):
    """An altered number is refused, not matched approximately."""
    arm = write_rows(
        tmp_path / "other.jsonl",
        {"action": "新增", "target_quote": "2.5万个",
         "clause": "新增公办幼儿园学位1.5万个"},
        {"action": "新增", "target_quote": "5万个", "start": at("新增", 1)["span"][0],
         "end": at("1.5万个", 1)["span"][1]},
    )  # fmt: skip
    result = score_task(task, [arm]).arms[0]

    assert 1.0 == result.metric("ungrounded").value
    assert 0 == result.metric("found").predicted


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("{", "no JSON Lines", id="no-json"),
        pytest.param("[]", "no JSON object", id="no-object"),
        pytest.param(
            '{"document_id": "x", "action": "新增"}', "names none", id="stranger"
        ),
        pytest.param(
            '{"target_quote": "1.5万个", "likelihood": "x"}', "line 1", id="likelihood"
        ),
        pytest.param(
            '{"target_quote": "1.5万个", "target_value": "many"}', "line 1", id="value"
        ),
    ],
)
def test_malformed_exports_are_refused(tmp_path, task, text, message):
    """An export that cannot be scored says why."""
    path = tmp_path / "other.jsonl"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(ConfigError, match=message):
        score_task(task, [export_arm("other", path)])


def test_a_missing_export_is_refused(tmp_path, task):
    """A path without a file is the operator's mistake."""
    with pytest.raises(ConfigError, match="check the path"):
        score_task(task, [export_arm("other", tmp_path / "none.jsonl")])


def test_rows_find_their_document_by_name(tmp_path, task):
    """The name of the file says which document a row is about."""
    arm = write_rows(
        tmp_path / "other.jsonl",
        {"source_path": "C:\\plans\\plan.txt", "target_quote": "1.5万个"},
        {"source_path": "another.txt", "target_quote": "1.5万个"},
    )

    assert 1 == score_task(task, [arm]).arms[0].metric("found").predicted
