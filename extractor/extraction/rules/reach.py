"""The reach of a time: which one governs a clause (guidelines, section 4).

The nearest time in front of a clause in its sentence governs it, unless that time is
in a bracket or belongs to a part (其中…), which both reach no further than themselves.
A horizon of years (到2025年, 5年内, “十四五”期间) reaches on: across the ；of a
sentence that it opens, and to the end of a paragraph that it opens, until another time
is named.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from extractor.core.spans import Span
from extractor.extraction.rules.candidates import Candidates
from extractor.extraction.rules.syntax.lead_ins import strip_time
from extractor.extraction.rules.times import DateCandidate, Stop
from extractor.language.times.year_words import PART
from extractor.language.verbs import VERB_PATTERN

Time = DateCandidate | Stop
_WITHIN_A_YEAR = re.compile(
    "月|季|日|号|旬|半年|(?<![二两三四五六七八九十\\d])年[底末初中内]|今|本年|当年|前夕|节|假"
)
_NAMES_YEARS = re.compile("\\d{4}|五|[二两三四五六七八九十\\d]年内|〇|○|零")
_YEAR_END = re.compile("(?<=\\d{4})年[底末]?(?:之?前)?")
_PARAGRAPH_END = re.compile("[\r\n]")
_FULL_STOP = re.compile("[。！？!?\r\n]")
_LEAD_IN = re.compile(
    "[\\W_]*(?:[一-龥]{0,6}(?:目标|指标|任务)(?:是|为|[:：])?|力争|确保|争取|总体上?)?[\\W_]*"
)
_BARE_PREDICATE = re.compile(rf"(?:再|新|并|和)?(?:{VERB_PATTERN.pattern})?")


class Reach:
    """The times of an item, and how far each one reaches.

    Args:
        text: the item's cleaned text.
        found: what was found in it.
    """

    def __init__(self, text: str, found: Candidates) -> None:
        self._text = text
        self._found = found
        self._times: dict[int, list[Time]] = {}
        times: list[Time] = [*found.dates, *found.stops]
        for time in sorted(times, key=lambda time: time.span):
            self._times.setdefault(time.clause, []).append(time)
        self._numbers = {n.clause: n.span for n in reversed(found.numbers)}

    def parts(self, clause: int, span: Span) -> Iterator[tuple[Span, Time | None]]:
        """Cut a clause before each further time: 甲站6月底前通车、|乙库年底前蓄水."""
        own = [t for t in self._times.get(clause, []) if span.contains(t.span)]
        start = span.start
        for time, following in pairwise(own):
            cut = self._text.rfind("、", time.span.end, following.span.start)
            if cut >= 0:
                yield Span(start, cut), time
                start = cut + 1
        yield Span(start, span.end), own[-1] if own else None

    def time_for(self, clause: int, at: Span | None = None) -> Time | None:
        """Return the time that governs a clause, or the part of it around `at`."""
        whole = self._found.clauses[clause].span
        parts = [span for span, _ in self.parts(clause, whole)]
        if at is not None:
            parts = [part for part in parts if part.contains(at)] or parts
        own = [t for t in self._times.get(clause, []) if parts[-1].contains(t.span)]
        if not own:
            return self._before(clause)
        # 6月底前建成|3座|并于9月底前投用: the time in front of the number.
        ahead = [t for t in own if at is not None and t.span.end <= at.start]
        return (ahead or own)[-1]

    def _before(self, clause: int) -> Time | None:
        """Return the nearest time in front of a clause that reaches it."""
        partial = None
        for at in self._ahead_of(clause):
            there = self._found.clauses[at]
            if at not in self._times:
                continue
            if there.is_bracketed and not self._shares_bracket(at, clause):
                continue
            if not self._is_of_part(at) or self._goes_on(at, clause):
                return self._times[at][-1]
            partial = partial or self._times[at][-1]
        return partial or self._horizon(clause)

    def _horizon(self, clause: int) -> Time | None:
        """Return the years that an earlier sentence set for a clause, if any."""
        clauses = self._found.clauses
        at = clauses[clause].span.start
        for index in range(clause - 1, -1, -1):
            there = clauses[index]
            between = self._text[there.span.end : at]
            if _PARAGRAPH_END.search(between):
                return None
            if index not in self._times or there.is_bracketed:
                continue
            time = self._times[index][0]
            is_last = len(self._times[index]) == 1
            if not (is_last and self._is_horizon(time)):
                return None
            begin = self._begin_of(index, _PARAGRAPH_END)
            if _FULL_STOP.search(between) is None:
                begin = self._begin_of(index, _FULL_STOP)
            opens = self._text[begin : time.span.start]
            return time if _LEAD_IN.fullmatch(opens) else None
        return None

    def _begin_of(self, clause: int, end: re.Pattern[str]) -> int:
        """Return where the paragraph or the sentence of a clause begins."""
        start = self._found.clauses[clause].span.start
        ends = [m.end() for m in end.finditer(self._text, 0, start)]
        return max([self._found.clauses[0].span.start, *ends])

    def _is_horizon(self, time: Time) -> bool:
        """Say whether a time names years and nothing within a year."""
        if not isinstance(time, DateCandidate) or time.due is None:
            return False
        if self._found.asides[time.clause] == "past":
            return False
        words = _YEAR_END.sub("年", time.span.slice(self._text))
        return (
            _NAMES_YEARS.search(words) is not None
            and _WITHIN_A_YEAR.search(words) is None
        )

    def _ahead_of(self, clause: int) -> Iterator[int]:
        """Yield the clauses in front of one in its sentence, the nearest first."""
        clauses = self._found.clauses
        for at in range(clause - 1, -1, -1):
            if clauses[at].sentence != clauses[clause].sentence:
                return
            yield at

    def _shares_bracket(self, first: int, second: int) -> bool:
        """Say whether two clauses stand in the same bracket."""
        clauses = self._found.clauses
        between = self._text[clauses[first].span.end : clauses[second].span.start]
        return clauses[second].is_bracketed and not re.search("[()（）]", between)

    def _is_of_part(self, clause: int) -> bool:
        """Say whether a clause is 其中…, or goes on with one."""
        for at in (clause, *self._ahead_of(clause)):
            if PART.match(self._found.clauses[at].span.slice(self._text)):
                return True
            if not self._is_elliptic(at):
                return False
        return False

    def _goes_on(self, first: int, last: int) -> bool:
        """Say whether all clauses behind `first` count the same thing up to `last`."""
        return all(self._is_elliptic(at) for at in range(first + 1, last + 1))

    def _is_elliptic(self, clause: int) -> bool:
        """Say whether a clause names no thing of its own: 明年|建成|2个."""
        span = self._found.clauses[clause].span
        times = [time.span.end for time in self._times.get(clause, [])]
        rest = strip_time(self._text, Span(max([span.start, *times]), span.end))
        number = self._numbers.get(clause)
        if number is None or number.start < rest.start:
            return False
        is_bare = _BARE_PREDICATE.fullmatch(self._text, rest.start, number.start)
        return is_bare is not None and number.end == span.end
