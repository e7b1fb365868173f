"""Frozen records that cross stages: the data dictionary of the product.

No I/O and no third-party SDK here.
All spans are half-open code-point offsets.
`source` is a text file as decoded, without newline translation, or the text that a
person sees in a file of another format; `clean` is the text made from it for rules and
models, one character for one (see `spans`).
"""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict

from extractor.core.spans import OffsetMap, Span

Comparator = Literal["eq", "ge", "le", "gt", "lt", "approx", "range"]
Change = Literal["level", "increase", "decrease"]
DeadlineBasis = Literal["absolute", "plan_year", "named_period"]
ActorSource = Literal["issuer", "stated", "inherited"]
Method = Literal["model", "rules", "both", "reviewer"]
"""Whose reading a record is: `both` where rules and model read verb and object the
same, `model` where its reading was taken although the rules read otherwise or nothing.
"""
Reader = Literal["rules", "model"]
Status = Literal["grounded", "ungrounded"]
Kind = Literal["hard", "soft"]
Format = Literal["text", "html", "docx", "pdf", "markdown", "xlsx", "csv"]
CutReason = Literal[
    "navigation", "furniture", "repeat", "advertising", "romanisation", "control"
]

_OPENING = 12
"""Characters that tell an item without a label from others."""

SCHEMA_VERSION = "1"
"""Version of the record layout; part of every run's identity."""


def content_id(*parts: object) -> str:
    """Return 16 hex digits of the SHA-256 of the parts, the form of every id."""
    joined = "\x1f".join("" if part is None else str(part) for part in parts)
    return hashlib.sha256(joined.encode()).hexdigest()[:16]


class Record(BaseModel):
    """Base of all records: frozen, closed."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)


class Quote(Record):
    """The source's own characters and where they stand."""

    text: str
    """`source[span.start:span.end]`, always."""
    span: Span
    """Place in the source."""


class Cut(Record):
    """A stretch of the source that the cleaned text leaves out."""

    span: Span
    """Place in the source."""
    reason: CutReason
    text: str
    """What was cut, as printed."""


class Place(Record):
    """Where a person finds a stretch of the source in the file."""

    start: int
    """Its first character in the source; it ends where the next place starts."""
    locator: str
    """Readable: "page 3", "paragraph 12", "Sheet1!B4", "line 40"."""
    page: int | None = None
    """From 1, where the file has pages."""
    box: tuple[float, float, float, float] | None = None
    """Left, bottom, right and top on the page, in points."""


class Document(Record):
    """One source file."""

    id: str
    """First 16 hex digits of `sha256`."""
    sha256: str
    """Digest of the file's bytes."""
    path: str
    """The path as given."""
    encoding: str
    """Codec the bytes were decoded with (BOM stripped); the name of the format where
    its own library decodes."""
    format: Format = "text"
    source: str
    """The text as a person sees it; every stored span indexes it."""
    places: tuple[Place, ...] = ()
    """Where stretches of `source` stand in the file, by start; empty for plain text."""
    clean: str
    """`source` without furniture, advertising and repeats, in simplified script."""
    offsets: OffsetMap
    """`clean` to `source`."""
    cuts: tuple[Cut, ...]
    """What `clean` leaves out, in order."""
    title: str | None
    issuer: str | None
    plan_year: int | None

    def place_of(self, span: Span) -> Place | None:
        """Return where a span begins in the file, None in plain text."""
        at = bisect_right(self.places, span.start, key=lambda place: place.start)
        return self.places[max(at - 1, 0)] if self.places else None


CellRole = Literal["lead", "partner", "due", "person"]


class Cell(Record):
    """A cell of a table's row that says about the others who acts, or by when."""

    role: CellRole
    span: Span
    """Place in the item's cleaned text."""


class Item(Record):
    """One numbered work point, or one headed paragraph where there are no numbers."""

    id: str
    """`content_id(document_id, span.start, text)`."""
    document_id: str
    position: int
    """0-based place in the document."""
    label: str | None
    """As printed, e.g. "(六)", "12."; None for a headed paragraph."""
    heading_path: tuple[str, ...]
    """Headings above the item, outermost first, as printed, without the item's own."""
    title: str | None
    """The item's own opening title ("强化师德师风建设。"), if it has one."""
    span: Span
    """Place in the source, from the label to the last character."""
    text: str
    """`source[span.start:span.end]`."""
    clean: str
    """The item's cleaned text, label included."""
    prose_start: int
    """Where the prose begins in `clean`: behind the label, and behind the title unless
    that states an amount (新增公办学位1万个。), which is a promise and is read."""
    cells: tuple[Cell, ...] = ()
    """What the row of a task table states beside its task."""
    offsets: OffsetMap
    """`clean` to the document's source."""

    @property
    def name(self) -> str:
        """What to call it in a message: its label, else how it begins."""
        if self.label:
            return f"item {self.label}"
        opening = " ".join(self.clean.split())[:_OPENING]
        return f"the item {opening + '…'!r}"


class LeftOut(Record):
    """A number or a date of an item that no record quotes."""

    kind: Literal["number", "date"]
    quote: Quote
    reason: str
    """Name of the rule by which it promises nothing; "target" or "deadline" where the
    rules take it for one."""


class Said(Record):
    """What one reader says of a number, or of a promise without one."""

    reader: Reader
    kind: Literal["number", "action"]
    is_promise: bool
    """False: the reader takes it for no promise."""
    actor: str | None = None
    """This and the next two: the reader's own words, not looked for in the source."""
    action: str | None = None
    object: str | None = None
    likelihood: float | None = None
    """Lowest log-probability (natural) of the tokens that said it; the model's only."""
    is_taken: bool = False
    """Whether a record was made from it."""
    call_id: str | None = None
    """The `llm_calls` row whose answer said it."""


class Reading(Said):
    """What one reader says of a place of the source."""

    quote: Quote
    """The number as printed; of an action the words from verb to object."""


class Quantity(Record):
    """A numeric target, computed from its quote (guidelines, section 3)."""

    quote: str
    value: Decimal
    """In base units: 1.5万人 is 15000; 94% is 94."""
    upper: Decimal | None = None
    """Other end of a range."""
    unit: str
    """As printed, without the magnitude; "" when none is printed."""
    comparator: Comparator
    baseline: Decimal | None = None
    """Starting value when the text gives one."""
    change: Change = "level"
    rule: str
    """Name of the rule that fired."""


class Deadline(Record):
    """The time by which, computed from its quote (guidelines, section 4)."""

    quote: str
    date: str
    """Last day of the period, ISO 8601."""
    basis: DeadlineBasis
    rule: str
    """Name of the rule that fired."""


class Mention(Record):
    """Words a strategy points at."""

    text: str
    """The words, in the item's cleaned text or as the model wrote them."""
    span: Span | None = None
    """Place in the item's cleaned text; None when only the words are known."""


W = TypeVar("W", Mention, Quote)

_IN_WORDS = ("actor", "action", "object", "target", "deadline")
"""The fields of a record that are said in words, once."""


class Content(Record, Generic[W]):
    """What a record says (guidelines, section 2): the fields of one promise.

    A draft says it in mentions, a grounded record in quotes of the source.
    `fields` has a row for each field: its column, its meaning, how it is compared.
    """

    actor: W | None = None
    """Who acts, where the plan names them."""
    actor_source: ActorSource = "issuer"
    partners: tuple[W, ...] = ()
    action: W | None = None
    object: W | None = None
    target: W | None = None
    quantity: Quantity | None = None
    """`target` computed; None when `target` is, or when no rule reads it."""
    deadline: W | None = None
    due: Deadline | None = None
    """`deadline` computed."""

    @property
    def kind(self) -> Kind:
        """A commitment with a target or a deadline is hard."""
        return "hard" if self.target or self.deadline else "soft"

    def words(self) -> Iterator[tuple[str, W]]:
        """Yield (field, words) of every field that is said in words, partners last."""
        for field in _IN_WORDS:
            if value := getattr(self, field):
                yield field, value
        for partner in self.partners:
            yield "partners", partner


class Draft(Content[Mention]):
    """One record as a strategy proposes it, before grounding."""

    clause: Span
    """The clause the record comes from, in the item's cleaned text."""
    method: Method | None
    """None for another tool's record."""
    call_id: str | None = None
    """The `llm_calls` row whose answer made the record."""
    likelihood: float | None = None
    """That of the reading it was taken from (`Reading.likelihood`)."""


class Claim(Content[Quote]):
    """A record that quotes the source, whoever made it: what is compared.

    Gold, a second reading, a run, a database row and another tool's export are claims;
    scoring knows nothing else.
    """

    method: Method | None = None
    """None for gold and other tools."""
    likelihood: float | None = None
    """Lowest log-probability (natural) of the tokens it was taken from; None where
    none is known."""
    ungrounded: tuple[tuple[str, str], ...] = ()
    """(field, the model's words) of each field refused by the grounder."""

    @property
    def place(self) -> Span:
        """The clause it comes from; without one, the stretch that its quotes cover."""
        main = hull((self.action, self.object, self.target)) or hull((self.deadline,))
        return main or hull(quote for _, quote in self.words()) or Span(0, 0)

    @property
    def extent(self) -> Span:
        """The stretch from the first to the last of action, object and target."""
        return hull((self.action, self.object, self.target)) or self.place

    @property
    def anchor(self) -> Span:
        """The words that say which item the claim belongs to."""
        quote = self.target or self.deadline or self.action or self.object
        return quote.span if quote else self.place


def hull(quotes: Iterable[Quote | Mention | None]) -> Span | None:
    """Return the stretch that words with a place cover, None without any."""
    spans = [quote.span for quote in quotes if quote and quote.span]
    if not spans:
        return None
    return Span(min(span.start for span in spans), max(span.end for span in spans))


class Commitment(Claim):
    """One record of the guidelines, grounded."""

    id: str
    document_id: str
    item_id: str
    clause: Quote
    status: Status
    call_id: str | None

    @property
    def place(self) -> Span:
        """The clause it comes from."""
        return self.clause.span
