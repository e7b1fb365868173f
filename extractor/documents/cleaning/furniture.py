"""Find lines of a web page or a printed page that are no part of its text."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import cached_property
from itertools import islice, pairwise
from statistics import median
from typing import NamedTuple

from extractor.core.lines import Lines
from extractor.core.records import CutReason
from extractor.core.spans import Span
from extractor.documents.cleaning import wording
from extractor.language.labels import BULLETS, find_label

MAX_FURNITURE = 200
MIN_CELLS = 3
MAX_RUNNING_HEAD = 40
MAX_CONTENTS = 5
"""Tables of contents looked for: each is compared with all that follows."""
MAX_SKIPPED = 3
"""Pages that may stand between two that are numbered."""
MAX_PAGE_NUMBER_GAP = 350
"""Median letters between bare numbers below which they label the rows of a table."""


class Furniture(NamedTuple):
    """A stretch of text that belongs to the page, and which kind it is."""

    span: Span
    reason: CutReason


class Page:
    """The lines of a text, and which of them are no text by their own words.

    Numbers, heads and signatures of pages are left out: only the whole page tells
    them from labels and cells.
    """

    def __init__(self, text: str) -> None:
        self.lines = Lines(text)
        self.marks: dict[int, CutReason] = {}
        last = len(self.lines) - 1
        self.body_start = self._first_body(range(last + 1), last + 1)
        self.body_end = self._first_body(range(last, -1, -1), -1)
        inside = range(self.body_start, self.body_end + 1)
        for at, words in enumerate(self.lines.texts()):
            if at in inside and not wording.may_be_cut(words):
                continue
            if reason := self._judge(at, words):
                self.marks[at] = reason
        _mark_menus(self)
        _mark_link_lists(self)

    def _first_body(self, places: range, default: int) -> int:
        words = self.lines.words
        return next((at for at in places if wording.is_body(words(at))), default)

    @cached_property
    def names(self) -> list[int]:
        """Which lines are the name of a body and nothing else."""
        texts = enumerate(self.lines.texts())
        return [at for at, words in texts if wording.is_signature(words)]

    @property
    def has_cells(self) -> bool:
        """Whether a flattened table has a cell with a body's name in every row."""
        return len(self.names) >= MIN_CELLS

    def mark(self, at: int, reason: CutReason) -> None:
        """Mark a line, unless it is marked."""
        self.marks.setdefault(at, reason)

    def _judge(self, at: int, words: str) -> CutReason | None:
        """Say what a line is from its own words."""
        if len(words) > MAX_FURNITURE:
            return None
        inside = self.body_start <= at <= self.body_end
        reason = wording.reason_to_cut(words, inside=inside)
        if reason or inside:
            return reason
        is_outside = (
            wording.claims_rights(words)
            or (wording.is_date(words) and not self.has_cells)
            or (at > self.body_end and wording.is_address(words))
        )
        return "furniture" if is_outside else None

    def unmarked(self) -> Iterator[tuple[int, str]]:
        """Yield the lines that are not marked, and their words."""
        for at, words in enumerate(self.lines.texts()):
            if at not in self.marks:
                yield at, words


def find_furniture(page: Page) -> list[Furniture]:
    """Return the lines that are navigation or page furniture, in order."""
    _mark_page_numbers(page)
    _mark_running_heads(page)
    _mark_contents(page)
    _mark_signatures(page)
    return [
        Furniture(Span(line.start, line.stop), page.marks[at])
        for at in sorted(page.marks)
        for line in (page.lines[at],)
    ]


def _mark_menus(page: Page) -> None:
    """Mark the short bulleted lines of a menu: they touch a line of navigation."""
    count = len(page.lines)
    for order in (range(count), range(count - 1, -1, -1)):
        in_menu = False
        for at in order:
            if at in page.marks:
                in_menu = page.marks[at] == "navigation" or (
                    in_menu and wording.is_only_marks(page.lines.words(at))
                )
            elif in_menu:
                words = page.lines.words(at)
                in_menu = words[0] in f"{BULLETS}-–—/>»|" and len(words) <= 10
                if in_menu:
                    page.mark(at, "navigation")


def _mark_link_lists(page: Page) -> None:
    """Mark the titles of other pages that follow 相关阅读 and the like."""
    headers = [at for at, words in page.unmarked() if wording.opens_links(words)]
    for at in headers:
        if at in page.marks:
            continue
        page.mark(at, "navigation")
        for after in range(at + 1, len(page.lines)):
            words = page.lines.words(after)
            if len(words) > 60 or wording.SENTENCE_END.search(words):
                break
            page.mark(after, "navigation")


def _mark_page_numbers(page: Page) -> None:
    """Mark bare numbers that count pages, not the rows of a flattened table."""
    bare = [at for at, words in page.unmarked() if wording.is_bare_number(words)]
    gaps = [page.lines.starts[b] - page.lines.starts[a] for a, b in pairwise(bare)]
    values = [int(page.lines.words(at)) for at in bare]
    counts = sum(a < b <= a + MAX_SKIPPED for a, b in pairwise(values))
    # A number alone on a line may be a cell, or the end of a wrapped line.
    are_pages = (
        bool(gaps) and counts >= 0.8 * len(gaps) and median(gaps) > MAX_PAGE_NUMBER_GAP
    )
    for at in bare:
        if are_pages:
            page.mark(at, "furniture")


def _mark_running_heads(page: Page) -> None:
    """Mark a title that is printed again at the top of every page."""
    words = page.lines.words
    numbers = {at for at in page.marks if wording.is_page_number(words(at))}
    last = len(page.lines) - 1
    beside = {at + 1 for at in numbers if at < last} | {at - 1 for at in numbers if at}
    heads = {words(at) for at in beside}
    places: defaultdict[str, list[int]] = defaultdict(list)
    for at, text in enumerate(page.lines.texts() if heads else ()):
        if len(text) <= MAX_RUNNING_HEAD and text in heads:
            places[text].append(at)
    for text, printed in places.items():
        if len(printed) < 2 or find_label(text) or wording.SENTENCE_END.search(text):
            continue
        near = [at for at in printed if at in beside]
        for at in near if 2 * len(near) >= len(printed) - 1 else []:
            page.mark(at, "furniture")


def _mark_contents(page: Page) -> None:
    """Mark a table of contents: headings that are printed again further down."""
    texts = enumerate(page.lines.texts())
    tables = (at for at, words in texts if wording.opens_contents(words))
    for at in islice(tables, MAX_CONTENTS):
        following = range(at + 1, len(page.lines))
        later = Counter(_bare(page.lines.words(after)) for after in following)
        page.mark(at, "navigation")
        for after in following:
            text = _bare(page.lines.words(after))
            if after not in page.marks and later[text] < 2:
                break
            later[text] -= 1
            page.mark(after, "navigation")


def _bare(heading: str) -> str:
    return re.sub(r"[\s.．…·\d]+$", "", heading)


def _mark_signatures(page: Page) -> None:
    """Mark the name of the body that signs, when a date or nothing follows it."""
    if page.has_cells:
        return
    words = page.lines.words
    count = len(page.lines)
    places = range(count - 1, -1, -1)
    last_kept = next((at for at in places if at not in page.marks), -1)
    for at in page.names:
        if at in page.marks or at < page.body_start:
            continue
        after = words(at + 1) if at + 1 < count else ""
        dated = wording.is_date(after) or wording.is_imprint(after)
        if dated:
            page.mark(at + 1, "furniture")
        if dated or (at > page.body_end and at >= last_kept):
            page.mark(at, "furniture")
