"""Time and tokens of `--model local` against a plain instructor loop.

`make compare` runs both over the same document, one after the other, each on a server
of the embedded model, the product's with its adapter, and prints one table.
The plain loop is what one would write first: one call an item, the full record as the
response model, one worked example.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import instructor
import openai
from instructor.core.exceptions import InstructorError
from pydantic import BaseModel, Field

from extractor.core.records import Item
from extractor.model.embedded.server import LocalServer
from extractor.model.embedded.weights import locate_weights
from extractor.model.source import serve_model
from extractor.runs.pipeline import Job, run
from extractor.runs.session import (
    ModelOptions,
    find_model,
    make_strategy,
    open_model,
    run_config,
)
from extractor.runs.works import load_works
from extractor.store.ledger import SqliteLedger
from extractor.store.store import Store

ROOT = Path(__file__).resolve().parents[1]
CORPUS = ROOT.parent / "shared" / "corpus"
DEFAULT = CORPUS / "guiyang-2022.txt"
FALLBACK = ROOT / "evals" / "documents" / "qinghe-2024.txt"
RESULT = ROOT / "build" / "compare-plain-loop.json"

_SYSTEM = (
    "从公共机构的年度工作计划里抽取承诺。每个数字目标或明确期限一条记录；"
    "没有数字和期限的具体行动也各一条。各栏照抄原文，原文没有的写 null。"
)
_EXAMPLE = (
    "（三）完善公园体系。力争2023年底前新增12处口袋公园，公园免费开放率达到98%。",
    '{"commitments":[{"actor":null,"action":"新增","object":"口袋公园",'
    '"target_quote":"12处","value":12,"unit":"处","comparator":"eq",'
    '"deadline_quote":"2023年底前","deadline_date":"2023-12-31"},'
    '{"actor":null,"action":"达到","object":"公园免费开放率","target_quote":"98%",'
    '"value":98,"unit":"%","comparator":"eq","deadline_quote":"2023年底前",'
    '"deadline_date":"2023-12-31"}]}',
)


class PlainRecord(BaseModel):
    """一条承诺。"""

    actor: str | None = None
    action: str | None = None
    object: str | None = None
    target_quote: str | None = None
    value: float | None = None
    unit: str | None = None
    comparator: Literal["eq", "ge", "le", "gt", "lt", "approx", "range"] | None = None
    deadline_quote: str | None = None
    deadline_date: str | None = None


class PlainRecords(BaseModel):
    """一个工作要点的全部承诺。"""

    commitments: list[PlainRecord] = Field(default_factory=list)


def plain_loop(base_url: str, items: Sequence[Item]) -> dict[str, Any]:
    """Run the plain loop and return its totals."""
    client = openai.OpenAI(
        base_url=base_url, api_key="none", max_retries=0, timeout=900
    )
    asker = instructor.from_openai(client, mode=instructor.Mode.JSON_SCHEMA)
    totals = {
        "items": len(items),
        "failed": 0,
        "records": 0,
        "prompt": 0,
        "completion": 0,
    }

    def count(response: Any) -> None:
        totals["prompt"] += response.usage.prompt_tokens
        totals["completion"] += response.usage.completion_tokens

    asker.on("completion:response", count)
    started = time.monotonic()
    for number, item in enumerate(items, start=1):
        try:
            answer = asker.chat.completions.create(
                model="local",
                response_model=PlainRecords,
                max_retries=0,
                max_tokens=2000,
                temperature=0.0,
                messages=[
                    {"role": "system", "content": _SYSTEM},
                    {"role": "user", "content": _EXAMPLE[0]},
                    {"role": "assistant", "content": _EXAMPLE[1]},
                    {"role": "user", "content": item.clean},
                ],
            )
            totals["records"] += len(answer.commitments)
        except InstructorError:
            totals["failed"] += 1
        elapsed = time.monotonic() - started
        print(f"plain loop {number}/{len(items)} {elapsed:.0f} s", file=sys.stderr)
    return totals | {"seconds": time.monotonic() - started}


def sentences(path: Path) -> dict[str, Any]:
    """Run the product's strategy and return its totals."""
    config = run_config("local")
    plan = load_works([path], config)
    source = find_model(config, ModelOptions())
    with (
        tempfile.TemporaryDirectory() as folder,
        Store(Path(folder, "c.db")) as store,
        serve_model(source) as endpoint,
    ):
        started = time.monotonic()
        job = Job.of(plan.works, config, make_strategy(config))
        store.start_run(job.record)
        ledger = SqliteLedger(store, job.record.id)
        made = run(job, open_model(endpoint, ledger, config.concurrency), store)
        seconds = time.monotonic() - started
    return {
        "items": made.items,
        "failed": made.failed,
        "records": made.records,
        "prompt": made.prompt_tokens,
        "completion": made.completion_tokens,
        "seconds": seconds,
    }


def main() -> None:
    """Compare on one document and print the table."""
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT
    if not path.is_file():
        path = FALLBACK
    items = load_works([path], run_config("rules")).works[0].items
    ours = sentences(path)
    with LocalServer(locate_weights()) as server:
        plain = plain_loop(server.base_url, items)
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(
        json.dumps({"document": path.name, "sentences": ours, "plain": plain}, indent=2)
    )
    print(f"{path.name}: {len(items)} items")
    print(f"{'':18}{'sentences':>12}{'plain loop':>12}{'ratio':>8}")
    for name in ("seconds", "prompt", "completion", "records", "failed"):
        ratio = f"{ours[name] / plain[name]:8.2f}" if plain[name] else f"{'–':>8}"
        print(f"{name:18}{ours[name]:12.0f}{plain[name]:12.0f}{ratio}")
    tokens = [t["prompt"] + t["completion"] for t in (ours, plain)]
    print(
        f"{'tokens in all':18}{tokens[0]:12}{tokens[1]:12}{tokens[0] / tokens[1]:8.2f}"
    )
    print(f"written to {RESULT.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
