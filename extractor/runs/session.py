"""Open the model a run asked for, do the run, and close the model again.

The one place where weights, server, client, prompts and database come together.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import AsyncIterator, Callable
from contextlib import (
    AbstractContextManager,
    asynccontextmanager,
    nullcontext,
    suppress,
)
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from extractor.core.calls import Ledger
from extractor.core.errors import ConfigError, StoreError
from extractor.core.runs import OnItem, RunSummary
from extractor.extraction.marked.strategy import MarkedStrategy
from extractor.extraction.open import OpenStrategy
from extractor.extraction.sentences.strategy import SentencesStrategy
from extractor.extraction.strategy import RulesStrategy, Soft, Strategy
from extractor.model.base_url import check_base_url
from extractor.model.client import OpenAIClient
from extractor.model.embedded.adapter import SHIPPED, adapter_digest
from extractor.model.embedded.weights import QWEN_CODER, Progress, locate_weights
from extractor.model.endpoints import PATIENCE_S, ModelConfig
from extractor.model.limits.allowance import FREE, Allowance, check_price
from extractor.model.prompts import load_prompt
from extractor.model.source import LOCAL_SLOTS, ModelSource, Serve, serve_model
from extractor.runs.asking import Model, NoModel
from extractor.runs.config import RunConfig, StrategyName
from extractor.runs.pipeline import Job, run
from extractor.runs.works import Plan
from extractor.store.ledger import SqliteLedger
from extractor.store.store import Store

LOCAL = "local"
RULES = "rules"
DEFAULT_BASE_URL = "https://api.openai.com/v1"
CONCURRENCY = 8
"""Requests in flight at a hosted endpoint, when nothing is said."""
_SAMPLES = 32
_SAMPLE_BYTES = 64 << 10


@dataclass(frozen=True, slots=True)
class ModelOptions:
    """How to reach a model."""

    model_path: Path | None = None
    prompts: Path | None = None
    timeout_s: float = 120.0
    patience_s: float = PATIENCE_S
    allowance: Allowance = FREE
    """How fast and how dear the calls of a hosted model may be."""
    on_progress: Progress | None = None
    """Told about the joining of the embedded weights."""
    on_notice: Callable[[str], None] | None = None
    """Told in a sentence what a run waits for and what it need not do again."""
    serve: Serve | None = None
    """Serves the model for a run, in place of `serve_model`: to one run after another,
    say."""


@dataclass(frozen=True, slots=True)
class OwnFiles:
    """What is served in place of what is shipped."""

    weights: Path | None = None
    adapter: Path | None = None


_NO_FILES = OwnFiles()


def hosted_base_url(base_url: str | None) -> str:
    """Return the endpoint of a hosted model: the flag, the environment, the default.

    Raises:
        ConfigError: what was given is no URL.
    """
    if base_url:
        check_base_url(base_url)
        return base_url
    if base_url := os.environ.get("OPENAI_BASE_URL"):
        check_base_url(base_url, "OPENAI_BASE_URL")
        return base_url
    return DEFAULT_BASE_URL


def run_config(
    model: str,
    strategy: StrategyName | None = None,
    soft: Soft | None = None,
    base_url: str | None = None,
    concurrency: int = CONCURRENCY,
    files: OwnFiles = _NO_FILES,
) -> RunConfig:
    """Return what a run of a model is asked to do; what is not said has a default.

    Args:
        model: `local`, `rules`, or a model of the endpoint.
        strategy: `sentences` for the embedded model and whatever has an adapter,
            `marked` for others by default.
        soft: who finds promises without number or date: the model where there is one,
            else the rules.
        base_url: the endpoint of a hosted model.
        concurrency: requests in flight at a hosted endpoint.
        files: weights and adapter of one's own, for `local`.

    Raises:
        ConfigError: the URL is none, or no adapter fits the weights.
    """
    is_hosted = model not in {LOCAL, RULES}
    adapter = _adapter(files) if model == LOCAL else None
    usual: StrategyName = "sentences" if adapter else "marked"
    chosen: StrategyName = "rules" if model == RULES else strategy or usual
    if model == LOCAL and chosen == "sentences" and adapter is None:
        raise _no_adapter_for(files.weights)
    return RunConfig(
        model=model,
        strategy=chosen,
        soft=soft or ("rules" if model == RULES else "model"),
        base_url=hosted_base_url(base_url) if is_hosted else None,
        concurrency=concurrency if is_hosted else LOCAL_SLOTS,
        adapter=adapter if chosen == "sentences" else None,
    )


def _adapter(files: OwnFiles) -> Path | None:
    """Return the adapter of the weights: that given, or the shipped one of its base."""
    if files.adapter is not None:
        return files.adapter
    try:
        return SHIPPED if weights_name(files.weights) == LOCAL else None
    except OSError:  # `find_model` says so
        return None


def _no_adapter_for(weights: Path | None) -> ConfigError:
    return ConfigError(
        f"--strategy sentences needs a tuned model, and no adapter is shipped for "
        f"{str(weights)!r}: give --adapter FILE tuned for it, or --strategy marked"
    )


def find_model(config: RunConfig, options: ModelOptions) -> ModelSource:
    """Find and check everything the run's model needs, before anything is started.

    Raises:
        ConfigError: the weights, the adapter, the key or the URL cannot be used.
    """
    if config.model == RULES:
        return ModelSource(RULES)
    if config.model == LOCAL:
        if config.adapter is not None:
            adapter_digest(config.adapter)
        weights = locate_weights(options.model_path, options.on_progress)
        name = weights_name(options.model_path)
        if config.adapter == SHIPPED and name != LOCAL:
            raise _no_adapter_for(options.model_path)
        return ModelSource(name, weights=weights, adapter=config.adapter)
    endpoint = ModelConfig(
        config.model,
        hosted_base_url(config.base_url),
        os.environ.get("OPENAI_API_KEY", ""),
        timeout_s=options.timeout_s,
        patience_s=options.patience_s,
        allowance=options.allowance,
        mode=config.answer_mode,
    )
    check_price(options.allowance, endpoint.name, endpoint.base_url)
    return ModelSource(config.model, endpoint=endpoint)


def weights_name(path: Path | None) -> str:
    """Return the name a weights file is asked by: another file, another name.

    It is part of every request and of the run's identity, so answers of one file are
    never taken for those of another.
    The embedded weights are plain `local`, wherever they lie.
    Other files are told apart by size and samples: reading all of a large one takes
    longer than a small run.
    """
    if path is None:
        return LOCAL
    size = path.stat().st_size
    with path.open("rb") as file:
        if size == QWEN_CODER.size:
            whole = hashlib.file_digest(file, "sha256").hexdigest()
            if whole == QWEN_CODER.sha256:
                return LOCAL
        digest = hashlib.sha256(str(size).encode())
        for sample in range(_SAMPLES + 1):
            file.seek(max(0, size - _SAMPLE_BYTES) * sample // _SAMPLES)
            digest.update(file.read(_SAMPLE_BYTES))
    return f"{LOCAL}:{digest.hexdigest()[:12]}"


@asynccontextmanager
async def open_model(
    endpoint: ModelConfig | None, ledger: Ledger, concurrency: int
) -> AsyncIterator[Model]:
    """Yield the model; its connections are closed in the loop that used them.

    Args:
        endpoint: the running model; None where no call is made.
        ledger: where attempts go and answers come from.
        concurrency: requests in flight at most.
    """
    if endpoint is None:
        yield NoModel()
        return
    async with OpenAIClient(endpoint, ledger, concurrency=concurrency) as client:
        yield client


@dataclass(frozen=True, slots=True)
class Prepared:
    """A run of which nothing is known that would stop it; nothing is written yet."""

    job: Job
    source: ModelSource
    options: ModelOptions

    @property
    def run_id(self) -> str:
        """The id that the run will have in the database."""
        return self.job.record.id


def prepare(plan: Plan, config: RunConfig, options: ModelOptions) -> Prepared:
    """Find everything that a run needs.

    Args:
        plan: the files to do.
        config: what was asked for.
        options: how to reach the model.

    Raises:
        ConfigError: the model cannot be used.
        PromptError: a prompt is missing or malformed.
    """
    source = find_model(config, options)
    config = replace(config, model=source.name)
    job = Job.of(plan.works, config, make_strategy(config, options.prompts))
    return Prepared(job, source, options)


def execute(
    prepared: Prepared,
    db: Path,
    progress: AbstractContextManager[OnItem],
    *,
    resume: bool = True,
) -> RunSummary:
    """Do a run into the database.

    An earlier run of the same kind is taken up where it stopped, and no server starts
    when it left nothing to do. A run that does not finish is marked as such.

    Args:
        prepared: what to do.
        db: the database, made when missing.
        progress: yields what is called after each item.
        resume: False forgets the earlier run and asks everything again.

    Raises:
        ConfigError: the model's server does not start.
        LLMError: no call can succeed; what was done stays.
        StoreError: the database cannot be written.
    """
    job, run_id, options = prepared.job, prepared.run_id, prepared.options
    with Store(db) as store:
        store.start_run(job.record)
        try:
            since = None
            if not resume:
                store.reset_run(run_id)
                since = datetime.now(UTC)
            tell = options.on_notice or _say_nothing
            left = job.count_left(store)
            if done := sum(sheet.items for sheet in job.works.sheets) - left:
                tell(f"{done} items were done before and are kept as they are")
            endpoint: AbstractContextManager[ModelConfig | None] = nullcontext()
            paid_usd = store.run_summary(run_id).cost_usd or 0.0
            source = prepared.source.having_spent(paid_usd)
            if left:
                if source.weights is not None and options.serve is None:
                    tell(f"loading the model ({source.weights.name})")
                endpoint = (options.serve or serve_model)(source)
            with endpoint as served, progress as advance:
                ledger = SqliteLedger(store, run_id, since, cost_usd=paid_usd)
                model = open_model(served, ledger, job.config.concurrency)
                made = run(job, model, store, _with_cost(advance, ledger))
        except BaseException as exc:
            stopped = isinstance(exc, KeyboardInterrupt)
            with suppress(StoreError):  # the disk may be what failed
                store.finish_run(run_id, "interrupted" if stopped else "failed")
            raise
        if ledger.reused:
            tell(f"{ledger.reused} answers were there already and cost nothing")
        return made


def _with_cost(advance: OnItem, ledger: SqliteLedger) -> OnItem:
    return lambda done: advance(done._replace(cost_usd=ledger.cost_usd))


def _say_nothing(_notice: str) -> None:
    """Tell nobody."""


def make_strategy(config: RunConfig, prompts: Path | None = None) -> Strategy:
    """Return the run's strategy.

    Args:
        config: what was asked for.
        prompts: a folder of prompts instead of the shipped one.

    Raises:
        PromptError: a prompt is missing or malformed.
        ConfigError: the adapter cannot be used.
    """
    if config.strategy == "rules":
        return RulesStrategy(config.soft)
    if config.strategy == "sentences":
        adapter = adapter_digest(config.adapter) if config.adapter else ""
        return SentencesStrategy(adapter, config.soft)
    if config.strategy == "marked":
        return MarkedStrategy(load_prompt("marked", prompts), config.soft)
    return OpenStrategy(load_prompt("open", prompts), config.soft)
