"""Keys that do much at once: the other reading, borders, likely words, what is left."""

from __future__ import annotations

import re
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
1. 增加学位。市教育局年底前新增公办学位1.5万个，新建学校15所。
2. 提高质量。现有学校20所。新建实验室、图书馆并培训教师300名。
3. 办好热线。值班电话24小时畅通，建成分中心3个。
4. 加强宣传。2031年绿化覆盖率达45%。规范收费，提升服务，完善制度，培育品牌。
5. 结语。
"""


_READ = """
insert into readings (id, run_id, document_id, item_id, position, reader, kind, quote,
  "start", "end", is_promise, action, object, is_taken)
select ?, run_id, document_id, item_id, 0, ?, 'number', target_quote, target_start,
  target_end, 1, action, ?, ?
from commitments where target_quote = '1.5万个'
"""


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """Let the rules read a plan; of one number the model has read something else."""
    plan = tmp_path / "plan.txt"
    plan.write_text(PLAN, encoding="utf-8")
    made = read_by_rules(tmp_path / "plans.db", plan)
    with closing(sqlite3.connect(made)) as conn, conn:
        for reader, object_, is_taken in (
            ("rules", "公办学位", 1),
            ("model", "学位", 0),
        ):
            conn.execute(_READ, [reader, reader, object_, is_taken])
    return made


@pytest.fixture
def page(browser: Any, database: Path) -> Iterator[Any]:
    """Sit down to review."""
    with at_desk(browser, database, 700) as page:
        yield page


def expect_value(page: Any, field: str, words: str) -> None:
    """Wait until a field has these words."""
    expect = pytest.importorskip("playwright.sync_api").expect
    expect(page.locator(f".editor input[name={field}]")).to_have_value(words)


def reviewed(database: Path) -> list[tuple[Any, ...]]:
    """Return what reviewers made of the records."""
    with closing(sqlite3.connect(database)) as conn:
        return conn.execute(
            "select action, object, target_quote, review from v_commitments_reviewed "
            "where review is not null order by target_quote"
        ).fetchall()


def test_the_other_reading_is_one_key(page: Any, database: Path) -> None:
    """Where both agree the key says so; where they do not, it takes the other."""
    press(page, "j")
    shown = page.text_content(".is-now button.other")
    press(page, "r")
    wait_for_bar(page, "1 of")
    press(page, "r")
    wait_for_bar(page, "do not differ here")

    assert "⇄ 新增·学位" == shown
    assert [("新增", "学位", "1.5万个", "corrected")] == reviewed(database)


def test_a_correction_begins_where_it_is_in_doubt(editor: Any) -> None:
    """The readings differ in the object; without doubt it begins there, too."""
    press(editor, "j", "e")
    doubted = editor.text_content(".editor .row.is-on kbd")
    press(editor, "Escape")
    editor.wait_for_selector(".editor", state="detached")
    press(editor, "j", "e")

    assert ["4", "4"] == [doubted, editor.text_content(".editor .row.is-on kbd")]


def test_words_end_at_the_border_before(editor: Any) -> None:
    """At punctuation, numbers and verbs; shorter, longer, and at the start."""
    editor.click(".card:has(> .says:has-text('300名')) > .says")
    press(editor, "e")
    for keys, words in (
        (["End"], "实验室、图书馆并培训教师300名"),
        (["-"], "实验室、图书馆并培训教师"),
        (["-"], "实验室、图书馆并培训"),
        (["-"], "实验室、图书馆并"),
        (["-"], "实验室"),
        (["+"], "新建实验室"),
        (["="], "新建实验室、图书馆并"),
        (["_"], "实验室、图书馆并"),
        (["-", "-"], "实验室"),
    ):
        press(editor, *keys)
        expect_value(editor, "object", words)
    wait_for_bar(editor, "“what”: no other border there")


def test_a_missed_number_takes_three_keys(page: Any, database: Path) -> None:
    """From the item that waits because of it: add, take what is likely, save."""
    press(page, "w")
    assert "提高质量" in page.text_content(".is-now .text")
    press(page, "m", " ")
    expect_value(page, "target", "20所")
    press(page, "Enter")
    page.wait_for_selector(".card.is-add")

    assert [("20所", "added")] == [row[2:] for row in reviewed(database)]


def test_space_proposes_what_no_record_has(page: Any, database: Path) -> None:
    """Clause by clause, with what is before a verb that its number follows."""
    with closing(sqlite3.connect(database)) as conn, conn:
        conn.execute(
            "delete from commitments where target_quote = '45%' or object = '制度'"
        )
    page.reload()
    page.wait_for_selector(".bar")
    page.click(".card:has(> .says:has-text('品牌')) > .says")
    press(page, "m", " ")
    found = []
    for object_ in ("绿化覆盖率", "制度"):
        expect_value(page, "object", object_)
        names = ("action", "target", "deadline")
        found.append(
            [page.input_value(f".editor input[name={name}]") for name in names]
        )
        press(page, " ")
    expect_value(page, "object", "绿化覆盖率")
    press(page, "Enter")
    page.wait_for_selector(".card.is-add")
    back = page.text_content(".card.is-now > .says")
    page.click(".card:has(> .says:has-text('3个')) > .says")
    press(page, "m", " ", "Enter")
    page.wait_for_selector(".card.is-add >> nth=1")
    press(page, "m", " ")
    wait_for_bar(page, "Every number and clause has a record")
    press(page, "Escape")

    assert [["达", "45%", "2031年"], ["完善", "", ""]] == found
    assert "品牌" in back
    assert ("达", "绿化覆盖率", "45%", "added") in reviewed(database)


def test_an_item_with_a_number_left_waits_for_a_word(page: Any) -> None:
    """Its last record judged, it says which number is in no record."""
    page.click(".card:has(> .says:has-text('3个')) > .says")
    press(page, "a")
    wait_for_bar(page, "24小时")
    item = page.locator(".block.item.is-now")
    is_open = item.locator(".unused").get_attribute("open")
    before = page.text_content("#reviewed")
    press(page, "d")
    page.locator("#reviewed", has_text=re.compile("^1$")).wait_for()

    assert is_open is not None
    assert "0" == before


def test_hard_records_and_what_is_left_have_keys(page: Any) -> None:
    """The next hard one in a circle; a whole item at once; then what waits."""
    press(page, "h")
    hard = page.locator(".card.hard").count()
    press(page, "A")
    wait_for_bar(page, "2 accepted, 1 of them in doubt")
    page.locator("#reviewed", has_text=re.compile("^1$")).wait_for()
    press(page, "h")
    assert page.locator(".card.is-now.hard:not(.is-accept)").count() == 1
    seen = []
    for _ in range(hard):
        seen.append(page.text_content(".is-now > .says"))
        press(page, "h")

    assert len(set(seen)) == page.locator(".card.hard:not(.is-accept)").count()


def test_a_number_leads_to_its_record(page: Any) -> None:
    """Digit by digit; one that no record has says so, and where one is stays."""
    press(page, "4")
    at = page.get_attribute(".card.is-now > .n", "data-n")
    press(page, "9")
    wait_for_bar(page, "There is no record 49")

    assert ["4", "4"] == [at, page.get_attribute(".card.is-now > .n", "data-n")]
