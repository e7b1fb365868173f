"""Pledges: a record as it is compared with the records of other plans and runs."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from extractor.language.numbers.dimensions import measure
from extractor.store.finding.search_text import clean_words


@dataclass(frozen=True)
class Pledge:
    """One promise of a plan, in the plan's own words and computed."""

    id: str | None
    """The record; None where a reviewer added it and no run has read it."""
    document_id: str
    item_id: str
    clause: str
    actor: str | None = None
    action: str | None = None
    object: str | None = None
    target: str | None = None
    """The number as printed."""
    value: Fraction | None = None
    """In base units, None without a number."""
    upper: Fraction | None = None
    unit: str = ""
    """As printed."""
    comparator: str = "eq"
    change: str = "level"
    deadline: str | None = None
    """The time as printed."""
    date: str | None = None
    """ISO 8601."""
    issuer: str | None = None
    year: int | None = None
    """Of the plan."""

    @property
    def due_year(self) -> int | None:
        """The year it is due in, that of the plan where it says none."""
        return int(self.date[:4]) if self.date else self.year

    @property
    def due(self) -> str | None:
        """The day it is due, the end of the plan's year where it says none."""
        return self.date or (f"{self.year:04}-12-31" if self.year else None)

    @property
    def body(self) -> str:
        """Whose plan it is in, folded; "" when that is not known."""
        return clean_words(self.issuer) if self.issuer else ""

    def in_unit(self, unit: str, value: Fraction | None = None) -> Fraction | None:
        """Return its value, or another of its own unit, in a unit of one dimension."""
        given = self.value if value is None else value
        if given is None:
            return None
        own, other = (measure(clean_words(one)) for one in (self.unit, unit))
        return given * own.factor / other.factor
