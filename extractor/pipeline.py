"""The main job: files in, grounded commitments in a database out."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from extractor import __version__
from extractor.documents import load_document
from extractor.errors import DocumentError, LLMError
from extractor.grounding import ground
from extractor.items import split_items
from extractor.models import SCHEMA_VERSION, Commitment, Document, Item, content_id
from extractor.normalisation import normalise
from extractor.runs import Failure, RunRecord, RunSummary
from extractor.store import Store
from extractor.strategies import Soft, Strategy

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class RunConfig:
    """What one invocation is asked to do; everything here decides its records."""

    model: str
    strategy: Literal["rules", "closed", "open"]
    soft: Soft
    base_url: str | None = None
    concurrency: int = 1
    limit: int | None = None
    """Items a document at most; None for all."""
    encoding: str | None = None
    title: str | None = None
    issuer: str | None = None
    plan_year: int | None = None


@dataclass(frozen=True, slots=True)
class Work:
    """One loaded document and the items to do."""

    document: Document
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run will work on."""

    works: tuple[Work, ...]
    refused: tuple[DocumentError, ...] = field(default=())
    """Files that cannot be used; the others run."""


def load_works(paths: Sequence[Path], config: RunConfig) -> Plan:
    """Load and split every file; a file that cannot be used is refused with its reason.

    A byte-identical copy of a file is done once.
    """
    works: dict[str, Work] = {}
    refused = []
    for path in paths:
        try:
            document = load_document(
                path,
                encoding=config.encoding,
                title=config.title,
                issuer=config.issuer,
                plan_year=config.plan_year,
            )
            items = split_items(document)
            if not items:
                raise DocumentError(
                    f"{str(path)!r} has no items: no numbered points and no headed "
                    f"paragraphs were found; `extract items {path}` shows how it splits"
                )
        except DocumentError as exc:
            refused.append(exc)
            continue
        if document.id in works:
            _log.warning("%s is a copy of %s", path, works[document.id].document.path)
            continue
        works[document.id] = Work(document, items[: config.limit])
    return Plan(tuple(works.values()), tuple(refused))


def run_record(works: Sequence[Work], config: RunConfig, strategy: Strategy) -> RunRecord:
    """Describe the run; its id is a hash of everything that decides the records.

    The same command on the same files is the same run, which is how it resumes.
    """
    settings: dict[str, object] = {
        "limit": config.limit,
        "documents": [
            [w.document.sha256, w.document.encoding, w.document.title,
             w.document.issuer, w.document.plan_year]
            for w in works
        ],
    }
    prompt_name, prompt_sha256 = strategy.prompt_version
    identity = (
        config.model, config.base_url, config.strategy, config.soft, prompt_name,
        prompt_sha256, SCHEMA_VERSION, __version__, settings,
    )
    return RunRecord(
        id=content_id(*identity),
        model=config.model,
        base_url=config.base_url,
        strategy=config.strategy,
        soft=config.soft,
        prompt_name=prompt_name,
        prompt_sha256=prompt_sha256,
        schema_version=SCHEMA_VERSION,
        product_version=__version__,
        config=settings,
    )


def run(
    works: Sequence[Work],
    config: RunConfig,
    strategy: Strategy,
    store: Store,
    record: RunRecord,
    on_item: Callable[[Item], None] = lambda item: None,
) -> RunSummary:
    """Extract every item of the works into the store; resume where a run stopped.

    Args:
        works: loaded documents with the items to do.
        config: what was asked for.
        strategy: makes draft records of an item.
        store: the open database; the run has been started in it.
        record: the run.
        on_item: called after each item, also for those done by an earlier invocation.

    Raises:
        LLMError: no call can succeed (endpoint down, wrong key); what was done stays.
        StoreError: the database cannot be written.
    """
    for position, work in enumerate(works):
        store.add_document(work.document)
        store.add_items(work.items)
        store.start_document(record.id, work.document.id, position)
    return asyncio.run(_run(works, config, strategy, store, record, on_item))


async def _run(
    works: Sequence[Work],
    config: RunConfig,
    strategy: Strategy,
    store: Store,
    record: RunRecord,
    on_item: Callable[[Item], None],
) -> RunSummary:
    gate = asyncio.Semaphore(max(1, config.concurrency))

    async def one(work: Work, item: Item) -> None:
        async with gate:
            await extract_item(work.document, item, strategy, store, record.id)
        on_item(item)

    for work in works:
        done = store.done_items(record.id, work.document.id)
        try:
            async with asyncio.TaskGroup() as tasks:
                for item in work.items:
                    if item.id in done:
                        on_item(item)
                    else:
                        tasks.create_task(one(work, item))
        except BaseExceptionGroup as group:
            raise group.exceptions[0] from group
        store.finish_document(record.id, work.document.id, items=len(work.items))
    store.finish_run(record.id)
    return store.run_summary(record.id)


async def extract_item(
    document: Document, item: Item, strategy: Strategy, store: Store, run_id: str
) -> None:
    """Extract one item and store its outcome; one item's failure fails only it."""
    try:
        drafts = await strategy.extract(item, document)
    except LLMError as exc:
        if exc.is_fatal:
            raise
        _log.warning("item %s of %s failed: %s", item.label, document.path, exc)
        store.add_item_outcome(run_id, item, [], failure=Failure.of(exc))
        return
    commitments: list[Commitment] = []
    for position, draft in enumerate(drafts):
        grounded = ground(draft, item, document, run_id=run_id, position=position)
        commitments.append(normalise(grounded, item, document.plan_year))
    store.add_item_outcome(run_id, item, commitments)
