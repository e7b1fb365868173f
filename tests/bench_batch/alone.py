"""One process that reads a folder with answers from memory: own time, and memory.

python -m tests.bench_batch.alone FOLDER DB

No HTTP: the model is asked and answers within the process, everything else is as in a
run. What the stand-in of the model takes is not counted. It prints JSON.
"""

from __future__ import annotations

import asyncio
import json
import resource
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from extractor.core.calls import CallRecord, Ledger
from extractor.model.endpoints import ModelConfig
from extractor.model.requests import Answer, Reply, Request
from extractor.model.turns import Turn, first_turn
from extractor.runs.pipeline import Job, run
from extractor.runs.session import make_strategy, run_config
from extractor.runs.works import load_works
from extractor.store.beginnings import stored_sheets
from extractor.store.ledger import SqliteLedger
from extractor.store.store import Store
from tests.bench_batch.commands import MODEL
from tests.fake_endpoint import sensible

NOBODY = "http://127.0.0.1:9/v1"


class InMemory:
    """Answers as the stub does, without a connection, and keeps the ledger."""

    def __init__(self, endpoint: ModelConfig, ledger: Ledger) -> None:
        self._endpoint = endpoint
        self._ledger = ledger
        self.own_s = 0.0
        """Processor time of making up answers."""
        self.calls = 0

    async def answers(
        self, requests: Sequence[Request], item_id: str
    ) -> Mapping[Request, Answer]:
        """Return an answer to each request; others have their turn meanwhile."""
        await asyncio.sleep(0)
        return {one: self._answer(one, item_id) for one in requests}

    def _answer(self, request: Request, item_id: str) -> Answer:
        turn: Turn | Answer = first_turn(request, self._endpoint)
        while isinstance(turn, Turn):
            key = turn.key
            found = self._ledger.answered(key) or self._call(turn, key, item_id)
            turn = turn.read(Reply(*found))
        return turn

    def _call(self, turn: Turn, key: str, item_id: str) -> tuple[str, str]:
        began = time.process_time()
        body = sensible(turn.body).body
        sent = json.dumps(turn.body, ensure_ascii=False)  # the SDK writes it
        self.own_s += time.process_time() - began
        self.calls += 1
        call = CallRecord(
            request_key=key,
            purpose=turn.request.purpose,
            item_id=item_id,
            model=self._endpoint.name,
            attempt=1,
            status=200,
            error=None,
            finish_reason="stop",
            prompt_tokens=100,
            cached_tokens=0,
            completion_tokens=7,
            latency_s=0.0,
            cost_usd=0.0,
            request_body=sent,
            response_body=body,
            started_at=datetime.now(UTC).isoformat(),
        )
        return self._ledger.record(call), body


def main(folder: Path, db: Path) -> None:
    """Read the folder into the database and print what it took."""
    began = time.process_time()
    config = replace(
        run_config(MODEL, base_url=NOBODY, concurrency=64), answer_mode="json_schema"
    )
    with stored_sheets(db) as find_sheet:
        plan = load_works([folder], config, find_sheet=find_sheet)
    loaded_s = time.process_time() - began
    endpoint = ModelConfig(MODEL, NOBODY, mode=config.answer_mode)
    with Store(db) as store:
        job = Job.of(plan.works, config, make_strategy(config))
        store.start_run(job.record)
        model = InMemory(endpoint, SqliteLedger(store, job.record.id))
        made = run(job, nullcontext(model), store)
    took_s = time.process_time() - began - model.own_s
    print(
        json.dumps(
            {
                "items": made.items,
                "records": made.records,
                "calls": model.calls,
                "load_ms": 1000 * loaded_s / made.items,
                "own_ms": 1000 * took_s / made.items,
                "own_s": took_s,
                "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
            }
        )
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
