"""The main job: files in, grounded commitments in a database out."""

from __future__ import annotations

import asyncio
import gc
import logging
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import cast

from extractor.core.errors import WaitingError
from extractor.core.interrupts import ctrl_c_calls
from extractor.core.records import Document, Item
from extractor.core.runs import Done, Failure, OnItem, RunRecord, RunSummary
from extractor.extraction.commitments import commitments
from extractor.extraction.left_out import left_out
from extractor.extraction.readings import readings
from extractor.extraction.rules.targets import ItemReader
from extractor.extraction.strategy import Drafted, Strategy, view_of
from extractor.runs.asking import Model, read
from extractor.runs.config import RunConfig
from extractor.runs.identity import run_record
from extractor.runs.sheets import sheet_text
from extractor.runs.spool import Spool, Work
from extractor.store.outcomes import Outcome
from extractor.store.store import Store

_log = logging.getLogger(__name__)

_LONG_WAIT_S = 1.0
_READY = 2
"""Items in work for each call in flight."""
_STEPS = 3
"""Of the loop, between one item and the next: a call takes a dozen to be sent, and an
item takes as long as a hundred of them."""
_AT_ONCE = 16
"""Items stored in one transaction at most."""
_WAITING = "stopping: what is in flight is paid and waited for; once more stops at once"


@dataclass(frozen=True, slots=True)
class Job:
    """A run to do: documents, how to read them, and what identifies it."""

    works: Spool
    config: RunConfig
    strategy: Strategy
    record: RunRecord

    @classmethod
    def of(cls, works: Spool, config: RunConfig, strategy: Strategy) -> Job:
        """Return the job of reading the works in this way."""
        return cls(works, config, strategy, run_record(works.sheets, config, strategy))

    def is_kept(self, at: int, store: Store) -> bool:
        """Say whether nothing is left to do for a document, not even to show it.

        Only of one that was read before by this code: another might have split it
        otherwise.
        """
        sheet = self.works.sheets[at]
        if not self.works.is_known(at):
            return False
        shown = store.shown_outcome(self.record.id, sheet.id, sheet.path)
        if shown is None:
            return False
        items, failed = shown
        return items == sheet.items and (self.config.keep_failed or not failed)

    def done_items(self, store: Store, document_id: str) -> set[str]:
        """Return the ids of a document's items that are not to be done."""
        return store.done_items(
            self.record.id, document_id, with_failed=self.config.keep_failed
        )

    def count_left(self, store: Store) -> int:
        """Return how many items no earlier invocation has done."""
        left = 0
        for at, sheet in enumerate(self.works.sheets):
            if self.is_kept(at, store):
                continue
            done = self.done_items(store, sheet.id)
            items = self.works[at].items if done else ()
            left += sum(item.id not in done for item in items) if done else sheet.items
        return left


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
    gc.freeze()  # what was imported is never garbage, and is most of what there is
    try:
        asyncio.run(_stoppable(_run(job, model, store, on_item)))
    except asyncio.CancelledError:
        raise KeyboardInterrupt from None
    finally:
        gc.unfreeze()
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
            await work_on.documents()
        except BaseExceptionGroup as group:
            failed = next(_leaves(group))
        finally:
            await _end_calls()
    if failed is not None:  # outside the handler, so that it keeps its own cause
        raise failed


class _Items:
    """Does the items of documents, some at a time; few documents are in memory."""

    def __init__(
        self,
        job: Job,
        model: Model,
        store: Store,
        on_item: OnItem | None,
    ) -> None:
        self._job = job
        self._strategy = job.strategy
        self._run_id = job.record.id
        self._model = model
        self._store = store
        self._on_item = on_item or _tell_nobody
        self._waiting: set[str] = set()
        """Documents with an item that cannot be read yet."""
        concurrency = job.config.concurrency
        self._documents_gate = asyncio.Semaphore(concurrency)
        # More than calls, so that one is ready whenever an answer has come: an item is
        # prepared before its call and stored behind it.
        self._items_gate = asyncio.Semaphore(_READY * concurrency)
        self._desk = asyncio.Lock()
        """Items are read by the rules and stored one at a time, so that a call which
        came, or is to be sent, waits for one of them at most."""
        self._queue = 0
        """Of items that wait for the desk."""
        self._made: list[Outcome] = []
        """Of the last items, to be stored with the next: of a run that is killed their
        answers are kept, and they are made of them again."""

    async def documents(self) -> None:
        """Do the documents in order; one begins when there is room for it."""
        try:
            async with asyncio.TaskGroup() as tasks:
                for at, sheet in enumerate(self._job.works.sheets):
                    await self._documents_gate.acquire()
                    if self._job.is_kept(at, self._store):
                        self._documents_gate.release()
                        self._on_item(Done(None, is_new=False, items=sheet.items))
                        continue
                    tasks.create_task(self._document(self._begun(at)))
        finally:
            self._store_made()

    def _begun(self, at: int) -> Work:
        """Return a document whose rows are there for those of its items."""
        sheet, work = self._job.works.sheets[at], self._job.works[at]
        is_whole = self._job.config.limit is None
        self._store.add_document(work.document)
        self._store.add_items(work.items, is_whole=is_whole)
        if sheet.key and is_whole:
            self._store.add_sheet(sheet.id, sheet.key, sheet_text(sheet))
        self._store.start_document(self._run_id, sheet.id, at)
        return work

    async def _document(self, work: Work) -> None:
        """Do the items of a document that no earlier invocation has done."""
        try:
            done = self._job.done_items(self._store, work.document.id)
            async with asyncio.TaskGroup() as tasks:
                for item in work.items:
                    if item.id not in done:
                        tasks.create_task(self._item(work, item))
                    else:
                        self._on_item(Done(item, is_new=False))
            if work.document.id not in self._waiting:
                self._store_made()
                self._store.finish_document(
                    self._run_id, work.document.id, items=len(work.items)
                )
        finally:
            self._documents_gate.release()

    async def _item(self, work: Work, item: Item) -> None:
        async with self._items_gate:
            try:
                await self._extract(work.document, item)
            except WaitingError:
                self._waiting.add(work.document.id)
                return
        self._on_item(Done(item, is_new=True))

    async def _extract(self, document: Document, item: Item) -> None:
        """Extract one item and keep its outcome; its failure fails only it."""
        async with self._at_the_desk():
            view = view_of(item, document)
        made = await read(view, item.id, self._strategy, self._model)
        async with self._at_the_desk():
            self._keep(document, item, view, made)

    @asynccontextmanager
    async def _at_the_desk(self) -> AsyncIterator[None]:
        """Wait until nobody else works, and calls have gone some steps further.

        Whoever leaves it stores what was made, unless others wait to make more.
        """
        self._queue += 1
        try:
            await self._desk.acquire()
        finally:
            self._queue -= 1
        try:
            for _ in range(_STEPS):
                await asyncio.sleep(0)
            yield
            if not self._queue or len(self._made) >= _AT_ONCE:
                self._store_made()
        finally:
            self._desk.release()

    def _store_made(self) -> None:
        """Store the outcomes that are not stored yet."""
        made, self._made = self._made, []
        if made:
            self._store.add_outcomes(self._run_id, made)

    def _keep(
        self, document: Document, item: Item, view: ItemReader, made: Drafted
    ) -> None:
        """Keep what a strategy made of an item until it is stored."""
        where = f"{item.name} of {document.path!r}"
        for remark in made.remarks:
            _log.warning("%s: %s", where, remark)
        failure = None
        if made.failure is not None:
            _log.warning("%s failed: %s", where, made.failure)
            failure = Failure.of(made.failure)
        records = commitments(item, document, made.drafts, run_id=self._run_id)
        self._made.append(
            Outcome(
                item,
                records,
                failure,
                left_out(item, document, view, records),
                readings(item, document, made.readings),
            )
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


def _tell_nobody(_done: Done) -> None:
    """Tell nobody."""
