"""Statements of the twelfth migration: what was accepted together, not one by one.

Published: never edited, as `migrations` says.
"""

from __future__ import annotations

TOGETHER = (
    "alter table reviews add column with_rest integer not null default 0 "
    "check (with_rest in (0, 1))",
    "drop view v_reviews",
    """
    create view v_reviews as
    select
      r.id as review_id, r.document_id, r.item_id, r.commitment_id, r.run_id,
      r.reviewer, r.verdict, r.with_rest, r.record, r.note, r.created_at, r.anchor,
      r.decides
    from reviews r
    where r.undoes is null and r.item_id is not null
      and not exists (select 1 from reviews u where u.undoes = r.id)
    """,
)
