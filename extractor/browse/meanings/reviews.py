"""Data dictionary of reviews; part of `dictionary`."""

from __future__ import annotations

from extractor.browse.columns import ID
from extractor.browse.meanings.relations import Relation

_VERDICT = (
    "accept, correct, reject or add: of a record; note; done: the reviewer has said "
    "all that the item promises"
)
_WITH_REST = "1: accepted with all that was left of its item, not by itself"
_RECORD = (
    "The record as corrected or added (JSON with the columns of commitments); its "
    "target_rule is reviewer where they set the comparator"
)
_ANCHOR = (
    "What tells the record from others of the document, the same in every run; "
    "empty for an item"
)
_DECIDES = "1: the latest verdict on its record; 0: another one is, or it is none"

REVIEW_TABLES = {
    "reviews": Relation(
        "Reviews",
        "One row what a person said of a record or an item. Rows are never changed or "
        "deleted: one that takes another back says so in undoes. v_reviews has those "
        "that stand.",
        {
            "id": "Digest of what was said, by whom and when",
            "document_id": ID["document_id"],
            "item_id": ID["item_id"],
            "commitment_id": "Record that was judged, though it may be gone since; "
            "empty for one that a reviewer added, and for an item",
            "run_id": "Run that made that record",
            "reviewer": "Who said it",
            "verdict": _VERDICT,
            "record": _RECORD,
            "note": "In the reviewer's words",
            "created_at": "When (UTC)",
            "undoes": "The review that this one takes back; it says nothing else",
            "anchor": _ANCHOR,
            "decides": _DECIDES,
            "with_rest": _WITH_REST,
        },
    ),
}

REVIEW_VIEWS = {
    "v_reviews": Relation(
        "Reviews that stand",
        "One row a review that is not taken back. Of several verdicts on a record the "
        "latest decides, whoever gave it; all are kept.",
        {
            "review_id": "Review; leads to its row",
            "document_id": ID["document_id"],
            "item_id": ID["item_id"],
            "commitment_id": "Record that was judged, though it may be gone since",
            "run_id": "Run that made that record",
            "reviewer": "Who said it",
            "verdict": _VERDICT,
            "with_rest": _WITH_REST,
            "record": _RECORD,
            "note": "In the reviewer's words",
            "created_at": "When (UTC)",
            "anchor": _ANCHOR,
            "decides": _DECIDES,
        },
    ),
}

REVIEWED = {
    "review": "accepted, corrected or added; empty where nobody has judged",
    "reviewer": "Whose verdict decides",
    "reviewed_at": "When it was given (UTC)",
    "review_id": "Review; leads to its row",
}
"""What `v_commitments_reviewed` has besides the columns of `v_commitments`."""

REVIEWED_DESCRIPTION = (
    "The table as people left it: records that were rejected are gone, corrected ones "
    "corrected, added ones there. A verdict holds for the record of a later run in the "
    "same place; where that run has none there, a correction or an addition stays, an "
    "acceptance or a rejection waits."
)
