"""Recording: scores stay with the database, the same once and twice, never bare."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from extractor.cli.main import main
from extractor.evals.arms import rules_arm
from extractor.evals.dataset import load_dataset
from extractor.evals.evaluate import to_json
from extractor.evals.kept_scores import eval_record
from extractor.evals.results import SHARES, TALLIES
from extractor.evals.scoring.fields import FIELDS
from extractor.evals.tasks import load_task
from extractor.store import store as store_module
from extractor.store.store import Store
from tests.commands import refused, rows
from tests.eval_samples import (
    PLAN,
    gold_lines,
    score_task,
    store_run,
    write_gold,
    write_task,
)
from tests.store_samples import fill, make_eval, make_run

FAILING = '[[gate]]\narm = "rules"\nfound_f1 = 1.0\nstrict_f1 = 1.0\n'


@pytest.fixture
def task(tmp_path):
    """Write the small task and return its path."""
    return write_task(tmp_path / "evals")


@pytest.fixture
def two_documents(tmp_path):
    """Write a task of two plans, each with two readings, and return its path."""
    path = write_task(tmp_path / "evals")
    gold = path.parent / "gold"
    other = PLAN.replace("丁市", "戊市")
    (path.parent / "documents" / "other.txt").write_text(other, "utf-8", newline="")
    lines = lowered()
    for line in lines:
        line["doc_id"] = "other"
        line["doc_sha256"] = hashlib.sha256(other.encode()).hexdigest()
    write_gold(gold, lines, "other")
    write_gold(gold / "second", gold_lines())
    return path


def lowered():
    """Return gold that the rules read otherwise."""
    lines = gold_lines()
    lines[0]["commitments"][0]["target"]["value"] = 16000
    return lines


def record_of(path: Path, *arms, **changes):
    """Score the rules on a task and return result and record."""
    task = load_task(path).model_copy(update=changes)
    arms = arms or (rules_arm(),)
    result = score_task(task, arms)
    return result, eval_record(load_dataset(task), arms, result)


def eval_rows(db: str = "x.db"):
    """Return the rows of both tables without their times."""
    runs = "select * from eval_runs order by id"
    with closing(sqlite3.connect(db)) as conn:
        conn.row_factory = sqlite3.Row
        kept = [
            {k: v for k, v in dict(row).items() if not k.endswith("_at")}
            for row in conn.execute(runs)
        ]
        scores = conn.execute("select * from eval_scores order by id").fetchall()
    return kept, [tuple(row) for row in scores]


def test_every_figure_is_kept_as_it_is(two_documents):
    """Headlines and fields with interval and counts, nothing rounded."""
    result, record = record_of(two_documents)
    found = {(s.arm, s.metric, s.figure): s for s in record.scores}
    arm = result.arm("rules")

    assert len(record.scores) == len(found)
    assert len(found) == 2 * (3 * len(TALLIES) + len(SHARES) + len(FIELDS))
    for name in ("found", "strict", "soft", "items", "ungrounded", "digits"):
        metric = arm.metric(name)
        score = found["rules", name, "share" if name in SHARES else "f1"]
        assert (metric.value, metric.gold) == (score.value, score.n)
        bounds = metric.interval and (metric.interval.low, metric.interval.high)
        assert bounds == (None if score.low is None else (score.low, score.high))
    precision = found["rules", "found", "precision"]
    assert arm.metric("found").precision == precision.value == 7 / 8
    assert (0.75, 1.0, 8) == (precision.low, precision.high, precision.n)
    value = found["rules", "field.value", "f1"]
    counts = arm.score.fields["value"]
    assert (value.correct, value.wrong) == (counts.correct, counts.wrong)
    assert (value.missed, value.spurious) == (counts.missed, counts.spurious)
    assert value.correct_null == counts.correct_null


def test_second_reader_stands_beside_the_arms(two_documents):
    """Human agreement is kept like an arm; no arm may take its name."""
    result, record = record_of(two_documents)
    (human,) = [
        s.value
        for s in record.scores
        if (s.arm, s.metric, s.figure) == ("second reading", "strict", "f1")
    ]

    assert result.agreement is not None
    assert result.agreement.metric("strict").value == human


def test_id_is_of_what_decides_the_figures(task):
    """The same again is the same id; other gold, seed, runs or arms are another."""
    ids = [record_of(task)[1].id for _ in range(2)]
    seed = load_task(task).resampling._replace(seed=7)
    ids += [
        record_of(task, resampling=seed)[1].id,
        record_of(task, rules_arm("other"))[1].id,
        record_of(task, replace(rules_arm(), run_ids=("a",)))[1].id,
    ]
    before = record_of(task)[1].gold_sha256
    write_gold(task.parent / "gold", lowered())
    ids.append(record_of(task)[1].id)

    assert ids[0] == ids[1]
    assert len(set(ids)) == len(ids) - 1
    assert before != record_of(task)[1].gold_sha256


def test_where_the_task_lies_does_not_matter(task, tmp_path):
    """Paths are no part of the id."""
    assert record_of(task)[1] == record_of(write_task(tmp_path / "elsewhere"))[1]


def test_recording_leaves_the_result_alone(task):
    """Reports are made from the result, which is the same before and after."""
    result, _ = record_of(task)
    before = to_json(result)

    eval_record(load_dataset(load_task(task)), [], result)

    assert before == to_json(result)


def test_arm_of_several_runs_names_them_all(task):
    """One run is referred to; of several all are listed and none stands for all."""
    one = replace(rules_arm("one"), run_ids=("a",))
    two = replace(rules_arm("two"), run_ids=("a", "b"))

    _, record = record_of(task, one, two)

    assert [("a",), ("a", "b")] == [arm.run_ids for arm in record.arms]
    assert {("one", "a"), ("two", None)} == {(s.arm, s.run_id) for s in record.scores}


def test_name_that_utf8_cannot_say_is_stored(task, tmp_path):
    """A name given in bytes of no encoding does not stop the recording."""
    _, record = record_of(task, rules_arm("half\udcff"))

    with Store(tmp_path / "x.db") as store:
        store.add_eval(record)

    assert {"half?"} == {score.arm for score in record.scores}


def stored(task: Path, db: str = "x.db") -> list[str]:
    """Store a run of the rules and return the command that scores it."""
    store_run(task.parent / "documents" / "plan.txt", Path(db))
    ((run_id,),) = rows("select id from runs", db)
    return ["eval", str(task), "--db", db, "--run", run_id]


def test_same_eval_again_changes_nothing(cli_runner, task):
    """Twice the same reports and rows; only the time of the last one moves."""
    write_gold(task.parent / "gold", lowered())
    command = [*stored(task), "--json", "x.json", "--markdown", "x.md",
               "--html", "x.html"]  # fmt: skip
    seen = []
    for _ in range(2):
        result = cli_runner.invoke(main, command)
        assert result.exit_code == 0, result.output
        reports = [Path(f"x.{kind}").read_bytes() for kind in ("json", "md", "html")]
        seen.append((reports, eval_rows()))
        times = rows("select id, created_at, finished_at from eval_runs")

    assert seen[0] == seen[1]
    ((eval_id, created, finished),) = times
    assert created < finished
    assert f"Written: x.db (eval {eval_id})" in result.stderr
    assert [] == rows("pragma foreign_key_check")


def test_scores_refer_to_the_run(cli_runner, task):
    """A stored run is named, the rules of today are of no run."""
    command = stored(task)
    assert cli_runner.invoke(main, command).exit_code == 0
    run_id = command[-1]

    arms = rows("select distinct arm, run_id from eval_scores order by arm")
    ((listed, passed),) = rows("select arms, gate_passed from eval_runs")

    assert [("rules", None), ("rules:rules", run_id)] == arms
    assert [[], [run_id]] == [arm["run_ids"] for arm in json.loads(listed)]
    assert passed is None


def test_failing_gate_is_kept_with_its_reason(cli_runner, task):
    """Status 3 as ever, and the database says why; a passed gate has no reason."""
    command = stored(write_task(task.parent, FAILING))
    assert cli_runner.invoke(main, command).exit_code == 0
    write_gold(task.parent / "gold", lowered())

    line = refused(cli_runner.invoke(main, command), "below the gate", code=3)

    kept = rows("select gate_passed, gate_reason from eval_runs order by created_at")
    assert [1, 0] == [passed for passed, _ in kept]
    assert kept[0][1] is None
    assert line.endswith(kept[1][1])
    assert "found_f1 is 0.7500, below 1; rules: strict_f1" in kept[1][1]


def test_view_shows_the_latest_of_each_arm(cli_runner, task):
    """Other gold is another evaluation; the one done last is shown, old arms stay."""
    command = stored(task)
    latest = "select arm, found_f1, hard from v_eval_scores"
    Path("none.jsonl").write_text("", encoding="utf-8")
    export = ["--predictions", "other=none.jsonl"]
    assert cli_runner.invoke(main, [*command, *export]).exit_code == 0
    write_gold(task.parent / "gold", lowered())
    assert cli_runner.invoke(main, command).exit_code == 0
    assert {("rules", 0.75, 4), ("rules:rules", 0.75, 4), ("other", 0.0, 4)} == set(
        rows(latest)
    )

    write_gold(task.parent / "gold", gold_lines())
    assert cli_runner.invoke(main, [*command, *export]).exit_code == 0

    assert len(rows("select * from eval_runs")) == 2
    assert {1.0, 0.0} == {found for _, found, _ in rows(latest)}


def test_old_database_is_scored(cli_runner, task):
    """One of an earlier version gets the tables; nobody has to run anything first."""
    command = stored(task)
    with closing(sqlite3.connect("x.db")) as conn, conn:
        conn.executescript(
            "drop view v_eval_scores; drop table eval_scores; drop table eval_runs; "
            "delete from _sqlite_migrations where name = 'm002_eval_scores'"
        )

    result = cli_runner.invoke(main, command)

    assert result.exit_code == 0, result.output
    assert len(rows("select * from eval_runs")) == 1


def test_read_only_database_is_refused_before_it_is_scored(
    cli_runner, task, monkeypatch
):
    """Scores that cannot be kept are not made: one line, and no report."""
    command = stored(task)
    monkeypatch.setattr(
        store_module,
        "connect",
        lambda path: sqlite3.connect(
            f"file:{path}?mode=ro", uri=True, isolation_level=None
        ),
    )

    result = cli_runner.invoke(main, command)

    refused(result, "'x.db'", "read-only")
    assert result.stdout == ""


def test_nothing_is_written_where_nothing_is_scored(cli_runner, task):
    """Neither --check-gold nor a mistake leaves a row, or a database."""
    Path("none.jsonl").write_text("", encoding="utf-8")
    command = ["eval", str(task), "--predictions", "second reading=none.jsonl"]
    checked = cli_runner.invoke(main, [*stored(task), "--check-gold"])

    assert checked.exit_code == 0
    refused(cli_runner.invoke(main, command), "two arms are named 'second reading'")
    refused(cli_runner.invoke(main, ["eval", str(task), "--db", "y.db"]), "no database")
    assert [] == rows("select * from eval_runs")
    assert not Path("y.db").exists()


def test_eval_stored_again_keeps_its_first_time(tmp_path):
    """Scores are replaced as a whole, others stay."""
    path = str(tmp_path / "x.db")
    first = make_eval()
    with Store(path) as store:
        fill(store, make_run())
        store.add_eval(first)
        store.add_eval(make_eval(task="other"))
        store.add_eval(first.model_copy(update={"scores": first.scores[:3]}))

    counts = rows(
        "select r.task, count(*), r.created_at < r.finished_at from eval_runs r "
        "join eval_scores s on s.eval_run_id = r.id group by r.id order by r.task",
        path,
    )
    assert [("other", 10, 0), ("plans", 3, 1)] == counts
