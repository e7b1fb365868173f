"""Doubts: each form of a doubtful record is named, a sound one is not."""

from __future__ import annotations

from typing import Any

import pytest

from extractor.browse.doubts import KINDS, Readings, doubts, is_bracket
from extractor.core.records import Commitment
from tests.store_samples import (
    make_commitment,
    make_document,
    make_items,
    make_reading,
)

PLAN = """丙市教育局2031年工作要点
1.增加学位。2031年底前新增学位1.5万个，6月底前由教育局牵头（二期）建成学校30所，比2030年提高2个百分点。
"""
ITEM = make_items(make_document(PLAN))[0]
SOUND = {"action": "新增", "object": "学位", "target": "1.5万个", "method": "model"}


def make(clause: str = "新增学位1.5万个", **fields: Any) -> Commitment:
    """Return a record of the sample's item."""
    return make_commitment("run", ITEM, clause, **fields)


@pytest.mark.parametrize(
    ("clause", "fields", "expected"),
    [
        pytest.param("新增学位1.5万个", SOUND, [], id="sound"),
        pytest.param(
            "新增学位1.5万个",
            SOUND | {"status": "ungrounded", "ungrounded": (("actor", "财政局"),)},
            ["ungrounded"],
            id="refused",
        ),
        pytest.param(
            "新增学位1.5万个", SOUND | {"likelihood": -0.4}, ["unlikely"], id="unlikely"
        ),
        pytest.param(
            "新增学位1.5万个", SOUND | {"likelihood": -0.39}, [], id="likely-enough"
        ),
        pytest.param(
            "新增学位1.5万个", SOUND | {"likelihood": -1e9}, ["unlikely"], id="never"
        ),
        pytest.param(
            "由教育局牵头（二期）建成学校30所",
            {"action": "建成", "object": "（二期）"},
            ["bracket"],
            id="bracket",
        ),
        pytest.param(
            "由教育局牵头（二期）建成学校30所",
            {"action": "牵头", "object": "教育局"},
            ["office"],
            id="office",
        ),
        pytest.param("新增学位1.5万个", {"object": "学位"}, ["no-verb"], id="no-verb"),
        pytest.param(
            "6月底前由教育局牵头（二期）建成学校30所",
            {"action": "建成", "object": "学校30所", "deadline": "2031年底前"},
            ["carried"],
            id="carried-beside-another-time",
        ),
        pytest.param(
            "新增学位1.5万个", SOUND | {"deadline": "2031年底前"}, [], id="carried"
        ),
        pytest.param(
            "比2030年提高2个百分点",
            {"action": "提高", "deadline": "2031年底前"},
            [],
            id="carried-beside-a-year",
        ),
    ],
)
def test_doubts_of_a_record(
    clause: str, fields: dict[str, Any], expected: list[str]
) -> None:
    """The reasons are those that the record's form gives."""
    found = doubts(make(clause, **fields))

    assert expected == [doubt.kind for doubt in found]
    assert all(doubt.why.zh and doubt.why.en for doubt in found)
    assert all(doubt.name in KINDS.values() for doubt in found)


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        pytest.param({"action": "新增", "object": "学位"}, [], id="the-same"),
        pytest.param({"action": "新增", "object": "名额"}, ["differ"], id="object"),
        pytest.param({"is_promise": False}, ["differ"], id="no-promise"),
        pytest.param(None, [], id="one-reader"),
    ],
)
def test_readings_that_differ(
    model: dict[str, Any] | None, expected: list[str]
) -> None:
    """Rules and model must read verb and object the same, as in `v_readings`."""
    read = [make_reading(ITEM, "1.5万", action="新增", object="学位")]
    if model is not None:
        read.append(make_reading(ITEM, "1.5万", reader="model", **model))
    record = make(**SOUND)

    found = doubts(record, Readings(read))

    assert expected == [doubt.kind for doubt in found]


def test_readings_of_another_number_say_nothing() -> None:
    """A record is doubted for what was read at its own number."""
    read = [
        make_reading(ITEM, "30所", action="建成", object="学校"),
        make_reading(ITEM, "30所", reader="model", is_promise=False),
    ]

    assert () == doubts(make(**SOUND), Readings(read))


def test_soft_record_is_compared_by_its_verb_and_object() -> None:
    """Without a number the place is that of verb and object."""
    read = [
        make_reading(ITEM, "建成学校", kind="action", action="建成", object="学校"),
        make_reading(
            ITEM, "建成学校", kind="action", reader="model", action="建", object="学校"
        ),
    ]
    record = make("建成学校30所", action="建成", object="学校")

    assert ["differ"] == [doubt.kind for doubt in doubts(record, Readings(read))]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("（三）", True),
        ("(责任单位)", True),
        ("……", True),
        ("小（1）型水库", False),
        ("（甲）和（乙）", False),
        ("学位", False),
    ],
)
def test_brackets(words: str, expected: bool) -> None:
    """One bracket from end to end is no object; words with a bracket are."""
    assert expected == is_bracket(words)
