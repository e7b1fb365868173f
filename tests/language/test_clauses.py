"""Clauses: where an item's text is cut."""

from __future__ import annotations

import pytest

from extractor.core.spans import Span, trim
from extractor.language.clauses import (
    bracket_spans,
    clause_at,
    quoted_spans,
    split_clauses,
)


def _texts(text: str) -> list[str]:
    return [c.span.slice(text) for c in split_clauses(text) if not c.is_bracketed]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("甲，乙。丙；丁", ["甲", "乙", "丙", "丁"]),
        ("甲,乙：丙", ["甲", "乙", "丙"]),
        ("建设“甲，乙”基地，验收", ["建设“甲，乙”基地", "验收"]),
        ("印发《甲，乙办法》，验收", ["印发《甲，乙办法》", "验收"]),
        ("各县（市，区）验收，通报", ["各县（市，区）验收", "通报"]),
        ("投资1,200万元，竣工", ["投资1,200万元", "竣工"]),
        ("  甲 ， 乙 ", ["甲", "乙"]),
        ("甲\n乙", ["甲", "乙"]),
        ("", []),
        ("，。", []),
    ],
)
def test_text_is_cut_at_punctuation_outside_quotes_and_brackets(
    text: str, parts: list[str]
) -> None:
    """Commas cut clauses; those in names, brackets and numbers do not."""
    assert _texts(text) == parts


def test_sentences_are_numbered_for_coordination() -> None:
    """Coordination ends at 。 and ；."""
    assert [c.sentence for c in split_clauses("甲，乙。丙；丁")] == [0, 0, 1, 2]


def test_bracket_with_a_number_is_a_clause_of_its_own() -> None:
    """（其中…10所） is read besides the clause that it interrupts."""
    text = "新建学校30所（其中山区10所，海岛2所）"

    inner = [c.span.slice(text) for c in split_clauses(text) if c.is_bracketed]

    assert inner == ["其中山区10所", "海岛2所"]


def test_innermost_clause_covers_a_position() -> None:
    """A position in a bracket belongs to the bracket's clause."""
    text = "新建学校30所（其中山区10所）"
    clauses = split_clauses(text)

    assert clause_at(clauses, 0) == 0
    assert clause_at(clauses, text.index("10")) == 1
    assert clause_at(clauses, len(text) + 1) is None


def test_text_starts_behind_a_label() -> None:
    """The label in front is left out."""
    assert split_clauses("（一）甲，乙", 3)[0].span == Span(3, 4)


def test_spans_of_quotes_and_brackets() -> None:
    """Marks belong to a quotation, and not to a bracket's inside."""
    text = "《甲》“乙”（丙）"

    assert [s.slice(text) for s in quoted_spans(text)] == ["《甲》", "“乙”"]
    assert [s.slice(text) for s in bracket_spans(text)] == ["丙"]


def test_trim_drops_white_space() -> None:
    """White space at the ends is no part of a clause."""
    assert trim(" 甲 ", Span(0, 3)) == Span(1, 2)
    assert trim("   ", Span(0, 3)) == Span(3, 3)


@pytest.mark.parametrize(
    ("text", "clauses"),
    [
        ("（一）城东街道新增床位50张", ["城东街道新增床位50张"]),
        (
            "新建300套，（1）其中城区200套，（2）乡镇100套",
            ["新建300套", "其中城区200套", "乡镇100套"],
        ),
        (
            "其中（1）城区200套（2）乡镇100套",
            ["其中", "城区200套", "乡镇100套"],
        ),
        (
            "任务：①新建公厕12座；②整治河道3条",
            ["任务", "新建公厕12座", "整治河道3条"],
        ),
        ("⑴新建公路。⑵造林500亩", ["新建公路", "造林500亩"]),
        ("一、新建公厕12座。2.整治河道3条", ["新建公厕12座", "整治河道3条"]),
        ("一、二、三产业融合", ["一、二、三产业融合"]),
        ("1.5万人参加培训", ["1.5万人参加培训"]),
        ("加固小（1）型水库7座、小（2）型水库9座", None),
        ("建设二期（一）标段管网", None),
    ],
)
def test_label_of_an_inner_point_is_in_no_clause(
    text: str, clauses: list[str] | None
) -> None:
    """A label opens a clause and belongs to none; in a name it stays."""
    assert _texts(text) == (clauses or [text])


def test_title_of_an_inner_point_promises_nothing() -> None:
    """③就业困难人员。 names what the point is about."""
    text = "③就业困难人员。实行台账管理。④培训。"

    found = [c.span.slice(text) for c in split_clauses(text) if c.is_title]

    assert found == ["就业困难人员"]
