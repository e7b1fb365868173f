"""What every compared tool shares: the cap, the meter, the prompts, the rows."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Protocol

from extractor.core.records import Document, Item
from extractor.core.spans import Span
from extractor.extraction.quoting import find_quote
from extractor.language.clauses import clause_at, split_clauses

PROMPTS = Path(__file__).parent / "prompts"
MAX_SECONDS = 120.0
MAX_TOKENS = 1200
"""Caps of one item, for the peers: what is not finished then has failed."""

Row = dict[str, Any]


class CapReachedError(Exception):
    """The item has used up its seconds or its output tokens."""


@dataclass(slots=True)
class Meter:
    """Counts one item's calls and says what is left of its caps."""

    started: float = field(default_factory=time.monotonic)
    calls: int = 0
    prompt_tokens: int = 0
    cached_tokens: int = 0
    completion_tokens: int = 0
    unanswered: int = 0
    """Calls that ended without an answer: their tokens are known to nobody."""

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.started

    @property
    def seconds_left(self) -> float:
        return MAX_SECONDS - self.seconds

    @property
    def tokens_left(self) -> int:
        return MAX_TOKENS - self.completion_tokens

    def check(self) -> None:
        if self.seconds_left <= 1 or self.tokens_left <= 0:
            raise CapReachedError(
                f"{self.seconds:.0f} s and {self.completion_tokens} output tokens used"
            )

    def count(self, response: Any) -> None:
        self.calls += 1
        usage = response.usage
        self.prompt_tokens += usage.prompt_tokens
        self.completion_tokens += usage.completion_tokens
        details = getattr(usage, "prompt_tokens_details", None)
        self.cached_tokens += getattr(details, "cached_tokens", None) or 0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a tool made of one item, and what it cost."""

    rows: Sequence[Row]
    """With the columns of `v_commitments`; `own` holds values the tool stated."""
    seconds: float
    calls: int
    prompt_tokens: int
    cached_tokens: int
    completion_tokens: int
    unanswered: int = 0
    dropped: int = 0
    """Records that the tool itself could not place in the text."""
    error: str | None = None
    answer: str | None = None
    """What the model wrote, for reading."""

    def json(self) -> dict[str, Any]:
        return asdict(self)


def outcome(meter: Meter, rows: Sequence[Row], **more: Any) -> Outcome:
    """Return the item's outcome with the meter as it stands now."""
    counts = asdict(meter)
    del counts["started"]
    return Outcome(rows=rows, seconds=meter.seconds, **counts, **more)


class Tool(Protocol):
    """A compared tool."""

    name: str
    version: str
    """Changes when its prompt or code does; other answers are then asked for."""

    def extract(self, item: Item, document: Document) -> Outcome: ...


def instructions() -> str:
    return (PROMPTS / "instructions.md").read_text(encoding="utf-8").strip()


def examples() -> list[dict[str, Any]]:
    text = (PROMPTS / "examples.json").read_text(encoding="utf-8")
    found: list[dict[str, Any]] = json.loads(text)
    return found


def digest(*parts: str) -> str:
    return hashlib.sha256("\x00".join(parts).encode()).hexdigest()[:12]


def make_row(
    item: Item,
    *,
    place: Span | None,
    actor: str | None,
    action: str | None,
    object_: str | None,
    target: str | None,
    deadline: str | None,
    own: Row | None = None,
) -> Row:
    """Return an export row; its clause is cut by the product's own rules.

    The clause gives the parsers the words beside the number, as the product's own
    records do; a tool that only has quotes is not made worse by that.
    """
    clause = _clause(item, place, [target, deadline, object_, action])
    source = item.offsets.to_source(clause) if clause else item.span
    return {
        "item_label": item.label,
        "start": source.start,
        "end": source.end,
        "actor": actor or None,
        "partners": [],
        "action": action or None,
        "object": object_ or None,
        "target_quote": target or None,
        "deadline_quote": deadline or None,
        "own": own or {},
    }


def _clause(item: Item, place: Span | None, words: Sequence[str | None]) -> Span | None:
    for quote in filter(None, words):
        place = place or find_quote(quote, item.clean)
    if place is None:
        return None
    clauses = split_clauses(item.clean)
    index = clause_at(clauses, place.start)
    return clauses[index].span if index is not None else place
