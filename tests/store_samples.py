"""Small documents, items, records and calls for the tests of store and browsing.

Everything is cut out of one invented, hostile plan by `str.index`, so quotes and spans
agree.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from extractor.core.records import (
    SCHEMA_VERSION,
    Commitment,
    Cut,
    Deadline,
    Document,
    Item,
    LeftOut,
    Quantity,
    Quote,
    Reading,
    content_id,
)
from extractor.core.runs import Failure, RunRecord
from extractor.core.spans import OffsetMap, Span
from extractor.extraction.invariants import Violation
from extractor.runs.audit import audit, wrong_sums
from extractor.store.eval_records import EvalArm, EvalRecord, EvalScore
from extractor.store.outcomes import Outcome
from extractor.store.store import Store

SCRIPT = "<script>alert(\"1\")</script><img src=x onerror='a()'>"
ADDRESS = "https://evil.example/steal?a=1&b=<b>"

PLAN = f"""丙市教育局2031年工作要点
一、扩大供给
1.增加学位。2031年底前新增公办幼儿园学位1.5万个，与财政局共建学校。
2.各区建成{SCRIPT}学校30所左右。
3.{ADDRESS}
4.加强"引号"与'单引号'的宣传。
"""


def make_document(
    source: str = PLAN, path: str = "plans/丙市.txt", **given: Any
) -> Document:
    """Return a document whose cleaned text is its source."""
    sha256 = hashlib.sha256(source.encode()).hexdigest()
    fields: dict[str, Any] = {
        "id": sha256[:16],
        "sha256": sha256,
        "path": path,
        "encoding": "utf-8",
        "source": source,
        "clean": source,
        "offsets": OffsetMap.identity(len(source)),
        "cuts": (Cut(span=Span(0, 2), reason="furniture", text=source[:2]),),
        "title": source.splitlines()[0],
        "issuer": "丙市教育局<b>",
        "plan_year": 2031,
    }
    return Document(**fields | given)


def make_items(document: Document) -> list[Item]:
    """Return one item a line that begins with a digit."""
    items: list[Item] = []
    start = 0
    for line in document.source.splitlines(keepends=True):
        text = line.rstrip("\n")
        if text[:1].isdigit():
            span = Span(start, start + len(text))
            items.append(
                Item(
                    id=content_id(document.id, span.start, text),
                    document_id=document.id,
                    position=len(items),
                    label=text[:2],
                    heading_path=("一、扩大供给",),
                    title=None,
                    span=span,
                    text=text,
                    clean=text,
                    prose_start=2,
                    offsets=OffsetMap.identity(len(text), span.start),
                )
            )
        start += len(line)
    return items


def quote(item: Item, text: str) -> Quote:
    """Return the first mention of the words in the item."""
    start = item.span.start + item.text.index(text)
    return Quote(text=text, span=Span(start, start + len(text)))


def make_commitment(run_id: str, item: Item, clause: str, **fields: Any) -> Commitment:
    """Return a record; texts given for quote fields are looked up in the item."""
    for name in ("actor", "action", "object", "target", "deadline"):
        text = fields.get(name)
        fields[name] = quote(item, text) if text else None
    partners = tuple(quote(item, text) for text in fields.pop("partners", ()))
    defaults: dict[str, Any] = {
        "actor_source": "stated" if fields["actor"] else "issuer",
        "quantity": None,
        "due": None,
        "method": "rules",
        "status": "grounded",
        "ungrounded": (),
        "call_id": None,
    }
    return Commitment(
        id=content_id(run_id, item.id, clause, fields["action"], fields["target"]),
        document_id=item.document_id,
        item_id=item.id,
        clause=quote(item, clause),
        partners=partners,
        **defaults | fields,
    )


def make_run(name: str = "first", **fields: Any) -> RunRecord:
    """Return a run of its own id for each name."""
    defaults: dict[str, Any] = {
        "id": content_id(name),
        "model": "rules",
        "base_url": None,
        "strategy": "marked",
        "soft": "rules",
        "prompt_name": "marked.v1",
        "prompt_sha256": "ab" * 32,
        "schema_version": SCHEMA_VERSION,
        "product_version": "0.1.0",
        "config": {"limit": None, "语言": "中文"},
    }
    return RunRecord(**defaults | fields)


@dataclass(frozen=True)
class Call:
    """What `transport.CallRecord` has."""

    request_key: str = "key"
    purpose: str = "records"
    item_id: str | None = None
    model: str = "local"
    attempt: int = 1
    status: int | None = 200
    error: str | None = None
    finish_reason: str | None = "stop"
    prompt_tokens: int | None = 100
    cached_tokens: int | None = 80
    completion_tokens: int | None = 12
    latency_s: float | None = 1.5
    cost_usd: float | None = 0.25
    request_body: str | None = '{"messages": []}'
    response_body: str | None = f'{{"content": "{ADDRESS}"}}'
    started_at: str = "2031-01-02T03:04:05+00:00"


def records_of(run_id: str, items: list[Item], call_id: str | None) -> list[Any]:
    """Return the records of the sample plan, a list for each of its items."""
    first, second, third, _ = items
    return [
        [
            make_commitment(
                run_id,
                first,
                "2031年底前新增公办幼儿园学位1.5万个",
                action="新增",
                object="公办幼儿园学位",
                target="1.5万个",
                quantity=Quantity(
                    quote="1.5万个",
                    value=Decimal(15000),
                    unit="个",
                    comparator="eq",
                    rule="count",
                ),
                deadline="2031年底前",
                due=Deadline(
                    quote="2031年底前",
                    date="2031-12-31",
                    basis="absolute",
                    rule="year_end",
                ),
                method="model",
                call_id=call_id,
            ),
            make_commitment(
                run_id,
                first,
                "与财政局共建学校",
                action="共建",
                object="学校",
                partners=("财政局",),
            ),
        ],
        [
            make_commitment(
                run_id,
                second,
                f"各区建成{SCRIPT}学校30所左右",
                actor="各区",
                action="建成",
                object=f"{SCRIPT}学校",
                target="30所左右",
                quantity=Quantity(
                    quote="30所左右",
                    value=Decimal(30),
                    upper=Decimal("40.5"),
                    baseline=Decimal(-5),
                    unit="所",
                    comparator="approx",
                    rule="count",
                ),
                status="ungrounded",
                ungrounded=(("deadline", SCRIPT), ("partners", "半个\ud83d字")),
            )
        ],
        [make_commitment(run_id, third, ADDRESS, object=ADDRESS)],
        [],
    ]


def make_reading(item: Item, text: str, **fields: Any) -> Reading:
    """Return what the rules say of a place of the item, if nothing else is given."""
    defaults: dict[str, Any] = {"reader": "rules", "kind": "number", "is_promise": True}
    return Reading(quote=quote(item, text), **defaults | fields)


def readings_of(items: list[Item], call_id: str | None) -> list[list[Reading]]:
    """Return what rules and model say of the sample plan, a list for each item."""
    first, second, third, _ = items
    seats = {"action": "新增", "object": "公办幼儿园学位", "is_taken": True}
    model = {"reader": "model", "call_id": call_id}
    return [
        [
            make_reading(first, "1.5万", **seats),
            make_reading(first, "1.5万", **model, **seats, likelihood=-0.01),
            make_reading(
                first,
                "共建学校",
                kind="action",
                action="共建",
                object="学校",
                is_taken=True,
            ),
            make_reading(
                first,
                "共建学校",
                **model,
                kind="action",
                actor=ADDRESS,
                action="建\ud83d",
                object=SCRIPT,
                likelihood=-2.5,
            ),
        ],
        [make_reading(second, "30所", action="建成", object=f"{SCRIPT}学校")],
        [make_reading(third, ADDRESS, **model, kind="action", is_promise=False)],
        [],
    ]


def fill(store: Store, run: RunRecord, document: Document | None = None) -> list[Item]:
    """Store a finished run over the sample plan and return the items."""
    document = document or make_document()
    items = make_items(document)
    store.add_document(document)
    store.add_items(items)
    store.start_run(run)
    store.start_document(run.id, document.id, 0)
    call_id = store.add_call(
        run.id, vars(Call(item_id=items[0].id, request_key=run.id))
    )
    for item, commitments, readings in zip(
        items,
        records_of(run.id, items, call_id),
        readings_of(items, call_id),
        strict=True,
    ):
        failure = None if commitments else Failure("transport", f"HTTP 500 {SCRIPT}", 3)
        left = LeftOut(
            kind="number",
            quote=quote(item, item.text[:2]),
            reason=SCRIPT,
        )
        store.add_outcomes(
            run.id, [Outcome(item, commitments, failure, [left], readings)]
        )
    store.finish_document(run.id, document.id)
    store.finish_run(run.id)
    return items


def make_eval(run_id: str | None = None, **fields: Any) -> EvalRecord:
    """Return an evaluation of two arms, one of them a stored run with a hostile name.

    Args:
        run_id: the run that the second arm was read from.
        fields: of the evaluation, in place of the sample's.
    """
    names = {"rules": None, f"marked {SCRIPT}": run_id}
    scores = [
        EvalScore(
            arm=arm,
            metric=metric,
            figure=figure,
            value=1 / 3,
            low=0.25,
            high=0.5,
            n=12,
            correct=4,
            predicted=12,
            gold=12,
            wrong=8 if metric.startswith("field.") else None,
            run_id=run,
        )
        for arm, run in names.items()
        for metric, figure in (
            ("found", "f1"),
            ("found", "precision"),
            ("strict", "f1"),
            ("ungrounded", "share"),
            ("field.action", "f1"),
        )
    ]
    defaults: dict[str, Any] = {
        "id": content_id("eval", fields.get("task")),
        "task": "plans",
        "description": f"invented {SCRIPT}",
        "gold_sha256": "cd" * 32,
        "documents": 2,
        "items": 7,
        "hard": 12,
        "soft": 3,
        "seed": 1,
        "resamples": 50,
        "arms": tuple(
            EvalArm(name=arm, description="", run_ids=(run,) if run else ())
            for arm, run in names.items()
        ),
        "gate_passed": False,
        "gate_reason": f"rules: strict_f1 is 0.3333, below 0.5; {SCRIPT}",
        "product_version": "0.1.0",
        "code": "ef" * 8,
        "scores": tuple(scores),
    }
    return EvalRecord(**defaults | fields)


def found_violations(db_path: str | Path) -> list[Violation]:
    """Return everything that does not hold of a database."""
    return [
        *(found for document in audit(db_path) for found in document.violations),
        *wrong_sums(db_path),
    ]
