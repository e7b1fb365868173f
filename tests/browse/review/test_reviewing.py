"""Reviewing: each verdict ends in its row, in the merged table and on the page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from extractor.browse.serving import datasette_app
from extractor.browse.writing.desk import Desk, fit_name
from extractor.core.records import Document
from extractor.documents.items import split_items
from extractor.documents.loading import document_of_text
from extractor.store.store import Store
from tests.browse.review.conftest import (
    DOCUMENT,
    ITEMS,
    NAME,
    PLAN,
    REVIEW,
    UNDO,
    Browser,
    close,
    text_of,
)
from tests.store_samples import ADDRESS, SCRIPT, found_violations, make_run

HOSTILE = f'{SCRIPT}"><img src=x>{{{{7*7}}}}'
FIRST, SECOND, _, LAST = ITEMS


def at(words: str, item: Any = FIRST) -> list[int]:
    """Return where words stand in the plan."""
    start = item.span.start + item.text.index(words)
    return [start, start + len(words)]


def merged(browser: Browser) -> list[tuple[Any, ...]]:
    """Return the reviewed table, in short."""
    return browser.rows(
        "select action, object, target_quote, target_value, deadline_date, review, "
        "reviewer from v_commitments_reviewed where review is not null"
    )


def test_accept_by_form(browser: Browser) -> None:
    """The button leads back to the record, which says who accepted it."""
    record = browser.record("新增")

    response = browser.post(REVIEW, accept=record)
    page = browser.get(PLAN).text

    assert 303 == response.status_code
    assert f"{PLAN}#r-{record}" == response.headers["location"]
    assert [("甲", "accept", None, 0)] == browser.reviews()
    assert [
        ("新增", "公办幼儿园学位", "1.5万个", 15000, "2031-12-31", "accepted", "甲")
    ] == (merged(browser))
    assert f'is-accept" id="l-{record}"' in page
    assert "accepted · 甲" in text_of(page)


def test_reject_with_a_note(browser: Browser) -> None:
    """The record leaves the merged table; the note is kept with the verdict."""
    response = browser.send(REVIEW, reject=browser.record("共建"), note=" 重复 ")

    assert response.json()["ok"]
    assert [("甲", "reject", "重复", 0)] == browser.reviews()
    gone = "select 1 from v_commitments_reviewed where action = '共建'"
    assert [] == browser.rows(gone)
    assert "is-reject" in response.json()["html"]


def test_correct_by_place(browser: Browser) -> None:
    """Chosen words replace a field, its value is computed anew, the rest stays."""
    response = browser.send(
        REVIEW,
        verdict="correct",
        record=browser.record("新增"),
        fields={
            "object": at("幼儿园学位"),
            "target": {"at": at("1.5万"), "text": "1.5万"},
        },
    )

    assert response.json()["ok"]
    assert [
        ("新增", "幼儿园学位", "1.5万", 15000, "2031-12-31", "corrected", "甲")
    ] == merged(browser)
    assert "is-correct" in response.json()["html"]
    assert [] == found_violations(browser.path)


def test_a_correction_is_marked_in_the_source(browser: Browser) -> None:
    """Under the number of its record, as soon as it is made; undone, as it was read."""
    record = browser.record("新增")
    words = {"object": at("学校"), "action": at("共建")}
    answer = browser.send(REVIEW, verdict="correct", record=record, fields=words)
    page = browser.get(PLAN).text
    back = browser.send(UNDO)

    shown, undone = (
        re.findall(r'class="f-object"[^>]*>([^<]*)', one.json()["text"])
        for one in (answer, back)
    )
    assert "学校" in shown and "公办幼儿园学位" not in shown
    assert "公办幼儿园学位" in undone
    assert f'id="r-{record}"' in page and answer.json()["text"] in page


def test_correct_by_words(browser: Browser) -> None:
    """Without a script the words are typed; empty clears, what is not sent stays."""
    response = browser.post(
        REVIEW,
        verdict="correct",
        record=browser.record("新增"),
        object="学位",
        deadline="",
        partners="财政局、学校",
    )

    assert 303 == response.status_code
    ((written,),) = browser.rows("select record from reviews")
    assert '"partners": "[\\"财政局\\", \\"学校\\"]"' in written
    assert [("新增", "学位", "1.5万个", 15000, None, "corrected", "甲")] == (
        merged(browser)
    )


def test_correct_again_goes_on_from_the_correction(browser: Browser) -> None:
    """A second correction keeps what the first one changed."""
    record = browser.record("新增")
    browser.send(REVIEW, verdict="correct", record=record, fields={"object": "学位"})
    browser.send(REVIEW, verdict="correct", record=record, fields={"deadline": None})

    assert [("新增", "学位", "1.5万个", 15000, None, "corrected", "甲")] == merged(
        browser
    )


def test_add_a_missed_record(browser: Browser) -> None:
    """It is in the merged table, and marked in the text as the others are."""
    response = browser.send(
        REVIEW,
        verdict="add",
        item=LAST.id,
        fields={"action": at("加强", LAST), "object": at("宣传", LAST)},
    )
    added = response.json()["subject"]
    page = browser.get(PLAN).text

    assert [("加强", "宣传", None, None, None, "added", "甲")] == merged(browser)
    assert f'id="l-{added}"' in response.json()["html"]
    assert f'id="r-{added}"' in page and f'id="l-{added}"' in page
    assert f"/-/record/{NAME}/{added}" not in page


def test_added_record_is_marked_at_once(browser: Browser) -> None:
    """The answer has the item's words as a reload would show them; others need none."""
    added = browser.send(
        REVIEW, verdict="add", item=LAST.id, fields={"action": at("宣传", LAST)}
    ).json()
    shown = browser.get(PLAN).text
    undone = browser.send(UNDO, document=DOCUMENT.id).json()
    judged = browser.send(
        REVIEW, verdict="accept", record=browser.record("新增")
    ).json()

    assert f'id="r-{added["subject"]}"' in added["text"]
    assert added["text"] in shown
    assert f'id="r-{added["subject"]}"' not in undone["text"]
    assert undone["text"] in browser.get(PLAN).text
    assert judged["text"] is None


def test_judge_an_added_record(browser: Browser) -> None:
    """What one reviewer added another may correct, and reject."""
    added = browser.send(
        REVIEW, verdict="add", item=LAST.id, fields={"action": "加强"}
    ).json()["subject"]
    corrected = browser.send(
        REVIEW,
        verdict="correct",
        record=added,
        reviewer="乙",
        fields={"object": "宣传"},
    ).json()["subject"]
    after = merged(browser)
    browser.send(REVIEW, reject=corrected)

    assert [("加强", "宣传", None, None, None, "corrected", "乙")] == after
    assert [] == merged(browser)


def test_note_and_done(browser: Browser) -> None:
    """Both are kept and shown; neither is a verdict on a record."""
    browser.post(REVIEW, verdict="note", record=browser.record("新增"), note="问财政局")
    browser.post(REVIEW, verdict="note", item=LAST.id, note="全条")
    done = browser.post(REVIEW, done=LAST.id)
    page = text_of(browser.get(PLAN).text)

    assert f"{PLAN}#i-{LAST.id}" == done.headers["location"]
    assert ["note", "note", "done"] == [
        verdict for _, verdict, _, _ in browser.reviews()
    ]
    assert [] == merged(browser)
    assert "问财政局" in page and "全条" in page and "done with the item · 甲" in page


def test_undo_takes_back_one_after_another(browser: Browser) -> None:
    """The last one first, only one's own, and nothing is deleted."""
    record = browser.record("新增")
    browser.send(REVIEW, accept=record)
    browser.send(REVIEW, reject=browser.record("共建"))
    browser.send(REVIEW, accept=record, reviewer="乙")
    first = browser.send(UNDO)
    left = merged(browser)
    second = browser.post(UNDO)
    third = browser.send(UNDO)

    assert "reject" == first.json()["review"]["verdict"]
    assert [("乙", "accepted")] == [row[:-3:-1] for row in left]
    assert 303 == second.status_code
    assert 404 == third.status_code
    assert "nothing of yours" in third.json()["error"]
    assert 5 == len(browser.reviews())


def test_undo_of_another_s(browser: Browser) -> None:
    """Whoever said it takes it back."""
    review = browser.send(REVIEW, accept=browser.record("新增"), reviewer="乙")

    response = browser.send(UNDO, review=review.json()["review"]["id"])

    assert 404 == response.status_code
    assert 1 == len(browser.reviews())


def test_two_reviewers_are_both_kept(browser: Browser) -> None:
    """The later verdict decides, the earlier one stays on the page."""
    record = browser.record("新增")
    browser.send(REVIEW, accept=record)
    html = browser.send(REVIEW, reject=record, reviewer="乙").json()["html"]

    assert [("甲", "accept", None, 0), ("乙", "reject", None, 0)] == browser.reviews()
    assert [] == merged(browser)
    said = text_of(html)
    assert "accepted · 甲" in said and "rejected · 乙" in said
    assert f'is-reject" id="l-{record}"' in html


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        pytest.param({"target": [0, 4]}, "inside the item", id="other-item"),
        pytest.param({"target": [-5, 3]}, "inside the item", id="before"),
        pytest.param({"target": [10**9, 10**9 + 1]}, "inside the item", id="behind"),
        pytest.param({"target": [60, 50]}, "inside the item", id="reversed"),
        pytest.param({"target": at("1.5")[:1] * 2}, "inside the item", id="empty"),
        pytest.param(
            {"target": {"at": at("1.5万"), "text": "2.5万"}}, "reload", id="old"
        ),
        pytest.param({"target": "99个"}, "is not in the item", id="words"),
        pytest.param({"target": None, "action": None}, "choose some", id="nothing"),
        pytest.param({}, "choose some", id="no-field"),
        pytest.param({"quantity": "1"}, "cannot be read", id="no-such-field"),
        pytest.param({"target": [1, 2, 3]}, "cannot be read", id="three-ends"),
        pytest.param({"target": ["x", 2]}, "cannot be read", id="no-number"),
        pytest.param({"partners": [[1, 2]] * 99}, "cannot be read", id="many"),
        pytest.param("target", "cannot be read", id="no-object"),
    ],
)
def test_words_that_are_not_there(browser: Browser, fields: Any, words: str) -> None:
    """A place outside, empty or changed is refused by name; nothing is written."""
    response = browser.send(REVIEW, verdict="add", item=FIRST.id, fields=fields)

    assert 400 == response.status_code
    assert words in response.json()["error"]
    assert [] == browser.reviews()


def test_no_name_no_review(stranger: Browser) -> None:
    """Every review has a reviewer; a name on many lines is one line."""
    browser = stranger.enter(reviewer=None)

    response = browser.send(REVIEW, accept=browser.record("新增"))

    assert 400 == response.status_code
    assert [] == browser.reviews()
    assert "甲 乙" == fit_name(" 甲\n\t乙\0 ")
    assert fit_name("\n") is None


def test_name_given_at_the_start(path: Path) -> None:
    """--reviewer is the name until another one is said."""
    desk = Desk(path, "丙")
    site = datasette_app(path, desk)
    browser = Browser(site, path, desk).enter(reviewer=None)
    browser.send(REVIEW, accept=browser.record("新增"))
    browser.post("/-/review/name", name="甲", next="//evil.example/")
    browser.send(REVIEW, accept=browser.record("共建"))
    close(site)

    assert ["丙", "甲"] == [reviewer for reviewer, *_ in browser.reviews()]


@pytest.mark.parametrize(
    ("back", "to"),
    [(PLAN, PLAN), (f"{PLAN}?label=1", f"{PLAN}?label=1"), ("//evil.example", "/")],
)
def test_name_leads_back(browser: Browser, back: str, to: str) -> None:
    """To the plan it was asked on, and to no other site."""
    response = browser.post("/-/review/name", name="甲", next=back)

    assert to == response.headers["location"]


def test_hostile_names_and_notes_are_text(stranger: Browser) -> None:
    """What reviewers write is shown as text on every page, as documents' words are."""
    browser = stranger.enter(HOSTILE)
    record = browser.record("新增")
    html = browser.send(REVIEW, accept=record, note=HOSTILE).json()["html"]
    browser.send(REVIEW, verdict="note", item=LAST.id, note=f"{HOSTILE} {ADDRESS}")
    browser.send(REVIEW, verdict="add", item=FIRST.id, fields={"action": "增加"})
    pages = [
        browser.get(page).text
        for page in (
            PLAN,
            f"{PLAN}?edit={record}",
            f"{PLAN}?label=1",
            f"/-/record/{NAME}/{record}",
            "/",
            f"/{NAME}/reviews",
            f"/{NAME}/v_commitments_reviewed",
        )
    ]

    for page in (html, *pages):
        assert "<script>alert" not in page and "<img" not in page
        assert not re.search(r'(href|src)="?https?://evil', page)
    assert all("&lt;script&gt;" in page and "{{7*7}}" in page for page in pages[:4])


def test_history_is_on_the_record_s_page(browser: Browser) -> None:
    """Who said what and when, with what was taken back."""
    record = browser.record("新增")
    browser.send(REVIEW, accept=record, reviewer="乙")
    browser.send(REVIEW, reject=record, note="不对")
    browser.send(UNDO)
    page = text_of(browser.get(f"/-/record/{NAME}/{record}").text)

    assert "Reviews" in page
    assert "accepted · 乙" in page and "rejected · 甲" in page and "不对" in page
    assert "taken back" in page


def test_share_is_counted(browser: Browser) -> None:
    """Start page and document page say how much is reviewed."""
    before = text_of(browser.get("/").text)
    browser.send(REVIEW, accept=browser.record("新增"))
    browser.send(REVIEW, reject=browser.record("共建"))
    plan = text_of(browser.get(PLAN).text)
    start = text_of(browser.get("/").text)

    assert "已判 judged 2 / 4" in plan
    assert "50%" not in before and "50%" in start


def test_editor_without_a_script(browser: Browser) -> None:
    """The page shows six fields with the words as they stand."""
    record = browser.record("新增")
    browser.post(REVIEW, verdict="correct", record=record, object="学位")

    page = browser.get(f"{PLAN}?edit={record}").text
    empty = browser.get(f"{PLAN}?edit={LAST.id}").text

    assert 'name="object" lang="zh" value="学位"' in page
    assert 'name="target" lang="zh" value="1.5万个"' in page
    assert f'name="item" value="{LAST.id}"' in empty


def test_labelling_hides_what_was_read(browser: Browser) -> None:
    """Until the item is done nothing of its records is in the page, then all is."""
    address = f"{PLAN}?label=1"
    record = browser.record("新增")
    browser.send(REVIEW, accept=record, reviewer="乙", note="乙的话")

    before = browser.get(address).text
    added = browser.send(
        REVIEW,
        verdict="add",
        item=FIRST.id,
        label="1",
        fields={"action": "新增", "target": "1.5万个"},
    ).json()
    during = browser.get(address).text
    done = browser.send(REVIEW, done=FIRST.id, label="1").json()
    after = browser.get(address).text

    for page in (before, during, added["html"]):
        assert record not in page and "乙的话" not in page
        assert (
            'class="doubt"' not in page
            and 'class="left"' not in page.split("blocks")[-1]
        )
    assert added["is_hidden"] and added["subject"] in added["html"]
    assert added["subject"] in during
    assert not done["is_hidden"] and record in done["html"]
    assert f'id="l-{record}"' in after and "乙的话" in after
    assert browser.record("建成") not in after


def test_labelling_without_a_name_shows_nothing(stranger: Browser) -> None:
    """Who is not known is done with nothing."""
    browser = stranger.enter(reviewer=None)

    page = browser.get(f"{PLAN}?label=1").text

    assert 'class="card' not in page


READ = """乙市2031年工作要点
一、重点工作
1.新建学校15所（责任单位：教育局），年底前新增学位１．２万个，全力保障。
2.到2035年，绿化率\r\n提高到百\u200b分之四十以上。
"""


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[Browser]:
    """Serve a plan that no run has read, with damage in its numbers."""
    path = tmp_path / f"{NAME}.db"
    document = document_of_text(READ, plan_year=2031)
    with Store(path) as store:
        store.add_document(document)
        store.add_items(split_items(document))
        store.start_run(make_run())
    desk = Desk(path, "甲")
    site = datasette_app(path, desk)
    yield Browser(site, path, desk).enter(plan=f"/-/plan/{NAME}/{document.id}")
    close(site)


def reading(reader: Browser, number: int, **fields: Any) -> Any:
    """Ask what words of an item would be read as."""
    ((id_,),) = reader.rows("select id from documents")
    items = reader.rows("select id from items order by position")
    return reader.send(
        f"/-/review/{NAME}/{id_}/reading",
        verdict="add",
        item=items[number][0],
        fields=fields,
    ).json()


def test_value_and_date_are_computed_as_one_looks(reader: Browser) -> None:
    """The words chosen so far give number, unit and date by the rules of a run."""
    read = reading(reader, 0, target="１．２万个", deadline="年底前", action="新增")

    assert ({}, 12000, "个", "2031-12-31") == (
        read["unread"],
        read["record"]["target_value"],
        read["record"]["target_unit"],
        read["record"]["deadline_date"],
    )
    assert read["record"]["target_rule"]
    assert "12,000 个" in read["shown"]["target"]
    assert "2031-12-31" in read["shown"]["deadline"]
    assert "年底前新增学位１．２万个" == read["record"]["clause"]
    assert [] == reader.reviews()


def test_words_that_say_no_number_say_so(reader: Browser) -> None:
    """They may be chosen, and the reviewer is told."""
    read = reading(reader, 0, target="全力", deadline="新增")

    assert {"target", "deadline"} == read["unread"].keys()
    assert "no number" in read["unread"]["target"]["en"]
    assert read["record"]["target_value"] is None


def test_overlapping_and_damaged_words(reader: Browser) -> None:
    """A field may lie in another; what stands inside a number does not spoil it."""
    words = "百\u200b分之四十以上"
    start, first = READ.index(words), READ.index("绿化率")
    read = reading(
        reader,
        1,
        target={"at": [start, start + len(words)], "text": words},
        object={"at": [first, start - 1], "text": "绿化率\n提高"},
        action="提高",
        deadline="到2035年",
    )["record"]

    assert (40, "ge", "2035-12-31") == (
        read["target_value"],
        read["target_comparator"],
        read["deadline_date"],
    )
    assert (words, "绿化率\r\n提高") == (read["target_quote"], read["object"])


def test_actor_before_the_clause_is_inherited(reader: Browser) -> None:
    """A body named before governs from there; one in the clause is stated."""
    before = reading(reader, 0, actor="教育局", action="新增", target="１．２万个")
    inside = reading(reader, 0, actor="教育局", action="新建", target="15所")

    assert "inherited" == before["record"]["actor_source"]
    assert "stated" == inside["record"]["actor_source"]


def test_places_a_browser_drops_are_told(reader: Browser) -> None:
    """A carriage return is no character of a page, and the script must know."""
    ((id_,),) = reader.rows("select id from documents")

    page = reader.get(f"/-/plan/{NAME}/{id_}").text

    starts = [int(found) for found in re.findall(r'data-start="(\d+)"', page)]
    lost = re.findall(r'data-lost="([\d ]+)"', page)
    assert [READ.index("1.新"), READ.index("2.到")] == starts
    assert [str(READ.index("\r") - starts[1])] == lost


def test_sample_is_what_the_page_has(browser: Browser) -> None:
    """The tests speak of the document that is served."""
    assert isinstance(DOCUMENT, Document)
    assert [(DOCUMENT.id,)] == browser.rows("select id from documents")
    assert SECOND.id in browser.get(PLAN).text


def test_start_page_leads_to_review(browser: Browser, path: Path) -> None:
    """One step for who may write, with how much is left; nothing of it for others."""
    start = browser.get("/").text
    for (record,) in browser.rows("select id from commitments"):
        browser.send(REVIEW, accept=record)
    after = text_of(browser.get("/").text)
    site = datasette_app(path)
    others = Browser(site, path, None).get("/").text
    close(site)

    assert 2 == start.count(f'href="{PLAN}#desk"')
    assert "4 条未判 records not judged" in text_of(start)
    assert "Every record is judged" in after and f"extract export {path}" in after
    assert "#desk" not in others
