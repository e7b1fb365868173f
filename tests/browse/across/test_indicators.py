"""Indicator pages: what is listed is there, links lead to records, words are text."""

from __future__ import annotations

import asyncio
import csv
import html
import io
import json
import re
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from extractor.browse.serving import datasette_app
from extractor.store.across.grouping import grouped
from extractor.store.across.reading import numbered_pledges, pledges_of
from extractor.store.store import Store
from tests.browse.across.conftest import FORMULA
from tests.browse.pages.conftest import NAME, assert_harmless
from tests.store_samples import fill, make_run


def table(response: Any) -> list[dict[str, str]]:
    """Return the rows of a CSV file as a spreadsheet reads them."""
    assert response.headers["content-type"] == "text/csv; charset=utf-8"
    assert "attachment" in response.headers["content-disposition"]
    assert response.text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(response.text.removeprefix("\ufeff"))))


def listed(get: Any, query: str = "") -> list[str]:
    """Return the addresses of the indicators on the page of the list."""
    page = get(f"/-/indicators/{NAME}{query}")
    assert 200 == page.status_code
    return re.findall(rf'href="(/-/indicator/{NAME}/[0-9a-f]{{16}})"', page.text)


def test_every_indicator_is_listed_and_opens(
    get: Any, conn: sqlite3.Connection
) -> None:
    """The list has each group once, and each has its page."""
    groups = grouped(numbered_pledges(conn)).ordered
    found = listed(get)

    assert [one.indicator.id for one in groups] == [one[-16:] for one in found]
    for address in found:
        assert 200 == get(address).status_code


def test_pledges_are_the_records(conn: sqlite3.Connection) -> None:
    """What is compared is what the view of records says, in reading order."""
    rows = conn.execute(
        "select * from v_commitments where document_id = (select document_id from "
        'v_commitments where plan_year = 2032) order by "start"'
    ).fetchall()
    found = pledges_of(conn, rows[0]["document_id"])

    assert [row["commitment_id"] for row in rows] == [one.id for one in found]
    assert [row["target_value"] for row in rows] == [
        one.value and float(one.value) for one in found
    ]
    assert [row["clause"] for row in rows] == [one.clause for one in found]


@pytest.mark.parametrize(
    ("query", "some"),
    [
        ("?words=学位", True),
        ("?words=學位", True),
        ("?words=公办+新增", True),
        ("?words=桥梁", False),
        ("?unit=家", True),
        ("?unit=公里", False),
        ("?body=教育局", True),
        ("?body=财政局", False),
    ],
)
def test_filters(get: Any, query: str, some: bool) -> None:
    """Words in either script, any unit of the dimension, and a body restrict."""
    assert some == bool(listed(get, query))


@pytest.mark.parametrize("page", ["0", "99", "-1", "x", "9" * 50, "٣"])
def test_any_page_number_answers(get: Any, page: str) -> None:
    """A number that is none shows a page that is there."""
    assert listed(get, f"?page={page}")


def test_values_lead_to_their_records(get: Any) -> None:
    """Each number of the table is a link to its place in a document."""
    (address, *_) = listed(get, "?words=学位")
    page = get(address).text
    places = set(re.findall(r'href="(/-/plan/[^"]+#r-([0-9a-f]{16}))"', page))

    assert 3 == len(places)
    for place, record_id in places:
        assert f'href="#r-{record_id}"' in get(place.partition("#")[0]).text


def test_numbers_are_drawn_over_the_years(get: Any) -> None:
    """The chart has the numbers of the table in one unit, and cannot end its block."""
    (address, *_) = listed(get, "?words=学位")
    page = get(address).text
    (block,) = re.findall(
        r'<figure class="drawn" data-chart="lines" .*?'
        r'<script type="application/json">(.*?)</script>',
        page,
        re.DOTALL,
    )
    chart = json.loads(block)
    points = [point for body in chart["series"] for point in body["points"]]

    assert "<" not in block
    assert 2 == len(chart["series"])
    assert "个" == chart["unit"]
    assert [(2031, 15000), (2031, 15000), (2032, 20000)] == sorted(
        (point["x"], point["y"]) for point in points
    )
    assert all(one["href"].startswith(f"/-/plan/{NAME}/") for one in points)
    assert "/-/extract/charts.js" in page


def test_one_number_is_no_picture(get: Any) -> None:
    """Where fewer than two numbers have a year there is the table alone."""
    pages = [get(address).text for address in listed(get)]
    alone = [page for page in pages if "data-chart" not in page]

    assert alone
    assert all("charts.js" not in page and "<table" in page for page in alone)


def test_numbers_of_a_file_are_numbers(get: Any) -> None:
    """Thousands are parted for people, not for programs."""
    (address, *_) = listed(get, "?words=学位")

    assert "15,000" in get(address).text
    assert {"15000", "20000"} <= {
        row["value"] for row in table(get(f"{address}/table.csv"))
    }
    assert "20000" in {
        row["highest"] for row in table(get(f"/-/indicators/{NAME}/table.csv"))
    }


def test_csv_of_the_list(get: Any) -> None:
    """The file has what the page has, and a formula in it is text."""
    rows = table(get(f"/-/indicators/{NAME}/table.csv"))

    assert len(listed(get)) == len(rows)
    assert f"'{FORMULA}" in [row["wordings"] for row in rows]


def test_csv_of_an_indicator(get: Any) -> None:
    """Each record is a row with its value, its grounds and its ids."""
    (address, *_) = listed(get, "?words=学位")
    rows = table(get(f"{address}/table.csv"))

    assert ["1.5万个", "1.5万个", "2万个"] == sorted(row["printed"] for row in rows)
    assert all(row["record_id"] and row["document_id"] for row in rows)
    assert {"用词相同 the same words"} == {row["grounds"] for row in rows}


def test_hostile_words_are_text(get: Any) -> None:
    """Markup in bodies, objects and clauses does nothing."""
    assert_harmless("".join(get(address).text for address in listed(get)))
    answer = get(f"/-/indicators/{NAME}?words=%22%3E%3Cscript%3Ealert(1)%3C/script%3E")

    assert "<script>alert" not in answer.text
    assert '"&gt;&lt;' not in html.unescape(answer.text)


def test_unknown_indicator(get: Any) -> None:
    """An id of nothing answers with a plain page."""
    assert 404 == get(f"/-/indicator/{NAME}/{'0' * 16}").status_code
    assert 404 == get("/-/indicators/other").status_code


def test_start_page_leads_there(get: Any) -> None:
    """Both ways to compare are one click away."""
    page = get("/").text

    for name in ("indicators", "promises"):
        assert f'href="/-/{name}/{NAME}"' in page


def test_list_follows_the_database(tmp_path: Path) -> None:
    """What is written while the site is open shows at the next look."""
    path = tmp_path / f"{NAME}.db"
    with Store(path) as store:
        app = datasette_app(path)
        empty = asyncio.run(app.client.get(f"/-/indicators/{NAME}")).text
        fill(store, make_run())
        full = asyncio.run(app.client.get(f"/-/indicators/{NAME}")).text
        for database in app.databases.values():
            database.close()

    assert "No indicator fits" in empty
    assert "公办幼儿园学位" in full
