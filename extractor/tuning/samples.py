"""Samples: the questions of the labelled documents with the answers of their gold.

Made by the code that asks at run time, so that what is learnt is what is asked.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from extractor.core.records import Item, Quote
from extractor.core.spans import Span
from extractor.evals.dataset import LabelledDocument
from extractor.evals.gold.records import GoldCommitment, GoldItem
from extractor.extraction.rules.targets import ItemReader
from extractor.extraction.sentences.answers import Said, write_answer
from extractor.extraction.sentences.questions import (
    Question,
    context_of,
    on_one_line,
    questions,
)

OUT_OF_SIGHT, UNMARKED, REPEATED = "out of sight", "unmarked", "repeated"
"""Why a question of a labelled item is no sample: the words of a record are not in it,
a target of the gold is not marked, or it was labelled where it was said first."""


class Sample(NamedTuple):
    """A question and the answer that the gold gives."""

    document: str
    question: str
    answer: str


class Samples(NamedTuple):
    """What the gold of documents gives to learn from."""

    samples: tuple[Sample, ...]
    left_out: Counter[str]
    """Questions that give no sample, by reason."""


def samples_of(labelled: Sequence[LabelledDocument]) -> Samples:
    """Return the samples of labelled documents, in reading order.

    Items of coverage `hard` teach what their numbers mean, those of coverage `full`
    their actions too.
    """
    samples: list[Sample] = []
    left_out: Counter[str] = Counter()
    for document in labelled:
        for item, view, gold in _labelled_items(document):
            reading = _Labelled(item, view, gold)
            for question in questions(view, asks_actions=gold.coverage == "full"):
                try:
                    answer = reading.answer(question)
                except _NoSampleError as error:
                    left_out[error.reason] += 1
                else:
                    samples.append(Sample(document.name, question.text, answer))
    return Samples(tuple(samples), left_out)


def _labelled_items(
    document: LabelledDocument,
) -> Iterator[tuple[Item, ItemReader, GoldItem]]:
    """Yield the items that the gold has labelled, with their views."""
    loaded = document.loaded
    by_span = {gold.item_span: gold for gold in document.gold}
    for item, view in zip(loaded.items, loaded.views, strict=True):
        if item.span in by_span:
            yield item, view, by_span[item.span]


class _NoSampleError(Exception):
    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class _Labelled:
    """The gold of an item, by its places in the item's cleaned text."""

    def __init__(self, item: Item, view: ItemReader, gold: GoldItem) -> None:
        self._item = item
        self._view = view
        self._gold = gold
        self._targets = [
            (span, record)
            for record in gold.commitments
            if record.target and (span := self._place(record.target))
        ]

    def answer(self, question: Question) -> str:
        """Return the answer to a question.

        Raises:
            _NoSampleError: the gold gives none.
        """
        self._refuse_unmarked(question)
        numbers = {
            name: self._meaning(index, question)
            for name, index in enumerate(question.marks, start=1)
        }
        actions = None
        if question.asks_actions:
            records = self._actions_in(question.span)
            actions = [self._said(record, question) for record in records]
        return write_answer(numbers, actions)

    def _refuse_unmarked(self, question: Question) -> None:
        """Refuse a sentence with a target that the rules do not see."""
        marked = [self._view.found.numbers[index].span for index in question.marks]
        for span, _ in self._targets:
            is_here = question.span.start <= span.start < question.span.end
            if is_here and not any(span.overlaps(mark) for mark in marked):
                raise _NoSampleError(UNMARKED)

    def _meaning(self, index: int, question: Question) -> Said | None:
        """Return what a number promises, None for a decoy."""
        number = self._view.found.numbers[index].span
        if record := self._record_of(number):
            return self._said(record, question)
        if self._is_repeat(number):
            raise _NoSampleError(REPEATED)
        return None

    def _record_of(self, number: Span) -> GoldCommitment | None:
        return next((r for s, r in self._targets if s.overlaps(number)), None)

    def _is_repeat(self, number: Span) -> bool:
        """Say whether gold has the same words earlier: a target is labelled once."""
        words = number.slice(self._view.printed)
        return any(
            span.end <= number.start and span.slice(self._view.printed) == words
            for span, _ in self._targets
        )

    def _actions_in(self, stretch: Span) -> Iterator[GoldCommitment]:
        for record in self._gold.commitments:
            anchor = record.action or record.object
            place = self._place(anchor) if anchor and not record.target else None
            if place and stretch.start <= place.start < stretch.end:
                yield record

    def _said(self, record: GoldCommitment, question: Question) -> Said:
        """Return what a record says in the words of the question."""
        action, noun = self._words(record.action), self._words(record.object)
        stretch = on_one_line(question.span.slice(self._view.printed))
        shown = context_of(self._view, question.span) + stretch
        if any(words and words not in shown for words in (action, noun)):
            raise _NoSampleError(OUT_OF_SIGHT)
        actor = self._words(record.actor)
        place = self._place(record.actor) if record.actor else None
        # A note is read by the rules.
        is_own = place is not None and not self._view.in_note(place)
        return Said(
            action, noun, actor if is_own and actor and actor in shown else None
        )

    def _place(self, quote: Quote) -> Span | None:
        return self._item.offsets.to_clean(quote.span)

    def _words(self, quote: Quote | None) -> str | None:
        span = self._place(quote) if quote else None
        return on_one_line(span.slice(self._view.printed)) if span else None
