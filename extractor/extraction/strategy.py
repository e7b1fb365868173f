"""The strategies over one interface: a view to requests, view and answers to drafts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Generic, Literal, NamedTuple, Protocol, TypeVar

from extractor.core.errors import LLMError
from extractor.core.records import Document, Draft, Item, Said
from extractor.core.spans import Span
from extractor.extraction.rules.targets import ItemReader, hard_drafts
from extractor.extraction.rules.unnumbered import soft_drafts
from extractor.extraction.rules.view import About
from extractor.model.requests import Answer, Answers, Request

Soft = Literal["model", "rules", "off"]
"""How promises without number or date are found."""


NO_ANSWERS: Answers = {}

T = TypeVar("T")


class Read(Said):
    """What one reader says of a place of an item's cleaned text."""

    span: Span
    """The number, or the words from verb to object."""


class Drafted(NamedTuple):
    """What a strategy makes of an item and its answers."""

    drafts: list[Draft]
    """In reading order; where an answer failed, what the others gave."""
    failure: LLMError | None = None
    """Why the item is not read to the end."""
    remarks: tuple[str, ...] = ()
    """What a reader of the log should know of it."""
    readings: tuple[Read, ...] = ()
    """What rules and model each read, where both were asked."""


class Latest(Generic[T]):
    """What was made of a view and its answers, until others are asked for.

    Whoever finds nothing left to ask about an item makes its records next.
    """

    def __init__(self, make: Callable[[ItemReader, Answers], T]) -> None:
        self._make = make
        self._known: tuple[ItemReader, dict[Request, Answer], T] | None = None

    def __call__(self, view: ItemReader, answers: Answers) -> T:
        """Return what is made of them; nobody changes it."""
        if self._known and self._known[0] is view and self._known[1] == answers:
            return self._known[2]
        made = self._make(view, answers)
        self._known = view, dict(answers), made
        return made


class Strategy(Protocol):
    """Makes the records of an item: two pure functions, and what decides them."""

    @property
    def prompt_version(self) -> tuple[str | None, str | None]:
        """Names and digest of the prompts, (None, None) for a strategy without."""

    def requests(
        self, view: ItemReader, answers: Answers = NO_ANSWERS
    ) -> Sequence[Request]:
        """Return everything to ask about an item, as far as the answers so far tell.

        The requests that were answered are among them; when there is no other, `drafts`
        has what it needs.
        """

    def drafts(self, view: ItemReader, answers: Answers) -> Drafted:
        """Return the item's records."""


def read_item(
    item: Item, plan_year: int | None, issuer: str | None = None
) -> ItemReader:
    """Return the rules' view of an item's prose, and what the item stands in."""
    view = ItemReader(item.clean, item.prose_start, plan_year, item.cells)
    title = (item.title,) if item.title else ()
    view.about = About(issuer, plan_year, (*item.heading_path, *title))
    return view


def view_of(item: Item, document: Document) -> ItemReader:
    """Return the rules' view of an item of a document."""
    return read_item(item, document.plan_year, document.issuer)


def count_open_dates(item: Item) -> int:
    """Return how many times of an item are no date as long as the plan has no year."""
    return sum(date.due is None for date in read_item(item, None).found.dates)


def in_order(drafts: Sequence[Draft]) -> list[Draft]:
    """Sort drafts by where they stand in the item."""

    def place(draft: Draft) -> tuple[int, int]:
        target = draft.target.span if draft.target and draft.target.span else None
        return draft.clause.start, target.start if target else draft.clause.start

    return sorted(drafts, key=place)


def drafts_by_rules(view: ItemReader, *, soft: bool = True) -> list[Draft]:
    """Return the records of an item's view as the rules read them."""
    return in_order([*hard_drafts(view), *unnumbered_by_rules(view, soft=soft)])


def unnumbered_by_rules(view: ItemReader, *, soft: bool) -> list[Draft]:
    """Return the rules' records without a number: those with a date, and soft ones."""
    return [draft for draft in soft_drafts(view) if soft or draft.deadline]


class RulesStrategy:
    """No model: the deterministic baseline."""

    prompt_version: tuple[None, None] = (None, None)

    def __init__(self, soft: Soft) -> None:
        self._soft = soft != "off"

    def requests(
        self,
        view: ItemReader,  # noqa: ARG002  # the interface of a strategy
        answers: Answers = NO_ANSWERS,  # noqa: ARG002  # the same
    ) -> Sequence[Request]:
        """Return nothing: no call is made."""
        return ()

    def drafts(self, view: ItemReader, answers: Answers) -> Drafted:  # noqa: ARG002
        """Return the item's records as the rules read them."""
        return Drafted(drafts_by_rules(view, soft=self._soft))
