"""Questions: a sentence with its numbers marked, and what stands before it.

The same text is what the adapter is tuned on and what is asked at run time.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from extractor.core.lines import BREAK
from extractor.core.spans import Span, trim
from extractor.extraction.remainders import sentence_spans
from extractor.extraction.rules.candidates import NumberCandidate
from extractor.extraction.rules.targets import ItemReader
from extractor.extraction.rules.view import IN_WORK
from extractor.language.clauses import Clause, clause_at

SYSTEM = "标注承诺"
NUMBERS, ACTIONS, BOTH = "数字", "行动", "数字、行动"
NOTHING = "无"
_CONTEXT_CHARS = 60
_MAX_CHARS = 320
_MAX_MARKS = 12
_OWN_MARKS = str.maketrans("【】｜", "［］／")
"""What a plan prints itself would be read as a mark or the end of a field."""
_HAN = re.compile("[\u4e00-\u9fff]{2}")
_BREAKS = re.compile(rf"(?:{BREAK.pattern})\s*")


class Question(NamedTuple):
    """What is asked about a sentence."""

    span: Span
    """The sentence, in the item's cleaned text."""
    marks: tuple[int, ...]
    """Indices of the marked numbers among the item's; named from 1 in their order."""
    asks_actions: bool
    """Promises without a number are asked for."""
    text: str
    """The question as it is put."""

    @property
    def lines(self) -> int:
        """Estimate the lines of the answer."""
        return len(self.marks) + self.asks_actions * (1 + self.text.count("，"))


@lru_cache(maxsize=IN_WORK)  # asked for before the answers and behind them
def questions(view: ItemReader, *, asks_actions: bool = True) -> tuple[Question, ...]:
    """Return the questions about an item, in reading order; every number is in one."""
    asked = []
    for span in _stretches(view):
        marks = tuple(_marks_in(view, span))
        is_open = asks_actions and _may_promise(view, span)
        if marks or is_open:
            asked.append(question_about(view, span, marks, asks_actions=is_open))
    return tuple(asked)


def question_about(
    view: ItemReader, span: Span, marks: Sequence[int], *, asks_actions: bool
) -> Question:
    """Return the question about these numbers of a stretch, and its actions."""
    task = (BOTH if marks else ACTIONS) if asks_actions else NUMBERS
    lines = (task, context_of(view, span) or NOTHING, _marked(view, span, marks))
    return Question(span, tuple(marks), asks_actions, "\n".join(lines))


def context_of(view: ItemReader, span: Span) -> str:
    """Return the end of the item's text before a stretch, on one line."""
    words = ""
    for begin in (max(span.start - 4 * _CONTEXT_CHARS, 0), 0):  # nearly always enough
        words = on_one_line(view.printed[begin : span.start])
        if len(words.lstrip()) >= _CONTEXT_CHARS:
            break
    return words[-_CONTEXT_CHARS:].strip()


def on_one_line(text: str) -> str:
    """Return words of the plan as a question shows them."""
    return _BREAKS.sub("", text.translate(_OWN_MARKS))


def _marked(view: ItemReader, span: Span, marks: Sequence[int]) -> str:
    """Return the stretch with numbers marked: 新增【1:27所】公办幼儿园."""
    parts, at = [], span.start
    for name, index in enumerate(marks, start=1):
        number = view.found.numbers[index].span
        before, words = view.printed[at : number.start], number.slice(view.printed)
        parts += [on_one_line(before), f"【{name}:{on_one_line(words)}】"]
        at = number.end
    return "".join([*parts, on_one_line(view.printed[at : max(at, span.end)])])


def _marks_in(view: ItemReader, span: Span) -> Iterator[int]:
    """Yield the numbers that begin in a stretch, none inside the one before."""
    end = span.start
    for index in _beginning_in(view.found.numbers, span):
        number = view.found.numbers[index]
        if end <= number.span.start:
            yield index
            end = number.span.end


def _beginning_in(things: Sequence[Clause | NumberCandidate], span: Span) -> range:
    """Return the indices of what begins in a span; the things are in reading order."""
    first, last = (
        bisect_left(things, at, key=lambda one: one.span.start) for at in span
    )
    return range(first, last)


def _stretches(view: ItemReader) -> Iterator[Span]:
    """Yield the sentences of an item, long ones in parts cut between clauses."""
    clauses = view.found.clauses
    for sentence in sentence_spans(clauses, view.words):
        own = [
            clauses[index]
            for index in _beginning_in(clauses, sentence)
            if _is_in(clauses[index], sentence)
        ]
        start = sentence.start
        for before, clause in pairwise(own):
            whole = Span(start, clause.span.end)
            marks = len(_beginning_in(view.found.numbers, whole))
            if whole.end - whole.start > _MAX_CHARS or marks > _MAX_MARKS:
                cut = before.span.end
                if cut > start:
                    yield trim(view.printed, Span(start, cut))
                    start = cut
        rest = trim(view.printed, Span(start, sentence.end))
        if rest.start < rest.end:
            yield rest


def _is_in(clause: Clause, sentence: Span) -> bool:
    return not clause.is_bracketed and sentence.contains(clause.span)


def _may_promise(view: ItemReader, span: Span) -> bool:
    """Say whether a stretch is more than a title, a note or marks."""
    index = clause_at(view.found.clauses, span.start)
    if index is None:
        return False
    for clause in view.found.clauses[index:]:
        if clause.span.start >= span.end:
            break
        if (
            _HAN.search(view.words, *clause.span)
            and not clause.is_title
            and not view.in_note(clause.span)
        ):
            return True
    return False
