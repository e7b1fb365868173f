"""Placing: each record of a model's answer is tied to its own words."""

from __future__ import annotations

import time

import pytest

from extractor.extraction.placing import place_targets
from extractor.language.clauses import split_clauses

Answer = tuple[str | None, tuple[str, ...]]

EAST = ("50张", ("城东街道", "新增", "护理床位", "9月底前"))
WEST = ("50张", ("城西街道", "新增", "护理床位", "11月底前"))
BEDS = "城东街道新增护理床位50张，9月底前投用；城西街道新增护理床位50张，11月底前投用。"


@pytest.mark.parametrize(
    ("text", "answers", "fronts"),
    [
        pytest.param(BEDS, (EAST, WEST), ("城东街道", "城西街道"), id="in-order"),
        pytest.param(BEDS, (WEST, EAST), ("城西街道", "城东街道"), id="other-order"),
        pytest.param(BEDS, (WEST,), ("城西街道",), id="second-alone"),
        pytest.param(
            BEDS,
            (("50张", ("护理床位", "9月底前")), ("50张", ("护理床位", "11月底前"))),
            ("城东街道", "城西街道"),
            id="by-date",
        ),
        pytest.param(
            BEDS,
            (("50张", ("护理床位",)), ("50张", ("护理床位",))),
            ("城东街道", "城西街道"),
            id="nothing-to-tell-them",
        ),
        pytest.param(
            "甲镇建成站点3个，乙镇建成站点3个，丙镇建成站点3个。",
            (("3个", ("丙镇", "站点")), ("3个", ("甲镇", "站点"))),
            ("丙镇", "甲镇"),
            id="three-in-a-sentence",
        ),
        pytest.param(
            "上半年改造小区20个；下半年改造管网20个。",
            (("20个", ("管网",)), ("20个", ("小区",))),
            ("下半年", "上半年"),
            id="by-object",
        ),
        pytest.param(
            "新建学校5所。", (("6所", ("学校",)), (None, ())), (None, None), id="absent"
        ),
    ],
)
def test_target_is_placed_beside_its_other_words(
    text: str, answers: tuple[Answer, ...], fronts: tuple[str | None, ...]
) -> None:
    """Not the first occurrence: the one that names the body, date or thing."""
    clauses = split_clauses(text)

    spans = place_targets(answers, text, clauses)

    found = [
        None
        if span is None
        else next(c for c in clauses if c.span.contains(span)).span.slice(text)
        for span in spans
    ]
    assert [
        clause and front and clause.startswith(front)
        for clause, front in zip(found, fronts, strict=True)
    ] == [front and True for front in fronts]


def test_repeated_words_take_linear_time() -> None:
    """A plan that says one thing thousands of times does not stop a run."""
    count = 3000
    text = "城东街道新增护理床位50张，9月底前投用；" * count
    clauses = split_clauses(text)
    began = time.process_time()

    spans = place_targets([EAST] * 20, text, clauses)

    assert [span and span.start for span in spans] == [
        text.index("50张") + place * len(text) // count for place in range(20)
    ]
    assert time.process_time() - began < 5  # 200 of them took 11 s
