"""The comparison harness, with tools and an endpoint that a test decides."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from extractor.core.records import Document, Item
from extractor.evals.gold.records import load_gold
from tests.fake_endpoint import completion, fake_endpoint
from tests.peers import run_peers
from tests.peers.answers import Answers
from tests.peers.common import Meter, Outcome, examples, make_row, outcome
from tests.peers.plain_peer import PlainPeer, prefix
from tests.peers.table import make_table

MINSHENG = run_peers.DOCUMENTS[1]
GOLD = run_peers.GOLD / "minsheng-2023.jsonl"


class FakeTool:
    """Answers with the gold, and counts how often it is asked."""

    version = "1"

    def __init__(self, name: str) -> None:
        self.name = name
        self.asked: list[int] = []
        self._gold = {g.item_span: g for g in load_gold(GOLD)}

    def extract(self, item: Item, document: Document) -> Outcome:  # noqa: ARG002
        self.asked.append(item.position)
        rows = [
            make_row(
                item,
                place=None,
                actor=None,
                action=record.action.text if record.action else None,
                object_=record.object.text if record.object else None,
                target=record.target.text if record.target else None,
                deadline=record.deadline.text if record.deadline else None,
            )
            for record in self._gold[item.span].hard
        ]
        return outcome(Meter(), rows)


@pytest.fixture
def parts():
    return run_peers.load_parts([MINSHENG])


def test_perfect_answers_score_one(parts, tmp_path):
    """What a tool found goes through conversion and scoring without loss."""
    answers = Answers(tmp_path / "answers.jsonl")
    answers.open()
    tool = FakeTool("plain")

    run_peers.do_items(parts, [tool], answers, "", (0, 1))
    table = make_table(parts, ["plain"], answers.read(), tmp_path)

    assert table["tools"]["plain"]["strict"]["f1"] == 1.0
    assert table["items"] == 10
    assert "| plain loop | 0 |" in (tmp_path / "table.md").read_text("utf-8")


def test_answered_items_are_not_asked_again(parts, tmp_path):
    """A half line of a killed run is cut off, its item is asked again, others not."""
    answers = Answers(tmp_path / "answers.jsonl")
    answers.open()
    run_peers.do_items(parts, [FakeTool("plain")], answers, "", (0, 1))
    content = answers.path.read_bytes()
    answers.path.write_bytes(content[:-20])
    answers.open()
    tool = FakeTool("plain")

    run_peers.do_items(parts, [tool], answers, "", (0, 1))

    assert tool.asked == [9]
    assert len(answers.read()) == 10


def test_only_common_items_are_scored(parts, tmp_path):
    """A tool that was stopped is compared on what all have done."""
    answers = Answers(tmp_path / "answers.jsonl")
    answers.open()
    run_peers.do_items(parts, [FakeTool("plain")], answers, "", (0, 1))
    run_peers.do_items(parts, [FakeTool("langextract")], answers, "", (0, 3))
    table = make_table(parts, ["langextract", "plain"], answers.read(), tmp_path)

    assert table["items"] == 4
    assert table["tools"]["plain"]["strict"]["f1"] == 1.0


def test_plain_loop_asks_once_an_item(parts):
    """One call with the worked examples; the answer's quotes become rows."""
    record = {"target_quote": "120个", "action": "新增", "object": "老年助餐点"}
    answer = json.dumps({"commitments": [record]}, ensure_ascii=False)
    with fake_endpoint() as endpoint:
        endpoint.answer = lambda _: completion(answer)
        peer = PlainPeer(endpoint.base_url)

        made = peer.extract(parts[0].items[0], parts[0].document)

    assert [row["target_quote"] for row in made.rows] == ["120个"]
    assert (made.calls, made.completion_tokens, len(endpoint.asked)) == (1, 7, 1)


def test_cut_answer_is_a_failure_with_its_tokens(parts):
    """An answer that reached the cap fails the item and is still counted."""
    with fake_endpoint() as endpoint:
        endpoint.answer = lambda _: completion('{"commitments": [', "length")
        peer = PlainPeer(endpoint.base_url)

        made = peer.extract(parts[0].items[0], parts[0].document)

    assert made.error
    assert (made.calls, made.completion_tokens) == (1, 7)


def test_examples_are_of_own_writing():
    """No worked example shares a sentence with a document that is scored."""
    texts = [path.read_bytes() for path in MINSHENG.parent.iterdir()]
    sentences = [s for e in examples() for s in e["text"].split("。") if len(s) > 8]

    assert sentences
    assert not any(s.encode() in text for s in sentences for text in texts)
    assert len(prefix()) == 7


def test_langextract_aligns_the_worked_examples():
    """langextract's own check accepts the examples."""
    pytest.importorskip("langextract")
    from tests.peers.langextract_peer import check_examples

    check_examples()


def test_missing_document_is_left_out(capsys):
    """The corpus of real plans is not everywhere."""
    assert run_peers.load_parts([Path("nowhere.txt")]) == []
    assert "left out" in capsys.readouterr().err
