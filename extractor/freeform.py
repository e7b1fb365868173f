"""Strategy `open`: the model writes the records of an item, code checks every word.

For strong hosted models; one call an item.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel, Field, model_validator

from extractor.clauses import clause_at
from extractor.llm import LLMClient
from extractor.models import Document, Draft, Item, Mention
from extractor.offsets import Span
from extractor.prompting import Prompt
from extractor.quoting import find_quote, find_quotes
from extractor.rules import ItemReading
from extractor.soft import soft_drafts
from extractor.strategies import Soft, in_order, read_item

_MAX_TOKENS = 4096


class DraftCommitment(BaseModel):
    """一条承诺。每栏照抄原文，一字不改；原文没有的写 null。"""  # noqa: D415  prompt text

    actor: str | None = Field(default=None, description="原文点名的责任主体")
    partners: list[str] = Field(
        default_factory=list, description="会同、配合、联合的单位"
    )
    action: str | None = Field(default=None, description="动词，不带修饰语")
    object: str | None = Field(
        default=None, description="动词作用的名词或被衡量的指标，不带数字"
    )
    target: str | None = Field(
        default=None, description="数字连同比较词和单位；没有数字写 null"
    )
    deadline: str | None = Field(default=None, description="完成期限；没有写 null")


class DraftCommitments(BaseModel):
    """一个工作要点里的全部承诺，按原文顺序，一个数字一条。"""  # noqa: D415  prompt text

    commitments: list[DraftCommitment]

    @model_validator(mode="before")
    @classmethod
    def list_is_meant(cls, value: Any) -> Any:
        """Take a bare list for what it lists."""
        return {"commitments": value} if isinstance(value, list) else value


class OpenStrategy:
    """One call an item; quotes are grounded afterwards.

    Args:
        client: the model.
        prompt: instructions and worked examples.
        soft: who finds promises without a number or date.
    """

    def __init__(self, client: LLMClient, prompt: Prompt, soft: Soft) -> None:
        self._client = client
        self._prompt = prompt
        self._soft = soft

    @property
    def prompt_version(self) -> tuple[str, str]:
        """Name and digest of the prompt."""
        return self._prompt.label, self._prompt.sha256

    @property
    def prefix_tokens(self) -> int:
        """Estimated tokens of the prompt's constant prefix."""
        return self._prompt.prefix_tokens

    def questions(self, item: Item, document: Document) -> Sequence[str]:  # noqa: ARG002
        """Return the item's text: one call."""
        return [item.clean]

    async def extract(self, item: Item, document: Document) -> Sequence[Draft]:
        """Ask for the item's records and tie each to the clause it comes from."""
        completion = await self._client.complete(
            self._prompt.render(item.clean),
            DraftCommitments,
            purpose="item",
            item_id=item.id,
            max_tokens=_MAX_TOKENS,
        )
        reading = read_item(item, document.plan_year)
        answers = completion.answer.commitments
        spans = find_quotes([a.target or "" for a in answers], item.clean)
        drafts = [
            _draft(reading, answer, span, completion.call_id)
            for answer, span in zip(answers, spans, strict=True)
        ]
        if self._soft != "model":
            drafts = [d for d in drafts if d.target or d.deadline]
        if self._soft == "rules":
            drafts += [d for d in soft_drafts(reading) if not d.deadline]
        return in_order(drafts)


def _draft(
    reading: ItemReading, answer: DraftCommitment, target: Span | None, call_id: str
) -> Draft:
    clause = _clause(reading, answer, target)
    actor = reading.actors.for_clause(clause, None)
    stated = answer.actor is not None
    return Draft(
        clause=clause,
        action=_mention(answer.action),
        object=_mention(answer.object),
        target=_mention(answer.target, target, reading.text),
        deadline=_mention(answer.deadline),
        actor=_mention(answer.actor),
        actor_source=(actor.source if actor.span else "stated") if stated else "issuer",
        partners=tuple(Mention(text=p) for p in answer.partners if p.strip()),
        method="model",
        call_id=call_id,
    )


def _mention(
    words: str | None, span: Span | None = None, text: str = ""
) -> Mention | None:
    if words is None or not words.strip():
        return None
    if span is not None:
        return Mention(text=span.slice(text), span=span)
    return Mention(text=words.strip())


def _clause(reading: ItemReading, answer: DraftCommitment, target: Span | None) -> Span:
    """Return the clause of the number, else of the date, the object or the verb."""
    place = target
    for words in (answer.deadline, answer.object, answer.action):
        if place is None and words:
            place = find_quote(words, reading.text)
    clauses = list(reading.found.clauses)
    index = clause_at(clauses, place.start) if place else None
    if index is not None:
        return clauses[index].span
    return Span(0, len(reading.text))
