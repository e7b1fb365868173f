"""A small invented plan with its gold, and claims made by hand, for the eval tests."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import asdict
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from extractor.core.fields import COMPUTED, FIELDS, QUOTES
from extractor.core.records import (
    Claim,
    Commitment,
    Deadline,
    Document,
    Draft,
    Item,
    Quantity,
    Quote,
)
from extractor.core.spans import Span
from extractor.documents.items import split_items
from extractor.evals.dataset import load_dataset
from extractor.evals.evaluate import run_eval
from extractor.evals.gold.records import GoldCommitment
from extractor.evals.predictions import Arm, predict_live
from extractor.evals.results import EvalResult
from extractor.evals.tasks import Task
from extractor.extraction.commitments import commitments
from extractor.extraction.rules.targets import ItemReader
from extractor.extraction.strategy import RulesStrategy, drafts_by_rules, read_item
from extractor.runs.asking import NoModel
from extractor.runs.config import RunConfig
from extractor.runs.pipeline import Job, run
from extractor.runs.works import load_works
from extractor.store.store import Store
from tests.store_samples import Call

PLAN = """丁市教育局2032年工作要点

一、扩大供给
1. 增加学位。2032年底前新增公办幼儿园学位1.5万个，建成普通高中3至5所。
2. 提高质量。普惠率提高到85%以上，各区(县)开展培训不少于10场。
3. 深化改革。推进课程建设，完善评价制度。
"""

ITEMS = [line for line in PLAN.splitlines() if line[:1].isdigit()]


def item_span(number: int) -> list[int]:
    """Return the span of an item, counted from 1."""
    start = PLAN.index(ITEMS[number - 1])
    return [start, start + len(ITEMS[number - 1])]


def at(words: str, number: int) -> dict[str, Any]:
    """Return a gold quote: the first mention of the words in an item."""
    start = PLAN.index(words, item_span(number)[0])
    return {"quote": words, "span": [start, start + len(words)]}


def gold_record(number: int, **fields: Any) -> dict[str, Any]:
    """Return a gold record; texts are looked up in the item."""
    record: dict[str, Any] = {
        "actor": None,
        "actor_source": "issuer",
        "partners": [],
        "action": None,
        "object": None,
        "target": None,
        "deadline": None,
        "note": None,
    }
    for name, value in fields.items():
        record[name] = at(value, number) if isinstance(value, str) else value
    if fields.get("actor"):
        record["actor_source"] = "stated"
    return record


def target(
    words: str, number: int, value: float, unit: str, **more: Any
) -> dict[str, Any]:
    """Return a gold target, `eq` and `level` unless told otherwise."""
    return at(words, number) | {
        "value": value,
        "upper": None,
        "unit": unit,
        "comparator": "eq",
        "change": "level",
        "baseline": None,
        **more,
    }


def gold_lines() -> list[dict[str, Any]]:
    """Return the gold of the plan, one object an item."""
    deadline = at("2032年底前", 1) | {"date": "2032-12-31", "basis": "absolute"}
    records = [
        [
            gold_record(
                1,
                action="新增",
                object="公办幼儿园学位",
                target=target("1.5万个", 1, 15000, "个"),
                deadline=deadline,
            ),
            gold_record(
                1,
                action="建成",
                object="普通高中",
                target=target("3至5所", 1, 3, "所", upper=5, comparator="range"),
                deadline=deadline,
            ),
        ],
        [
            gold_record(
                2,
                action="提高到",
                object="普惠率",
                target=target("85%以上", 2, 85, "%", comparator="ge"),
            ),
            gold_record(
                2,
                actor="各区(县)",
                action="开展",
                object="培训",
                target=target("不少于10场", 2, 10, "场", comparator="ge"),
            ),
        ],
        [
            gold_record(3, action="推进", object="课程建设"),
            gold_record(3, action="完善", object="评价制度"),
        ],
    ]
    return [
        {
            "doc_id": "plan",
            "doc_sha256": hashlib.sha256(PLAN.encode()).hexdigest(),
            "plan_year": 2032,
            "issuer": "丁市教育局",
            "label": f"{number}.",
            "item_span": item_span(number),
            "coverage": "full" if number == 3 else "hard",
            "commitments": commitments,
        }
        for number, commitments in enumerate(records, start=1)
    ]


def write_gold(
    directory: Path, lines: list[dict[str, Any]], name: str = "plan"
) -> Path:
    """Write a gold file and return its path."""
    directory.mkdir(parents=True, exist_ok=True)
    path = directory / f"{name}.jsonl"
    text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    path.write_text(text, encoding="utf-8")
    return path


def write_task(directory: Path, more: str = "") -> Path:
    """Write plan, gold and a task file; return the task's path."""
    documents = directory / "documents"
    documents.mkdir(parents=True, exist_ok=True)
    (documents / "plan.txt").write_text(PLAN, encoding="utf-8", newline="")
    write_gold(directory / "gold", gold_lines())
    path = directory / "task.toml"
    path.write_text(
        'name = "small"\n[data]\ngold = "gold"\ncorpus = ["documents"]\n'
        '[bootstrap]\nresamples = 50\n[arms.rules]\nstrategy = "rules"\n' + more,
        encoding="utf-8",
    )
    return path


class Told(GoldCommitment):
    """A record made by hand, as gold or as a prediction."""

    clause: Span

    @property
    def place(self) -> Span:
        """The whole text it is about."""
        return self.clause


def claim(text: str, start: int = 0, **fields: Any) -> Told:
    """Return a claim about a text; texts given for quotes are looked up in it."""
    for field in QUOTES:
        words = fields.get(field.name)
        if isinstance(words, str):
            place = start + text.index(words)
            span = Span(place, place + len(words))
            fields[field.name] = Quote(text=words, span=span)
    return changed(Told(clause=Span(start, start + len(text))), **fields)


C = TypeVar("C", bound=Claim)


def changed(record: C, **fields: Any) -> C:
    """Return a record with other fields, also of its quantity and its deadline."""
    quantity = record.quantity or Quantity(
        quote="", value=Decimal(0), unit="", comparator="eq", rule="test"
    )
    due = record.due or Deadline(quote="", date="", basis="absolute", rule="test")
    computed = {"quantity": quantity, "due": due}
    for field in FIELDS:
        if field.source and field.name in fields:
            value = fields.pop(field.name)
            if field.kind == "number" and value is not None:
                value = Decimal(str(value))
            name = COMPUTED[field.source]
            is_none = field.name in ("value", "date") and value is None
            update = {field.name: value}
            fields[name] = None if is_none else computed[name].model_copy(update=update)
            computed[name] = fields[name] or computed[name]
    return record.model_copy(update=fields)


def store_run(
    source: Path, database: Path, *, limit: int | None = None, with_call: bool = False
) -> Path:
    """Run the rules over a file and return the database.

    Args:
        source: the file.
        database: made or added to.
        limit: items to do; the others are stored all the same.
        with_call: put a call of the first item into the ledger.
    """
    config = RunConfig(model="rules", strategy="rules", soft="rules", limit=limit)
    works = load_works([source], config).works
    job = Job.of(works, config, RulesStrategy("rules"))
    with Store(database) as store:
        store.start_run(job.record)
        run(job, nullcontext(NoModel()), store)
        if limit:
            store.add_items(split_items(works[0].document))
        if with_call:
            call = Call(item_id=works[0].items[0].id)
            store.add_call(job.record.id, asdict(call))
    return database


def rules_records(document: Document, item: Item) -> list[Commitment]:
    """Return an item's records as the rules make them."""
    drafts = drafts_by_rules(read_item(item, document.plan_year))
    return commitments(item, document, drafts, run_id="eval")


def silent(_name: str, _view: ItemReader) -> list[Draft]:
    """Find nothing."""
    return []


def live_arm(name: str, drafts: Callable[[str, ItemReader], Sequence[Draft]]) -> Arm:
    """Return an arm that asks a function for the drafts of every item."""
    return Arm(name, partial(predict_live, drafts=drafts))


def score_task(task: Task, arms: Sequence[Arm], **options: Any) -> EvalResult:
    """Load what the task is scored on and score the arms."""
    return run_eval(load_dataset(task), arms, **options)
