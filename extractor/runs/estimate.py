"""What a run would send and cost, counted from its requests; nothing is sent."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from extractor.extraction.strategy import Strategy, view_of
from extractor.model.embedded.adapter import adapter_name
from extractor.model.endpoints import ModelConfig
from extractor.model.limits.pricing import Prices
from extractor.model.requests import Answer, Request
from extractor.model.turns import settled
from extractor.runs.config import RunConfig
from extractor.runs.session import LOCAL, ModelOptions, weights_name
from extractor.runs.spool import Work
from extractor.store.ledger import StoredAnswers

ANSWER_TOKENS = {"sentences": 30, "marked": 450, "open": 400, "rules": 0}
"""Tokens of a typical answer: that of `open` measured on the shipped documents, the
others estimated from the length of good answers at 0.65 tokens a character."""


_HERE = "http://127.0.0.1/v1"
"""The embedded model's endpoint in the identity of a request, whatever its port."""
NOT_SENT = "not-sent"
"""A key for one who only looks."""


class Estimate(NamedTuple):
    """What a document would take."""

    path: str
    items: int
    requests: int
    """Of the first round that are not answered yet: what is asked again depends on the
    answers."""
    prompt_tokens: int
    answer_tokens: int


def estimate(
    works: Sequence[Work],
    strategy: Strategy,
    config: RunConfig,
    is_answered: Callable[[Request], bool] = lambda _: False,
) -> list[Estimate]:
    """Return what each document would take.

    Args:
        works: the documents.
        strategy: how they are read.
        config: what was asked for.
        is_answered: says of a request that it was answered before.
    """
    estimates = []
    for work in works:
        asked = [
            request
            for item in work.items
            for request in strategy.requests(view_of(item, work.document))
            if not is_answered(request)
        ]
        estimates.append(
            Estimate(
                work.document.path,
                len(work.items),
                len(asked),
                sum(request.prompt_tokens for request in asked),
                len(asked) * ANSWER_TOKENS[config.strategy],
            )
        )
    return estimates


@contextmanager
def answers_before(
    config: RunConfig, options: ModelOptions, db: Path
) -> Iterator[Callable[[Request], bool]]:
    """Yield what says of a request that the database has its answer; nothing is sent.

    Raises:
        ConfigError: the adapter cannot be used.
    """
    name = config.model
    if name == LOCAL:
        with suppress(OSError):  # without the weights nothing was answered by them
            name = weights_name(options.model_path)
    endpoint = ModelConfig(
        name,
        config.base_url or _HERE,
        NOT_SENT,
        mode=config.answer_mode,
        adapter=adapter_name(config.adapter) if config.adapter else "",
    )
    with closing(StoredAnswers(db, config.base_url)) as stored:
        yield lambda request: isinstance(settled(request, endpoint, stored), Answer)


def total(estimates: Sequence[Estimate]) -> Estimate:
    """Return what all documents would take."""
    return Estimate(
        "all",
        sum(one.items for one in estimates),
        sum(one.requests for one in estimates),
        sum(one.prompt_tokens for one in estimates),
        sum(one.answer_tokens for one in estimates),
    )


def estimated_cost(config: RunConfig, whole: Estimate, prices: Prices) -> float | None:
    """Return US dollars, None where no price is known; the embedded model is free."""
    if config.base_url is None:
        return 0.0
    return prices.cost_usd(
        config.model, whole.prompt_tokens, 0, whole.answer_tokens, config.base_url
    )
