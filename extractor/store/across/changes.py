"""Changes: the records of two runs over one document, matched by place; pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from extractor.core.fields import SCORED, Field
from extractor.core.records import Commitment, Quote
from extractor.store.finding.shadows import anchor_of


@dataclass(frozen=True)
class Change:
    """A record of two runs: the same, changed, or of one of them only."""

    first: Commitment | None
    second: Commitment | None
    fields: tuple[str, ...] = ()
    """What differs, of a record that both have."""


def changes(first: Sequence[Commitment], second: Sequence[Commitment]) -> list[Change]:
    """Return what two runs read of a document, in reading order.

    Records are the same where kind and place agree: the place of the number, without
    one that of clause and verb; then, of what is left, the place of the clause alone.

    Args:
        first: the records of one run, in reading order.
        second: those of the other one.
    """
    rest, left = list(first), list(second)
    pairs: list[tuple[Commitment, Commitment]] = []
    for place in (_place, _clause):
        found = _matched(rest, left, place)
        pairs += found
        taken = {id(one) for pair in found for one in pair}
        rest = [one for one in rest if id(one) not in taken]
        left = [one for one in left if id(one) not in taken]
    made = [Change(one, other, _differing(one, other)) for one, other in pairs]
    made += [Change(one, None) for one in rest] + [Change(None, one) for one in left]
    return sorted(made, key=_order)


def _place(record: Commitment) -> tuple[str, str]:
    return record.kind, anchor_of(record, record.clause)


def _clause(record: Commitment) -> tuple[str, int, int]:
    return record.kind, *record.clause.span


def _matched(
    first: Sequence[Commitment], second: Sequence[Commitment], place: Any
) -> list[tuple[Commitment, Commitment]]:
    """Return the records of the same place, several of one place in their order."""
    waiting = defaultdict(list)
    for other in second:
        waiting[place(other)].append(other)
    return [
        (one, waiting[place(one)].pop(0)) for one in first if waiting.get(place(one))
    ]


def _differing(one: Commitment, other: Commitment) -> tuple[str, ...]:
    return tuple(
        name
        for name, field in SCORED.items()
        if _said(field, one) != _said(field, other)
    )


def _said(field: Field, record: Commitment) -> Any:
    """Return a field's value to compare; two stretches of the same words differ."""
    value = field.of(record)
    if isinstance(value, Quote):
        return value.span
    return [one.span for one in value] if field.kind == "quotes" else value


def _order(change: Change) -> tuple[int, int, int, bool]:
    record = change.first or change.second
    assert record is not None  # noqa: S101  # one of the two is always there
    place = record.target.span if record.target else record.clause.span
    return record.clause.span.start, *place, change.first is None
