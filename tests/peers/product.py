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
from extractor.model.client import ModelConfig
from extractor.runs.pipeline import RunConfig, Work, code_digest, run, run_record
from extractor.runs.session import ModelOptions, make_strategy, open_strategy
from extractor.store.export import export_rows
from extractor.store.ledger import SqliteLedger
from extractor.store.store import Store
from tests.peers.common import Outcome, digest

_TIMEOUT_S = 600.0


class Product:
    """A strategy of the product; a fresh database an item, so no answer is reused.

    Args:
        name: `closed` or `rules`.
        base_url: the server.
    """

    def __init__(self, name: str, base_url: str) -> None:
        self.name = name
        model = "local" if name == "closed" else "rules"
        self._config = RunConfig(model, name, "rules")  # type: ignore[arg-type]
        self._endpoint = (
            ModelConfig("local", base_url, timeout_s=_TIMEOUT_S)
            if name == "closed"
            else None
        )
        self._unopened = make_strategy(self._config, None, ModelOptions())
        self.version = digest(str(self._unopened.prompt_version), code_digest())

    def extract(self, item: Item, document: Document) -> Outcome:
        works = [Work(document, (item,))]
        started = time.monotonic()
        record = run_record(works, self._config, self._unopened)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "item.db")
            with Store(path) as store:
                store.start_run(record)
                ledger = SqliteLedger(store, record.id)
                strategy = open_strategy(
                    self._config, self._endpoint, ledger, ModelOptions()
                )
                made = run(works, self._config, strategy, store, record)
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
