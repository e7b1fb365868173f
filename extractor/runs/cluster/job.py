"""A job: all that a worker needs to know of a run, whichever machine it is on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from extractor.core.errors import (
    BudgetError,
    ConfigError,
    ExtractorError,
    LLMError,
    PromptError,
    StoreError,
    UserError,
)
from extractor.core.runs import RunRecord
from extractor.runs.cluster.limits import SharedAllowance
from extractor.runs.code import code_digest
from extractor.runs.config import RunConfig
from extractor.runs.session import ModelOptions
from extractor.store.carrying.parts import Row


@dataclass(frozen=True)
class ClusterJob:
    """A run, as its workers know it. There is no key in it: each has its own."""

    record: RunRecord
    """Without the list of documents, which may be long."""
    config: RunConfig
    options: ModelOptions
    out: str
    """Absolute path or address."""
    limits: Any
    """The actor of `limits`."""
    resume: bool = True
    others: Mapping[str, Row] | None = None
    """Earlier runs with the same endpoint: id to row. Their answers are reused."""

    def options_for(self, block: str) -> ModelOptions:
        """Return how to reach the model while a block is read."""
        allowance = self.options.allowance
        rates = allowance.rates
        if not (rates.requests or rates.tokens or allowance.cap.is_set):
            return self.options
        shared = SharedAllowance(
            rates, allowance.cap, allowance.prices, self.limits, block
        )
        return replace(self.options, allowance=shared)

    def check_code(self) -> None:
        """Refuse to read where another version of the product is installed.

        Raises:
            ConfigError: its records would be others.
        """
        if code_digest() != self.record.config["code"]:
            raise ConfigError(
                "a worker has another version of this program than the one that began "
                "the run; install the same on every machine"
            )


_KINDS = {
    kind.__name__: kind
    for kind in (BudgetError, ConfigError, PromptError, UserError, StoreError, LLMError)
}


def told(error: ExtractorError) -> dict[str, str]:
    """Return an error as JSON has it."""
    kinds = (kind.__name__ for kind in type(error).__mro__)
    return {
        "kind": next((kind for kind in kinds if kind in _KINDS), StoreError.__name__),
        "message": str(error),
    }


def error_of(row: Mapping[str, str]) -> ExtractorError:
    """Return the error that a worker told of."""
    return _KINDS[row["kind"]](row["message"])
