"""Compare two arms on the same documents: two `ArmResult`s in, a verdict out.

Pure; the statistics are in `intervals`.
"""

from __future__ import annotations

from extractor.core.errors import ConfigError
from extractor.evals.results import ArmResult, Comparison, SampleChange
from extractor.evals.scoring.counts import Tally, f1_ratios
from extractor.evals.scoring.intervals import Resampling, compare_ratios
from extractor.evals.scoring.sample_score import Sample

Key = tuple[str, int]


def compare_arms(
    a: ArmResult, b: ArmResult, how: Resampling, metric: str = "strict"
) -> Comparison:
    """Compare two arms by the F1 of a metric, paired by document.

    An item is won when b makes fewer errors in it than a.

    Raises:
        ConfigError: the arms were not scored on the same documents.
    """
    names = [document.name for document in a.documents]
    if names != [document.name for document in b.documents]:
        raise ConfigError(
            f"arms {a.name!r} and {b.name!r} were scored on different documents"
        )
    ours, theirs = _samples(a), _samples(b)
    changes, ties = [], 0
    for key in sorted(ours | theirs, key=lambda k: (names.index(k[0]), k[1])):
        a_errors, b_errors = (
            one[key].tallies.get(metric, Tally()).errors if key in one else 0
            for one in (ours, theirs)
        )
        if a_errors == b_errors:
            ties += 1
            continue
        changes.append(
            SampleChange(
                document=key[0],
                position=key[1],
                label=(ours.get(key) or theirs[key]).label,
                a_errors=a_errors,
                b_errors=b_errors,
            )
        )
    return Comparison(
        a=a.name,
        b=b.name,
        metric=metric,
        paired=compare_ratios(_ratios(a, metric), _ratios(b, metric), how),
        wins=sum(change.b_errors < change.a_errors for change in changes),
        losses=sum(change.b_errors > change.a_errors for change in changes),
        ties=ties,
        changes=tuple(changes),
    )


def _ratios(arm: ArmResult, metric: str) -> tuple[list[float], list[float]]:
    """Return parts and wholes of F1 by document."""
    return f1_ratios([document.score.tally(metric) for document in arm.documents])


def _samples(arm: ArmResult) -> dict[Key, Sample]:
    return {(sample.document, sample.position): sample for sample in arm.samples}
