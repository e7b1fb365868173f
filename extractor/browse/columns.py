"""What a column means wherever it stands: shared by tables and views."""

from __future__ import annotations

ID = {
    "commitment_id": "Record; leads to its row with every span",
    "run_id": "Run that made the row",
    "document_id": "Document it comes from",
    "item_id": "Item it comes from",
    "call_id": "Model call whose answer made the record; empty for rules",
}
DOCUMENT = {
    "source_path": "Path of the source file as it was given",
    "title": "Title of the document",
    "issuer": "Body that issued the plan",
    "plan_year": "Year the plan is for; relative dates are counted in it",
}
PLACE = {
    "page": "Page of the file the clause begins on; empty where there are no pages",
    "locator": "Where to look in the file: page 3, paragraph 12, Sheet1!B4, line 40; "
    "empty for plain text, where start says it",
}
ITEM = {
    "item_label": "Number of the item as printed, such as （六） or 12.",
    "heading_path": "Headings above the item, outermost first (JSON array)",
}
CLEAN = {
    "who": "Who must act: the actor, else the issuer; simplified and without damage",
    "unit": "The target's unit, simplified: 個 and 个 are one; empty without a target",
}
SPAN = {
    "start": "First character in the source, counted from 0 in code points",
    "end": "First character after it",
}
KIND = {
    "kind": "hard: with a target or a deadline; soft: with neither",
    "method": "Whose reading it is: both (rules and model read verb and object the "
    "same), rules, model (theirs differ, or they have none) or reviewer",
}
LIKELIHOOD = {
    "likelihood": "Lowest log-probability (natural) of the model's tokens that say it: "
    "the lower, the less sure; empty where none is known",
}
READING = {
    "kind": "number, or action: a promise without one",
    "quote": "The number as printed, or the words from verb to object",
}
CLAUSE = {"clause": "The clause the record comes from, as printed"}
STATUS = {
    "status": "grounded: every field is in the source; ungrounded: a field was refused",
}
LEFT_OUT = {
    "kind": "number or date",
    "quote": "The number or date as printed",
    "reason": "Why the rules read no promise in it: existing, eligibility, "
    "merely-counted, …; target or deadline where they do, and no record has it",
}
MODEL = {
    "model": "Model, as given by --model",
    "base_url": "Endpoint; empty for local and rules",
    "strategy": "How the model was asked: sentences, marked or open",
    "soft": "How soft commitments were found: model, rules or off",
    "prompt_name": "Prompt and its version",
    "prompt_sha256": "Digest of the prompt's files",
    "schema_version": "Version of the record layout",
    "product_version": "Version of this program",
}
CALL = {
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
OUTCOMES = {
    "items": "Items the run was to do; the sum of the next three",
    "with_records": "Items that gave records",
    "without_records": "Items that gave none",
    "failed": "Items whose model call failed; --resume does them again",
}
