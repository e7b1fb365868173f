"""Counts that add up: of an item, a document, a task.

Pure.
Precision is correct / predicted, recall correct / gold, F1 2 correct / (predicted +
gold); each is None where its denominator is 0.
Nothing is rounded, and figures are made from added counts (micro average).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Self

from pydantic import Field

from extractor.core.records import Record


class _Counts(Record):
    """Counts that add up field by field."""

    def __add__(self, other: Self) -> Self:
        return type(self)(
            **{n: getattr(self, n) + getattr(other, n) for n in type(self).model_fields}
        )


class Tally(_Counts):
    """Counts of one metric."""

    correct: int = 0
    predicted: int = 0
    gold: int = 0

    @property
    def precision(self) -> float | None:
        """Return the share of predictions that are right."""
        return self.correct / self.predicted if self.predicted else None

    @property
    def recall(self) -> float | None:
        """Return the share of gold that was found."""
        return self.correct / self.gold if self.gold else None

    @property
    def f1(self) -> float | None:
        """Return the harmonic mean of precision and recall."""
        total = self.predicted + self.gold
        return 2 * self.correct / total if total else None

    @property
    def errors(self) -> int:
        """Return missed plus spurious records."""
        return self.predicted + self.gold - 2 * self.correct


def f1_ratios(tallies: Sequence[Tally]) -> tuple[list[float], list[float]]:
    """Return the parts and the wholes that F1 is the ratio of."""
    return (
        [2.0 * tally.correct for tally in tallies],
        [float(tally.predicted + tally.gold) for tally in tallies],
    )


class Share(_Counts):
    """A part of a whole; the part is a sum of shares where it is no count."""

    part: float = 0
    whole: int = 0

    @property
    def value(self) -> float | None:
        """Return the share, None of nothing."""
        return self.part / self.whole if self.whole else None


class FieldCounts(_Counts):
    """What became of one field of all hard records.

    The first five count aligned pairs; the last two are the values of records that
    have no partner.
    """

    correct: int = 0
    """Both have a value, and it is right."""
    correct_null: int = 0
    """Rightly empty (or empty as an alternative allows)."""
    wrong: int = 0
    missed: int = 0
    """Gold has a value, the prediction none."""
    spurious: int = 0
    """The prediction has a value, gold none."""
    missed_records: int = 0
    """Values of gold records that were missed as a whole."""
    spurious_records: int = 0
    """Values of predictions that answer to no gold record."""

    @property
    def tally(self) -> Tally:
        """Return the field as a metric over its values; empty fields do not count."""
        said = self.correct + self.wrong
        return Tally(
            correct=self.correct,
            predicted=said + self.spurious + self.spurious_records,
            gold=said + self.missed + self.missed_records,
        )

    @property
    def right(self) -> Share:
        """Return how often the field of an aligned pair is right, empty or not."""
        right = self.correct + self.correct_null
        return Share(part=right, whole=right + self.wrong + self.missed + self.spurious)


class Score(Record):
    """Counts of an item, a document or a task; scores add up."""

    tallies: dict[str, Tally] = Field(default_factory=dict)
    """found, strict, soft_found, soft; for documents also items (boundaries)."""
    fields: dict[str, FieldCounts] = Field(default_factory=dict)
    """One entry for each of `fields.FIELDS`, hard records only."""
    given_quote: dict[str, Share] = Field(default_factory=dict)
    """Computed fields right, among pairs whose quote is right: the parsers' share."""
    confusions: dict[str, dict[str, int]] = Field(default_factory=dict)
    """comparator and unit: "gold → predicted" to its count, wrong pairs only."""
    shares: dict[str, Share] = Field(default_factory=dict)
    """ungrounded (records), soft_objects (character overlap), digits (accounted),
    strict_by_… and soft_by_… (records that are right, by who made them).
    """
    digits: dict[str, int] = Field(default_factory=dict)
    """Why each number of the text is used or not: reason to count."""

    def tally(self, name: str) -> Tally:
        """Return a metric's counts, zeros when it was not counted."""
        return self.tallies.get(name, Tally())

    def share(self, name: str) -> Share:
        """Return a share, empty when it was not counted."""
        return self.shares.get(name, Share())

    def __add__(self, other: Score) -> Score:
        return Score(
            **{
                name: _merge(getattr(self, name), getattr(other, name))
                for name in Score.model_fields
            }
        )


def _merge(first: Mapping[str, Any], second: Mapping[str, Any]) -> dict[str, Any]:
    """Add counts name by name."""
    merged = dict(first)
    for name, counts in second.items():
        if name not in merged:
            merged[name] = counts
        elif isinstance(counts, Mapping):
            merged[name] = _merge(merged[name], counts)
        else:
            merged[name] += counts
    return merged
