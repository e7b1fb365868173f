"""Stored rows as what the pages show: records with their doubts, and readings."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import NamedTuple

from extractor.browse.doubts import KINDS, Doubt, Readings, in_short
from extractor.browse.wording import CHANGES, SIGNS, Words
from extractor.core.records import Commitment, Quantity, Quote, Reading
from extractor.core.spans import Span
from extractor.store.reviews import is_set

LATEST_RUN = "select run_id from v_latest_runs where document_id = ?"


class Figure(NamedTuple):
    """A computed number, short enough to stand beside the printed one."""

    change: str
    """Chinese word of a change, empty for a level."""
    number: str
    """Sign, number or range, and unit."""

    def __str__(self) -> str:
        return f"{self.change} {self.number}".strip()


@dataclass(frozen=True)
class Card:
    """One record as a list shows it."""

    record: Commitment
    number: int
    """From 1: in reading order of the document, of what reviewers wrote in theirs."""
    reasons: tuple[Doubt, ...]
    """Why to look twice at it, whatever was said of it since."""
    locator: str | None
    """Where to look in the file; None in plain text."""
    anchor: str = ""
    """What reviews know it by."""
    is_read: bool = True
    """False: a reviewer wrote it, no run has read it."""
    is_settled: bool = False
    """A reviewer has judged it, so nothing of it is in doubt any more."""

    @property
    def label(self) -> str:
        """Its number as it is shown: that of a record in no run says so."""
        return str(self.number) if self.is_read else f"+{self.number}"

    @property
    def doubts(self) -> tuple[Doubt, ...]:
        """Why to look twice at it now."""
        return () if self.is_settled else self.reasons

    @property
    def gravity(self) -> int:
        """How grave the gravest reason is: 0 the most, behind all others none.

        It stays when a verdict settles it: those before and behind it do, too.
        """
        kinds = list(KINDS)
        return min((kinds.index(doubt.kind) for doubt in self.reasons), default=99)

    @property
    def field(self) -> str:
        """The field to look at first when it is corrected; empty for none."""
        return self.reasons[0].field if self.reasons else ""

    @property
    def other(self) -> Reading | None:
        """What the reader says who was not followed, as long as it is in doubt."""
        return next((doubt.other for doubt in self.doubts if doubt.other), None)

    @property
    def other_words(self) -> Words | None:
        """The other reading in short."""
        return in_short(self.other) if self.other else None

    @property
    def comparator_set(self) -> str:
        """The comparator that a reviewer set; empty where it is as the words say."""
        quantity = self.record.quantity
        return quantity.comparator if quantity and is_set(self.record) else ""

    @cached_property
    def figure(self) -> str:
        """The computed number where it says more than what is printed."""
        quantity, target = self.record.quantity, self.record.target
        if quantity is None or target is None:
            return ""
        shown = str(figure(quantity))
        if quantity.baseline is not None:
            return f"{shown}（基数 {decimal(quantity.baseline)}）"
        says_it = shown.replace(" ", "").replace(",", "") == target.text
        return "" if says_it else shown


def figure(quantity: Quantity) -> Figure:
    """Return a computed number as people write it: ≥ 15,000 个."""
    number = decimal(quantity.value)
    if quantity.comparator == "range" and quantity.upper is not None:
        number = f"{number} – {decimal(quantity.upper)}"
    sign = SIGNS.get(quantity.comparator, "")
    change = "" if quantity.change == "level" else CHANGES[quantity.change].zh
    joint = "" if quantity.unit[:1] in {"%", "％", "‰"} else " "
    return Figure(change, f"{sign}{number}{joint}{quantity.unit}".strip())


def decimal(value: Decimal) -> str:
    """Return a number with thousands parted and no idle zeros."""
    text = f"{value:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def stored_reading(row: sqlite3.Row) -> Reading:
    """Return the reading of a row of `readings`."""
    return Reading(
        reader=row["reader"],
        kind=row["kind"],
        quote=Quote(text=row["quote"], span=Span(row["start"], row["end"])),
        is_promise=bool(row["is_promise"]),
        actor=row["actor"],
        action=row["action"],
        object=row["object"],
        likelihood=row["likelihood"],
        is_taken=bool(row["is_taken"]),
        call_id=row["call_id"],
    )


def readings_by_item(rows: Iterable[sqlite3.Row]) -> dict[str, Readings]:
    """Return what was read in each item of rows of `readings`."""
    by_item: dict[str, list[Reading]] = {}
    for row in rows:
        by_item.setdefault(row["item_id"], []).append(stored_reading(row))
    return {item_id: Readings(found) for item_id, found in by_item.items()}


def latest_version(conn: sqlite3.Connection, document_id: str) -> str | None:
    """Return the version that the views show in place of this one."""
    versions = conn.execute(
        "select is_latest, latest_document_id from v_versions where document_id = ?",
        [document_id],
    ).fetchall()
    if not versions or any(row["is_latest"] for row in versions):
        return None
    return str(versions[0]["latest_document_id"])
