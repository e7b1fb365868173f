"""Find later copies of a document inside its own text, whatever their layout."""

from __future__ import annotations

import re
from collections import defaultdict

from extractor.offsets import Span

SEED = 12
"""Letters that must agree before two places are compared further."""
MAX_GAP = 60
"""Letters of the copy that may differ between two agreeing stretches."""
MIN_LETTERS = 80
MIN_SHARE_OF_ORIGINAL = 0.5
MIN_SHARE_OF_TEXT = 0.3
MIN_COVERAGE = 0.85
MAX_PLACES = 30
"""Places remembered for one seed: a phrase more frequent than this is a formula."""
LEFTOVER = 30

_LETTER = re.compile(r"\w")


class _Chain:
    """Agreeing stretches of one copy, in order, and where they stand before."""

    def __init__(self, start: int, original: int, length: int) -> None:
        self.start = start
        self.end = start + length
        self.original_start = original
        self.original_end = original + length
        self.agreeing = length

    def can_take(self, start: int, original: int) -> bool:
        """Say whether a further stretch continues this copy."""
        gap = start - self.end
        jump = original - self.original_end
        # One letter of tolerance: neighbours may overlap by chance.
        return gap <= MAX_GAP and jump >= -1 and original < self.start

    def take(self, start: int, original: int, length: int) -> None:
        """Add a stretch."""
        self.end = start + length
        self.original_end = original + length
        self.agreeing += length


def find_repeats(text: str) -> list[Span]:
    """Return the stretches of `text` that copy most of what stands before them.

    A paragraph that quotes another one is no copy of the document: a copy repeats at
    least half of the text in front of it, or makes up a third of the whole.
    """
    places = [match.start() for match in _LETTER.finditer(text)]
    letters = "".join(text[place] for place in places)
    spans: list[Span] = []
    for chain in _chains(letters):
        if _is_copy(chain, len(letters)):
            start = _line_start(text, places[chain.start])
            end = places[chain.end - 1] + 1
            spans.append(Span(start, _line_end(text, end)))
    return _join(spans)


def _is_copy(chain: _Chain, total: int) -> bool:
    length = chain.end - chain.start
    original = chain.original_end - chain.original_start
    # A copy that starts deep inside the text repeats what precedes it as a whole.
    return (
        length >= MIN_LETTERS
        and chain.agreeing >= MIN_COVERAGE * length
        and (
            original >= MIN_SHARE_OF_ORIGINAL * chain.start
            or length >= MIN_SHARE_OF_TEXT * total
        )
    )


def _chains(letters: str) -> list[_Chain]:
    seeds: defaultdict[str, list[int]] = defaultdict(list)
    chains: list[_Chain] = []
    position = 0
    registered = 0
    while position + SEED <= len(letters):
        while registered <= position - SEED:
            seen = seeds[letters[registered : registered + SEED]]
            if len(seen) < MAX_PLACES:
                seen.append(registered)
            registered += 1
        chain = chains[-1] if chains else None
        original = _original(seeds, letters, position, chain)
        if original is None:
            position += 1
            continue
        length = _agreeing(letters, original, position)
        if chain and chain.can_take(position, original):
            chain.take(position, original, length)
        else:
            chains.append(_Chain(position, original, length))
        position += length
    return chains


def _original(
    seeds: dict[str, list[int]], letters: str, position: int, chain: _Chain | None
) -> int | None:
    """Return where the letters at `position` stood before; the likeliest place."""
    seen = seeds.get(letters[position : position + SEED])
    if not seen:
        return None
    if chain:
        for place in seen:
            if chain.can_take(position, place):
                return place
    return seen[0]


def _agreeing(letters: str, original: int, position: int) -> int:
    """Return how many letters agree from the two places on."""
    length = SEED
    while (
        position + length < len(letters)
        and original + length < position
        and letters[original + length] == letters[position + length]
    ):
        length += 1
    return length


def _line_start(text: str, start: int) -> int:
    """Move to the start of the line when only marks, or a short remnant, precede."""
    line = max(text.rfind("\n", 0, start), text.rfind("\r", 0, start)) + 1
    if not text[line:start].strip(' \t\u3000"“《<【[（(•·-#*'):
        return line
    return start


def _line_end(text: str, end: int) -> int:
    """Take the punctuation along that closes the copy's last sentence."""
    while end < len(text) and not text[end].isalnum() and text[end] not in "\r\n":
        if text[end] in "（([【《“":
            break
        end += 1
    return end


def _join(spans: list[Span]) -> list[Span]:
    """Join copies that follow each other with no more than a remnant in between."""
    joined: list[Span] = []
    for span in spans:
        if joined and span.start - joined[-1].end <= LEFTOVER:
            joined[-1] = Span(joined[-1].start, span.end)
        else:
            joined.append(span)
    return joined
