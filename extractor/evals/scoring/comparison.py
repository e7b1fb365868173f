"""Compare two arms on the same documents: two `ArmResult`s in, a verdict out.

Pure; the statistics are in `intervals`.
"""

from __future__ import annotations

from extractor.core.errors import ConfigError
from extractor.evals.results import ArmResult, Comparison, SampleChange
from extractor.evals.scoring.counts import Tally
from extractor.evals.scoring.intervals import Resampling, compare_ratios
from extractor.evals.scoring.score import Sample

Key = tuple[str, int]


def compare_arms(
    a: ArmResult, b: ArmResult, how: Resampling, metric: str = "strict"
) -> Comparison:
    """Compare two arms by the F1 of a metric, paired by document.

    An item is won when b makes fewer errors in it than a: missed plus spurious
    records, which is predicted + gold - 2 correct.

    Raises:
        ConfigError: the arms were not scored on the same documents.
    """
    names = [document.name for document in a.documents]
    if names != [document.name for document in b.documents]:
        raise ConfigError(
            f"arms {a.name!r} and {b.name!r} were scored on different documents"
        )
    ours, theirs = _errors(a, metric), _errors(b, metric)
    changes, ties = [], 0
    for key in sorted(ours | theirs, key=lambda k: (names.index(k[0]), k[1])):
        low, high = ours.get(key, (0, None)), theirs.get(key, (0, None))
        if low[0] == high[0]:
            ties += 1
            continue
        sample = low[1] or high[1]
        changes.append(
            SampleChange(
                document=key[0],
                position=key[1],
                label=sample.label if sample else None,
                a_errors=low[0],
                b_errors=high[0],
            )
        )
    return Comparison(
        a=a.name,
        b=b.name,
        metric=metric,
        paired=compare_ratios(_ratio(a, metric), _ratio(b, metric), how),
        wins=sum(change.b_errors < change.a_errors for change in changes),
        losses=sum(change.b_errors > change.a_errors for change in changes),
        ties=ties,
        changes=tuple(changes),
    )


def _ratio(arm: ArmResult, metric: str) -> tuple[list[float], list[float]]:
    """Return parts and wholes of F1 by document."""
    tallies = [document.score.tally(metric) for document in arm.documents]
    return (
        [2.0 * tally.correct for tally in tallies],
        [float(tally.predicted + tally.gold) for tally in tallies],
    )


def _errors(arm: ArmResult, metric: str) -> dict[Key, tuple[int, Sample | None]]:
    counted: dict[Key, tuple[int, Sample | None]] = {}
    for sample in arm.samples:
        tally = sample.tallies.get(metric, Tally())
        errors = tally.predicted + tally.gold - 2 * tally.correct
        counted[sample.document, sample.position] = (errors, sample)
    return counted
