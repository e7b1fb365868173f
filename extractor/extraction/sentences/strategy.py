"""The strategy: a question a sentence, and who is right where two readings differ.

The rules have marked the numbers and read them; the tuned model says of each mark what
it promises, and which promises have no number. Numbers, dates and responsibility notes
stay the rules' own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from extractor.core.errors import IncompleteOutputError, LLMError
from extractor.core.records import Draft, Mention, Reader, hull
from extractor.core.spans import Span
from extractor.extraction.beside import Placing
from extractor.extraction.rules.candidates import NumberCandidate
from extractor.extraction.rules.drafting import (
    Targets,
    mention,
    mentions,
    without_repeats,
)
from extractor.extraction.rules.targets import ItemReader
from extractor.extraction.rules.unnumbered import soft_draft, soft_drafts
from extractor.extraction.sentences.answers import Said, SentenceAnswer
from extractor.extraction.sentences.questions import (
    SYSTEM,
    Question,
    question_about,
    questions,
)
from extractor.extraction.sentences.trust import Trust
from extractor.extraction.strategy import (
    NO_ANSWERS,
    Drafted,
    Latest,
    Read,
    Soft,
    in_order,
    unnumbered_by_rules,
)
from extractor.language.clauses import clause_at
from extractor.model.prompts import Message
from extractor.model.requests import Answer, Answers, Request
from extractor.model.template_tokens import as_words

_TOKENS_BASE, _TOKENS_A_LINE, _MAX_TOKENS = 64, 40, 1024


@dataclass(slots=True)
class Meaning:
    """What the model says of a number or an action, and how sure it is."""

    said: Said | None
    """None for a decoy."""
    likelihood: float | None
    """The lowest log-probability of its line; None where it did not come."""
    call_id: str


@dataclass(slots=True)
class Heard:
    """What the answers about an item say."""

    asked: list[Request] = field(default_factory=list)
    numbers: dict[int, Meaning] = field(default_factory=dict)
    """By the number's index among the item's."""
    actions: list[tuple[Question, list[Meaning]]] = field(default_factory=list)
    """Of each sentence whose actions were told."""
    cut: list[Question] = field(default_factory=list)
    """Sentences whose actions did not all come."""
    strays: int = 0
    repeated: int = 0
    unanswered: list[int] = field(default_factory=list)
    failure: LLMError | None = None


class SentencesStrategy:
    """A tuned model reads sentence by sentence.

    Args:
        adapter: digest of the adapter that answers, a part of the run's identity.
        soft: who finds promises without a number or date.
        trust: when the model is believed where the rules read otherwise.
    """

    def __init__(self, adapter: str, soft: Soft, trust: Trust | None = None) -> None:
        self._adapter = adapter
        self._soft = soft
        self._trust = trust or Trust()
        self._heard = Latest(self._hear)

    @property
    def prompt_version(self) -> tuple[str, str]:
        """Name and digest of what the model was tuned to answer."""
        return "sentences.v1", self._adapter

    def requests(
        self, view: ItemReader, answers: Answers = NO_ANSWERS
    ) -> Sequence[Request]:
        """Return the requests about the sentences, and about marks left unanswered."""
        return self._heard(view, answers).asked

    def drafts(self, view: ItemReader, answers: Answers) -> Drafted:
        """Return a record for each number that is a target, and for each action."""
        heard = self._heard(view, answers)
        reader = _Reading(view, heard, self._trust)
        hard = without_repeats(view.words, list(reader.numbers()))
        if self._soft == "model":
            others = list(reader.actions(Targets(hard)))
        else:
            others = unnumbered_by_rules(view, soft=self._soft == "rules")
        return Drafted(
            in_order([*hard, *others]),
            heard.failure,
            tuple(_remarks(heard)),
            tuple(reader.reads),
        )

    def _hear(self, view: ItemReader, answers: Answers) -> Heard:
        """Take the answers, and ask once more, alone, about marks without one."""
        heard = Heard()
        for question in questions(view, asks_actions=self._soft == "model"):
            answer = _ask(heard, question, answers)
            if answer is None:
                continue
            _take(heard, question, answer)
            missing = [i for i in question.marks if i not in heard.numbers]
            if not missing or heard.failure:
                continue
            alone = question_about(view, question.span, missing, asks_actions=False)
            again = _ask(heard, alone, answers)
            if again is not None:
                _take(heard, alone, again)
                heard.unanswered += [i for i in missing if i not in heard.numbers]
        return heard


def _ask(heard: Heard, question: Question, answers: Answers) -> Answer | None:
    request = Request(
        "sentence",
        (Message("system", SYSTEM), Message("user", as_words(question.text))),
        SentenceAnswer,
        min(_TOKENS_BASE + _TOKENS_A_LINE * question.lines, _MAX_TOKENS),
        likelihoods=True,
    )
    heard.asked.append(request)
    return answers.get(request)


def _take(heard: Heard, question: Question, answer: Answer) -> None:
    """Note what an answer says of the marks and actions of its question."""
    value: SentenceAnswer | None = answer.value
    is_whole = value is not None
    if isinstance(answer.error, IncompleteOutputError):
        value = SentenceAnswer.parse_whole(answer.error.text)
    elif answer.error is not None:
        heard.failure = heard.failure or answer.error
    if value is None:
        return
    for name, said, line in value.numbers:
        if not 1 <= name <= len(question.marks):
            heard.strays += 1
        elif question.marks[name - 1] in heard.numbers:
            heard.repeated += 1
        else:
            meaning = Meaning(said, _likelihood(answer, line), answer.call_id)
            heard.numbers[question.marks[name - 1]] = meaning
    if question.asks_actions:
        told = {
            said: Meaning(said, _likelihood(answer, line), answer.call_id)
            for said, line in reversed(value.actions)
        }
        heard.actions.append((question, list(reversed(told.values()))))
        if not is_whole:
            heard.cut.append(question)


def _likelihood(answer: Answer, line: int) -> float | None:
    return answer.likelihoods[line] if line < len(answer.likelihoods) else None


class _Reading:
    """Makes records of what the model said and the rules read."""

    def __init__(self, view: ItemReader, heard: Heard, trust: Trust) -> None:
        self._view = view
        self._heard = heard
        self._trust = trust
        self._placing = Placing(view)
        self._of_rules = {number: i for i, number in enumerate(view.numbers)}
        self.reads: list[Read] = []
        """What both said of each number and action."""

    def numbers(self) -> Iterator[Draft]:
        """Yield a record for each number that is taken for a target."""
        for index, number in enumerate(self._view.found.numbers):
            rules = self._by_rules(number)
            meaning = self._heard.numbers.get(index)
            model = self._by_model(number, meaning) if meaning else None
            taken = rules
            if meaning:
                is_promise = self._trust.is_promise(number, rules, meaning)
                taken = self._chosen(rules, model, meaning) if is_promise else None
            self._note("rules", "number", number.span, rules, taken, None)
            if meaning:
                self._note("model", "number", number.span, model, taken, meaning)
            if taken:
                yield taken

    def _chosen(
        self, rules: Draft | None, model: Draft | None, meaning: Meaning
    ) -> Draft | None:
        """Return the reading that is believed, and who gave it."""
        if rules is None or model is None:
            return model or rules
        if same_reading(rules, model):
            return model.model_copy(update={"method": "both"})
        return model if self._trust.prefers_model(meaning) else rules

    def _note(
        self,
        reader: Reader,
        kind: Literal["number", "action"],
        span: Span,
        draft: Draft | None,
        taken: Draft | None,
        meaning: Meaning | None,
    ) -> None:
        """Keep what a reader said, whether it was taken or not."""
        is_taken = (draft is None) == (taken is None)
        if draft and taken:
            is_taken = taken.method in {reader, "both"}
        self.reads.append(
            Read(
                reader=reader,
                kind=kind,
                span=span,
                is_promise=draft is not None,
                actor=draft.actor.text if draft and draft.actor else None,
                action=draft.action.text if draft and draft.action else None,
                object=draft.object.text if draft and draft.object else None,
                likelihood=meaning.likelihood if meaning else None,
                is_taken=is_taken,
                call_id=meaning.call_id if meaning else None,
            )
        )

    def _by_rules(self, number: NumberCandidate) -> Draft | None:
        index = self._of_rules.get(number)
        if index is None:
            return None
        return self._view.draft(index, self._view.predicates[index])

    def _by_model(self, number: NumberCandidate, meaning: Meaning) -> Draft | None:
        said, view = meaning.said, self._view
        if said is None:
            return None
        action = self._placing.mention(said.action, number.span)
        date = view.deadline_for(number.clause, with_number=True, at=number.span)
        return Draft(
            clause=view.found.clauses[number.clause].span,
            action=action,
            object=self._placing.mention(said.object, number.span),
            target=mention(view.printed, number.span),
            quantity=number.quantity,
            deadline=mention(view.printed, date.span if date else None),
            due=date.due if date else None,
            method="model",
            likelihood=meaning.likelihood,
            call_id=meaning.call_id,
            **self._who(said, number.span, view.whole_clause(number.clause), action),  # type: ignore[arg-type]  # by name
        )

    def actions(self, targets: Targets) -> Iterator[Draft]:
        """Yield the records without a number that are none of those with one."""
        rules = list(soft_drafts(self._view))
        for question, told in self._heard.actions:
            stretch = question.span
            own = [d for d in rules if stretch.start <= d.clause.start < stretch.end]
            at = stretch.start
            for meaning in told:
                draft, at = self._action(question, meaning, at)
                if draft is None:
                    continue
                place = hull((draft.action, draft.object)) or draft.clause
                twin = next((one for one in own if same_reading(one, draft)), None)
                if twin:
                    draft = draft.model_copy(update={"method": "both"})
                    self._note("rules", "action", place, twin, draft, None)
                taken = None if draft in targets else draft
                self._note("model", "action", place, draft, taken, meaning)
                if taken:
                    yield taken
            if question in self._heard.cut:
                yield from own

    def _action(
        self, question: Question, meaning: Meaning, after: int
    ) -> tuple[Draft | None, int]:
        """Return the record of an action and where it stands, in reading order."""
        said, view = meaning.said, self._view
        if said is None or not (said.action or said.object):
            return None, after
        place = self._placing.promise(said.action, said.object, after)
        if place is None or not question.span.overlaps(place):
            place = self._placing.promise(said.action, None, after) or question.span
        index = clause_at(view.found.clauses, place.start)
        if index is None:
            return None, after
        action = self._placing.mention(said.action, place)
        noun = self._placing.mention(said.object, place)
        base = soft_draft(view, index, action.span if action else None)
        clause = view.found.clauses[index].span
        update = {
            "action": action,
            "object": noun,
            "method": "model",
            "likelihood": meaning.likelihood,
            "call_id": meaning.call_id,
            **self._who(said, place, clause, action),
        }
        return base.model_copy(update=update), max(after, place.start)

    def _who(
        self, said: Said, place: Span, clause: Span, action: Mention | None
    ) -> dict[str, object]:
        """Return who acts: by the note that governs the place, else as it was said."""
        view = self._view
        if noted := self._placing.noted(place):
            return noted
        rules = view.actors.for_clause(clause, action.span if action else None)
        actor = self._placing.mention(said.actor, place)
        if actor is None and rules.source == "inherited":
            actor = mention(view.printed, rules.span)
        partners = mentions(view.printed, rules.partners)
        return self._placing.acting(actor, clause, partners)


def same_reading(one: Draft, other: Draft) -> bool:
    """Say whether two drafts have the same verb and object."""
    return all(
        (a.text if a else None) == (b.text if b else None)
        for a, b in ((one.action, other.action), (one.object, other.object))
    )


def _remarks(heard: Heard) -> Iterator[str]:
    """Yield what a reader of the log should know."""
    if heard.unanswered:
        yield f"{len(heard.unanswered)} numbers were not answered; the rules read them"
    if heard.strays:
        yield f"{heard.strays} answers about numbers that were not marked were left out"
    if heard.repeated:
        yield f"{heard.repeated} answers about a number that had one were left out"
    if heard.cut:
        yield f"{len(heard.cut)} answers were cut off; the rules read the rest"
