"""What is still to be asked: the turns of items that nobody has answered."""

from __future__ import annotations

from collections.abc import Container, Iterator
from typing import NamedTuple

from extractor.core.records import Item
from extractor.extraction.strategy import Strategy, view_of
from extractor.model.endpoints import ModelConfig
from extractor.model.requests import Answer, Request, unanswered
from extractor.model.turns import Replies, Turn, settled
from extractor.runs.spool import Work


class Open(NamedTuple):
    """A turn that an item waits for."""

    item: Item
    turn: Turn


class Asking(NamedTuple):
    """How the items of a run are asked about."""

    strategy: Strategy
    endpoint: ModelConfig
    replies: Replies
    """What is answered already."""

    def open_turns(self, work: Work, done: Container[str] = ()) -> Iterator[Open]:
        """Yield what a document waits for, under way or not.

        Args:
            work: the document.
            done: ids of items that are read.
        """
        for item in work.items:
            if item.id in done:
                continue
            for turn in self._missing(work, item):
                yield Open(item, turn)

    def _missing(self, work: Work, item: Item) -> Iterator[Turn]:
        """Yield the turns of the item's first round that is not answered whole."""
        view = view_of(item, work.document)
        answers: dict[Request, Answer] = {}
        while asked := unanswered(self.strategy.requests(view, answers), answers):
            missing = []
            for request in asked:
                found = settled(request, self.endpoint, self.replies)
                if isinstance(found, Answer):
                    answers[request] = found
                else:
                    missing.append(found)
            if missing:
                yield from missing
                return
