"""Tolerance: the same words and the same number, or not."""

from __future__ import annotations

from decimal import Decimal

import pytest

from extractor.evals.scoring.tolerance import is_same_number, is_same_text, text_overlap


@pytest.mark.parametrize(
    ("first", "second"),
    [
        pytest.param("８５％", "85%", id="width"),
        pytest.param("個", "个", id="script"),
        pytest.param("完(wan)成", "完成", id="romanisation"),
        pytest.param("實(shí)施", "实施", id="tone-marks"),
        pytest.param("教\ufffd育?", "教育", id="damage"),
        pytest.param("“双减”工作", "双减工作", id="quotation-marks"),
        pytest.param("公 办\n园", "公办园", id="white-space"),
        pytest.param("新建、改（扩）建", "新建、改扩建", id="bracket-marks"),
        pytest.param("各区(市、县)", "各区", id="gloss"),
        pytest.param("（乡村）", "乡村", id="only-a-bracket"),
        pytest.param("2021—2025", "2021-2025", id="dash"),
        pytest.param(None, None, id="both-empty"),
    ],
)
def test_same_text(first, second):
    """What differs only in damage and typography is the same."""
    assert is_same_text(first, second) and is_same_text(second, first)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        pytest.param("15所", "25所", id="digit"),
        pytest.param("课程建设", "课程的建设", id="particle"),
        pytest.param("建设", "课程建设", id="shorter"),
        pytest.param("甲、乙", "甲乙", id="punctuation"),
        pytest.param("《条例》", "条例", id="title-marks"),
        pytest.param("", None, id="empty-is-not-missing"),
    ],
)
def test_other_text(first, second):
    """Everything else counts."""
    assert not is_same_text(first, second)


def test_numbers_survive_a_database():
    """A float on the way costs nothing, a digit does."""
    assert is_same_number(Decimal("0.3"), Decimal(repr(0.1 + 0.2)))
    assert not is_same_number(Decimal(15000), Decimal(15001))
    assert is_same_number(None, None) and not is_same_number(None, Decimal(0))


def test_text_overlap_is_over_characters():
    """Half of the characters is half of the overlap."""
    assert 2 * 2 / 6 == text_overlap("课程建设", "建设")
    assert 1.0 == text_overlap("", "“”") and 0.0 == text_overlap(None, "建设")
