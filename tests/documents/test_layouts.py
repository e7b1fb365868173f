"""Fourteen layouts, labelled by somebody who had not seen the product.

Each file has its labels beside it: where items begin and end, the numbers that are
targets, and what belongs to no item. They were labelled before anything was run on
them; since then the splitter has been worked on with them.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from extractor.core.records import Document
from extractor.core.spans import Span
from extractor.documents.items import split_items
from extractor.documents.loading import load_document

LAYOUTS = Path(__file__).parent / "layouts"
PATHS = sorted(LAYOUTS.glob("*.txt"))
_SLACK = 2
"""Characters by which a boundary may differ: a full stop, a blank."""


def labels(path: Path) -> dict[str, Any]:
    """Return what was labelled beside a file."""
    read: dict[str, Any] = json.loads(path.with_suffix(".json").read_text("utf-8"))
    return read


def labelled_items(document: Document, path: Path) -> list[Span]:
    """Return where the items stand that were labelled."""
    spans, at = [], 0
    for item in labels(path)["items"]:
        start = document.source.index(item["start_words"], at)
        end = document.source.index(item["end_words"], start) + len(item["end_words"])
        spans.append(Span(start, end))
        at = start + 1
    return spans


def is_same(one: Span, other: Span) -> bool:
    """Say whether two items have the same boundaries."""
    return abs(one.start - other.start) <= _SLACK and abs(one.end - other.end) <= _SLACK


def test_boundaries_are_those_that_were_labelled() -> None:
    """F1 over all layouts; what it misses is bullets and cells, one a line."""
    hits = made = wanted = 0
    for path in PATHS:
        document = load_document(path)
        gold = labelled_items(document, path)
        found = [item.span for item in split_items(document)]
        hits += sum(any(is_same(span, other) for other in found) for span in gold)
        made, wanted = made + len(found), wanted + len(gold)

    assert 2 * hits / (made + wanted) >= 0.92


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_every_target_is_inside_an_item(path: Path) -> None:
    """A reader can only be right about what it is shown."""
    document = load_document(path)
    items = [item.span for item in split_items(document)]

    at, outside = 0, []
    for words in labels(path)["targets"]:
        start = document.source.index(words, at)
        at = start + 1
        place = Span(start, start + len(words))
        if not any(item.contains(place) for item in items):
            outside.append(words)

    assert outside == []


LOOKING_BACK = {"01_work_report", "14_closing_ten", "08_two_docs"}


@pytest.mark.parametrize("name", sorted(LOOKING_BACK))
def test_what_looks_back_or_only_leads_in_is_outside(name: str) -> None:
    """Reviews, prefaces and what stands between two plans."""
    path = LAYOUTS / f"{name}.txt"
    document = load_document(path)
    items = [item.span for item in split_items(document)]

    inside = [
        words
        for words in labels(path)["not_items"]
        for item in items
        if item.start <= document.source.index(words) < item.end
    ]

    assert inside == []
