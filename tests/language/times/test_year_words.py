"""Year words: 今年 and 次年 mean what the years beside them make them mean."""

from __future__ import annotations

import pytest

from extractor.core.spans import Span
from extractor.language.times.year_words import read_deadline, this_years


def _read(text: str, word: str, plan_year: int | None) -> tuple[str, str] | None:
    start = text.rindex(word)
    found = read_deadline(text, Span(start, start + len(word)), plan_year)
    return (found.date, found.basis) if found else None


@pytest.mark.parametrize(
    ("text", "word"),
    [
        pytest.param("到2027年建成医共体2个，其中今年建成1个", "今年", id="part"),
        pytest.param("到2027年建成2个，其中当年建成1个", "当年", id="that-year"),
        pytest.param("“十五五”期间建成9座，其中本年度建成2座", "本年度", id="plan"),
        pytest.param("3年内建成9座，其中本年建成2座", "本年", id="count"),
        pytest.param("到2027年建成2个（其中今年建成1个）", "今年", id="bracket"),
        pytest.param("到2027年建成2个。其中今年建成1个。", "今年", id="next-sentence"),
        pytest.param("到2027年建成2个；其中，今年建成1个", "今年", id="own-comma"),
        pytest.param("今年完成50户，到2027年完成300户", "今年", id="in-front"),
        pytest.param("今年完成50户，明年完成80户", "今年", id="next-year"),
        pytest.param(
            "到２０２７年建成2個，其中今年建成1個", "今年", id="script-and-width"
        ),
        pytest.param("自2024年起5年内建成9座，今年建成2座", "今年", id="counted-from"),
    ],
)
def test_this_year_beside_another_is_a_deadline(text: str, word: str) -> None:
    """What is due this year ends with the plan's year, and moves with it."""
    at = text.rindex(word)

    assert [Span(at, at + len(word))] == list(this_years(text, 2025))
    assert _read(text, word, 2025) == ("2025-12-31", "plan_year")
    assert _read(text, word, 2026) == ("2026-12-31", "plan_year")
    assert _read(text, word, None) is None


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("今年新建公园3个", id="alone"),
        pytest.param("6月底前开工3个，今年投用1个", id="same-year"),
        pytest.param("到2027年建成2个。今年建成1个", id="other-sentence"),
        pytest.param("2026年6月底前开工，当年完成投资", id="year-of-a-day"),
        pytest.param("2026年完成今年的任务", id="attribute"),
        pytest.param("较今年增长5%，到2027年达到80%", id="comparison"),
        pytest.param("秋季学期建成3所，今年投用1所", id="term"),
    ],
)
def test_this_year_as_plain_time_is_none(text: str) -> None:
    """What merely repeats the plan's year is no deadline (section 4)."""
    assert list(this_years(text, 2025)) == []


@pytest.mark.parametrize(
    ("text", "word", "expected"),
    [
        pytest.param(
            "9月底前开工，次年3月底前完工",
            "次年3月底前",
            ("2026-03-31", "plan_year"),
            id="after-the-plan",
        ),
        pytest.param(
            "2026年底前开工，次年一季度前完工",
            "次年一季度前",
            ("2027-03-31", "absolute"),
            id="after-a-printed-year",
        ),
        pytest.param(
            "明年底前开工，翌年6月底前完工",
            "翌年6月底前",
            ("2027-06-30", "plan_year"),
            id="after-next-year",
        ),
        pytest.param(
            "今年底前开工，次年3月底前封顶，次年6月底前完工",
            "次年6月底前",
            ("2026-06-30", "plan_year"),
            id="twice-the-same",
        ),
        pytest.param(
            "2026年底前开工。次年3月底前完工",
            "次年3月底前",
            ("2026-03-31", "plan_year"),
            id="other-sentence",
        ),
        pytest.param(
            "秋季学期开工，次年8月底前完工",
            "次年8月底前",
            ("2026-08-31", "plan_year"),
            id="term",
        ),
        pytest.param(
            "次年春节前完工", "次年春节前", ("2026-02-16", "plan_year"), id="lunar"
        ),
        pytest.param("次年汛前完工", "次年汛前", None, id="undated"),
    ],
)
def test_next_year_follows_the_year_named_before(
    text: str, word: str, expected: tuple[str, str] | None
) -> None:
    """次年 is counted from its sentence's year, else from the plan's."""
    assert expected == _read(text, word, 2025)


def test_next_year_of_a_printed_year_needs_no_plan_year() -> None:
    """The printed year is enough."""
    text = "2026年底前开工，次年3月底前完工"

    assert _read(text, "次年3月底前", None) == ("2027-03-31", "absolute")
