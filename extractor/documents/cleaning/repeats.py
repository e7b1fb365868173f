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
from array import array
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable
from itertools import chain
from typing import NamedTuple

from extractor.core.spans import Span
from extractor.documents.cleaning.furniture import Page
from extractor.documents.cleaning.letters import DAMAGE, Letters
from extractor.language.labels import find_label
from extractor.language.numbers.numerals import fold

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
_CYCLE = 12
"""Lines after which a run of up to four lines is the same again."""
FIRST_LEAP = 1 << 6
"""Letters compared at once, at first and at most."""
MAX_LEAP = 1 << 16
MAX_LEAP_LINES = 1 << 10
RESYNC = 4
"""Letters that must agree behind lost ones."""

_SENTENCE_START = re.compile(r"(?:^|[\r\n。；！;!])[^\S\r\n]{0,99}(\S{6})")
_RUN = re.compile(
    rf"^((?:[^\r\n]{{1,999}}[\r\n]{{1,4}}){{1,4}}?)\1{{{OFTEN}}}", re.MULTILINE
)
_SAYS = re.compile("[。；！？]")
_DAMAGED = frozenset(DAMAGE)
_MARK = re.compile(f"[{DAMAGE}]")
_OPENING = '“"‘《〈<【[〔（(「•·-#*●■◆▲★○□◇△☆'


class _Copy(NamedTuple):
    """Letters `[start, end)` print the letters `[original, start)` again."""

    original: int
    start: int
    end: int


def find_repeats(text: str, page: Page | None = None) -> list[Span]:
    """Return the stretches of `text` that print all that stands before them again.

    Args:
        text: the text.
        page: its lines, if they have been read.
    """
    if not _may_repeat(text):
        return []
    page = page or Page(text)
    copies = _Search(page)
    return [copies.span(copy) for copy in copies.copies()]


def find_runs(text: str) -> list[Span]:
    """Return all but the first of some lines that come over and over in a row.

    A quick look that spares the search for copies a file of nothing else.
    """
    spans: list[Span] = []
    if not _may_run(text):
        return spans
    position = 0
    while found := _RUN.search(text, position):
        position = _end_of_run(text, found[1], found.end())
        if _says_something(found[1]):
            spans.append(Span(found.start() + len(found[1]), position))
    return spans


def _may_run(text: str) -> bool:
    """Say whether some lines, one try in each run, come again behind themselves."""
    lines = list(filter(None, text.replace("\r", "\n").split("\n")))
    step = OFTEN - 2 * _CYCLE
    return any(
        lines[at] == lines[at + _CYCLE]
        and lines[at : at + _CYCLE] == lines[at + _CYCLE : at + 2 * _CYCLE]
        for at in range(0, len(lines) - _CYCLE, step)
    )


def _end_of_run(text: str, lines: str, end: int) -> int:
    """Return where the last of some lines in a row ends; the text may end first."""
    for block in (lines * MAX_LEAP_LINES, lines):
        while text.startswith(block, end):
            end += len(block)
    last = lines.rstrip("\r\n")
    is_last = len(text) - end == len(last) and text.endswith(last)
    return len(text) if is_last else end


def _says_something(words: str) -> bool:
    """Say whether words are more than a cell of a table: a sentence, or labelled."""
    return bool(_SAYS.search(words) or find_label(words.lstrip()))


def _may_repeat(text: str) -> bool:
    """Say whether any two sentences begin alike, as those of copies do."""
    seen: set[int] = set()
    for found in _SENTENCE_START.finditer(text):
        start = hash(fold(found[1]))
        if start in seen:
            return True
        seen.add(start)
    return False


class _Search:
    """The search for copies in one text."""

    def __init__(self, page: Page) -> None:
        self.page = page
        words = {page.lines.words(at) for at in page.marks}
        # A date is furniture above the first copy, and stands inside the text above the
        # second one.
        self.page_lines: defaultdict[str, list[int]] = defaultdict(list)
        """Which lines print what the page's lines do."""
        for at, text in enumerate(page.lines.texts() if words else ()):
            if text in words:
                self.page_lines[text].append(at)
        without = set(chain.from_iterable(self.page_lines.values()))
        self.letters = Letters(page.lines, without)
        self.text = self.letters.text
        self.marks = array("q", (m.start() for m in _MARK.finditer(self.text)))
        """Where letters are lost."""
        self.compared: defaultdict[int, int] = defaultdict(int)
        """Distance of two places compared: up to where the later ones were."""

    def copies(self) -> list[_Copy]:
        """Return the copies in order; those in a row are one."""
        found: list[_Copy] = []
        seeds: defaultdict[str, list[int]] = defaultdict(list)
        again = self._seeds_printed_again()
        resume = 0
        for start in self.letters.units:
            if start < resume:
                continue
            seed = self.text[start : start + SEED]
            # Where the first letters are lost, it may be the first sentences again.
            is_damaged = not _DAMAGED.isdisjoint(seed)
            if hash(seed) not in again and not is_damaged:
                continue
            places = seeds[seed]
            if len(places) >= MAX_PLACES:
                continue
            copy, resume = self._copy(
                self.letters.units[:MAX_PLACES] if is_damaged else places, start
            )
            if copy:
                found.append(copy)
            if start >= resume:
                places.append(start)
        return found

    def _seeds_printed_again(self) -> set[int]:
        """Return the hashes of beginnings of sentences that come more than once."""
        seen: set[int] = set()
        again: set[int] = set()
        for start in self.letters.units:
            seed = hash(self.text[start : start + SEED])
            (again if seed in seen else seen).add(seed)
        return again.union(
            hash(self.text[start : start + SEED])
            for start in self.letters.units[:MAX_PLACES]
        )

    def _copy(self, originals: Iterable[int], start: int) -> tuple[_Copy | None, int]:
        """Return the copy that starts here, and from where to search on."""
        resume = 0
        for original in originals:
            if original >= start:
                break
            end, times = self._printed_again(original, start)
            if self._is_document(original, start, times):
                return _Copy(original, start, end), end
            if times >= MAX_PLACES:
                resume = end
        return None, resume

    def _printed_again(self, original: int, start: int) -> tuple[int, int]:
        """Return where copies of `[original, start)` in a row end, and how many."""
        by = start - original
        # What stands before the original is less than the original itself.
        if original > by or start < self.compared[by]:
            return start, 0
        if not self._begin_alike(original, start):
            return start, 0
        end, times = start, 0
        while (after := self._end_of_copy(original, start, end)) is not None:
            end, times = after, times + 1
        return end, times

    def _begin_alike(self, original: int, start: int) -> bool:
        """Say whether two places may print the same: a quick look that most fail."""
        size = min(FIRST_LEAP, start - original)
        letters = self.text[start : start + size]
        if letters == self.text[original : original + size]:
            return True
        return bisect_left(self.marks, start) < bisect_left(self.marks, start + size)

    def _is_document(self, start: int, end: int, times: int) -> bool:
        """Say whether a stretch says enough, or too often, to be printed by mistake."""
        if not times:
            return False
        sentences = self.letters.sentences(start, end)
        if times >= OFTEN:
            return _says_something(self.letters.printed(start, end))
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
        done, leap = 0, FIRST_LEAP
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

    def span(self, copy: _Copy) -> Span:
        """Return the characters of a copy: whole lines where it has whole lines."""
        text = self.page.lines.text
        start = self.letters.place(copy.start)
        while start and text[start - 1] in _OPENING:
            start -= 1
        if self.letters.is_line(copy.start):
            start = self._with_page_lines(start)
        return Span(start, _closed(text, self.letters.place(copy.end - 1) + 1))

    def _with_page_lines(self, start: int) -> int:
        """Take the page's lines along that stand above a copy as above the original."""
        lines = self.page.lines
        at = first = bisect_right(lines.starts, start) - 1
        for above in range(at - 1, -1, -1):
            printed = self.page_lines.get(lines.words(above), ())
            if bisect_left(printed, at) < 2:
                break
            first = above
        return lines.starts[first]


def _closed(text: str, end: int) -> int:
    """Take the punctuation along that closes a copy's last sentence."""
    while end < len(text) and not text[end].isalnum() and text[end] not in "\r\n":
        if text[end] in "（([【《“":
            break
        end += 1
    return end
