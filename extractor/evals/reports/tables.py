"""Tables of an evaluation's report: an `EvalResult` in, cells of plain text out.

Pure; shared by every kind of report, so that all show the same figures.
Cells are not escaped: whoever renders them does that.
"""

from __future__ import annotations

from extractor.evals.baselines import Baseline, compare_to_baseline
from extractor.evals.reports.parts import (
    HEADLINES,
    KINDS,
    Section,
    Table,
    figure,
    rated,
    with_interval,
)
from extractor.evals.reports.records_made import calibration, cost, methods
from extractor.evals.reports.wording import (
    NOTHING,
    describe,
    item_name,
    kinds_by_arm,
    worst_items,
)
from extractor.evals.results import EvalResult, Metric
from extractor.evals.scoring.counts import FieldCounts
from extractor.evals.scoring.fields import COMPUTED_FIELDS, FIELDS
from extractor.evals.scoring.number_use import OPEN
from extractor.evals.tasks import GATED_METRICS

ARMS = ("rules", "sentences", "marked", "open")
"""What a report should hold side by side."""
_MOST_CONFUSIONS = 12
_MOST_ITEMS = 5
_MOST_ERRORS = 6
_MOST_CHANGES = 20
_MOST_NUMBERS = 15


def sections(result: EvalResult, baseline: Baseline | None = None) -> list[Section]:
    """Return every section of the report, in order."""
    found = [
        _scores(result),
        methods(result),
        calibration(result),
        _comparisons(result),
        _baseline(result, baseline),
        _fields(result),
        _confusions(result),
        _given_quote(result),
        _others(result),
        _numbers(result),
        cost(result),
        _documents(result),
        _worst(result),
    ]
    return [section for section in found if section.tables or section.notes]


def _scores(result: EvalResult) -> Section:
    head = ["arm", "documents"]
    for kind, words in KINDS:
        head += [f"{kind} n", *(f"{w} F1 (95 %)" for w in words.values())]
    rows, sides = [], []
    for name, arm in rated(result):
        cells, halves = [name, str(len(arm.documents))], [name]
        for _, names in KINDS:
            metrics = [arm.metric(metric) for metric in names]
            cells += [str(metrics[0].gold), *map(with_interval, metrics)]
            for metric in metrics:
                halves += [figure(metric.precision), figure(metric.recall)]
        rows.append(tuple(cells))
        sides.append(tuple(halves))
    side_head = [f"{w} {side}" for w in HEADLINES.values() for side in ("P", "R")]
    tables = (
        Table(tuple(head), tuple(rows)),
        Table(("arm", *side_head), tuple(sides), title="Precision and recall"),
    )
    notes = [f"{arm.name}: {arm.description}" for arm in result.arms]
    notes.append(_human_note(result))
    scored = {arm.name.partition(":")[0] for arm in result.arms}
    absent = [name for name in ARMS if name not in scored]
    if absent:
        notes.append(
            f"Not scored: {', '.join(absent)} (needs a stored run with --db, --model, "
            "or recorded replies with --cassette)"
        )
    return Section("Scores", tables, tuple(notes))


def _human_note(result: EvalResult) -> str:
    if result.agreement is None:
        return "Human agreement: no second reading of these documents"
    return (
        "second reader: the second reading scored like an arm against the first "
        "reading, two independent ones, and not against gold that was settled from "
        f"both; on the {len(result.agreement.documents)} documents that have two"
    )


def _comparisons(result: EvalResult) -> Section:
    head = ("question", "metric", "difference (95 %)", "items won", "lost", "tied",
            "smallest detectable", "verdict")  # fmt: skip
    rows, tables = [], []
    for one in result.comparisons:
        paired, bounds = one.paired, one.paired.interval
        shown = NOTHING if paired.difference is None else f"{paired.difference:+.3f}"
        if bounds:
            shown += f" ({bounds.low:+.3f} to {bounds.high:+.3f})"
        rows.append((
            f"is {one.b} better than {one.a}?", one.metric, shown, str(one.wins),
            str(one.losses), str(one.ties), figure(paired.detectable), paired.verdict,
        ))  # fmt: skip
        if one.metric == "strict" and one.changes:
            changes = sorted(
                one.changes, key=lambda c: -abs(c.a_errors - c.b_errors)
            )[:_MOST_CHANGES]  # fmt: skip
            tables.append(
                Table(
                    ("document", "item", f"errors of {one.a}", f"errors of {one.b}"),
                    tuple(
                        (c.document, item_name(c.position, c.label), str(c.a_errors),
                         str(c.b_errors))
                        for c in changes
                    ),
                    title=f"Items that {one.a} and {one.b} did not do equally well "
                    f"({len(changes)} of {len(one.changes)})",
                    texts=2,
                )
            )  # fmt: skip
    if not rows:
        return Section("Comparison")
    note = (
        "Paired on the same resampled documents; an item is won with fewer missed and "
        "spurious records. Smallest detectable: the true difference in F1 that this "
        "gold would show with 80 % power."
    )
    return Section("Comparison", (Table(head, tuple(rows), texts=2), *tables), (note,))


def _baseline(result: EvalResult, baseline: Baseline | None) -> Section:
    if baseline is None:
        return Section("Baseline")
    changes = [
        change
        for change in compare_to_baseline(result, baseline)
        if change.metric in (*GATED_METRICS, "digits")
    ]
    rows = tuple(
        (c.arm, c.metric, figure(c.before), figure(c.now),
         NOTHING if c.difference is None else f"{c.difference:+.3f}")
        for c in changes
    )  # fmt: skip
    head = ("arm", "metric", "baseline", "now", "change")
    return Section("Baseline", (Table(head, rows, texts=2),) if rows else ())


def _fields(result: EvalResult) -> Section:
    head = ("field", "F1 (95 %)", "second reader", "correct", "correct null",
            "wrong", "missed", "spurious", "in missed records",
            "in spurious records")  # fmt: skip
    tables = []
    for arm in result.arms:
        rows = []
        for field in FIELDS:
            c = arm.score.fields.get(field, FieldCounts())
            human = result.agreement
            counts = (c.correct, c.correct_null, c.wrong, c.missed, c.spurious,
                      c.missed_records, c.spurious_records)  # fmt: skip
            rows.append((
                field,
                with_interval(arm.metric(f"field.{field}")),
                figure(human.metric(f"field.{field}").value) if human else NOTHING,
                *map(str, counts),
            ))  # fmt: skip
        tables.append(Table(head, tuple(rows), title=arm.name))
    return Section("Fields", tuple(tables))


def _confusions(result: EvalResult) -> Section:
    kinds, counted_kinds = kinds_by_arm(result)
    names = list(counted_kinds)
    errors = Table(
        ("error", *names),
        tuple(
            (kind, *(str(counts[kind]) for counts in counted_kinds.values()))
            for kind in kinds
        ),
        title="Error kinds of hard records (a record can have several)",
    )
    tables = [errors] if kinds else []
    for field in ("comparator", "unit"):
        counted: dict[str, list[int]] = {}
        for index, arm in enumerate(result.arms):
            for pair, count in arm.score.confusions.get(field, {}).items():
                counted.setdefault(pair, [0] * len(names))[index] = count
        rows = sorted(counted.items(), key=lambda entry: (-max(entry[1]), entry[0]))
        if rows:
            tables.append(
                Table(
                    ("gold → predicted", *names),
                    tuple((p, *map(str, c)) for p, c in rows[:_MOST_CONFUSIONS]),
                    title=f"{field.capitalize()} errors",
                )
            )
    return Section("Errors", tuple(tables))


def _given_quote(result: EvalResult) -> Section:
    shown = rated(result)
    rows = tuple(
        (field, *(_share(arm.metric(f"given_quote.{field}")) for _, arm in shown))
        for field in COMPUTED_FIELDS
    )
    head = ("field", *(name for name, _ in shown))
    note = "How often a computed field is right where its quote is right."
    return Section("Values given the right quote", (Table(head, rows),), (note,))


def _share(metric: Metric) -> str:
    if metric.value is None:
        return NOTHING
    return f"{metric.value:.3f} ({metric.correct:g} of {metric.gold})"


_OTHERS = (
    ("soft_objects", "soft: overlap of objects"),
    ("items", "items split as labelled, F1"),
    ("ungrounded", "records with a refused field"),
    ("digits", "numbers used or left out by name"),
)


def _others(result: EvalResult) -> Section:
    shown = rated(result)
    rows = []
    for name, meaning in _OTHERS:
        metrics = [arm.metric(name) for _, arm in shown]
        cells = (with_interval(metric) for metric in metrics)
        rows.append((meaning, *cells, str(max(metric.gold for metric in metrics))))
    head = ("measure (95 %)", *(name for name, _ in shown), "n at most")
    return Section("Items, coverage", (Table(head, tuple(rows)),))


def _numbers(result: EvalResult) -> Section:
    names = [arm.name for arm in result.arms]
    reasons = sorted({reason for arm in result.arms for reason in arm.score.digits})
    rows = tuple(
        (
            f"{reason} (open)" if reason in OPEN else reason,
            *(str(arm.score.digits.get(reason, 0)) for arm in result.arms),
        )
        for reason in reasons
    )
    tables = [Table(("reason", *names), rows)] if rows else []
    for arm in result.arms:
        left = [
            (document.name, use.label or NOTHING, use.number.text, use.reason)
            for document in arm.documents
            for use in document.unused
            if use.reason in OPEN
        ]
        if left:
            shown = tuple(left[:_MOST_NUMBERS])
            title = f"{arm.name}: not accounted for ({len(shown)} of {len(left)})"
            head = ("document", "item", "number", "reason")
            tables.append(Table(head, shown, title, texts=4))
    note = "What became of every number of every item; open ones have no reason."
    return Section("Numbers", tuple(tables), (note,) if tables else ())


def _documents(result: EvalResult) -> Section:
    columns = [f"{arm.name} {w}" for arm in result.arms for w in HEADLINES.values()]
    rows = []
    for index, info in enumerate(result.documents):
        cells = [info.name, info.used or NOTHING]
        cells += map(str, (info.items, info.hard, info.soft))
        for arm in result.arms:
            score = arm.documents[index].score
            cells += [figure(score.tally(metric).f1) for metric in HEADLINES]
        rows.append(tuple(cells))
    head = ("document", "used for", "items", "hard", "soft", *columns)
    return Section("Documents", (Table(head, tuple(rows), texts=2),))


# --- worst items -------------------------------------------------------------------


def _worst(result: EvalResult) -> Section:
    tables = []
    for arm in result.arms:
        rows = []
        for errors in worst_items(arm)[:_MOST_ITEMS]:
            first = errors[0]
            told = [describe(error) for error in errors[:_MOST_ERRORS]]
            if len(errors) > len(told):
                told.append(f"and {len(errors) - len(told)} more")
            place = (
                first.document,
                item_name(first.item, first.label),
                str(len(errors)),
            )
            rows.append((*place, "; ".join(told)))
        if rows:
            head = ("document", "item", "errors", "what differs")
            tables.append(Table(head, tuple(rows), arm.name, texts=4))
    return Section("Worst items", tuple(tables))
