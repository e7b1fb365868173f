"""Keys of a review: where a selection begins, how it moves, where one goes next."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.browser.conftest import at_desk, press, read_by_rules, wait_for_bar

pytestmark = pytest.mark.browser

PLAN = """乙市2031年工作要点

一、扩大供给
1. 增加学位。市教育局年底前新增公办学位1.5万个，新建学校15所。乙县、丙县改造幼儿园20所。
2. 提高质量。小学、初中巩固率分别提高5%和3%以上，满意度不低于80%。
3. 加强宣传。
4. 结语。
"""
FIELDS = ("actor", "partners", "action", "object", "target", "deadline")


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Let the rules read a plan of seven records and an item without."""
    folder = tmp_path_factory.mktemp("keys")
    plan = folder / "plan.txt"
    plan.write_text(PLAN, encoding="utf-8")
    return read_by_rules(folder / "plans.db", plan)


@pytest.fixture(scope="module")
def page(browser: Any, database: Path) -> Iterator[Any]:
    """Sit down to review."""
    with at_desk(browser, database, 500) as page:
        yield page


def correct(page: Any, words: str, *keys: str) -> None:
    """Correct the record that has these words."""
    page.click(f".card:has(> .says:has-text('{words}')) > .says")
    press(page, "e", *keys)


def value(page: Any, field: str) -> str:
    """Return what stands in a field."""
    return str(page.input_value(f".editor input[name={field}]"))


def taken(page: Any, words: str, field: str) -> str:
    """Empty a field of a record, take what is likely, and return it."""
    correct(page, words, str(1 + FIELDS.index(field)), "Backspace", "]")
    wait_for_value(page, field)
    found = value(page, field)
    press(page, "Escape")
    return found


def wait_for_value(page: Any, field: str) -> None:
    """Wait until the marks have come and the keys before them were pressed."""
    expect = pytest.importorskip("playwright.sync_api").expect
    box = page.locator(f".editor input[name={field}]")
    expect(box).not_to_have_value("")


def test_empty_field_begins_where_its_answer_stands(page: Any) -> None:
    """A number no other record has, a time, a body, a verb, what is behind it."""
    found = {field: taken(page, "新建", field) for field in FIELDS if field[0] != "p"}
    shared = taken(page, "3%以上", "target")

    assert {
        "actor": "市教育局",
        "action": "新建",
        "object": "学校",
        "target": "15所",
        "deadline": "年底前",
    } == found
    assert "3%以上" == shared


def test_nothing_of_a_kind_begins_at_the_clause(editor: Any) -> None:
    """There is no body in the item: a character of the record's own clause is taken."""
    correct(editor, "满意度", "1", "ArrowRight")
    wait_for_value(editor, "actor")

    assert "满" == value(editor, "actor")


def test_words_borders_and_marks(editor: Any) -> None:
    """By character, by word, to the clause's borders, from number to number."""
    expect = pytest.importorskip("playwright.sync_api").expect
    box = editor.locator(".editor input[name=target]")
    correct(editor, "新建", "5")
    for keys, words in (
        (["ArrowLeft"], "15"),
        (["Control+ArrowRight"], "15所"),
        (["Home"], "新建学校15所"),
        (["Control+Shift+ArrowRight"], "学校15所"),
        (["]"], "15所"),
        (["["], "1.5万个"),
        (["["], "20所"),
        (["Shift+ArrowLeft", "End"], "园20所"),
    ):
        press(editor, *keys)
        expect(box).to_have_value(words)


def test_added_object_begins_behind_the_verb(editor: Any) -> None:
    """Not at its first character; what is left up to the number is the likely one."""
    editor.click(".card >> nth=0")
    press(editor, "m", "3", "]", "4", "ArrowRight")
    wait_for_value(editor, "object")
    first = value(editor, "object")
    press(editor, "Backspace", "]")

    assert value(editor, "action") == "新增"
    assert (first, value(editor, "object")) == ("公", "公办学位")


def test_order_goes_on_behind_an_item(page: Any, database: Path) -> None:
    """Behind an addition the item's own come next; the foot counts, and has the end."""
    correct(page, "小学", "c")
    page.wait_for_selector("output[data-of=target]:has-text('set by the reviewer')")
    press(page, "Enter")
    wait_for_bar(page, "1 of 7 judged")
    press(page, "K", "m", "3", "]")
    wait_for_value(page, "action")
    press(page, "Enter")
    wait_for_bar(page, "2 of 8 judged")
    first = page.text_content(".is-now > .says")
    press(page, "a", "a", "a", "d")
    wait_for_bar(page, "5 of 8 judged")
    wait_for_bar(page, "The item before is done")
    press(page, "d")
    wait_for_bar(page, "2 records of the item are not judged")
    press(page, "d")
    wait_for_bar(page, "7 of 8 judged")
    wait_for_bar(page, "2 accepted, 1 of them in doubt; u takes all of them back")
    press(page, "u")
    wait_for_bar(page, "5 of 8 judged")
    wait_for_bar(page, "Taken back: 2 records")
    press(page, "d", "d")
    wait_for_bar(page, "7 of 8 judged")
    press(page, "a")
    wait_for_bar(page, "8 of 8 judged")
    wait_for_bar(page, "1 items have no records, or numbers in none")
    place = page.locator(".is-now").bounding_box()
    bar = page.locator(".bar").bounding_box()
    press(page, "d")
    wait_for_bar(page, "The item before is done")
    press(page, "d")
    wait_for_bar(page, f"export with extract export {database} --format gold")
    with closing(sqlite3.connect(database)) as conn:
        compared = conn.execute(
            "select target_comparator from v_commitments_reviewed where object = '小学'"
        ).fetchall()

    assert "1.5万个" in first
    assert place["y"] >= 0
    assert place["y"] + place["height"] <= bar["y"]
    assert [("ge",)] == compared


def test_keys_say_what_they_did_not_do(page: Any) -> None:
    """Before the first record, and where nothing was changed; what was told goes."""
    page.reload()
    page.wait_for_selector(".bar")
    far = page.text_content("#far-en")
    press(page, "x")
    wait_for_bar(page, "Begin here")
    press(page, "j")
    assert "Begin here" not in page.text_content(".bar")
    press(page, "e", "Enter")
    wait_for_bar(page, "Nothing was changed, nor judged")
    press(page, "k")
    assert "Nothing was changed" not in page.text_content(".bar")

    assert far == page.text_content("#far-en")
