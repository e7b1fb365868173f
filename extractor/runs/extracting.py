"""The product in one call: a text or a file in, its records out, no database.

For scripts and notebooks; what `extract run` stores is the same.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from extractor.core.calls import MemoryLedger
from extractor.core.errors import DocumentError
from extractor.core.records import Commitment, Document, Draft, Item
from extractor.documents.items import split_items
from extractor.documents.loading import document_of_text
from extractor.extraction.commitments import commitments
from extractor.extraction.strategy import view_of
from extractor.model.endpoints import ModelConfig
from extractor.model.source import serve_model
from extractor.runs.asking import read
from extractor.runs.config import RunConfig
from extractor.runs.session import (
    LOCAL,
    ModelOptions,
    OwnFiles,
    find_model,
    make_strategy,
    open_model,
    run_config,
)
from extractor.runs.works import load_as_told


def extract(
    source: str | Path,
    *,
    model: str = LOCAL,
    config: RunConfig | None = None,
    options: ModelOptions | None = None,
    plan_year: int | None = None,
) -> list[Commitment]:
    """Return the records of a plan, in reading order.

    It may be called where an event loop runs, as in a notebook.

    Args:
        source: the text of a plan, or the path of its file.
        model: `local` (embedded), `rules` (no model), or a model of the endpoint.
        config: everything that `extract run` can be told, in place of `model`; see
            `runs.session.run_config`.
        options: how to reach the model.
        plan_year: year of the plan, instead of the one found by rule.

    Raises:
        UserError: the source has no points, or the model cannot be used.
        LLMError: a call failed for good.
    """
    options = options or ModelOptions()
    config = config or run_config(model, files=OwnFiles(options.model_path))
    year = plan_year or config.plan_year
    document = _document(source, replace(config, plan_year=year))
    items = split_items(document)[: config.limit]
    if not items:
        raise DocumentError(f"{document.path!r} has no numbered or headed points")
    found = find_model(config, options)
    config = replace(config, model=found.name)
    with serve_model(found) as endpoint:
        drafts = _in_a_loop(_Drafting(document, items, config, options, endpoint))
    return [
        record
        for item, made in zip(items, drafts, strict=True)
        for record in commitments(item, document, made)
    ]


def _document(source: str | Path, config: RunConfig) -> Document:
    if isinstance(source, Path):
        return load_as_told(source, config)
    return document_of_text(
        source,
        title=config.title,
        issuer=config.issuer,
        plan_year=config.plan_year,
    )


class _Drafting:
    """The drafts of a document's items, asked for side by side."""

    def __init__(
        self,
        document: Document,
        items: Sequence[Item],
        config: RunConfig,
        options: ModelOptions,
        endpoint: ModelConfig | None,
    ) -> None:
        self._document = document
        self._items = items
        self._config = config
        self._options = options
        self._endpoint = endpoint

    async def run(self) -> list[Sequence[Draft]]:
        """Return the drafts of each item; every call has ended then, failed or not.

        Raises:
            LLMError: the first call that failed for good.
        """
        strategy = make_strategy(self._config, self._options.prompts)
        opened = open_model(self._endpoint, MemoryLedger(), self._config.concurrency)
        async with opened as model:
            made = await asyncio.gather(
                *(
                    read(view_of(item, self._document), item.id, strategy, model)
                    for item in self._items
                ),
                return_exceptions=True,
            )
        drafts: list[Sequence[Draft]] = []
        for outcome in made:
            if isinstance(outcome, BaseException):
                raise outcome
            if outcome.failure is not None:
                raise outcome.failure
            drafts.append(outcome.drafts)
        return drafts


def _in_a_loop(drafting: _Drafting) -> list[Sequence[Draft]]:
    """Run in a loop of its own, in another thread where one is running."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(drafting.run())
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(lambda: asyncio.run(drafting.run())).result()
