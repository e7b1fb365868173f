"""The marked strategy: every mark has an answer, a refusal, or the rules' reading."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from extractor.cli.main import main
from extractor.documents.items import split_items
from extractor.documents.loading import document_of_text
from extractor.extraction.marked.marks import marks_of, shown
from extractor.extraction.marked.parts import parts_of
from extractor.extraction.strategy import read_item
from extractor.model.prompts import load_prompt
from tests.commands import rows
from tests.conftest import DEVELOPMENT, DOCUMENTS
from tests.fake_endpoint import FakeEndpoint, Reply, completion, tool_call

HEAD = "某市民政局2024年工作要点\n一、重点任务\n"
POINT = (
    "1.完善养老服务。6月底前新建敬老院3所，改造床位120张；依托现有46家机构开展培训500人次。"
    "到2025年，入住率达到80%。推进智慧养老建设。"
)
MARKS = {1: "3所", 2: "120张", 3: "46家", 4: "500人次", 5: "80%"}
VERBS = {1: "新建", 2: "改造", 4: "开展", 5: "达到"}
NOUNS = {1: "敬老院", 2: "床位", 4: "培训", 5: "入住率"}
TIMES = {1: "t1", 2: "t1", 5: "t2"}
DECOYS = {3}
_MARK = re.compile(r"【(\d+):([^】]*)】")

Change = Callable[[list[dict[str, Any]]], list[dict[str, Any]]]


def honest(names: list[int]) -> list[dict[str, Any]]:
    """Return what a good model says of these marks."""
    return [
        {"n": n, "target": False}
        if n in DECOYS
        else {
            "n": n,
            "target": True,
            "action": VERBS[n],
            "object": NOUNS[n],
            "deadline": TIMES.get(n),
        }
        for n in names
    ]


def names_in(question: str) -> list[int]:
    return [int(name) for name, _ in _MARK.findall(question)]


def answering(
    change: Change = list, *, once: bool = False, chars: int | None = None
) -> Callable[[dict[str, Any]], Reply]:
    """Return an endpoint whose honest answer is changed, always or the first time.

    Args:
        change: what becomes of the list of numbers.
        once: only the first answer is changed.
        chars: replies end after so many characters.
    """
    asked: list[str] = []

    def answer(body: dict[str, Any]) -> Reply:
        question = body["messages"][-1]["content"]
        numbers = honest(names_in(question))
        if not (once and asked):
            numbers = change(numbers)
        asked.append(question)
        is_alone = "只回答" in question
        actions = [] if is_alone else [{"action": "推进", "object": "智慧养老建设"}]
        text = json.dumps({"numbers": numbers, "actions": actions}, ensure_ascii=False)
        if chars is None or len(text) <= chars:
            return written(body, text)
        return written(body, text[:chars], "length")

    return answer


def written(body: dict[str, Any], text: str, finish_reason: str = "stop") -> Reply:
    if "tools" in body:
        return tool_call(text, finish_reason=finish_reason)
    return completion(text, finish_reason)


def run(cli_runner: CliRunner, endpoint: FakeEndpoint, *more: str) -> Result:
    """Run over the one-point plan with the default strategy of hosted models."""
    Path("plan.txt").write_text(HEAD + POINT + "\n", encoding="utf-8")
    command = ["run", "plan.txt", "--db", "x.db", "--model", "fake"]
    return cli_runner.invoke(main, [*command, "--base-url", endpoint.base_url, *more])


def records() -> list[tuple[Any, ...]]:
    return rows(
        "select target_quote, action, object, deadline_date, method from commitments "
        "where target_quote is not null order by position"
    )


def questions(endpoint: FakeEndpoint) -> list[str]:
    return [json.loads(body)["messages"][-1]["content"] for body in endpoint.asked]


HONEST = [
    ("3所", "新建", "敬老院", "2024-06-30", "model"),
    ("120张", "改造", "床位", "2024-06-30", "model"),
    ("500人次", "开展", "培训", None, "model"),
    ("80%", "达到", "入住率", "2025-12-31", "model"),
]


def test_item_is_shown_with_every_number_and_time_marked(
    cli_runner: CliRunner, endpoint: FakeEndpoint
) -> None:
    """Decoys too, with issuer, year and headings."""
    endpoint.answer = answering()

    assert run(cli_runner, endpoint).exit_code == 0

    (question,) = questions(endpoint)
    assert question == (
        "发文机关：某市民政局　计划年份：2024　"
        "小标题：一、重点任务 › 完善养老服务。\n\n"
        "〔t1:6月底前〕新建敬老院【1:3所】，改造床位【2:120张】；"
        "依托现有【3:46家】机构开展培训【4:500人次】。〔t2:到2025年〕，入住率达到【5:80%】。推进智慧养老建设。"
    )
    assert records() == HONEST
    assert rows(
        "select action, object, kind from commitments where target_quote is null"
    ) == [("推进", "智慧养老建设", "soft")]
    assert rows("select quote, reason from left_out") == [("46家", "existing")]


@pytest.mark.parametrize("mode", ["tools", "json", "json_schema"])
@pytest.mark.parametrize("dropped", [[1], [2, 4], [1, 2, 3, 4, 5]])
def test_mark_without_an_answer_is_asked_for_once_more_alone(
    cli_runner: CliRunner, endpoint: FakeEndpoint, mode: str, dropped: list[int]
) -> None:
    """The second question shows these marks only."""
    endpoint.answer = answering(
        lambda numbers: [one for one in numbers if one["n"] not in dropped], once=True
    )

    result = run(cli_runner, endpoint, "--answer-mode", mode)

    assert result.exit_code == 0
    assert [names_in(q) for q in questions(endpoint)] == [list(MARKS), dropped]
    assert records() == HONEST


@pytest.mark.parametrize("dropped", [1, 2, 4, 5])
def test_mark_that_stays_unanswered_is_left_to_the_rules(
    cli_runner: CliRunner,
    endpoint: FakeEndpoint,
    caplog: pytest.LogCaptureFixture,
    dropped: int,
) -> None:
    """Its record says so, and so does the log."""
    endpoint.answer = answering(
        lambda numbers: [one for one in numbers if one["n"] != dropped]
    )

    result = run(cli_runner, endpoint)

    assert result.exit_code == 0
    assert len(endpoint.asked) == 2
    methods = {target: method for target, *_, method in records()}
    expected = dict.fromkeys((row[0] for row in HONEST), "model")
    assert methods == expected | {MARKS[dropped]: "rules"}
    assert f"numbers {dropped} were not answered; the rules read them" in caplog.text


def test_second_answer_about_a_mark_is_left_out_aloud(
    cli_runner: CliRunner, endpoint: FakeEndpoint, caplog: pytest.LogCaptureFixture
) -> None:
    """The first one stands."""
    again = {"n": 1, "target": True, "action": "改造", "object": "床位"}
    endpoint.answer = answering(lambda numbers: [*numbers, again])

    assert run(cli_runner, endpoint).exit_code == 0

    assert records() == HONEST
    assert "1 answers about a number that had one were left out" in caplog.text


@pytest.mark.parametrize("name", [0, 6, -3, 99999])
def test_mark_that_nobody_made_is_a_stored_refusal(
    cli_runner: CliRunner, endpoint: FakeEndpoint, name: int
) -> None:
    """It is seen, and it is no value."""
    stray = {"n": name, "target": True, "action": "新建", "object": "敬老院"}
    endpoint.answer = answering(lambda numbers: [*numbers, stray])

    run(cli_runner, endpoint)

    assert records() == HONEST
    assert rows("select field, words from v_ungrounded where field = 'target'") == [
        ("target", f"【{name}】")
    ]


@pytest.mark.parametrize("time", ["t9", "下周", "2030年底前"])
def test_time_that_nobody_marked_is_refused(
    cli_runner: CliRunner, endpoint: FakeEndpoint, time: str
) -> None:
    """The record stays, without a deadline."""

    def change(numbers: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [numbers[0] | {"deadline": time}, *numbers[1:]]

    endpoint.answer = answering(change)

    run(cli_runner, endpoint)

    assert records()[0] == ("3所", "新建", "敬老院", None, "model")
    assert rows("select field, words from v_ungrounded") == [("deadline", time)]


def test_number_that_nobody_marked_is_found_by_its_words(
    cli_runner: CliRunner, endpoint: FakeEndpoint
) -> None:
    """Words of the item are a record, others a refusal."""
    unmarked = [
        {"target": "智慧养老", "action": "推进", "object": "建设"},
        {"target": "77所", "action": "新建", "object": "敬老院"},
    ]

    def answer(body: dict[str, Any]) -> Reply:
        said = {"numbers": honest(list(MARKS)), "actions": [], "unmarked": unmarked}
        return written(body, json.dumps(said, ensure_ascii=False))

    endpoint.answer = answer

    run(cli_runner, endpoint)

    assert rows("select words from v_ungrounded where field = 'target'") == [("77所",)]
    assert rows(
        "select target_value from commitments where target_quote = '智慧养老'"
    ) == [(None,)]


@pytest.mark.parametrize("chars", range(60, 420, 24))
def test_rest_of_a_cut_reply_is_asked_about(
    cli_runner: CliRunner, endpoint: FakeEndpoint, chars: int
) -> None:
    """What is whole is kept, nothing is doubled, and nothing is lost."""
    endpoint.answer = answering(chars=chars)

    result = run(cli_runner, endpoint)

    if result.exit_code == 0:
        assert [row[:4] for row in records()] == [row[:4] for row in HONEST]
    else:
        assert result.exit_code == 3
        assert rows("select kind from failures") == [("incompleteoutput",)]
        assert len(endpoint.asked) <= 8


def test_reply_that_does_not_fit_fails_the_item(
    cli_runner: CliRunner, endpoint: FakeEndpoint
) -> None:
    """It is asked for once more by instructor, then stored as a failure."""
    endpoint.answer = lambda body: written(body, '{"numbers": "none"}')

    assert run(cli_runner, endpoint).exit_code == 3
    assert rows("select kind from failures") == [("invalidoutput",)]


@pytest.mark.parametrize(("soft", "expected"), [("model", 1), ("off", 0), ("rules", 1)])
def test_soft_says_who_finds_promises_without_a_number(
    cli_runner: CliRunner, endpoint: FakeEndpoint, soft: str, expected: int
) -> None:
    """The model, the rules or nobody."""
    endpoint.answer = answering()

    run(cli_runner, endpoint, "--soft", soft)

    found = rows("select method from commitments where kind = 'soft'")
    assert len(found) == expected
    assert found in ([], [("model" if soft == "model" else "rules",)])


def test_note_of_responsibility_wins_over_the_model(
    cli_runner: CliRunner, endpoint: FakeEndpoint
) -> None:
    """Rules read notes; the model may say what it likes."""
    text = f"{HEAD}1.新建敬老院3所。（牵头单位：市住建局，配合单位：市财政局）\n"
    Path("plan.txt").write_text(text, encoding="utf-8")
    said = honest([1])[0] | {"actor": "敬老院", "partners": ["市住建局"]}
    endpoint.answer = lambda body: written(
        body, json.dumps({"numbers": [said | {"deadline": None}]}, ensure_ascii=False)
    )

    command = ["run", "plan.txt", "--db", "x.db", "--model", "fake"]
    cli_runner.invoke(main, [*command, "--base-url", endpoint.base_url])

    assert rows("select actor, actor_source, partners from commitments") == [
        ("市住建局", "stated", '["市财政局"]')
    ]


def test_marks_that_a_plan_prints_are_none() -> None:
    """Its brackets are shown as others, so that no plan can print a mark."""
    document = document_of_text(f"{HEAD}1.新建【9:1000所】敬老院3所〔t7:今天〕。")
    (item,) = split_items(document)
    view = read_item(item, document.plan_year)
    marks = marks_of(view)

    (part,) = parts_of(view, marks)

    text = shown(view, marks, part.span, part.names)
    assert "【9:" not in text
    assert sorted(names_in(text)) == list(part.names)
    assert "〔t7" not in text


@pytest.mark.parametrize(
    "path",
    [*sorted(DOCUMENTS.glob("*.txt")), *sorted(DEVELOPMENT.glob("*.txt"))],
    ids=lambda path: path.stem,
)
def test_parts_hold_every_mark_once(path: Path) -> None:
    """Long items are cut at sentence ends, and no mark falls between."""
    document = document_of_text(path.read_bytes().decode("utf-8", "replace") * 2)
    for item in split_items(document):
        view = read_item(item, document.plan_year)
        marks = marks_of(view)
        parts = parts_of(view, marks)
        named = [name for part in parts for name in part.names]
        assert named == list(range(1, len(marks.numbers) + 1))
        for part in parts:
            text = shown(view, marks, part.span, part.names)
            assert names_in(text) == list(part.names)


def test_later_part_is_told_what_governs_it() -> None:
    """Its context has the years that opened the paragraph, with their mark."""
    goals = "".join(
        f"第{n}项指标达到{n}00件，社会各界共同参与推进。" for n in range(1, 60)
    )
    document = document_of_text(f"{HEAD}1.明确目标。到2025年，{goals}")
    (item,) = split_items(document)
    view = read_item(item, document.plan_year)
    marks = marks_of(view)

    first, second, *_ = parts_of(view, marks)

    prompt = load_prompt("marked")
    for part in (first, second):
        part.play(prompt, {})
    assert "前文" not in first.asked[0].messages[-1].content
    (context,) = [
        line
        for line in second.asked[0].messages[-1].content.splitlines()
        if line.startswith("前文：")
    ]
    assert context.startswith("前文：…〔t1:到2025年〕…")
    assert context.endswith("社会各界共同参与推进。")


def test_reply_that_is_cut_without_end_fails_the_item(
    cli_runner: CliRunner, endpoint: FakeEndpoint
) -> None:
    """Each reply gets a little further, but never to the end: the item is not done."""

    def answer(body: dict[str, Any]) -> Reply:
        names = names_in(body["messages"][-1]["content"])
        text = json.dumps({"numbers": honest(names[:1])}, ensure_ascii=False)
        return written(body, text[:-2] + ', {"n": ', "length")

    endpoint.answer = answer

    assert run(cli_runner, endpoint).exit_code == 3
    assert rows("select kind from failures") == [("incompleteoutput",)]
    assert len(endpoint.asked) <= 8


def test_reply_cut_behind_its_actions_is_whole_but_for_the_rest(
    cli_runner: CliRunner, endpoint: FakeEndpoint
) -> None:
    """Nothing is asked about again."""

    def answer(body: dict[str, Any]) -> Reply:
        said = {
            "numbers": honest(list(MARKS)),
            "actions": [{"action": "推进", "object": "智慧养老建设"}],
            "unmarked": [],
        }
        text = json.dumps(said, ensure_ascii=False)
        return written(body, text[:-2] + '{"target": "一', "length")

    endpoint.answer = answer

    assert run(cli_runner, endpoint).exit_code == 0
    assert len(endpoint.asked) == 1
    assert records() == HONEST
