"""Evaluation: arms scored side by side, the same bytes twice."""

from __future__ import annotations

import hashlib

import pytest

from extractor.core.errors import ConfigError
from extractor.core.records import Quote
from extractor.core.spans import Span
from extractor.documents.loading import load_document
from extractor.evals.agreement import agreement
from extractor.evals.arms import Sources, gather_arms, rules_arm, stored_arm
from extractor.evals.dataset import load_dataset
from extractor.evals.evaluate import run_eval, to_json
from extractor.evals.predictions import Arm
from extractor.evals.results import make_metrics
from extractor.evals.scoring.comparison import compare_arms
from extractor.evals.scoring.intervals import Resampling
from extractor.evals.tasks import load_task
from extractor.runs.session import ModelOptions
from tests.conftest import DOCUMENTS, ROOT
from tests.eval_samples import (
    PLAN,
    at,
    gold_lines,
    live_arm,
    score_task,
    silent,
    store_run,
    write_gold,
    write_task,
)


@pytest.fixture
def task(tmp_path):
    """Load the small task."""
    return load_task(write_task(tmp_path / "evals"))


def test_rules_on_the_small_plan(task):
    """The baseline is scored without a model."""
    result = score_task(task, [rules_arm()])
    arm = result.arm("rules")

    assert (1.0, 1.0) == (arm.metric("found").value, arm.metric("items").value)
    assert 4 == arm.metric("strict").gold
    assert (3, 1, 4, 2) == (
        result.documents[0].items, result.documents[0].full_items,
        result.documents[0].hard, result.documents[0].soft,
    )  # fmt: skip
    assert arm.metric("found").interval is None and result.agreement is None
    assert arm.usage is None and result.passed


def test_nothing_found(task):
    """An arm that finds nothing has no precision and no recall to show."""
    arm = score_task(task, [live_arm("silent", silent)]).arm("silent")

    assert (0.0, None, 0.0) == (
        arm.metric("found").value,
        arm.metric("found").precision,
        arm.metric("found").recall,
    )  # fmt: skip
    assert 6 == len(arm.errors) == sum(e.kind == "missed" for e in arm.errors)
    assert 2 == sum(error.is_soft for error in arm.errors)
    assert arm.metric("digits").value < 1
    assert ["2032", "1.5", "3", "5", "85", "10"] == [
        number.number.text for number in arm.documents[0].unused
    ]


def test_a_promise_outside_of_every_item_is_spurious(task):
    """What a tool takes from the title counts against its precision."""

    def title(documents):
        found = rules_arm().predict(documents)
        words = {"target": Quote(text=PLAN[:3], span=Span(0, 3))}
        moved = [r.model_copy(update=words) for r in found.claims["plan"] if r.target]
        return found.model_copy(update={"claims": {"plan": tuple(moved)}})

    arm = score_task(task, [Arm("title", title)]).arm("title")

    assert {-1} == {error.item for error in arm.errors if error.kind == "spurious"}
    assert 0 == arm.metric("found").correct


def test_arms_of_a_task_file(tmp_path, task):
    """A stored run and an export are arms; a model needs more than the task file."""
    stored = store_run(task.corpus[0] / "plan.txt", tmp_path / "run.db")
    more = (
        f'[arms.kept]\ndatabase = "{stored}"\n'
        '[arms.sentences]\nstrategy = "sentences"\nmodel = "local"\n'
        '[arms.again]\nstrategy = "rules"\n'
        f'[arms.other]\nexport = "other.jsonl"\n'
    )
    data = load_dataset(load_task(write_task(tmp_path / "more", more)))
    (tmp_path / "more" / "other.jsonl").write_text("", encoding="utf-8")

    arms = gather_arms(data, Sources(), ModelOptions())

    assert ["rules", "kept", "again", "other"] == [
        arm.name for arm in run_eval(data, arms).arms
    ]


def test_missing_files_are_the_operators_mistake(tmp_path, task):
    """Task, gold and source files that are not there are named."""
    with pytest.raises(ConfigError, match="check the path"):
        load_task(tmp_path / "none.toml")
    with pytest.raises(ConfigError, match="--corpus"):
        score_task(task.model_copy(update={"corpus": ()}), [rules_arm()])
    with pytest.raises(ConfigError, match="no gold for 'other'"):
        load_dataset(task.model_copy(update={"documents": ("other",)}))
    with pytest.raises(ConfigError, match="no gold in"):
        load_dataset(task.model_copy(update={"gold": (tmp_path / "none",)}))


def test_labelled_documents_are_the_files(task, tmp_path):
    """The document of a gold file is the one with its digest."""
    (labelled,) = load_dataset(task).labelled

    assert (
        load_document(tmp_path / "evals" / "documents" / "plan.txt")
        == labelled.loaded.document
    )


def test_second_readings_stand_beside_the_arms(tmp_path):
    """Human agreement is scored like an arm, with alternatives and without."""
    path = write_task(tmp_path)
    first, second = gold_lines(), gold_lines()
    first[0]["commitments"][0]["alternatives"] = {"object": ["学位"]}
    second[0]["commitments"][0]["object"] = at("学位", 1)
    second[2]["coverage"], second[2]["commitments"] = "hard", []
    write_gold(tmp_path / "gold", first)
    write_gold(tmp_path / "gold" / "second", second)
    result = score_task(load_task(path), [rules_arm()])

    assert result.agreement is not None and result.agreement_alone is not None
    assert 1.0 == result.agreement.metric("strict").value
    assert 0.75 == result.agreement_alone.metric("strict").value
    assert 0 == result.agreement.metric("soft").gold


def test_readers_are_compared_with_each_other_not_with_the_settled_gold(tmp_path):
    """Gold that was settled from both readings says nothing of their agreement."""
    path = write_task(tmp_path)
    first, second = gold_lines(), gold_lines()
    first[0]["commitments"][0]["object"] = at("公办幼儿园", 1)
    second[1]["commitments"].pop()
    write_gold(tmp_path / "gold" / "first", first)
    write_gold(tmp_path / "gold" / "second", second)
    result = score_task(load_task(path), [rules_arm()])

    assert result.agreement is not None
    assert (2, 3, 4) == (
        result.agreement.metric("strict").correct,
        result.agreement.metric("strict").predicted,
        result.agreement.metric("strict").gold,
    )
    assert 1.0 == result.arm("rules").metric("found").value
    assert "missed" in {error.kind for error in result.agreement.errors}


def test_gold_of_several_directories(tmp_path):
    """Documents and readings of all directories are scored as one task."""
    path = write_task(tmp_path)
    more = PLAN.replace("1.5万", "2.5万")
    (tmp_path / "documents" / "more.txt").write_text(more, encoding="utf-8", newline="")
    digest = hashlib.sha256(more.encode()).hexdigest()
    lines = [line | {"doc_id": "more", "doc_sha256": digest} for line in gold_lines()]
    lines[0]["commitments"][0]["target"] |= {"quote": "2.5万个", "value": 25000}
    write_gold(tmp_path / "more", lines, "more")
    write_gold(tmp_path / "more" / "second", lines, "more")
    text = path.read_text(encoding="utf-8")
    path.write_text(
        text.replace('gold = "gold"', 'gold = ["gold", "more"]'), encoding="utf-8"
    )
    result = score_task(load_task(path), [rules_arm()])

    assert ["plan", "more"] == [document.name for document in result.documents]
    assert 1.0 == result.arm("rules").metric("found").value
    assert result.agreement is not None
    assert ["more"] == [document.name for document in result.agreement.documents]


def test_agreement_of_equal_readings(tmp_path):
    """A reading agrees with itself in everything."""
    task = load_task(write_task(tmp_path))
    write_gold(tmp_path / "gold" / "second", gold_lines())
    result = agreement(load_dataset(task).labelled, task.resampling)

    assert result is not None
    assert () == result.errors and 1.0 == result.metric("soft").value


def test_arms_are_compared_by_item(task):
    """Wins and losses are items with fewer and more errors."""
    arms = [live_arm("silent", silent), rules_arm()]
    result = score_task(task, arms, compare=[("silent", "rules")])
    (comparison,) = result.comparisons

    assert (2, 0, 1) == (comparison.wins, comparison.losses, comparison.ties)
    assert [2, 2] == [change.a_errors for change in comparison.changes]
    assert "not enough gold to tell" == comparison.paired.verdict
    assert 1.0 == comparison.paired.difference
    with pytest.raises(ConfigError, match="no arm 'other'"):
        score_task(task, arms, compare=[("rules", "other")])


def test_arms_of_other_documents_are_not_compared(task):
    """A comparison is paired or none."""
    arm = score_task(task, [rules_arm()]).arms[0]
    other = arm.model_copy(update={"documents": ()})

    with pytest.raises(ConfigError, match="different documents"):
        compare_arms(arm, other, Resampling())


def test_metrics_have_intervals_over_documents():
    """Two documents or more give an interval and a mean over documents."""
    path = DOCUMENTS / "minsheng-2023.txt"
    task = load_task(ROOT / "evals" / "commitments.toml")
    result = score_task(
        task.model_copy(
            update={
                "documents": (path.stem, "qinghe-2024"),
                "resampling": Resampling(resamples=50),
            }
        ),
        [live_arm("silent", silent)],
    )
    metric = result.arms[0].metric("found")

    assert metric.interval is not None and metric.interval.high == 0.0
    assert 0.0 == metric.document_mean and 0 < metric.gold


def test_metrics_of_nothing():
    """Without documents every figure is None."""
    assert {None} == {metric.value for metric in make_metrics([])}


def test_the_same_evaluation_gives_the_same_bytes(tmp_path, task):
    """JSON holds no times and no order of chance."""
    stored = store_run(task.corpus[0] / "plan.txt", tmp_path / "run.db")
    first, second = (
        to_json(score_task(task, [rules_arm(), stored_arm("stored", stored)]))
        for _ in range(2)
    )

    assert first == second and first.endswith("\n")


def test_json_without_errors_holds_no_text_of_the_document(task):
    """Scores of plans that are not ours can be kept without their sentences."""
    text = to_json(score_task(task, [live_arm("silent", silent)]), with_errors=False)

    assert "课程建设" not in text
    assert "课程建设" in to_json(score_task(task, [live_arm("silent", silent)]))
