"""Parts of an item: what is asked at once, and what the replies about it have given.

A long item is cut at sentence ends. What a reply leaves unanswered is asked once more,
alone; what a reply that was cut off has not reached is asked about again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple, TypeVar

from pydantic import BaseModel, ValidationError

from extractor.core.errors import IncompleteOutputError, InvalidOutputError, LLMError
from extractor.core.spans import Span
from extractor.extraction.marked.answers import (
    ActionAnswer,
    MarkedAnswer,
    NumberAnswer,
    UnmarkedAnswer,
)
from extractor.extraction.marked.marks import Marks, marks_of, shown
from extractor.extraction.remainders import rest_start, sentence_spans
from extractor.extraction.rules.targets import ItemReader
from extractor.extraction.rules.view import IN_WORK, About
from extractor.language.clauses import clause_at
from extractor.model.prompts import Prompt
from extractor.model.replies import CutList, cut_lists
from extractor.model.requests import Answer, Answers, Request

_MAX_CHARS = 1200
_MAX_MARKS = 30
_CONTEXT_CHARS = 80
_MAX_ROUNDS = 8
_TOKENS_BASE, _TOKENS_A_MARK, _TOKENS_A_CHAR = 256, 90, 1.0
_MAX_TOKENS = 8192

A = TypeVar("A", bound=BaseModel)


@dataclass(slots=True)
class Part:
    """A stretch of an item and its answers so far."""

    view: ItemReader
    marks: Marks
    span: Span
    names: tuple[int, ...] = field(init=False)
    """The marks of the part."""
    asked: list[Request] = field(default_factory=list)
    numbers: dict[int, tuple[NumberAnswer, str]] = field(default_factory=dict)
    """By the mark's name, with the call that answered it."""
    actions: list[tuple[ActionAnswer, str]] = field(default_factory=list)
    unmarked: list[tuple[UnmarkedAnswer, str]] = field(default_factory=list)
    strays: list[tuple[NumberAnswer, str]] = field(default_factory=list)
    """Answers about marks that were not asked about."""
    repeated: int = 0
    """Answers about marks that had one."""
    failure: LLMError | None = None
    start: int = 0
    """Where the text begins whose actions are still to be asked for."""
    has_actions: bool = False
    """No action is left to be asked for."""

    def __post_init__(self) -> None:
        self.names = self.marks.numbers_in(self.span)

    @property
    def missing(self) -> list[int]:
        """Return the marks that have no answer."""
        return [name for name in self.names if name not in self.numbers]

    def play(self, prompt: Prompt, answers: Answers) -> None:
        """Take the answers in their turn, up to the first that is not there."""
        self.start = self.span.start
        is_alone = False
        while not self.failure and (self.missing or not self.has_actions):
            if is_alone:
                return  # what stays unanswered is left to the rules
            is_alone = self.has_actions
            request = self._request(prompt)
            if request in self.asked or len(self.asked) == _MAX_ROUNDS:
                self.failure = answers[self.asked[-1]].error
                return
            self.asked.append(request)
            if request not in answers:
                return
            self._take(answers[request], is_alone=is_alone)

    def _request(self, prompt: Prompt) -> Request:
        """Return the question about what is missing."""
        missing = tuple(self.missing)
        stretch = self.span if self.has_actions else self._open_stretch(missing)
        question = _question(self.view, stretch, missing, is_alone=self.has_actions)
        size = _TOKENS_BASE + _TOKENS_A_MARK * len(missing)
        if not self.has_actions:
            size += int(_TOKENS_A_CHAR * question.chars)
        return Request(
            "marks",
            prompt.render(question.text),
            MarkedAnswer,
            min(size, _MAX_TOKENS),
        )

    def _open_stretch(self, missing: Sequence[int]) -> Span:
        """Return the stretch from the first thing that is still to be asked about."""
        starts = [self.marks.numbers[name - 1].span.start for name in missing]
        first = min([self.start, *starts])
        sentences = sentence_spans(self.view.found.clauses, self.view.words)
        begin = max((s.start for s in sentences if s.start <= first), default=first)
        return Span(max(begin, self.span.start), self.span.end)

    def _take(self, answer: Answer, *, is_alone: bool) -> None:
        """Read the answer to what was asked last."""
        error = answer.error
        if error is None:
            self._add(answer.value.numbers, answer.call_id)
            if not is_alone:
                self.actions += [(one, answer.call_id) for one in answer.value.actions]
                self.has_actions = True
            self.unmarked += [(one, answer.call_id) for one in answer.value.unmarked]
        elif isinstance(error, IncompleteOutputError):
            before = (len(self.missing), self.start)
            self._add_cut(error.text, answer.call_id, is_alone=is_alone)
            if (len(self.missing), self.start) == before and not self.has_actions:
                self.failure = error
        elif not (is_alone and isinstance(error, InvalidOutputError)):
            self.failure = error

    def _add(self, numbers: Sequence[NumberAnswer], call_id: str) -> None:
        for one in numbers:
            if one.n not in self.names:
                self.strays.append((one, call_id))
            elif one.n in self.numbers:
                self.repeated += 1
            else:
                self.numbers[one.n] = (one, call_id)

    def _add_cut(self, text: str, call_id: str, *, is_alone: bool) -> None:
        """Keep what is whole of a reply that was cut off."""
        lists = cut_lists(text)
        self._add(_whole(lists, "numbers", NumberAnswer), call_id)
        if is_alone or "actions" not in lists:
            return
        actions = _whole(lists, "actions", ActionAnswer)
        self.actions += [(one, call_id) for one in actions]
        if "unmarked" in lists:  # the list of actions was closed
            unmarked = _whole(lists, "unmarked", UnmarkedAnswer)
            self.unmarked += [(one, call_id) for one in unmarked]
            self.has_actions = True
            return
        words = [
            [one.object or "", one.action or ""]
            for one in actions
            if one.object or one.action
        ]
        sentences = sentence_spans(self.view.found.clauses, self.view.words)
        rest = rest_start(self.view.words, sentences, self.start, words)
        self.has_actions = rest >= self.span.end
        self.start = min(max(rest, self.start), self.span.end)


class _Question(NamedTuple):
    text: str
    chars: int
    """Of the stretch with its marks."""


@lru_cache(maxsize=IN_WORK)  # put before the answers and taken up behind them
def _question(
    view: ItemReader, stretch: Span, missing: Sequence[int], *, is_alone: bool
) -> _Question:
    """Return the question about marks of a stretch, and about its actions."""
    marks = marks_of(view)
    text = shown(view, marks, stretch, missing)
    lines = [*_head(view.about), *_context(view, marks, stretch), "", text]
    if is_alone:
        names = "、".join(map(str, missing))
        lines += ["", f"只回答数字标记 {names}；actions 写空列表。"]
    return _Question("\n".join(lines), len(text))


def _context(view: ItemReader, marks: Marks, stretch: Span) -> Iterator[str]:
    """Yield the end of the text before, where the stretch is not the first."""
    if not view.printed[view.start : stretch.start].strip():
        return
    begin = max(view.start, stretch.start - _CONTEXT_CHARS)
    words = shown(view, marks, Span(begin, stretch.start), ())
    index = clause_at(view.found.clauses, stretch.start)
    time = None if index is None else view.reach.time_for(index)
    if time is not None and time.span.end <= begin:
        # Years that opened the paragraph still govern what follows.
        words = f"{shown(view, marks, time.span, ())}…{words}"
    yield f"前文：…{words}".replace("\n", "")


def _head(about: About) -> Iterator[str]:
    """Yield what a reader of the item knows from around it."""
    facts = (("发文机关", about.issuer), ("计划年份", about.plan_year))
    known = [f"{name}：{fact}" for name, fact in facts if fact]
    if about.headings:
        known.append(f"小标题：{' › '.join(about.headings)}")
    if known:
        yield "　".join(known).replace("\n", "")


def _whole(lists: Mapping[str, CutList], key: str, model: type[A]) -> list[A]:
    """Return the elements of a list that came whole, up to the first that is none."""
    found: list[A] = []
    for element in lists[key].whole if key in lists else ():
        try:
            found.append(model.model_validate(element))
        except ValidationError:
            break
    return found


def parts_of(view: ItemReader, marks: Marks) -> list[Part]:
    """Cut an item into parts that one answer can be about, at sentence ends."""
    spans: list[Span] = []
    for sentence in sentence_spans(view.found.clauses, view.words):
        joined = Span(spans[-1].start, sentence.end) if spans else sentence
        is_small = (
            joined.end - joined.start <= _MAX_CHARS
            and len(marks.numbers_in(joined)) <= _MAX_MARKS
        )
        if spans and is_small:
            spans[-1] = joined
        else:
            spans.append(sentence)
    words = view.words
    return [
        Part(view, marks, span)
        for span in spans
        if any(map(str.isalnum, span.slice(words)))
    ]
