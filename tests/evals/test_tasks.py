"""Task files: everything a file says, and nothing it does not."""

from __future__ import annotations

import pytest

from extractor.core.errors import ConfigError
from extractor.evals.dataset import load_dataset
from extractor.evals.scoring.intervals import Resampling
from extractor.evals.tasks import load_task
from tests.conftest import ROOT
from tests.eval_samples import (
    write_task,
)


@pytest.fixture
def task(tmp_path):
    """Load the small task."""
    return load_task(write_task(tmp_path / "evals"))


@pytest.mark.parametrize(
    "path", sorted((ROOT / "evals").glob("*.toml")), ids=lambda p: p.stem
)
def test_shipped_tasks_load(path):
    """Every task file names itself and a gate of an arm that it has."""
    loaded = load_task(path)

    assert path.stem == loaded.name and loaded.used
    assert loaded.unseen == path.stem.startswith("unseen")
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
    assert ("", {}, False) == (task.used, task.used_by_document, task.unseen)


def test_uses_are_of_the_task_or_of_single_documents(tmp_path):
    """What a document was used for is the task's, where nothing else is said of it."""
    path = write_task(tmp_path)
    text = path.read_text(encoding="utf-8")
    text = text.replace("[data]", 'used = "rules"\n[data]')
    path.write_text(text, encoding="utf-8")
    (info,) = (one.info for one in load_dataset(load_task(path)).labelled)
    path.write_text(f'{text}[data.used]\n"examples" = ["plan"]\n', encoding="utf-8")
    (other,) = (one.info for one in load_dataset(load_task(path)).labelled)

    assert ("rules", "examples") == (info.used, other.used)
    path.write_text(f'{text}[data.used]\n"examples" = ["none"]\n', encoding="utf-8")
    with pytest.raises(ConfigError, match="names 'none', which has no gold"):
        load_dataset(load_task(path))


@pytest.mark.parametrize(
    ("said", "names"),
    [
        pytest.param('"a"', ["a"], id="one"),
        pytest.param('["a", "b/c"]', ["a", "b/c"], id="several"),
    ],
)
def test_gold_and_corpus_are_one_directory_or_several(tmp_path, said, names):
    """Paths are relative to the task file, alone or in a list."""
    path = tmp_path / "task.toml"
    path.write_text(f'name = "x"\n[data]\ngold = {said}\ncorpus = {said}\n')
    task = load_task(path)

    assert tuple(tmp_path / name for name in names) == task.gold == task.corpus


@pytest.mark.parametrize("said", ["1", "[1]", "[]"])
def test_gold_that_is_no_directory_is_refused(tmp_path, said):
    """A number is no path, and no gold is no task."""
    path = tmp_path / "task.toml"
    path.write_text(f'name = "x"\n[data]\ngold = {said}\n')

    with pytest.raises(ConfigError, match="gold"):
        load_task(path)


@pytest.mark.parametrize(
    ("more", "message"),
    [
        pytest.param(
            "[gate]\narm = 'rules'\nbeauty_f1 = 1\n", "unknown 'beauty_f1'", id="gate"
        ),
        pytest.param("[gate]\nstrict_f1 = 1\n", "gates.0.arm", id="gate-without-arm"),
        pytest.param("[arms.x]\n", "needs one of", id="arm"),
        pytest.param("[mood]\n", "mood", id="key"),
        pytest.param('[data.used]\nx = "plan"\n', "a list of documents", id="used"),
        pytest.param("[", "no TOML", id="no-toml"),
    ],
)
def test_malformed_tasks_are_refused(tmp_path, more, message):
    """A key that no task has is a mistake, not ignored."""
    with pytest.raises(ConfigError, match=message):
        load_task(write_task(tmp_path, more))
