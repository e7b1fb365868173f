"""Find later copies of a document inside its own text, whatever their layout.

A copy repeats the original from its first sentence to its last, labels, names and
numbers included, and stands right behind it, with nothing but lines of the page in
between.
Two points that share a sentence are no copies: what stands before, between or behind
the equal words tells them apart.
In doubt nothing is cut: a promise shown twice is seen, one that is gone is not.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter, defaultdict
from typing import NamedTuple

from extractor.furniture import find_page_lines
from extractor.labels import find_label
from extractor.letters import DAMAGE, Letters
from extractor.lines import Line, split_lines
from extractor.offsets import Span

SEED = 12
"""Letters that must agree before two places are compared further."""
MIN_LETTERS = 80
"""Letters in different sentences below which a stretch is a formula, no document."""
MIN_SENTENCES = 3
MAX_LOST = 0.15
"""Share of the original's letters that a damaged copy may have lost."""
MAX_PLACES = 8
"""Places remembered for one seed: a phrase more frequent than this is a formula."""
OFTEN = 100
"""Printings in a row of anything, however short, that no plan means."""
MAX_LEAP = 1 << 16
RESYNC = 4
"""Letters that must agree behind lost ones."""

_SAYS = re.compile("[。；！？]")
_OPENING = '“"‘《〈<【[〔（(「•·-#*●■◆▲★○□◇△☆'


class _Copy(NamedTuple):
    """Letters `[start, end)` print the letters `[original, start)` again."""

    original: int
    start: int
    end: int


def find_repeats(text: str) -> list[Span]:
    """Return the stretches of `text` that print all that stands before them again."""
    lines = [line for line in split_lines(text) if line.text]
    if not _Search(Letters(text, lines)).may_find():
        return []
    marked = find_page_lines(text)
    letters = Letters(text, [line for line in lines if line.start not in marked])
    copies = _Search(letters).copies()
    return [_span(text, letters, copy, lines, marked) for copy in copies]


class _Search:
    """The search for copies in one text."""

    def __init__(self, letters: Letters) -> None:
        self.letters = letters
        self.text = letters.text
        self.compared: defaultdict[int, int] = defaultdict(int)
        """Distance of two places compared: up to where the later ones were."""

    def may_find(self) -> bool:
        """Say whether any two sentences begin alike, as those of copies do."""
        seen: set[str] = set()
        for start in self.letters.units:
            seed = self.text[start : start + SEED]
            if seed in seen:
                return True
            seen.add(seed)
        return False

    def copies(self) -> list[_Copy]:
        """Return the copies in order; those in a row are one."""
        found: list[_Copy] = []
        seeds: defaultdict[str, list[int]] = defaultdict(list)
        resume = 0
        for start in self.letters.units:
            if start < resume:
                continue
            seed = self.text[start : start + SEED]
            places = seeds[seed]
            if len(places) >= MAX_PLACES:
                continue
            # Where the first letters are lost, it may be the first sentences again.
            is_damaged = not set(DAMAGE).isdisjoint(seed)
            for original in self.letters.units[:MAX_PLACES] if is_damaged else places:
                if original >= start:
                    break
                end, times = self._printed_again(original, start)
                if self._is_document(original, start, times):
                    found.append(_Copy(original, start, end))
                    resume = end
                    break
                if times >= MAX_PLACES:
                    resume = end
            if start >= resume:
                places.append(start)
        return found

    def _printed_again(self, original: int, start: int) -> tuple[int, int]:
        """Return where copies of `[original, start)` in a row end, and how many."""
        by = start - original
        # What stands before the original is less than the original itself.
        if original > by or start < self.compared[by]:
            return start, 0
        end, times = start, 0
        while (after := self._end_of_copy(original, start, end)) is not None:
            end, times = after, times + 1
        return end, times

    def _is_document(self, start: int, end: int, times: int) -> bool:
        """Say whether a stretch says enough, or too often, to be printed by mistake."""
        if not times:
            return False
        sentences = self.letters.sentences(start, end)
        if times >= OFTEN:
            printed = self.letters.printed(start, end)
            return bool(_SAYS.search(printed) or find_label(printed))
        is_long = sum(map(len, sentences)) >= MIN_LETTERS
        return is_long and len(sentences) >= MIN_SENTENCES

    def _end_of_copy(self, original: int, stop: int, start: int) -> int | None:
        """Return where the copy at `start` of `[original, stop)` ends, None if not."""
        at, here, lost = original, start, 0
        while True:
            equal = self._equal(at, here, min(stop - at, len(self.text) - here))
            at, here = at + equal, here + equal
            if at == stop or here == len(self.text):
                break
            marks, letters = self._damage(at, here, stop)
            if not marks:
                break
            at, here, lost = at + letters, here + marks, lost + letters
        by = start - original
        self.compared[by] = max(self.compared[by], here)
        is_whole = at == stop and lost <= MAX_LOST * (stop - original)
        # Fused text has sentences, any other text has lines.
        is_fused = not self.letters.is_line(start)
        ends = self.letters.is_unit(here) if is_fused else self.letters.is_line(here)
        return here if is_whole and ends else None

    def _equal(self, first: int, second: int, most: int) -> int:
        """Return how many letters agree from two places on, `most` at most."""
        done, leap = 0, 64
        text = self.text
        while done < most:
            leap = min(leap, most - done)
            a, b = first + done, second + done
            if text[a : a + leap] == text[b : b + leap]:
                done += leap
                leap = min(2 * leap, MAX_LEAP)
            elif leap == 1:
                break
            else:
                leap //= 2
        return done

    def _damage(self, at: int, here: int, stop: int) -> tuple[int, int]:
        """Return how many marks stand here for how many letters; (0, 0) if none."""
        text = self.text
        marks = 0
        while text[here + marks : here + marks + 1] in tuple(DAMAGE):
            marks += 1
        if not marks:
            return 0, 0
        after = here + marks
        touches = text[here - 1 : here].isdigit() or text[after : after + 1].isdigit()
        # A mark beside a digit stands for at least one: 2?0 is not 20.
        for letters in (marks, *range(int(touches), 2 * marks + 3)):
            if at + letters > stop:
                continue
            size = min(RESYNC, stop - at - letters)
            behind = text[after : after + size]
            whole = text[at + letters : at + letters + size]
            # Where the original ends so must the copy.
            pairs = zip(whole, behind, strict=False)
            ends = size == RESYNC or self.letters.is_unit(after + size)
            if ends and all(b in (w, *DAMAGE) for w, b in pairs):
                return marks, letters
        return 0, 0


def _span(
    text: str,
    letters: Letters,
    copy: _Copy,
    lines: list[Line],
    marked: set[int],
) -> Span:
    """Return the characters of a copy: whole lines where it has whole lines."""
    start = letters.place(copy.start)
    while start and text[start - 1] in _OPENING:
        start -= 1
    if letters.is_line(copy.start):
        start = _with_page_lines(start, lines, marked)
    return Span(start, _closed(text, letters.place(copy.end - 1) + 1))


def _with_page_lines(start: int, lines: list[Line], marked: set[int]) -> int:
    """Take the page's lines along that stand above a copy as above the original."""
    above = lines[: bisect_right(lines, start, key=lambda line: line.start)]
    first = above.pop().start
    printed = Counter(line.text for line in above)
    for line in reversed(above):
        if line.start not in marked or printed[line.text] < 2:
            break
        first = line.start
    return first


def _closed(text: str, end: int) -> int:
    """Take the punctuation along that closes a copy's last sentence."""
    while end < len(text) and not text[end].isalnum() and text[end] not in "\r\n":
        if text[end] in "（([【《“":
            break
        end += 1
    return end
