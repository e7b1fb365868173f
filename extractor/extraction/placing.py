"""Where the words of a model's answers stand: each record with its own evidence.

An amount may be printed twice in an item, for two bodies or two dates; the occurrence
that a record means is the one beside its other words.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from extractor.core.spans import Span
from extractor.extraction.quoting import find_places
from extractor.language.clauses import Clause

_SAME_CLAUSE, _SAME_SENTENCE = 4, 1


def place_targets(
    answers: Sequence[tuple[str | None, Sequence[str]]],
    text: str,
    clauses: Sequence[Clause],
    start: int = 0,
) -> list[Span | None]:
    """Return where the target of each answer stands in `text`.

    Args:
        answers: each answer's target (None for none) and its other words: actor,
            action, object, deadline.
        text: the item's cleaned text.
        clauses: the item's clauses.
        start: where the text begins that was asked about.

    Returns:
        For each answer the occurrence with most of its other words in the same clause,
        then in the same sentence; of equals the first that no answer has yet.
    """
    homes = _Homes(text, clauses)
    used: Counter[Span] = Counter()
    placed: list[Span | None] = []
    for target, others in answers:
        spans = [
            span for span in find_places(target or "", text) if span.start >= start
        ]
        near = [homes.of(words) for words in others]
        best = max(
            spans,
            key=lambda span: (homes.nearness(span, near), -used[span], -span.start),
            default=None,
        )
        if best is not None:
            used[best] += 1
        placed.append(best)
    return placed


class _Home(NamedTuple):
    """Where some words stand."""

    clauses: frozenset[int]
    sentences: frozenset[int]


class _Homes:
    """The clauses that words stand in; each is looked for once.

    A sentence repeated a thousand times would be gone through a billion times else.
    """

    def __init__(self, text: str, clauses: Sequence[Clause]) -> None:
        self._text = text
        self._clauses = clauses
        self._known: dict[str, _Home] = {}
        self._at: list[int | None] = [None] * len(text)
        for index, clause in enumerate(clauses):
            for place in range(*clause.span):
                if self._at[place] is None or clause.is_bracketed:
                    self._at[place] = index

    def of(self, words: str) -> _Home:
        """Return the clauses and sentences that words begin in."""
        if words not in self._known:
            at = {self._at[span.start] for span in find_places(words, self._text)}
            clauses = frozenset(index for index in at if index is not None)
            sentences = frozenset(self._clauses[index].sentence for index in clauses)
            self._known[words] = _Home(clauses, sentences)
        return self._known[words]

    def nearness(self, target: Span, others: Sequence[_Home]) -> int:
        """Say how much of an answer stands beside an occurrence of its target."""
        clause = self._at[target.start]
        if clause is None:
            return 0
        sentence = self._clauses[clause].sentence
        points = 0
        for home in others:
            if clause in home.clauses:
                points += _SAME_CLAUSE
            elif sentence in home.sentences:
                points += _SAME_SENTENCE
        return points
