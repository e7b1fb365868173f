"""Rules: clauses of every sector give verb, object and number by the guidelines."""

from __future__ import annotations

import time

import pytest

from extractor.extraction.rules.drafting import mention, without_repeats
from extractor.extraction.rules.targets import _PLACE, ItemReader, hard_drafts
from tests.clause_cases import Row, matches, read_clause, read_table, words


@pytest.mark.parametrize(
    "row", list(read_table("hard_clauses")), ids=lambda row: row[0]
)
def test_clause_gives_action_object_and_target(row: Row) -> None:
    """A clause with a number or a date reads as the guidelines label it."""
    clause, wanted = row

    drafts = read_clause(clause, soft=False)
    found = [(words(d.action), words(d.object), words(d.target)) for d in drafts]

    assert matches(found, wanted), found


@pytest.mark.parametrize("row", list(read_table("rulings")), ids=lambda row: row[0])
def test_settled_case_is_kept(row: Row) -> None:
    """The rulings of sections 2, 3 and 6 hold."""
    clause, wanted = row

    drafts = read_clause(clause, soft=False)
    found = [(words(d.action), words(d.object), words(d.target)) for d in drafts]

    assert matches(found, wanted), found


@pytest.mark.parametrize("row", list(read_table("decoys")), ids=lambda row: row[0])
def test_number_that_promises_nothing_gives_no_hard_record(row: Row) -> None:
    """Names, slogans, lists and what exists already are not targets."""
    assert read_clause(row[0], soft=False) == []


@pytest.mark.parametrize(
    ("text", "deadlines"),
    [
        (
            "9月底前完成河道清淤30公里，新建泵站2座；改造闸门5座",
            ["9月底前"] * 2 + ["-"],
        ),
        ("6月底前开工8个项目，年底前竣工4个项目", ["6月底前", "年底前"]),
        ("2025年医保参保率达95%", ["2025年"]),
        ("每年培训医生20名", ["-"]),
        ("到2027年，建成绿色矿山12座", ["到2027年"]),
        ("新建站点3处。（责任单位：甲局；完成时限：8月底前）", ["8月底前"]),
        ("一季度开工项目40个，全年竣工项目25个", ["一季度", "-"]),
        ("上半年签约5家，今年引进人才30名，完成投资2亿元", ["上半年", "-", "-"]),
        ("6月底前开工泵站3座，12月底前入住率达到75%", ["6月底前", "12月底前"]),
    ],
)
def test_deadline_governs_up_to_the_end_of_its_sentence(
    text: str, deadlines: list[str]
) -> None:
    """A clause takes its own time, else the one before it in the sentence."""
    drafts = hard_drafts(ItemReader(text, 0, 2025))

    assert [words(d.deadline) for d in drafts] == deadlines


def test_target_stated_twice_is_one_record() -> None:
    """The first mention is kept (section 2)."""
    drafts = read_clause("新建泵站4座。确保新建泵站4座。", soft=False)

    assert len(drafts) == 1
    assert drafts[0].clause.start == 0


def test_repeats_without_an_object_are_kept() -> None:
    """Two bare numbers may be two things."""
    text = "新建泵站4座。新建泵站4座。"
    drafts = [
        draft.model_copy(update={"object": None})
        for draft in hard_drafts(ItemReader("新建泵站4座", 0, 2025))
    ]

    assert len(without_repeats(text, [*drafts, *drafts])) == 2


def test_quoted_requirement_is_read_inside_its_quotation_marks() -> None:
    """A requirement in quotation marks gives the record its object (section 3)."""
    text = "落实“企业职工培训经费占工资总额的比例不低于8%的有关规定”要求"

    (draft,) = read_clause(text, soft=False)

    assert words(draft.target) == "不低于8%"
    assert words(draft.action) == "落实"


def test_number_inside_a_note_of_the_item_is_cut_off_the_object() -> None:
    """A responsibility note ends the clause it stands in."""
    (draft,) = read_clause("更新公交车30辆（责任单位：市交通局）", soft=False)

    assert (words(draft.object), words(draft.actor)) == ("公交车", "市交通局")


def test_clause_text_and_edges_are_the_words_around_a_number() -> None:
    """A neighbouring number ends the words that can belong to a number."""
    text = "新建驿站3处、绿道5公里"
    reading = ItemReader(text, 0, 2025)

    left, right = reading.edges(1)

    assert reading.clause_text(0) == text
    assert (left.slice(text), right.slice(text)) == ("、绿道", "")


def test_inherited_verb_stays_in_its_sentence() -> None:
    """The verb of the number before counts in the same sentence only."""
    text = "新建驿站3处，绿道5公里。公园2座"
    reading = ItemReader(text, 0, 2025)

    assert mention(text, reading.inherited_verb(1)) == mention(
        text, reading.predicates[0].action
    )
    assert reading.inherited_verb(2) is None


def test_every_quote_is_a_slice_of_the_text() -> None:
    """Spans and words agree in every record of every clause of the tables."""
    for name in ("hard_clauses", "rulings", "soft_clauses"):
        for clause, _ in read_table(name):
            for draft in read_clause(clause):
                for quote in (draft.action, draft.object, draft.target, draft.actor):
                    assert quote is None or quote.span is not None
                    assert quote is None or quote.span.slice(clause) == quote.text


@pytest.mark.parametrize("name", ["区", "东县", "甲乙镇", "东乡县", "县乡"])
def test_long_list_of_places_is_read_one_way(name: str) -> None:
    """Names of places end alike; where one ends was tried in every way."""
    started = time.process_time()

    match = _PLACE.fullmatch(name * 60 + "学校")

    assert match is None
    assert time.process_time() - started < 0.5


@pytest.mark.parametrize(
    "places", ["东湾区", "东乡县", "乡宁县、镇江区", "东县西县各", "城关镇柳河乡"]
)
def test_names_of_places_are_places(places: str) -> None:
    """Whatever they begin with."""
    assert _PLACE.fullmatch(places)
