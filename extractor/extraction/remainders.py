"""Remainders: where to go on asking after a reply that was cut off.

Pure; the words of the whole records in, a place in the item's text out.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from extractor.core.spans import Span
from extractor.extraction.quoting import find_quote
from extractor.language.clauses import Clause

Words = Sequence[str]
"""The words of one record, the most telling first."""


def sentence_spans(clauses: Sequence[Clause], text: str) -> list[Span]:
    """Return the sentences that clauses belong to; each ends where the next begins."""
    starts: dict[int, int] = {}
    for clause in clauses:
        starts.setdefault(clause.sentence, clause.span.start)
    edges = [*starts.values(), len(text)]
    return [Span(*pair) for pair in pairwise(edges)]


def rest_start(
    text: str, sentences: Sequence[Span], start: int, records: Sequence[Words]
) -> int:
    """Return where the text begins that the records do not cover.

    It is behind the sentence of the last record; where that sentence has more words
    than the record, the sentence itself is part of the rest, for the record that was
    cut off may be in it. `start` comes back when the records tell nothing: they have no
    place, or stand in another order than the text.

    Args:
        text: the item's text.
        sentences: its sentences.
        start: where the text began that was asked about.
        records: the words of the whole records, in the order of the reply.
    """
    at = first = next((i for i, s in enumerate(sentences) if s.end > start), 0)
    end: int | None = None
    for words in records:
        place = _sentence_of(words, sentences[at:], text)
        if place is None:
            if _sentence_of(words, sentences[first:at], text) is not None:
                return start
            continue
        at += place
        found = [_find(word, sentences[at], text) for word in words]
        end = max(span.end for span in found if span)
    if end is None:
        return start
    is_covered = not any(map(str.isalnum, text[end : sentences[at].end]))
    if is_covered:
        return sentences[at].end
    return sentences[at].start if at > first else start


def _sentence_of(words: Words, sentences: Sequence[Span], text: str) -> int | None:
    """Return the first sentence with all words of a record, else with one of them."""
    for some in (words, *([word] for word in words)):
        for index, sentence in enumerate(sentences):
            if some and all(_find(word, sentence, text) for word in some):
                return index
    return None


def _find(word: str, sentence: Span, text: str) -> Span | None:
    place = find_quote(word, sentence.slice(text))
    return place.shift(sentence.start) if place else None
