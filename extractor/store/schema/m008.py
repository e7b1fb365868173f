"""Statements of the eighth migration: a million records, and what reviewers wrote.

Published: never edited, as `migrations` says.
"""

from __future__ import annotations

from extractor.store.schema.m007 import RECORD_TEXT

# One row a review with a record, under its row id. Reviews are never deleted.
REVIEWS_FULL_TEXT = (
    "CREATE VIRTUAL TABLE reviews_fts USING FTS5 "
    f"({', '.join(RECORD_TEXT)}, tokenize='unicode61 remove_diacritics 0')"
)

# Each is in the order of a question, with the words that it looks through, so that
# rows are read for what is shown alone.
ORDERS = (
    "create index commitments_shown_by_object on commitments"
    '(is_shown, object, plan_year, source_path, "start") '
    "where target_quote is not null",
    "create index commitments_shown_by_body on commitments"
    '(is_shown, who, source_path, "start", actor, issuer, partners)',
    "create index commitments_shown_ungrounded on commitments(is_shown, source_path) "
    "where ungrounded <> '[]'",
)

OUTGROWN_VIEW = "v_ungrounded"

UNGROUNDED_VIEW = """
    create view v_ungrounded as
    select
      c.id as commitment_id, c.run_id, c.document_id, c.source_path,
      i.id as item_id, i.label as item_label, json_extract(u.value, '$[0]') as field,
      json_extract(u.value, '$[1]') as words, c.clause, c.method, c.status, c.call_id
    from commitments c
    join items i on i.id = c.item_id
    join json_each(c.ungrounded) u
    where c.is_shown = 1 and c.ungrounded <> '[]'
    """
