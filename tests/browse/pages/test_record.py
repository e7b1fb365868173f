"""Record page: the promise in its sentence, both readings, and where it comes from."""

from __future__ import annotations

import sqlite3
from typing import Any

import pytest

from extractor.browse.pages.answering import NotHere
from extractor.browse.pages.record import RecordPage, record_page
from tests.browse.pages.conftest import NAME, assert_harmless
from tests.store_samples import SCRIPT


def page_with(conn: sqlite3.Connection, condition: str) -> RecordPage:
    """Read the page of the record that meets a condition."""
    (id_,) = conn.execute(f"select id from commitments where {condition}").fetchone()
    return record_page(conn, id_)


def test_fields_with_values_and_rules(conn: sqlite3.Connection) -> None:
    """What is printed stands beside what was computed from it, and by which rule."""
    page = page_with(conn, "target_quote = '1.5万个'")
    fields = {field.name: field for field in page.fields}

    assert ("1.5万个",) == fields["target"].printed
    assert ("15,000 个", "count") == (fields["target"].computed, fields["target"].rule)
    assert "2031-12-31" == fields["deadline"].computed
    assert "year_end" == fields["deadline"].rule
    assert () == fields["actor"].printed
    assert fields["actor"].computed == page.document["issuer"]


def test_refused_words_are_shown_as_refused(conn: sqlite3.Connection) -> None:
    """What the model said and the source has not is no value."""
    page = page_with(conn, "status = 'ungrounded'")
    fields = {field.name: field for field in page.fields}

    assert (SCRIPT,) == fields["deadline"].refused
    assert () == fields["deadline"].printed
    assert "30 所" in fields["target"].computed


def test_both_readings_side_by_side(get: Any, conn: sqlite3.Connection) -> None:
    """The readings of the record's own place are there, and no others."""
    page = page_with(conn, "action = '共建'")
    (place,) = page.readings
    html = get(f"/-/record/{NAME}/{page.record.id}").text

    assert place.rules
    assert place.model
    assert ("共建", "建?") == (place.rules.action, place.model.action)
    assert place.agree is False
    assert "they differ" in html


def test_call_behind_a_record(get: Any, conn: sqlite3.Connection) -> None:
    """A model's record shows request, answer and cost; a rule's says there is none."""
    by_model = page_with(conn, "call_id is not null")
    by_rules = page_with(conn, "call_id is null")

    assert by_model.call["cost_usd"] == 0.25
    assert '"messages": []' in by_model.request
    assert "$0.250000" in get(f"/-/record/{NAME}/{by_model.record.id}").text
    assert by_rules.call is None
    assert "rules read it" in get(f"/-/record/{NAME}/{by_rules.record.id}").text


def test_steps_lead_through_the_document(conn: sqlite3.Connection) -> None:
    """From the first record the next ones come in reading order, each once."""
    page: RecordPage | None = page_with(conn, "action = '新增'")
    seen = []
    while page:
        seen.append((page.number, page.record.clause.span.start))
        page = record_page(conn, page.next_id) if page.next_id else None

    assert [1, 2, 3, 4] == [number for number, _ in seen]
    assert sorted(seen) == seen


def test_hostile_words_are_text(get: Any, conn: sqlite3.Connection) -> None:
    """Markup in fields, readings, answers, paths and names does nothing."""
    for row in conn.execute("select id from commitments").fetchall():
        response = get(f"/-/record/{NAME}/{row['id']}")
        assert 200 == response.status_code
        assert_harmless(response.text)


def test_ids_lead_to_the_pages(get: Any, conn: sqlite3.Connection) -> None:
    """Views and rows link a record and a document to the pages that show them."""
    page = page_with(conn, "action = '新增'")
    record = f'href="/-/record/{NAME}/{page.record.id}"'
    plan = f'href="/-/plan/{NAME}/{page.document["id"]}"'

    view = get(f"/{NAME}/v_commitments").text
    assert record in view
    assert plan in view
    assert record in get(f"/{NAME}/commitments/{page.record.id}").text
    assert plan in get(f"/{NAME}/documents/{page.document['id']}").text


@pytest.mark.parametrize("database", [NAME, "other"])
def test_unknown_record_is_told(get: Any, database: str) -> None:
    """What is not there answers with a plain page."""
    response = get(f"/-/record/{database}/0123456789abcdef")

    assert 404 == response.status_code
    assert "Traceback" not in response.text


def test_unknown_record_is_not_here(conn: sqlite3.Connection) -> None:
    """Reading says so, too."""
    with pytest.raises(NotHere, match="no record"):
        record_page(conn, "0" * 16)
