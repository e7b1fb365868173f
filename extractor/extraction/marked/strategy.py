"""The strategy: a request a part of an item, every mark answered or left to the rules.

The rules have found the numbers and times and compute their values; the model says what
each mark is for, in the plan's own words, which are looked for beside their mark.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from extractor.core.records import Draft, Mention, Quantity
from extractor.core.spans import Span
from extractor.extraction.beside import Placing
from extractor.extraction.marked.answers import (
    ActionAnswer,
    NumberAnswer,
    UnmarkedAnswer,
)
from extractor.extraction.marked.marks import Marks, marks_of
from extractor.extraction.marked.parts import Part, parts_of
from extractor.extraction.rules.drafting import (
    Targets,
    mention,
    without_repeats,
)
from extractor.extraction.rules.targets import ItemReader
from extractor.extraction.rules.unnumbered import soft_drafts
from extractor.extraction.strategy import (
    NO_ANSWERS,
    Drafted,
    Latest,
    Soft,
    in_order,
)
from extractor.model.prompts import Prompt
from extractor.model.requests import Answers, Request

Said = NumberAnswer | ActionAnswer | UnmarkedAnswer


class MarkedStrategy:
    """Rules point and check, the model says what each mark means.

    Args:
        prompt: instructions and worked examples.
        soft: who finds promises without a number or date.
    """

    def __init__(self, prompt: Prompt, soft: Soft) -> None:
        self._prompt = prompt
        self._soft = soft
        self._played = Latest(self._play)

    @property
    def prompt_version(self) -> tuple[str, str]:
        """Name and digest of the prompt."""
        return self._prompt.label, self._prompt.sha256

    def requests(
        self, view: ItemReader, answers: Answers = NO_ANSWERS
    ) -> Sequence[Request]:
        """Return the requests about the item's parts, and about what they left out."""
        return [one for part in self._played(view, answers) for one in part.asked]

    def drafts(self, view: ItemReader, answers: Answers) -> Drafted:
        """Return a record for each mark that is a target, and for each action."""
        parts = self._played(view, answers)
        placing = Placing(view)
        numbers = [d for part in parts for d in _of_numbers(part, placing)]
        hard = without_repeats(view.words, numbers)
        actions = [d for part in parts for d in _of_actions(part, placing)]
        targets = Targets(hard)
        others = [d for d in actions if d not in targets]
        if self._soft != "model":
            others = [d for d in others if d.deadline]
        failure = next((part.failure for part in parts if part.failure), None)
        if self._soft == "rules" and failure is None:
            others += [d for d in soft_drafts(view) if not d.deadline]
        drafts = in_order([*hard, *others])
        return Drafted(drafts, failure, tuple(_remarks(parts)))

    def _play(self, view: ItemReader, answers: Answers) -> list[Part]:
        parts = parts_of(view, marks_of(view))
        for part in parts:
            part.play(self._prompt, answers)
        return parts


def _of_numbers(part: Part, placing: Placing) -> Iterator[Draft]:
    """Yield the records of a part's marks, of unmarked numbers and of unknown marks."""
    view = part.view
    for name in part.names:
        number = part.marks.numbers[name - 1]
        if name in part.numbers:
            said, call_id = part.numbers[name]
            if said.target:
                target = mention(view.printed, number.span)
                yield _draft(
                    part.marks, placing, said, number.span, call_id,
                    target=target, quantity=number.quantity,
                )  # fmt: skip
        elif not part.failure and number in view.numbers:
            index = view.numbers.index(number)
            yield view.draft(index, view.predicates[index])
    for other, call_id in part.unmarked:
        span = placing.find(other.target, part.span.start)
        target = Mention(text=other.target, span=None)
        yield _draft(
            part.marks, placing, other, span or part.span, call_id, target=target
        )
    for stray, call_id in part.strays:
        if stray.target:
            target = Mention(text=f"【{stray.n}】")
            yield _draft(part.marks, placing, stray, part.span, call_id, target=target)


def _of_actions(part: Part, placing: Placing) -> Iterator[Draft]:
    """Yield the records of a part's promises without a number, in their order."""
    at = part.span.start
    for said, call_id in part.actions:
        if not (said.action or said.object):
            continue
        place = placing.promise(said.action, said.object, at)
        if place:
            at = place.start
        yield _draft(part.marks, placing, said, place or part.span, call_id)


def _draft(
    marks: Marks,
    placing: Placing,
    said: Said,
    place: Span,
    call_id: str,
    **number: Mention | Quantity | None,
) -> Draft:
    """Make the record of an answer; `place` is its number, or its own words."""
    view = placing.view
    clause = placing.clause_of(place)
    action = placing.mention(said.action, place)
    noun = placing.mention(said.object, place)
    time = marks.time(said.deadline) if said.deadline else None
    deadline = mention(view.printed, time.span) if time else None
    if said.deadline and time is None:
        deadline = Mention(text=said.deadline)
    fields = {
        "action": action,
        "object": noun,
        "deadline": deadline,
        "due": time.due if time else None,
    }
    return Draft(
        clause=clause,
        method="model",
        call_id=call_id,
        **fields | _who(placing, said, clause, place) | number,  # type: ignore[arg-type]  # by name
    )


def _who(placing: Placing, said: Said, clause: Span, place: Span) -> dict[str, object]:
    """Return who acts and who shares the work; a note or a table's column decides."""
    if noted := placing.noted(place):
        return noted
    partners = (placing.mention(words, place) for words in said.partners)
    actor = placing.mention(said.actor, place)
    return placing.acting(actor, clause, [one for one in partners if one])


def _remarks(parts: Sequence[Part]) -> Iterator[str]:
    """Yield what a reader of the log should know."""
    left = [name for part in parts if not part.failure for name in part.missing]
    if left:
        names = ", ".join(map(str, left))
        yield f"numbers {names} were not answered; the rules read them"
    if repeated := sum(part.repeated for part in parts):
        yield f"{repeated} answers about a number that had one were left out"
    if strays := sum(len(part.strays) for part in parts):
        yield f"{strays} answers about numbers that were not marked were refused"
