"""Splits: no document is both learnt from and measured on."""

from __future__ import annotations

import pytest

from extractor.core.errors import ConfigError
from extractor.evals.dataset import load_dataset
from extractor.evals.tasks import load_task
from extractor.tuning.splits import Fold, held_out_task, load_data
from tests.tuned_plans import write_plans

NAMES = ("a", "b", "c", "d")


@pytest.fixture
def two_tasks(tmp_path):
    """Write two tasks of small plans, the later in the alphabet first."""
    return [
        write_plans(tmp_path / "later", "later", ("e", "f")),
        write_plans(tmp_path / "first", "first", NAMES),
    ]


def names(data, *, held_out):
    """Return the documents of one side."""
    return [one.name for one in data.documents if one.held_out is held_out]


def test_fold_is_every_nth_document(two_tasks) -> None:
    """Sorted by task and name; what is measured on is not learnt from."""
    data = load_data(two_tasks, [], Fold(1, 3))

    assert names(data, held_out=True) == ["e", "b"]
    assert {one.document for one in data.held_out} == {"e", "b"}
    assert {one.document for one in data.train} == {"a", "c", "d", "f"}
    assert [one.samples for one in data.documents] == [3] * 6
    assert (len(data.train), len(data.held_out)) == (12, 6)


def test_named_documents_are_held_out_besides(two_tasks) -> None:
    """Names and fold go together."""
    alone = load_data(two_tasks, [], None, ["d"])
    both = load_data(two_tasks, [], Fold(1, 3), ["d"])

    assert names(alone, held_out=True) == ["d"]
    assert names(both, held_out=True) == ["e", "b", "d"]


def test_nothing_needs_to_be_held_out(two_tasks) -> None:
    """For the adapter that is used in the end."""
    data = load_data(two_tasks, [], None)

    assert data.held_out == ()


def test_held_out_documents_are_a_task(two_tasks, tmp_path) -> None:
    """`extract eval` scores them, no other, wherever the file lies."""
    data = load_data(two_tasks, [], Fold(1, 3))
    path = tmp_path / "elsewhere.toml"
    path.write_text(held_out_task(data), encoding="utf-8")

    scored = load_dataset(load_task(path))

    assert sorted(scored.documents) == ["b", "e"]


@pytest.mark.parametrize("text", ["", "3", "6/6", "1/0", "a/b", "-1/6", "1/6/2"])
def test_wrong_fold_is_told(text) -> None:
    """What it may be is in the message."""
    with pytest.raises(ConfigError, match="N/M with N below M"):
        Fold.parse(text)


def test_fold_of_too_few_documents_says_what_to_do(tmp_path) -> None:
    """Nothing to measure on is no silent result."""
    task = write_plans(tmp_path, "small", ("a",))

    with pytest.raises(ConfigError, match="--fold 0/2"):
        load_data([task], [], Fold(3, 6))


def test_everything_held_out_is_refused(tmp_path) -> None:
    """Nothing is left to learn from."""
    task = write_plans(tmp_path, "small", ("a",))

    with pytest.raises(ConfigError, match="hold out fewer"):
        load_data([task], [], None, ["a"])


def test_unknown_name_is_told(two_tasks) -> None:
    """A misspelt name would be learnt from."""
    with pytest.raises(ConfigError, match="'plam' is no document"):
        load_data(two_tasks, [], None, ["plam"])


def test_document_in_two_tasks_is_refused(tmp_path) -> None:
    """It could be on both sides, whatever it is called."""
    one = write_plans(tmp_path / "one", "one", ("a",))
    other = write_plans(tmp_path / "other", "other", ("b",), letters=("a",))

    with pytest.raises(ConfigError, match="'b' of task 'other' is the same document"):
        load_data([one, other], [], None)


def test_task_given_twice_is_refused(two_tasks) -> None:
    """The commonest way to get there."""
    with pytest.raises(ConfigError, match="in one task only"):
        load_data([two_tasks[0], two_tasks[0]], [], None)


def test_name_of_two_documents_is_refused(tmp_path) -> None:
    """--hold-out would not say which."""
    one = write_plans(tmp_path / "one", "one", ("a",))
    other = write_plans(tmp_path / "other", "other", ("a",), letters=("b",))

    with pytest.raises(ConfigError, match="has the name of 'a' of task 'one'"):
        load_data([one, other], [], None)


def test_documents_carry_their_digests(two_tasks) -> None:
    """The card can be held against any document."""
    data = load_data(two_tasks, [], None)

    assert len({one.sha256 for one in data.documents}) == 6
