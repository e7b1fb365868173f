"""Give a grounded record its quantity and deadline, computed by rule (law 2)."""

from __future__ import annotations

import logging

from extractor.core.records import Commitment, Item, Quantity, Quote
from extractor.core.spans import Span
from extractor.language.clauses import clause_at, split_clauses
from extractor.language.numbers.exactness import is_exact
from extractor.language.numbers.quantities import parse_quantity
from extractor.language.times.year_words import read_deadline

MAX_SHOWN = 40
"""Characters of a quote that a warning shows."""

_log = logging.getLogger(__name__)


def normalise(commitment: Commitment, item: Item, plan_year: int | None) -> Commitment:
    """Return the record with `quantity` and `due` as they are stored.

    What the rules found was read there, and the record has it from its draft; the words
    of others (a model, a tool, gold) are read here, in the cleaned text (simplified,
    without damage). Quotes and the unit are given back in the source's own script.
    """
    quantity, due = None, commitment.due
    if commitment.target:
        quantity = _quantity(commitment, commitment.target, item)
    if commitment.deadline:
        place = item.offsets.to_clean(commitment.deadline.span)
        if due is None and place:
            due = read_deadline(item.clean, place, plan_year)
        if due and due.quote != commitment.deadline.text:
            due = due.model_copy(update={"quote": commitment.deadline.text})
    return commitment.model_copy(update={"quantity": quantity, "due": due})


def clause_around(place: Span, item: Item) -> Span:
    """Return the clause of an item around a place, both in the source.

    It is where a person's record is read; the whole item where no clause is.
    """
    clean = item.offsets.to_clean(place)
    clauses = split_clauses(item.clean, item.prose_start)
    index = clause_at(clauses, clean.start) if clean else None
    if index is None:
        return item.span
    return item.offsets.to_source(clauses[index].span)


def _quantity(commitment: Commitment, target: Quote, item: Item) -> Quantity | None:
    span = item.offsets.to_clean(target.span)
    clause = item.offsets.to_clean(commitment.clause.span)
    if span is None or clause is None:
        return None
    quantity = commitment.quantity or parse_quantity(
        span.slice(item.clean),
        before=item.clean[clause.start : span.start],
        after=item.clean[span.end : clause.end],
    )
    if quantity is None:
        return None
    values = (quantity.value, quantity.upper, quantity.baseline)
    if not all(is_exact(value) for value in values if value is not None):
        # Half a range would be another promise, so all of it goes.
        _log.warning(
            "item %s: the number in %r is too long to be stored exactly; its record "
            "has these words and no value",
            item.label,
            _shortened(target.text),
        )
        return None
    unit = _printed_unit(quantity.unit, span, item)
    if (quantity.quote, quantity.unit) == (target.text, unit):
        return quantity
    return quantity.model_copy(update={"quote": target.text, "unit": unit})


def _shortened(text: str) -> str:
    return text if len(text) <= MAX_SHOWN else f"{text[:MAX_SHOWN]}…"


def _printed_unit(unit: str, target: Span, item: Item) -> str:
    """Return the unit in the script of the source (个 for 個 is not as printed)."""
    at = item.clean.rfind(unit, target.start, target.end) if unit else -1
    if at < 0:
        return unit
    source_start = item.span.start
    return "".join(
        item.text[item.offsets.source_position(index) - source_start]
        for index in range(at, at + len(unit))
    )
