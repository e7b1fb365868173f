"""One item read: a strategy's requests to a model until none is left."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from extractor.extraction.rules.targets import ItemReader
from extractor.extraction.strategy import Drafted, Strategy
from extractor.model.requests import Answer, Request, unanswered


class Model(Protocol):
    """Gives an answer to every request, whatever it takes."""

    async def answers(
        self, requests: Sequence[Request], item_id: str
    ) -> Mapping[Request, Answer]:
        """Return an answer to each request.

        Raises:
            ExtractorError: no request can be answered.
        """


class NoModel:
    """Stands where a strategy asks nothing."""

    async def answers(
        self, requests: Sequence[Request], item_id: str
    ) -> Mapping[Request, Answer]:
        """Refuse: that would be a fault of the product."""
        raise AssertionError(f"{len(requests)} questions of {item_id}, and no model")


async def read(
    view: ItemReader, item_id: str, strategy: Strategy, model: Model
) -> Drafted:
    """Return what a strategy makes of an item's view with a model's answers.

    Raises:
        ExtractorError: no request can be answered.
    """
    answers: dict[Request, Answer] = {}
    while asked := unanswered(strategy.requests(view, answers), answers):
        answers |= await model.answers(asked, item_id)
    return strategy.drafts(view, answers)
