"""Charts of the start page: every number is counted once and leads to its rows."""

from __future__ import annotations

import json
import re
import sqlite3
from typing import Any
from urllib.parse import urlencode

import pytest

from extractor.browse.pages.start_charts import MOST_COLUMNS, MOST_NAMED, start_charts
from extractor.browse.pages.summary import DocumentRow, Due, Summary, summary
from tests.browse.pages.conftest import NAME


def records(**filters: str | int) -> str:
    """Return an address as the page makes it."""
    return "?" + urlencode(filters)


def due_in(*months: str, documents: int = 1) -> Summary:
    """Return a summary with one deadline of each document in each month."""
    rows = [
        DocumentRow(
            f"d{at}", f"{at}.txt", None, "甲局", 2020 + at, None, None, 0, 0, 0, 0, None
        )
        for at in range(documents)
    ]
    due = [Due(month, row.id, 1) for month in months for row in rows]
    return Summary(tuple(rows), tuple(due), (), (), (), 0, None)


def drawn(found: Summary) -> Any:
    """Return the chart of the deadlines."""
    return start_charts(found, records).due


def test_charts_draw_what_was_counted(conn: sqlite3.Connection) -> None:
    """The points of each picture sum up to its rows."""
    found = summary(conn)
    charts = start_charts(found, records)
    sums = [
        sum(point.y for series in chart.series for point in series.points)
        for chart in (charts.due, charts.units, charts.actors)
        if chart
    ]

    assert sums == [
        sum(due.number for due in found.due),
        sum(bar.total for bar in found.units),
        sum(bar.total for bar in found.actors),
    ]


def test_bars_lead_to_as_many_rows(get: Any) -> None:
    """Behind each bar are as many records as it says, also of hostile names."""
    html = get("/").text
    blocks = re.findall(r'<script type="application/json">(.*?)</script>', html)
    points = [
        point
        for block in blocks
        for series in json.loads(block)["series"]
        for point in series["points"]
    ]

    assert 3 == len(blocks)
    assert points
    for point in points:
        address = point["href"].replace("v_commitments?", "v_commitments.json?")
        assert point["y"] == get(address).json()["filtered_table_rows_count"], address
        assert point["href"].startswith(f"/{NAME}/v_commitments?")


@pytest.mark.parametrize(
    ("months", "first", "last", "count"),
    [
        pytest.param(["2024-03"], "2024-03", "2024-03", 1, id="one"),
        pytest.param(["2024-03", "2025-02"], "2024-03", "2025-02", 12, id="months"),
        pytest.param(["2021-06", "2030-12"], "2021 Q2", "2030 Q4", 39, id="quarters"),
        pytest.param(["2021-06", "2035-12"], "2021", "2035", 15, id="years"),
        pytest.param(["1999-06", "2060-12"], "2021", "2060", 40, id="far years"),
    ],
)
def test_time_has_few_columns_and_no_gaps(
    months: list[str], first: str, last: str, count: int
) -> None:
    """Months, quarters or years, whatever fits."""
    chart = drawn(due_in(*months))

    assert (first, last, count) == (chart.xs[0], chart.xs[-1], len(chart.xs))
    assert count <= MOST_COLUMNS


def test_last_quarter_ends_with_the_year() -> None:
    """A bound that reads as a number would be compared as one."""
    (series,) = drawn(due_in("2021-06", "2030-12")).series

    assert (
        "?deadline_date__gte=2030-10&deadline_date__lt=2030-13&document_id=d0"
        == series.points[-1].href
    )


def test_few_documents_have_a_colour() -> None:
    """The others share one, and lead to what is of none of the named."""
    few = drawn(due_in("2024-03", documents=MOST_NAMED)).series
    *named, rest = drawn(due_in("2024-03", documents=MOST_NAMED + 2)).series

    assert [False] * MOST_NAMED == [series.is_rest for series in few]
    assert ["甲局 2020", "甲局 2021"] == [series.name for series in named[:2]]
    assert (True, 2) == (rest.is_rest, rest.points[0].y)
    assert "document_id__notin=d0%2Cd1%2Cd2%2Cd3%2Cd4" in rest.points[0].href


@pytest.mark.parametrize("months", [[], ["0x24-01"]])
def test_nothing_to_draw(months: list[str]) -> None:
    """Without a date that is one there is no picture."""
    assert drawn(due_in(*months)) is None


def test_page_runs_only_what_is_its_own(get: Any) -> None:
    """Scripts come from the site, with nothing written into the page."""
    response = get("/")
    policy = response.headers["content-security-policy"]

    assert "default-src 'none'; script-src 'self'; style-src 'self'" in policy
    assert "unsafe" not in policy
    for script in re.findall(r"<script src=\"([^\"]+)\" defer>", response.text):
        assert 200 == get(script).status_code
    assert 404 == get("/-/extract/vendor/README.md").status_code
    assert "chart.umd" not in get(f"/{NAME}/v_commitments").text
