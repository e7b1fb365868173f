"""Data dictionary of what was read and what was left out; part of `dictionary`."""

from __future__ import annotations

from extractor.browse.columns import (
    DOCUMENT,
    ID,
    ITEM,
    LEFT_OUT,
    LIKELIHOOD,
    READING,
    SPAN,
)
from extractor.browse.meanings.relations import Relation

_BOTH = {
    "rules_says": "promise or no promise; empty when the rules say nothing",
    "model_says": "promise or no promise; empty when the model says nothing",
    **LIKELIHOOD,
    "taken": "Whose reading the record has: rules, model or both; empty when there is "
    "none",
    "agree": "1: both say no promise, or the same verb and object; 0: they differ; "
    "empty when one of them says nothing",
}
"""What rules and model say side by side."""

READING_TABLES = {
    "left_out": Relation(
        "Left out, of all runs",
        "One row a number or date of an item that no record of the run quotes. "
        "Read v_left_out.",
        {
            "id": "Digest of run, item, kind and place",
            "run_id": ID["run_id"],
            "document_id": ID["document_id"],
            "item_id": ID["item_id"],
            "position": "Place in the item, from 0",
            "kind": LEFT_OUT["kind"],
            "quote": LEFT_OUT["quote"],
            **SPAN,
            "reason": LEFT_OUT["reason"],
        },
    ),
    "readings": Relation(
        "Readings, of all runs",
        "One row what one reader, rules or model, says of a number or of a promise "
        "without one. Read v_readings.",
        {
            "id": "Digest of run, item, reader, kind and place",
            "run_id": ID["run_id"],
            "document_id": ID["document_id"],
            "item_id": ID["item_id"],
            "position": "Place in the item, from 0",
            "reader": "rules or model",
            **READING,
            **SPAN,
            "is_promise": "1: a promise; 0: it only looks like one",
            "actor": "Who acts, in the reader's words, which need not be the source's",
            "action": "The verb, in the reader's words",
            "object": "What the verb acts on, in the reader's words",
            **LIKELIHOOD,
            "is_taken": "1: a record was made from it",
            "call_id": "Model call whose answer said it; empty for rules",
        },
    ),
    "read_places": Relation(
        "Places that were read, of all runs",
        "One row a number, or a promise without one, of a run: what both readers say "
        "of it. Read v_readings.",
        {
            "run_id": ID["run_id"],
            "document_id": ID["document_id"],
            "item_id": ID["item_id"],
            "kind": READING["kind"],
            **SPAN,
            **_BOTH,
            "source_path": DOCUMENT["source_path"],
            "is_shown": "1: v_readings shows it; 0: it is of an earlier run or of an "
            "earlier version of the file",
        },
    ),
}

READING_VIEWS = {
    "v_left_out": Relation(
        "What no record says",
        "One row a number or date of an item that no record quotes, with the reason, "
        "in the latest run of the latest version of each file. A year alone is not "
        "counted.",
        {
            "left_out_id": "Leads to its row",
            "run_id": ID["run_id"],
            "document_id": ID["document_id"],
            "source_path": DOCUMENT["source_path"],
            "item_id": ID["item_id"],
            "item_label": ITEM["item_label"],
            **LEFT_OUT,
            "context": "The words around it",
            **SPAN,
        },
    ),
    "v_readings": Relation(
        "What rules and model read",
        "One row a number, or a promise without one, as rules and model each read it, "
        "in the latest run of the latest version of each file.",
        {
            "run_id": ID["run_id"],
            "document_id": ID["document_id"],
            "source_path": DOCUMENT["source_path"],
            "item_id": ID["item_id"],
            "item_label": ITEM["item_label"],
            **READING,
            "context": "The words around it",
            "rules_action": "The verb as the rules read it",
            "rules_object": "The object as the rules read it",
            "rules_actor": "Who acts as the rules read it",
            "rules_says": _BOTH["rules_says"],
            "model_action": "The verb in the model's words",
            "model_object": "The object in the model's words",
            "model_actor": "Who acts in the model's words",
            "model_says": _BOTH["model_says"],
            **LIKELIHOOD,
            "taken": _BOTH["taken"],
            "agree": _BOTH["agree"],
            "call_id": "Model call whose answer said it",
            **SPAN,
        },
    ),
}
