"""Score an arm: labelled documents and predictions in, an `ArmResult` out.

Pure.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import get_args

from extractor.core.records import Claim, Kind
from extractor.core.spans import Span
from extractor.evals.dataset import LabelledDocument, LoadedDocument
from extractor.evals.gold.records import GoldItem
from extractor.evals.predictions import Predictions
from extractor.evals.results import (
    ArmResult,
    DocumentResult,
    make_metrics,
)
from extractor.evals.scoring.alignment import assign_to_items
from extractor.evals.scoring.calibration import Stated, calibrate
from extractor.evals.scoring.counts import Score, Share, Tally
from extractor.evals.scoring.intervals import Resampling
from extractor.evals.scoring.number_use import (
    LABEL,
    OPEN,
    USED,
    NumberUse,
    account_numbers,
)
from extractor.evals.scoring.sample_score import (
    ErrorCase,
    Sample,
    score_sample,
)

OUTSIDE = -1
"""Position of the sample that holds what stands in no item."""


def score_arm(
    name: str,
    labelled: Sequence[LabelledDocument],
    predictions: Predictions,
    how: Resampling,
    description: str = "",
) -> ArmResult:
    """Score what an arm predicts for some documents.

    Args:
        name: the arm's name.
        labelled: the documents with their gold.
        predictions: the arm's records, by the documents' names.
        how: how intervals are made.
        description: what the arm is, in words.
    """
    documents, samples, errors = [], [], []
    stated: list[list[Stated]] = []
    for one in labelled:
        claims = predictions.claims.get(one.name, ())
        source = one.loaded.document.source
        results = [
            (sample, score_sample(sample, predicted, source))
            for sample, predicted in make_samples(
                one.name, one.gold, claims, Span(0, len(source))
            )
        ]
        spans = None if predictions.items is None else predictions.items[one.name]
        score = sum((result.score for _, result in results), Score())
        numbers = _numbers(one.loaded, claims)
        score += _split_score(one, spans) + _digits_score(numbers)
        documents.append(
            DocumentResult(
                name=one.name,
                score=score,
                metrics=make_metrics([score]),
                unused=tuple(n for n in numbers if n.reason not in (USED, LABEL)),
            )
        )
        samples += [
            sample.model_copy(update={"tallies": result.score.tallies})
            for sample, result in results
        ]
        errors += [error for _, result in results for error in result.errors]
        stated.append([one for _, result in results for one in result.stated])
    scores = [document.score for document in documents]
    return ArmResult(
        name=name,
        description=description,
        metrics=make_metrics(scores, how, predictions.usage),
        score=sum(scores, Score()),
        documents=tuple(documents),
        samples=tuple(samples),
        errors=tuple[ErrorCase, ...](errors),
        calibrations=tuple(
            found for kind in get_args(Kind) if (found := calibrate(stated, kind, how))
        ),
        usage=predictions.usage,
    )


def make_samples(
    document: str, gold: Sequence[GoldItem], claims: Sequence[Claim], whole: Span
) -> Iterator[tuple[Sample, tuple[Claim, ...]]]:
    """Yield the samples of a document, each with the predictions that stand in it.

    Args:
        document: its name.
        gold: its items, a sample each.
        claims: the predictions; those outside of every item get a sample where nothing
            is right.
        whole: the place of that sample.
    """
    inside, outside = assign_to_items(claims, [item.item_span for item in gold])
    for position, (item, predicted) in enumerate(zip(gold, inside, strict=True)):
        yield (
            Sample(
                document=document,
                position=position,
                label=item.label,
                span=item.item_span,
                coverage=item.coverage,
                claims=item.commitments,
            ),
            predicted,
        )
    if outside:
        yield (
            Sample(
                document=document,
                position=OUTSIDE,
                label=None,
                span=whole,
                coverage="hard",
                claims=(),
            ),
            outside,
        )


def _split_score(labelled: LabelledDocument, spans: Sequence[Span] | None) -> Score:
    """Count items whose first and last characters are those of a gold item."""
    if spans is None:
        return Score()
    gold = {item.item_span for item in labelled.gold}
    tally = Tally(
        correct=len(gold & set(spans)), predicted=len(set(spans)), gold=len(gold)
    )
    return Score(tallies={"items": tally})


def _numbers(loaded: LoadedDocument, claims: Sequence[Claim]) -> list[NumberUse]:
    """Return what became of each number of the document's items."""
    inside, _ = assign_to_items(claims, [item.span for item in loaded.items])
    return [
        number
        for numbers, used in zip(loaded.numbers, inside, strict=True)
        for number in account_numbers(numbers, used)
    ]


def _digits_score(numbers: Sequence[NumberUse]) -> Score:
    """Count numbers by reason, and those that have one."""
    reasons = Counter(number.reason for number in numbers)
    part = sum(number.reason not in OPEN for number in numbers)
    return Score(
        shares={"digits": Share(part=part, whole=len(numbers))},
        digits=dict(sorted(reasons.items())),
    )
