"""A sent command again: its files loaded as they were told, and what is not the same.

Answers belong to the files as they were. Where a file has changed nothing is read: the
answers stay in the ledger, where any run finds those whose questions are still asked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from extractor.core.runs import OnItem, RunSummary, utc_text
from extractor.model.endpoints import ModelConfig
from extractor.runs.batch.command import Command
from extractor.runs.batch.reading import KnownAnswers, read_run
from extractor.runs.pipeline import Job
from extractor.runs.session import make_strategy
from extractor.runs.works import Plan, load_works
from extractor.store.batches.book import BatchStore
from extractor.store.batches.stored import Batch

_NAMED = 5
"""Files that have changed and are named."""


class Shown(NamedTuple):
    """How far the reading is, for one who waits."""

    files: Callable[[], AbstractContextManager[Callable[[Path, int, int], None]]]
    """Yields what is called before each file."""
    items: Callable[[int], AbstractContextManager[OnItem]]
    """Yields what is called after each item, of how many."""


class ReadRun(NamedTuple):
    """What became of the run of a command."""

    command: Command
    base_url: str
    changed: tuple[str, ...] = ()
    """What is not as it was, in sentences; then nothing was read."""
    summary: RunSummary | None = None
    model: KnownAnswers | None = None

    @property
    def is_whole(self) -> bool:
        """Say whether every item was read, and none failed."""
        if self.summary is None or self.model is None:
            return False
        return not (self.model.items or self.summary.failed)

    @property
    def is_well(self) -> bool:
        """Say whether a run would have ended so without a complaint."""
        is_doubtful = self.summary is not None and self.summary.is_doubtful
        return self.is_whole and not is_doubtful


def unread(batches: list[Batch]) -> list[Batch]:
    """Return the latest batch of each run with answers that were never looked at."""
    latest = {
        batch.run_id: batch
        for batch in batches
        if batch.collected_at is not None and batch.read_at is None
    }
    return list(latest.values())


def read_again(
    store: BatchStore, batch: Batch, endpoint: ModelConfig, shown: Shown
) -> ReadRun:
    """Load a command's files anew and read what is answered.

    Args:
        store: the open database.
        batch: one of the run's.
        endpoint: where its answers are from.
        shown: tells how far it is.

    Raises:
        ExtractorError: a prompt is missing, or the database cannot be written.
    """
    command = Command.model_validate_json(batch.command)
    config = command.config(endpoint.base_url)
    endpoint = replace(endpoint, name=command.model, mode=command.answer_mode)
    with shown.files() as on_file:
        plan = load_works(command.files(), config, on_file)
    strategy = make_strategy(config, command.prompts_folder())
    job = Job.of(plan.works, config, strategy)
    if job.record.id != batch.run_id:
        made = ReadRun(command, endpoint.base_url, tuple(_changes(store, batch, plan)))
    else:
        summary, model = read_run(job, endpoint, store, shown.items(plan.items))
        made = ReadRun(command, endpoint.base_url, (), summary, model)
    for one in store.batches():
        if one.run_id == batch.run_id and one.collected_at and not one.read_at:
            store.note(one.id, read_at=utc_text())
    return made


def _changes(store: BatchStore, batch: Batch, plan: Plan) -> Iterator[str]:
    """Yield what is not as it was when a batch was sent."""
    known = store.run_digests(batch.run_id)
    found = {sheet.sha256: sheet.path for sheet in plan.works.sheets}
    changed = [path for digest, path in found.items() if digest not in known]
    gone = len(known - set(found))
    for path in changed[:_NAMED]:
        yield f"{path!r} has changed or is new since the batch was sent"
    if changed[_NAMED:]:
        yield f"{len(changed[_NAMED:])} other files have changed or are new"
    for refused in plan.refused[:_NAMED]:
        yield str(refused)
    if gone and not changed:
        yield f"{gone} files of the batch are not there as they were"
    if not (changed or gone):
        yield (
            "this version of the program, its prompts, or what the files are told to "
            "be is not that which sent the batch"
        )
