"""Evaluation: tasks, arms from anywhere, gates, baselines, the same bytes twice."""

from __future__ import annotations

import json

import pytest

from extractor.agreement import agreement
from extractor.baselines import (
    Baseline,
    baseline_json,
    baseline_of,
    check_gate,
    compare_to_baseline,
    load_baseline,
)
from extractor.comparisons import compare_arms
from extractor.documents import load_document
from extractor.errors import ConfigError, UserError
from extractor.evaluation import (
    export_arm,
    live_arm,
    load_labelled,
    rules_arm,
    run_eval,
    stored_arm,
    task_arms,
    to_json,
)
from extractor.export import export_rows
from extractor.gold import load_gold
from extractor.grounding import ground
from extractor.intervals import Resampling
from extractor.items import split_items
from extractor.models import Draft, Mention
from extractor.normalisation import normalise
from extractor.offsets import Span
from extractor.pipeline import RunConfig, load_works, run, run_record
from extractor.predictions import predict_rules
from extractor.results import make_metrics
from extractor.store import Store
from extractor.strategies import RulesStrategy
from extractor.tasks import Gate, load_task
from tests.conftest import DOCUMENTS, ROOT
from tests.eval_samples import PLAN, at, gold_lines, write_gold, write_task
from tests.store_samples import Call

CONFIG = RunConfig(model="rules", strategy="rules", soft="rules")


class Opened(RulesStrategy):
    """The rules as the pipeline opens them."""

    async def __aenter__(self):
        return self

    async def __aexit__(self, *_error):
        return None


def silent(_document, _item):
    """Find nothing."""
    return []


@pytest.fixture
def task(tmp_path):
    """Load the small task."""
    return load_task(write_task(tmp_path / "evals"))


@pytest.fixture
def stored(tmp_path, task):  # noqa: ARG001 (writes the files)
    """Run the rules over the small plan and return the database."""
    path = tmp_path / "run.db"
    works = load_works([tmp_path / "evals" / "documents" / "plan.txt"], CONFIG).works
    strategy = Opened("rules")
    with Store(path) as store:
        record = run_record(works, CONFIG, strategy)
        store.start_run(record)
        run(works, CONFIG, strategy, store, record)
        item = works[0].items[0]
        call = Call(item_id=item.id)
        fields = {name: getattr(call, name) for name in call.__dataclass_fields__}
        store.add_call(record.id, fields)
    return path


# --- tasks ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "path", sorted((ROOT / "evals").glob("*.toml")), ids=lambda p: p.stem
)
def test_shipped_tasks_load(path):
    """Every task file names itself and a gate of an arm that it has."""
    loaded = load_task(path)

    assert path.stem == loaded.name
    assert all(gate.arm in loaded.arms for gate in loaded.gates)


def test_a_task_has_everything_a_file_says(tmp_path):
    """Arms, comparisons, gates and resampling come from the file."""
    task = load_task(
        write_task(
            tmp_path,
            '[arms.other]\nexport = "other.jsonl"\n'
            '[compare]\npairs = [["rules", "other"]]\n'
            '[gate]\narm = "rules"\nstrict_f1 = 0.5\nmax_drop_from_baseline = 0.02\n',
        )
    )

    assert tmp_path / "other.jsonl" == task.arms["other"].export
    assert (("rules", "other"),) == task.pairs
    assert {"strict_f1": 0.5, "max_drop_from_baseline": 0.02} == task.gates[
        0
    ].thresholds
    assert Resampling(resamples=50) == task.resampling


@pytest.mark.parametrize(
    ("more", "message"),
    [
        pytest.param(
            "[gate]\narm = 'rules'\nbeauty_f1 = 1\n", "unknown 'beauty_f1'", id="gate"
        ),
        pytest.param("[gate]\nstrict_f1 = 1\n", "gates.0.arm", id="gate-without-arm"),
        pytest.param("[arms.x]\n", "needs one of", id="arm"),
        pytest.param("[mood]\n", "mood", id="key"),
        pytest.param("[", "no TOML", id="no-toml"),
    ],
)
def test_malformed_tasks_are_refused(tmp_path, more, message):
    """A key that no task has is a mistake, not ignored."""
    with pytest.raises(ConfigError, match=message):
        load_task(write_task(tmp_path, more))


def test_missing_files_are_the_operators_mistake(tmp_path, task):
    """Task, gold and source files that are not there are named."""
    with pytest.raises(ConfigError, match="check the path"):
        load_task(tmp_path / "none.toml")
    with pytest.raises(ConfigError, match="--corpus"):
        run_eval(task.model_copy(update={"corpus": ()}), [rules_arm()])
    with pytest.raises(ConfigError, match="no gold for 'other'"):
        load_labelled(task.model_copy(update={"documents": ("other",)}))
    with pytest.raises(ConfigError, match="no gold in"):
        load_labelled(task.model_copy(update={"gold": tmp_path / "none"}))


# --- arms -----------------------------------------------------------------------


def test_rules_on_the_small_plan(task):
    """The baseline is scored without a model."""
    result = run_eval(task, task_arms(task))
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
    arm = run_eval(task, [live_arm("silent", silent)]).arm("silent")

    assert (0.0, None, 0.0) == (
        arm.metric("found").value,
        arm.metric("found").precision,
        arm.metric("found").recall,
    )  # fmt: skip
    assert 6 == len(arm.errors) == sum(e.kind == "missed" for e in arm.errors)
    assert 2 == sum(error.is_soft for error in arm.errors)
    assert arm.metric("digits").value < 1


def test_a_promise_outside_of_every_item_is_spurious(task):
    """What a tool takes from the title counts against its precision."""

    def title(document, item):
        found = predict_rules(document, item)
        moved = found[0].target and found[0].target.model_copy(
            update={"span": Span(0, 3), "text": PLAN[:3]}
        )
        return [found[0].model_copy(update={"target": moved})] if moved else []

    arm = run_eval(task, [live_arm("title", title)]).arm("title")

    assert {-1} == {error.item for error in arm.errors if error.kind == "spurious"}
    assert 0 == arm.metric("found").correct


def test_a_stored_run_scores_as_its_strategy(task, stored):
    """The database holds everything that is scored, and the ledger."""
    result = run_eval(task, [rules_arm(), stored_arm("stored", stored)])
    live, kept = result.arms

    assert live.score == kept.score
    assert live.errors == kept.errors
    assert kept.usage is not None and (1, 3) == (kept.usage.calls, kept.usage.items)
    assert 112 / kept.usage.records == kept.metric("tokens_per_record").value
    assert 0.5 == kept.metric("seconds_per_item").value
    assert 0.25 / kept.usage.records == kept.metric("cost_per_record").value


def test_a_replayed_run_is_scored_without_its_clock(task, stored):
    """Latencies of replayed calls stay out of reports that must repeat."""
    arm = run_eval(task, [stored_arm("stored", stored, with_usage=False)]).arms[0]

    assert arm.usage is None
    with pytest.raises(KeyError):
        arm.metric("seconds_per_item")


def test_an_unfinished_run_is_refused(tmp_path, task):
    """A run that has not done a document cannot be scored on it."""
    path = tmp_path / "empty.db"
    with Store(path):
        pass

    with pytest.raises(ConfigError, match="has not finished it"):
        run_eval(task, [stored_arm("stored", path)])
    with pytest.raises(UserError, match="no database"):
        run_eval(task, [stored_arm("stored", tmp_path / "none.db")])


def test_a_partial_run_is_refused(tmp_path, task):
    """A run with --limit has no score."""
    path = tmp_path / "part.db"
    config = RunConfig(model="rules", strategy="rules", soft="rules", limit=1)
    source = tmp_path / "evals" / "documents" / "plan.txt"
    works = load_works([source], config).works
    with Store(path) as store:
        record = run_record(works, config, Opened("rules"))
        store.start_run(record)
        run(works, config, Opened("rules"), store, record)
        store.add_document(works[0].document)
        store.add_items(split_items(works[0].document))

    with pytest.raises(ConfigError, match="only 1 of 3 items"):
        run_eval(task, [stored_arm("stored", path)])


def test_an_export_scores_as_the_run_it_came_from(tmp_path, task, stored):
    """`extract export --format jsonl` loses nothing that is scored."""
    export = tmp_path / "export.jsonl"
    export_rows(stored, "jsonl", export)
    live, kept = run_eval(task, [rules_arm(), export_arm("export", export)]).arms

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
    database, export = tmp_path / "run.db", tmp_path / "export.jsonl"
    works = load_works([path], CONFIG).works
    with Store(database) as store:
        record = run_record(works, CONFIG, Opened("rules"))
        store.start_run(record)
        run(works, CONFIG, Opened("rules"), store, record)
    export_rows(database, "jsonl", export)
    stored, exported = run_eval(
        task, [stored_arm("stored", database), export_arm("export", export)]
    ).arms

    assert stored.score.tally("strict") == exported.score.tally("strict")


def write_rows(path, *rows):
    """Write rows as JSON Lines and return the arm that reads them."""
    path.write_text(
        "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8"
    )
    return export_arm("other", path)


def test_quotes_of_another_tool_are_located(tmp_path, task):
    """Quotes alone are enough; values are computed from them."""
    arm = write_rows(
        tmp_path / "other.jsonl",
        {"action": "新增", "object": "公办幼儿园学位", "target_quote": "1.5万个",
         "deadline_quote": "2032年底前"},
        {"actor": "各区(县)", "action": "开展", "object": "培训",
         "target_quote": "不少于10场", "item_label": "2."},
    )  # fmt: skip
    result = run_eval(task, [arm]).arms[0]

    assert 2 == result.metric("strict").correct == result.metric("strict").predicted


def test_values_that_a_tool_states_are_its_own(tmp_path, task):
    """A wrong value stays wrong though its quote is right."""
    arm = write_rows(
        tmp_path / "other.jsonl",
        {"target_quote": "1.5万个", "target_value": 1.5, "target_unit": "万个",
         "target_comparator": "eq", "target_change": "level"},
        {"deadline_quote": "2032年底前", "deadline_date": "2032-11-30"},
    )  # fmt: skip
    score = run_eval(task, [arm]).arms[0].score

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
    result = run_eval(task, [arm]).arms[0]

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
            '{"target_quote": "1.5万个", "target_value": "many"}', "line 1", id="value"
        ),
    ],
)
def test_malformed_exports_are_refused(tmp_path, task, text, message):
    """An export that cannot be scored says why."""
    path = tmp_path / "other.jsonl"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(ConfigError, match=message):
        run_eval(task, [export_arm("other", path)])


def test_a_missing_export_is_refused(tmp_path, task):
    """A path without a file is the operator's mistake."""
    with pytest.raises(ConfigError, match="check the path"):
        run_eval(task, [export_arm("other", tmp_path / "none.jsonl")])


def test_rows_find_their_document_by_name(tmp_path, task):
    """The name of the file says which document a row is about."""
    arm = write_rows(
        tmp_path / "other.jsonl",
        {"source_path": "C:\\plans\\plan.txt", "target_quote": "1.5万个"},
        {"source_path": "another.txt", "target_quote": "1.5万个"},
    )

    assert 1 == run_eval(task, [arm]).arms[0].metric("found").predicted


def test_arms_of_a_task_file(tmp_path, stored):
    """A stored run, an export and a handed-over function are arms; a model is not."""
    more = (
        f'[arms.kept]\ndatabase = "{stored}"\n'
        '[arms.closed]\nstrategy = "closed"\nmodel = "local"\n'
        f'[arms.other]\nexport = "other.jsonl"\n'
    )
    task = load_task(write_task(tmp_path / "more", more))
    write_rows(tmp_path / "more" / "other.jsonl")

    assert ["rules", "kept", "closed", "other"] == [
        arm.name for arm in run_eval(task, task_arms(task, {"closed": silent})).arms
    ]
    with pytest.raises(ConfigError, match="arm 'closed' needs"):
        task_arms(task)


# --- agreement ------------------------------------------------------------------


def test_second_readings_stand_beside_the_arms(tmp_path):
    """Human agreement is scored like an arm, with alternatives and without."""
    path = write_task(tmp_path)
    first, second = gold_lines(), gold_lines()
    first[0]["commitments"][0]["alternatives"] = {"object": ["学位"]}
    second[0]["commitments"][0]["object"] = at("学位", 1)
    second[2]["coverage"], second[2]["commitments"] = "hard", []
    write_gold(tmp_path / "gold", first)
    write_gold(tmp_path / "gold" / "second", second)
    result = run_eval(load_task(path), [rules_arm()])

    assert result.agreement is not None and result.agreement_alone is not None
    assert 1.0 == result.agreement.metric("strict").value
    assert 0.75 == result.agreement_alone.metric("strict").value
    assert 0 == result.agreement.metric("soft").gold


def test_agreement_of_equal_readings(task):
    """A reading agrees with itself in everything."""
    labelled = load_labelled(task)
    result = agreement(labelled, [load_gold(task.gold)])

    assert () == result.errors and 1.0 == result.metric("soft").value


# --- comparison, gate, baseline -------------------------------------------------


def test_arms_are_compared_by_item(task):
    """Wins and losses are items with fewer and more errors."""
    arms = [live_arm("silent", silent), rules_arm()]
    result = run_eval(task, arms, pairs=[("silent", "rules")])
    (comparison,) = result.comparisons

    assert (2, 0, 1) == (comparison.wins, comparison.losses, comparison.ties)
    assert [2, 2] == [change.a_errors for change in comparison.changes]
    assert "not enough gold to tell" == comparison.paired.verdict
    assert 1.0 == comparison.paired.difference
    with pytest.raises(ConfigError, match="no arm 'other'"):
        run_eval(task, arms, pairs=[("rules", "other")])


def test_arms_of_other_documents_are_not_compared(task):
    """A comparison is paired or none."""
    arm = run_eval(task, [rules_arm()]).arms[0]
    other = arm.model_copy(update={"documents": ()})

    with pytest.raises(ConfigError, match="different documents"):
        compare_arms(arm, other, Resampling())


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
    result = run_eval(task, [rules_arm()])
    checked = check_gate(Gate(arm="rules", thresholds=thresholds), result)

    assert checked.passed == (reason is None)
    assert all(reason in line and "\n" not in line for line in checked.reasons)


def test_a_gate_fails_on_what_was_not_counted(task):
    """No figure is no pass, and neither is an arm that did not run."""
    result = run_eval(task, [live_arm("silent", silent)])

    for arm, thresholds, reason in (
        ("silent", {"found_precision": 0.0}, "not counted"),
        ("rules", {}, "was not scored"),
    ):
        checked = check_gate(Gate(arm=arm, thresholds=thresholds), result)
        assert not checked.passed and reason in checked.reasons[0]


def test_a_drop_from_the_baseline_fails(tmp_path, task):
    """A score may fall by what the gate allows and no further."""
    gate = Gate(arm="rules", thresholds={"max_drop_from_baseline": 0.02})
    good = run_eval(task, [rules_arm()])
    bad = run_eval(task, [live_arm("rules", silent)])
    path = tmp_path / "small.json"
    path.write_text(baseline_json(baseline_of(good)), encoding="utf-8")
    baseline = load_baseline(path)

    assert check_gate(gate, good, baseline).passed
    assert 2 == len(check_gate(gate, bad, baseline).reasons)
    changes = {change.metric: change for change in compare_to_baseline(bad, baseline)}
    assert -1.0 == changes["found"].difference
    assert changes["items"].difference == 0 and changes["ungrounded"].difference is None
    assert not check_gate(gate, good, baseline.model_copy(update={"arms": {}})).passed


def test_the_gate_of_a_task_decides(tmp_path):
    """A result is passed when its task's gates are."""
    task = load_task(write_task(tmp_path, '[[gate]]\narm = "rules"\nfound_f1 = 0.9\n'))

    assert run_eval(task, [rules_arm()]).passed
    assert not run_eval(task, [live_arm("rules", silent)]).passed


def test_a_baseline_of_another_task_is_refused(tmp_path, task):
    """Figures of other documents are no baseline."""
    result = run_eval(task, [rules_arm()])
    path = tmp_path / "bad.json"
    path.write_text("{}", encoding="utf-8")

    with pytest.raises(ConfigError, match="other documents"):
        compare_to_baseline(result, Baseline(task="small", documents={}, arms={}))
    with pytest.raises(ConfigError, match="write it again"):
        load_baseline(path)
    with pytest.raises(ConfigError, match="check the path"):
        load_baseline(tmp_path / "none.json")


# --- output ---------------------------------------------------------------------


def test_the_same_evaluation_gives_the_same_bytes(task, stored):
    """JSON holds no times and no order of chance."""
    first, second = (
        to_json(run_eval(task, [rules_arm(), stored_arm("stored", stored)]))
        for _ in range(2)
    )

    assert first == second and first.endswith("\n")


def test_json_without_errors_holds_no_text_of_the_document(task):
    """Scores of plans that are not ours can be kept without their sentences."""
    text = to_json(run_eval(task, [live_arm("silent", silent)]), with_errors=False)

    assert "课程建设" not in text
    assert "课程建设" in to_json(run_eval(task, [live_arm("silent", silent)]))


def test_metrics_have_intervals_over_documents():
    """Two documents or more give an interval and a mean over documents."""
    path = DOCUMENTS / "minsheng-2023.txt"
    task = load_task(ROOT / "evals" / "commitments.toml")
    result = run_eval(
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


def test_a_live_function_gets_items_of_the_document(task):
    """Any function that grounds its own drafts is an arm."""

    def first_number(document, item):
        at_number = item.clean.find("1.5万个")
        if at_number < 0:
            return []
        span = Span(at_number, at_number + 5)
        draft = Draft(
            clause=Span(0, len(item.clean)),
            target=Mention(text="1.5万个", span=span),
            method="model",
        )
        record = ground(draft, item, document, run_id="x", position=0)
        return [normalise(record, item, document.plan_year)]

    arm = run_eval(task, [live_arm("first", first_number)]).arms[0]

    assert (1, 0) == (arm.metric("found").correct, arm.metric("strict").correct)


def test_labelled_documents_are_the_files(task, tmp_path):
    """The document of a gold file is the one with its digest."""
    (labelled,) = load_labelled(task)

    assert (
        load_document(tmp_path / "evals" / "documents" / "plan.txt")
        == labelled.document
    )
