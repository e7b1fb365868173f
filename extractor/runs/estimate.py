"""What a run would send and cost, counted from its requests; nothing is sent."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from extractor.extraction.strategy import Strategy, view_of
from extractor.model.limits.pricing import Prices
from extractor.runs.config import RunConfig
from extractor.runs.works import Work

_ANSWER_TOKENS = {"sentences": 30, "marked": 450, "open": 400, "rules": 0}
"""Tokens of a typical answer: that of `open` measured on the shipped documents, the
others estimated from the length of good answers at 0.65 tokens a character."""


class Estimate(NamedTuple):
    """What a document would take."""

    path: str
    items: int
    requests: int
    """Of the first round: what is asked again depends on the answers."""
    prompt_tokens: int
    answer_tokens: int


def estimate(
    works: Sequence[Work], strategy: Strategy, config: RunConfig
) -> list[Estimate]:
    """Return what each document would take."""
    estimates = []
    for work in works:
        asked = [
            request
            for item in work.items
            for request in strategy.requests(view_of(item, work.document))
        ]
        estimates.append(
            Estimate(
                work.document.path,
                len(work.items),
                len(asked),
                sum(request.prompt_tokens for request in asked),
                len(asked) * _ANSWER_TOKENS[config.strategy],
            )
        )
    return estimates


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
