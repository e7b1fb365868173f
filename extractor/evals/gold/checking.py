"""Check gold against the files it labels and the parsers: gold in, problems out.

A gold directory is clean, with both readings below it, when every quote is the
source's characters at its span, every file has the digest the gold names, the items are
those that the splitter makes, every normalised value is what the parsers compute from
the quote in its clause, and every reading has its gold.
Where the reader is right and a parser is not, the difference is an exception
(`exceptions`); one that neither the gold nor a reading needs any more is a
problem, too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from extractor.core.errors import ConfigError
from extractor.core.fields import COMPUTED, SCORED
from extractor.core.records import Commitment, Content, Document, Item, Quote, Record
from extractor.documents.items import split_items
from extractor.evals.gold.exceptions import (
    EXCEPTIONS,
    GoldException,
    load_exceptions,
)
from extractor.evals.gold.records import (
    FIRST,
    SECOND,
    GoldCommitment,
    GoldItem,
    load_gold,
)
from extractor.evals.gold.sources import FindDocument
from extractor.evals.scoring.fields import COMPUTED_FIELDS, same
from extractor.extraction.normalisation import clause_around, normalise

_SAID = Content.model_fields.keys() - set(COMPUTED.values())
"""What a reader says; the rest is computed from it."""


class Problem(Record):
    """Something in the gold that is not as it should be."""

    path: str
    """The gold file."""
    field: str
    message: str
    item: int | None = None
    """1-based line of the item; None for the whole file."""
    label: str | None = None
    record: int | None = None
    """1-based place of the record in its item."""

    def __str__(self) -> str:
        where = self.path
        if self.item is not None:
            where += f":{self.item} {self.label or ''}".rstrip()
        if self.record is not None:
            where += f" record {self.record}"
        return f"{where}: {self.field}: {self.message}"


class _Check:
    """The check of one gold file.

    Args:
        path: the file.
        exceptions: what may differ; every one that is needed is added to `needed`.
        needed: collects the exceptions that differences needed.
    """

    def __init__(
        self,
        path: Path,
        exceptions: Sequence[GoldException],
        needed: set[GoldException],
    ) -> None:
        self.path = path
        self.problems: list[Problem] = []
        self._excepted = {(e.doc_id, e.span, e.field): e for e in exceptions}
        self._needed = needed
        self._place: tuple[int | None, str | None, int | None] = (None, None, None)

    def run(self, find_document: FindDocument) -> list[Problem]:
        """Return the file's problems."""
        gold = load_gold(self.path)
        for digest in sorted({item.doc_sha256 for item in gold}):
            document = find_document(digest)
            own = [item for item in gold if item.doc_sha256 == digest]
            if document is None:
                self._add("doc_sha256", f"no file has the digest {digest}")
            else:
                self._check_document(own, document)
        if len({item.doc_sha256 for item in gold}) > 1:
            self._add("doc_sha256", "more than one digest in one file")
        if not gold:
            self._add("items", "the file has no items")
        return self.problems

    def _add(self, field: str, message: str) -> None:
        item, label, record = self._place
        self.problems.append(
            Problem(
                path=str(self.path),
                item=item,
                label=label,
                record=record,
                field=field,
                message=message,
            )
        )

    def _check_document(self, gold: Sequence[GoldItem], document: Document) -> None:
        items = {item.span: item for item in split_items(document)}
        for number, labelled in enumerate(gold, start=1):
            self._place = (number, labelled.label, None)
            if labelled.doc_id != self.path.stem:
                self._add("doc_id", f"{labelled.doc_id!r} is not the file's name")
            item = items.pop(labelled.item_span, None)
            if item is None:
                self._add("item_span", "no item of the splitter has this span")
            elif item.label != labelled.label:
                self._add("label", f"printed is {item.label!r}")
            self._check_item(labelled, item, document)
        self._place = (None, None, None)
        for span, item in items.items():
            self._add("items", f"item {item.label!r} at {tuple(span)} is not labelled")
        spans = [labelled.item_span for labelled in gold]
        if spans != sorted(set(spans)):
            self._add("items", "items are repeated or not in the order of the text")

    def _check_item(
        self, labelled: GoldItem, item: Item | None, document: Document
    ) -> None:
        seen: dict[str, int] = {}
        for number, record in enumerate(labelled.commitments, start=1):
            self._place = (*self._place[:2], number)
            self._check_quotes(record, labelled, document)
            self._check_actor(record)
            if record.kind == "soft" and labelled.coverage == "hard":
                self._add("coverage", "a soft record in an item of coverage hard")
            key = repr(sorted((f, q.span, q.text) for f, q in record.words()))
            if key in seen:
                self._add("record", f"the same as record {seen[key]}")
            seen.setdefault(key, number)
            if item is not None:
                self._check_values(record, labelled, item, document)
        self._place = (*self._place[:2], None)

    def _check_quotes(
        self, record: GoldCommitment, labelled: GoldItem, document: Document
    ) -> None:
        for field, quote in record.words():
            printed = quote.span.slice(document.source)
            if printed != quote.text:
                self._add(field, f"{quote.text!r}, but the source has {printed!r}")
            if not quote.text or quote.text != quote.text.strip():
                self._add(field, f"{quote.text!r} is empty or has outer white space")
            if not labelled.item_span.contains(quote.span):
                self._add(field, f"{tuple(quote.span)} is not inside the item")
        text = labelled.item_span.slice(document.source)
        for field in ("action", "object"):
            self._check_alternatives(field, record, text)

    def _check_alternatives(
        self, field: str, record: GoldCommitment, text: str
    ) -> None:
        own: Quote | None = getattr(record, field)
        for other in getattr(record.alternatives, field):
            if other == (own.text if own else None):
                self._add(field, f"the alternative {other!r} is the reading itself")
            if other is not None and other not in text:
                self._add(field, f"the alternative {other!r} is not in the item")

    def _check_actor(self, record: GoldCommitment) -> None:
        if (record.actor is None) != (record.actor_source == "issuer"):
            self._add(
                "actor_source",
                f"{record.actor_source!r} with actor "
                f"{record.actor.text if record.actor else None!r}",
            )
        named = record.actor if record.actor_source == "inherited" else None
        if named and named.span.start > record.extent.start:
            self._add("actor_source", "inherited, but named behind the record")

    def _check_values(
        self,
        record: GoldCommitment,
        labelled: GoldItem,
        item: Item,
        document: Document,
    ) -> None:
        for field, labelled_value, read, quote in differences(
            record, labelled, item, document
        ):
            exception = self._excepted.get((labelled.doc_id, quote.span, field))
            if exception:
                self._needed.add(exception)
                continue
            self._add(
                field,
                f"{labelled_value} labelled, {read} read from {quote.text!r} at "
                f"{list(quote.span)}",
            )


def check_gold(
    gold_dir: Path, find_document: FindDocument, names: Sequence[str] = ()
) -> list[Problem]:
    """Return every problem of a gold directory and its readings.

    Args:
        gold_dir: holds *.jsonl, perhaps `first/`, `second/` and `exceptions.toml`.
        find_document: gives the source file of a digest (`sources.DocumentFinder`).
        names: of the documents to check; all when empty.

    Raises:
        ConfigError: a file is not of the form of gold, or there is none.
    """
    exceptions = load_exceptions(gold_dir / EXCEPTIONS)
    gold, first, second = (
        {
            path.stem: path
            for path in sorted(directory.glob("*.jsonl"))
            if not names or path.stem in names
        }
        for directory in (gold_dir, gold_dir / FIRST, gold_dir / SECOND)
    )
    if not gold and not names:
        raise ConfigError(f"there is no gold in {str(gold_dir)!r}")
    needed: set[GoldException] = set()
    problems: list[Problem] = []
    checked: set[str] = set()
    for path in (*gold.values(), *first.values(), *second.values()):
        found = _Check(path, exceptions, needed).run(find_document)
        if not any(p.field == "doc_sha256" for p in found):
            checked.add(path.stem)
        problems += found
    problems += _orphans(gold, first, second)
    problems += [
        Problem(
            path=str(gold_dir / EXCEPTIONS),
            field=exception.field,
            message=f"{exception.doc_id} {list(exception.span)} is not needed",
        )
        for exception in exceptions
        if exception not in needed
        and (exception.doc_id in checked or not _has_gold(gold_dir, exception.doc_id))
    ]
    return problems


def _has_gold(gold_dir: Path, name: str) -> bool:
    return (gold_dir / f"{name}.jsonl").is_file()


def _orphans(
    gold: Mapping[str, Path], first: Mapping[str, Path], second: Mapping[str, Path]
) -> Iterator[Problem]:
    """Yield the readings that nothing can be compared with."""
    message = "a reading of a document without gold"
    for name, path in (*first.items(), *second.items()):
        if name not in gold:
            yield Problem(path=str(path), field="items", message=message)
    message = "a first reading without a second"
    for name in sorted(first.keys() - second.keys()):
        yield Problem(path=str(first[name]), field="items", message=message)


def differences(
    record: GoldCommitment, labelled: GoldItem, item: Item, document: Document
) -> Iterator[tuple[str, object, object, Quote]]:
    """Yield (field, labelled, computed, quote) where the parsers read otherwise."""
    if record.kind == "soft":
        return
    read = _parsed(record, labelled, item, document)
    for name, source in COMPUTED_FIELDS.items():
        quote: Quote | None = getattr(record, source)
        ours, theirs = (SCORED[name].of(one) for one in (record, read))
        # By the tolerance of the scorer: ％ is %, 套（间） is 套.
        if quote and not same(name)(ours, theirs):
            yield name, ours, theirs, quote


def _parsed(
    gold: GoldCommitment, labelled: GoldItem, item: Item, document: Document
) -> Commitment:
    """Return the record as the product normalises it from the gold's quotes."""
    clause = clause_around(gold.anchor, item)
    quoted = Commitment(
        id="",
        document_id=document.id,
        item_id=item.id,
        clause=Quote(text=clause.slice(document.source), span=clause),
        status="grounded",
        call_id=None,
        **{name: getattr(gold, name) for name in _SAID},
    )
    return normalise(quoted, item, labelled.plan_year)
