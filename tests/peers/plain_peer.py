"""The plain loop: instructor, one call an item, the records as the response model."""

from __future__ import annotations

import json
from importlib.metadata import version
from typing import Any, Literal

import instructor
import openai
from instructor.core.exceptions import InstructorError
from pydantic import BaseModel

from extractor.core.records import Document, Item
from extractor.extraction.quoting import find_quotes
from tests.peers.common import (
    MAX_TOKENS,
    Meter,
    Outcome,
    Row,
    digest,
    examples,
    instructions,
    make_row,
    outcome,
)

_EXAMPLES = 3
"""The third has no record: without it the model invents some for every item."""

Comparator = Literal["eq", "ge", "le", "gt", "lt", "approx", "range"]


class PlainRecord(BaseModel):
    """一条硬承诺。"""

    target_quote: str | None = None
    action: str | None = None
    object: str | None = None
    actor: str | None = None
    deadline_quote: str | None = None
    value: float | None = None
    upper: float | None = None
    unit: str | None = None
    comparator: Comparator | None = None
    deadline_date: str | None = None


class PlainRecords(BaseModel):
    """一个工作要点的全部硬承诺，按原文顺序。"""

    commitments: list[PlainRecord]


_VALUES = (
    "\n- value 是换算成基本单位的数（1.5万人是15000，94%是94），upper 是区间的上限，"
    "unit 是不带万、亿的单位；comparator：eq 等于，ge 不低于、以上、至少，le 不超过、"
    "以内，gt 超过、突破，lt 低于，approx 左右、约，range 区间。"
    "deadline_date 是期限最后一天，如 2022-12-31；原文没写年份的用计划年度。"
)


class PlainPeer:
    """One call an item under a JSON schema; no check, no second try."""

    name = "plain"

    def __init__(self, base_url: str) -> None:
        client = openai.OpenAI(base_url=base_url, api_key="none", max_retries=0)
        self._asker = instructor.from_openai(client, mode=instructor.Mode.JSON_SCHEMA)
        self._prefix = prefix()
        self.version = digest(
            json.dumps(self._prefix, ensure_ascii=False),
            json.dumps(PlainRecords.model_json_schema(), ensure_ascii=False),
            version("instructor"),
        )

    def extract(self, item: Item, document: Document) -> Outcome:
        meter = Meter()
        self._asker.clear("completion:response")
        self._asker.on("completion:response", meter.count)
        try:
            answer = self._asker.chat.completions.create(
                model="local",
                response_model=PlainRecords,
                max_retries=0,
                max_tokens=MAX_TOKENS,
                timeout=meter.seconds_left,
                temperature=0.0,
                messages=[
                    *self._prefix,
                    {"role": "user", "content": question(item, document.plan_year)},
                ],
            )
        except (InstructorError, openai.APIError) as exc:
            meter.unanswered += not meter.calls
            return outcome(meter, [], error=_reason(exc))
        return outcome(
            meter, rows(answer, item), answer=answer.model_dump_json(exclude_none=True)
        )


def question(item: Item, plan_year: int | None) -> str:
    return _question(item.clean, plan_year)


def _question(text: str, plan_year: int | None) -> str:
    return f"计划年度：{plan_year or '不详'}\n{text}"


def prefix() -> list[dict[str, Any]]:
    """Return the constant messages: instructions and worked examples as turns."""
    rules = instructions()
    for name in ("target", "deadline"):
        rules = rules.replace(f"- {name}（", f"- {name}_quote（")
    messages = [{"role": "system", "content": rules + _VALUES}]
    for example in examples()[:_EXAMPLES]:
        answer = PlainRecords.model_validate({"commitments": example["records"]})
        turns = {
            "user": _question(example["text"], example["plan_year"]),
            "assistant": answer.model_dump_json(),
        }
        messages += [{"role": r, "content": text} for r, text in turns.items()]
    return messages


def rows(answer: PlainRecords, item: Item) -> list[Row]:
    """Return the records as export rows; repeated quotes get their places in turn."""
    records = answer.commitments
    places = find_quotes([r.target_quote or "" for r in records], item.clean)
    return [
        make_row(
            item,
            place=place if record.target_quote else None,
            actor=record.actor,
            action=record.action,
            object_=record.object,
            target=record.target_quote,
            deadline=record.deadline_quote,
            own={
                "target_value": record.value,
                "target_upper": record.upper,
                "target_unit": record.unit,
                "target_comparator": record.comparator,
                "deadline_date": record.deadline_date,
            },
        )
        for record, place in zip(records, places, strict=True)
    ]


def _reason(exc: Exception) -> str:
    return f"{type(exc).__name__}: {(str(exc).splitlines() or [''])[0][:160]}"
