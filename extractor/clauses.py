"""Cut an item's cleaned text into sentences and clauses.

Pure functions over one text; nothing here knows about documents.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from extractor.offsets import Span

_SENTENCE_END = "。；;！!？?\n\r"
_CLAUSE_END = "，,：:"
_OPEN = {
    "（": "）",
    "(": ")",
    "《": "》",
    "“": "”",
    "「": "」",
    "『": "』",
    "‘": "’",
    "【": "】",
}
_QUOTED = re.compile(
    r"《[^《》]*》|“[^“”]{0,40}”|「[^「」]{0,40}」|『[^『』]{0,40}』|\"[^\"\n]{0,40}\""
)
_BRACKETED = re.compile(r"[（(]([^（()）]*)[)）]")
_FORBIDDEN_BREAK = re.compile(r"\d[,，]\d{3}(?!\d)")


class Clause(NamedTuple):
    """A stretch between two commas, inside one sentence."""

    span: Span
    """Place in the text, without the closing punctuation."""
    sentence: int
    """0-based number of the sentence; coordination ends with it."""
    is_bracketed: bool
    """The clause is the inside of a bracket, e.g. （其中乡村10所）."""


def quoted_spans(text: str) -> list[Span]:
    """Return the places of book titles and quoted names, marks included."""
    return [Span(*match.span()) for match in _QUOTED.finditer(text)]


def bracket_spans(text: str) -> list[Span]:
    """Return the insides of innermost round brackets."""
    return [Span(*match.span(1)) for match in _BRACKETED.finditer(text)]


def split_clauses(text: str, start: int = 0) -> list[Clause]:
    """Cut `text[start:]` at punctuation outside quotation marks and brackets.

    A bracket that holds a number with a verb or 其中 is a clause of its own besides
    the clause it interrupts; (市、区) and other short glosses stay where they are.
    """
    protected = [False] * (len(text) + 1)
    for span in [*quoted_spans(text), *bracket_spans(text)]:
        for index in range(span.start, span.end):
            protected[index] = True
    for match in _FORBIDDEN_BREAK.finditer(text):
        protected[match.start() + 1] = True

    clauses: list[Clause] = []
    sentence, left = 0, start
    for index in range(start, len(text) + 1):
        char = text[index] if index < len(text) else "\n"
        is_end = index == len(text) or (
            not protected[index] and (char in _SENTENCE_END or char in _CLAUSE_END)
        )
        if not is_end:
            continue
        span = trim(text, Span(left, index))
        if span.start < span.end:
            clauses.append(Clause(span, sentence, is_bracketed=False))
            clauses += _bracketed_clauses(text, span, sentence)
        left = index + 1
        if char in _SENTENCE_END:
            sentence += 1
    return clauses


def _bracketed_clauses(text: str, clause: Span, sentence: int) -> Iterator[Clause]:
    for span in bracket_spans(text):
        if not clause.contains(span):
            continue
        left = span.start
        for match in re.finditer(r"[，,；;。]|$", span.slice(text)):
            part = trim(text, Span(left, span.start + match.start()))
            left = span.start + match.end()
            if re.search(r"\d", part.slice(text)):
                yield Clause(part, sentence, is_bracketed=True)


def trim(text: str, span: Span) -> Span:
    """Drop white space at both ends of `span`."""
    start, end = span
    while start < end and text[start].isspace():
        start += 1
    while start < end and text[end - 1].isspace():
        end -= 1
    return Span(start, end)


def clause_at(clauses: Sequence[Clause], position: int) -> int | None:
    """Return the index of the innermost clause that covers `position`."""
    found = None
    for index, clause in enumerate(clauses):
        if clause.span.start <= position < clause.span.end and (
            found is None or clause.is_bracketed
        ):
            found = index
    return found
