"""What an item holds before anything is read: clauses, numbers, dates, who acts.

An item's cleaned text in, the typed candidates and the stretch of each number out.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from extractor.core.records import Cell
from extractor.core.spans import Span
from extractor.extraction.rules.actors import ItemActors
from extractor.extraction.rules.candidates import (
    Candidates,
    NumberCandidate,
    find_candidates,
    is_share,
)
from extractor.extraction.rules.reach import Reach
from extractor.extraction.rules.syntax.constructions import closing_quote, open_quote
from extractor.extraction.rules.times import DateCandidate
from extractor.language.names import marked, shielded
from extractor.language.numbers.numerals import half_width

IN_WORK = 256
"""Views of which what was asked is kept: they wait for answers at the same time."""

_PURPOSE = re.compile(
    r"^为.{2,60}(?:(?:奠定|打牢|打下|夯实)[^，。]{0,8}基础|提供[^，。]{0,12}(?:保障|保证|支撑|支持)|创造[^，。]{0,6}条件)$"
)
_BY_WHEN = re.compile("(?:[前底末内间旬日]|季度|半年|月份?)$")
_LINK = re.compile(r"(?:、|和|与|及|以及|并|或|，|,)")
# Labels and classes aside: 小（二）型水库.
_COUNTING_BRACKET = re.compile(
    r"[（(](?![\dⅠ-Ⅻ一二三四五六七八九十]{1,2}[)）])"
    r"(?=[^（()）]*(?:其中|[\d一二两三四五六七八九十百千万]))"
)


class About(NamedTuple):
    """What an item stands in."""

    issuer: str | None = None
    plan_year: int | None = None
    headings: tuple[str, ...] = ()
    """Outermost first, the item's own title last."""


class ItemView:
    """Clauses, target numbers, dates and actors of one item.

    The text is there three times, one character for one: `printed` as it is, `words`
    with its digits in half width, and `text`, which is read, with the verbs inside the
    names of bodies and the words of times out of sight, too.

    Args:
        printed: the item's cleaned text.
        start: where its prose begins, behind label and title.
        plan_year: year of the plan, for dates without one.
        cells: what a table's row states of who acts and by when.
    """

    def __init__(
        self,
        printed: str,
        start: int,
        plan_year: int | None,
        cells: Sequence[Cell] = (),
    ) -> None:
        self.printed = printed
        self.about = About(plan_year=plan_year)
        self.words = half_width(printed)
        self.text = text = shielded(self.words)
        self.start = start
        self.found: Candidates = find_candidates(printed, start, plan_year)
        self.reach = Reach(text, self.found)
        dated = [date.span for date in self.found.dates]
        times = sorted([*dated, *(stop.span for stop in self.found.stops)])
        self.text = text = marked(text, filter(self._dates_the_verb, times))
        self.actors = ItemActors(text, start, times, cells)
        self.numbers: tuple[NumberCandidate, ...] = tuple(
            n for n in self.found.targets if not self.is_purpose(n.clause)
        )

    def _dates_the_verb(self, time: Span) -> bool:
        """Say whether a time says by when; 去年 and 年度 may belong to a noun."""
        return _BY_WHEN.search(time.slice(self.words)) is not None

    def is_purpose(self, clause: int) -> bool:
        """Say whether a clause only names what the others are for (section 4)."""
        return _PURPOSE.match(self.clause_text(clause)) is not None

    def clause_text(self, clause: int) -> str:
        """Return the words of the clause with this index."""
        return self.found.clauses[clause].span.slice(self.text)

    def whole_clause(self, clause: int) -> Span:
        """Return the clause with this index; for a bracket, the one it stands in."""
        found = self.found.clauses[clause]
        if not found.is_bracketed:
            return found.span
        return next(
            outer.span
            for outer in reversed(self.found.clauses[:clause])
            if not outer.is_bracketed
        )

    def is_share(self, clause: int) -> bool:
        """Say whether a clause names a part of what was counted before: 其中…."""
        return is_share(self.text, self.found.clauses[clause])

    def in_note(self, span: Span) -> bool:
        """Say whether a span is a part of a responsibility note."""
        return any(note.span.contains(span) for note in self.actors.notes)

    def prose(self, clause: int) -> Span:
        """Return a clause without the responsibility notes at its ends."""
        start, end = self.found.clauses[clause].span
        for note in self.actors.notes:
            if note.span.start <= start < note.span.end:
                start = min(note.span.end, end)
            elif start < note.span.start < end:
                end = note.span.start
        return Span(start, end)

    def edges(self, index: int) -> tuple[Span, Span]:
        """Return the words of the number's clause before it and after it.

        A neighbouring number of the same clause ends them.
        """
        number = self.numbers[index].span
        return (
            Span(self._left_edge(index), number.start),
            Span(number.end, self._right_edge(index)),
        )

    def _left_edge(self, index: int) -> int:
        number = self.numbers[index]
        start = min(self.prose(number.clause).start, number.span.start)
        for other in self.found.numbers:
            is_before = other.span.end <= number.span.start
            if other.clause == number.clause and is_before and other.role == "target":
                start = max(start, other.span.end)
        for date in self.found.dates:
            is_next = date.span.start > start and self.text[date.span.start - 1] == "、"
            if is_next and date.span.end <= number.span.start:
                # 6月底前开工、|12月底前完工率达到80%
                start = date.span.start
        quote = open_quote(self.text, start, number.span.start)
        return start if quote is None else quote + 1

    def _right_edge(self, index: int) -> int:
        """End of what can be the number's own noun phrase."""
        number = self.numbers[index]
        end = max(self.prose(number.clause).end, number.span.end)
        end = closing_quote(self.text, number.span.end, end)
        bracket = _COUNTING_BRACKET.search(self.text[number.span.end : end])
        if bracket and not self.found.clauses[number.clause].is_bracketed:
            end = number.span.end + bracket.start()
        if _LINK.match(self.text, number.span.end, end):
            return number.span.end
        follower = next(
            (
                n.span.start
                for n in self.numbers
                if n.clause == number.clause and n.span.start >= number.span.end
            ),
            None,
        )
        if follower is None or follower > end:
            return end
        between = self.text[number.span.end : follower]
        links = list(_LINK.finditer(between))
        return number.span.end + links[-1].start() if links else follower

    def deadline_for(
        self, clause: int, *, with_number: bool, at: Span | None = None
    ) -> DateCandidate | None:
        """Return the deadline that governs a clause (guidelines, section 4).

        Args:
            clause: index of the clause.
            with_number: a bare year only dates clauses with a number.
            at: a number or a part of the clause, where it holds several times.
        """
        time = self.reach.time_for(clause, at)
        if isinstance(time, DateCandidate) and (with_number or not time.is_bare_year):
            return time
        return self._noted_deadline(clause)

    def _noted_deadline(self, clause: int) -> DateCandidate | None:
        """Return the time that a responsibility note states (完成时限：6月底前)."""
        note = self.actors.note_for(self.prose(clause).start)
        if note is None or note.due is None:
            return None
        due = note.due
        return next((d for d in self.found.dates if due.contains(d.span)), None)
