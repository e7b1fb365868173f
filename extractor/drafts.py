"""Small helpers around `Draft`: words with their place, and repeats."""

from __future__ import annotations

from collections.abc import Sequence

from extractor.models import Draft, Mention
from extractor.offsets import Span


def mention(text: str, span: Span | None) -> Mention | None:
    """Return the words at `span` with their place."""
    return Mention(text=span.slice(text), span=span) if span else None


def mentions(text: str, spans: Sequence[Span]) -> tuple[Mention, ...]:
    """Return the words at each span with their place."""
    return tuple(Mention(text=span.slice(text), span=span) for span in spans)


def without_repeats(drafts: Sequence[Draft]) -> list[Draft]:
    """Drop a target that is stated twice in one item, keep the first mention."""
    seen: set[tuple[str, str]] = set()
    kept = []
    for draft in drafts:
        key = (
            draft.object.text if draft.object else "",
            draft.target.text if draft.target else "",
        )
        if key in seen and key[0]:
            continue
        seen.add(key)
        kept.append(draft)
    return kept
