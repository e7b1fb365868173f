"""Agreement of two readings of the same items: the second scored against the first.

The same scorer as for every arm, so that human agreement stands beside a system's
score on the same scale.
Both readings are independent; gold that was settled from both is compared with neither.
Alternatives are those of the first reading, as they are for the arms.
Where readers noted the other's reading as an alternative when they settled a
difference, that makes agreement look higher than it was; `with_alternatives=False`
compares the readings themselves, and F1 then is the same whichever is taken for gold.
"""

from __future__ import annotations

from collections.abc import Sequence

from extractor.evals.arm_scores import Labelled, score_arm
from extractor.evals.gold.records import Alternatives, GoldItem
from extractor.evals.predictions import Predictions
from extractor.evals.results import ArmResult
from extractor.evals.scoring.intervals import Resampling

SECOND_READING = "second reading"
"""Name of the arm that the second reading is."""


def agreement(
    first: Sequence[Labelled],
    second: Sequence[Sequence[GoldItem]],
    how: Resampling | None = None,
    *,
    with_alternatives: bool = True,
) -> ArmResult:
    """Score second readings against first readings.

    Soft records are compared in the items that both readings cover in full.

    Args:
        first: documents with their first reading.
        second: the second reading of each, in the same order.
        how: how intervals are made; the default seed and number when left out.
        with_alternatives: accept the alternatives of the first reading.
    """
    compared = []
    for one, items in zip(first, second, strict=True):
        own = covered(one.items, items)
        if not with_alternatives:
            own = tuple(map(without_alternatives, own))
        compared.append(Labelled(one.name, one.document, own))
    predictions = Predictions(
        claims={
            one.name: tuple(claim for item in items for claim in item.commitments)
            for one, items in zip(first, second, strict=True)
        },
        items={
            one.name: tuple(item.item_span for item in items)
            for one, items in zip(first, second, strict=True)
        },
    )
    return score_arm(
        SECOND_READING,
        compared,
        predictions,
        how or Resampling(),
        "the second reading, scored like an arm against the first",
    )


def covered(
    first: Sequence[GoldItem], second: Sequence[GoldItem]
) -> tuple[GoldItem, ...]:
    """Return the first reading, `full` only where the second is, too."""
    full = {item.item_span for item in second if item.coverage == "full"}
    return tuple(
        item
        if item.coverage == "hard" or item.item_span in full
        else item.model_copy(update={"coverage": "hard"})
        for item in first
    )


def without_alternatives(item: GoldItem) -> GoldItem:
    """Return an item with one reading of every record."""
    bare = {"alternatives": Alternatives()}
    records = tuple(record.model_copy(update=bare) for record in item.commitments)
    return item.model_copy(update={"commitments": records})
