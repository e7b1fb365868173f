"""Marks: where the words of a field most likely stand, as the rules see the item."""

from __future__ import annotations

import pytest

from extractor.browse.review.chosen import Ground
from extractor.browse.review.marks import marks
from extractor.documents.items import split_items
from extractor.documents.loading import document_of_text
from tests.browse.review.conftest import ITEMS, REVIEW, Browser

TEXT = """乙市2031年工作要点
一、重点工作
1.新建学校１5所（责任单位：教育局），年底前新增学位\u200b1.2万个，由市民政局牵头落实。
"""


def seen(text: str) -> dict[str, list[str]]:
    """Return the words of the marks in the only item of a plan."""
    document = document_of_text(text, plan_year=2031)
    (item,) = split_items(document)
    found = marks(Ground(document.source, 2031, item))
    return {kind: [span.slice(text) for span in own] for kind, own in found.items()}


def test_marks_are_the_source_s_own_words() -> None:
    """Numbers, times, bodies and verbs stand where the source has them, damaged too."""
    found = seen(TEXT)

    assert ["１5所", "1.2万个"] == found["number"]
    assert ["年底前"] == found["time"]
    assert "教育局" in found["body"]
    assert ["新建", "新增"] == [word for word in found["verb"] if word[0] == "新"]


@pytest.mark.parametrize(
    ("text", "body"),
    [
        ("1.甲县、乙县新建学校15所。", "甲县、乙县"),
        ("1.市教育局会同财政局新建学校15所。", "财政局"),
        ("1.由市教育局牵头新建学校15所。", "市教育局"),
    ],
)
def test_bodies_are_those_before_verbs(text: str, body: str) -> None:
    """Who would act at a verb, and who would share the work."""
    assert body in seen(f"乙市2031年工作要点\n一、重点工作\n{text}\n")["body"]


def test_marks_are_asked_of_an_item(browser: Browser) -> None:
    """Places in the source; nothing of what is not there, and nothing to strangers."""
    first = ITEMS[0]
    answer = browser.send(f"{REVIEW}/marks", item=first.id).json()
    words = [
        first.text[start - first.span.start : end - first.span.start]
        for start, end in answer["marks"]["number"]
    ]

    assert ["1.5万个"] == words
    assert 404 == browser.send(f"{REVIEW}/marks", item="0" * 16).status_code
    assert 404 == browser.send(f"{REVIEW}/marks").status_code
    browser.cookies.clear()
    assert 403 == browser.send(f"{REVIEW}/marks", item=first.id).status_code
