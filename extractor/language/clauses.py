"""Cut an item's cleaned text into sentences and clauses.

Pure functions over one text; nothing here knows about documents.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from extractor.core.spans import Span, trim
from extractor.language.labels import Rank, find_label

_SENTENCE_MARKS = "。；;！!？?\n\r"
SENTENCE_END = re.compile(f"[{_SENTENCE_MARKS}]")
"""What ends a sentence; coordination ends with it."""
_CLAUSE_END = "，,：:\t"
_MARK = re.compile(f"[{_SENTENCE_MARKS}{_CLAUSE_END}]")
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
_BRACKET_BREAK = re.compile(r"[，；;。]|,(?!\d{3}(?!\d))|$")
_COUNTS = re.compile("[0-9０-９一二两三四五六七八九十百千万]")
_INNER_LABEL = re.compile(
    r"[（(﹙]\s*[0-9０-９一二三四五六七八九十]{1,3}\s*[)）﹚]|[①-⑳❶-❿⑴-⒇]"
)
# 小（1）型水库 is a class of things.
_CLASSES = frozenset("型号期级类标")
# 一、二、三产业融合 is no point 一.
_LISTED_NUMERAL = re.compile("[一二三四五六七八九十]、[一二三四五六七八九十](?!是)")
_MAX_TITLE = 16
_LABEL_RANKS = frozenset(Rank) - {
    Rank.PART, Rank.CHAPTER, Rank.SECTION, Rank.ARTICLE, Rank.NAMED
}  # fmt: skip
"""第一项 and its like may be prose; what else opens a clause is a label."""


class Clause(NamedTuple):
    """A stretch between two commas, inside one sentence."""

    span: Span
    """Place in the text, without the closing punctuation."""
    sentence: int
    """0-based number of the sentence; coordination ends with it."""
    is_bracketed: bool
    """The clause is the inside of a bracket, e.g. （其中乡村10所）."""
    is_title: bool = False
    """It is a labelled point's own title: ③|就业困难人员。|对残疾人员…."""


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
    Labels of points inside the text （（1）…（2）…, ①…②…) open clauses and belong to
    none.
    """
    protected = bytearray(len(text) + 1)
    brackets = bracket_spans(text)
    for span in [*quoted_spans(text), *brackets]:
        protected[span.start : span.end] = b"\1" * (span.end - span.start)
    for match in _FORBIDDEN_BREAK.finditer(text):
        protected[match.start() + 1] = 1

    labels = _inner_labels(text)
    clauses: list[Clause] = []
    sentence, left = 0, start
    marks = (match.start() for match in _MARK.finditer(text, start))
    for index in sorted({*marks, *labels, len(text)}):
        if index < start:
            continue
        char = text[index] if index < len(text) else "\n"
        is_end = index == len(text) or (
            not protected[index] and (char in _SENTENCE_MARKS or char in _CLAUSE_END)
        )
        if not (is_end or index in labels):
            continue
        whole = trim(text, Span(left, index))
        span = without_label(text, whole)
        if span.start < span.end:
            title = span != whole and _is_title(text, span)
            clauses.append(Clause(span, sentence, is_bracketed=False, is_title=title))
            clauses += _bracketed_clauses(text, span, brackets, sentence)
        left = index + 1 if is_end else index
        if is_end and char in _SENTENCE_MARKS:
            sentence += 1
    return clauses


def _inner_labels(text: str) -> set[int]:
    """Return where labels stand that count on from one another: （1）…（2）….

    A single bracket may be part of a name, 二期（一）标段.
    """
    found = []
    for match in _INNER_LABEL.finditer(text):
        is_name = text[match.end() : match.end() + 1] in _CLASSES
        if not is_name and (label := find_label(match.group())):
            found.append((match.start(), label.rank, label.value))
    kinds = {(rank, value) for _, rank, value in found}
    return {
        at
        for at, rank, value in found
        if (rank, value - 1) in kinds or (rank, value + 1) in kinds
    }


def _is_title(text: str, span: Span) -> bool:
    """Say whether words behind a label end their sentence and the point goes on."""
    after = text[span.end : span.end + 4]
    return (
        span.end - span.start <= _MAX_TITLE
        and after[:1] == "。"
        and re.match("[\u4e00-\u9fff]", after[1:2]) is not None
        and find_label(after[1:]) is None
    )


def without_label(text: str, span: Span) -> Span:
    """Return a clause without the label of a point that it opens with."""
    label = find_label(span.slice(text))
    if label is None or label.is_weak or label.rank not in _LABEL_RANKS:
        return span
    if _LISTED_NUMERAL.match(text, span.start):
        return span
    return trim(text, Span(span.start + label.length, span.end))


def _bracketed_clauses(
    text: str, clause: Span, brackets: Sequence[Span], sentence: int
) -> Iterator[Clause]:
    first = bisect_left(brackets, clause.start, key=lambda span: span.start)
    last = bisect_left(brackets, clause.end, key=lambda span: span.start)
    for span in brackets[first:last]:
        if not clause.contains(span):
            continue
        left = span.start
        for match in _BRACKET_BREAK.finditer(span.slice(text)):
            part = trim(text, Span(left, span.start + match.start()))
            left = span.start + match.end()
            if _COUNTS.search(part.slice(text)):
                yield Clause(part, sentence, is_bracketed=True)


def clause_at(clauses: Sequence[Clause], position: int) -> int | None:
    """Return the index of the innermost clause that covers `position`.

    The clauses are in reading order, a bracket's behind the one they stand in.
    """
    last = bisect_right(clauses, position, key=lambda clause: clause.span.start) - 1
    for index in range(last, -1, -1):
        clause = clauses[index]
        if clause.span.end > position:
            return index
        if not clause.is_bracketed:  # the brackets before it are of other clauses
            return None
    return None
