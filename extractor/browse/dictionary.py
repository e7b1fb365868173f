"""Data dictionary of the database: a sentence for each table, view and column.

`serving` shows it in Datasette and a test holds it against the schema.
"""

from __future__ import annotations

from extractor.browse.columns import (
    CALL,
    CLAUSE,
    CLEAN,
    DOCUMENT,
    ID,
    ITEM,
    KIND,
    LIKELIHOOD,
    MODEL,
    OUTCOMES,
    PLACE,
    SPAN,
    STATUS,
)
from extractor.browse.meanings.batches import BATCH_TABLES
from extractor.browse.meanings.evals import EVAL_TABLES, EVAL_VIEWS
from extractor.browse.meanings.readings import READING_TABLES, READING_VIEWS
from extractor.browse.meanings.relations import Relation
from extractor.browse.meanings.reviews import (
    REVIEW_TABLES,
    REVIEW_VIEWS,
    REVIEWED,
    REVIEWED_DESCRIPTION,
)
from extractor.core.fields import FIELDS
from extractor.store.schema.m007 import COLUMNS

TABLES = {
    "documents": Relation(
        "Documents",
        "One row a version of a source file: an edited file is another document. "
        "Earlier versions stay; the views leave them out, v_versions says which.",
        {
            "id": "First 16 hex digits of sha256",
            "sha256": "Digest of the file's bytes",
            "path": DOCUMENT["source_path"],
            "encoding": "Codec the bytes were decoded with; the format's name where "
            "its library decodes",
            "title": DOCUMENT["title"],
            "issuer": DOCUMENT["issuer"],
            "plan_year": DOCUMENT["plan_year"],
            "n_chars": "Length of source in code points",
            "source": "The text as a person sees it; every span of the database counts "
            "in it",
            "cuts": "What the model did not see, with place and reason (JSON array)",
            "added_at": "When it was first read (UTC)",
            "format": "text, html, docx, pdf, markdown, xlsx or csv",
            "places": "Where in the file stretches of source stand: start, locator, "
            "page, box (JSON array; empty for plain text)",
        },
    ),
    "document_paths": Relation(
        "Places of documents",
        "One row a document and place it was found in. Read v_versions.",
        {
            "id": "Digest of document and place",
            "document_id": ID["document_id"],
            "place": "The file, seen from the database's folder; tells files apart",
            "path": DOCUMENT["source_path"],
            "seen_at": "When it was last read there (UTC)",
        },
    ),
    "document_sheets": Relation(
        "What runs know of files",
        "One row a document that was read whole: a file that has nothing left to do "
        "is not read again.",
        {
            "document_id": ID["document_id"],
            "key": "Digest of the code that read the file and of what it was told",
            "sheet": "What a run says of the file without reading it (JSON)",
        },
    ),
    "items": Relation(
        "Items",
        "One row a numbered work point.",
        {
            "id": "Digest of document, place and text",
            "document_id": ID["document_id"],
            "position": "Place in the document from 0; empty when a later version "
            "splits the document differently",
            "label": ITEM["item_label"],
            "heading_path": ITEM["heading_path"],
            "title": "The item's own opening title",
            **SPAN,
            "text": "The item as printed",
        },
    ),
    "runs": Relation(
        "Runs",
        "One row an invocation of extract run; its numbers are in v_runs.",
        {
            "id": "Digest of everything that decides the records",
            **MODEL,
            "config": "Every other setting that decides the records (JSON)",
            "status": "running (or killed), finished, failed or interrupted",
            "created_at": "When it was first started (UTC)",
            "finished_at": "When it last ended (UTC)",
        },
    ),
    "run_documents": Relation(
        "Documents of a run",
        "One row a document of a run, with its item count.",
        {
            "run_id": ID["run_id"],
            "document_id": ID["document_id"],
            "position": "Place in the run, from 0",
            "started_at": "When the run last began it (UTC)",
            "finished_at": "When the run was through with it (UTC)",
            **OUTCOMES,
        },
    ),
    "run_items": Relation(
        "Outcomes",
        "One row an item of a run: what came of it.",
        {
            "run_id": ID["run_id"],
            "item_id": ID["item_id"],
            "outcome": "records, none or failed",
            "records": "How many records",
            "finished_at": "When (UTC)",
        },
    ),
    "llm_calls": Relation(
        "Model calls",
        "The ledger: one row an HTTP attempt, successful or not. "
        "v_calls has it without the bodies.",
        {
            "id": "Digest of run, request and which attempt it was",
            "run_id": "Run that made the call; others may reuse its answer",
            "item_id": "Item it was made for",
            "request_key": "Digest of all that decides the answer",
            **CALL,
            "request_body": "The request as sent (JSON)",
            "response_body": "The answer as received",
            "started_at": "When it was sent (UTC)",
        },
    ),
    "failures": Relation(
        "Failures",
        "One row an item that failed, until a resumed run does it.",
        {
            "id": "Digest of run and item",
            "run_id": ID["run_id"],
            "item_id": "Item that failed",
            "kind": "Class of the error",
            "message": "What went wrong",
            "attempts": "HTTP attempts made",
            "created_at": "When (UTC)",
        },
    ),
    "commitments": Relation(
        "Records of all runs",
        "One row a record with every span and the rules that fired. "
        "v_commitments is the table to read.",
        {
            "id": "Digest of run, item, clause and fields",
            "run_id": ID["run_id"],
            "document_id": ID["document_id"],
            "item_id": ID["item_id"],
            "position": "Place in the item, from 0",
            **CLAUSE,
            **SPAN,
            **{name: words for f in FIELDS for name, words in f.columns().items()},
            **KIND,
            **STATUS,
            "ungrounded": "Fields that were refused and the model's words (JSON array)",
            "call_id": ID["call_id"],
            **PLACE,
            "stated": "How many fields were filled in, refused ones among them",
            **LIKELIHOOD,
            **CLEAN,
            "issuer": DOCUMENT["issuer"],
            "plan_year": DOCUMENT["plan_year"],
            "anchor": "What tells it from others of its document, the same in every "
            "run: the place of its number, else of its clause and verb",
            "source_path": DOCUMENT["source_path"],
            "is_shown": "1: v_commitments shows it; 0: it is of an earlier run or of "
            "an earlier version of the file",
            "review": "What reviewers leave of it: accepted; gone: rejected, or a "
            "correction stands in its place; empty where nobody has judged",
        },
    ),
    **READING_TABLES,
    **BATCH_TABLES,
    **REVIEW_TABLES,
    **EVAL_TABLES,
}
"""The tables, in reading order."""

_PUBLIC = {
    **CLEAN,
    **DOCUMENT,
    **PLACE,
    **ITEM,
    **{field.column: field.meaning for field in FIELDS if field.is_scored},
    **KIND,
    **LIKELIHOOD,
    **CLAUSE,
    **STATUS,
    **{name: ID[name] for name in ("commitment_id", "run_id", "document_id")},
    "item_id": ID["item_id"],
    "start": "Where the clause starts in documents.source, in code points",
    "end": "Where it ends",
}

VIEWS = {
    "v_commitments": Relation(
        "Commitments",
        "Who does what, how much, by when: one row a record of the latest run of the "
        "latest version of each file. Every quote is the source's own words.",
        {name: _PUBLIC[name] for name, _ in COLUMNS},
    ),
    "v_commitments_reviewed": Relation(
        "Commitments as reviewed",
        REVIEWED_DESCRIPTION,
        {name: _PUBLIC[name] for name, _ in COLUMNS} | REVIEWED,
    ),
    "v_items": Relation(
        "Items and what came of them",
        "One row a numbered work point of the latest version of each file, with the "
        "outcome of its latest run.",
        {
            "item_id": "Item; leads to its row",
            "run_id": "Latest run of the document",
            "document_id": ID["document_id"],
            **DOCUMENT,
            "position": "Place in the document, from 0",
            **ITEM,
            "item_title": "The item's own opening title",
            "outcome": "records, none or failed; empty when not yet done",
            "records": "How many records",
            **SPAN,
            "text": "The item as printed",
        },
    ),
    "v_runs": Relation(
        "Runs in numbers",
        "One row a run: what it made and what it cost.",
        {
            "run_id": "Run; leads to its settings",
            "status": "running (or killed), finished, failed or interrupted",
            "model": MODEL["model"],
            "strategy": MODEL["strategy"],
            "soft": MODEL["soft"],
            "created_at": "When it was first started (UTC)",
            "finished_at": "When it last ended (UTC)",
            "documents": "Documents it began",
            **OUTCOMES,
            "records": "Records it made",
            "hard": "Of these, with a target or a deadline",
            "soft_records": "Of these, with neither",
            "grounded": "Records whose every field is in the source",
            "ungrounded": "Records with a field that was refused",
            "answered": "Fields that the model filled in",
            "refused": "Of these, fields that the source does not have",
            "left_out": "Numbers and dates of items that are in no record",
            "calls": "HTTP attempts it made; reused answers cost nothing",
            "failed_calls": "Of these, without a usable answer",
            "prompt_tokens": "Tokens sent",
            "cached_tokens": "Of these, tokens the server had cached",
            "completion_tokens": "Tokens answered",
            "seconds": "Sum of the calls' latencies",
            "cost_usd": "Price in US dollars; empty when it is not known",
        },
    ),
    "v_ungrounded": Relation(
        "What was refused",
        "One row a field that the model stated and the source does not have, in the "
        "latest run of the latest version of each file.",
        {
            "commitment_id": ID["commitment_id"],
            "run_id": ID["run_id"],
            "document_id": ID["document_id"],
            "source_path": DOCUMENT["source_path"],
            "item_id": ID["item_id"],
            "item_label": ITEM["item_label"],
            "field": "Field that was refused",
            "words": "The model's words",
            **CLAUSE,
            "method": KIND["method"],
            **STATUS,
            "call_id": ID["call_id"],
        },
    ),
    **READING_VIEWS,
    **REVIEW_VIEWS,
    "v_calls": Relation(
        "Ledger",
        "One row a model call, without its bodies.",
        {
            "call_id": "Call; leads to its row with request and answer",
            "run_id": "Run that made the call",
            "item_id": "Item it was made for",
            "source_path": DOCUMENT["source_path"],
            "item_label": ITEM["item_label"],
            **CALL,
            "started_at": "When it was sent (UTC)",
            "records": "Records its answer made, over all runs",
        },
    ),
    "v_provenance": Relation(
        "Says who?",
        "One row a record of any run: model, prompt, versions and rules behind it.",
        {
            "commitment_id": ID["commitment_id"],
            "run_id": ID["run_id"],
            **MODEL,
            "method": KIND["method"],
            **{field.column: field.meaning for field in FIELDS if field.kind == "rule"},
            "call_id": ID["call_id"],
            "created_at": "When the run was first started (UTC)",
        },
    ),
    "v_latest_runs": Relation(
        "Latest runs",
        "One row a document: the run last finished on it, else the one last started.",
        {
            "document_id": "Document",
            "run_id": "Its latest run",
            "started_at": "When that run began the document (UTC)",
            "finished_at": "When it was through with it (UTC)",
        },
    ),
    "v_versions": Relation(
        "Versions of files",
        "One row a document and file. The latest version is the one last read of those "
        "that a run has finished; records of earlier ones are in commitments.",
        {
            "document_id": ID["document_id"],
            "source_path": DOCUMENT["source_path"],
            "title": DOCUMENT["title"],
            "plan_year": DOCUMENT["plan_year"],
            "seen_at": "When the file was last read with this content (UTC)",
            "is_latest": "1: the views show it; 0: a later version has its place",
            "latest_document_id": "The version that the views show",
        },
    ),
    "v_latest_documents": Relation(
        "Latest documents",
        "One row a document that is the latest version of a file.",
        {
            "document_id": ID["document_id"],
            "source_path": DOCUMENT["source_path"],
        },
    ),
    **EVAL_VIEWS,
}
"""The views, in reading order."""

RELATIONS = TABLES | VIEWS
