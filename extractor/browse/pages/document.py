"""Document page: the source as printed, every record of its latest run in place."""

from __future__ import annotations

import json
import sqlite3
from asyncio import to_thread
from collections.abc import AsyncIterator, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from markupsafe import Markup

from extractor.browse.doubts import NOTHING_READ, doubts
from extractor.browse.marking import Mark
from extractor.browse.pages.answering import Answer, NotHere, Site
from extractor.browse.pages.kept import Kept, stamp
from extractor.browse.pages.printed import (
    Numbered,
    cut_marks,
    passages,
    record_marks,
    unused_marks,
)
from extractor.browse.pages.stored import (
    LATEST_RUN,
    Card,
    latest_version,
    readings_by_item,
)
from extractor.browse.review.sitting import Sitting, lost_places, sitting_of
from extractor.browse.review.verdicts import Verdicts, as_commitment
from extractor.browse.wording import REASONS, Words, in_words
from extractor.store.across.reading import plan_before, runs_of
from extractor.store.reviews import Review
from extractor.store.rows import RECORD_COLUMNS, stored_commitment

ROUTE = r"/-/plan/(?P<database>[^/]+)/(?P<id>[0-9a-f]{16})$"

_RUN = f"select * from runs where id = ({LATEST_RUN})"
# Half the columns are another's: to fetch them all takes a third longer.
_RECORDS = f"""
select {", ".join(f'c."{column}"' for column in RECORD_COLUMNS)}, c.locator, c.anchor
from commitments c join items i on i.id = c.item_id
where c.run_id = ? and c.document_id = ?
order by i."start", c."start", c.position
"""
# What both readers say in the same words gives no doubt: most of it is not even read.
_READINGS = """
select g.* from readings g
join readings o on o.run_id = g.run_id and o.item_id = g.item_id and o.kind = g.kind
  and o."start" = g."start" and o."end" = g."end" and o.reader <> g.reader
where g.run_id = ?1 and g.document_id = ?2 and (?3 is null or g.item_id = ?3)
  and (g.is_promise, g.action, g.object) is not (o.is_promise, o.action, o.object)
"""
_UNUSED = """
select * from left_out where run_id = ? and document_id = ? order by "start"
"""
_ITEMS = """
select i.id, i.label, i."start", i."end", r.outcome, f.kind as failure, f.message,
  f.attempts
from items i
left join run_items r on r.item_id = i.id and r.run_id = ?1
left join failures f on f.item_id = i.id and f.run_id = ?1
where i.document_id = ?2 and i.position is not null
order by i."start", i."end"
"""


@dataclass(frozen=True)
class Unused:
    """A number or date that no record uses."""

    quote: str
    why: Words


@dataclass(frozen=True)
class Block:
    """A stretch of the source: an item with what was made of it, or what is between."""

    text: Markup
    item: sqlite3.Row | None = None
    cards: tuple[Card, ...] = ()
    unused: tuple[Unused, ...] = ()
    start: int = 0
    """Of the text, in the source."""
    lost: tuple[int, ...] = ()
    """Characters of the text that a browser drops, counted from its start."""
    is_hidden: bool = False
    """What was read of it is not shown until the reviewer has labelled it."""
    is_done: bool = False
    """A reviewer has said all that it promises."""

    @property
    def unjudged(self) -> int:
        """How many of its records nobody has judged."""
        return sum(1 for card in self.cards if not card.is_settled)

    @property
    def is_reviewed(self) -> bool:
        """Say whether a reviewer is done with it, or all there is to judge is judged.

        Where a number is in no record they have to say that nothing is missed.
        Gold is made of what is reviewed in this sense (`evals/gold/reviewed.py`).
        """
        is_judged = bool(self.cards) and not self.unjudged and not self.unused
        return self.is_done or (is_judged and not self.is_hidden)


@dataclass(frozen=True)
class Counts:
    """The numbers at the head of the page; items are the sum of the next four."""

    items: int
    with_records: int
    without_records: int
    failed: int
    not_done: int
    hard: int
    soft: int
    doubtful: int
    unused: int
    judged: int = 0
    """Records that a reviewer's verdict stands on."""
    reviewed: int = 0
    """Items of which nothing is left to judge (`Block.is_reviewed`)."""


@dataclass(frozen=True)
class DocumentPage:
    """What the page shows."""

    document: sqlite3.Row
    run: sqlite3.Row | None
    """Row of the latest run; None when no run has read the document."""
    latest_id: str | None
    """The version of the file that takes this one's place, None for none."""
    counts: Counts
    blocks: tuple[Block, ...]
    doubtful: tuple[Card, ...]
    """Records to look at twice, in reading order."""
    verdicts: Verdicts
    """What reviewers say."""
    sitting: Sitting | None = None
    """Who reviews here; None where nobody may."""
    before_id: str | None = None
    """The plan of the same body that came before; None for none."""
    runs: int = 0
    """How many runs have read it."""

    @property
    def is_cut(self) -> bool:
        """Say whether it was read up to `--limit`: there may be more of it."""
        limit = json.loads(self.run["config"]).get("limit") if self.run else None
        return limit is not None and limit == self.counts.items

    @staticmethod
    def written(review: Review) -> Card:
        """Return the record that a reviewer wrote, as a list shows it."""
        return written_card(review)

    def as_it_stands(self, card: Card) -> Card:
        """Return a record as a reviewer corrected it, else as it was read."""
        return replace(card, record=self.verdicts.as_left(card.record, card.anchor))


_kept: Kept[Answer] = Kept(8)
"""Pages as readers see them: one of thousands of records takes long to make."""

AT_ONCE = 40
"""Stretches of the source that are sent at once: a browser lays the first ones out
while the others are made."""


async def answer(datasette: Any, request: Any) -> Any:
    """Answer a request for the page."""
    site = await Site.of(datasette, request, ("documents", "items", "commitments"))
    sitting = sitting_of(site)
    id_ = request.url_vars["id"]
    db = site.datasette.get_database(site.database)
    if made := None if sitting else _kept.get(db, id_):
        return await site.render("extract-document.html", made)
    since = stamp(db)
    page = await site.read(partial(document_page, id_=id_, sitting=sitting))

    async def parts() -> AsyncIterator[Markup]:
        made = []
        for first in range(0, len(page.blocks), AT_ONCE):
            some = replace(page, blocks=page.blocks[first : first + AT_ONCE])
            made.append(await to_thread(site.part, "extract-blocks.html", some))
            yield made[-1]
        if sitting is None:
            _kept.put(db, id_, Answer(page, parts=Markup().join(made)), since)

    return await site.stream("extract-document.html", page, parts())


def document_page(
    conn: sqlite3.Connection,
    id_: str,
    sitting: Sitting | None = None,
    item_id: str | None = None,
) -> DocumentPage:
    """Read what the page shows of a document.

    Args:
        conn: the database.
        id_: of the document.
        sitting: who reviews it.
        item_id: an item; then only its records are read, and no text is printed.

    Raises:
        NotHere: there is no such document.
    """
    document = conn.execute("select * from documents where id = ?", [id_]).fetchone()
    if document is None:
        raise NotHere(Words(f"没有文件 {id_}", f"there is no document {id_}"))
    run = conn.execute(_RUN, [id_]).fetchone()
    run_id = run["id"] if run else None
    items = conn.execute(_ITEMS, [run_id, id_]).fetchall()
    verdicts = Verdicts.of_document(conn, id_)
    hidden = sitting.hidden(verdicts, items) if sitting else frozenset[str]()
    if sitting and hidden:
        verdicts = sitting.own(verdicts, hidden)
    read = read_cards(conn, run_id, id_, item_id)
    shown = [card for card in read if card.record.item_id not in hidden]
    here = [row for row in items if item_id in (None, row["id"])]
    cards = (*settled(shown, verdicts), *_written_cards(verdicts, here, shown))
    rows = conn.execute(_UNUSED, [run_id, id_])
    unused = [row for row in verdicts.unused(rows) if row["item_id"] not in hidden]
    own = [
        replace(block, is_done=bool(verdicts.done(item["id"])))
        for item, block in zip(
            here, _item_blocks(here, cards, unused, hidden), strict=True
        )
    ]
    blocks = own
    if not item_id:
        records = (verdicts.as_left(card.record, card.anchor) for card in cards)
        marks = [*record_marks(records), *cut_marks(document), *unused_marks(unused)]
        blocks = _printed(document["source"], own, cards, marks)
    return DocumentPage(
        document=document,
        run=run,
        latest_id=latest_version(conn, id_),
        counts=_counts(items, own, unused),
        blocks=tuple(blocks),
        doubtful=tuple(card for card in cards if card.doubts),
        verdicts=verdicts,
        sitting=sitting,
        before_id=None if item_id else plan_before(conn, id_),
        runs=len(runs_of(conn, id_)),
    )


def read_cards(
    conn: sqlite3.Connection,
    run_id: str | None,
    document_id: str,
    item_id: str | None = None,
) -> Iterator[Card]:
    """Yield the records of a run over a document in reading order, with doubts.

    Args:
        conn: the database.
        run_id: the run.
        document_id: the document.
        item_id: an item, of which alone they are read.
    """
    read = readings_by_item(conn.execute(_READINGS, [run_id, document_id, item_id]))
    rows = conn.execute(_RECORDS, [run_id, document_id])
    for number, row in enumerate(rows, 1):
        if item_id and row["item_id"] != item_id:
            continue
        record = stored_commitment(row)
        reasons = doubts(record, read.get(record.item_id, NOTHING_READ))
        yield Card(record, number, reasons, row["locator"], row["anchor"])


def written_card(review: Review, number: int = 0) -> Card:
    """Return the record that a reviewer wrote, as a list shows it."""
    anchor = review.anchor or ""
    record = as_commitment(review)
    return Card(record, number, (), None, anchor, is_read=False, is_settled=True)


def settled(cards: Iterable[Card], verdicts: Verdicts) -> Iterator[Card]:
    """Yield the records, those that a reviewer has judged out of doubt."""
    for card in cards:
        is_judged = verdicts.decided(card.anchor) is not None
        yield replace(card, is_settled=True) if is_judged else card


def _written_cards(
    verdicts: Verdicts, items: Iterable[sqlite3.Row], shown: Sequence[Card]
) -> Iterator[Card]:
    """Yield the records that reviewers wrote and no run has read, with own numbers."""
    known = {card.anchor for card in shown}
    spoken_of = {review.item_id for review in verdicts.reviews}
    for item in items:
        if item["id"] not in spoken_of:
            continue
        for review in verdicts.added(item["id"], known):
            yield written_card(review, verdicts.rank(review))


def _counts(
    items: Sequence[sqlite3.Row], blocks: Sequence[Block], unused: Sequence[Any]
) -> Counts:
    outcomes = [row["outcome"] for row in items]
    cards = [card for block in blocks for card in block.cards]
    kinds = [card.record.kind for card in cards]
    return Counts(
        items=len(items),
        with_records=outcomes.count("records"),
        without_records=outcomes.count("none"),
        failed=outcomes.count("failed"),
        not_done=outcomes.count(None),
        hard=kinds.count("hard"),
        soft=kinds.count("soft"),
        doubtful=sum(1 for card in cards if card.doubts),
        unused=len(unused),
        judged=sum(1 for card in cards if card.is_settled),
        reviewed=sum(1 for block in blocks if block.is_reviewed),
    )


def _item_blocks(
    items: Iterable[sqlite3.Row],
    cards: Iterable[Card],
    unused: Iterable[sqlite3.Row],
    hidden: Collection[str],
) -> list[Block]:
    """Return the items with what belongs to each, without their text."""
    of_item: dict[str, list[Card]] = {}
    for card in cards:
        of_item.setdefault(card.record.item_id, []).append(card)
    idle: dict[str, list[Unused]] = {}
    for row in unused:
        why = in_words(REASONS, row["reason"])
        idle.setdefault(row["item_id"], []).append(Unused(row["quote"], why))
    return [
        Block(
            Markup(),
            item,
            tuple(of_item.get(item["id"], ())),
            tuple(idle.get(item["id"], ())),
            is_hidden=item["id"] in hidden,
        )
        for item in items
    ]


def _printed(
    source: str, own: Sequence[Block], cards: Sequence[Card], marks: Iterable[Mark]
) -> list[Block]:
    """Return all stretches of the source with their text; `own` are the items."""
    stretches = list(_stretches(source, [block.item for block in own if block.item]))
    numbered = Numbered(
        {card.record.id: card.label for card in cards},
        {card.record.id for card in cards if card.doubts},
    )
    edges = [stop for stop, _ in stretches[:-1]]
    texts = passages(source, marks, edges, numbered)
    items, start, blocks = iter(own), 0, []
    for text, (stop, item) in zip(texts, stretches, strict=True):
        block = next(items) if item is not None else Block(text)
        lost = lost_places(source[start:stop]) if item is not None else ()
        blocks.append(replace(block, text=text, start=start, lost=lost))
        start = stop
    return blocks


def _stretches(
    source: str, items: Sequence[sqlite3.Row]
) -> Iterator[tuple[int, sqlite3.Row | None]]:
    """Yield (end, item) of each stretch: the items, and what stands between them.

    White space behind an item goes with it. Of items that overlap, the later one ends
    where it would, and begins where the earlier one ends.
    """
    at = 0
    for place, item in enumerate(items):
        if item["start"] > at:
            at = min(item["start"], len(source))
            yield at, None
        at = max(at, min(item["end"], len(source)))
        following = items[place + 1]["start"] if place + 1 < len(items) else len(source)
        while at < following and at < len(source) and source[at].isspace():
            at += 1
        yield at, item
    yield len(source), None
