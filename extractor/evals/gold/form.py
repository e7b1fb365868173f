"""The form of a labelled record in a gold file, read and written.

Section 8 of the annotation guidelines: a quote is `{"quote": …, "span": …}`, and what
is computed from it stands beside these two.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from extractor.core.fields import SCORED, Field, content
from extractor.core.records import Quote

_KEYS = {name for name, field in SCORED.items() if not field.source}
_MORE = ("alternatives", "note")
_OPTIONAL = {"partners", "upper", "baseline", *_MORE}
_RULE = "labelled"
"""The rule that computed what a reader says."""


def read_record(written: object) -> dict[str, Any]:
    """Return what a labelled record is made of.

    Raises:
        ValueError: it is not of the form.
    """
    record = _checked(written, {*_KEYS, *_MORE})
    more = {key: record[key] for key in _MORE if key in record}
    return content(lambda field: _value(record, field)) | more


def written_record(record: Any) -> dict[str, Any]:
    """Return a labelled record as a gold file has it."""
    written: dict[str, Any] = {}
    for name, field in SCORED.items():
        value = field.of(record)
        if field.source:
            if written[field.source]:
                written[field.source][name] = value
        elif field.kind == "quotes":
            written[name] = [_written(quote) for quote in value]
        else:
            written[name] = _written(value) if isinstance(value, Quote) else value
    return written | {key: getattr(record, key) for key in _MORE}


def _written(quote: Quote) -> dict[str, Any]:
    return {"quote": quote.text, "span": quote.span}


def _value(record: dict[str, Any], field: Field) -> Any:
    if not field.is_scored:
        return _RULE
    if field.source:
        return (record[field.source] or {}).get(field.name)
    value = record.get(field.name)
    if field.kind == "quotes":
        return tuple(_quote(words, ()) for words in value or ())
    if field.kind == "quote" and value is not None:
        own = [name for name, other in SCORED.items() if other.source == field.name]
        return _quote(value, own)
    return value


def _quote(written: object, computed: Iterable[str]) -> Quote:
    said = _checked(written, {"quote", "span", *computed}, empty=False)
    return Quote(text=said["quote"], span=said["span"])


def _checked(written: object, keys: set[str], *, empty: bool = True) -> dict[str, Any]:
    """Return an object that has these keys, and where not `empty` a value for each."""
    if not isinstance(written, dict):
        raise ValueError(f"{written!r} is no JSON object")  # noqa: TRY004  (pydantic's)
    given = {key for key, value in written.items() if empty or value is not None}
    if wrong := (keys - given - _OPTIONAL) | (written.keys() - keys):
        raise ValueError(f"{', '.join(sorted(wrong))}: missing or unknown")
    return written
