"""Tables of invented clauses with the answers the annotation guidelines want."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from extractor.core.records import Draft, Mention
from extractor.extraction.rules.targets import ItemReader, hard_drafts
from extractor.extraction.rules.unnumbered import soft_drafts

DATA = Path(__file__).parent / "data"
PLAN_YEAR = 2025

Row = tuple[str, tuple[tuple[tuple[str, ...], ...], ...]]
"""A clause, and for each record of it the accepted answers of each field."""


def read_table(name: str) -> Iterator[Row]:
    """Yield the rows of a table in tests/data."""
    for line in (DATA / f"{name}.txt").read_text("utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            clause, _, answers = line.partition("⇒")
            records = [record for record in answers.split(" ; ") if record.strip()]
            yield clause.strip(), tuple(map(_fields, records))


def _fields(record: str) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(field.split("~")) for field in record.strip().split("|"))


def read_clause(text: str, *, soft: bool = True) -> list[Draft]:
    """Return the records of a text, the hard ones only unless `soft`."""
    reading = ItemReader(text, 0, PLAN_YEAR)
    rest = [draft for draft in soft_drafts(reading) if soft or draft.deadline]
    return sorted([*hard_drafts(reading), *rest], key=_place)


def _place(draft: Draft) -> tuple[int, int]:
    target = draft.target.span if draft.target else None
    return draft.clause.start, target.start if target else draft.clause.start


def words(mention: Mention | None) -> str:
    """Return a mention's words, "-" for none."""
    return mention.text if mention else "-"


def matches(
    found: Sequence[Sequence[str]], wanted: Sequence[Sequence[Sequence[str]]]
) -> bool:
    """Say whether each record has accepted words in each field."""
    return len(found) == len(wanted) and all(
        word in accepted
        for record, answer in zip(found, wanted, strict=True)
        for word, accepted in zip(record, answer, strict=True)
    )
