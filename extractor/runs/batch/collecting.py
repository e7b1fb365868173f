"""Collecting: what batches were answered goes into the ledger, each line once."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace

from extractor.core.errors import TransportError, UserError
from extractor.core.runs import utc_text
from extractor.model.batches.answers import ledger_facts
from extractor.model.batches.endpoint import BatchEndpoint, RefusedError, RemoteBatch
from extractor.model.batches.lines import AnswerLine, read_line
from extractor.model.endpoints import ModelConfig
from extractor.runs.batch.again import ReadRun, Shown, read_again, unread
from extractor.runs.batch.command import Command
from extractor.store.batches.book import BatchStore
from extractor.store.batches.stored import Batch
from extractor.store.statements import without_credentials

_log = logging.getLogger(__name__)

_CHUNK = 20
"""Lines that are stored at a time."""


@dataclass(slots=True)
class Fetched:
    """What came of looking for answers."""

    lines: int = 0
    """Answers and errors that are in the ledger now and were not before."""
    malformed: int = 0
    """Lines that say nothing of any request."""
    under_way: list[Batch] = field(default_factory=list)
    elsewhere: list[Batch] = field(default_factory=list)
    """Batches of other endpoints: their keys are not sent there."""
    failed: list[Batch] = field(default_factory=list)
    """Batches that the endpoint refused as a whole, with the reason."""
    lost: list[Batch] = field(default_factory=list)
    """Batches that the endpoint has no longer, or not their files, with its words."""
    unsent: list[Batch] = field(default_factory=list)
    """Batches whose sending was stopped: their command goes on with it."""

    @property
    def is_whole(self) -> bool:
        """Say whether every batch was collected, and every line was one."""
        left = (self.under_way, self.elsewhere, self.failed, self.lost, self.unsent)
        return not (any(left) or self.malformed)


def at_endpoint(batches: Sequence[Batch], base_url: str) -> list[Batch]:
    """Return the batches of an endpoint."""
    url = without_credentials(base_url)
    return [batch for batch in batches if batch.base_url == url]


def look(store: BatchStore, remote: BatchEndpoint, batch: Batch) -> RemoteBatch:
    """Ask how a batch stands, and write it down.

    Raises:
        TransportError: the endpoint does not tell.
    """
    now = remote.retrieve(batch.remote_id or "")
    store.note(
        batch.id,
        status=now.status,
        completed=now.completed,
        failed=now.failed,
        output_file_id=now.output_file_id,
        error_file_id=now.error_file_id,
        error=now.reason,
        checked_at=utc_text(),
    )
    return now


def endpoint_at(base_url: str, model: str, timeout_s: float) -> ModelConfig:
    """Return an endpoint that batches were sent to, with the key of the environment.

    Raises:
        ConfigError: it wants a key, and there is none.
    """
    key = os.environ.get("OPENAI_API_KEY", "")
    return ModelConfig(model, base_url, key, timeout_s=timeout_s)


def collect(
    store: BatchStore, base_url: str, timeout_s: float, shown: Shown
) -> tuple[Fetched, list[ReadRun]]:
    """Fetch the answers of an endpoint's batches, and read the runs they are of.

    Raises:
        ConfigError: the endpoint wants a key, and there is none.
        TransportError: the endpoint cannot be reached; what came is kept.
        StoreError: the database cannot be written.
    """
    here = at_endpoint(store.batches(), base_url)
    fetched = Fetched()
    made = []
    if here:
        endpoint = endpoint_at(base_url, here[-1].model, timeout_s)
        _fetch(store, endpoint, fetched)
        here = at_endpoint(store.batches(), base_url)
        made = [read_again(store, one, endpoint, shown) for one in unread(here)]
    known = {batch.id for batch in here}
    for one in store.batches():
        if one.is_out and one.id not in known:
            fetched.elsewhere.append(one)
        elif one.remote_id is None and one.collected_at is None:
            fetched.unsent.append(one)
    return fetched, made


def _fetch(store: BatchStore, endpoint: ModelConfig, fetched: Fetched) -> None:
    """Put the answers of all batches that have ended into the ledger."""
    with closing(BatchEndpoint(endpoint)) as remote:
        for batch in at_endpoint(store.batches(), endpoint.base_url):
            if not batch.is_out:
                continue
            try:
                _fetch_one(store, remote, batch, fetched)
            except RefusedError as exc:
                if exc.status != 404:
                    raise
                fetched.lost.append(batch._replace(error=str(exc)))


def _fetch_one(
    store: BatchStore, remote: BatchEndpoint, batch: Batch, fetched: Fetched
) -> None:
    """Put the answers of a batch into the ledger, if it has ended."""
    now = look(store, remote, batch)
    is_kept_back = now.completed > 0 and now.output_file_id is None
    if not now.is_ended or is_kept_back:
        fetched.under_way.append(batch)
        return
    _take(store, remote, batch, now, fetched)
    store.close_batch(batch.id)
    if now.status == "failed":
        fetched.failed.append(batch._replace(error=now.reason))


def give_up(store: BatchStore, own_id: str) -> Batch:
    """Close a batch whose answers will not come, so that they are asked for again.

    Raises:
        UserError: there is no such batch that is open.
    """
    for batch in store.batches():
        if batch.id == own_id and batch.collected_at is None:
            store.note(batch.id, status="given up", read_at=utc_text())
            store.close_batch(batch.id)
            return batch
    raise UserError(
        f"no batch {own_id!r} is open; `extract batch status` shows those that are"
    )


def _take(
    store: BatchStore,
    remote: BatchEndpoint,
    batch: Batch,
    now: RemoteBatch,
    fetched: Fetched,
) -> None:
    """Put the lines of a batch's files into the ledger."""
    config = remote.config
    prices = Command.model_validate_json(batch.command).batch_prices
    priced = replace(
        config, name=batch.model, allowance=replace(config.allowance, prices=prices)
    )
    strangers = 0
    for file_id in (now.output_file_id, now.error_file_id):
        if file_id is None:
            continue
        for chunk in _chunks(_read(remote.lines(file_id), fetched)):
            calls = [(line.key, ledger_facts(line, priced)) for line in chunk]
            added, unknown = store.add_answers(batch, calls)
            fetched.lines += added
            strangers += unknown
    if strangers:
        _log.warning(
            "%d lines of batch %s are about requests that it does not have",
            strangers,
            batch.id,
        )


def _chunks(lines: Iterator[AnswerLine]) -> Iterator[list[AnswerLine]]:
    """Yield lines some at a time; those that came before a file broke off, too."""
    chunk: list[AnswerLine] = []
    try:
        for line in lines:
            chunk.append(line)
            if len(chunk) == _CHUNK:
                yield chunk
                chunk = []
    except TransportError:
        if chunk:
            yield chunk
        raise
    if chunk:
        yield chunk


def _read(lines: Iterator[bytes | None], fetched: Fetched) -> Iterator[AnswerLine]:
    for line in lines:
        if line is not None and not line.strip():
            continue
        said = read_line(line)
        if said is None:
            fetched.malformed += 1
        else:
            yield said
