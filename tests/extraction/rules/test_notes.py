"""Responsibility notes, in all the forms that plans print (guidelines, section 2)."""

from __future__ import annotations

import pytest

from extractor.extraction.rules.notes import find_notes
from extractor.extraction.rules.targets import ItemReader
from extractor.extraction.strategy import drafts_by_rules
from tests.clause_cases import read_clause, words

NOTES = [
    ("（责任单位：市大数据局）", "市大数据局", []),
    (
        "（牵头单位：市数据局；配合单位：市发展改革委、各县（区）政府）",
        "市数据局",
        ["市发展改革委", "各县（区）政府"],
    ),
    ("（牵头单位：甲局，配合单位：乙局、丙局）", "甲局", ["乙局", "丙局"]),
    (
        "（市数据局牵头，市审计局、市财政局等配合）",
        "市数据局",
        ["市审计局", "市财政局"],
    ),
    ("（市数据局负责）", "市数据局", []),
    ("（市审计局、市财政局按职责分工负责）", "市审计局、市财政局", []),
    ("\n责任领导：王某某\n责任单位：办公室\n", "办公室", []),
    ("（责任领导：王某某）", "王某某", []),
    (
        "牵头单位：市民政局 责任单位：市财政局、市医保局",
        "市民政局",
        ["市财政局", "市医保局"],
    ),
    ("【责任处室：规划处】", "规划处", []),
    ("〔牵头处室〕办公室〔配合处室〕人事处、财务处", "办公室", ["人事处", "财务处"]),
    ("（牵头领导：李某；牵头科室：法规科；配合科室：执法科）", "法规科", ["执法科"]),
    ("（责任单位：市商务局；完成时限：2025年9月底前）", "市商务局", []),
    ("（主办单位：市文旅局；协办单位：市体育局）", "市文旅局", ["市体育局"]),
]


@pytest.mark.parametrize(("note", "actor", "partners"), NOTES)
@pytest.mark.parametrize("stop", ["", "。"])
def test_note_gives_actor_and_partners(
    note: str, actor: str, partners: list[str], stop: str
) -> None:
    """Every commitment in front of a responsibility note has its actor."""
    text = (
        f"推进数据共享{stop}{note}"
        if note[0] in "（【〔\n"
        else f"推进数据共享。{note}"
    )

    (draft,) = read_clause(text)

    assert words(draft.actor) == actor
    assert draft.actor_source == "stated"
    assert [p.text for p in draft.partners] == partners


def test_note_wins_over_a_subject_in_the_clause() -> None:
    """A note and a different subject: the note's body is the actor (section 6)."""
    (draft,) = read_clause("各县（区）建成站点5处。（责任单位：市民政局）")

    assert words(draft.actor) == "市民政局"


def test_each_of_several_notes_governs_what_is_before_it() -> None:
    """A note reaches back to the note before."""
    drafts = read_clause(
        "新建泵站2座。（责任单位：水利局）新建车站3座。（责任单位：交通局）"
    )

    assert [words(d.actor) for d in drafts] == ["水利局", "交通局"]


@pytest.mark.parametrize(
    ("text", "lead", "partners"),
    [
        pytest.param(
            "新建泵站4座。（县水利局）", "县水利局", [], id="behind-a-sentence"
        ),
        pytest.param("新建泵站4座。〔县水利局〕", "县水利局", [], id="other-bracket"),
        pytest.param("新建泵站4座（建设科）。", "建设科", [], id="a-section"),
        pytest.param(
            "新建泵站4座（规划科，法规科、财务科参与）。",
            "规划科",
            ["法规科", "财务科"],
            id="who-takes-part",
        ),
    ],
)
def test_closing_bracket_of_offices_is_a_note(
    text: str, lead: str, partners: list[str]
) -> None:
    """A bracket at the end that names offices alone says who is responsible."""
    (note,) = find_notes(text)

    assert note.lead
    assert note.lead.slice(text) == lead
    assert [partner.slice(text) for partner in note.partners] == partners


def test_closing_bracket_that_explains_a_noun_is_no_note() -> None:
    """（省人民医院） says which centre is meant."""
    assert find_notes("建设国家区域医疗中心（省人民医院）。") == ()


def test_bracket_that_names_no_body_is_no_note() -> None:
    """（逐级落实） is prose."""
    assert find_notes("加强监管（逐级落实）。") == ()


# note | actor | partners: the wording of the guidelines, and what is printed like it.
FORMS = """
（牵头单位：甲局，配合单位：乙局、丙局） | 甲局 | 乙局 丙局
（牵头单位：甲局；配合单位：乙局、丙局） | 甲局 | 乙局 丙局
【牵头单位：甲局】 | 甲局 |
【牵头单位】甲局【配合单位】乙局、丙局 | 甲局 | 乙局 丙局
（甲局牵头，乙局、丙局按职责分工负责） | 甲局 | 乙局 丙局
（甲局牵头，乙局、丙局等按职责分工负责） | 甲局 | 乙局 丙局
（由甲局牵头负责，乙局、丙局配合） | 甲局 | 乙局 丙局
（甲局牵头；乙局、丙局等部门参加） | 甲局 | 乙局 丙局
（甲局牵头，乙局，丙局配合） | 甲局 | 乙局 丙局
（甲局牵头，乙局、丙局） | 甲局 | 乙局 丙局
（甲局牵头，公安、市场监管等部门配合） | 甲局 | 公安 市场监管
（甲局牵头，乙局分工负责；各县（市、区）政府落实） | 甲局 | 乙局 各县（市、区）政府
（甲局牵头，抓好落实） | 甲局 |
（甲局负责，乙局配合） | 甲局 | 乙局
（牵头单位：甲局，责任单位：乙局、丙局） | 甲局 | 乙局 丙局
（牵头单位：甲局；配合单位：乙局，各县（市、区）政府） | 甲局 | 乙局 各县（市、区）政府
（甲局、乙局负责） | 甲局、乙局 |
（甲局、乙局按职责分工负责） | 甲局、乙局 |
（甲局、乙局、丙局等按职责分工负责） | 甲局、乙局、丙局 |
（责任单位：甲局、乙局） | 甲局、乙局 |
（责任单位：甲局、乙局，各县（市、区）人民政府） | 甲局、乙局，各县（市、区）人民政府 |
（责任单位：甲局、各县（市、区）） | 甲局、各县（市、区） |
（责任单位：甲局、乙局；责任领导：王小明） | 甲局、乙局 |
（责任领导：王小明；责任单位：甲局、乙局） | 甲局、乙局 |
（牵头领导：王小明；责任人：李某；责任单位：甲局） | 甲局 |
（牵头责任人：王小明；责任单位：甲局） | 甲局 |
（责任人：李某；甲局牵头，乙局配合） | 甲局 | 乙局
（责任领导：王小明） | 王小明 |
责任单位：甲局、乙局 | 甲局、乙局 |
责任单位：甲局、乙局，各县（市、区）人民政府 | 甲局、乙局，各县（市、区）人民政府 |
牵头单位：甲局 配合单位：乙局、丙局 | 甲局 | 乙局 丙局
甲局牵头，乙局、丙局配合 | 甲局 | 乙局 丙局
由甲局牵头，乙局、丙局按职责分工负责 | 甲局 | 乙局 丙局
甲局、乙局负责 | 甲局、乙局 |
(牵头单位:甲局;配合单位:乙局,丙局) | 甲局 | 乙局 丙局
(甲局牵头,乙局、丙局配合) | 甲局 | 乙局 丙局
(责任单位:甲局、乙局) | 甲局、乙局 |
（牵头单位：：甲局；；配合单位：乙局）） | 甲局 | 乙局
（（牵头单位：甲局）） | 甲局 |
（甲局牵头，，乙局配合）。。 | 甲局 | 乙局
（牵头单位：甲局；↵配合单位：乙局、丙局） | 甲局 | 乙局 丙局
（牵头单位：甲局；配合单位：乙局、↵丙局） | 甲局 | 乙局 丙局
（甲局牵头，乙局、↵丙局按职责分工负责） | 甲局 | 乙局 丙局
↵甲局牵头，乙局、丙局配合 | 甲局 | 乙局 丙局
"""


def _cases() -> list[tuple[str, str, list[str]]]:
    rows = [[cell.strip() for cell in row.split("|")] for row in FORMS.splitlines()[1:]]
    named = [[_named(cell) for cell in row] for row in rows]
    return [(note, actor, partners.split()) for note, actor, partners in named]


def _named(cell: str) -> str:
    for short, name in (("甲", "县水利"), ("乙", "县财政"), ("丙", "县住建")):
        cell = cell.replace(f"{short}局", f"{name}局")
    return cell


@pytest.mark.parametrize(("note", "actor", "partners"), _cases())
def test_note_names_the_actor_and_who_shares_the_work(
    note: str, actor: str, partners: list[str]
) -> None:
    """It gives them to every commitment in front of it."""
    text = "新建泵站4座，治理河道3公里。推进水网建设。" + note.replace("↵", "\n")

    drafts = read_clause(text)

    assert [words(d.object) for d in drafts] == ["泵站", "河道", "水网建设"]
    assert {words(d.actor) for d in drafts} == {actor}
    assert {d.actor_source for d in drafts} == {"stated"}
    assert all([p.text for p in d.partners] == partners for d in drafts)


def test_name_that_a_line_breaks_is_quoted_as_printed() -> None:
    """Character for character, the break among them."""
    (draft,) = read_clause(
        "新建泵站4座。（牵头单位：县水\n利局；配合单位：县财\n政局）"
    )

    assert words(draft.actor) == "县水\n利局"
    assert [partner.text for partner in draft.partners] == ["县财\n政局"]


@pytest.mark.parametrize(
    "note",
    [
        "（责任单位：县水利局；完成时限：{}）",
        "（完成时限：{}；责任单位：县水利局）",
        "（县水利局牵头，县财政局配合，{}完成）",
        "（县水利局牵头负责，完成时限：{}）",
        "责任单位：县水利局 完成时限：{}",
        "县水利局牵头，{}完成",
    ],
)
@pytest.mark.parametrize(
    ("time", "day"),
    [
        ("2025年6月底前", "2025-06-30"),
        ("9月底", "2025-09-30"),
        ("国庆节前", "2025-09-30"),
    ],
)
def test_time_of_a_note_dates_its_records(note: str, time: str, day: str) -> None:
    """A 完成时限 in a note dates every record of its item (section 4)."""
    text = "新建泵站4座，治理河道3公里。推进水网建设。" + note.format(time)

    drafts = drafts_by_rules(ItemReader(text, 0, 2025))

    assert len(drafts) == 3
    assert {words(d.deadline) for d in drafts} == {time}
    assert {d.due.date for d in drafts if d.due} == {day}
    assert {words(d.actor) for d in drafts} == {"县水利局"}


@pytest.mark.parametrize("time", ["全年", "长期坚持", "持续推进"])
def test_note_without_an_end_gives_no_deadline(time: str) -> None:
    """（…，持续推进） names no day."""
    (draft,) = read_clause(f"新建泵站4座。（县水利局牵头，{time}）")

    assert (words(draft.actor), draft.deadline) == ("县水利局", None)


@pytest.mark.parametrize(
    ("text", "actors"),
    [
        pytest.param(
            "新建泵站4座。治理河道3公里。加固堤防5公里。（责任单位：县水利局）"
            "新建学校2所。培训教师300名。（责任单位：县教育局）",
            ["县水利局"] * 3 + ["县教育局"] * 2,
            id="several-sentences-each",
        ),
        pytest.param(
            "新建泵站4座（县水利局牵头）新建学校2所（县教育局牵头，县财政局配合）"
            "新建医院1所（县卫健局负责）",
            ["县水利局", "县教育局", "县卫健局"],
            id="fused-without-a-stop",
        ),
        pytest.param(
            "新建泵站4座【牵头单位：县水利局】新建学校2所【牵头单位：县教育局】",
            ["县水利局", "县教育局"],
            id="fused-labels",
        ),
        pytest.param(
            "新建泵站4座。责任单位：县水利局。新建学校2所。责任单位：县教育局。",
            ["县水利局", "县教育局"],
            id="fused-without-brackets",
        ),
        pytest.param(
            "新建泵站4座。县水利局负责。新建学校2所。县教育局牵头，县财政局配合。",
            ["县水利局", "县教育局"],
            id="sentences",
        ),
        pytest.param(
            "新建泵站4座。\n县水利局牵头，县财政局配合\n新建学校2所。\n县教育局负责",
            ["县水利局", "县教育局"],
            id="lines",
        ),
    ],
)
def test_note_governs_the_stretch_it_closes(text: str, actors: list[str]) -> None:
    """Back to the note before, also where a fused line holds many (section 2)."""
    drafts = read_clause(text, soft=False)

    assert [words(d.actor) for d in drafts] == actors
    assert all(words(d.action) in ("新建", "治理", "加固", "培训") for d in drafts)


def test_each_note_of_a_fused_line_has_its_own_time() -> None:
    """Its time reaches no further than its stretch."""
    drafts = read_clause(
        "新建泵站4座（县水利局牵头，6月底前完成）"
        "新建学校2所，培训教师300名（责任单位：县教育局；完成时限：9月底前）"
        "新建医院1所（县卫健局负责）"
    )

    found = [(words(d.actor), words(d.deadline)) for d in drafts]
    assert found == [
        ("县水利局", "6月底前"),
        ("县教育局", "9月底前"),
        ("县教育局", "9月底前"),
        ("县卫健局", "-"),
    ]


@pytest.mark.parametrize(
    ("text", "actors"),
    [
        (
            "新建泵站4座。培训工人90名。（县水利局牵头）各乡镇要修建渠道6公里",
            ["县水利局", "县水利局", "各乡镇"],
        ),
        ("（县水利局牵头）新建泵站4座。修建渠道6公里", ["县水利局", "县水利局"]),
    ],
)
def test_note_says_nothing_of_what_comes_behind_its_stretch(
    text: str, actors: list[str]
) -> None:
    """Unless it stands in front of all: then it is the whole item's."""
    drafts = read_clause(text, soft=False)

    assert [words(draft.actor) for draft in drafts] == actors


@pytest.mark.parametrize(
    "text",
    [
        "新建泵站4座。县水利局要牵头做好协调",
        "新建泵站4座。县水利局负责日常管护",
        "新建泵站4座（二期）",
        "新建泵站4座（逐级负责）",
        "新建泵站4座（年底前完成）",
        "县水利局牵头，县财政局配合",
    ],
)
def test_words_that_say_more_are_no_note(text: str) -> None:
    """A sentence with a promise of its own is one, and so are an item's first words."""
    assert find_notes(text) == ()
