"""Score an arm: labelled documents and predictions in, an `ArmResult` out.

Pure.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from extractor.core.claims import Claim, assign_to_items
from extractor.core.spans import Span
from extractor.evals.dataset import Labelled, LoadedDocument
from extractor.evals.gold.claims import item_claims
from extractor.evals.predictions import Predictions
from extractor.evals.results import (
    ArmResult,
    DocumentResult,
    SampleScore,
    make_metrics,
    total,
)
from extractor.evals.scoring.counts import Score, Share, Tally
from extractor.evals.scoring.intervals import Resampling
from extractor.evals.scoring.number_use import (
    LABEL,
    OPEN,
    USED,
    NumberUse,
    account_numbers,
)
from extractor.evals.scoring.score import (
    ErrorCase,
    Sample,
    SampleResult,
    Target,
    score_sample,
)

OUTSIDE = -1
"""Position of the sample that holds what stands in no item."""


def score_arm(
    name: str,
    labelled: Sequence[Labelled],
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
    for one in labelled:
        claims = predictions.claims.get(one.name, ())
        results = _score_items(one, claims)
        spans = None if predictions.items is None else predictions.items[one.name]
        score = total([result.score for _, result in results])
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
        samples += [_sample_score(sample, result.score) for sample, result in results]
        errors += [error for _, result in results for error in result.errors]
    scores = [document.score for document in documents]
    return ArmResult(
        name=name,
        description=description,
        metrics=make_metrics(scores, how, predictions.usage),
        score=total(scores),
        documents=tuple(documents),
        samples=tuple(samples),
        errors=tuple[ErrorCase, ...](errors),
        usage=predictions.usage,
    )


def make_samples(labelled: Labelled) -> tuple[Sample, ...]:
    """Return the samples of a document, one for each gold item."""
    return tuple(
        Sample(
            document=labelled.name,
            position=position,
            label=item.label,
            span=item.item_span,
            target=Target(coverage=item.coverage, claims=item_claims(item)),
        )
        for position, item in enumerate(labelled.gold)
    )


def _score_items(
    labelled: Labelled, claims: Sequence[Claim]
) -> list[tuple[Sample, SampleResult]]:
    samples = make_samples(labelled)
    inside, outside = assign_to_items(claims, [sample.span for sample in samples])
    source = labelled.loaded.document.source
    results = [
        (sample, score_sample(sample, predicted, source))
        for sample, predicted in zip(samples, inside, strict=True)
    ]
    if outside:
        sample = _outside(labelled)
        results.append((sample, score_sample(sample, outside, source)))
    return results


def _outside(labelled: Labelled) -> Sample:
    """Return the sample of everything that is in no item: nothing is right there."""
    return Sample(
        document=labelled.name,
        position=OUTSIDE,
        label=None,
        span=Span(0, len(labelled.loaded.document.source)),
        target=Target(coverage="hard", claims=()),
    )


def _sample_score(sample: Sample, score: Score) -> SampleScore:
    return SampleScore(
        document=sample.document,
        position=sample.position,
        label=sample.label,
        span=sample.span,
        coverage=sample.target.coverage,
        tallies=score.tallies,
    )


def _split_score(labelled: Labelled, spans: Sequence[Span] | None) -> Score:
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
