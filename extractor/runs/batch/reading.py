"""Reading: the items of a run whose answers are all in the ledger, and no others."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractContextManager, asynccontextmanager, suppress

from extractor.core.errors import StoreError, WaitingError
from extractor.core.runs import Done, OnItem, RunSummary
from extractor.model.endpoints import ModelConfig
from extractor.model.requests import Answer, Reply, Request
from extractor.model.turns import Turn, first_turn
from extractor.runs.pipeline import Job, run
from extractor.store.batches.book import BatchStore
from extractor.store.ledger import SqliteLedger

UNFIT = "did not fit"
UNDER_WAY = "are under way"
NOT_ASKED = "to questions that only now come up"
NO_WORD = "did not come, and nothing says why"


class KnownAnswers:
    """A model that says what it has said before, and nothing else."""

    def __init__(self, endpoint: ModelConfig, store: BatchStore, run_id: str) -> None:
        self.waiting: Counter[str] = Counter()
        """Requests without an answer, by what became of them."""
        self.items: set[str] = set()
        """Items that wait for them."""
        self._endpoint = endpoint
        self._store = store
        self._run_id = run_id
        self._ledger = SqliteLedger(store, run_id)
        self._useless: dict[str, list[tuple[list[str], str]]] = {}
        """Replies that made nothing, with the reason, by the item that is read."""

    async def answers(
        self, requests: Sequence[Request], item_id: str
    ) -> Mapping[Request, Answer]:
        """Return the answers when all are there.

        Raises:
            WaitingError: one is not.
        """
        found, missing = {}, []
        for request in requests:
            turn, call_ids = self._settled(request)
            if isinstance(turn, Turn):
                missing.append(turn)
                continue
            found[request] = turn
            if turn.error is not None:
                turn.error.item_id, turn.error.attempts = item_id, len(call_ids)
                useless = (call_ids, str(turn.error))
                self._useless.setdefault(item_id, []).append(useless)
        if missing:
            self._useless.pop(item_id, None)
            self.items.add(item_id)
            self.waiting.update(map(self._why, missing))
            raise WaitingError(f"{len(missing)} answers are not there yet")
        return found

    def finished(self, item_id: str) -> None:
        """Note that an item is read to the end: what made nothing is asked anew.

        Not before, or an item that waits for another answer would ask for it again.
        """
        for call_ids, reason in self._useless.pop(item_id, ()):
            self._ledger.reject(call_ids, reason)
        self._store.note_read(self._run_id, item_id)

    def _settled(self, request: Request) -> tuple[Answer | Turn, list[str]]:
        """Return the answer, or the turn without one; and the replies before it.

        A reply that was cut off is none to reuse, but it is what became of the item.
        """
        turn: Answer | Turn = first_turn(request, self._endpoint)
        call_ids: list[str] = []
        url = self._endpoint.base_url
        while isinstance(turn, Turn):
            reply = self._ledger.answered(turn.key)
            reply = reply or self._store.cut_reply(turn.key, url)
            if reply is None:
                break
            call_ids.append(reply[0])
            turn = turn.read(Reply(*reply))
        return turn, call_ids

    def _why(self, turn: Turn) -> str:
        if self._store.is_out(turn.key, self._endpoint.base_url):
            return UNDER_WAY
        said = self._store.why_unanswered(turn.key, self._run_id)
        if said is None:
            return UNFIT if turn.number > 1 else NOT_ASKED
        return f"failed ({said})" if said else NO_WORD


def read_run(
    job: Job,
    endpoint: ModelConfig,
    store: BatchStore,
    progress: AbstractContextManager[OnItem],
) -> tuple[RunSummary, KnownAnswers]:
    """Read what can be read of a run; items that lack an answer stay as they are.

    Raises:
        StoreError: the database cannot be written.
        KeyboardInterrupt: it was stopped.
    """
    run_id = job.record.id
    store.start_run(job.record)
    model = KnownAnswers(endpoint, store, run_id)
    try:
        with progress as advance:

            def read(done: Done) -> None:
                if done.is_new and done.item is not None:
                    model.finished(done.item.id)
                advance(done)

            run(job, _opened(model), store, read)
    except BaseException as exc:
        stopped = isinstance(exc, KeyboardInterrupt)
        with suppress(StoreError):
            store.finish_run(run_id, "interrupted" if stopped else "failed")
        raise
    if model.items:
        store.finish_run(run_id, "interrupted")
    return store.run_summary(run_id), model


@asynccontextmanager
async def _opened(model: KnownAnswers) -> AsyncIterator[KnownAnswers]:
    yield model
