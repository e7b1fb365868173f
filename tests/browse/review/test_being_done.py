"""Done with an item: nothing is judged in silence, and one count says how far."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing

from extractor.evals.gold.reviewed import how_accepted, reviewed_documents
from tests.browse.review.conftest import ITEMS, PLAN, REVIEW, Browser, text_of

FIRST, SECOND, THIRD, LAST = ITEMS


def counts(browser: Browser) -> tuple[int, int]:
    """Return how many items the page and the export have as reviewed."""
    page = browser.get(PLAN).text
    shown = re.search(r'<span id="reviewed">(\d+)</span>', page)
    (document,) = reviewed_documents(browser.path)
    assert f'<span id="reviewed-of">{document.items}</span>' in page
    return int(shown[1]) if shown else -1, document.reviewed


def left(browser: Browser, item: str) -> int:
    """Return how many records of an item are not judged."""
    ((number,),) = browser.rows(
        "select count(*) from v_commitments_reviewed "
        "where item_id = ? and review is null",
        item,
    )
    return int(number)


def test_done_says_what_is_not_judged(browser: Browser) -> None:
    """A form and a program alike are told how many records are left."""
    number = left(browser, FIRST.id)
    answer = browser.send(REVIEW, done=FIRST.id)
    page = browser.post(REVIEW, done=FIRST.id)

    assert number and 409 == answer.status_code == page.status_code
    assert f"{number} records of the item are not judged" in answer.json()["error"]
    assert f"{number} records" in page.text
    assert [] == browser.reviews()


def test_the_rest_is_accepted_by_name(browser: Browser) -> None:
    """The button says how many; each has its verdict, then the item is done."""
    number = left(browser, FIRST.id)
    words = text_of(browser.get(PLAN).text)
    browser.post(REVIEW, rest=FIRST.id)

    assert f"accept the other {number}, done" in words
    assert [("甲", "accept", None, 0)] * number + [
        ("甲", "done", None, 0)
    ] == browser.reviews()
    assert 0 == left(browser, FIRST.id)
    assert [(1,)] * number + [(0,)] == browser.rows(
        "select with_rest from v_reviews order by created_at, verdict"
    )
    (document,) = reviewed_documents(browser.path)
    assert f"{number} of {document.records} records" in how_accepted([document])
    assert "accepted （随条目） (with its item)" in text_of(browser.get(PLAN).text)


def test_what_is_judged_stays_judged(browser: Browser) -> None:
    """Only records without a verdict are accepted with the rest."""
    record = browser.record("新增")
    browser.send(REVIEW, reject=record, reviewer="乙")
    browser.send(REVIEW, rest=FIRST.id)

    assert [("reject",)] == browser.rows(
        "select verdict from v_reviews where decides and commitment_id = ?", record
    )


def test_labelling_accepts_nothing(browser: Browser) -> None:
    """Who wrote their own records has not seen the others yet."""
    done = browser.send(REVIEW, done=FIRST.id, label="1")

    assert 200 == done.status_code
    assert [("甲", "done", None, 0)] == browser.reviews()


def test_page_and_export_count_alike(browser: Browser) -> None:
    """Done with, or each record judged and no number left: as gold will have it."""
    found = [counts(browser)]
    browser.send(REVIEW, accept=browser.record("新增"))
    found.append(counts(browser))
    browser.send(REVIEW, rest=FIRST.id)
    found.append(counts(browser))
    browser.send(REVIEW, verdict="add", item=LAST.id, fields={"action": "加强"})
    found.append(counts(browser))
    for (record,) in browser.rows(
        "select id from commitments where item_id = ?", THIRD.id
    ):
        browser.send(REVIEW, reject=record)
    found.append(counts(browser))
    with closing(sqlite3.connect(browser.path)) as conn, conn:
        conn.execute(
            "delete from left_out where item_id in (?, ?)", [THIRD.id, LAST.id]
        )
    found.append(counts(browser))
    browser.send(REVIEW, done=SECOND.id, label="1")
    found.append(counts(browser))

    assert all(page == export for page, export in found)
    assert [0, 0, 1, 1, 1, 3, 4] == [page for page, _ in found]


def test_a_number_that_a_reviewer_uses_is_left_no_more(browser: Browser) -> None:
    """On the page, and for the count of what is reviewed."""
    before = browser.get(PLAN).text.count('class="unused"')
    for (record,) in browser.rows(
        "select id from commitments where item_id = ?", THIRD.id
    ):
        browser.send(REVIEW, accept=record)
    judged = counts(browser)
    start = THIRD.span.start
    browser.send(
        REVIEW, verdict="add", item=THIRD.id, fields={"target": [start, start + 2]}
    )

    assert before - 1 == browser.get(PLAN).text.count('class="unused"')
    assert [(0, 0), (1, 1)] == [judged, counts(browser)]


def test_a_plan_read_in_part_says_so(browser: Browser) -> None:
    """Who has judged all that was read has not reviewed the plan."""
    whole = browser.get(PLAN).text
    with closing(sqlite3.connect(browser.path)) as conn, conn:
        conn.execute(
            "update runs set config = json_set(config, '$.limit', ?)", [len(ITEMS)]
        )
    part = browser.get(PLAN).text

    assert "data-cut" not in whole and "data-cut" in part
    assert f"Only the first {len(ITEMS)} items were read" in text_of(part)
