"""The open strategy: cut replies, empty records, and what a failed item keeps."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from extractor.cli.main import main
from extractor.extraction.open import DraftCommitments
from tests.commands import rows
from tests.fake_endpoint import FakeEndpoint, Reply, completion, tool_call

_PROMISE = re.compile(r"(新增|建成|改造|培育)([一-龥]+?)(\d+[所个处名])")
PLAN = (
    "（一）公共服务。新增公办幼儿园3所。建成口袋公园12处。改造老旧泵站7个；培育数字工匠45名。"
    "建成健身步道6个、口袋书屋8处。新增公办幼儿园3所。培育种粮大户21名。"
)
TARGETS = ["3所", "12处", "7个", "45名", "6个", "8处", "3所", "21名"]
MODES = ("tools", "json", "json_schema")


def records_in(question: str) -> list[dict[str, str]]:
    """Return what an honest model finds in a text."""
    found = []
    for sentence in re.split("[。；]", question):
        for part in sentence.split("、"):
            match = _PROMISE.search(part) or re.search(
                r"()([一-龥]+?)(\d+[所个处名])", part
            )
            if match:
                action, noun, target = match.groups()
                record = {"action": action, "object": noun, "target": target}
                found.append({k: v for k, v in record.items() if v})
    return found


def written(body: dict[str, Any], text: str, finish_reason: str = "stop") -> Reply:
    """Return a reply with this text in the form the request asks for."""
    if "tools" in body:
        return tool_call(text, finish_reason=finish_reason)
    return completion(text, finish_reason)


def limited(chars: int, prefix: str = "") -> Callable[[dict[str, Any]], Reply]:
    """Return an honest endpoint whose replies end after so many characters."""

    def answer(body: dict[str, Any]) -> Reply:
        records = records_in(body["messages"][-1]["content"])
        text = prefix + json.dumps({"commitments": records}, ensure_ascii=False)
        finish_reason = "length" if len(text) > chars else "stop"
        return written(body, text[:chars], finish_reason)

    return answer


def questions(endpoint: FakeEndpoint) -> list[str]:
    """Return what was asked about, in order."""
    return [json.loads(body)["messages"][-1]["content"] for body in endpoint.asked]


def command(endpoint: FakeEndpoint, mode: str = "tools", plan: str = PLAN) -> list[str]:
    """Return a command over the first item of a plan."""
    text = f"某市2024年工作要点\n{plan}\n（二）其他。强化管理。\n"
    Path("plan.txt").write_text(text, encoding="utf-8")
    return [
        *("run", "plan.txt", "--db", "x.db", "--model", "fake"),
        *("--base-url", endpoint.base_url, "--answer-mode", mode),
        *("--limit", "1", "--strategy", "open"),
    ]


def targets() -> list[str]:
    """Return the stored targets in reading order."""
    return [
        t for (t,) in rows("select target_quote from commitments order by position")
    ]


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("chars", [140, 200, 260, 330, 400])
def test_rest_of_a_cut_reply_is_asked_about(
    cli_runner: CliRunner, endpoint: FakeEndpoint, mode: str, chars: int
) -> None:
    """Every record is there once, wherever the replies are cut."""
    endpoint.answer = limited(chars)

    result = cli_runner.invoke(main, command(endpoint, mode))

    assert result.exit_code == 0, result.output
    assert targets() == TARGETS
    assert 2 <= len(endpoint.asked) <= 6
    asked = questions(endpoint)
    assert all(later in earlier for earlier, later in pairwise(asked))
    assert rows("select count(distinct target_start) from commitments") == [(8,)]


def test_rest_begins_behind_the_last_whole_sentence(
    cli_runner: CliRunner, endpoint: FakeEndpoint
) -> None:
    """What is whole is not asked about again, what is not is asked about whole."""
    endpoint.answer = limited(140)

    cli_runner.invoke(
        main,
        command(
            endpoint, plan="（一）好事。新增甲学校3所。建成乙公园2处。改造丙站7个。"
        ),
    )

    assert questions(endpoint) == [
        "（一）好事。新增甲学校3所。建成乙公园2处。改造丙站7个。",
        "改造丙站7个。",
    ]


def test_sentence_of_a_cut_record_is_asked_about_again(
    cli_runner: CliRunner, endpoint: FakeEndpoint
) -> None:
    """The record that was cut off may stand in the sentence of the last whole one."""
    endpoint.answer = limited(150)
    plan = "（一）好事。新增甲学校3所。建成乙公园2处、丙书屋8处。"

    result = cli_runner.invoke(main, command(endpoint, plan=plan))

    assert result.exit_code == 0
    assert questions(endpoint)[1:] == ["建成乙公园2处、丙书屋8处。"]
    assert targets() == ["3所", "2处", "8处"]


@pytest.mark.parametrize(
    "prefix",
    [
        pytest.param("```json\n", id="fence"),
        pytest.param("<think>先看[1]和{2}</think>\n", id="thoughts"),
        pytest.param("结果如下[1]：", id="prose"),
    ],
)
@pytest.mark.parametrize("mode", MODES)
def test_cut_reply_is_read_whatever_stands_before(
    cli_runner: CliRunner, endpoint: FakeEndpoint, mode: str, prefix: str
) -> None:
    """Fences, thoughts and talk do not hide what is whole."""
    endpoint.answer = limited(230, prefix)

    result = cli_runner.invoke(main, command(endpoint, mode))

    assert result.exit_code == 0, result.output
    assert targets() == TARGETS


@pytest.mark.parametrize(
    "text",
    [
        pytest.param('{"commitments": [{"act', id="nothing-whole"),
        pytest.param("", id="nothing"),
        pytest.param("<think>这一项", id="still-thinking"),
        pytest.param('{"commitments": [', id="list-opened"),
        pytest.param("好的，以下是结果：", id="prose"),
        pytest.param('{"commitments": [{}, {"action": " "}, {"a', id="empty-records"),
    ],
)
@pytest.mark.parametrize("mode", MODES)
def test_cut_reply_without_a_record_is_asked_again_by_the_next_run(
    cli_runner: CliRunner, endpoint: FakeEndpoint, mode: str, text: str
) -> None:
    """The item fails, and the same command really does it again."""
    endpoint.answer = lambda body: written(body, text, "length")
    failed = cli_runner.invoke(main, command(endpoint, mode))
    assert failed.exit_code == 3
    assert "the same command tries them again" in failed.stdout
    assert rows("select kind from failures") == [("incompleteoutput",)]
    assert len(endpoint.asked) == 1
    assert rows("select error from llm_calls") == [("cut off at the token limit",)]
    endpoint.asked.clear()
    endpoint.answer = limited(9999)

    result = cli_runner.invoke(main, command(endpoint, mode))

    assert result.exit_code == 0
    assert len(endpoint.asked) == 1
    assert targets() == TARGETS


def test_failed_item_keeps_what_was_whole(
    cli_runner: CliRunner, endpoint: FakeEndpoint
) -> None:
    """A rest that cannot be had fails the item; its records stay beside the failure."""
    healthy = limited(230)
    endpoint.answer = lambda body: (
        healthy(body)
        if "（一）" in body["messages"][-1]["content"]
        else written(body, '{"commitments": [{"action"', "length")
    )

    result = cli_runner.invoke(main, command(endpoint))

    assert result.exit_code == 3
    assert targets() == TARGETS[:4]
    assert rows("select outcome, records from run_items") == [("failed", 4)]
    assert rows("select kind from failures") == [("incompleteoutput",)]
    endpoint.answer = healthy
    assert cli_runner.invoke(main, command(endpoint)).exit_code == 0
    assert targets() == TARGETS
    assert rows("select count(*) from failures") == [(0,)]


def test_reply_in_a_loop_is_not_recorded_in_a_loop(
    cli_runner: CliRunner, endpoint: FakeEndpoint
) -> None:
    """A model that repeats one record until the limit has said it once."""
    record = '{"action": "培育", "object": "种粮大户", "target": "21名"}'
    endpoint.answer = lambda body: written(
        body, '{"commitments": [' + f"{record}, " * 40, "length"
    )

    result = cli_runner.invoke(main, command(endpoint))

    assert result.exit_code == 0
    assert targets() == ["21名"]


def test_records_in_another_order_than_the_text_tell_no_rest(
    cli_runner: CliRunner, endpoint: FakeEndpoint
) -> None:
    """Then nobody knows what is missing: the item fails and keeps what it has."""
    text = (
        '{"commitments": [{"action": "培育", "object": "种粮大户", "target": "21名"}, '
        '{"action": "建成", "object": "口袋公园", "target": "12处"}, {"act'
    )
    endpoint.answer = lambda body: written(body, text, "length")

    result = cli_runner.invoke(main, command(endpoint))

    assert result.exit_code == 3
    assert len(endpoint.asked) == 1
    assert targets() == ["12处", "21名"]


def test_whole_answer_at_the_limit_is_an_answer(
    cli_runner: CliRunner, endpoint: FakeEndpoint
) -> None:
    """What was cut off behind the JSON is white space."""
    whole = limited(9999)

    def answer(body: dict[str, Any]) -> Reply:
        reply = json.loads(whole(body).body)
        reply["choices"][0]["finish_reason"] = "length"
        return Reply(body=json.dumps(reply))

    endpoint.answer = answer

    assert cli_runner.invoke(main, command(endpoint)).exit_code == 0
    assert targets() == TARGETS
    assert len(endpoint.asked) == 1


def test_answer_that_does_not_fit_is_asked_for_again_by_the_next_run(
    cli_runner: CliRunner, endpoint: FakeEndpoint
) -> None:
    """Neither the answer nor its second try is ever replayed."""
    endpoint.answer = lambda body: written(body, '{"commitments": "无"}')
    assert cli_runner.invoke(main, command(endpoint)).exit_code == 3
    assert len(endpoint.asked) == 2
    reasons = rows("select distinct substr(error, 1, 27) from llm_calls")
    assert reasons == [("the answer does not fit: In",)]
    endpoint.answer = limited(9999)

    result = cli_runner.invoke(main, command(endpoint))

    assert result.exit_code == 0
    assert len(endpoint.asked) == 3
    assert targets() == TARGETS


def test_unfit_answer_with_a_good_second_try_is_reused(
    cli_runner: CliRunner, endpoint: FakeEndpoint
) -> None:
    """Both requests of an item that went well are paid once."""
    replies = iter(['{"commitments": 1}'])

    def answer(body: dict[str, Any]) -> Reply:
        first = next(replies, None)
        if first is not None:
            return written(body, first)
        return written(body, json.dumps({"commitments": records_in(PLAN)}))

    endpoint.answer = answer
    assert cli_runner.invoke(main, command(endpoint)).exit_code == 0
    assert len(endpoint.asked) == 2
    rows_before = rows("select count(*) from llm_calls where error is null")

    other_run = [*command(endpoint), "--title", "另一个标题"]
    again = cli_runner.invoke(main, other_run)

    assert again.exit_code == 0
    assert len(endpoint.asked) == 2
    assert rows_before == [(2,)]


EMPTY = {
    "no-fields": "{}",
    "nulls": '{"action": null, "object": null, "target": null, "deadline": null}',
    "empty-strings": '{"action": "", "object": "", "target": "", "deadline": ""}',
    "white-space": '{"action": " ", "object": "\\u3000", "target": "\\t"}',
    "punctuation": '{"action": "。", "object": "——", "target": "、"}',
    "only-an-actor": '{"actor": "市教育局"}',
    "only-partners": '{"partners": ["市财政局"]}',
    "other-fields": '{"verb": "新增", "noun": "幼儿园"}',
    "words-for-null": '{"action": "null", "object": "无", "target": "None"}',
}


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("name", EMPTY)
def test_record_that_says_nothing_is_refused_and_asked_once_more(
    cli_runner: CliRunner, endpoint: FakeEndpoint, name: str, mode: str
) -> None:
    """It is no record; an item that has only such records fails."""
    empty = EMPTY[name]
    endpoint.answer = lambda body: written(body, f'{{"commitments": [{empty}]}}')

    result = cli_runner.invoke(main, command(endpoint, mode))

    assert result.exit_code == 3
    assert len(endpoint.asked) == 2
    assert targets() == []
    assert rows("select kind from failures") == [("invalidoutput",)]


def test_second_try_after_an_empty_record_counts(
    cli_runner: CliRunner, endpoint: FakeEndpoint
) -> None:
    """The model is told what is missing and may do better."""
    replies = iter(['{"commitments": [{}]}'])
    good = json.dumps({"commitments": records_in(PLAN)})
    endpoint.answer = lambda body: written(body, next(replies, good))

    result = cli_runner.invoke(main, command(endpoint))

    assert result.exit_code == 0
    assert len(endpoint.asked) == 2
    assert "每条承诺至少要写出" in endpoint.asked[1]
    assert targets() == TARGETS


@pytest.mark.parametrize("name", EMPTY)
def test_empty_record_beside_good_ones_is_left_out_aloud(
    cli_runner: CliRunner,
    endpoint: FakeEndpoint,
    caplog: pytest.LogCaptureFixture,
    name: str,
) -> None:
    """The good ones are kept, and the log says how many were not."""
    caplog.set_level(logging.WARNING)
    good = ", ".join(json.dumps(record) for record in records_in(PLAN))
    text = f'{{"commitments": [{EMPTY[name]}, {good}, {EMPTY[name]}]}}'
    endpoint.answer = lambda body: written(body, text)

    result = cli_runner.invoke(main, command(endpoint))

    assert result.exit_code == 0
    assert len(endpoint.asked) == 1
    assert targets() == TARGETS
    assert (
        "item （一） of 'plan.txt': 2 records without any words left out" in caplog.text
    )


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(
    "text", ['{"commitments": []}', "[]", '```json\n{"commitments": []}\n```']
)
def test_empty_list_is_an_answer(
    cli_runner: CliRunner, endpoint: FakeEndpoint, text: str, mode: str
) -> None:
    """An item may promise nothing."""
    endpoint.answer = lambda body: written(body, text)

    result = cli_runner.invoke(main, command(endpoint, mode))

    assert result.exit_code == 0
    assert len(endpoint.asked) == 1
    assert rows("select outcome from run_items") == [("none",)]


def test_bare_list_is_taken_for_what_it_lists() -> None:
    """Some models leave the outer object away."""
    parsed = DraftCommitments.model_validate_json('[{"action": "建成"}]')

    assert [one.action for one in parsed.commitments] == ["建成"]


@pytest.mark.parametrize("order", [(0, 1), (1, 0)], ids=["as-printed", "other-way"])
def test_same_amount_of_two_bodies_is_tied_to_each(
    cli_runner: CliRunner, endpoint: FakeEndpoint, order: tuple[int, int]
) -> None:
    """Each record has its own clause, body and date, in whatever order they come."""
    plan = (
        "（一）养老。城东街道新增护理床位50张，9月底前投用；"
        "城西街道新增护理床位50张，11月底前投用。"
    )
    told = [
        {
            "actor": f"城{side}街道",
            "action": "新增",
            "object": "护理床位",
            "target": "50张",
            "deadline": f"{month}月底前",
        }
        for side, month in (("东", 9), ("西", 11))
    ]
    text = json.dumps({"commitments": [told[i] for i in order]}, ensure_ascii=False)
    endpoint.answer = lambda body: written(body, text)

    result = cli_runner.invoke(main, command(endpoint, plan=plan))

    assert result.exit_code == 0, result.output
    assert rows(
        "select actor, clause, deadline_date, status from v_commitments "
        "where target_quote = '50张' order by \"start\""
    ) == [
        ("城东街道", "城东街道新增护理床位50张", "2024-09-30", "grounded"),
        ("城西街道", "城西街道新增护理床位50张", "2024-11-30", "grounded"),
    ]
