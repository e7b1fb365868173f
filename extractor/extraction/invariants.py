"""What must hold of every stored record, whatever made it: the laws as checks.

Pure; a document with its items and records in, violations out.
Each check reads the source itself, not what the rules made of it, so that a fault of
the rules is not repeated here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Literal, NamedTuple

from extractor.core.records import Commitment, Quote
from extractor.core.spans import Span
from extractor.extraction.rules.notes import find_notes
from extractor.language.bodies import BODY_END
from extractor.language.numbers.numerals import fold
from extractor.language.numbers.quantities import parse_quantity
from extractor.language.times.deadlines import iter_deadlines, parse_deadline
from extractor.language.verbs import VERB_PATTERN

Law = Literal[
    "not-its-span",
    "part-of-a-number",
    "shared-characters",
    "outside-its-item",
    "inside-a-cut",
    "part-of-a-name",
    "date-of-another",
    "other-value",
    "other-date",
    "empty",
    "sums",
]

LAWS: dict[Law, str] = {
    "not-its-span": "a quote is the source at its span",
    "part-of-a-number": "no digit, point, magnitude or numeral stands against a number",
    "shared-characters": "no two items share a character",
    "outside-its-item": "a field lies in its item",
    "inside-a-cut": "no field touches what was cut",
    "part-of-a-name": "an actor or a partner is a whole name",
    "date-of-another": "a date comes from words that reach its record",
    "other-value": "a value is what its quote says",
    "other-date": "a date is what its quote says in the plan's year",
    "empty": "a record says something",
    "sums": "the records shown are those of the latest versions",
}
"""What each law says, in words."""


class Violation(NamedTuple):
    """A law that does not hold, and where."""

    law: Law
    row_id: str
    """Of the record or item."""
    words: str
    """The quote or the numbers in question."""


class CheckedItem(NamedTuple):
    """An item as checked."""

    id: str
    label: str | None
    span: Span
    text: str
    is_current: bool = True
    """False for one that an earlier version of the splitter made."""


class CheckedDocument(NamedTuple):
    """A document with all that is said about it; every span indexes `source`."""

    source: str
    cuts: Sequence[tuple[Span, str]]
    """Where it was cut, and the reason."""
    plan_year: int | None
    items: Sequence[CheckedItem]
    records: Sequence[Commitment]


_PRINTED = frozenset({"romanisation", "control"})
"""Cuts that are damage of the words themselves; quotes hold them as printed."""
_DIGIT = re.compile("[0-9]")
_NUMERAL = "零〇一二两三四五六七八九十百千万亿廿卅"
# 5千瓦 is a unit, 3百分点 a garbled one.
_MAGNITUDE = re.compile("[十百千万亿](?![瓦克米伏卡帕赫焦分])")
_BOUND = re.compile("[统唯单专划同逐之第其]一$")
_CELL = re.compile("[\t｜|；;\u3000]")
"""What parts the cells of a row."""
_PARAGRAPH_END = re.compile("[\r\n]")
_YEARS = re.compile("[^月季日号旬半]*")
"""A time that names nothing shorter than a year."""
_SENTENCE_END = re.compile(r"[。；;！!？?\n\r]")
_NAME_GOES_ON = re.compile(
    rf"(?:{VERB_PATTERN.pattern}|[一-龥]{{1,4}})?(?:部|局|委|厅|院|办公室|委员会|中心|大队|支队)"
    rf"(?=[、，。；）)]|等|共同|联合|会同|{VERB_PATTERN.pattern})"
)
_MODIFIES = re.compile("[^，。；,;]{0,8}的")
_FRAGMENT = re.compile("[一-龥][局厅署]")


def violations(document: CheckedDocument) -> Iterator[Violation]:
    """Yield every law that does not hold of a document, in reading order."""
    text = _Text(document)
    yield from _items(document)
    places = {item.id: item for item in document.items}
    for record in document.records:
        item = places.get(record.item_id)
        for law, words in _record(text, record, item):
            yield Violation(law, record.id, words)


class _Text:
    """The source, and the source as read: folded, what was cut skipped."""

    def __init__(self, document: CheckedDocument) -> None:
        self.source = document.source
        self.plan_year = document.plan_year
        self.folded = fold(document.source)
        self.cuts = sorted(document.cuts)

    def before(self, position: int, count: int) -> str:
        """Return the characters in front of a position, nearest last."""
        found: list[str] = []
        at = position
        while at > 0 and len(found) < count:
            at -= 1
            if cut := self._cut_at(at):
                at = cut.start
                continue
            found.append(self.folded[at])
        return "".join(reversed(found))

    def after(self, position: int, count: int) -> str:
        """Return the characters from a position on."""
        found: list[str] = []
        at = position
        while at < len(self.folded) and len(found) < count:
            if cut := self._cut_at(at):
                at = cut.end
                continue
            found.append(self.folded[at])
            at += 1
        return "".join(found)

    def between(self, start: int, end: int) -> str:
        """Return the characters from one place to another."""
        parts: list[str] = []
        for span, _ in self.cuts:
            if span.end > start and span.start < end:
                parts.append(self.folded[start : max(span.start, start)])
                start = max(span.end, start)
        return "".join([*parts, self.folded[start:end]])

    def _cut_at(self, position: int) -> Span | None:
        for span, _ in self.cuts:
            if span.start > position:
                return None
            if position < span.end:
                return span
        return None


def _items(document: CheckedDocument) -> Iterator[Violation]:
    for item in document.items:
        if item.span.slice(document.source) != item.text:
            yield Violation("not-its-span", item.id, item.text)
    current = (item for item in document.items if item.is_current)
    ordered = sorted(current, key=lambda item: item.span)
    for one, other in pairwise(ordered):
        if one.span.overlaps(other.span):
            shared = Span(other.span.start, min(one.span.end, other.span.end))
            words = shared.slice(document.source)
            yield Violation("shared-characters", other.id, words)


def _record(
    text: _Text, record: Commitment, item: CheckedItem | None
) -> Iterator[tuple[Law, str]]:
    clause, quotes = record.clause, [quote for _, quote in record.words()]
    if clause.span.slice(text.source) != clause.text:
        yield "not-its-span", clause.text
    if not quotes and not record.ungrounded:
        yield "empty", clause.text
    for quote in quotes:
        yield from _quote(text, quote, item)
    for name in filter(None, (record.actor, *record.partners)):
        if _is_part_of_name(text, name):
            yield "part-of-a-name", name.text
    for number in filter(None, (record.target, record.deadline)):
        if is_part_of_number(text, number, item):
            yield "part-of-a-number", number.text
    yield from _values(text, record)
    if record.deadline and item and not _reaches(text, clause, record.deadline, item):
        yield "date-of-another", record.deadline.text


def _quote(
    text: _Text, quote: Quote, item: CheckedItem | None
) -> Iterator[tuple[Law, str]]:
    if quote.span.slice(text.source) != quote.text:
        yield "not-its-span", quote.text
    if item is None or not item.span.contains(quote.span):
        yield "outside-its-item", quote.text
    for span, reason in text.cuts:
        if reason not in _PRINTED and span.overlaps(quote.span):
            yield "inside-a-cut", quote.text


def is_part_of_number(text: _Text, quote: Quote, item: CheckedItem | None) -> bool:
    """Say whether a number goes on outside its quote, on either side."""
    words = fold(quote.text)
    before, after = text.before(quote.span.start, 4), text.after(quote.span.end, 2)
    if item and item.label:
        front = text.source[item.span.start : quote.span.start]
        if front.strip() == item.label:
            before = ""  # 1.5月底前: the label in front is no part of the date
    return _goes_on_left(words, before) or _goes_on_right(words, after)


def _goes_on_left(words: str, before: str) -> bool:
    if _DIGIT.match(words):
        grouped = re.match(r"\d{3}(?!\d)", words) and re.search(r"\d,$", before)
        scaled = re.search(r"\d[百千万亿]$", before)
        return bool(re.search(r"\d$|\d\.$", before) or grouped or scaled)
    if words[0] in _NUMERAL:
        return before[-1:] in set(_NUMERAL) and not _BOUND.search(before)
    return False


def _goes_on_right(words: str, after: str) -> bool:
    if _DIGIT.match(words[-1:]):
        return bool(re.match(r"\d|[.,]\d", after) or _MAGNITUDE.match(after))
    if words[-1] in _NUMERAL and not words.endswith("分之百"):
        return after[:1] in set(_NUMERAL) and bool(after)
    return False


def _is_part_of_name(text: _Text, name: Quote) -> bool:
    """Say whether a body's name goes on outside the quote, or began before it."""
    if _FRAGMENT.fullmatch(name.text):
        return True
    return bool(
        re.search(rf"{BODY_END}$", name.text)
        and _NAME_GOES_ON.match(text.after(name.span.end, 12))
    )


def _values(text: _Text, record: Commitment) -> Iterator[tuple[Law, str]]:
    if record.target and (stored := record.quantity):
        read = parse_quantity(fold(record.target.text))
        if read is not None and read.value != stored.value:
            yield "other-value", f"{record.target.text} is not {stored.value}"
    if record.deadline and (told := record.due):
        due = parse_deadline(record.deadline.text, text.plan_year)
        if due is not None and due.date != told.date:
            yield "other-date", f"{record.deadline.text} is not {told.date}"


def _reaches(text: _Text, clause: Quote, deadline: Quote, item: CheckedItem) -> bool:
    """Say whether a time governs a record (guidelines, section 4).

    It stands in the record's clause, or in front of it with neither the end of a
    sentence nor another time between; years reach to the end of the paragraph; or a
    responsibility note states it.
    """
    span = deadline.span
    if span.overlaps(clause.span):
        return True
    for note in find_notes(item.span.slice(text.source)):
        if note.due and note.due.shift(item.span.start).overlaps(span):
            return True
    if _is_cell(text.source, span):
        return True
    if span.end > clause.span.start:
        return False
    gap = text.between(span.end, clause.span.start)
    end = _PARAGRAPH_END if _YEARS.fullmatch(deadline.text) else _SENTENCE_END
    return not (end.search(gap) or _names_time(text, span.end, clause.span))


def _is_cell(source: str, span: Span) -> bool:
    """Say whether a time is all of a cell: the column of a table that says when."""
    begin = max(source.rfind("\n", 0, span.start), source.rfind("\r", 0, span.start))
    end = _PARAGRAPH_END.search(source, span.end)
    row = source[begin + 1 : end.start() if end else len(source)]
    at = span.start - begin - 1
    front = row[:at].rstrip(" ")
    is_front = not front or front[-1] in "\t｜|；;\u3000"
    behind = row[at + span.end - span.start :].lstrip(" ")
    is_behind = not behind or behind[0] in "\t｜|；;\u3000"
    return is_front and is_behind and len(_CELL.findall(row)) > 1


def _names_time(text: _Text, start: int, clause: Span) -> bool:
    """Say whether another time is named up to the end of a clause.

    2016年以前开工的17个项目 only tells which ones, 比2015年下降20% from where, and a
    year before the plan's is none by which.
    """
    words = text.between(start, clause.end)
    return any(
        not (
            _MODIFIES.match(words, time.end)
            or words[: time.start].endswith(("比", "较"))
            or _is_over(time.slice(words), text.plan_year)
        )
        for time in iter_deadlines(words)
    )


def _is_over(words: str, plan_year: int | None) -> bool:
    years = [int(year) for year in re.findall(r"(?:19|20)\d\d", words)]
    return plan_year is not None and bool(years) and max(years) < plan_year
