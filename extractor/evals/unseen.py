"""Unseen documents: a result in, the same figures out without a trace of the errors.

Whoever reads where a document was read wrongly mends that, and the document is unseen
no more; so nobody is shown it, in no form of report.
"""

from __future__ import annotations

from extractor.evals.results import ArmResult, EvalResult
from extractor.evals.scoring.counts import Score


def without_errors(result: EvalResult) -> EvalResult:
    """Return a result without anything that says which item, number or word is wrong.

    Left out are errors, samples, confused words, unused numbers and changed items.
    """
    return result.model_copy(
        update={
            "arms": tuple(map(_arm, result.arms)),
            "agreement": result.agreement and _arm(result.agreement),
            "agreement_alone": result.agreement_alone and _arm(result.agreement_alone),
            "comparisons": tuple(
                one.model_copy(update={"changes": ()}) for one in result.comparisons
            ),
        }
    )


def _arm(arm: ArmResult) -> ArmResult:
    documents = tuple(
        one.model_copy(update={"score": _score(one.score), "unused": ()})
        for one in arm.documents
    )
    return arm.model_copy(
        update={
            "score": _score(arm.score),
            "documents": documents,
            "samples": (),
            "errors": (),
        }
    )


def _score(score: Score) -> Score:
    return score.model_copy(update={"confusions": {}})
