"""Changes: two runs over one document, record by record, matched by place."""

from __future__ import annotations

from typing import Any

from extractor.core.records import Commitment, Quantity
from extractor.store.across.changes import changes
from tests.store_samples import make_commitment, make_document, make_items

ITEM = make_items(make_document())[0]


def record(run: str, **given: Any) -> Commitment:
    """Return a run's record of the sample's first item."""
    fields = {"action": "新增", "object": "公办幼儿园学位", "target": "1.5万个"}
    clause = given.pop("clause", "2031年底前新增公办幼儿园学位1.5万个")
    return make_commitment(run, ITEM, clause, **fields | given)


def test_same_record() -> None:
    """What two runs read alike is the same, whatever its id."""
    (one,) = changes([record("first")], [record("second")])

    assert one.first and one.second and one.first.id != one.second.id
    assert () == one.fields


def test_changed_fields_are_named() -> None:
    """A record of the same number says which of its fields differ."""
    quantity = Quantity(
        quote="1.5万个", value="15000", unit="个", comparator="eq", rule="x"
    )  # type: ignore[arg-type]
    first = record("first", quantity=quantity)
    other = quantity.model_copy(update={"value": quantity.value + 1, "rule": "y"})
    second = record("second", object="学位", quantity=other)
    (one,) = changes([first], [second])

    assert {"object", "value"} == set(one.fields)


def test_records_of_one_run_only() -> None:
    """What the other run does not read is shown on its own, in reading order."""
    soft = record("second", clause="与财政局共建学校", action="共建", object="学校",
                  target=None)  # fmt: skip
    found = changes([record("first")], [soft])

    assert [(True, False), (False, True)] == [
        (one.first is not None, one.second is not None) for one in found
    ]


def test_kind_tells_apart() -> None:
    """A promise that lost its number is another record, not a changed one."""
    found = changes([record("first")], [record("second", target=None)])

    assert 2 == len(found)


def test_other_verb_in_the_same_clause() -> None:
    """Without a number a record is known by its clause where the verb differs."""
    soft = {"clause": "与财政局共建学校", "object": "学校", "target": None}
    first = record("first", action="共建", **soft)
    second = record("second", action="建", **soft)
    (one,) = changes([first], [second])

    assert "action" in one.fields


def test_both_directions() -> None:
    """Swapping the runs swaps the sides and nothing else."""
    first = [record("first"), record("first", target=None)]
    second = [record("second", object="学位")]
    there = changes(first, second)
    back = changes(second, first)

    assert [(c.first, c.second, c.fields) for c in there if c.first and c.second] == [
        (c.second, c.first, c.fields) for c in back if c.first and c.second
    ]
    assert len(there) == len(back)
