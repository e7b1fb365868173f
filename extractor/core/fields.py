"""The fields of a record, each written down once: the table that the rest reads.

`records.Content` gives a field its type, this table all else: what it means, where it
is stored and how it is compared.
Rows, dictionary, exports, scores, gold and Datasette are made from it.
"""

from __future__ import annotations

from collections.abc import Callable
from operator import attrgetter
from typing import Any, Literal, NamedTuple

from extractor.core.records import Content

FieldKind = Literal["quote", "quotes", "number", "text", "word", "rule"]
"""How it is stored and compared.

Quotes have a place; a `text` is printed, too, a `word` is of a closed set or a date.
A `rule` is the name of the rule that computed the others: it is not scored.
"""

COMPUTED = {"target": "quantity", "deadline": "due"}
"""Field that is quoted: what `Content` calls all that is computed from it."""


class Field(NamedTuple):
    """One field of a record."""

    name: str
    kind: FieldKind
    meaning: str
    """In words, for readers of the database."""
    source: str | None = None
    """The field it is computed from; None when it is said itself."""
    is_strict: bool = False
    """It must be right for a record to be right."""
    is_rare: bool = False
    """Reports show it behind the other values of its source."""

    @property
    def is_scored(self) -> bool:
        """Say whether it is compared with gold and shown to readers."""
        return self.kind != "rule"

    @property
    def column(self) -> str:
        """Its column in the database; of a quote the one that holds its words."""
        if self.source:
            return f"{self.source}_{self.name}"
        return f"{self.name}_quote" if self.name in COMPUTED else self.name

    def columns(self) -> dict[str, str]:
        """Return all its columns in `commitments`, and what they mean."""
        made = {self.column: self.meaning}
        if self.kind == "quote":
            made[f"{self.name}_start"] = f"Where {self.column} starts in the source"
            made[f"{self.name}_end"] = "Where it ends"
        if self.kind == "quotes":
            name = f"{self.name.removesuffix('s')}_spans"
            made[name] = "Where each stands in the source (JSON array of pairs)"
        return made

    def of(self, record: Content[Any]) -> Any:
        """Return its value in a record."""
        holder = getattr(record, COMPUTED[self.source]) if self.source else record
        return None if holder is None else getattr(holder, self.name)


# fmt: off
FIELDS = (
    Field("actor", "quote",
          "Who must act, as printed; empty when unnamed: then it is the issuer",
          is_strict=True),
    Field("actor_source", "word",
          "issuer: unnamed; stated: named in the clause; "
          "inherited: named earlier in the item"),
    Field("partners", "quotes", "Bodies that share the work (JSON array of quotes)"),
    Field("action", "quote", "The verb, as printed", is_strict=True),
    Field("object", "quote",
          "What the verb acts on, or the indicator measured, without the number",
          is_strict=True),
    Field("target", "quote", "Words of the number, as printed"),
    Field("value", "number",
          "The number in base units, computed: 1.5万人 is 15000, 94% is 94", "target",
          is_strict=True),
    Field("upper", "number", "Other end of a range", "target", is_strict=True),
    Field("baseline", "number", "Starting value when the text gives one", "target",
          is_rare=True),
    Field("unit", "text", "Unit as printed, without the magnitude", "target",
          is_strict=True),
    Field("comparator", "word",
          "eq, ge (at least), le (at most), gt, lt, approx or range", "target",
          is_strict=True),
    Field("change", "word",
          "level: to stand at it; increase or decrease: to move by it", "target"),
    Field("rule", "rule", "Rule that computed the number", "target"),
    Field("deadline", "quote", "Words of the time by which, as printed"),
    Field("date", "word", "Last day of that period, computed", "deadline",
          is_strict=True),
    Field("basis", "word",
          "absolute: the year is printed; plan_year: it is the plan's; "
          "named_period: a plan period such as 十四五", "deadline"),
    Field("rule", "rule", "Rule that computed the date", "deadline"),
)
# fmt: on
"""Every field, in the order of the database's columns."""

_PLACES = {field.name: place for place, field in enumerate(FIELDS)}

SCORED = {
    field.name: field
    for field in sorted(
        (field for field in FIELDS if field.is_scored),
        key=lambda field: (_PLACES[field.source or field.name], field.is_rare),
    )
}
"""The fields that are compared with gold, by name, in the order of reports."""
STRICT = tuple(
    field.name
    for field in sorted(SCORED.values(), key=lambda field: field.source is None)
    if field.is_strict
)
"""What must be right for a record to be right, what is computed first."""
QUOTES = tuple(field for field in FIELDS if field.kind == "quote")
"""The fields that quote the source once."""


_SAID = tuple(field for field in FIELDS if not field.source)
_COMPUTED = {
    source: tuple(field for field in FIELDS if field.source == source)
    for source in COMPUTED
}


def content(
    value: Callable[[Field], Any], text: Callable[[Any], str] = attrgetter("text")
) -> dict[str, Any]:
    """Return what a `Content` is made of, each field as `value` gives it.

    Nothing is computed where the first of the computed values is None.

    Args:
        value: gives a field's value.
        text: gives the words of a quote.
    """
    made = {field.name: value(field) for field in _SAID}
    for source, (first, *others) in _COMPUTED.items():
        said = value(first)
        if said is not None:
            words = made[source]
            made[COMPUTED[source]] = {
                "quote": text(words) if words else "",
                first.name: said,
                **{field.name: value(field) for field in others},
            }
    return made
