"""The main job: files in, grounded commitments in a database out."""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import Coroutine, Iterator, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import cast

from extractor import __version__
from extractor.core.interrupts import ctrl_c_calls
from extractor.core.records import (
    SCHEMA_VERSION,
    Document,
    Item,
    content_id,
)
from extractor.core.runs import Done, Failure, OnItem, RunRecord, RunSummary
from extractor.extraction.commitments import commitments
from extractor.extraction.left_out import left_out
from extractor.extraction.readings import readings
from extractor.extraction.strategy import Strategy, view_of
from extractor.runs.asking import Model, read
from extractor.runs.config import RunConfig
from extractor.runs.works import Work
from extractor.store.store import Store

_log = logging.getLogger(__name__)

_DECIDING = ("core", "language", "documents", "model", "extraction")
"""Packages whose code decides what is recorded."""

_LONG_WAIT_S = 1.0
_WAITING = "stopping: what is in flight is paid and waited for; once more stops at once"


def run_record(
    works: Sequence[Work], config: RunConfig, strategy: Strategy
) -> RunRecord:
    """Describe the run; its id is a hash of everything that decides the records.

    The same command on the same files is the same run, which is how it resumes; where
    the embedded server listens is no part of it.
    """
    prompt_name, prompt_sha256 = strategy.prompt_version
    settings: dict[str, object] = {
        "limit": config.limit,
        "answer_mode": config.answer_mode,
        "code": code_digest(),
        "documents": [
            [
                work.document.sha256,
                work.document.encoding,
                work.document.title,
                work.document.issuer,
                work.document.plan_year,
            ]
            for work in works
        ],
    }
    fields = {
        "model": config.model,
        "base_url": config.base_url,
        "strategy": config.strategy,
        "soft": config.soft,
        "prompt_name": prompt_name,
        "prompt_sha256": prompt_sha256,
        "schema_version": SCHEMA_VERSION,
        "product_version": __version__,
        "config": settings,
    }
    return RunRecord.model_validate({"id": content_id(*fields.values()), **fields})


@cache
def code_digest() -> str:
    """Return a digest of the packages that decide records: other rules, other records.

    The version alone is not enough, it stays the same while rules are worked on.
    """
    digest = hashlib.sha256()
    root = Path(__file__).resolve().parents[1]
    for package in _DECIDING:
        for path in sorted((root / package).rglob("*.py")):
            digest.update(str(path.relative_to(root)).encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def count_left(works: Sequence[Work], store: Store, run_id: str) -> int:
    """Return how many of the works' items no earlier invocation has done."""
    left = 0
    for work in works:
        done = store.done_items(run_id, work.document.id)
        left += sum(item.id not in done for item in work.items)
    return left


@dataclass(frozen=True, slots=True)
class Job:
    """A run to do: documents, how to read them, and what identifies it."""

    works: tuple[Work, ...]
    config: RunConfig
    strategy: Strategy
    record: RunRecord

    @classmethod
    def of(cls, works: Sequence[Work], config: RunConfig, strategy: Strategy) -> Job:
        """Return the job of reading the works in this way."""
        return cls(tuple(works), config, strategy, run_record(works, config, strategy))


def run(
    job: Job,
    model: AbstractAsyncContextManager[Model],
    store: Store,
    on_item: OnItem | None = None,
) -> RunSummary:
    """Extract every item of the works into the store; resume where a run stopped.

    Args:
        job: what to do; the run has been started in the store.
        model: opened and closed in the event loop that uses it.
        store: the open database.
        on_item: called after each item, also for those done by an earlier invocation.

    Raises:
        LLMError: no call can succeed (endpoint down, wrong key); what was done stays.
        StoreError: the database cannot be written.
        KeyboardInterrupt: it was stopped.
    """
    run_id = job.record.id
    for position, work in enumerate(job.works):
        store.add_document(work.document)
        store.add_items(work.items, is_whole=job.config.limit is None)
        store.start_document(run_id, work.document.id, position)
    try:
        asyncio.run(_stoppable(_run(job, model, store, on_item)))
    except asyncio.CancelledError:
        raise KeyboardInterrupt from None
    store.finish_run(run_id)
    return store.run_summary(run_id)


class _Stopping:
    """What Ctrl-C does to a run: between two steps of its loop, never within one.

    Called once it ends the work, and what is in flight, and paid, is waited for; called
    again it ends the waiting too.
    """

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._work = cast("asyncio.Task[None]", asyncio.current_task())
        self._is_told = False

    def __call__(self) -> None:
        """End the work, or the waiting; safe in a signal handler."""
        self._loop.call_soon_threadsafe(self._stop)

    def _stop(self) -> None:
        if self._is_told:
            for task in asyncio.all_tasks():
                task.cancel()
            return
        self._is_told = True
        self._work.cancel()
        self._loop.call_later(_LONG_WAIT_S, _log.info, _WAITING)


async def _stoppable(job: Coroutine[None, None, None]) -> None:
    with ctrl_c_calls(_Stopping()):
        await job


async def _run(
    job: Job,
    opened: AbstractAsyncContextManager[Model],
    store: Store,
    on_item: OnItem | None,
) -> None:
    """Do the items, `concurrency` of them at a time, across documents."""
    failed: BaseException | None = None
    async with opened as model:
        work_on = _Items(job, model, store, on_item)
        try:
            async with asyncio.TaskGroup() as tasks:
                for work in job.works:
                    tasks.create_task(work_on.document(work))
        except BaseExceptionGroup as group:
            failed = next(_leaves(group))
        finally:
            await _end_calls()
    if failed is not None:  # outside the handler, so that it keeps its own cause
        raise failed


class _Items:
    """Does the items of documents, some at a time."""

    def __init__(
        self,
        job: Job,
        model: Model,
        store: Store,
        on_item: OnItem | None,
    ) -> None:
        self._strategy = job.strategy
        self._run_id = job.record.id
        self._model = model
        self._store = store
        self._on_item = on_item
        concurrency = job.config.concurrency
        self._documents_gate = asyncio.Semaphore(concurrency)
        self._items_gate = asyncio.Semaphore(concurrency)

    async def document(self, work: Work) -> None:
        """Do the items of a document that no earlier invocation has done."""
        async with self._documents_gate:
            done = self._store.done_items(self._run_id, work.document.id)
            async with asyncio.TaskGroup() as tasks:
                for item in work.items:
                    if item.id not in done:
                        tasks.create_task(self._item(work, item))
                    elif self._on_item:
                        self._on_item(Done(item, is_new=False))
            self._store.finish_document(
                self._run_id, work.document.id, items=len(work.items)
            )

    async def _item(self, work: Work, item: Item) -> None:
        async with self._items_gate:
            await self._extract(work.document, item)
        if self._on_item:
            self._on_item(Done(item, is_new=True))

    async def _extract(self, document: Document, item: Item) -> None:
        """Extract one item and store its outcome; its failure fails only it."""
        view = view_of(item, document)
        made = await read(view, item.id, self._strategy, self._model)
        where = f"{item.name} of {document.path!r}"
        for remark in made.remarks:
            _log.warning("%s: %s", where, remark)
        failure = None
        if made.failure is not None:
            _log.warning("%s failed: %s", where, made.failure)
            failure = Failure.of(made.failure)
        records = commitments(item, document, made.drafts, run_id=self._run_id)
        self._store.add_item_outcome(
            self._run_id,
            item,
            records,
            failure,
            left_out(item, document, view, records),
            readings(item, document, made.readings),
        )


async def _end_calls() -> None:
    """Wait for the calls that a failed item left behind: what was asked is paid."""
    # An ending call may begin another task, such as that of a second address.
    while left := asyncio.all_tasks() - {asyncio.current_task()}:
        await asyncio.gather(*left, return_exceptions=True)


def _leaves(group: BaseExceptionGroup[BaseException]) -> Iterator[BaseException]:
    for exc in group.exceptions:
        if isinstance(exc, BaseExceptionGroup):
            yield from _leaves(exc)
        else:
            yield exc
