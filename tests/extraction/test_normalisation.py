"""Normalisation: quantity and deadline are computed from the quotes (law 2)."""

from __future__ import annotations

from decimal import Decimal

import pytest

from extractor.core.records import Commitment, Mention, Quantity
from extractor.core.spans import Span
from extractor.extraction.normalisation import normalise
from tests.extraction.test_grounding import AD, grounded, planted, words


def normalised(source: str, plan_year: int | None = 2022, **fields: str) -> Commitment:
    """Ground words in a plan of one item and normalise the record."""
    document, item = planted(source, AD)
    mentions = {name: words(text) for name, text in fields.items()}
    return normalise(grounded(document, item, **mentions), item, plan_year)


def test_target_and_deadline_are_computed() -> None:
    """Value, unit, comparator, date and basis come with the rules that fired."""
    record = normalised(
        "1.年底前新增学位不少于1.5万个。", target="不少于1.5万个", deadline="年底前"
    )

    assert record.quantity is not None
    assert record.due is not None
    assert (record.quantity.value, record.quantity.unit) == (Decimal(15000), "个")
    assert (record.quantity.comparator, record.quantity.quote) == (
        "ge",
        "不少于1.5万个",
    )
    assert (record.due.date, record.due.basis) == ("2022-12-31", "plan_year")
    assert record.quantity.rule
    assert record.due.rule


@pytest.mark.parametrize(
    ("plan_year", "date"),
    [
        pytest.param(2022, "2022-09-30", id="2022"),
        pytest.param(2031, "2031-09-30", id="2031"),
        pytest.param(None, None, id="unknown"),
    ],
)
def test_relative_date_moves_with_the_plan_year(
    plan_year: int | None, date: str | None
) -> None:
    """The year of a date without one is the plan's, or there is no date."""
    record = normalised("1.9月底前建成学校。", plan_year, deadline="9月底前")

    assert (record.due.date if record.due else None) == date
    assert record.deadline is not None


def test_words_around_the_number_are_read() -> None:
    """下降 in front of a percentage makes it a decrease; the clause says so."""
    record = normalised("1.能耗下降3%左右。", target="3%左右")

    assert record.quantity is not None
    assert (record.quantity.change, record.quantity.comparator) == (
        "decrease",
        "approx",
    )


def test_quote_without_a_number_has_no_quantity() -> None:
    """What no rule reads stays a quote without a value."""
    record = normalised("1.新增学校若干所。", target="若干所")

    assert record.target is not None
    assert record.quantity is None


def test_refused_target_has_no_quantity() -> None:
    """No quote, no value: a number is never taken from the model."""
    record = normalised("1.新增学校3所。", target="4所")

    assert (record.target, record.quantity, record.status) == (None, None, "ungrounded")


def test_unit_is_given_in_the_script_of_the_source() -> None:
    """The parsers read simplified script, the reader sees what is printed."""
    source = "1.新增學位3個。"
    document, item = planted(source)
    item = item.model_copy(update={"clean": "1.新增学位3个。"})

    record = normalise(grounded(document, item, target=words("3个")), item, 2022)

    assert record.quantity is not None
    assert (record.quantity.unit, record.quantity.quote) == ("個", "3個")


def _brought(source: str, quote: str, value: int) -> Commitment:
    """Normalise a draft that brings its own value of the words."""
    document, item = planted(source, AD)
    at = item.clean.index(quote)
    target = Mention(text=quote, span=Span(at, at + len(quote)))
    read = Quantity(
        quote=quote, value=Decimal(value), unit="所", comparator="eq", rule="brought"
    )
    return normalise(grounded(document, item, target=target, quantity=read), item, 2022)


def test_value_that_a_draft_brings_is_kept() -> None:
    """What was read where it was found is not read again."""
    record = _brought("1.新增学校15所。", "15所", 99)

    assert record.quantity is not None
    assert (record.quantity.value, record.quantity.rule) == (Decimal(99), "brought")


def test_value_of_words_that_are_quoted_in_part_is_read_again() -> None:
    """Advertising inside the words: a value is what its quote says (law 2)."""
    record = _brought(f"1.新增学校15{AD}所。", "15所", 99)

    assert record.target is not None
    assert record.target.text == "15"
    assert record.quantity is not None
    assert (record.quantity.value, record.quantity.unit) == (Decimal(15), "")


def test_number_beside_advertising_is_read() -> None:
    """Words injected behind a number do not change it."""
    record = normalised(f"1.新增学校15所{AD}，建成公园。", target="15所")

    assert record.quantity is not None
    assert record.quantity.value == Decimal(15)
