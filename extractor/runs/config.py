"""What one invocation is asked to do."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from extractor.documents.archives import MAX_BYTES
from extractor.extraction.strategy import Soft
from extractor.model.endpoints import AnswerMode

StrategyName = Literal["rules", "sentences", "marked", "open"]


@dataclass(frozen=True, slots=True)
class RunConfig:
    """What one invocation is asked to do.

    All but `concurrency`, `max_bytes` and `keep_failed` decides its records.
    """

    model: str
    """The name that is sent with every request."""
    strategy: StrategyName
    soft: Soft
    base_url: str | None = None
    """The endpoint of a hosted model; None for the embedded one and for rules."""
    concurrency: int = 1
    adapter: Path | None = None
    """What tunes the embedded model of `sentences`; None elsewhere."""
    limit: int | None = None
    """Items a document at most; None for all."""
    encoding: str | None = None
    title: str | None = None
    issuer: str | None = None
    plan_year: int | None = None
    max_bytes: int = MAX_BYTES
    """Of the largest file that is read; an archive may have `MAX_TIMES` that."""
    keep_failed: bool = False
    """Leave items as they are that failed in an earlier invocation."""
    answer_mode: AnswerMode = "auto"
    """How an endpoint is asked for JSON."""
