"""Gold as claims: labelled records in the form in which they are compared."""

from __future__ import annotations

from extractor.core.claims import Claim, hull
from extractor.core.records import Quote
from extractor.evals.gold.records import GoldCommitment, GoldItem, GoldQuote


def _quote(gold: GoldQuote | None) -> Quote | None:
    return Quote(text=gold.quote, span=gold.span) if gold else None


def gold_claim(gold: GoldCommitment, item: GoldItem) -> Claim:
    """Return a labelled record as a claim."""
    action, object_, target = (
        _quote(gold.action),
        _quote(gold.object),
        _quote(gold.target),
    )
    deadline = _quote(gold.deadline)
    number = gold.target
    return Claim(
        actor=_quote(gold.actor),
        actor_source=gold.actor_source,
        partners=tuple(q for partner in gold.partners if (q := _quote(partner))),
        action=action,
        object=object_,
        target=target,
        value=number.value if number else None,
        upper=number.upper if number else None,
        baseline=number.baseline if number else None,
        unit=number.unit if number else None,
        comparator=number.comparator if number else None,
        change=number.change if number else None,
        deadline=deadline,
        date=gold.deadline.date if gold.deadline else None,
        basis=gold.deadline.basis if gold.deadline else None,
        clause=hull((action, object_, target)) or hull((deadline,)) or item.item_span,
        action_alternatives=gold.alternatives.action,
        object_alternatives=gold.alternatives.object,
        note=gold.note,
    )


def item_claims(item: GoldItem) -> tuple[Claim, ...]:
    """Return all labelled records of an item."""
    return tuple(gold_claim(record, item) for record in item.commitments)
