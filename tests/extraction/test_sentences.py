"""The sentences strategy: every mark is answered, or the rules read it and say so."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor.core.errors import IncompleteOutputError, TransportError
from extractor.documents.items import split_items
from extractor.documents.loading import document_of_text
from extractor.extraction.sentences.answers import Said, SentenceAnswer, write_answer
from extractor.extraction.sentences.questions import questions
from extractor.extraction.sentences.strategy import SentencesStrategy
from extractor.extraction.strategy import read_item
from extractor.model.requests import Answer, Request, unanswered

HEAD = "某市民政局2024年工作要点\n一、重点任务\n"
POINT = (
    "1.完善养老服务。6月底前新建敬老院3所，改造床位120张；依托现有46家机构开展培训500人次。"
    "推进智慧养老建设，市财政局9月底前出台补助办法。（牵头单位：养老科）"
)
SAID = {
    "3所": "新建｜敬老院｜-",
    "120张": "改造｜床位｜-",
    "46家": "×",
    "500人次": "开展｜培训｜-",
}
ACTIONS = {
    "推进": "推进｜智慧养老建设｜-\n出台｜补助办法｜市财政局",
}
_MARK = re.compile(r"【(\d+):([^】]*)】")


def view_of(text: str = POINT):
    document = document_of_text(HEAD + text, plan_year=2024)
    (item,) = split_items(document)
    return read_item(item, 2024, document.issuer)


def honest(question: str) -> str:
    """Return what a good model answers."""
    task = question.partition("\n")[0]
    lines = [f"{name}｜{SAID[words]}" for name, words in _MARK.findall(question)]
    if "行动" in task:
        sentence = question.rpartition("\n")[2]
        told = [words for opening, words in ACTIONS.items() if opening in sentence]
        lines += told or ["无"]
    return "\n".join(lines)


def read(
    view, reply: Callable[[str, int], str | Answer] = lambda q, _: honest(q), **more
):
    """Read an item with replies; `reply` is given the question and its number."""
    strategy = SentencesStrategy("digest", more.pop("soft", "model"), **more)
    answers: dict[Request, Answer] = {}
    asked: list[str] = []
    while new := unanswered(strategy.requests(view, answers), answers):
        for request in new:
            question = request.messages[-1].content
            said = reply(question, len(asked))
            asked.append(question)
            if isinstance(said, str):
                said = Answer(SentenceAnswer.parse_lines(said), f"c{len(asked)}")
            answers[request] = said
    return strategy.drafts(view, answers), asked


def told(drafts):
    return [
        (*tuple(w and w.text for w in (d.target, d.action, d.object)), d.method)
        for d in drafts
    ]


def test_a_question_is_a_sentence_with_what_stands_before_it():
    """Decoys are marked too; a note is no promise, a title no question."""
    asked = [question.text for question in questions(view_of())]
    assert asked == [
        "数字、行动\n1.完善养老服务。\n6月底前新建敬老院【1:3所】，改造床位【2:120张】；",
        "数字、行动\n1.完善养老服务。6月底前新建敬老院3所，改造床位120张；\n"
        "依托现有【1:46家】机构开展培训【2:500人次】。",
        "行动\n1.完善养老服务。6月底前新建敬老院3所，改造床位120张；"
        "依托现有46家机构开展培训500人次。\n"
        "推进智慧养老建设，市财政局9月底前出台补助办法。",
    ]


def test_numbers_alone_are_asked_about_where_the_rules_find_the_rest():
    """Without the model's actions a sentence without a number is not asked about."""
    asked = [
        q.text.partition("\n")[0] for q in questions(view_of(), asks_actions=False)
    ]
    assert asked == ["数字", "数字"]


def test_what_the_plan_prints_is_no_mark():
    """Brackets and bars of the plan are shown as others."""
    (question,) = questions(view_of("1.建学校。新建【2:9所】学校3所｜4所。"))
    assert question.text.endswith("新建［2:【1:9所】］学校【2:3所】／【3:4所】。")


def test_long_sentences_are_cut_between_clauses():
    """No question is longer than the model was tuned for; every number is in one."""
    view = view_of(
        "1.建站点。" + "，".join(f"新建{n}号站点{n}座" for n in range(1, 90)) + "。"
    )
    asked = questions(view, asks_actions=False)
    marks = [mark for question in asked for mark in question.marks]
    assert marks == list(range(len(view.found.numbers)))
    assert all(len(question.marks) <= 12 for question in asked)
    assert all(len(question.text) < 420 for question in asked)


def test_records_are_what_was_said():
    """Value, date and note are the rules' own; who acts is the note's lead."""
    made, _ = read(view_of())
    assert told(made.drafts) == [
        ("3所", "新建", "敬老院", "both"),
        ("120张", "改造", "床位", "both"),
        ("500人次", "开展", "培训", "both"),
        (None, "推进", "智慧养老建设", "both"),
        (None, "出台", "补助办法", "both"),
    ]
    assert [d.due and d.due.date for d in made.drafts][:2] == ["2024-06-30"] * 2
    assert made.drafts[-1].due.date == "2024-09-30"
    assert {d.actor.text for d in made.drafts} == {"养老科"}
    assert made.remarks == () and made.failure is None


def test_both_readings_are_kept():
    """Of each number and action: who said what, how sure, and whose was taken."""

    def reply(question: str, _: int) -> Answer:
        text = honest(question).replace("1｜新建｜敬老院｜-", "1｜新建｜院｜-")
        return Answer(SentenceAnswer.parse_lines(text), "c", likelihoods=(-0.1,) * 9)

    made, _ = read(view_of(), reply)
    view = view_of()
    said = [
        (r.reader, r.kind, r.span.slice(view.printed), r.object, r.is_taken)
        for r in made.readings
    ]
    assert said[:2] == [
        ("rules", "number", "3所", "敬老院", False),
        ("model", "number", "3所", "院", True),
    ]
    assert ("rules", "number", "46家", None, True) in said
    assert ("model", "number", "46家", None, True) in said
    assert ("model", "action", "推进智慧养老建设", "智慧养老建设", True) in said
    assert {r.likelihood for r in made.readings if r.reader == "model"} == {-0.1}
    assert [d.likelihood for d in made.drafts] == [-0.1] * 5


def test_a_target_is_not_told_again_without_its_number():
    """The same verb and object in the same place are one promise; both are kept."""
    made, _ = read(
        view_of(), lambda question, _: honest(question).replace("无", "新建｜敬老院｜-")
    )
    again = [(r.action, r.is_taken) for r in made.readings if r.kind == "action"]

    assert told(made.drafts) == told(read(view_of())[0].drafts)
    assert ("新建", False) in again


def test_without_likelihoods_the_rules_say_what_is_promised():
    """An endpoint that sends none is believed on words, not on what is a target."""

    def reply(question: str, _: int) -> str:
        return honest(question).replace("1｜新建｜敬老院｜-", "1｜×").replace("×", "×")

    made, _ = read(view_of(), reply)
    assert [record[0] for record in told(made.drafts)][:3] == [
        "3所",
        "120张",
        "500人次",
    ]


def test_without_a_note_the_body_that_was_named_acts():
    """Who acts is the model's word, stated where it stands in the clause."""
    made, _ = read(view_of(POINT.replace("（牵头单位：养老科）", "")))
    assert made.drafts[-1].actor.text == "市财政局"
    assert made.drafts[-1].actor_source == "stated"
    assert made.drafts[0].actor is None


@pytest.mark.parametrize(
    ("change", "remark"),
    [
        (lambda lines: lines[1:], None),
        (lambda lines: [lines[0], *lines], "1 answers about a number that had one"),
        (
            lambda lines: [*lines, "9｜新建｜敬老院｜-"],
            "1 answers about numbers that were",
        ),
    ],
    ids=["dropped", "repeated", "invented"],
)
def test_every_mark_is_answered(change, remark):
    """What is missing is asked once more, alone; the log tells of the rest."""

    def reply(question: str, number: int) -> str:
        lines = honest(question).splitlines()
        return "\n".join(change(lines) if number == 0 else lines)

    made, asked = read(view_of(), reply)
    assert [record[0] for record in told(made.drafts)][:3] == [
        "3所",
        "120张",
        "500人次",
    ]
    assert len(asked) == (4 if remark is None else 3)
    if remark is None:
        assert asked[-1].startswith("数字\n") and "【1:3所】" in asked[-1]
        assert "120张】" not in asked[-1]
    else:
        assert any(one.startswith(remark) for one in made.remarks)


def test_a_mark_that_stays_unanswered_is_read_by_the_rules():
    """The record says so, and so does the log."""

    def reply(question: str, _: int) -> str:
        lines = [line for line in honest(question).splitlines() if "敬老院" not in line]
        return "\n".join(lines) or "7｜×"

    made, _ = read(view_of(), reply)
    assert told(made.drafts)[0] == ("3所", "新建", "敬老院", "rules")
    assert "1 numbers were not answered; the rules read them" in made.remarks


@pytest.mark.parametrize(
    ("likelihood", "expected"),
    [
        (-0.1, ("120张", "改造", "护理床位", "model")),
        (-9.0, ("120张", "改造", "床位", "rules")),
    ],
)
def test_a_sure_model_is_believed(likelihood, expected):
    """Where the readings differ, the lowest token of the line decides."""

    def reply(question: str, _: int) -> Answer:
        text = honest(question).replace("｜床位", "｜护理床位")
        lines = (likelihood,) * 9
        return Answer(SentenceAnswer.parse_lines(text), "c", likelihoods=lines)

    text = POINT.replace("改造床位120张", "改造护理床位和床位120张")
    made, _ = read(view_of(text), reply)
    assert told(made.drafts)[1][-1] == expected[-1]
    assert told(made.drafts)[1][2].endswith("床位")


@pytest.mark.parametrize(("likelihood", "is_kept"), [(-0.01, False), (-9.0, True)])
def test_a_decoy_needs_a_sure_model(likelihood, is_kept):
    """A target of the rules is given up only where the model is sure."""

    def reply(question: str, _: int) -> Answer:
        text = honest(question).replace("1｜新建｜敬老院｜-", "1｜×")
        return Answer(
            SentenceAnswer.parse_lines(text), "c", likelihoods=(likelihood,) * 9
        )

    made, _ = read(view_of(), reply)
    assert (told(made.drafts)[0][0] == "3所") is is_kept


def test_a_cut_answer_keeps_what_is_whole():
    """The mark that was cut off is asked about again, the actions are the rules'."""

    def reply(question: str, number: int) -> str | Answer:
        if number:
            return honest(question)
        return Answer(
            error=IncompleteOutputError("cut", text="1｜新建｜敬老院｜-\n2｜改")
        )

    made, asked = read(view_of(), reply)
    assert "【1:120张】" in asked[-1]
    assert [record[0] for record in told(made.drafts)][:2] == ["3所", "120张"]
    assert any("cut off" in remark for remark in made.remarks)


def test_an_answer_cut_in_its_first_line_loses_nothing():
    """Numbers are asked about again, actions are the rules'."""

    def reply(question: str, _: int) -> str | Answer:
        if "智慧养老" in question.rpartition("\n")[2]:
            return Answer(error=IncompleteOutputError("cut", text="推进｜智"))
        return honest(question)

    made, _ = read(view_of(), reply)
    assert told(made.drafts)[-2:] == [
        (None, "推进", "智慧养老建设", "rules"),
        (None, "出台", "补助办法", "rules"),
    ]
    assert "1 answers were cut off; the rules read the rest" in made.remarks


def test_a_failure_fails_the_item_and_keeps_the_rest():
    """The item can be asked about again."""

    def reply(question: str, number: int) -> str | Answer:
        return Answer(error=TransportError("gone")) if number == 1 else honest(question)

    made, _ = read(view_of(), reply)
    assert isinstance(made.failure, TransportError)


@pytest.mark.parametrize(("soft", "kept"), [("rules", True), ("off", False)])
def test_the_rules_find_the_rest_where_told(soft, kept):
    """Dated promises are hard and always kept."""
    made, asked = read(view_of(), soft=soft)
    assert len(asked) == 2
    objects = [record[2] for record in told(made.drafts)]
    assert "补助办法" in objects
    assert ("智慧养老建设" in objects) is kept


_WORDS = st.text("新建推进学校所率市局（）“”、", min_size=1, max_size=8).filter(
    lambda words: words != "无"
)
_SAID = st.builds(Said, st.none() | _WORDS, st.none() | _WORDS, st.none() | _WORDS)


@given(
    st.lists(st.none() | _SAID, max_size=6),
    st.none() | st.lists(_SAID, max_size=6),
)
def test_an_answer_is_read_as_it_was_written(numbers, actions):
    """One encode/decode pair: what tuning writes is what a run reads."""
    said = dict(enumerate(numbers, start=1))
    if not said and actions is None:
        return
    answer = SentenceAnswer.parse_lines(write_answer(said, actions))
    assert {name: one for name, one, _ in answer.numbers} == said
    assert [one for one, _ in answer.actions] == (actions or [])
    assert [line for *_, line in (*answer.numbers, *answer.actions)] == list(
        range(len(numbers) + len(actions or ()))
    )
