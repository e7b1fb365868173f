"""Drafts to records: grounded in the source, values and dates computed."""

from __future__ import annotations

from collections.abc import Sequence

from extractor.core.records import Commitment, Document, Draft, Item
from extractor.extraction.grounding import ground
from extractor.extraction.normalisation import normalise


def commitments(
    item: Item, document: Document, drafts: Sequence[Draft], *, run_id: str = ""
) -> list[Commitment]:
    """Return the records of an item, in the order of their drafts.

    Args:
        item: the item the drafts were made from.
        document: the item's document.
        drafts: what a strategy proposes.
        run_id: makes the records' ids unique among runs.
    """
    records = []
    for position, draft in enumerate(drafts):
        grounded = ground(draft, item, document, run_id=run_id, position=position)
        records.append(normalise(grounded, item, document.plan_year))
    return records
