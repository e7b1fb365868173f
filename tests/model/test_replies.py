"""What a model wrote: fences, thoughts and talk around the answer, in every mode."""

from __future__ import annotations

import asyncio
import json
from typing import get_args

import httpx2
import pytest
from pydantic import BaseModel

from extractor.core.calls import MemoryLedger
from extractor.core.errors import InvalidOutputError
from extractor.extraction.open import DraftCommitments
from extractor.extraction.sentences.answers import SentenceAnswer
from extractor.model.client import OpenAIClient
from extractor.model.endpoints import AnswerMode, ModelConfig
from extractor.model.prompts import Message
from extractor.model.replies import (
    cut_list,
    cut_lists,
    json_texts,
    plain_lines,
    without_thoughts,
)
from extractor.model.requests import Answer, Request
from tests.fake_endpoint import Reply, completion, tool_call

JSON = '{"commitments": [{"action": "建成", "object": "学校", "target": "3所"}]}'
OTHER = '{"commitments": [{"action": "新增"}]}'


class Endpoint:
    """Plays replies; the last one again and again."""

    def __init__(self, *replies: Reply) -> None:
        self.replies = list(replies)
        self.asked = 0

    def __call__(self, _: httpx2.Request) -> httpx2.Response:
        """Play the next reply."""
        self.asked += 1
        reply = self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]
        return httpx2.Response(reply.status, content=reply.body.encode())


def complete(
    endpoint: Endpoint, model: type[BaseModel], mode: AnswerMode = "auto"
) -> Answer:
    """Ask a scripted endpoint once; a failure is raised."""
    request = Request("p", (Message("user", "问"),), model, 9)

    async def ask() -> Answer:
        async with OpenAIClient(
            ModelConfig("m", "http://127.0.0.1:9/v1", mode=mode),
            MemoryLedger(),
            transport=httpx2.MockTransport(endpoint),
        ) as client:
            return await client.answer(request)

    answer = asyncio.run(ask())
    if answer.error is not None:
        raise answer.error
    return answer


WRAPPED = {
    "plain": JSON,
    "fence": f"```json\n{JSON}\n```",
    "fence-without-name": f"```\n{JSON}\n```",
    "unclosed-fence": f"```json\n{JSON}",
    "text-before": f"好的，以下是结果：\n{JSON}",
    "text-after": f"{JSON}\n以上是全部承诺[1]。",
    "text-around-a-fence": f"结果：\n```json\n{JSON}\n```\n如需{{修改}}请告知。",
    "thoughts": f"<think>先找数字{{3}}，再[看]。</think>\n{JSON}",
    "thoughts-with-a-draft": f"<think>也许是 {OTHER}</think>\n\n{JSON}",
    "thoughts-and-fence": f"<think>想</think>\n```json\n{JSON}\n```",
    "thoughts-without-end": f"<think>想了想\n{JSON}",
    "thoughts-without-start": f"先找数字。\n</think>\n{JSON}",
    "thinking-in-capitals": f"<THINKING>想</THINKING>{JSON}",
    "twice-the-same": f"{JSON}\n也就是\n{JSON}",
    "indented": json.dumps(json.loads(JSON), indent=2),
}


@pytest.mark.parametrize("mode", get_args(AnswerMode))
@pytest.mark.parametrize("place", ["content", "arguments", "content beside a call"])
@pytest.mark.parametrize("name", WRAPPED)
def test_json_is_read_wherever_it_stands(
    name: str, place: str, mode: AnswerMode
) -> None:
    """One request is enough: the answer is there."""
    text = WRAPPED[name]
    replies = {
        "content": completion(text),
        "arguments": tool_call(text),
        "content beside a call": tool_call("", content=text),
    }
    endpoint = Endpoint(replies[place])

    answer = complete(endpoint, DraftCommitments, mode).value

    assert endpoint.asked == 1
    expected = DraftCommitments.model_validate_json(JSON)
    assert answer.model_dump() == expected.model_dump()


UNREADABLE = {
    "nothing": "",
    "prose": "没有找到。",
    "thoughts-alone": f"<think>{JSON}</think>",
    "two-answers": f"{JSON}\n{OTHER}",
    "broken": '{"commitments": [{"action": "建成", "partners": []}, {"action": }]}',
    "list-in-a-broken-object": '{"commitments": [{"partners": []',
    "another-object": '{"answer": 42}',
    "one-record-alone": '{"action": "建成"}',
    "number": "42",
    "brackets": "[" * 3000,
    "braces": "{" * 3000,
}


@pytest.mark.parametrize("mode", ["tools", "json", "json_schema"])
@pytest.mark.parametrize("name", UNREADABLE)
def test_reply_without_one_answer_is_asked_for_once_more(
    name: str, mode: AnswerMode
) -> None:
    """What is not there is not guessed, and two answers are not one."""
    endpoint = Endpoint(completion(UNREADABLE[name]))

    with pytest.raises(InvalidOutputError, match="does not fit"):
        complete(endpoint, DraftCommitments, mode)

    assert endpoint.asked == 2


def test_two_tool_calls_are_two_answers() -> None:
    """The second one is not dropped silently."""
    endpoint = Endpoint(tool_call(JSON, OTHER), tool_call(JSON))

    assert len(complete(endpoint, DraftCommitments, "tools").value.commitments) == 1
    assert endpoint.asked == 2


def test_arguments_that_are_an_object_are_read() -> None:
    """Some servers do not put them into a string."""
    body = json.loads(tool_call("x").body)
    call = body["choices"][0]["message"]["tool_calls"][0]
    call["function"]["arguments"] = json.loads(JSON)

    answer = complete(Endpoint(Reply(body=json.dumps(body))), DraftCommitments).value

    assert answer.commitments[0].target == "3所"


def test_content_in_parts_is_read() -> None:
    """Some servers send a list of texts."""
    body = json.loads(completion("").body)
    parts = [{"type": "text", "text": half} for half in (JSON[:20], JSON[20:])]
    body["choices"][0]["message"]["content"] = parts

    answer = complete(Endpoint(Reply(body=json.dumps(body))), DraftCommitments).value

    assert answer.commitments[0].target == "3所"


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        pytest.param("1｜建成｜学校｜-\n推进｜改革｜-", 2, id="plain"),
        pytest.param("```\n1｜建成｜学校｜-\n```", 1, id="fence"),
        pytest.param("```text\n1｜建成｜学校｜-", 1, id="unclosed-fence"),
        pytest.param("<think>想</think>\n1｜建成｜学校｜-", 1, id="thoughts"),
        pytest.param("<think>\n1｜建成｜学校｜-", 1, id="thoughts-without-end"),
        pytest.param("是建成。\n</think>\n\n1｜×", 1, id="thoughts-without-start"),
        pytest.param("承诺如下：\n1｜建成｜学校｜-\n以上。", 1, id="talk"),
        pytest.param("<think>a｜b｜c</think>```\n1｜×\n```", 1, id="draft-in-thoughts"),
        pytest.param("无", 0, id="none"),
        pytest.param("```\n无\n```", 0, id="none-in-a-fence"),
        pytest.param("<think>没有</think>无", 0, id="none-behind-thoughts"),
    ],
)
def test_line_answer_is_read_wherever_it_stands(text: str, lines: int) -> None:
    """One request is enough for lines too; talk is no line, and no line is lost."""
    endpoint = Endpoint(completion(text))

    answer = complete(endpoint, SentenceAnswer).value

    assert len(answer.numbers) + len(answer.actions) == lines
    assert endpoint.asked == 1


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="nothing"),
        pytest.param("没有承诺。", id="prose"),
        pytest.param("1 建成 学校", id="no-fields"),
        pytest.param("1｜建成", id="a-field-is-missing"),
        pytest.param("<think>1｜建成｜学校｜-</think>", id="thoughts-alone"),
    ],
)
def test_line_answer_that_says_nothing_is_asked_for_once_more(text: str) -> None:
    """An empty reply is not "none"."""
    endpoint = Endpoint(completion(text), completion("1｜建成｜学校｜-"))

    assert len(complete(endpoint, SentenceAnswer).value.numbers) == 1
    assert endpoint.asked == 2


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("<think>a</think>b", "b", id="thoughts"),
        pytest.param("a</think>b", "b", id="end-alone"),
        pytest.param("<think>b", "b", id="start-alone"),
        pytest.param('{"a": "</think>"}', '{"a": "</think>"}', id="inside-json"),
        pytest.param("b<think>", "b<think>", id="not-in-front"),
        pytest.param("b", "b", id="none"),
    ],
)
def test_thoughts_in_front_are_no_answer(text: str, expected: str) -> None:
    """Only what stands in front of the answer is thought."""
    assert without_thoughts(text) == expected


def test_plain_lines_keep_every_other_line() -> None:
    """A fence is a line of its own."""
    assert plain_lines("```\na\n\n``b``\n```\nc") == "a\n\n``b``\n\nc"


def test_every_cut_of_a_reply_gives_its_whole_records() -> None:
    """At each character: never a record that was not closed, never one lost."""
    records = [
        {"action": "新增", "object": "学}校]", "target": "3所", "partners": []},
        {"action": '建"成', "object": "泵\\站", "partners": ["甲", "乙"]},
        {"action": "培育"},
    ]
    text = json.dumps({"commitments": records}, ensure_ascii=False)
    ends = [
        text.index(json.dumps(record, ensure_ascii=False))
        + len(json.dumps(record, ensure_ascii=False))
        for record in records
    ]

    for length in range(len(text) + 1):
        whole = sum(end <= length for end in ends)
        assert cut_list(text[:length], "commitments").whole == records[:whole], length


@pytest.mark.parametrize(
    ("text", "is_broken"),
    [
        ('{"commitments": [{"a": 1}', False),
        ('{"commitments": [{"a": 1}, ', False),
        ('{"commitments": [{"a": 1}]', False),
        ('{"commitments": [{"a": 1}, {', True),
        ('[1] {"commitments": [{"a": 1}, {"b"', True),
        ('[{"a": 1}, {"b": "x', True),
    ],
)
def test_cut_says_whether_another_record_had_begun(text: str, is_broken: bool) -> None:
    """A cut between two records is not one within a record."""
    cut = cut_list(text, "commitments")

    assert (cut.whole, cut.is_broken) == ([{"a": 1}], is_broken)


def test_lists_in_the_midst_of_a_text_are_not_answers() -> None:
    """The empty `partners` of a broken object is no "no records"."""
    assert json_texts('{"commitments": [{"partners": []') == []
    assert json_texts("见[1]和[2]") == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"a": [{"n": 1}], "b": [{"n": 2}, {"n": ', {"a": ([{"n": 1}], False),
                                                      "b": ([{"n": 2}], True)}),
        ('{"a": [{"n": 1}, {"n": 2', {"a": ([{"n": 1}], True)}),
        ('{"a": [{"n": 1}], "b": [', {"a": ([{"n": 1}], False), "b": ([], False)}),
        ('想一想。{"a": [{"n": 1}],', {"a": ([{"n": 1}], False)}),
        ("没有", {}),
        ('{"a": 1, "b": [{"n": 1', {}),
    ],
)  # fmt: skip
def test_lists_of_a_cut_object(text: str, expected: dict[str, object]) -> None:
    """All but the last one came whole."""
    assert cut_lists(text) == expected
