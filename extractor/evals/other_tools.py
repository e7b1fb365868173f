"""Exports of this product or of any other tool as predictions: JSON Lines in.

One object a record, with the column names of `v_commitments`; only what a tool knows
must be there:

- `document_id`, `source_path` or `doc_id` say which document it is: its id or digest,
  the file's name, or the gold's name. Needed when there is more than one.
- `start` and `end` (offsets into the source), else `clause` (words that are looked
  for), say where the record comes from; `item_label` which item, where nothing else
  does.
- `actor`, `partners`, `action`, `object`, `target_quote`, `deadline_quote` are quotes:
  each is looked for in the clause, then in the item (`quoting.find_quote`: a number is
  never matched approximately).
- `target_value`, … `target_change`, `deadline_date` and `deadline_basis` are taken as
  the tool states them; without `target_value` or `deadline_date` they are computed
  from the quote.
- `method` and `likelihood` say who made the record and how sure that was.

A quote that is not in the source is refused, as the product does with its own, and
counts as ungrounded.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from pathlib import Path, PurePath
from typing import Any, get_args

from extractor.core.errors import ConfigError
from extractor.core.fields import COMPUTED, FIELDS, QUOTES
from extractor.core.records import (
    Change,
    Claim,
    Commitment,
    Comparator,
    Deadline,
    DeadlineBasis,
    Document,
    Draft,
    Item,
    Mention,
    Method,
    Quantity,
)
from extractor.core.spans import Span
from extractor.evals.predictions import Predictions
from extractor.extraction.commitments import commitments
from extractor.extraction.quoting import find_quote
from extractor.runs.spool import Work

Row = Mapping[str, Any]

_INSIDE = frozenset(".．,，")
"""Marks that may stand inside a number."""


class _Quantity(Quantity):
    """A target as a tool states it, which may be less than all."""

    unit: str = ""
    comparator: Comparator | None = None  # type: ignore[assignment]  # see above
    change: Change | None = None  # type: ignore[assignment]
    rule: str = "stated"


class _Deadline(Deadline):
    """A deadline as a tool states it, which may be less than all."""

    basis: DeadlineBasis | None = None  # type: ignore[assignment]  # see above
    rule: str = "stated"


_STATED: dict[str, type[_Quantity | _Deadline]] = {
    "target": _Quantity,
    "deadline": _Deadline,
}


def predictions_of_export(path: Path, loaded: Mapping[str, Work]) -> Predictions:
    """Read a JSON Lines export and locate its records in the documents.

    Raises:
        ConfigError: the file cannot be read, is no JSON Lines, or names none of the
            documents.
    """
    rows = _read_rows(path)
    documents = {name: work.document for name, work in loaded.items()}
    claims: dict[str, list[Claim]] = {name: [] for name in documents}
    for number, row in rows:
        name = _document_name(row, documents)
        if name is None:
            continue
        try:
            claims[name].append(_record(row, documents[name], loaded[name].items))
        except (ValueError, TypeError) as error:
            raise ConfigError(
                f"export {str(path)!r}, line {number}: a value is not of the form of "
                f"v_commitments ({str(error).splitlines()[0]})"
            ) from error
    if rows and not any(claims.values()):
        raise ConfigError(
            f"export {str(path)!r} names none of the documents "
            f"{', '.join(documents)}; give document_id, source_path or doc_id"
        )
    return Predictions(
        claims={name: tuple(found) for name, found in claims.items()}, items=None
    )


def _read_rows(path: Path) -> list[tuple[int, Row]]:
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
        rows = [
            (number, json.loads(line, parse_float=Decimal))
            for number, line in enumerate(lines, start=1)
            if line.strip()
        ]
    except OSError as error:
        raise ConfigError(
            f"export {str(path)!r} cannot be read ({error.strerror}); check the path"
        ) from error
    except ValueError as error:
        raise ConfigError(
            f"export {str(path)!r} is no JSON Lines ({error}); one object a line"
        ) from error
    if not all(isinstance(row, dict) for _, row in rows):
        raise ConfigError(f"export {str(path)!r} has a line that is no JSON object")
    return rows


def _document_name(row: Row, documents: Mapping[str, Document]) -> str | None:
    """Return which document a row is about, None when it is none of them."""
    given = row.get("document_id") or row.get("doc_id")
    for name, document in documents.items():
        if given and given in (name, document.id, document.sha256):
            return name
    if path := row.get("source_path"):
        names = [n for n, d in documents.items() if _file(path) == _file(d.path)]
        return names[0] if names else None
    return next(iter(documents)) if len(documents) == 1 and not given else None


def _file(path: str) -> str:
    return PurePath(path.replace("\\", "/")).name


def _record(row: Row, document: Document, items: Sequence[Item]) -> Commitment:
    """Locate a row's quotes and compute what it does not state."""
    item = _item(row, items)
    clause = _clause(row, item)
    quotes: dict[str, Any] = {
        field.name: _mention(row.get(field.column), item, clause) for field in QUOTES
    }
    named = row.get("partners") or ()
    named = [named] if isinstance(named, str) else named
    bodies = (_mention(words, item, clause) for words in named)
    draft = Draft(
        clause=clause,
        actor_source=row.get("actor_source")
        or ("stated" if quotes["actor"] else "issuer"),
        partners=tuple(body for body in bodies if body),
        method=None,
        **quotes,
    )
    (record,) = commitments(item, document, [draft])
    likelihood, method = row.get("likelihood"), row.get("method")
    made = {
        "likelihood": None if likelihood is None else float(likelihood),
        "method": method if method in get_args(Method) else None,
    }
    return record.model_copy(update=made | _stated(row, record))


def _stated(row: Row, record: Commitment) -> dict[str, Any]:
    """Return the values that the tool states itself, where the words are there."""
    stated: dict[str, Any] = {}
    for source, computed in COMPUTED.items():
        quote = getattr(record, source)
        own = {f.name: row.get(f.column) for f in FIELDS if f.source == source}
        if quote and next(iter(own.values())) not in (None, ""):
            given = {name: value for name, value in own.items() if value is not None}
            stated[computed] = _STATED[source](quote=quote.text, **given)
    return stated


def _item(row: Row, items: Sequence[Item]) -> Item:
    """Return the item a row comes from: by offsets, clause, label, else its quotes."""
    if isinstance(row.get("start"), int) and isinstance(row.get("end"), int):
        place = Span(row["start"], row["end"])
        found = next((item for item in items if item.span.overlaps(place)), None)
        if found:
            return found
    if words := row.get("clause"):
        found = next((item for item in items if find_quote(words, item.clean)), None)
        if found:
            return found
    label = row.get("item_label")
    named = [item for item in items if label and item.label == label] or list(items)
    quotes = [words for field in QUOTES if (words := row.get(field.column))]
    return max(named, key=lambda item: _count(quotes, item))


def _count(quotes: Iterable[str], item: Item) -> int:
    """Count the characters of the quotes that are found in an item."""
    return sum(len(words) for words in quotes if find_quote(words, item.clean))


def _clause(row: Row, item: Item) -> Span:
    """Return the row's clause in the item's cleaned text, all of it if unknown."""
    if isinstance(row.get("start"), int) and isinstance(row.get("end"), int):
        clean = item.offsets.to_clean(Span(row["start"], row["end"]))
        if clean:
            return clean
    words = row.get("clause")
    return (find_quote(words, item.clean) if words else None) or Span(
        0, len(item.clean)
    )


def _mention(words: object, item: Item, clause: Span) -> Mention | None:
    """Return the words, with their place where only the printed text has them so.

    Damage is no part of the cleaned text, but of a quote made from it.
    """
    if not isinstance(words, str) or not words:
        return None
    if find_quote(words, clause.slice(item.clean)) or find_quote(words, item.clean):
        return Mention(text=words)
    low = item.offsets.source_position(clause.start) - item.span.start
    for start in (low, 0):
        at = item.text.find(words, start)
        if at >= 0 and not _cuts_number(words, item.text, at):
            place = Span(at, at + len(words)).shift(item.span.start)
            if clean := item.offsets.to_clean(place):
                return Mention(text=clean.slice(item.clean), span=clean)
    return Mention(text=words)


def _cuts_number(words: str, text: str, at: int) -> bool:
    """Say whether the words begin or end inside a number: 5个 in 1.5个."""
    end = at + len(words)
    before, after = text[max(0, at - 2) : at], text[end : end + 2]
    return (words[0].isnumeric() and _goes_on(before[::-1])) or (
        words[-1].isnumeric() and _goes_on(after)
    )


def _goes_on(beside: str) -> bool:
    """Say whether a number goes on in the characters beside it, nearest first."""
    if beside[:1] in _INSIDE:
        beside = beside[1:]
    return beside[:1].isnumeric()
