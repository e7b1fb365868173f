"""A text in the making: what cleaning has kept of a source, and what it has cut."""

from __future__ import annotations

from collections.abc import Iterable

from extractor.core.records import Cut, CutReason
from extractor.core.spans import OffsetMap, Span


class KeptText:
    """The characters kept so far and the way back to where each stands."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.text = source
        self.offsets = OffsetMap.identity(len(source))
        self._cut: list[tuple[Span, CutReason]] = []

    def replace(self, text: str) -> None:
        """Put another character for each one, at the same places."""
        if len(text) != len(self.text):
            raise ValueError("a replacement must keep the length")
        self.text = text

    def drop(self, spans: Iterable[tuple[Span, CutReason]]) -> None:
        """Cut spans of the present text; they are ordered and disjoint."""
        kept: list[Span] = []
        position = 0
        for span, reason in spans:
            if span.end <= span.start:
                continue
            self._cut.append((self.offsets.to_source(span), reason))
            kept.append(Span(position, span.start))
            position = span.end
        if not position:
            return
        kept.append(Span(position, len(self.text)))
        self.text = "".join([span.slice(self.text) for span in kept])
        self.offsets = OffsetMap.from_kept(
            piece for span in kept for piece in self.offsets.pieces(span)
        )

    def cuts(self) -> tuple[Cut, ...]:
        """Return the cuts in source order; a later cut swallows those inside it."""
        outer: list[tuple[Span, CutReason]] = []
        for span, reason in sorted(self._cut, key=lambda c: (c[0].start, -c[0].end)):
            if outer and span.end <= outer[-1][0].end:
                continue
            outer.append((span, reason))
        return tuple(
            Cut(span=span, reason=reason, text=span.slice(self.source))
            for span, reason in outer
        )
