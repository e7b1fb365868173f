"""The run on a cluster: paths to documents to blocks to Parquet, in two passes.

The first looks at every file, because a run's id is made of all its documents; the
second reads them, block by block.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from threading import Thread
from typing import Any, NamedTuple

from extractor.core.errors import ExtractorError, StoreError
from extractor.core.interrupts import ctrl_c_calls
from extractor.core.runs import RunRecord, RunSummary
from extractor.core.text import one_line
from extractor.model.limits.allowance import Allowance
from extractor.runs import session
from extractor.runs.cluster.blocks import Block, Known, blocks_of
from extractor.runs.cluster.job import ClusterJob, error_of
from extractor.runs.cluster.limits import Limits
from extractor.runs.cluster.machines import machines
from extractor.runs.cluster.output import Output, Refused
from extractor.runs.cluster.sources import Source, find_sources
from extractor.runs.cluster.worker import Reader, look
from extractor.runs.config import RunConfig
from extractor.runs.identity import record_of
from extractor.runs.session import ModelOptions

_log = logging.getLogger(__name__)

_MOST_PIECES = 10_000
"""Pieces that Ray Data schedules; blocks beyond share one."""
_FILES_A_PIECE = 1000

Json = dict[str, Any]
OnBlock = Callable[[int, int], None]
"""Called with the documents that are done, and all of them."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Where a run on a cluster reads, writes and works."""

    paths: tuple[str, ...]
    out: str
    workers: int | None = None
    """As many as there are processors when nothing is said."""
    address: str | None = None
    """Of a Ray cluster; None starts Ray on this machine."""
    resume: bool = True


class Made(NamedTuple):
    """What a run on a cluster made."""

    summary: RunSummary | None
    """None where no file could be used."""
    refused: tuple[Refused, ...]
    root: str
    """Where it lies."""


def run_on_cluster(
    asked: Asked, config: RunConfig, options: ModelOptions, on_block: OnBlock
) -> Made:
    """Read files on many workers; write what they say as Parquet.

    Args:
        asked: where.
        config: how each document is read.
        options: how to reach the model.
        on_block: told when a block is done.

    Raises:
        ConfigError: Ray, the model or the storage cannot be used.
        LLMError: no call can succeed; what was done stays.
        BudgetError: the run may cost no more; what was done stays.
        KeyboardInterrupt: it was stopped.
    """
    tell = options.on_notice or (lambda _notice: None)
    named = replace(config, model=session.find_model(config, options).name)
    strategy = session.make_strategy(named, options.prompts)
    with machines(asked.address, asked.workers) as (ray, workers):
        output = Output(asked.out)
        sources, unread = find_sources(asked.paths, config.max_bytes)
        tell(f"looking at {len(sources)} files, {workers} workers")
        looked = _looked(ray, sources, config, workers)
        refused = [*(Refused("", str(exc)) for exc in unread), *looked.refused]
        if not looked.documents:
            return Made(None, tuple(refused), output.root)
        record = record_of(looked.identities, named, strategy)
        run = _Run(ray, workers, record, output)
        job = run.job(config, options, resume=asked.resume)
        made, unusable = run.read(job, looked.documents, on_block)
        refused += unusable
        output.refuse(record.id, refused)
        return Made(made, tuple(refused), output.root)


class _Looked(NamedTuple):
    """What the first pass found."""

    documents: list[Known]
    identities: list[list[object]]
    refused: list[Refused]


def _looked(
    ray: Any, sources: Sequence[Source], config: RunConfig, workers: int
) -> _Looked:
    """Look at every file; a byte-identical copy of one is no further document."""
    rows = [
        {"number": number, "source": json.dumps(source.row())}
        for number, source in enumerate(sources)
    ]
    if not rows:
        return _Looked([], [], [])
    pieces = max(min(len(rows), 4 * workers), len(rows) // _FILES_A_PIECE)
    data = ray.data.from_items(rows, override_num_blocks=pieces)
    found = {
        row["number"]: json.loads(row["found"])
        for row in _rows(ray, data.map(partial(look, config=config)))
    }
    documents: dict[str, Known] = {}
    identities: list[list[object]] = []
    refused: list[Refused] = []
    for number, source in enumerate(sources):
        said = found[number]
        if "refused" in said:
            refused.append(Refused(source.path, said["refused"]))
        elif known := documents.get(said["sha256"]):
            _log.warning("%s is a copy of %s", source.path, known.source.path)
        else:
            documents[said["sha256"]] = Known(
                source, len(documents), said["sha256"], said["characters"]
            )
            names = ("sha256", "encoding", "title", "issuer", "plan_year")
            identities.append([said[name] for name in names])
    return _Looked(list(documents.values()), identities, refused)


class _Run:
    """The second pass: what each block's worker is told, and what they made in all."""

    def __init__(
        self, ray: Any, workers: int, record: RunRecord, output: Output
    ) -> None:
        self._ray = ray
        self._workers = workers
        self._record = record
        self._output = output

    def job(
        self, config: RunConfig, options: ModelOptions, *, resume: bool
    ) -> ClusterJob:
        """Return what the workers are to do."""
        record, allowance = self._record, options.allowance
        if allowance.cap.is_set:
            spent_usd = self._output.spent_usd(record.id)
            cap = replace(allowance.cap, spent_usd=spent_usd)
            allowance = replace(allowance, cap=cap)
        few = {k: v for k, v in record.config.items() if k != "documents"}
        return ClusterJob(
            record=record.model_copy(update={"config": few}),
            config=config,
            options=replace(
                options, allowance=allowance, on_progress=None, on_notice=None
            ),
            out=self._output.root,
            limits=self._limits(allowance, config.concurrency),
            resume=resume,
            others=self._output.others(record),
        )

    def _limits(self, allowance: Allowance, concurrency: int) -> Any:
        """Start the actor; a call that waits for its turn must not keep one in."""
        most = 4 * self._workers * concurrency + 100
        actor = self._ray.remote(Limits)
        return actor.options(num_cpus=0, max_concurrency=most).remote(allowance)

    def read(
        self, job: ClusterJob, documents: Sequence[Known], on_block: OnBlock
    ) -> tuple[RunSummary, list[Refused]]:
        """Read the documents; return the numbers, and files that were lost meanwhile.

        Raises:
            ExtractorError: a worker could not go on; what was done stays.
        """
        record, output = self._record, self._output
        is_new = output.begin(record)
        try:
            made = list(self._blocks(job, documents, on_block))
        except BaseException as exc:
            status = "interrupted" if isinstance(exc, KeyboardInterrupt) else "failed"
            with suppress(ExtractorError):
                output.end(record, status)  # type: ignore[arg-type]  # one of the two
            raise
        if is_new or any(one["is_new"] for one in made):
            times = output.end(record, "finished")
        else:
            times = output.times(record)
        refused = [
            Refused(lost["path"], lost["reason"])
            for one in made
            for lost in one["refused"]
        ]
        return _summed(record, times, [one["summary"] for one in made]), refused

    def _blocks(
        self, job: ClusterJob, documents: Sequence[Known], on_block: OnBlock
    ) -> Iterator[Json]:
        """Yield what became of each block; after an error, no further one begins."""
        blocks = blocks_of(self._record.id, documents)
        error: ExtractorError | None = None
        done = 0
        stopping = _Stopping(job.limits)
        with ctrl_c_calls(stopping):
            for row in _rows(self._ray, self._planned(job, blocks)):
                made = json.loads(row["made"])
                if "error" in made:
                    error = error or error_of(made["error"])
                    self._ray.get(job.limits.stop.remote())
                elif "is_stopped" not in made:
                    done += row["documents"]
                    on_block(done, len(documents))
                    yield made
        if error:
            raise error
        if stopping.is_told:
            raise KeyboardInterrupt

    def _planned(self, job: ClusterJob, blocks: Sequence[Block]) -> Any:
        rows = [{"block": json.dumps(block.row())} for block in blocks]
        data = self._ray.data
        pool = data.ActorPoolStrategy(
            size=min(self._workers, len(rows)), max_tasks_in_flight_per_actor=1
        )
        return data.from_items(
            rows, override_num_blocks=min(len(rows), _MOST_PIECES)
        ).map(Reader, fn_constructor_args=(job,), compute=pool, num_cpus=1)


class _Stopping:
    """What Ctrl-C does: workers wait for what is in flight; once more ends at once."""

    def __init__(self, limits: Any) -> None:
        self._limits = limits
        self.is_told = False

    def __call__(self) -> None:
        """Tell the workers, from a thread: the signal may have come amid a call."""
        if self.is_told:
            raise KeyboardInterrupt
        self.is_told = True
        Thread(target=self._limits.stop.remote, daemon=True).start()


def _rows(ray: Any, data: Any) -> Iterator[Json]:
    """Yield the rows of a dataset as they are made.

    Raises:
        StoreError: a worker was lost for good, or failed as none should.
    """
    try:
        yield from data.iter_rows()
    except ray.exceptions.RayError as error:
        said = str(error).strip().splitlines() or [type(error).__name__]
        raise StoreError(
            f"a worker failed: {one_line(said[-1])[:300]}; what was written is kept, "
            "the same command goes on from there"
        ) from error


def _summed(
    record: RunRecord, times: tuple[str, str], parts: Sequence[Json | None]
) -> RunSummary:
    """Return the numbers of a run, from those of its blocks."""
    whole = [part for part in parts if part]
    names = [
        name
        for name, field in RunSummary.model_fields.items()
        if field.annotation in {int, float}
    ]
    costs = [part["cost_usd"] for part in whole if part["cost_usd"] is not None]
    return RunSummary(
        run_id=record.id,
        status="finished",
        model=record.model,
        strategy=record.strategy,
        soft=record.soft,
        created_at=times[0],
        finished_at=times[1],
        cost_usd=sum(costs) if costs else None,
        **{name: sum(part[name] for part in whole) for name in names},
    )
