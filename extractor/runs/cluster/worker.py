"""Workers: a file to what identifies it, a block of files to the rows that are kept.

Each block is an ordinary run into a database of its own, whose rows are then written as
they are: what a worker makes cannot differ from what `extract run` makes elsewhere.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, nullcontext, suppress
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from extractor.core.errors import DocumentError, ExtractorError
from extractor.core.interrupts import interrupt
from extractor.core.runs import Done, RunSummary
from extractor.documents.items import split
from extractor.model.endpoints import ModelConfig
from extractor.model.source import ModelSource, serve_model
from extractor.runs import session
from extractor.runs.cluster.blocks import Block, Known, files_beside
from extractor.runs.cluster.job import ClusterJob, told
from extractor.runs.cluster.sources import Source, at_hand, named
from extractor.runs.config import RunConfig
from extractor.runs.pipeline import Job
from extractor.runs.spool import Spool, Work
from extractor.runs.storage import Storage
from extractor.runs.works import load_as_told, no_items
from extractor.store.carrying import tables
from extractor.store.carrying.loading import Loading
from extractor.store.carrying.parts import Columns, Row, read_part

_FLUSH_S = 5.0
"""Seconds after which answers are written out: a worker that is lost takes those of the
last few with it."""
_LISTEN_S = 1.0
"""Seconds after which a worker hears that the run is to end."""
_MARK = "run_documents"
"""The table that is written last: where its file is, the block is whole."""

Json = dict[str, Any]


def look(row: Json, config: RunConfig) -> Json:
    """Return what identifies a file's document, or why there is none."""
    try:
        work = load_work(Source.of(json.loads(row["source"])), config)
    except DocumentError as exc:
        return {"number": row["number"], "found": json.dumps({"refused": str(exc)})}
    document = work.document
    found = {
        "sha256": document.sha256,
        "encoding": document.encoding,
        "title": document.title,
        "issuer": document.issuer,
        "plan_year": document.plan_year,
        "characters": len(document.source),
    }
    return {"number": row["number"], "found": json.dumps(found)}


def load_work(source: Source, config: RunConfig) -> Work:
    """Load and split a file, wherever it is.

    Raises:
        DocumentError: it cannot be used.
    """
    with at_hand(source, config.max_bytes) as path:
        document = load_as_told(path, config)
        items, rest = split(document)
        if not items:
            raise no_items(path)
    document = document.model_copy(update={"path": named(source)})
    return Work(document, items[: config.limit], rest)


class Reader:
    """Reads blocks, one after another; the embedded model stays open between them."""

    def __init__(self, job: ClusterJob) -> None:
        self._job = job
        self._storage = Storage(job.out)
        self._stack = ExitStack()
        self._source: ModelSource | None = None
        self._served: list[ModelConfig | None] = []

    def __call__(self, row: Json) -> Json:
        """Return what became of a block."""
        block = Block.of(json.loads(row["block"]))
        try:
            self._job.check_code()
            made = self._made(block)
        except ExtractorError as exc:
            made = {"error": told(exc)}
        return {"documents": len(block.documents), "made": json.dumps(made)}

    def _made(self, block: Block) -> Json:
        if self._job.resume and (summary := self._finished(block)):
            return {"summary": summary, "is_new": False, "refused": []}
        if not _said(self._job.limits.begin.remote(block.id)):
            return {"is_stopped": True}
        try:
            with TemporaryDirectory() as folder:
                return self._read(block, Path(folder, "block.db"))
        except KeyboardInterrupt:
            return {"is_stopped": True}

    def _finished(self, block: Block) -> Json | None:
        """Return the numbers of a block that is whole, without failures."""
        content = self._storage.read(block.file(_MARK))
        if content is None:
            return None
        name = self._storage.address(block.file(_MARK))
        summary = tables.facts_of(content, name).get("summary")
        return summary if summary and not summary["failed"] else None

    def _read(self, block: Block, db: Path) -> Json:
        """Run a block into a database and write what it holds."""
        job = self._job
        works: list[Work] = []
        refused: list[Json] = []
        for known in block.documents:
            try:
                works.append(_as_known(known, job.config))
            except DocumentError as exc:
                refused.append({"path": known.source.path, "reason": str(exc)})
        if not works:
            return {"summary": None, "is_new": True, "refused": refused}
        prepared = self._prepared(block, works)
        with Loading(db) as store:
            columns = store.columns()
            self._recall(store, works, block, columns["llm_calls"])
        keeping = _Keeping(job, self._storage, block, db, columns["llm_calls"])
        try:
            made = session.execute(
                prepared, db, nullcontext(keeping), resume=job.resume
            )
        except BaseException:
            with suppress(ExtractorError):
                keeping.write()
            raise
        self._write(block, db, columns, made)
        return {"summary": made.model_dump(), "is_new": True, "refused": refused}

    def _prepared(self, block: Block, works: list[Work]) -> session.Prepared:
        """Return the run of a block; its model is looked for once."""
        job = self._job
        options = replace(job.options_for(block.id), serve=self._serve)
        source = self._source or session.find_model(job.config, job.options)
        self._source = source
        if source.endpoint:
            endpoint = replace(source.endpoint, allowance=options.allowance)
            source = replace(source, endpoint=endpoint)
        config = replace(job.config, model=source.name)
        strategy = session.make_strategy(config, options.prompts)
        return session.Prepared(
            Job(Spool.of(works), config, strategy, job.record), source, options
        )

    def _recall(
        self, store: Loading, works: list[Work], block: Block, columns: Columns
    ) -> None:
        """Put what was asked before of these documents into a block's database."""
        job = self._job
        store.start_run(job.record)
        others = job.others or {}
        for run in others.values():
            store.load_run(run)
        for work in works:
            store.add_document(work.document)
            store.add_items(work.items, is_whole=job.config.limit is None)
        for name in files_beside(self._storage, block, "llm_calls"):
            content = self._storage.read(name) or b""
            rows = tables.read(content, self._storage.address(name), columns).rows
            mine = {job.record.id, *others}
            store.load_calls([row for row in rows if row["run_id"] in mine])

    def _write(
        self, block: Block, db: Path, columns: dict[str, Columns], made: RunSummary
    ) -> None:
        positions = {known.id: known.position for known in block.documents}
        for table, rows in read_part(db, block.run_id).items():
            facts: Json = {}
            if table == _MARK:
                for row in rows:
                    row["position"] = positions[row["document_id"]]
                facts = {"summary": made.model_dump()}
            content = tables.written(columns[table], rows, facts)
            self._storage.write(block.file(table), content)

    @contextmanager
    def _serve(self, source: ModelSource) -> Iterator[ModelConfig | None]:
        """Serve the embedded model to one block after another."""
        if source.weights is None:
            yield source.endpoint
            return
        if not self._served:
            opened = self._stack.enter_context(serve_model(source))
            self._served.append(opened)
        yield self._served[0]


def _as_known(known: Known, config: RunConfig) -> Work:
    """Load a file, which must be the one that was looked at.

    Raises:
        DocumentError: it changed meanwhile, or cannot be used any more.
    """
    work = load_work(known.source, config)
    if work.document.sha256 != known.sha256:
        raise DocumentError(
            f"{known.source.path!r} changed while the run went on; run it again"
        )
    return work


def _said(reply: Any) -> Any:
    """Wait for what an actor says."""
    import ray

    return ray.get(reply)


class _Keeping:
    """Writes the answers of a block out every few seconds, as items are done.

    It also hears when the run is to end: what is in flight is waited for then.
    """

    def __init__(
        self,
        job: ClusterJob,
        storage: Storage,
        block: Block,
        db: Path,
        columns: Columns,
    ) -> None:
        self._limits = job.limits
        self._storage, self._block, self._db = storage, block, db
        self._columns = columns
        self._written_at = self._heard_at = time.monotonic()
        self._is_stopped = False

    def __call__(self, _done: Done) -> None:
        """Write, and listen, where it is time."""
        now = time.monotonic()
        if now - self._written_at >= _FLUSH_S:
            self.write()
        if now - self._heard_at >= _LISTEN_S and not self._is_stopped:
            self._heard_at = now
            self._is_stopped = _said(self._limits.is_stopped.remote())
            if self._is_stopped:
                interrupt()

    def write(self) -> None:
        """Write the attempts that the block's database has."""
        rows: list[Row] = read_part(self._db, self._block.run_id, "llm_calls")[
            "llm_calls"
        ]
        if rows:
            content = tables.written(self._columns, rows)
            self._storage.write(self._block.file("llm_calls"), content)
        self._written_at = time.monotonic()
