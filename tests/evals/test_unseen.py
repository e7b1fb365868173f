"""Unseen documents: their scores are shown, their errors are not, in any report."""

from __future__ import annotations

import json
import re

import pytest

from extractor.evals.evaluate import to_json
from extractor.evals.reports.html import html_report
from extractor.evals.reports.markdown import markdown_report
from extractor.evals.tasks import load_task
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
    """Score arms that find nothing, on an unseen document and on one that is not."""
    task = load_task(write_task(tmp_path / "evals"))
    second = gold_lines()
    second[0]["commitments"][0]["target"]["unit"] = "所"
    write_gold(task.gold[0] / "second", second)
    arms = [live_arm("silent", silent), live_arm("again", silent)]
    return [
        score_task(task.model_copy(update={"unseen": unseen}), arms)
        for unseen in (True, False)
    ]


def test_scores_are_the_same(results):
    """What is hidden is no figure."""
    unseen, seen = results

    assert [arm.metrics for arm in seen.arms] == [arm.metrics for arm in unseen.arms]
    assert seen.arms[0].errors and not unseen.arms[0].errors
    assert seen.agreement.score.confusions["unit"]
    assert not unseen.agreement.score.confusions


def test_no_report_shows_an_error(results):
    """Neither Markdown nor HTML nor JSON has a word of a document or a place."""
    unseen, seen = results
    for write in (markdown_report, html_report, to_json):
        assert re.search("新增|个 → 所|1.5", write(seen))
        assert not re.search("新增|→|1\\.5万|no\\. 1|普通高中", write(unseen))
    titles = re.findall("^## (.*)$", markdown_report(unseen), flags=re.MULTILINE)
    assert not {"Errors", "Worst items"} & set(titles) and "Scores" in titles
    assert "Errors in the source" not in html_report(unseen)


def test_json_says_that_errors_are_left_out(results):
    """An empty list would say that there are none."""
    unseen, seen = (json.loads(to_json(result)) for result in results)

    assert unseen["unseen"] and not seen["unseen"]
    for arm in (*unseen["arms"], unseen["agreement"]):
        assert not {"errors", "samples"} & set(arm)
    assert {"errors", "samples"} <= set(seen["arms"][0])
