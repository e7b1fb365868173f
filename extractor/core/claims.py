"""Claims: a record in the form in which it is compared, whoever made it.

Gold, a second reading, a run, a database row or another tool's export all become
`Claim`s; scoring knows nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from extractor.core.records import (
    ActorSource,
    Change,
    Commitment,
    Comparator,
    DeadlineBasis,
    Kind,
    Quote,
    Record,
)
from extractor.core.spans import Span


class Claim(Record):
    """One record as compared; every span indexes the decoded source."""

    actor: Quote | None = None
    actor_source: ActorSource = "issuer"
    partners: tuple[Quote, ...] = ()
    action: Quote | None = None
    object: Quote | None = None
    target: Quote | None = None
    value: Decimal | None = None
    upper: Decimal | None = None
    baseline: Decimal | None = None
    unit: str | None = None
    comparator: Comparator | None = None
    change: Change | None = None
    deadline: Quote | None = None
    date: str | None = None
    """ISO 8601."""
    basis: DeadlineBasis | None = None
    clause: Span
    """The clause it comes from; for gold, the stretch its quotes cover."""
    action_alternatives: tuple[str | None, ...] = ()
    """Gold only: other actions that are right; None is no action."""
    object_alternatives: tuple[str | None, ...] = ()
    note: str | None = None
    """Gold only: why it reads so."""
    method: str = ""
    """Who made it: model, rules or reviewer; "" for gold and other tools."""
    ungrounded: tuple[str, ...] = ()
    """Fields whose words are not in the source."""

    @property
    def kind(self) -> Kind:
        """A claim with a target or a deadline is hard."""
        return "hard" if self.target or self.deadline else "soft"

    @property
    def extent(self) -> Span:
        """The stretch from the first to the last of action, object and target."""
        return hull((self.action, self.object, self.target)) or self.clause

    @property
    def anchor(self) -> Span:
        """The words that say which item the claim belongs to."""
        quote = self.target or self.deadline or self.action or self.object
        return quote.span if quote else self.clause

    def quotes(self) -> tuple[Quote, ...]:
        """Return every quote of the claim."""
        fields = (self.actor, self.action, self.object, self.target, self.deadline)
        return (*(quote for quote in fields if quote), *self.partners)


def hull(quotes: Iterable[Quote | None]) -> Span | None:
    """Return the stretch that quotes cover, None without any."""
    spans = [quote.span for quote in quotes if quote]
    if not spans:
        return None
    return Span(min(span.start for span in spans), max(span.end for span in spans))


def commitment_claim(record: Commitment) -> Claim:
    """Return a grounded, normalised record as a claim."""
    quantity, due = record.quantity, record.due
    return Claim(
        actor=record.actor,
        actor_source=record.actor_source,
        partners=record.partners,
        action=record.action,
        object=record.object,
        target=record.target,
        value=quantity.value if quantity else None,
        upper=quantity.upper if quantity else None,
        baseline=quantity.baseline if quantity else None,
        unit=quantity.unit if quantity else None,
        comparator=quantity.comparator if quantity else None,
        change=quantity.change if quantity else None,
        deadline=record.deadline,
        date=due.date if due else None,
        basis=due.basis if due else None,
        clause=record.clause.span,
        method=record.method,
        ungrounded=tuple(field for field, _ in record.ungrounded),
    )


def assign_to_items(
    claims: Sequence[Claim], spans: Sequence[Span]
) -> tuple[tuple[tuple[Claim, ...], ...], tuple[Claim, ...]]:
    """Sort claims into items by where their anchor stands.

    Args:
        claims: the claims of one document.
        spans: its items, in order, not overlapping.

    Returns:
        The claims of each item, and those that stand in none (a preamble, a footer).
    """
    inside: list[list[Claim]] = [[] for _ in spans]
    outside: list[Claim] = []
    for claim in claims:
        index = next((i for i, s in enumerate(spans) if s.overlaps(claim.anchor)), None)
        (outside if index is None else inside[index]).append(claim)
    return tuple(tuple(group) for group in inside), tuple(outside)
