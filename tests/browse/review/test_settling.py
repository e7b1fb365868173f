"""A verdict settles a doubt, on every page, and a record that is added has its name."""

from __future__ import annotations

import re
from typing import Any

from tests.browse.review.conftest import (
    ITEMS,
    NAME,
    PLAN,
    REVIEW,
    UNDO,
    Browser,
    text_of,
)

LAST = ITEMS[-1]


def doubtful(browser: Browser) -> list[str]:
    """Return the records that the document page has in doubt."""
    page = browser.get(PLAN).text
    return re.findall(r'<li class="card [a-z]+ is-doubtful[^"]*" id="l-(\w+)"', page)


def counted(browser: Browser) -> tuple[str, ...]:
    """Return how many records document page and start page have in doubt."""
    page, start = (text_of(browser.get(place).text) for place in (PLAN, "/"))
    found = [re.search(r"存疑 in doubt (\d+)", words) for words in (page, start)]
    return tuple(one[1] if one else "" for one in found)


def test_verdict_settles_a_doubt(browser: Browser) -> None:
    """Tags, marks in the text, lists and counts of all pages agree; undone, they do."""
    before = doubtful(browser)
    record = before[0]
    said = browser.send(REVIEW, accept=record).json()
    during, counts = doubtful(browser), counted(browser)
    page = browser.get(PLAN).text
    own = text_of(browser.get(f"/-/record/{NAME}/{record}").text)
    browser.send(UNDO)
    after = text_of(browser.get(f"/-/record/{NAME}/{record}").text)

    assert before[1:] == during
    assert (str(len(during)),) * 2 == counts
    assert 'class="doubt"' not in card(said["html"], record)
    assert f'<a class="n" id="r-{record}"' in page
    assert "Reasons to look twice" not in own and "a review has settled it" in own
    assert "Reasons to look twice" in after and "has settled" not in after
    assert before == doubtful(browser) and (str(len(before)),) * 2 == counted(browser)


def card(html: str, record: str) -> str:
    """Return what a page has of a record."""
    return html.split(f'id="l-{record}"')[1].split("</li>", maxsplit=1)[0]


def test_order_of_doubt_stays(browser: Browser) -> None:
    """Who goes from doubt to doubt finds those ahead where they were."""
    record = doubtful(browser)[0]
    graded = rf'id="l-{record}" data-doubt="(\d+)"'
    before = re.findall(graded, browser.get(PLAN).text)
    after = re.findall(graded, browser.send(REVIEW, accept=record).json()["html"])

    assert before == after != ["99"]


def test_note_settles_nothing(browser: Browser) -> None:
    """It is no verdict."""
    before = doubtful(browser)
    browser.send(REVIEW, verdict="note", record=before[0], note="问财政局")

    assert before == doubtful(browser)


def test_added_records_have_numbers_of_their_own(browser: Browser) -> None:
    """+1 and +2, whatever was judged before; no number is above the count."""
    browser.send(REVIEW, accept=browser.record("新增"))
    first, second = (
        browser.send(REVIEW, verdict="add", item=LAST.id, fields={"action": words})
        for words in ("加强", "宣传")
    )
    page = browser.get(PLAN).text
    shown: dict[str, Any] = dict(re.findall(r'id="r-(\w+)"[^>]*data-n="(.*?)"', page))
    ours = [first.json()["subject"], second.json()["subject"]]

    assert ["+1", "+2"] == [shown.pop(record) for record in ours]
    assert sorted(map(str, range(1, len(shown) + 1))) == sorted(shown.values())
    assert 'aria-label="承诺 record +1"' in page
