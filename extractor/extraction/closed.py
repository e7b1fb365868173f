"""Strategy `closed`: rules find the numbers, the model answers about each of them.

One short question a number: its own clause with the number marked, a verb and an object
back in a few tokens, picked among the candidates of `choices`.
A question with one possible answer is not asked.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Coroutine, Sequence
from typing import Self

from extractor.core.errors import LLMError
from extractor.core.records import Document, Draft, Item, Mention, content_id
from extractor.extraction.choices import (
    NONE,
    SEPARATOR,
    Question,
    ask_about,
    splits_noun,
)
from extractor.extraction.quoting import find_quote
from extractor.extraction.rules.drafting import without_repeats
from extractor.extraction.rules.syntax.objects import VerbObject
from extractor.extraction.rules.targets import ItemReader
from extractor.extraction.rules.unnumbered import soft_draft, soft_drafts
from extractor.extraction.strategy import Soft, in_order, read_item
from extractor.model.client import Completion, LineAnswer, LLMClient
from extractor.model.prompts import Prompt

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
    return "\n".join(
        f"{number} {reading.clause_text(index)}"
        for number, index in enumerate(clauses, start=1)
    )


class ClosedStrategy:
    """Small local questions about marked numbers.

    Args:
        client: the model.
        prompt: instructions and worked examples, the constant prefix of every call.
        soft: how promises without a number are found.
        soft_prompt: the prompt that `soft="model"` asks with.
    """

    def __init__(
        self, client: LLMClient, prompt: Prompt, soft: Soft, soft_prompt: Prompt
    ) -> None:
        self._client = client
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

    @property
    def prefix_tokens(self) -> int:
        """Estimated tokens of the prompt's constant prefix."""
        return self._prompt.prefix_tokens

    def questions(self, item: Item, document: Document) -> Sequence[str]:
        """Return the marked clauses that would be asked about."""
        reading = read_item(item, document.plan_year)
        asked = (ask_about(reading, i) for i in range(len(reading.numbers)))
        texts = [question.text for question in asked if question.is_open]
        if self._soft == "model" and (clauses := unnumbered(reading)):
            texts.append(_numbered_lines(reading, clauses))
        return texts

    async def extract(self, item: Item, document: Document) -> Sequence[Draft]:
        """Return the item's records; asks once for each target number."""
        reading = read_item(item, document.plan_year)
        hard = await _together(
            [self._answer(reading, i, item.id) for i in range(len(reading.numbers))]
        )
        if self._soft == "model":
            rest = await self._soft_drafts(reading, item.id)
        else:
            rest = [
                d for d in soft_drafts(reading) if self._soft == "rules" or d.deadline
            ]
        return in_order([*without_repeats(reading.text, hard), *rest])

    async def _soft_drafts(self, reading: ItemReader, item_id: str) -> list[Draft]:
        """Ask once for all clauses of the item that have no target number."""
        clauses = unnumbered(reading)
        if not clauses:
            return []
        completion = await self._client.complete(
            self._soft_prompt.render(_numbered_lines(reading, clauses)),
            SoftAnswer,
            purpose="soft",
            item_id=item_id,
            max_tokens=_MAX_SOFT_TOKENS,
        )
        drafts = []
        for number, action, noun in completion.answer.lines:
            if not 1 <= number <= len(clauses):
                continue
            index = clauses[number - 1]
            span = reading.found.clauses[index].span
            place = find_quote(action, span.slice(reading.text))
            draft = soft_draft(
                reading, index, place.shift(span.start) if place else None
            )
            words = {"action": Mention(text=action)} if place is None else {}
            drafts.append(
                draft.model_copy(
                    update={
                        **words,
                        "object": Mention(text=noun) if noun else None,
                        "method": "model",
                        "call_id": completion.call_id,
                    }
                )
            )
        return drafts

    async def _answer(self, reading: ItemReader, index: int, item_id: str) -> Draft:
        question = ask_about(reading, index)
        if not question.is_open:
            return reading.draft(index, reading.predicates[index])
        completion = await self._client.complete(
            self._prompt.render(question.text),
            TargetAnswer,
            purpose="target",
            item_id=item_id,
            max_tokens=_MAX_TOKENS,
            grammar=question.grammar,
            stop=["\n"],
        )
        return settle(reading, index, question, completion)


async def _together(calls: Sequence[Coroutine[None, None, Draft]]) -> list[Draft]:
    """Await the calls side by side.

    When one fails the others still finish: their answers are needed when the item is
    done again. A failure that no call can escape ends them.
    """

    async def attempt(call: Coroutine[None, None, Draft]) -> Draft | LLMError:
        try:
            return await call
        except LLMError as exc:
            if exc.is_fatal:
                raise
            return exc

    try:
        async with asyncio.TaskGroup() as tasks:
            running = [tasks.create_task(attempt(call)) for call in calls]
    except BaseExceptionGroup as group:
        raise group.exceptions[0] from group.exceptions[0].__cause__
    drafts = []
    for task in running:
        result = task.result()
        if isinstance(result, LLMError):
            raise result
        drafts.append(result)
    return drafts


def settle(
    reading: ItemReader,
    index: int,
    question: Question,
    completion: Completion[TargetAnswer],
) -> Draft:
    """Choose between the model's answer and the rules' reading.

    Where they agree the record is the model's.
    Where they do not, the rules' reading stands, since alone the embedded model is
    right less often, unless the answer splits the noun that the rules read.
    What the overruling is worth, `make eval-local` measures.
    """
    rules = reading.predicates[index]
    answer = completion.answer
    action = question.verbs.get(answer.action) if answer.action else None
    noun = question.objects.get(answer.object) if answer.object else None
    if (action, noun) == (rules.action, rules.object):
        chosen, method = rules, "model"
    elif splits_noun(rules, action, noun):
        chosen, method = VerbObject(action, noun), "model"
    else:
        chosen, method = rules, "rules"
    return reading.draft(index, chosen, method=method, call_id=completion.call_id)
