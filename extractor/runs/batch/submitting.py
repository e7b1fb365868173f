"""Sending: what a run has still to ask into batches, each once, whatever happens.

Every step is in the database before it is taken and after it: whoever takes up a
submission that died knows what may be there, and looks for it before anything is made
anew.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from extractor.core.errors import BudgetError, UserError
from extractor.core.locks import locked
from extractor.core.runs import utc_text
from extractor.model.batches.endpoint import BatchEndpoint, RefusedError, RemoteBatch
from extractor.model.batches.lines import batch_path, request_line
from extractor.model.endpoints import ModelConfig
from extractor.runs.batch.command import Command
from extractor.runs.batch.filing import Filing, Limits
from extractor.runs.batch.planning import Asking
from extractor.runs.pipeline import Job
from extractor.runs.session import Prepared
from extractor.store.batches.book import BatchStore
from extractor.store.batches.stored import Batch, StoredOut

_SETTLED_S = 10.0
"""How long after it was asked for a batch may come into an endpoint's list."""


class Submitted(NamedTuple):
    """What became of a submission."""

    batches: int = 0
    """Sent now."""
    requests: int = 0
    """In them."""
    out: int = 0
    """Requests that were under way already."""
    unpaid: int = 0
    """Requests that were not sent because they might cost too much."""


@contextmanager
def at_work(db: Path) -> Iterator[None]:
    """Keep other commands about batches away from a database.

    Raises:
        UserError: one is at work.
    """
    db.parent.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        try:
            stack.enter_context(
                locked(db.with_name(f"{db.name}.batch-lock"), waits=False)
            )
        except BlockingIOError as exc:
            raise UserError(
                f"another `extract batch` is at work on {str(db)!r}; wait for it"
            ) from exc
        yield


def submit(prepared: Prepared, db: Path, command: Command, limits: Limits) -> Submitted:
    """Send every request of a run that is neither answered nor under way.

    Raises:
        UserError: a request is larger than a file may be.
        BudgetError: nothing can be sent for the money.
        TransportError: the endpoint cannot be reached, or refuses.
        StoreError: the database cannot be written.
    """
    job, endpoint = prepared.job, prepared.source.endpoint
    if endpoint is None:
        raise AssertionError("only a model of an endpoint is asked in batches")
    run_id = job.record.id
    with (
        at_work(db),
        BatchStore(db) as store,
        closing(BatchEndpoint(endpoint)) as remote,
    ):
        sender = _Sender(store, remote)
        store.drop_unsent(run_id)
        made = [sender.take_up(batch) for batch in _unsent(store, run_id)]
        files = Filing(store, job, endpoint, command, limits)
        out = _plan(job, endpoint, store, files)
        for batch in _unsent(store, run_id):
            sender.send(batch)
            made.append(batch)
        sent = [batch for batch in made if batch is not None]
        if files.unpaid and not sent:
            raise BudgetError(files.too_dear())
        requests = sum(batch.requests for batch in sent)
        return Submitted(len(sent), requests, out, files.unpaid)


def _unsent(store: BatchStore, run_id: str) -> list[Batch]:
    return [b for b in store.batches() if b.run_id == run_id and b.remote_id is None]


def _plan(job: Job, endpoint: ModelConfig, store: BatchStore, files: Filing) -> int:
    """Put what is open into batches; return how much of it was out already."""
    out = 0
    with closing(StoredOut(store.path, endpoint.base_url)) as known:
        asking = Asking(job.strategy, endpoint, known)
        for work in job.works:
            done = store.done_items(job.record.id, work.document.id)
            is_stored = False
            for one in asking.open_turns(work, done):
                key = one.turn.key
                if files.has(key) or known.is_out(key):
                    out += 1
                    continue
                if not is_stored:
                    store.add_document(work.document)
                    store.add_items(work.items, is_whole=job.config.limit is None)
                    is_stored = True
                files.add(one)
        files.end()
    return out


class _Sender:
    """Sends planned batches, and finds what became of those sent before."""

    def __init__(
        self,
        store: BatchStore,
        remote: BatchEndpoint,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._store = store
        self._remote = remote
        self._sleep = sleep

    def take_up(self, batch: Batch) -> Batch | None:
        """Finish what died; None where its requests are to be planned anew."""
        if batch.creating_at and batch.input_file_id:
            found = self._found(batch, batch.input_file_id, batch.creating_at)
            if found:
                self._note(batch, found)
                return batch
            self._store.note(batch.id, creating_at=None)
        if self._store.is_overtaken(batch.id):
            self._store.drop_batch(batch.id)
            return None
        self.send(batch)
        return batch

    def send(self, batch: Batch) -> None:
        """Send a batch that the endpoint does not have."""
        file_id = batch.input_file_id or self._uploaded(batch)
        self._store.note(batch.id, input_file_id=file_id, creating_at=utc_text())
        try:
            made = self._remote.create(file_id, batch.id)
        except RefusedError:
            self._store.note(batch.id, creating_at=None)
            if batch.input_file_id:  # of an earlier day: it may be what is not there
                self._store.note(batch.id, input_file_id=None, uploading_at=None)
            raise
        self._note(batch, made)

    def _uploaded(self, batch: Batch) -> str:
        """Send the file of requests, or find it where it was sent before."""
        path = batch_path(self._remote.config.base_url)
        if batch.uploading_at:
            since_s = _seconds(batch.created_at)
            found = self._remote.find_file(batch.file_name, batch.bytes, since_s)
            if found:
                return found
        self._store.note(batch.id, uploading_at=utc_text())
        with tempfile.TemporaryFile() as file:
            for key, body in self._store.asked_bodies(batch.id):
                file.write(request_line(key, path, body))
            file.seek(0)
            return self._remote.upload(batch.file_name, file)

    def _found(
        self, batch: Batch, file_id: str, creating_at: str
    ) -> RemoteBatch | None:
        """Look for a batch until it would have come into the list."""
        since_s = _seconds(batch.created_at)
        while True:
            age_s = time.time() - _seconds(creating_at)
            found = self._remote.find(file_id, batch.id, since_s)
            if found or age_s >= _SETTLED_S:
                return found
            self._sleep(min(2.0, _SETTLED_S - age_s))

    def _note(self, batch: Batch, made: RemoteBatch) -> None:
        self._store.note(
            batch.id, remote_id=made.id, status=made.status, checked_at=utc_text()
        )


def _seconds(moment: str) -> float:
    return datetime.fromisoformat(moment).timestamp()
