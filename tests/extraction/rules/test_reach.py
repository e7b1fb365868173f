"""Reach: which time governs a number, and where it gives way."""

from __future__ import annotations

import pytest

from extractor.extraction.rules.view import ItemView
from extractor.language.times.year_words import read_deadline

PLAN_YEAR = 2025


def _days(text: str, plan_year: int | None = PLAN_YEAR) -> list[str | None]:
    """Return the day each number of a text is due on."""
    view = ItemView(text, 0, plan_year)
    days: list[str | None] = []
    for number in view.numbers:
        date = view.deadline_for(number.clause, with_number=True, at=number.span)
        due = read_deadline(text, date.span, plan_year) if date else None
        days.append(due.date if due else None)
    return days


# What the time in front governs, and what the number behind it is due on.
@pytest.mark.parametrize(
    ("text", "days"),
    [
        pytest.param(
            "到2027年建成医共体2个，其中今年建成1个。",
            ["2027-12-31", "2025-12-31"],
            id="part-this-year",
        ),
        pytest.param(
            "到2027年建成泵站5座，其中今年建成1座，明年建成2座，后年建成2座。",
            ["2027-12-31", "2025-12-31", "2026-12-31", "2027-12-31"],
            id="part-each-year",
        ),
        pytest.param(
            "到2027年建成泵站5座，其中上半年建成1座，下半年建成1座。",
            ["2027-12-31", "2025-06-30", "2025-12-31"],
            id="part-half-years",
        ),
        pytest.param(
            "到2027年建成泵站5座，其中2025年建成1座，新增床位300张。",
            ["2027-12-31", "2025-12-31", "2027-12-31"],
            id="back-to-the-horizon",
        ),
        pytest.param(
            "到2027年建成泵站5座（其中今年建成1座），新增床位300张。",
            ["2027-12-31", "2025-12-31", "2027-12-31"],
            id="part-in-a-bracket",
        ),
        pytest.param(
            "年底前建成泵站9座（其中6月底前建成3座），改造水闸2座。",
            ["2025-12-31", "2025-06-30", "2025-12-31"],
            id="month-in-a-bracket",
        ),
        pytest.param(
            "到2027年建成泵站5座，其中今年开工2座、建成1座。",
            ["2027-12-31", "2025-12-31", "2025-12-31"],
            id="part-of-two",
        ),
        pytest.param(
            "到2027年建成泵站5座，其中去年已建成1座。",
            ["2027-12-31"],
            id="part-of-the-past",
        ),
        pytest.param(
            "到2027年建成泵站5座，今年建成1座；新增床位300张。",
            ["2027-12-31", "2025-12-31", None],
            id="contrast-without-part",
        ),
        pytest.param(
            "今年改造住房50户，到2027年改造住房300户。",
            ["2025-12-31", "2027-12-31"],
            id="contrast-in-front",
        ),
        pytest.param("今年新建公园3个。", [None], id="plain-this-year"),
        pytest.param(
            "到2027年建成泵站5座，全年建成1座。",
            ["2027-12-31", None],
            id="whole-year",
        ),
    ],
)
def test_part_has_its_own_year(text: str, days: list[str | None]) -> None:
    """A part is due in its year, what follows it in the year of the whole."""
    assert days == _days(text)


@pytest.mark.parametrize(
    "time",
    [
        "汛前",
        "主汛期到来之前",
        "入冬前",
        "节前",
        "元旦、春节前",
        "次年汛前",
        "提前一个季度",
        "高考前",
        "下一年度汛期前",
        "开学前",
        "放假前",
        "会前",
        "供暖季前",
        "春节期间",
        "半年内",
        "月底前",
        "6月31日前",
        "2025年13月底前",
        "从2026年起",
    ],
)
def test_time_without_a_date_takes_none_from_elsewhere(time: str) -> None:
    """Its clause and those behind it are open; the next sentence's are too."""
    joined = f"4月底前检修水库12座，{time}加固水闸3座，改造涵管5处。"
    listed = f"4月底前检修水库12座、{time}加固水闸3座。"
    apart = f"4月底前检修水库12座，{time}，加固水闸3座，9月底前改造涵管5处。"

    assert _days(joined) == ["2025-04-30", None, None]
    assert _days(listed) == ["2025-04-30", None]
    assert _days(apart) == ["2025-04-30", None, "2025-09-30"]


@pytest.mark.parametrize(
    ("text", "days"),
    [
        pytest.param(
            "6月底前建成泵站3座、9月底前建成水闸5座。",
            ["2025-06-30", "2025-09-30"],
            id="listed",
        ),
        pytest.param(
            "6月底前建成泵站3座并于9月底前投用。", ["2025-06-30"], id="two-stages"
        ),
        pytest.param(
            "6月底前建成泵站3座，次年一季度前建成水闸5座。",
            ["2025-06-30", "2026-03-31"],
            id="next-year",
        ),
        pytest.param(
            "2012年起，5年内建成泵站30座，改造水闸5座。",
            ["2016-12-31", "2016-12-31"],
            id="counted-across-a-comma",
        ),
    ],
)
def test_number_takes_the_time_in_front_of_it(
    text: str, days: list[str | None]
) -> None:
    """Where a clause holds two times each number takes its own."""
    assert days == _days(text)


@pytest.mark.parametrize(
    "text",
    [
        "到2027年建成泵站5座，其中今年建成1座，明年建成2座。",
        "年底前建成泵站3座，次年一季度前建成水闸2座。",
        "5年内建成泵站3座，其中本年度建成1座。",
        "十二月月底前建成泵站3座，汛前加固水闸2座。",
    ],
)
def test_plan_year_moves_relative_dates_only(text: str) -> None:
    """Another plan year moves each relative date by as many years, no other date."""
    before, after = _days(text), _days(text, PLAN_YEAR + 1)

    fixed = {"2027-12-31"} if text.startswith("到2027年") else set()
    moved = [
        day if day is None or day in fixed else f"{int(day[:4]) + 1}{day[4:]}"
        for day in before
    ]
    assert moved == after


def test_no_plan_year_leaves_the_words() -> None:
    """The words stand, the date stays open."""
    assert _days("到2027年建成泵站2座，其中今年建成1座。", None) == ["2027-12-31", None]
    assert _days("5年内建成泵站2座。", None) == [None]


@pytest.mark.parametrize(
    ("time", "day"),
    [
        ("国庆节前", "2025-09-30"),
        ("春节前", "2025-01-28"),
        ("2026年春节前", "2026-02-16"),
        ("次年春节前", "2026-02-16"),
        ("中秋节前", "2025-10-05"),
        ("清明前", "2025-04-03"),
        ("年内", "2025-12-31"),
        ("10月18日前", "2025-10-18"),
        ("二○二五年底", "2025-12-31"),
        ("2 0 2 5年底", "2025-12-31"),
        ("到2027年", "2027-12-31"),
    ],
)
def test_feast_dates_its_clause(time: str, day: str) -> None:
    """It governs as any date does."""
    text = f"4月底前检修水库12座，{time}加固水闸3座，改造涵管5处。"

    assert _days(text) == ["2025-04-30", day, day]


@pytest.mark.parametrize("time", ["每月10日前", "每年春节前"])
def test_time_that_recurs_is_no_deadline(time: str) -> None:
    """It says how often."""
    assert _days(f"{time}加固水闸3座。") == [None]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("到2025年，甲率达到80%；乙率达到90%。丙率达到70%。", ["2025-12-31"] * 3),
        ("“十四五”期间，新建学校3所；改造校舍5处。", ["2025-12-31"] * 2),
        ("5年内，甲率达到80%。乙率达到90%。", ["2027-12-31"] * 2),
        ("主要目标：到2025年，甲率达到80%。乙率达到90%。", ["2025-12-31"] * 2),
        ("到2025年，甲率达80%。到2030年，甲率达90%。", ["2025-12-31", "2030-12-31"]),
        ("到2025年，甲率达到80%。6月底前，新建学校3所。", ["2025-12-31", "2023-06-30"]),
        ("到2025年，甲率达到80%。\n乙率达到90%。", ["2025-12-31", None]),
        ("6月底前新建学校3所；改造校舍5处。", ["2023-06-30", None]),
        ("年底前新建学校3所。改造校舍5处。", ["2023-12-31", None]),
        ("新建学校3所。到2025年，甲率达到80%；乙率达到90%。丙率达到70%。",
         [None, "2025-12-31", "2025-12-31", None]),
        ("新建学校3所，到2025年甲率达到80%；乙率达到90%。", [None, "2025-12-31", None]),
    ],
)  # fmt: skip
def test_horizon_of_years_reaches_on(text: str, expected: list[str | None]) -> None:
    """Across ；from the head of a sentence, to the end from that of a paragraph."""
    assert _days(text, 2023) == expected
