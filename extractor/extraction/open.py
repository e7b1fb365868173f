"""Strategy `open`: the model writes the records of an item, code checks every word.

For strong hosted models; one call an item, and one more for the rest of it whenever a
reply is cut off.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel, Field, ValidationError, model_validator

from extractor.core.errors import IncompleteOutputError, LLMError
from extractor.core.records import Draft, Mention
from extractor.core.spans import Span
from extractor.extraction.placing import place_targets
from extractor.extraction.quoting import find_quote
from extractor.extraction.remainders import rest_start, sentence_spans
from extractor.extraction.rules.targets import ItemReader
from extractor.extraction.rules.unnumbered import soft_drafts
from extractor.extraction.strategy import NO_ANSWERS, Drafted, Soft, in_order
from extractor.language.clauses import clause_at
from extractor.model.prompts import Prompt
from extractor.model.replies import CutList, cut_list
from extractor.model.requests import Answer, Answers, Request

_MAX_TOKENS = 4096
_MAX_ROUNDS = 10
"""Requests for one item; each has to get further in the text than the one before."""
_NOTHING = frozenset(("null", "none", "无"))
"""How models write null in words."""


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

    @property
    def words(self) -> list[str]:
        """Return what it says of its promise, the most telling first."""
        fields = (self.target, self.object, self.action, self.deadline)
        return [words for words in fields if words and _says_something(words)]

    @property
    def context(self) -> list[str]:
        """Return the words beside the target, which say which mention is meant."""
        fields = (self.actor, self.action, self.object, self.deadline)
        return [words for words in fields if words and _says_something(words)]


def _says_something(words: str) -> bool:
    is_null = words.strip().casefold() in _NOTHING
    return not is_null and any(map(str.isalnum, words))


class DraftCommitments(BaseModel):
    """一个工作要点里的全部承诺，按原文顺序，一个数字一条。"""  # noqa: D415  prompt text

    commitments: list[DraftCommitment]

    @model_validator(mode="before")
    @classmethod
    def list_is_meant(cls, value: Any) -> Any:
        """Take a bare list for what it lists."""
        return {"commitments": value} if isinstance(value, list) else value

    @model_validator(mode="after")
    def one_says_something(self) -> DraftCommitments:
        """Refuse records that are all empty; no records at all are an answer."""
        if self.commitments and not any(one.words for one in self.commitments):
            raise ValueError(
                "每条承诺至少要写出 action、object、target、deadline 之一；"
                "没有承诺就给空列表"
            )
        return self


class OpenStrategy:
    """One request an item; quotes are grounded afterwards.

    What is whole of a reply that was cut off is kept, and the rest is asked about.

    Args:
        prompt: instructions and worked examples.
        soft: who finds promises without a number or date.
    """

    def __init__(self, prompt: Prompt, soft: Soft) -> None:
        self._prompt = prompt
        self._soft = soft

    @property
    def prompt_version(self) -> tuple[str, str]:
        """Name and digest of the prompt."""
        return self._prompt.label, self._prompt.sha256

    def requests(
        self, view: ItemReader, answers: Answers = NO_ANSWERS
    ) -> Sequence[Request]:
        """Return the request about the item, and those about what was cut off."""
        return self._found(view, answers).asked

    def drafts(self, view: ItemReader, answers: Answers) -> Drafted:
        """Return the records, each tied to the clause it comes from."""
        found = self._found(view, answers)
        drafts = found.drafts
        if self._soft != "model":
            drafts = [d for d in drafts if d.target or d.deadline]
        if self._soft == "rules" and found.is_all:
            drafts = drafts + [d for d in soft_drafts(view) if not d.deadline]
        left_out = f"{found.empty} records without any words left out"
        remarks = (left_out,) if found.empty else ()
        return Drafted(in_order(drafts), found.failure, remarks)

    def _found(self, view: ItemReader, answers: Answers) -> _Found:
        """Read the answers in their turn, up to the first that is not there."""
        found = _Found(view)
        while not (found.is_all or found.failure):
            request = Request(
                "item",
                self._prompt.render(view.printed[found.start :]),
                DraftCommitments,
                _MAX_TOKENS,
            )
            found.asked.append(request)
            if request not in answers:
                break
            found.take(answers[request])
        return found


@dataclass(slots=True)
class _Found:
    """What the replies about an item have given so far."""

    reading: ItemReader
    asked: list[Request] = field(default_factory=list)
    drafts: list[Draft] = field(default_factory=list)
    start: int = 0
    """Where the text begins that is still to be asked about."""
    is_all: bool = False
    empty: int = 0
    """Records that said nothing."""
    failure: LLMError | None = None

    def take(self, answer: Answer) -> None:
        """Read the answer to what was asked last.

        It is a failure when it gets no further than the one before.
        """
        start, error = self.start, answer.error
        if error is None:
            self.add(answer.value.commitments, answer.call_id)
            self.is_all = True
            return
        if isinstance(error, IncompleteOutputError):
            self.add_cut(cut_list(error.text, "commitments"), answer.call_id)
            goes_on = self.start > start and len(self.asked) < _MAX_ROUNDS
            if self.is_all or goes_on:
                return
        self.failure = error

    def add(self, answers: Sequence[DraftCommitment], call_id: str) -> None:
        """Add the records of a reply about the text from `start` on."""
        told = [answer for answer in answers if answer.words]
        self.empty += len(answers) - len(told)
        spans = place_targets(
            [(answer.target, answer.context) for answer in told],
            self.reading.text,
            self.reading.found.clauses,
            self.start,
        )
        drafts = [
            _draft(self.reading, answer, span, call_id, self.start)
            for answer, span in zip(told, spans, strict=True)
        ]
        # A sentence that was asked about twice is not recorded twice.
        known = {_place(draft) for draft in self.drafts}
        self.drafts += [draft for draft in drafts if _place(draft) not in known]

    def add_cut(self, cut: CutList, call_id: str) -> None:
        """Add what is whole of a reply that was cut off, and find what is left."""
        answers, is_broken = _whole_answers(cut)
        self.add(answers, call_id)
        self.drafts = list(dict.fromkeys(self.drafts))  # many are cut off in a loop
        text = self.reading.text
        sentences = sentence_spans(self.reading.found.clauses, text)
        words = [answer.words for answer in answers if answer.words]
        rest = rest_start(text, sentences, self.start, words)
        if text[rest:].strip():
            self.start = rest
        elif is_broken:  # of a record that has to be in the last sentence
            self.start = max(self.start, sentences[-1].start)
        else:
            self.is_all = True


def _whole_answers(cut: CutList) -> tuple[list[DraftCommitment], bool]:
    """Return the records up to the first that is none, and whether there is one."""
    answers = []
    for element in cut.whole:
        try:
            answers.append(DraftCommitment.model_validate(element, strict=True))
        except ValidationError:
            return answers, True
    return answers, cut.is_broken


def _place(draft: Draft) -> Hashable:
    """Return what no two records of an item share."""
    if draft.target and draft.target.span:
        return draft.target.span
    target, action = draft.target, draft.action
    return draft.clause, target.text if target else "", action.text if action else ""


def _draft(
    reading: ItemReader,
    answer: DraftCommitment,
    target: Span | None,
    call_id: str,
    start: int,
) -> Draft:
    clause = _clause(reading, answer, target, start)
    actor = reading.actors.for_clause(clause, None)
    stated = answer.actor is not None
    words = {name: _mention(said) for name, said in answer if name != "partners"}
    return Draft(
        clause=clause,
        actor_source=(actor.source if actor.span else "stated") if stated else "issuer",
        partners=tuple(Mention(text=p) for p in answer.partners if p.strip()),
        method="model",
        call_id=call_id,
        **words | {"target": _mention(answer.target, target, reading.printed)},  # type: ignore[arg-type]  # by name
    )


def _mention(
    words: str | None, span: Span | None = None, text: str = ""
) -> Mention | None:
    if words is None or not words.strip():
        return None
    if span is not None:
        return Mention(text=span.slice(text), span=span)
    return Mention(text=words.strip())


def _clause(
    reading: ItemReader, answer: DraftCommitment, target: Span | None, start: int
) -> Span:
    """Return the clause of the number, else of the date, the object or the verb."""
    place = target
    for words in (answer.deadline, answer.object, answer.action):
        if place is None and words:
            found = find_quote(words, reading.text[start:])
            place = found.shift(start) if found else None
    clauses = list(reading.found.clauses)
    index = clause_at(clauses, place.start) if place else None
    if index is not None:
        return clauses[index].span
    return Span(0, len(reading.text))
