"""`extract tune`: what it says before, at the end, and when something is wrong."""

from __future__ import annotations

import importlib.util
import shlex
from pathlib import Path

import pytest

from extractor.cli.main import main
from extractor.core.errors import ConfigError
from extractor.tuning.adapter_file import Card, Measured, finished_card, write_card
from extractor.tuning.schedule import Settings
from extractor.tuning.splits import load_data
from extractor.tuning.tune import require_extra
from tests.tuned_plans import write_plans

HAS_EXTRA = importlib.util.find_spec("torch") is not None


@pytest.fixture
def task(tmp_path):
    """Write a task of three small plans."""
    return str(write_plans(tmp_path / "plans", "small", ("a", "b", "c")))


@pytest.fixture
def tuned(monkeypatch):
    """Let training be over at once; keep what it was called with."""
    calls = []

    def tune(data, settings, base, out, reporter):
        calls.append((data, settings, out))
        reporter.say("loading the base model")
        measured = Measured(
            answers=4, right=3, tokens=200, tokens_right=190, loss=0.125
        )
        return card_of(data, settings, base, measured if data.held_out else None)

    monkeypatch.setattr("extractor.cli.tune.tune", tune)
    monkeypatch.setattr("extractor.cli.tune.require_extra", lambda: None)
    return calls


def card_of(data, settings, base, measured):
    """Return the card of an adapter that nobody trained."""
    return Card(
        product="1",
        created_at="2026-01-01T00:00:00+00:00",
        run="r",
        base=base.name,
        base_sha256="0" * 64,
        adapter_sha256="1" * 64,
        adapter_bytes=17_600_000,
        settings=settings,
        documents=data.documents,
        train_samples=len(data.train),
        held_out_samples=len(data.held_out),
        left_out=data.left_out,
        steps=12,
        seconds=1.5,
        device="cpu",
        precision="bfloat16",
        loss=0.25,
        held_out=measured,
    )


@pytest.mark.usefixtures("tuned")
def test_end_says_how_good_it_is_and_how_to_go_on(cli_runner, task) -> None:
    """Where the adapter is, its score, and the command that scores the records."""
    words = ["tune", task, "--out", "a b", "--fold", "1/3", "--base", "x.gguf"]

    ended = cli_runner.invoke(main, words)

    assert ended.exit_code == 0, ended.stderr
    assert "adapter   a b/adapter.gguf (17.6 MB, for x.gguf)" in ended.stdout
    assert "3 of 4 answers word for word (0.750), tokens 0.9500" in ended.stdout
    command = ended.stdout.splitlines()[-1].partition(":  ")[2]
    assert shlex.split(command) == [
        *("extract", "eval", "a b/held-out.toml", "--model", "local"),
        *("--adapter", "a b/adapter.gguf", "--model-path", "x.gguf"),
        *("--db", "a b/held-out.db"),
    ]
    assert "6 samples to learn from, 3 held out in 1 of 3 documents" in ended.stderr


def test_flags_are_the_settings(cli_runner, task, tuned) -> None:
    """None is lost, and one that is not given is as agreed."""
    words = ["--epochs", "3", "--rate", "0.001", "--rank", "8", "--batch", "4"]
    words += ["--seed", "7", "--hold-out", "c", "--base", "x.gguf", "--out", "o"]

    cli_runner.invoke(main, ["tune", task, *words])
    cli_runner.invoke(
        main, ["tune", task, "--fold", "none", "--base", "x.gguf", "--out", "o"]
    )

    (data, settings, _), (everything, default, out) = tuned
    assert settings == Settings(epochs=3, rate=0.001, rank=8, batch=4, seed=7)
    assert [one.name for one in data.documents if one.held_out] == ["c"]
    assert default == Settings()
    assert everything.held_out == ()
    assert out == Path("o")


@pytest.mark.usefixtures("tuned")
def test_nothing_held_out_is_said(cli_runner, task) -> None:
    """Nobody takes an adapter for measured that is not."""
    ended = cli_runner.invoke(
        main, ["tune", task, "--out", "o", "--fold", "none", "--base", "x.gguf"]
    )

    assert "held out  none: nothing says how good it is" in ended.stdout
    assert "extract eval" not in ended.stdout


@pytest.mark.parametrize(
    ("words", "message"),
    [
        pytest.param(["--fold", "6/6"], "is not N/M", id="fold"),
        pytest.param([], "--fold 0/3", id="few-documents"),
        pytest.param(["--hold-out", "x"], "'x' is no document", id="name"),
    ],
)
def test_wrong_input_is_one_line(cli_runner, task, tuned, words, message) -> None:
    """It names the thing and the way out, before anything is trained."""
    ended = cli_runner.invoke(main, ["tune", task, "--out", "o", *words])

    assert ended.exit_code == 1
    assert message in ended.stderr
    assert len(ended.stderr.splitlines()) == 1
    assert tuned == []


@pytest.mark.usefixtures("tuned")
def test_stopped_training_says_how_to_go_on(cli_runner, task, monkeypatch) -> None:
    """Exit 130, as shells know it."""

    def stopped(*_args):
        raise KeyboardInterrupt

    monkeypatch.setattr("extractor.cli.tune.tune", stopped)
    words = ["tune", task, "--out", "o", "--fold", "0/3", "--base", "x.gguf"]

    ended = cli_runner.invoke(main, words)

    assert ended.exit_code == 130
    assert "The same command goes on from here." in ended.stderr


@pytest.mark.skipif(HAS_EXTRA, reason="the extra tune is installed")
def test_missing_extra_is_said_first(cli_runner) -> None:
    """With the command that installs it, whatever else is wrong."""
    ended = cli_runner.invoke(main, ["tune", "nowhere.toml", "--out", "o"])

    assert ended.exit_code == 1
    assert "pip install 'workplan-extract[tune]'" in ended.stderr
    assert len(ended.stderr.splitlines()) == 1


def test_each_missing_package_is_named(monkeypatch) -> None:
    """Half of an extra does not train."""
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: None if name == "gguf" else name
    )

    with pytest.raises(ConfigError, match="gguf is missing"):
        require_extra()


def test_directory_of_another_adapter_is_refused(task, tmp_path) -> None:
    """No adapter is overwritten by one of other data."""
    data = load_data([Path(task)], [], None)
    write_card(
        tmp_path / "adapter.json", card_of(data, Settings(), Path("x.gguf"), None)
    )

    with pytest.raises(ConfigError, match="another --out"):
        finished_card(tmp_path, "another")
    with pytest.raises(ConfigError, match="is not the adapter of the card"):
        finished_card(tmp_path, "r")


def test_card_that_is_none_is_told(tmp_path) -> None:
    """A file of that name that somebody else wrote."""
    (tmp_path / "adapter.json").write_text("{}", encoding="utf-8")

    with pytest.raises(ConfigError, match="no card of an adapter"):
        finished_card(tmp_path, "r")
