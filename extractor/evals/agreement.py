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

from extractor.evals.dataset import LabelledDocument
from extractor.evals.gold.annotators import Annotators
from extractor.evals.gold.records import Alternatives, GoldItem
from extractor.evals.predictions import Predictions
from extractor.evals.results import ArmResult
from extractor.evals.scoring.arm_score import score_arm
from extractor.evals.scoring.intervals import Resampling

SECOND_READING = "second reading"
"""Name of the arm that the second reading is."""


def agreement(
    labelled: Sequence[LabelledDocument],
    how: Resampling,
    *,
    with_alternatives: bool = True,
) -> ArmResult | None:
    """Score second readings against first readings, not against the settled gold.

    Soft records are compared in the items that both readings cover in full.

    Args:
        labelled: the documents; those with one reading are left out.
        how: how intervals are made.
        with_alternatives: accept the alternatives of the first reading.

    Returns:
        The score, None when no document has two readings.
    """
    compared, claims, spans = [], {}, {}
    for one in labelled:
        if one.annotators is None:
            continue
        own = comparable(one.annotators, with_alternatives=with_alternatives)
        compared.append(one._replace(gold=own))
        second = one.annotators.second
        claims[one.name] = tuple(claim for item in second for claim in item.commitments)
        spans[one.name] = tuple(item.item_span for item in second)
    if not compared:
        return None
    return score_arm(
        SECOND_READING,
        compared,
        Predictions(claims=claims, items=spans),
        how,
        "the second reading, scored like an arm against the first",
    )


def comparable(both: Annotators, *, with_alternatives: bool) -> tuple[GoldItem, ...]:
    """Return the first reading as the second is scored against it.

    An item is `full` only where it is in both.
    """
    full = {item.item_span for item in both.second if item.coverage == "full"}
    items = (
        item
        if item.coverage == "hard" or item.item_span in full
        else item.model_copy(update={"coverage": "hard"})
        for item in both.first
    )
    return tuple(items if with_alternatives else map(_without_alternatives, items))


def _without_alternatives(item: GoldItem) -> GoldItem:
    """Return an item with one reading of every record."""
    bare = {"alternatives": Alternatives()}
    records = tuple(record.model_copy(update=bare) for record in item.commitments)
    return item.model_copy(update={"commitments": records})
