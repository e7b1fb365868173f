"""The other reading: what the reader says who was not followed, taken with one key."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import Any

import pytest

from tests.browse.review.conftest import ITEMS, PLAN, REVIEW, Browser, text_of

FIRST = ITEMS[0]


def differ(browser: Browser, **said: Any) -> str:
    """Let the model have read something else of the first number; name its record."""
    fields = {"is_taken": 0, **said}
    names = ", ".join(f"{name} = ?" for name in fields)
    with closing(sqlite3.connect(browser.path)) as conn, conn:
        conn.execute(
            f"update readings set {names} where item_id = ? and reader = 'model' "
            "and kind = 'number'",
            [*fields.values(), FIRST.id],
        )
    return browser.record("新增")


def test_verb_and_object_become_the_other_reading(browser: Browser) -> None:
    """Number, time and body stay; the button says what would be taken, then goes."""
    record = differ(browser, action="共建", object="学校")
    before = browser.get(PLAN).text
    answer = browser.send(REVIEW, other=record)

    assert "⇄ 共建·学校" in text_of(before)
    assert f'name="other" value="{record}"' in before
    assert 200 == answer.status_code
    assert "correct" == answer.json()["review"]["verdict"]
    assert f'value="{record}" class="other"' not in answer.json()["html"]
    assert [
        ("共建", "学校", "1.5万个", 15000, "2031-12-31", "corrected")
    ] == browser.rows(
        "select action, object, target_quote, target_value, deadline_date, review "
        "from v_commitments_reviewed where review is not null"
    )


def test_no_promise_rejects(browser: Browser) -> None:
    """Who takes the reading that sees no promise rejects the record; a form can."""
    record = differ(browser, is_promise=0, action=None, object=None)
    page = text_of(browser.get(PLAN).text)
    answer = browser.post(REVIEW, other=record)

    assert "⇄ 不是承诺 no promise" in page
    assert 303 == answer.status_code
    assert [("甲", "reject", None, 0)] == browser.reviews()


@pytest.mark.parametrize(
    ("said", "status", "why"),
    [
        pytest.param({"is_taken": 1}, 409, "do not differ", id="both-taken"),
        pytest.param({"object": "没有的字"}, 400, "is not in the item", id="not-there"),
    ],
)
def test_what_cannot_be_taken_is_refused(
    browser: Browser, said: dict[str, Any], status: int, why: str
) -> None:
    """Readers who agree, and words that the source does not have."""
    answer = browser.send(REVIEW, other=differ(browser, **said))

    assert status == answer.status_code
    assert why in answer.json()["error"]
    assert [] == browser.reviews()


def test_record_of_nowhere_is_refused(browser: Browser) -> None:
    """As by every other verdict."""
    assert 409 == browser.send(REVIEW, other="0" * 16).status_code
    assert [] == browser.reviews()
