"""Tables: Datasette's rows and columns for people, in words and with ids at the end."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup, escape

from extractor.browse.addresses import OWN_PAGES, address
from extractor.browse.canned import QUERIES
from extractor.browse.dictionary import RELATIONS, VIEWS
from extractor.browse.meanings.chinese import named
from extractor.browse.wording import SIGNS, VALUES, Words, header, in_words

LISTS = {"partners": "、", "heading_path": " › "}
"""Column that holds a JSON array of texts: what stands between them."""

_RANKS = {name: rank for rank, name in enumerate(VIEWS["v_commitments"].columns)}
"""Columns of records in the order a person asks, that of the public view."""

_SIGNS = {name: sign.strip() for name, sign in SIGNS.items()}
_SIGNS |= {"eq": "=", "range": "–"}


@dataclass(frozen=True)
class Table:
    """What the templates of tables ask about the columns of a database of ours."""

    datasette: Any
    database: str

    def header(self, column: str) -> Words:
        """Return a column's header in words."""
        return header(column)

    def title(self, name: str) -> Words | None:
        """Return what a table, a view or a question is called; None where unknown."""
        known = RELATIONS.get(name) or QUERIES.get(name)
        return named(name, known).title if known else None

    def order(self, columns: Sequence[str]) -> list[int]:
        """Return the places of the columns in the order they are shown in."""
        ranks = _RANKS if "clause" in columns else {}

        def rank(place: int) -> tuple[bool, int, int]:
            name = columns[place]
            return name.endswith("_id"), ranks.get(name, len(ranks)), place

        return sorted(range(len(columns)), key=rank)

    def place(self, columns: Sequence[str], values: Sequence[Any]) -> str:
        """Return where a row is to be seen: in its document, or on a page of its own.

        Empty where it has no such place.
        """
        ids = dict(zip(columns, values, strict=False))
        document_id, record_id = ids.get("document_id"), ids.get("commitment_id")
        if document_id:
            plan = address(self.datasette, "plan", self.database, str(document_id))
            if record_id:
                return f"{plan}#r-{record_id}"
            return f"{plan}#i-{ids['item_id']}" if ids.get("item_id") else plan
        if record_id:
            return address(self.datasette, "record", self.database, str(record_id))
        return ""

    def has_places(self, columns: Sequence[str]) -> bool:
        """Say whether rows with these columns have a place to be seen at."""
        return "id" not in columns and bool(
            {"document_id", "commitment_id"} & set(columns)
        )

    def own_page(self, table: str, id_: str) -> str:
        """Return the page that shows a row of a table; empty where there is none."""
        page = OWN_PAGES.get(table)
        return address(self.datasette, page, self.database, id_) if page else ""

    def value(self, column: str, value: Any) -> Words:
        """Return a facet's value in words."""
        return in_words(VALUES.get(column, {}), str(value))


def shown_value(column: str, value: str) -> Markup | None:
    """Return a value of a closed set in words, a list as a list; None for any other."""
    if column == "target_comparator" and value in _SIGNS:
        meaning = VALUES[column][value]
        return Markup('<span title="{} ({})">{}</span>').format(
            meaning, value, _SIGNS[value]
        )
    if column == "source_path" and "/" in value:
        name = value.rpartition("/")[2]
        return Markup('<span title="{}">{}</span>').format(value, name)
    if words := VALUES.get(column, {}).get(value):
        return Markup('<span lang="zh" title="{1} ({2})">{0}</span>').format(
            words.zh, words.en, value
        )
    if column in LISTS:
        return _listed(value, LISTS[column])
    return None


def _listed(value: str, between: str) -> Markup | None:
    """Return the texts of a JSON array one after the other."""
    try:
        texts = json.loads(value)
    except (ValueError, RecursionError):
        return None
    if not isinstance(texts, Sequence) or isinstance(texts, str):
        return None
    return escape(between.join(str(text) for text in texts)) or Markup("&nbsp;")
