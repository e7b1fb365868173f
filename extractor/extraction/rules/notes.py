"""Read responsibility notes: （牵头单位：甲局；配合单位：乙局、丙局）.

A note gives actor and partners to every commitment in front of it, back to the note
before (guidelines, section 2). Notes come in two forms, labels with a colon and the
short （甲局牵头，乙局配合）; some state when the work is due.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

from extractor.core.records import Cell
from extractor.core.spans import Span
from extractor.language.bodies import BODY_END, OFFICES, endings

_Role = Literal["lead", "responsible", "partner", "person", "time"]


class Note(NamedTuple):
    """One responsibility note."""

    span: Span
    lead: Span | None
    partners: tuple[Span, ...]
    due: Span | None
    """Where the note states a time (完成时限：6月底前)."""


class _Entry(NamedTuple):
    start: int
    role: _Role
    value: Span


_UNIT = r"(?:单位|部门|科室|处室|股室|机构|科|处|局)"
_LABEL = re.compile(
    rf"(?:(?P<lead>(?:牵头|主办|主责|承办|主管)(?:责任)?{_UNIT}?(?:及|和)?(?:责任人)?)"
    rf"|(?P<partner>(?:配合|协办|协同|协作|参与|参加|协助|会办)(?:责任)?{_UNIT}?)"
    r"|(?P<person>(?:责任|分管|牵头|包保|主管|联系)(?:领导|人|市领导|县领导|局领导)|责任人员)"
    rf"|(?P<responsible>(?:责任|负责|实施|落实){_UNIT}|责任)"
    r"|(?P<time>(?:完成|办结|整改|实施|工作|推进|目标)?(?:时限|时间|期限)(?:要求|安排|进度)?"
    r"|(?:时间|完成)节点|完成日期|进度(?:要求|安排)))"
    r"\s*(?:[：:]|[】\]〕]\s*[：:]?)\s*"
)
# A bracket inside a name (各县（区）) does not end the value.
_VALUE = re.compile(r"(?:[（(][一-龥、]{1,8}[)）]|[^；;。）)】\]〕【\[〔\n（(])*")
_BETWEEN = re.compile(r"[\s；;，,。、）)】\]〕【\[〔（(]*")
_OPENING = re.compile(r"[（(【\[〔]\s*$")
_CLOSING = re.compile(r"[）)】\]〕。；;\s]*")
_SHORT = re.compile(
    r"[（(](?:由)?(?P<lead>[^（()）：:，,；;。]{2,40}?)(?:牵头负责|牵头|负责|按职责分工负责"
    r"|按职责负责|按职责分工落实|分工负责|落实)"
    r"(?:[，,；;、]\s*(?P<partners>[^（()）：:。]{2,80}?)(?:等)?"
    r"(?:配合|参与|参加|协同|协助|按职责分工负责|按职责负责|分工负责))?[）)]"
)
# At the end of an item a bracket of offices alone is a note: （规划科，法规科参与）.
_OFFICE = rf"[一-龥]{{1,12}}{endings(*OFFICES)}"
_BARE = re.compile(
    rf"[（(〔【](?P<lead>{_OFFICE}(?:[、和]{_OFFICE})*)"
    rf"(?:[，,；;]\s*(?P<partners>{_OFFICE}(?:[、和]{_OFFICE})*)等?"
    r"(?:配合|参与|参加|协同|协助|协办))?[）)〕】][。；;\s]*$"
)
_SECTION_END = re.compile(r"[科处室股]$")
_SHARING = re.compile(r"(?:按职责分工|按职责|分工)$")
_AND_OTHERS = re.compile(r"等(?:相关|有关)?(?:部门|单位|处室|科室)?\s*$")
_JUNK_LEFT = " 　：:"
_JUNK_RIGHT = " 　、，,〕】)）"


def find_notes(text: str) -> tuple[Note, ...]:
    """Return the responsibility notes of an item, in order."""
    notes = [*_labelled(text)]
    for match in _SHORT.finditer(text):
        span = Span(*match.span())
        if any(note.span.overlaps(span) for note in notes):
            continue
        lead = _value(text, Span(*match.span("lead")))
        if lead and _is_body(lead.slice(text)):
            partners = split_bodies(match["partners"] or "", match.start("partners"))
            notes.append(Note(span, lead, tuple(partners), None))
    if (bare := _bare_note(text)) and not any(
        note.span.overlaps(bare.span) for note in notes
    ):
        notes.append(bare)
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


def _is_body(words: str) -> bool:
    """Say whether a short note names a body, not a task （逐级落实）."""
    last = re.split(r"[、和及]", _AND_OTHERS.sub("", words))[-1]
    return re.search(rf"{BODY_END}$", last) is not None


def _labelled(text: str) -> Iterator[Note]:
    group: list[_Entry] = []
    for entry in _entries(text):
        if group and not _BETWEEN.fullmatch(text, group[-1].value.end, entry.start):
            yield _note(text, group)
            group = []
        group.append(entry)
    if group:
        yield _note(text, group)


def _entries(text: str) -> Iterator[_Entry]:
    labels = list(_LABEL.finditer(text))
    for index, label in enumerate(labels):
        limit = labels[index + 1].start() if index + 1 < len(labels) else len(text)
        words = _VALUE.match(text, label.end(), limit)
        value = Span(label.end(), words.end() if words else limit)
        role = next(name for name, words in label.groupdict().items() if words)
        yield _Entry(label.start(), role, value)  # type: ignore[arg-type] # group names


def _note(text: str, entries: list[_Entry]) -> Note:
    """Make a note of neighbouring labels.

    Beside a 牵头 label, a 责任 label lists who shares the work; a person in charge is
    the actor only where no body is.
    """

    def values(*roles: _Role) -> list[Span]:
        found = (_value(text, e.value) for e in entries if e.role in roles)
        return [span for span in found if span]

    leads, responsible = values("lead"), values("responsible")
    actors = leads or responsible or values("person")
    sharing = values("partner") + (responsible if leads else [])
    partners = [
        body
        for span in sorted(sharing)
        for body in split_bodies(span.slice(text), span.start)
    ]
    opening = _OPENING.search(text, 0, entries[0].start)
    start = opening.start() if opening else entries[0].start
    closing = _CLOSING.match(text, entries[-1].value.end)
    end = closing.end() if closing else entries[-1].value.end
    due = values("time")
    return Note(
        Span(start, end),
        actors[0] if actors else None,
        tuple(partners),
        due[0] if due else None,
    )


def _value(text: str, span: Span) -> Span | None:
    words = _AND_OTHERS.sub("", _SHARING.sub("", span.slice(text)))
    words = words.rstrip(_JUNK_RIGHT)
    lead = len(words) - len(words.lstrip(_JUNK_LEFT))
    found = Span(span.start + lead, span.start + len(words))
    return found if found.start < found.end else None


def split_bodies(words: str, start: int) -> list[Span]:
    """Cut a list of bodies that begins at `start`.

    和 inside a name (住房和城乡建设局) does not cut.
    """
    spans = []
    for match in re.finditer(r"[^、，,；;\s]+", words):
        left = match.start()
        for link in re.finditer(r"[和及与]", match.group()):
            at = match.start() + link.start()
            if re.search(rf"{BODY_END}$", words[left:at]) and at - left > 2:
                spans.append((left, at))
                left = at + 1
        spans.append((left, match.end()))
    found = []
    for left, right in spans:
        part = _AND_OTHERS.sub("", words[left:right])
        if len(part) >= 2:
            found.append(Span(start + left, start + left + len(part)))
    return found
