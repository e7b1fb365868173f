"""Data dictionary of what `extract eval` leaves behind; part of `dictionary`."""

from __future__ import annotations

from extractor.browse.meanings.relations import Relation
from extractor.core.fields import STRICT

_EVAL_RUN_ID = "Evaluation that found it; leads to its gold, arms and gate"
_RUN_ID = "Run that was scored; empty for rules, replies, exports and several runs"
_ARM = "What was scored: rules, a strategy, an export, or the second reading"
_GOLD_SHA256 = "Digest of documents, gold and readings; other gold, other scores"
_LOW = "Lower end of the 95 % interval over documents; empty with fewer than two"
_HIGH = "Upper end of it"
_VERSION = "Version of this program"
_FINISHED_AT = "When it was last done (UTC)"
_TASK = "Name of the task"

EVAL_TABLES = {
    "eval_runs": Relation(
        "Evaluations",
        "One row an invocation of extract eval with a database; done again with the "
        "same outcome it is the same row. Its figures are in eval_scores.",
        {
            "id": "Digest of task, gold, arms, program and everything found",
            "task": _TASK,
            "description": "What the task says of itself",
            "gold_sha256": _GOLD_SHA256,
            "documents": "Documents with gold",
            "items": "Items with gold",
            "hard": "Gold records with a target or a deadline",
            "soft": "Gold records with neither, in items labelled in full",
            "seed": "Seed of the resampling behind the intervals",
            "resamples": "How often documents were drawn anew",
            "arms": "What was scored: name, description and runs (JSON array)",
            "gate_passed": "1 or 0; empty for a task without a gate",
            "gate_reason": "What was below the gate; empty when nothing was",
            "product_version": _VERSION,
            "code": "Digest of the code, which changes between versions, too",
            "created_at": "When it was first done (UTC)",
            "finished_at": _FINISHED_AT,
        },
    ),
    "eval_scores": Relation(
        "Scores of all evaluations",
        "One row a figure of an arm. v_eval_scores has the latest headlines side by "
        "side.",
        {
            "id": "Digest of evaluation, arm, metric and figure",
            "eval_run_id": _EVAL_RUN_ID,
            "position": "Place in the evaluation, from 0",
            "arm": _ARM,
            "metric": "found: number or date right; strict: everything right; "
            "soft_found, soft: promises; items: boundaries; ungrounded: records with a "
            "refused field; soft_objects: overlap; digits: numbers accounted for; "
            "strict_by_…, soft_by_…: records right, by method (one: model or rules); "
            "field.…: values of one field",
            "figure": "f1, precision, recall or share (a part of a whole)",
            "value": "The figure, not rounded; empty when nothing was counted",
            "low": _LOW,
            "high": _HIGH,
            "n": "What it is over: gold; predictions for a precision; the whole for a "
            "share",
            "correct": "Right records or values; the part of a share",
            "predicted": "Records or values that the arm has",
            "gold": "Records or values that the gold has",
            "wrong": "Values that are others than the gold's; this and the next five "
            "for fields only",
            "missed": "Values that matched records leave empty",
            "spurious": "Values of matched records where the gold has none",
            "correct_null": "Rightly empty in matched records",
            "missed_records": "Values of gold records that were not found at all",
            "spurious_records": "Values of records that the gold does not have",
            "run_id": _RUN_ID,
        },
    ),
}

EVAL_VIEWS = {
    "v_eval_scores": Relation(
        "Scores",
        "How good it is: one row an arm of a task, from the latest evaluation that "
        "scored it. Compare rows of the same gold only.",
        {
            "task": _TASK,
            "arm": _ARM,
            "eval_run_id": _EVAL_RUN_ID,
            "run_id": _RUN_ID,
            "documents": "Documents with gold",
            "hard": "Gold records with a target or a deadline: the n of found, strict",
            "soft": "Gold records with neither: the n of soft",
            "found_f1": "F1 of number or date right",
            "found_low": _LOW,
            "found_high": _HIGH,
            "found_precision": "Share of the arm's hard records",
            "found_recall": "Share of the gold's hard records",
            "strict_f1": f"F1 of everything right: {', '.join(STRICT)}",
            "strict_low": _LOW,
            "strict_high": _HIGH,
            "strict_precision": "Share of the arm's hard records",
            "strict_recall": "Share of the gold's hard records",
            "soft_f1": "F1 of promises without number or date",
            "soft_low": _LOW,
            "soft_high": _HIGH,
            "items_f1": "F1 of items that begin and end where they should",
            "items_low": _LOW,
            "items_high": _HIGH,
            "ungrounded": "Share of records with a field that was refused",
            "ungrounded_low": _LOW,
            "ungrounded_high": _HIGH,
            "digits": "Share of the text's numbers that are used or left out by name",
            "digits_low": _LOW,
            "digits_high": _HIGH,
            "gold_sha256": _GOLD_SHA256,
            "product_version": _VERSION,
            "finished_at": "When it was last evaluated (UTC)",
        },
    ),
}
