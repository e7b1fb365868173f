"""The product itself as a compared tool: one item a run, through its own pipeline."""

from __future__ import annotations

import io
import json
import sqlite3
import tempfile
import time
from contextlib import closing
from pathlib import Path

from extractor.core.records import Document, Item
from extractor.model.endpoints import ModelConfig
from extractor.runs.code import code_digest
from extractor.runs.pipeline import Job, run
from extractor.runs.session import make_strategy, open_model, run_config
from extractor.runs.spool import Spool, Work
from extractor.store.export import export_rows
from extractor.store.ledger import SqliteLedger
from extractor.store.store import Store
from tests.peers.common import Outcome, digest


class Product:
    """A strategy of the product; a fresh database an item, so no answer is reused.

    Args:
        name: `sentences` or `rules`.
        endpoint: the server of the tuned model; None for `rules`.
    """

    def __init__(self, name: str, endpoint: ModelConfig | None) -> None:
        self.name = name
        self._config = run_config("local" if name == "sentences" else name)
        self._endpoint = endpoint
        self._strategy = make_strategy(self._config)
        self.version = digest(str(self._strategy.prompt_version), code_digest())

    def extract(self, item: Item, document: Document) -> Outcome:
        works = Spool.of([Work(document, (item,))])
        started = time.monotonic()
        job = Job.of(works, self._config, self._strategy)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "item.db")
            with Store(path) as store:
                store.start_run(job.record)
                ledger = SqliteLedger(store, job.record.id)
                made = run(job, open_model(self._endpoint, ledger, 1), store)
            seconds = time.monotonic() - started
            out = io.StringIO()
            export_rows(path, "jsonl", out)
            calls, cached = _calls(path)
        return Outcome(
            rows=[json.loads(line) for line in out.getvalue().splitlines()],
            seconds=seconds,
            calls=calls,
            prompt_tokens=made.prompt_tokens,
            cached_tokens=cached,
            completion_tokens=made.completion_tokens,
            error="the item failed" if made.failed else None,
        )


def _calls(path: Path) -> tuple[int, int]:
    """Return the number of calls and their cached tokens."""
    with closing(sqlite3.connect(path)) as conn:
        sql = "select count(*), coalesce(sum(cached_tokens), 0) from llm_calls"
        calls, cached = conn.execute(sql).fetchone()
    return calls, cached
