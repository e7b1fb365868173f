"""A comparator set by hand: computed as one looks, kept, shown, and in the gold."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from extractor.browse.serving import datasette_app
from extractor.browse.writing.desk import Desk
from extractor.core.records import Document
from extractor.documents.items import split_items
from extractor.documents.loading import document_of_text
from extractor.store.store import Store
from tests.browse.review.conftest import NAME, Browser, close, text_of
from tests.store_samples import make_run

PLAN = """乙市2031年工作要点
一、重点工作
1.小学、初中巩固率分别提高5%和3%以上，新建学校3至5所。
"""


@pytest.fixture
def document() -> Document:
    """Return a plan in which a comparator stands behind the second number only."""
    return document_of_text(PLAN, plan_year=2031)


@pytest.fixture
def reader(tmp_path: Path, document: Document) -> Iterator[Browser]:
    """Serve it; no run has read it."""
    path = tmp_path / f"{NAME}.db"
    with Store(path) as store:
        store.add_document(document)
        store.add_items(split_items(document))
        store.start_run(make_run())
    desk = Desk(path, "甲")
    site = datasette_app(path, desk)
    yield Browser(site, path, desk).enter(plan=f"/-/plan/{NAME}/{document.id}")
    close(site)


def say(reader: Browser, document: Document, what: str = "", **said: Any) -> Any:
    """Say something of the only item, or ask how it would be read."""
    place = f"/-/review/{NAME}/{document.id}{what}"
    said.setdefault("verdict", "add")
    return reader.send(place, item=split_items(document)[0].id, **said)


def stored(reader: Browser) -> list[tuple[Any, ...]]:
    """Return number, comparator and rule of what reviewers wrote."""
    return reader.rows(
        "select v.target_quote, v.target_value, v.target_comparator, "
        "r.record ->> 'target_rule' "
        "from v_commitments_reviewed v join reviews r on r.id = v.review_id"
    )


def test_comparator_is_what_the_reviewer_says(
    reader: Browser, document: Document
) -> None:
    """It is shown as one looks, stored with the rule that it is the reviewer's."""
    fields = {"object": "小学", "target": "5%"}
    read, set_ = (
        say(reader, document, "/reading", fields=fields, comparator=one).json()
        for one in ("", "ge")
    )
    say(reader, document, fields=fields, comparator="ge")
    page = reader.get(f"/-/plan/{NAME}/{document.id}").text

    assert "eq" == read["record"]["target_comparator"]
    assert "≥ 5%" in set_["shown"]["target"]
    assert "set by the reviewer" in set_["shown"]["target"]
    assert "set by the reviewer" not in read["shown"]["target"]
    assert [("5%", 5, "ge", "reviewer")] == stored(reader)
    assert "≥ 5%" in text_of(page) and "set by the reviewer" in text_of(page)
    assert 'data-comparator="ge"' in page


def test_comparator_stays_and_goes(reader: Browser, document: Document) -> None:
    """A later correction of another field keeps it; as read takes it back."""
    fields = {"object": "小学", "target": "5%"}
    first = say(reader, document, fields=fields, comparator="ge").json()["subject"]
    kept = say(
        reader, document, verdict="correct", record=first, fields={"object": "初中"}
    ).json()["subject"]
    during = stored(reader)
    editing = reader.get(f"/-/plan/{NAME}/{document.id}?edit={kept}").text
    say(
        reader, document, verdict="correct", record=kept, comparator="", fields={}
    ).json()

    assert [("5%", 5, "ge", "reviewer")] == during
    assert '<option value="ge" selected>' in editing
    ((_, value, comparator, rule),) = stored(reader)
    assert (5, "eq") == (value, comparator) and rule != "reviewer"


def test_what_is_read_needs_no_hand(reader: Browser, document: Document) -> None:
    """To say what the words say is to leave them as they are read."""
    say(reader, document, fields={"target": "3%以上"}, comparator="ge")

    ((*_, rule),) = stored(reader)
    assert rule != "reviewer"


@pytest.mark.parametrize("comparator", ["range", "around", 5, ["ge"]])
def test_other_words_are_refused(
    reader: Browser, document: Document, comparator: Any
) -> None:
    """The set is that of the guidelines; a range is no choice."""
    answer = say(reader, document, fields={"target": "5%"}, comparator=comparator)

    assert 400 == answer.status_code
    assert [] == stored(reader)


def test_range_has_no_other_comparison(reader: Browser, document: Document) -> None:
    """One of its ends would be lost."""
    answer = say(reader, document, fields={"target": "3至5所"}, comparator="ge")

    assert 400 == answer.status_code
    assert "a range has no other comparison" in answer.json()["error"]
