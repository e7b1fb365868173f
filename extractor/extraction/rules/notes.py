"""Read responsibility notes: （牵头单位：甲局；配合单位：乙局、丙局）.

A note gives actor and partners to every commitment in front of it, back to the note
before (guidelines, section 2). Its parts are labelled with a colon or spoken, in a
bracket or a sentence of their own (甲局牵头，乙局配合。); some say by when.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from extractor.core.records import Cell
from extractor.core.spans import Span
from extractor.extraction.rules.note_parts import (
    AND_OTHERS,
    BRACKET,
    Part,
    Role,
    labelled_parts,
    spoken_parts,
)
from extractor.language.bodies import BODY_END, OFFICES, endings


class Note(NamedTuple):
    """One responsibility note."""

    span: Span
    lead: Span | None
    partners: tuple[Span, ...]
    due: Span | None
    """Where the note states a time (完成时限：6月底前)."""


_BETWEEN = re.compile(r"[\s；;，,。、）)】\]〕【\[〔（(]*")
_OPENING = re.compile(r"[（(【\[〔]\s*$")
_CLOSING = re.compile(r"[）)】\]〕。；;\s]*")
# At the end of an item a bracket of offices alone is a note: （规划科，法规科参与）.
_OFFICE = rf"[一-龥]{{1,12}}{endings(*OFFICES)}"
_BARE = re.compile(
    rf"[（(〔【](?P<lead>{_OFFICE}(?:[、和]{_OFFICE})*)"
    rf"(?:[，,；;]\s*(?P<partners>{_OFFICE}(?:[、和]{_OFFICE})*)等?"
    r"(?:配合|参与|参加|协同|协助|协办))?[）)〕】][。；;\s]*$"
)
_SECTION_END = re.compile(r"[科处室股]$")
# A sentence behind another, a line behind another; never the item's first words.
_SENTENCE = re.compile(
    r"(?<=[。；;！？\n])\s*(?P<said>(?![（(【〔\[])[^。！？\n]{4,120}(?:$|[。\n]))"
)
_SHARING = re.compile(r"(?:按职责分工|按职责|分工)$")
# The marks in 各县（市、区） cut nothing, nor does a line that breaks a name.
_ONE_BODY = re.compile(
    r"(?:[（(][一-龥、]{1,8}[)）]|(?<=[一-龥])\n(?=[一-龥])|[^、，,；;\s（(])+"
)
_IN_NAME = re.compile(r"[（(][一-龥、]{1,8}[)）]$")
_JUNK_LEFT = " 　：:\n"
_JUNK_RIGHT = " 　\n、，,〕】"


@lru_cache(maxsize=64)  # asked for by who cuts clauses and by who looks for actors
def find_notes(text: str) -> tuple[Note, ...]:
    """Return the responsibility notes of an item, in order."""
    notes: list[Note] = []
    for note in (*_spoken(text), *_labelled(text), _bare_note(text)):
        if note and not any(note.span.overlaps(other.span) for other in notes):
            notes.append(note)
    return tuple(sorted(notes))


def notes_of_cells(text: str, cells: Sequence[Cell]) -> tuple[Note, ...]:
    """Return what the cells of a table's row say, as notes: one for each cell."""
    leads = [cell.span for cell in cells if cell.role == "lead"]
    people = [cell.span for cell in cells if cell.role == "person"]
    partners = tuple(
        body
        for cell in cells
        if cell.role == "partner"
        for body in split_bodies(cell.span.slice(text), cell.span.start)
    )
    due = next((cell.span for cell in cells if cell.role == "due"), None)
    lead = next(iter([*leads, *people]), None)
    return tuple(Note(cell.span, lead, partners, due) for cell in cells)


def _spoken(text: str) -> Iterator[Note]:
    """Yield the brackets, and the sentences, that only say who does it."""
    for bracket in BRACKET.finditer(text):
        if parts := spoken_parts(text, Span(*bracket.span("inside"))):
            yield _note(text, parts)._replace(span=Span(*bracket.span()))
    for sentence in _SENTENCE.finditer(text):
        parts = spoken_parts(text, Span(*sentence.span("said")), only=True)
        if any(part.role in ("lead", "responsible") for part in parts):
            yield _note(text, parts)._replace(span=Span(*sentence.span("said")))


def _bare_note(text: str) -> Note | None:
    """Read a closing bracket that names offices and says no more.

    Behind a full sentence it is a note; inside one only when it names sections or who
    takes part, since 区域医疗中心（省人民医院） explains the noun.
    """
    match = _BARE.search(text)
    if match is None:
        return None
    is_apart = text[: match.start()].rstrip().endswith(("。", "；", ";"))
    if not (is_apart or match["partners"] or _SECTION_END.search(match["lead"])):
        return None
    partners = split_bodies(match["partners"] or "", match.start("partners"))
    return Note(Span(*match.span()), Span(*match.span("lead")), tuple(partners), None)


def _labelled(text: str) -> Iterator[Note]:
    group: list[Part] = []
    for part in labelled_parts(text):
        if group and not _BETWEEN.fullmatch(text, group[-1].value.end, part.start):
            yield _note(text, group)
            group = []
        group.append(part)
    if group:
        yield _note(text, group)


def _note(text: str, parts: list[Part]) -> Note:
    """Make a note of neighbouring parts.

    Beside a 牵头 label, a 责任 label lists who shares the work; a person in charge is
    the actor only where no body is.
    """

    def values(*roles: Role) -> list[Span]:
        found = (_value(text, p.value) for p in parts if p.role in roles)
        return [span for span in found if span]

    leads, responsible = values("lead"), values("responsible")
    actors = leads or responsible or values("person")
    sharing = values("partner") + (responsible if leads else [])
    partners = [
        body
        for span in sorted(sharing)
        for body in split_bodies(span.slice(text), span.start)
    ]
    opening = _OPENING.search(text, 0, parts[0].start)
    start = opening.start() if opening else parts[0].start
    closing = _CLOSING.match(text, parts[-1].value.end)
    end = closing.end() if closing else parts[-1].value.end
    due = values("time")
    return Note(
        Span(start, end),
        actors[0] if actors else None,
        tuple(partners),
        due[0] if due else None,
    )


def _value(text: str, span: Span) -> Span | None:
    words = AND_OTHERS.sub("", _SHARING.sub("", span.slice(text)))
    words = words.rstrip(_JUNK_RIGHT)
    while words.endswith(("）", ")")) and not _IN_NAME.search(words):
        words = words[:-1].rstrip(_JUNK_RIGHT)
    lead = len(words) - len(words.lstrip(_JUNK_LEFT))
    found = Span(span.start + lead, span.start + len(words))
    return found if found.start < found.end else None


def split_bodies(words: str, start: int) -> list[Span]:
    """Cut a list of bodies that begins at `start`.

    和 inside a name (住房和城乡建设局) does not cut.
    """
    spans = []
    for match in _ONE_BODY.finditer(words):
        left = match.start()
        for link in re.finditer(r"[和及与\n]", match.group()):
            at = match.start() + link.start()
            if re.search(rf"{BODY_END}$", words[left:at]) and at - left > 2:
                spans.append((left, at))
                left = at + 1
        spans.append((left, match.end()))
    found = []
    for left, right in spans:
        part = AND_OTHERS.sub("", words[left:right])
        if len(part) >= 2:
            found.append(Span(start + left, start + left + len(part)))
    return found
