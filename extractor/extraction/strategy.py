"""The strategies over one interface: an item in, draft records out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, Protocol

from extractor.core.records import Document, Draft, Item
from extractor.extraction.rules.targets import ItemReader, hard_drafts
from extractor.extraction.rules.unnumbered import soft_drafts

Soft = Literal["model", "rules", "off"]
"""How promises without number or date are found."""


class Strategy(Protocol):
    """Makes the records of an item."""

    @property
    def prompt_version(self) -> tuple[str | None, str | None]:
        """Names and digest of the prompts, (None, None) for a strategy without."""

    @property
    def prefix_tokens(self) -> int:
        """Estimated tokens that every call repeats, for `--dry-run`."""

    async def extract(self, item: Item, document: Document) -> Sequence[Draft]:
        """Return the item's records in reading order.

        Raises:
            LLMError: a model call failed for good.
        """

    def questions(self, item: Item, document: Document) -> Sequence[str]:
        """Return what would be sent for the item, for `--dry-run`: one text a call."""


def read_item(item: Item, plan_year: int | None) -> ItemReader:
    """Return the rules' view of an item's prose."""
    return ItemReader(item.clean, item.prose_start, plan_year)


def count_open_dates(item: Item) -> int:
    """Return how many times of an item are no date as long as the plan has no year."""
    return sum(date.due is None for date in read_item(item, None).found.dates)


def in_order(drafts: Sequence[Draft]) -> list[Draft]:
    """Sort drafts by where they stand in the item."""

    def place(draft: Draft) -> tuple[int, int]:
        target = draft.target.span if draft.target and draft.target.span else None
        return draft.clause.start, target.start if target else draft.clause.start

    return sorted(drafts, key=place)


def rules_drafts(
    item: Item, plan_year: int | None, *, soft: bool = True
) -> list[Draft]:
    """Return the records of an item as the rules read them."""
    reading = read_item(item, plan_year)
    rest = (d for d in soft_drafts(reading) if soft or d.deadline)
    return in_order([*hard_drafts(reading), *rest])


class RulesStrategy:
    """No model: the deterministic baseline."""

    prompt_version: tuple[None, None] = (None, None)
    prefix_tokens = 0

    def __init__(self, soft: Soft) -> None:
        self._soft = soft != "off"

    async def extract(self, item: Item, document: Document) -> Sequence[Draft]:
        """Return the item's records as the rules read them."""
        return rules_drafts(item, document.plan_year, soft=self._soft)

    def questions(
        self,
        item: Item,  # noqa: ARG002  # the interface of a strategy
        document: Document,  # noqa: ARG002  # the same
    ) -> Sequence[str]:
        """Return nothing: no call is made."""
        return ()
