"""The agreement table: counts by hand, the same whichever reading comes first."""

from __future__ import annotations

import pytest

from extractor.core.errors import ConfigError
from extractor.evals.arms import rules_arm
from extractor.evals.gold.annotators import Annotators
from extractor.evals.reports.agreement_table import (
    agreement_table,
    measure,
    rows,
    task_readings,
)
from extractor.evals.tasks import load_task
from tests.conftest import ROOT
from tests.eval_samples import at, gold_lines, score_task, write_gold, write_task

UNSEEN = ROOT / "evals" / "unseen.toml"


@pytest.fixture
def task(tmp_path):
    """Write the small task with two readings that differ, and return its path."""
    path = write_task(tmp_path)
    first, second = gold_lines(), gold_lines()
    first[0]["commitments"][0]["alternatives"] = {"object": ["学位"]}
    second[0]["commitments"][0]["object"] = at("学位", 1)
    second[1]["commitments"][1] |= {"actor": None, "actor_source": "issuer"}
    del second[1]["commitments"][0]
    second[2]["commitments"][0]["action"] = at("深化", 3)
    write_gold(tmp_path / "gold" / "first", first)
    write_gold(tmp_path / "gold" / "second", second)
    return path


def test_table_of_the_small_plan(task):
    """Alternatives do not count; records of one reading alone lower F1 only."""
    text = agreement_table({"small": task})

    assert text.startswith("| hard records | small | F1 |\n| --- | ---: | ---: |\n")
    for row in (
        "| in both readings | 3 of 4 | 0.857 |",
        "| the same in every field | 1 of 3 | 0.286 |",
        "| `actor` | 0 of 1 | 0.000 |",
        "| `actor_source` | 2 of 3 | 0.571 |",
        "| `object` | 2 of 3 | 0.571 |",
        "| `value` | 3 of 3 | 0.857 |",
        "| `date` | 2 of 2 | 1.000 |",
        "| in both readings | 2 of 2 | 1.000 |",
        "| `action` | 1 of 2 | 0.500 |",
    ):
        assert f"{row}\n" in text
    assert "`partners`" not in text and "\n\n| soft records |" in text


@pytest.mark.parametrize("kind", ["hard", "soft"])
def test_either_reading_can_be_the_first(task, kind):
    """Agreement has no direction."""
    (pair,) = task_readings(task)
    there, back = measure([pair], kind), measure([Annotators(*reversed(pair))], kind)

    assert rows(there) == rows(back)


def test_soft_records_count_where_both_readings_have_them(task):
    """An item that one reader did not cover in full is no disagreement."""
    lines = gold_lines()
    lines[2] |= {"coverage": "hard", "commitments": []}
    write_gold(task.parent / "gold" / "second", lines)

    assert "soft records" not in agreement_table({"small": task})


def test_a_record_outside_of_the_items_is_of_one_reading(task):
    """Nothing that a reader has labelled is lost."""
    (pair,) = task_readings(task)
    shorter = Annotators(pair.first[1:], pair.second)

    assert (1, 3, 2) == tuple(
        measure([shorter], "hard").tally("both").model_dump().values()
    )


def test_a_task_without_two_readings_is_refused(tmp_path):
    """There is no agreement of one."""
    with pytest.raises(ConfigError, match="no document of task 'small'"):
        agreement_table({"small": write_task(tmp_path)})


def test_only_the_documents_of_the_task_count(task):
    """A task that names its documents has the agreement of those."""
    text = task.read_text(encoding="utf-8")
    text = text.replace("[data]\n", '[data]\ndocuments = ["other"]\n')
    task.write_text(text, encoding="utf-8")

    with pytest.raises(ConfigError, match="two readings"):
        task_readings(task)


def test_table_and_report_agree():
    """F1 of the table is that of the second reader in the report, no alternatives."""
    task = load_task(UNSEEN)
    alone = score_task(task, [rules_arm()]).agreement_alone
    measured = measure(task_readings(UNSEEN), "hard")

    assert alone is not None
    for field, counts in measured.fields.items():
        assert alone.metric(f"field.{field}").value == counts.tally.f1
