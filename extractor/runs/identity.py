"""What a run is: everything that decides its records, under one id."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from extractor import __version__
from extractor.core.records import SCHEMA_VERSION, content_id
from extractor.core.runs import RunRecord
from extractor.extraction.strategy import Strategy
from extractor.runs.code import code_digest
from extractor.runs.config import RunConfig
from extractor.runs.sheets import Sheet


def run_record(
    sheets: Iterable[Sheet], config: RunConfig, strategy: Strategy
) -> RunRecord:
    """Describe the run; its id is a hash of everything that decides the records.

    The same command on the same files is the same run, which is how it resumes; where
    the embedded server listens is no part of it.
    """
    documents: list[list[object]] = [
        [sheet.sha256, sheet.encoding, sheet.title, sheet.issuer, sheet.plan_year]
        for sheet in sheets
    ]
    return record_of(documents, config, strategy)


def record_of(
    documents: Sequence[Sequence[object]], config: RunConfig, strategy: Strategy
) -> RunRecord:
    """Describe a run by what identifies its documents, in their order."""
    prompt_name, prompt_sha256 = strategy.prompt_version
    settings: dict[str, object] = {
        "limit": config.limit,
        "answer_mode": config.answer_mode,
        "code": code_digest(),
        "documents": documents,
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
