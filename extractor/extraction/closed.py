"""Strategy `closed`: rules find the numbers, the model answers about each of them.

One short question a number: its own clause with the number marked, a verb and an object
back in a few tokens, picked among the candidates of `choices`.
A question with one possible answer is not asked.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Self

from extractor.core.errors import LLMError
from extractor.core.records import Draft, Mention, content_id
from extractor.extraction.choices import (
    NONE,
    SEPARATOR,
    Question,
    ask_about,
    on_one_line,
    splits_noun,
)
from extractor.extraction.quoting import find_quote
from extractor.extraction.rules.drafting import without_repeats
from extractor.extraction.rules.syntax.objects import VerbObject
from extractor.extraction.rules.targets import ItemReader
from extractor.extraction.rules.unnumbered import soft_draft, soft_drafts
from extractor.extraction.strategy import NO_ANSWERS, Drafted, Soft, in_order
from extractor.model.prompts import Prompt
from extractor.model.requests import Answer, Answers, LineAnswer, Request

_MAX_TOKENS = 64
_MAX_SOFT_TOKENS = 800
_FIELD_BREAK = re.compile(r"\s*[｜|]\s*")


class TargetAnswer(LineAnswer):
    """Verb and object of one marked number, as the model wrote them."""

    action: str | None
    object: str | None

    @classmethod
    def parse_lines(cls, text: str) -> Self:
        """Read `动词｜对象`, the first line that has fields.

        Raises:
            ValueError: there are not two fields.
        """
        rows = [_FIELD_BREAK.split(line.strip()) for line in text.splitlines()]
        fields = next((row for row in rows if len(row) > 1), None)
        if fields is None:
            raise ValueError(f"一行两栏，用“{SEPARATOR}”分开")
        action, noun = (None if f in {"", NONE} else f for f in fields[:2])
        return cls(action=action, object=noun)


class SoftAnswer(LineAnswer):
    """The clauses that promise something: (number, verb, object)."""

    lines: tuple[tuple[int, str, str | None], ...]

    @classmethod
    def parse_lines(cls, text: str) -> Self:
        """Read `编号｜动词｜对象` line by line; 无 says there is none.

        A line with neither fields nor a number is talk around the answer.

        Raises:
            ValueError: a line has another form, or there is neither a line nor 无.
        """
        said = [line.strip() for line in text.splitlines()]
        lines = []
        for fields in map(_FIELD_BREAK.split, said):
            has_number = fields[0].isdecimal()
            if len(fields) == 1 and not fields[0][:1].isdecimal():
                continue
            if len(fields) != 3 or not has_number or not _has_word(fields[1]):
                raise ValueError("每行三栏：编号｜动词｜对象")
            noun = None if fields[2] in {"", NONE} else fields[2]
            lines.append((int(fields[0]), fields[1], noun))
        if not lines and NONE not in said:
            raise ValueError(f"每行三栏：编号｜动词｜对象；没有就写“{NONE}”")
        return cls(lines=tuple(lines))


def _has_word(field: str) -> bool:
    return any(map(str.isalnum, field))


def unnumbered(reading: ItemReader) -> list[int]:
    """Return the indices of the clauses without a target number."""
    numbered = {number.clause for number in reading.numbers}
    return [
        index
        for index, clause in enumerate(reading.found.clauses)
        if index not in numbered
        and not clause.is_bracketed
        and not reading.in_note(clause.span)
    ]


def _numbered_lines(reading: ItemReader, clauses: Sequence[int]) -> str:
    asked = (
        reading.found.clauses[index].span.slice(reading.words) for index in clauses
    )
    return "\n".join(
        f"{number} {on_one_line(words)}" for number, words in enumerate(asked, start=1)
    )


class ClosedStrategy:
    """Small local questions about marked numbers.

    Args:
        prompt: instructions and worked examples, the constant prefix of every call.
        soft: how promises without a number are found.
        soft_prompt: the prompt that `soft="model"` asks with.
    """

    def __init__(self, prompt: Prompt, soft: Soft, soft_prompt: Prompt) -> None:
        self._prompt = prompt
        self._soft = soft
        self._soft_prompt = soft_prompt

    @property
    def prompt_version(self) -> tuple[str, str]:
        """Names and digest of the prompts that decide the records."""
        if self._soft != "model":
            return self._prompt.label, self._prompt.sha256
        return (
            f"{self._prompt.label}+{self._soft_prompt.label}",
            content_id(self._prompt.sha256, self._soft_prompt.sha256),
        )

    def requests(
        self,
        view: ItemReader,
        answers: Answers = NO_ANSWERS,  # noqa: ARG002  # all is asked at once
    ) -> Sequence[Request]:
        """Return one request for each number that is in question, one for the rest."""
        asked = [self._about(one) for one in _questions(view) if one.is_open]
        if self._soft == "model" and (clauses := unnumbered(view)):
            asked.append(self._about_clauses(view, clauses))
        return asked

    def drafts(self, view: ItemReader, answers: Answers) -> Drafted:
        """Return the records of all answers that came."""
        hard: list[Draft] = []
        failures: list[LLMError] = []
        for index, question in enumerate(_questions(view)):
            if not question.is_open:
                hard.append(view.draft(index, view.predicates[index]))
                continue
            answer = answers[self._about(question)]
            if answer.error is not None:
                failures.append(answer.error)
            else:
                hard.append(settle(view, index, question, answer))
        soft = self._soft_drafts(view, answers)
        drafts = in_order([*without_repeats(view.words, hard), *soft.drafts])
        failure = next(iter(failures), soft.failure)
        return Drafted(drafts, failure, soft.remarks)

    def _soft_drafts(self, view: ItemReader, answers: Answers) -> Drafted:
        """Return the records of the clauses without a target number."""
        if self._soft != "model":
            found = soft_drafts(view)
            return Drafted([d for d in found if self._soft == "rules" or d.deadline])
        clauses = unnumbered(view)
        if not clauses:
            return Drafted([])
        answer = answers[self._about_clauses(view, clauses)]
        if answer.error is not None:
            return Drafted([], answer.error)
        return _told_drafts(view, clauses, answer)

    def _about(self, question: Question) -> Request:
        return Request(
            "target",
            self._prompt.render(question.text),
            TargetAnswer,
            _MAX_TOKENS,
            grammar=question.grammar,
            stop=("\n",),
        )

    def _about_clauses(self, view: ItemReader, clauses: Sequence[int]) -> Request:
        """Ask once for all clauses of the item that have no target number."""
        lines = _numbered_lines(view, clauses)
        return Request(
            "soft", self._soft_prompt.render(lines), SoftAnswer, _MAX_SOFT_TOKENS
        )


@lru_cache(maxsize=32)  # asked for before the answers and behind them
def _questions(view: ItemReader) -> tuple[Question, ...]:
    return tuple(ask_about(view, index) for index in range(len(view.numbers)))


def _told_drafts(view: ItemReader, clauses: Sequence[int], answer: Answer) -> Drafted:
    """Return the records of the answer about the clauses."""
    drafts, strays = [], 0
    for number, action, noun in answer.value.lines:
        if not 1 <= number <= len(clauses):
            strays += 1
            continue
        index = clauses[number - 1]
        span = view.found.clauses[index].span
        place = find_quote(action, span.slice(view.words))
        draft = soft_draft(view, index, place.shift(span.start) if place else None)
        words = {"action": Mention(text=action)} if place is None else {}
        said = {
            "object": Mention(text=noun) if noun else None,
            "method": "model",
            "call_id": answer.call_id,
        }
        drafts.append(draft.model_copy(update=words | said))
    left_out = f"{strays} lines about clauses that were not asked about left out"
    return Drafted(drafts, remarks=(left_out,) if strays else ())


def settle(reading: ItemReader, index: int, question: Question, reply: Answer) -> Draft:
    """Choose between the model's answer and the rules' reading.

    Where they agree the record is the model's.
    Where they do not, the rules' reading stands, since alone the embedded model is
    right less often, unless the answer splits the noun that the rules read.
    What the overruling is worth, `make eval-local` measures.
    """
    rules = reading.predicates[index]
    answer = reply.value
    action = question.verbs.get(answer.action) if answer.action else None
    noun = question.objects.get(answer.object) if answer.object else None
    if (action, noun) == (rules.action, rules.object):
        chosen, method = rules, "model"
    elif splits_noun(rules, action, noun):
        chosen, method = VerbObject(action, noun), "model"
    else:
        chosen, method = rules, "rules"
    return reading.draft(index, chosen, method=method, call_id=reply.call_id)
