"""Asked: the fields of a request in, what a reviewer says of which record out.

A form and JSON say the same: `accept=<record>`, or a verdict with its record or item.
`rest=<item>` is done with an item, and accepts what of it is not judged;
`other=<record>` takes the reading that was not taken.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple, get_args

from extractor.browse.wording import CHOICES, FIELDS
from extractor.browse.writing.refusals import NOT_READ, Refused
from extractor.core.records import Comparator
from extractor.core.spans import Span
from extractor.store.reviews import Verdict

MAX_NOTE = 4000
"""Characters of a note."""
MAX_PARTNERS = 40
JOINT = "、"
"""Between the partners of a form."""

VERDICTS: tuple[Verdict, ...] = get_args(Verdict)
_OF_ITEMS = ("add", "done")
_BUTTONS = tuple(verdict for verdict in VERDICTS if verdict != "note")
"""Verdicts that a button of a form says; `note` is where the note stands."""


class Choice(NamedTuple):
    """Words that a reviewer chose for a field: their place, or the words alone."""

    at: Span | None = None
    text: str | None = None


Fields = Mapping[str, tuple[Choice, ...]]
"""Field to what was chosen for it, nothing to clear it; others stay as they are."""


class Asked(NamedTuple):
    """What a reviewer says."""

    verdict: Verdict
    subject: str
    """Id of a record, of the review that added one, or of an item."""
    note: str | None
    fields: Fields
    comparator: Comparator | Literal[""] | None = None
    """How the number is meant; empty for as it is read, None for as it stands."""
    with_rest: bool = False
    """Who is done with an item accepts what of it nobody has judged."""
    takes_other: bool = False
    """The record shall be as the reader has it who was not followed."""


def asked(said: dict[str, Any]) -> Asked:
    """Return what is said.

    Raises:
        Refused: no verdict is among it, or something has a wrong form.
    """
    rest = said.get("rest")
    other = said.get("other")
    said = said | ({"done": rest} if rest else {"correct": other} if other else {})
    verdict = said.get("verdict") or next((v for v in _BUTTONS if said.get(v)), None)
    if verdict not in VERDICTS:
        raise Refused(400, NOT_READ)
    key = "item" if verdict in _OF_ITEMS else "record"
    pressed = said.get(verdict) if verdict in _BUTTONS else None
    subject = pressed or said.get(key) or said.get("item")
    note = said.get("note")
    if not isinstance(subject, str) or not isinstance(note, str | None):
        raise Refused(400, NOT_READ)
    cleaned = (note or "").strip()[:MAX_NOTE]
    return Asked(
        verdict,
        subject,
        cleaned or None,
        chosen(said),
        _comparator(said.get("comparator")),
        with_rest=bool(rest),
        takes_other=bool(other),
    )


def _comparator(said: Any) -> Comparator | Literal[""] | None:
    if said not in (None, "", *CHOICES):
        raise Refused(400, NOT_READ)
    return said  # type: ignore[no-any-return]  # one of them


def chosen(said: dict[str, Any]) -> Fields:
    """Return the fields that are chosen.

    Raises:
        Refused: a place has no form of one.
    """
    fields = said.get("fields")
    if fields is None:
        return {
            name: _of_form(name, said[name], said.get(f"{name}_at"))
            for name in FIELDS
            if isinstance(said.get(name), str)
        }
    if not isinstance(fields, dict) or not fields.keys() <= FIELDS.keys():
        raise Refused(400, NOT_READ)
    return {name: _of_json(name, value) for name, value in fields.items()}


def _of_form(name: str, words: str, places: Any) -> tuple[Choice, ...]:
    """Return what a form says of a field: words, with places where a script set them.

    Places are written 12-15, several with a comma between them.
    """
    parts = words.split(JOINT) if name == "partners" else [words]
    if not places:
        return _few(Choice(text=part.strip()) for part in parts if part.strip())
    spans = [_place(part.split("-")) for part in str(places).split(",")]
    # The words of one may hold the mark that stands between two.
    texts = parts if len(parts) == len(spans) else [None] * len(spans)
    return _few(Choice(*one) for one in zip(spans, texts, strict=True))


def _of_json(name: str, value: Any) -> tuple[Choice, ...]:
    if value is None:
        return ()
    if name == "partners":
        if not isinstance(value, list):
            raise Refused(400, NOT_READ)
        return _few(_one(part) for part in value)
    return (_one(value),)


def _one(value: Any) -> Choice:
    match value:
        case str():
            return Choice(text=value)
        case list():
            return Choice(_place(value))
        case {"at": list(place), **rest}:
            text = rest.get("text")
            return Choice(_place(place), text if isinstance(text, str) else None)
    raise Refused(400, NOT_READ)


def _place(value: list[Any]) -> Span:
    try:
        start, end = (int(str(part)[:12]) for part in value)
    except ValueError as error:
        raise Refused(400, NOT_READ) from error
    return Span(start, end)


def _few(choices: Any) -> tuple[Choice, ...]:
    made = tuple(choices)
    if len(made) > MAX_PARTNERS:
        raise Refused(400, NOT_READ)
    return made
