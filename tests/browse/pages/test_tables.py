"""Tables: words for people around Datasette's own rows, and nothing but text."""

from __future__ import annotations

import re
import sqlite3
from typing import Any

import pytest

from extractor.browse.dictionary import VIEWS
from extractor.browse.pages.tables import Table, shown_value
from extractor.browse.wording import COLUMNS, header
from tests.browse.pages.conftest import NAME, assert_harmless
from tests.store_samples import SCRIPT


def headers(html: str) -> list[str]:
    """Return the columns of the page's table in the order they are shown in."""
    return re.findall(r'<th [^>]*data-column="([^"]+)"', html)


def test_columns_come_in_the_order_a_person_asks(get: Any) -> None:
    """The order is that of the public view, wherever a record is shown; ids last."""
    public = list(VIEWS["v_commitments"].columns)
    ids = [column for column in public if column.endswith("_id")]
    for page in ("v_commitments", "v_commitments_reviewed", "commitments"):
        shown = headers(get(f"/{NAME}/{page}").text)
        known = [column for column in shown if column in public]
        kept = [column for column in public if column in shown]

        assert known == [c for c in kept if c not in ids] + [
            c for c in kept if c in ids
        ]


def test_no_two_columns_have_one_name(get: Any) -> None:
    """Clean words and words as printed, such as who and actor, are told apart."""
    html = get(f"/{NAME}/v_commitments").text
    shown = headers(html)
    words = [str(header(column)) for column in shown]

    assert shown[0] == "who"
    assert len(set(words)) == len(words) == len(VIEWS["v_commitments"].columns)


def test_headers_are_words(get: Any) -> None:
    """A header says it in Chinese and in English, and keeps the column's name."""
    html = get(f"/{NAME}/v_commitments").text

    for name in ("actor", "target_quote", "deadline_date"):
        words = COLUMNS[name]
        assert f'<span lang="zh">{words.zh}</span> <span lang="en">{words.en}' in html
        assert f'title="{name}: ' in html


def test_definitions_and_facets_are_folded(get: Any) -> None:
    """Only the search box stands between the title and the rows."""
    html = get(f"/{NAME}/v_commitments").text
    before_rows = html[: html.index('<table class="rows-and-columns">')]

    assert '<details class="facets">' in before_rows
    assert 'id="_search"' in before_rows
    assert "column-descriptions" not in before_rows
    assert "column-descriptions" in html


def test_rows_lead_to_their_place(get: Any, conn: sqlite3.Connection) -> None:
    """A record's row opens its sentence; an item's row opens the item."""
    (document_id,) = conn.execute("select id from documents").fetchone()
    plan = f'href="/-/plan/{NAME}/{document_id}'
    records = get(f"/{NAME}/v_commitments").text
    items = get(f"/{NAME}/v_items").text

    for row in conn.execute("select id, item_id from commitments"):
        assert f'{plan}#r-{row["id"]}"' in records
        assert f'{plan}#i-{row["item_id"]}"' in items


def test_query_shows_words_and_places(get: Any, conn: sqlite3.Connection) -> None:
    """A canned query has the same headers, and links to the records it finds."""
    html = get(f"/{NAME}/due_before?date=2031-12-31").text
    (id_,) = conn.execute(
        "select id from commitments where deadline_date is not null"
    ).fetchone()

    assert f'href="/-/record/{NAME}/{id_}"' in html
    assert '<span lang="zh">何时前</span> <span lang="en">by when</span>' in html


@pytest.mark.parametrize(
    "address",
    [
        "v_commitments",
        "v_items",
        "v_readings",
        "v_ungrounded",
        "v_left_out",
        "v_commitments?kind=hard",
        "v_runs",
        "by_actor",
        "in_doubt",
        "documents",
    ],
)
def test_hostile_words_are_text(get: Any, address: str) -> None:
    """Cells, tooltips, facets and filters show markup as it is written."""
    response = get(f"/{NAME}/{address}")

    assert 200 == response.status_code
    html = response.text
    for markup in ("<script>alert", "<img", "onerror='a()'>", 'href="javascript'):
        assert markup not in html
    assert not re.search(r'title="[^"]*<script', html)


def test_row_is_a_list_of_fields(get: Any, conn: sqlite3.Connection) -> None:
    """A row's page has a line for each field, and leads to the page of the record."""
    (id_,) = conn.execute("select id from commitments").fetchone()
    html = get(f"/{NAME}/commitments/{id_}").text

    assert '<table class="fields">' in html
    assert f'href="/-/record/{NAME}/{id_}"' in html
    assert_harmless(get(f"/{NAME}/documents/{_document(conn)}").text)


def _document(conn: sqlite3.Connection) -> str:
    return str(conn.execute("select id from documents").fetchone()["id"])


@pytest.mark.parametrize(
    ("column", "value", "expected"),
    [
        pytest.param("target_comparator", "ge", ">≥<", id="sign"),
        pytest.param("kind", "hard", ">硬承诺<", id="word"),
        pytest.param("partners", '["甲局", "乙局"]', "甲局、乙局", id="list"),
        pytest.param("heading_path", '["一<b>"]', "一&lt;b&gt;", id="escaped"),
        pytest.param("source_path", f"a/{SCRIPT}.txt", "&lt;script&gt;", id="path"),
    ],
)
def test_values_for_people(column: str, value: str, expected: str) -> None:
    """Closed sets are words, comparisons signs, and arrays lists."""
    assert expected in str(shown_value(column, value))


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("kind", "other"),
        ("object", "hard"),
        ("partners", "no array"),
        ("partners", '"a"'),
        ("partners", "[" * 100_000),
    ],
)
def test_other_values_stay(column: str, value: str) -> None:
    """What is of no closed set, or no list, is left to Datasette."""
    assert shown_value(column, value) is None


def test_order_of_other_tables_is_their_own() -> None:
    """Only records are put in the order a person asks."""
    table = Table(None, NAME)

    assert [1, 2, 0] == table.order(["run_id", "title", "model"])


@pytest.mark.parametrize(
    "address", ["/", f"/{NAME}", f"/{NAME}/v_items", "/nope", f"/{NAME}/by_actor"]
)
def test_pages_have_a_language_and_a_main_part(get: Any, address: str) -> None:
    """Screen readers know the language of a page and where it begins."""
    html = get(address).text

    assert '<html lang="en">' in html
    assert 1 == html.count("<main>")
