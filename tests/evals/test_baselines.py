"""Gates and baselines: what fails, and why in one line."""

from __future__ import annotations

import pytest

from extractor.core.errors import ConfigError
from extractor.evals.arms import rules_arm
from extractor.evals.baselines import (
    Baseline,
    baseline_json,
    baseline_of,
    check_gate,
    compare_to_baseline,
    load_baseline,
)
from extractor.evals.tasks import Gate, load_task
from tests.eval_samples import (
    live_arm,
    score_task,
    silent,
    write_task,
)


@pytest.fixture
def task(tmp_path):
    """Load the small task."""
    return load_task(write_task(tmp_path / "evals"))


@pytest.mark.parametrize(
    ("thresholds", "reason"),
    [
        pytest.param({"strict_f1": 0.9, "max_ungrounded": 0.0}, None, id="passed"),
        pytest.param({"found_recall": 1.0, "items_precision": 1.0}, None, id="figures"),
        pytest.param({"strict_f1": 1.1}, "strict_f1 is 1.0000, below 1.1", id="below"),
        pytest.param(
            {"max_ungrounded": -0.1}, "max_ungrounded is 0.0000, above", id="above"
        ),
        pytest.param({"min_digits": 1.1}, "digits is 1.0000, below 1.1", id="digits"),
        pytest.param(
            {"max_drop_from_baseline": 0.02}, "there is no baseline", id="no-baseline"
        ),
    ],
)
def test_gate(task, thresholds, reason):
    """Each threshold that is missed has a reason in one line."""
    result = score_task(task, [rules_arm()])
    checked = check_gate(Gate(arm="rules", thresholds=thresholds), result)

    assert checked.passed == (reason is None) == all(c.passed for c in checked.checks)
    assert sorted(thresholds.items()) == [
        (c.threshold, c.limit) for c in checked.checks
    ]
    assert all(reason in line and "\n" not in line for line in checked.reasons)


def test_a_gate_fails_on_what_was_not_counted(task):
    """No figure is no pass, and neither is an arm that did not run."""
    result = score_task(task, [live_arm("silent", silent)])

    for arm, thresholds, reason in (
        ("silent", {"found_precision": 0.0}, "not counted"),
        ("rules", {}, "was not scored"),
    ):
        checked = check_gate(Gate(arm=arm, thresholds=thresholds), result)
        assert not checked.passed and reason in checked.reasons[0]


def test_a_drop_from_the_baseline_fails(tmp_path, task):
    """A score may fall by what the gate allows and no further."""
    gate = Gate(arm="rules", thresholds={"max_drop_from_baseline": 0.02})
    good = score_task(task, [rules_arm()])
    bad = score_task(task, [live_arm("rules", silent)])
    path = tmp_path / "small.json"
    path.write_text(baseline_json(baseline_of(good)), encoding="utf-8")
    baseline = load_baseline(path)

    assert check_gate(gate, good, baseline).passed
    assert [0.0, 1.0] == [
        check_gate(gate, result, baseline).checks[0].score for result in (good, bad)
    ]
    assert 2 == len(check_gate(gate, bad, baseline).reasons)
    changes = {change.metric: change for change in compare_to_baseline(bad, baseline)}
    assert -1.0 == changes["found"].difference
    assert changes["items"].difference == 0 and changes["ungrounded"].difference is None
    assert not check_gate(gate, good, baseline.model_copy(update={"arms": {}})).passed


def test_the_gate_of_a_task_decides(tmp_path):
    """A result is passed when its task's gates are."""
    task = load_task(write_task(tmp_path, '[[gate]]\narm = "rules"\nfound_f1 = 0.9\n'))

    assert score_task(task, [rules_arm()]).passed
    assert not score_task(task, [live_arm("rules", silent)]).passed


def test_a_baseline_of_another_task_is_refused(tmp_path, task):
    """Figures of other documents are no baseline."""
    result = score_task(task, [rules_arm()])
    path = tmp_path / "bad.json"
    path.write_text("{}", encoding="utf-8")

    with pytest.raises(ConfigError, match="other documents"):
        compare_to_baseline(result, Baseline(task="small", documents={}, arms={}))
    with pytest.raises(ConfigError, match="write it again"):
        load_baseline(path)
    with pytest.raises(ConfigError, match="check the path"):
        load_baseline(tmp_path / "none.json")
