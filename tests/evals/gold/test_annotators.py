"""Annotators: what is scored against, and the two readings it was settled from."""

from __future__ import annotations

import pytest

from extractor.core.errors import ConfigError
from extractor.evals.gold.annotators import load_document_gold
from tests.conftest import ROOT
from tests.eval_samples import gold_lines, write_gold

GOLD = ROOT / "evals" / "gold"


def noted(note):
    """Return the gold of the plan, told apart by a note."""
    lines = gold_lines()
    lines[0]["commitments"][0]["note"] = note
    return lines


def note(items):
    return items[0].commitments[0].note


def test_settled_gold_is_not_its_readings(tmp_path):
    """Gold lies on top, the two independent readings below it."""
    write_gold(tmp_path, noted("settled"))
    write_gold(tmp_path / "first", noted("first"))
    write_gold(tmp_path / "second", noted("second"))

    settled, annotators = load_document_gold([tmp_path])["plan"]

    assert "settled" == note(settled)
    assert ["first", "second"] == [note(reading) for reading in annotators]


def test_gold_that_is_not_settled_is_the_first_reading(tmp_path):
    """With a second reading alone, the gold itself is the first."""
    write_gold(tmp_path, noted("gold"))
    write_gold(tmp_path / "second", noted("second"))

    annotators = load_document_gold([tmp_path])["plan"].annotators

    assert ["gold", "second"] == [note(reading) for reading in annotators]


def test_one_reading_has_nothing_to_agree_with(tmp_path):
    """Documents without a second reading have gold and no readings."""
    write_gold(tmp_path, gold_lines())
    write_gold(tmp_path / "first", gold_lines())

    assert load_document_gold([tmp_path])["plan"].annotators is None


def test_each_directory_has_its_own_readings(tmp_path):
    """Several directories are joined; each is settled or not."""
    a, b = tmp_path / "a", tmp_path / "b"
    for directory, name in ((a, "one"), (b, "two")):
        lines = [line | {"doc_id": name} for line in noted(name)]
        write_gold(directory, lines, name)
        write_gold(directory / "second", lines, name)
    first = [line | {"doc_id": "two"} for line in noted("first")]
    write_gold(b / "first", first, "two")

    labels = load_document_gold([a, b])

    assert ["one", "two"] == list(labels)
    assert ["one", "first"] == [note(one.annotators.first) for one in labels.values()]


def test_a_document_has_one_gold(tmp_path):
    """The same document in two directories is a mistake, and so is no gold at all."""
    for name in ("a", "b"):
        write_gold(tmp_path / name, gold_lines())

    with pytest.raises(ConfigError, match="'plan' has gold in"):
        load_document_gold([tmp_path / "a", tmp_path / "b"])
    with pytest.raises(ConfigError, match="no gold in"):
        load_document_gold([tmp_path / "a", tmp_path / "none"])


def test_every_settled_document_has_both_readings():
    """What was settled can be traced to the two readings of the same items.

    Soft promises of more items were labelled later, by one reader.
    """
    for labels in load_document_gold([GOLD]).values():
        assert labels.annotators is not None
        for reading in labels.annotators:
            pairs = list(zip(labels.settled, reading, strict=True))
            assert all(one.item_span == other.item_span for one, other in pairs)
            assert all(
                one.coverage == "full"
                for one, other in pairs
                if other.coverage == "full"
            )
