"""`extract eval`: scores, reports and gates from the command line, without a model."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from extractor.cli.main import main
from extractor.runs import session
from extractor.runs.works import load_works
from tests.commands import refused, rows
from tests.conftest import DOCUMENTS, ROOT
from tests.eval_samples import gold_lines, store_run, write_gold, write_task
from tests.made_cassettes import write_cassette

COMMITMENTS = str(ROOT / "evals" / "commitments.toml")
CASSETTES = str(ROOT / "cassettes" / "test_cassettes")


@pytest.fixture
def task(tmp_path):
    """Write the small task and return its path."""
    return write_task(tmp_path / "evals")


def _stored(task: Path, strategy: str, model: str) -> Path:
    """Store a run of the rules and say that a model made it."""
    db = store_run(task.parent / "documents" / "plan.txt", task.parent / f"{model}.db")
    with closing(sqlite3.connect(db)) as conn, conn:
        conn.execute("update runs set strategy = ?, model = ?", [strategy, model])
    return db


def test_replay_of_the_shipped_documents(cli_runner):
    """The product's own arm is scored offline, twice the same bytes, model and day."""
    recorded = {path.stem for path in Path(CASSETTES).glob("*.yaml")}
    if not {path.stem for path in DOCUMENTS.glob("*.txt")} <= recorded:
        pytest.skip("not recorded yet: make record")
    outputs = []
    for number in (1, 2):
        names = {kind: f"{number}.{kind}" for kind in ("json", "md", "html")}
        result = cli_runner.invoke(
            main,
            ["eval", COMMITMENTS, "--cassette", CASSETTES, "--json", names["json"],
             "--markdown", names["md"], "--html", names["html"],
             "--compare", "rules", "sentences"],
        )  # fmt: skip
        assert result.exit_code == 0, result.output
        outputs.append([Path(name).read_bytes() for name in names.values()])
    found = json.loads(Path("1.json").read_bytes())
    text = Path("1.md").read_text(encoding="utf-8")

    assert outputs[0] == outputs[1]
    assert ["rules", "sentences"] == [arm["name"] for arm in found["arms"]]
    assert "replies of qwen2.5-coder-0.5b-instruct" in found["arms"][1]["description"]
    assert "recorded 2026-" in found["arms"][1]["description"]
    assert "is sentences better than rules?" in text
    assert {None} == {arm["usage"] for arm in found["arms"]}


@pytest.fixture
def cassettes(task, adapter, tmp_path, monkeypatch):
    """Record the small task with a model that is none."""
    monkeypatch.setattr(session, "SHIPPED", adapter)
    folder = tmp_path / "cassettes"
    folder.mkdir()
    config = session.run_config("local")
    works = load_works([task.parent / "documents" / "plan.txt"], config).works
    write_cassette(folder / "plan.yaml", works, config)
    return str(folder)


def test_replay_of_a_small_task(cli_runner, task, cassettes):
    """The arm is the product's own strategy, and says whose the replies are."""
    result = cli_runner.invoke(main, ["eval", str(task), "--cassette", cassettes])

    assert result.exit_code == 0, result.output
    assert "| sentences | 1 |" in result.stdout
    assert "replies of fake recorded 1970-01-01, replayed" in result.stdout


def test_changed_adapter_makes_the_cassettes_stale(
    cli_runner, task, cassettes, tmp_path, monkeypatch
):
    """Another adapter would answer otherwise: no old answer is taken for a new one."""
    other = tmp_path / "other.gguf"
    other.write_bytes(b"GGUF other")
    monkeypatch.setattr(session, "SHIPPED", other)

    result = cli_runner.invoke(main, ["eval", str(task), "--cassette", cassettes])

    refused(result, "is stale", "record it again", "数字")


def test_missing_and_broken_cassettes(cli_runner, tmp_path):
    """A cassette that is not there, or is none, is named."""
    command = ["eval", COMMITMENTS, "--cassette", str(tmp_path)]

    refused(cli_runner.invoke(main, command), "donglan-portal-2023.yaml", "record it")
    (tmp_path / "donglan-portal-2023.yaml").write_text("a: [", encoding="utf-8")
    refused(cli_runner.invoke(main, command), "is no cassette")
    (tmp_path / "donglan-portal-2023.yaml").write_text("a: 1", encoding="utf-8")
    refused(cli_runner.invoke(main, command), "is no cassette")


def test_lowered_score_fails_with_exit_3(cli_runner, task):
    """Below the gate: status 3 and the reason in one line; the report is written."""
    path = write_task(task.parent, '[[gate]]\narm = "rules"\nfound_f1 = 1.0\n')
    assert cli_runner.invoke(main, ["eval", str(path)]).exit_code == 0
    write_gold(path.parent / "gold", _lowered())

    result = cli_runner.invoke(main, ["eval", str(path)])

    line = refused(result, "below the gate of 'small'", code=3)
    assert "found_f1 is 0.7500, below 1" in line
    assert result.stdout.startswith("# Eval small")


def _lowered():
    """Return gold that the rules read otherwise."""
    lines = gold_lines()
    lines[0]["commitments"][0]["target"]["value"] = 16000
    return lines


def test_baseline_is_written_and_held_against(cli_runner, task):
    """A drop below the committed scores fails; the same scores pass."""
    gate = '[[gate]]\narm = "rules"\nmax_drop_from_baseline = 0.02\n'
    command = ["eval", str(write_task(task.parent, gate))]
    baseline = task.parent / "baselines" / "small.json"

    refused(cli_runner.invoke(main, command), "no baseline", code=3)
    assert cli_runner.invoke(main, [*command, "--write-baseline"]).exit_code == 0
    assert cli_runner.invoke(main, command).exit_code == 0
    scores = json.loads(baseline.read_text(encoding="utf-8"))
    assert scores["arms"]["rules"]["found"] == 1.0
    write_gold(task.parent / "gold", _lowered())
    refused(cli_runner.invoke(main, command), "found F1 fell from 1.0000", code=3)
    refused(cli_runner.invoke(main, [*command, "--baseline", "none"]), "check the path")


def test_stored_runs_are_named_after_their_strategy(cli_runner, task):
    """Arms of a database: sentences, open; the model too where two share a strategy."""
    db = _stored(task, "sentences", "local")
    result = cli_runner.invoke(main, ["eval", str(task), "--db", str(db)])

    assert result.exit_code == 0, result.output
    assert "| sentences | 1 | 4 |" in result.stdout
    assert "stored run of local" in result.stdout
    assert "is sentences better than rules?" in result.stdout


def test_run_by_id(cli_runner, task):
    """One run of a database can be asked for; another id is refused."""
    db = store_run(task.parent / "documents" / "plan.txt", task.parent / "r.db")
    with closing(sqlite3.connect(db)) as conn:
        (run_id,) = conn.execute("select id from runs").fetchone()
    command = ["eval", str(task), "--db", str(db)]

    refused(cli_runner.invoke(main, command), "no model's run")
    named = cli_runner.invoke(main, [*command, "--run", run_id])
    assert "| rules:rules | 1 |" in named.stdout
    refused(cli_runner.invoke(main, [*command, "--run", "none"]), "run 'none'")


def test_exports_and_json_on_stdout(cli_runner, task, tmp_path):
    """An export of any tool is an arm; JSON on stdout is nothing but JSON."""
    (tmp_path / "other.jsonl").write_text("", encoding="utf-8")
    command = ["eval", str(task), "--predictions", "other=other.jsonl", "--json", "-"]

    result = cli_runner.invoke(main, [*command, "--no-text"])

    found = json.loads(result.stdout)
    assert ["rules", "other"] == [arm["name"] for arm in found["arms"]]
    assert "errors" not in found["arms"][1]


@pytest.mark.parametrize(
    ("more", "words", "code"),
    [
        pytest.param(["--compare", "rules", "none"], "no arm 'none'", 1, id="arm"),
        pytest.param(["--predictions", "rules=x"], "two arms", 1, id="same-name"),
        pytest.param(["--corpus", "none", "--db", "no.db"], "no database", 1, id="db"),
        pytest.param(["--predictions", "x"], "NAME=FILE", 2, id="unnamed"),
        pytest.param(["--model", "local"], "--db FILE", 2, id="nowhere-to"),
        pytest.param(["--run", "x"], "--run names", 2, id="run"),
        pytest.param(["--strategy", "open"], "goes with --model", 2, id="strategy"),
        pytest.param(["--json", "-", "--markdown", "-"], "one report", 2, id="stdout"),
        pytest.param(
            ["--model", "local", "--db", "x", "--base-url", "http://x/v1"],
            "--base-url goes", 2, id="url",
        ),
        pytest.param(
            ["--model", "gpt", "--db", "x", "--model-path", "x"],
            "--model-path goes", 2, id="weights",
        ),
    ],
)  # fmt: skip
def test_mistakes_are_refused_in_one_line(cli_runner, task, more, words, code):
    """What cannot be scored is said before anything is written."""
    result = cli_runner.invoke(main, ["eval", str(task), *more])

    assert words in refused(result, code=code)
    assert result.stdout == ""


def test_check_gold(cli_runner, task):
    """Clean gold passes; a quote that is not the source's is a problem."""
    assert cli_runner.invoke(main, ["eval", str(task), "--check-gold"]).exit_code == 0
    lines = gold_lines()
    lines[0]["commitments"][0]["target"]["quote"] = "1.6万个"
    write_gold(task.parent / "gold", lines)

    result = cli_runner.invoke(main, ["eval", str(task), "--check-gold"])

    refused(result, "problems in the gold of 'small'", code=3)
    assert "1.6万个" in result.stdout


def test_check_gold_names_the_file_of_a_problem(cli_runner, task):
    """The settled gold and both readings are checked, each under its own name."""
    lines = gold_lines()
    lines[0]["commitments"][0]["target"]["quote"] = "1.6万个"
    for reading in ("first", "second"):
        write_gold(task.parent / "gold" / reading, gold_lines())
    command = ["eval", str(task), "--check-gold"]
    assert cli_runner.invoke(main, command).exit_code == 0

    for reading in ("first", "second"):
        path = write_gold(task.parent / "gold" / reading, lines)
        result = cli_runner.invoke(main, command)
        found = [line.partition(":")[0] for line in result.stdout.splitlines()]
        assert {str(path)} == set(found) and result.exit_code == 3
        write_gold(task.parent / "gold" / reading, gold_lines())


def test_model_runs_first_and_is_scored_from_the_ledger(cli_runner, task, endpoint):
    """A model that has no run yet is run once; the second time nothing is asked."""
    command = ["eval", str(task), "--model", "fake", "--base-url", endpoint.base_url,
               "--db", "x.db"]  # fmt: skip

    first = cli_runner.invoke(main, command)
    asked = len(rows("select * from llm_calls"))
    second = cli_runner.invoke(main, command)

    assert first.exit_code == second.exit_code == 0, first.output
    assert asked > 0 and len(rows("select * from llm_calls")) == asked
    assert "| marked | 1 | 4 |" in first.stdout and "stored run of fake" in first.stdout
    assert "| marked | " in first.stdout.split("## Cost")[1].split("## Documents")[0]


def test_model_that_is_down_ends_in_one_line(cli_runner, task):
    """What was done is kept; no report is written."""
    down = "http://127.0.0.1:9/v1"
    command = ["eval", str(task), "--model", "fake", "--base-url", down, "--db", "x.db"]

    refused(cli_runner.invoke(main, command), "cannot be reached")
