"""Promises page: two plans of one body, every promise with both clauses, as text."""

from __future__ import annotations

import re
import sqlite3
from typing import Any

import pytest

from extractor.browse.across.promises import promises_page
from tests.browse.across.test_indicators import table
from tests.browse.pages.conftest import NAME, assert_harmless

HERE = f"/-/promises/{NAME}"


def address(plans: dict[str, str], **more: str) -> str:
    """Return the query of the two plans of the hostile body."""
    given = {"earlier": plans["earlier"], "later": plans["later"]} | more
    return "?" + "&".join(f"{name}={value}" for name, value in given.items())


def test_bodies_with_two_plans_are_offered(get: Any, plans: dict[str, str]) -> None:
    """Only they can be compared, and one click does it."""
    page = get(HERE).text
    links = re.findall(r"earlier=([0-9a-f]{16})&amp;later=([0-9a-f]{16})", page)

    assert [(plans["earlier"], plans["later"])] == links


def test_verdicts_with_both_clauses(
    conn: sqlite3.Connection, plans: dict[str, str]
) -> None:
    """What was raised, what lapsed and what is new is told with its records."""
    page = promises_page(conn, plans["earlier"], plans["later"])
    told = {fate.verdict.value: fate for fate in page.fates}

    assert {"raised", "lapsed", "new", "again"} == set(told)
    assert told["raised"].earlier and told["raised"].later
    assert len(page.fates) == sum(count for _, count in page.counts)


def test_order_of_the_two_does_not_matter(
    conn: sqlite3.Connection, plans: dict[str, str]
) -> None:
    """The plan of the earlier year is the earlier one, whichever is named first."""
    there = promises_page(conn, plans["earlier"], plans["later"])
    back = promises_page(conn, plans["later"], plans["earlier"])

    assert there.fates == back.fates


def test_page(get: Any, plans: dict[str, str]) -> None:
    """Verdicts, links to both places, and hostile words as text."""
    answer = get(HERE + address(plans))

    assert 200 == answer.status_code
    assert_harmless(answer.text)
    assert "提高要求" in answer.text
    for document in (plans["earlier"], plans["later"]):
        assert f"/-/plan/{NAME}/{document}#r-" in answer.text


def test_one_verdict(get: Any, plans: dict[str, str]) -> None:
    """A verdict shows only its own; one that is none shows none."""
    one = get(HERE + address(plans, verdict="raised")).text
    other = get(HERE + address(plans, verdict="<script>"))

    assert 1 == one.count('class="tag fate-')
    assert 200 == other.status_code


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (("earlier", "other"), "two bodies"),
        (("earlier", "earlier"), "two different plans"),
    ],
)
def test_what_is_not_compared(
    get: Any, plans: dict[str, str], names: tuple[str, str], said: str
) -> None:
    """Plans of two bodies are never put side by side."""
    one, other = (plans[name] for name in names)
    answer = get(f"{HERE}?earlier={one}&later={other}")

    assert 200 == answer.status_code
    assert said in answer.text
    assert 'class="tag fate-' not in answer.text


def test_unknown_plan(get: Any, plans: dict[str, str]) -> None:
    """An id of nothing answers with a plain page."""
    answer = get(f"{HERE}?earlier={plans['earlier']}&later=%3Cscript%3Ealert")

    assert 404 == answer.status_code
    assert "<script>alert" not in answer.text


def test_csv(get: Any, plans: dict[str, str]) -> None:
    """The file has a row a promise, and a formula in it is text."""
    rows = table(get(f"{HERE}/table.csv{address(plans)}"))
    one = table(get(f"{HERE}/table.csv{address(plans, verdict='raised')}"))

    assert 1 == len(one) < len(rows)
    assert ("1.5万个", "2万个") == (one[0]["earlier"], one[0]["later"])
    assert not any(cell.startswith("=") for row in rows for cell in row.values())


def test_document_page_leads_there(get: Any, plans: dict[str, str]) -> None:
    """A plan that has one before it is one click away from the comparison."""
    later = get(f"/-/plan/{NAME}/{plans['later']}").text
    earlier = get(f"/-/plan/{NAME}/{plans['earlier']}").text
    link = f"earlier={plans['earlier']}&amp;later={plans['later']}"

    assert link in later
    assert link not in earlier
