"""Where the words of a model's answers stand: each record with its own evidence.

An amount may be printed twice in an item, for two bodies or two dates; the occurrence
that a record means is the one beside its other words.
"""

from __future__ import annotations

from collections.abc import Sequence

from extractor.core.spans import Span
from extractor.extraction.quoting import find_places
from extractor.language.clauses import Clause, clause_at

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
    used: list[Span] = []
    placed: list[Span | None] = []
    for target, others in answers:
        spans = [
            span for span in find_places(target or "", text) if span.start >= start
        ]
        best = max(
            spans,
            key=lambda span: (
                _nearness(span, others, text, clauses),
                -used.count(span),
                -span.start,
            ),
            default=None,
        )
        if best is not None:
            used.append(best)
        placed.append(best)
    return placed


def _nearness(
    target: Span, others: Sequence[str], text: str, clauses: Sequence[Clause]
) -> int:
    """Say how much of an answer stands beside an occurrence of its target."""
    index = clause_at(clauses, target.start)
    if index is None:
        return 0
    clause = clauses[index]
    points = 0
    for words in others:
        homes = [clause_at(clauses, span.start) for span in find_places(words, text)]
        at = [clauses[home] for home in homes if home is not None]
        if clause in at:
            points += _SAME_CLAUSE
        elif any(home.sentence == clause.sentence for home in at):
            points += _SAME_SENTENCE
    return points
