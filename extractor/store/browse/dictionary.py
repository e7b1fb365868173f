"""Data dictionary of the database: a sentence for each table, view and column.

`serving` shows it in Datasette and a test holds it against the schema.
"""

from __future__ import annotations

from extractor.core.fields import FIELDS
from extractor.store.browse.eval_dictionary import EVAL_TABLES, EVAL_VIEWS
from extractor.store.browse.relations import Relation

_ID = {
    "commitment_id": "Record; leads to its row with every span",
    "run_id": "Run that made the row",
    "document_id": "Document it comes from",
    "item_id": "Item it comes from",
    "call_id": "Model call whose answer made the record; empty for rules",
}
_DOCUMENT = {
    "source_path": "Path of the source file as it was given",
    "title": "Title of the document",
    "issuer": "Body that issued the plan",
    "plan_year": "Year the plan is for; relative dates are counted in it",
}
_PLACE = {
    "page": "Page of the file the clause begins on; empty where there are no pages",
    "locator": "Where to look in the file: page 3, paragraph 12, Sheet1!B4, line 40; "
    "empty for plain text, where start says it",
}
_ITEM = {
    "item_label": "Number of the item as printed, such as （六） or 12.",
    "heading_path": "Headings above the item, outermost first (JSON array)",
}
_SPAN = {
    "start": "First character in the source, counted from 0 in code points",
    "end": "First character after it",
}
_KIND = {
    "kind": "hard: with a target or a deadline; soft: with neither",
    "method": "Who proposed the record: model, rules or reviewer",
}
_CLAUSE = {"clause": "The clause the record comes from, as printed"}
_STATUS = {
    "status": "grounded: every field is in the source; ungrounded: a field was refused",
}
_MODEL = {
    "model": "Model, as given by --model",
    "base_url": "Endpoint; empty for local and rules",
    "strategy": "How the model was asked: closed or open",
    "soft": "How soft commitments were found: model, rules or off",
    "prompt_name": "Prompt and its version",
    "prompt_sha256": "Digest of the prompt's files",
    "schema_version": "Version of the record layout",
    "product_version": "Version of this program",
}
_CALL = {
    "purpose": "What the call asked for",
    "model": "Model name as sent",
    "attempt": "Which attempt of the same request this was, from 1",
    "status": "HTTP status; empty when no answer came",
    "error": "What went wrong; empty when nothing did",
    "finish_reason": "Why the model stopped: stop, length, …",
    "prompt_tokens": "Tokens sent",
    "cached_tokens": "Of these, tokens the server had cached",
    "completion_tokens": "Tokens answered",
    "latency_s": "Seconds from request to answer",
    "cost_usd": "Price in US dollars; empty when it is not known",
}
_OUTCOMES = {
    "items": "Items the run was to do; the sum of the next three",
    "with_records": "Items that gave records",
    "without_records": "Items that gave none",
    "failed": "Items whose model call failed; --resume does them again",
}

TABLES = {
    "documents": Relation(
        "Documents",
        "One row a version of a source file: an edited file is another document. "
        "Earlier versions stay; the views leave them out, v_versions says which.",
        {
            "id": "First 16 hex digits of sha256",
            "sha256": "Digest of the file's bytes",
            "path": _DOCUMENT["source_path"],
            "encoding": "Codec the bytes were decoded with; the format's name where "
            "its library decodes",
            "title": _DOCUMENT["title"],
            "issuer": _DOCUMENT["issuer"],
            "plan_year": _DOCUMENT["plan_year"],
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
            "document_id": _ID["document_id"],
            "place": "The file, seen from the database's folder; tells files apart",
            "path": _DOCUMENT["source_path"],
            "seen_at": "When it was last read there (UTC)",
        },
    ),
    "items": Relation(
        "Items",
        "One row a numbered work point. Search words of three characters or more here, "
        "of any length in v_items.",
        {
            "id": "Digest of document, place and text",
            "document_id": _ID["document_id"],
            "position": "Place in the document from 0; empty when a later version "
            "splits the document differently",
            "label": _ITEM["item_label"],
            "heading_path": _ITEM["heading_path"],
            "title": "The item's own opening title",
            **_SPAN,
            "text": "The item as printed",
        },
    ),
    "runs": Relation(
        "Runs",
        "One row an invocation of extract run; its numbers are in v_runs.",
        {
            "id": "Digest of everything that decides the records",
            **_MODEL,
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
            "run_id": _ID["run_id"],
            "document_id": _ID["document_id"],
            "position": "Place in the run, from 0",
            "started_at": "When the run last began it (UTC)",
            "finished_at": "When the run was through with it (UTC)",
            **_OUTCOMES,
        },
    ),
    "run_items": Relation(
        "Outcomes",
        "One row an item of a run: what came of it.",
        {
            "run_id": _ID["run_id"],
            "item_id": _ID["item_id"],
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
            **_CALL,
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
            "run_id": _ID["run_id"],
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
            "run_id": _ID["run_id"],
            "document_id": _ID["document_id"],
            "item_id": _ID["item_id"],
            "position": "Place in the item, from 0",
            **_CLAUSE,
            **_SPAN,
            **{name: words for f in FIELDS for name, words in f.columns().items()},
            **_KIND,
            **_STATUS,
            "ungrounded": "Fields that were refused and the model's words (JSON array)",
            "call_id": _ID["call_id"],
            **_PLACE,
        },
    ),
    **EVAL_TABLES,
}
"""The tables, in reading order."""

VIEWS = {
    "v_commitments": Relation(
        "Commitments",
        "Who does what, how much, by when: one row a record of the latest run of the "
        "latest version of each file. Every quote is the source's own words.",
        {
            "commitment_id": _ID["commitment_id"],
            "run_id": _ID["run_id"],
            "document_id": _ID["document_id"],
            "source_path": _DOCUMENT["source_path"],
            **_PLACE,
            **{name: _DOCUMENT[name] for name in ("title", "issuer", "plan_year")},
            **_ITEM,
            **{field.column: field.meaning for field in FIELDS if field.is_scored},
            **_KIND,
            **_CLAUSE,
            "start": "Where the clause starts in documents.source, in code points",
            "end": "Where it ends",
            **_STATUS,
        },
    ),
    "v_items": Relation(
        "Items and what came of them",
        "One row a numbered work point of the latest version of each file, with the "
        "outcome of its latest run.",
        {
            "item_id": "Item; leads to its row",
            "run_id": "Latest run of the document",
            "document_id": _ID["document_id"],
            **_DOCUMENT,
            "position": "Place in the document, from 0",
            **_ITEM,
            "item_title": "The item's own opening title",
            "outcome": "records, none or failed; empty when not yet done",
            "records": "How many records",
            **_SPAN,
            "text": "The item as printed",
        },
    ),
    "v_runs": Relation(
        "Runs in numbers",
        "One row a run: what it made and what it cost.",
        {
            "run_id": "Run; leads to its settings",
            "status": "running (or killed), finished, failed or interrupted",
            "model": _MODEL["model"],
            "strategy": _MODEL["strategy"],
            "soft": _MODEL["soft"],
            "created_at": "When it was first started (UTC)",
            "finished_at": "When it last ended (UTC)",
            "documents": "Documents it began",
            **_OUTCOMES,
            "records": "Records it made",
            "hard": "Of these, with a target or a deadline",
            "soft_records": "Of these, with neither",
            "grounded": "Records whose every field is in the source",
            "ungrounded": "Records with a field that was refused",
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
            "commitment_id": _ID["commitment_id"],
            "run_id": _ID["run_id"],
            "document_id": _ID["document_id"],
            "source_path": _DOCUMENT["source_path"],
            "item_id": _ID["item_id"],
            "item_label": _ITEM["item_label"],
            "field": "Field that was refused",
            "words": "The model's words",
            **_CLAUSE,
            "method": _KIND["method"],
            **_STATUS,
            "call_id": _ID["call_id"],
        },
    ),
    "v_calls": Relation(
        "Ledger",
        "One row a model call, without its bodies.",
        {
            "call_id": "Call; leads to its row with request and answer",
            "run_id": "Run that made the call",
            "item_id": "Item it was made for",
            "source_path": _DOCUMENT["source_path"],
            "item_label": _ITEM["item_label"],
            **_CALL,
            "started_at": "When it was sent (UTC)",
            "records": "Records its answer made, over all runs",
        },
    ),
    "v_provenance": Relation(
        "Says who?",
        "One row a record of any run: model, prompt, versions and rules behind it.",
        {
            "commitment_id": _ID["commitment_id"],
            "run_id": _ID["run_id"],
            **_MODEL,
            "method": _KIND["method"],
            **{field.column: field.meaning for field in FIELDS if field.kind == "rule"},
            "call_id": _ID["call_id"],
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
            "document_id": _ID["document_id"],
            "source_path": _DOCUMENT["source_path"],
            "title": _DOCUMENT["title"],
            "plan_year": _DOCUMENT["plan_year"],
            "seen_at": "When the file was last read with this content (UTC)",
            "is_latest": "1: the views show it; 0: a later version has its place",
            "latest_document_id": "The version that the views show",
        },
    ),
    "v_latest_documents": Relation(
        "Latest documents",
        "One row a document that is the latest version of a file.",
        {
            "document_id": _ID["document_id"],
            "source_path": _DOCUMENT["source_path"],
        },
    ),
    **EVAL_VIEWS,
}
"""The views, in reading order."""

RELATIONS = TABLES | VIEWS
