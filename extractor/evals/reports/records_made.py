"""Who made the records, how sure they were, at what cost: a result in, sections out.

Pure; a part of `tables`.
"""

from __future__ import annotations

from extractor.evals.reports.parts import Section, Table, figure, with_interval
from extractor.evals.reports.wording import NOTHING
from extractor.evals.results import ArmResult, EvalResult
from extractor.evals.scoring.calibration import Bin, Calibration
from extractor.evals.scoring.sample_score import METHODS

_ALONE = "one"
"""Of `METHODS`, what `both` is held against."""
_METHOD_NOTE = (
    "Strictly right are hard records as in Scores, and soft ones whose clause and verb "
    "are right, in items labelled in full; of what the method made, whether or not "
    "there is gold for it. one: made by model or rules, and not by both."
)
_CALIBRATION_NOTE = (
    "The probability is that of the least likely token that the record was taken from; "
    "it is calibrated where as many are right as it states. Bins are quantiles; "
    "intervals are the wider of Wilson's and that over documents."
)


def methods(result: EvalResult) -> Section:
    """Return how many records each method made, and the share that is right."""
    head = ("arm", "method", "hard", "share", "strictly right (95 %)", "soft",
            "share", "right (95 %)")  # fmt: skip
    rows = tuple(row for arm in result.arms for row in _method_rows(arm))
    if not rows:
        return Section("Methods")
    return Section("Methods", (Table(head, rows, texts=2),), (_METHOD_NOTE,))


def _method_rows(arm: ArmResult) -> list[tuple[str, ...]]:
    kinds = ("strict", "soft")
    made = {
        method: [arm.metric(f"{kind}_by_{method}") for kind in kinds]
        for method in METHODS
    }
    has_both = any(metric.gold for metric in made["both"])
    rows = []
    for method, metrics in made.items():
        # Without `both` it would repeat the rows above.
        if not any(m.gold for m in metrics) or (method == _ALONE and not has_both):
            continue
        cells = [arm.name, method]
        for metric, kind in zip(metrics, kinds, strict=True):
            predicted = arm.score.tally(kind).predicted
            share = metric.gold / predicted if predicted else None
            cells += [str(metric.gold), figure(share), with_interval(metric)]
        rows.append(tuple(cells))
    return rows


def calibration(result: EvalResult) -> Section:
    """Hold stated probabilities against what is right, arm by arm."""
    found = [(arm.name, one) for arm in result.arms for one in arm.calibrations]
    tables = tuple(_calibration_table(name, one) for name, one in found)
    return Section("Calibration", tables, (_CALIBRATION_NOTE,) if tables else ())


def _calibration_table(name: str, one: Calibration) -> Table:
    head = ("stated, from", "to", "n", "mean stated", "right (95 %)")
    rows = tuple(
        (figure(b.low), figure(b.high), str(b.records), figure(b.stated), _right(b))
        for b in one.bins
    )
    title = f"{name}, {one.kind} records: expected calibration error {one.error:.3f}"
    return Table(head, rows, title, texts=0)


def _right(one: Bin) -> str:
    return f"{one.share:.3f} ({one.interval.low:.3f} to {one.interval.high:.3f})"


def cost(result: EvalResult) -> Section:
    """Return calls, tokens, seconds and dollars of the arms that have a ledger."""
    rows = []
    for arm in result.arms:
        if arm.usage is None:
            continue
        use = arm.usage
        rows.append((
            arm.name, str(use.items), str(use.calls), str(use.failed_calls),
            _amount(arm, "seconds_per_item", 2), _amount(arm, "cost_per_item", 6),
            _amount(arm, "tokens_per_item", 1), str(use.prompt_tokens),
            str(use.cached_tokens), str(use.completion_tokens), str(use.records),
            _amount(arm, "tokens_per_record", 1), _amount(arm, "cost_per_record", 6),
        ))  # fmt: skip
    head = ("arm", "items", "calls", "failed", "model seconds an item",
            "US dollars an item", "tokens an item", "prompt tokens",
            "of them cached", "completion tokens", "records", "tokens a record",
            "US dollars a record")  # fmt: skip
    if not rows:
        note = "No ledger: rules make no calls, and replays and exports have no cost."
        return Section("Cost", notes=(note,))
    return Section("Cost", (Table(head, tuple(rows)),))


def _amount(arm: ArmResult, name: str, places: int) -> str:
    value = arm.metric(name).value
    return NOTHING if value is None else f"{value:.{places}f}"
