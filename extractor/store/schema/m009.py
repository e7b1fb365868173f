"""Statements of the ninth migration: what was worked out at every look is stored.

Published: never edited, as `migrations` says.
"""

from __future__ import annotations

from extractor.store.schema.m007 import CORRECTED, COUNTED, SELECTED

# Which review decides of a record, and what that leaves of it.
VERDICT_COLUMNS = (
    "alter table reviews add column decides integer not null default 0 "
    "check (decides in (0, 1))",
    "create index reviews_deciding on reviews(verdict) where decides = 1",
    "alter table commitments add column review text "
    "check (review in ('accepted', 'gone'))",
)

_SETS = "kind, method, status, actor_source, target_comparator, target_change"

# As before, with the verdict behind: values are then counted for both public views
# without a look at the rows.
COUNTED_ORDERS = (
    *(
        statement
        for column in COUNTED
        for statement in (
            f"drop index commitments_shown_by_{column}",
            f"create index commitments_shown_by_{column} on commitments"
            f"(is_shown, {column}, review) where {column} is not null",
        )
    ),
    "drop index commitments_shown_by_sets",
    f"create index commitments_shown_by_sets on commitments(is_shown, {_SETS}, review)",
)

# The last index is the one that serves for showing all places, in reading order.
READ_PLACES = (
    """
    create table read_places (
      run_id text not null references runs(id),
      document_id text not null references documents(id),
      item_id text not null references items(id),
      kind text not null check (kind in ('number', 'action')),
      "start" integer not null,
      "end" integer not null,
      rules_says text check (rules_says in ('promise', 'no promise')),
      model_says text check (model_says in ('promise', 'no promise')),
      likelihood real,
      taken text check (taken in ('rules', 'model', 'both')),
      agree integer check (agree in (0, 1)),
      source_path text,
      is_shown integer not null default 0 check (is_shown in (0, 1)),
      primary key (run_id, item_id, kind, "start", "end")
    )
    """,
    "create index read_places_by_item on read_places(item_id)",
    "create index read_places_by_document on read_places(document_id, run_id)",
)
READ_PLACES_ORDERS = (
    "create index read_places_shown_by_sets on read_places"
    "(is_shown, agree, taken, kind, rules_says, model_says)",
    # What differs comes first, then what one reader alone has, then the rest.
    "create index read_places_shown_by_doubt on read_places"
    "(is_shown, coalesce(agree * 2, 1), likelihood is null, likelihood, source_path, "
    '"start")',
    "create index read_places_shown on read_places"
    '(is_shown, source_path, document_id, "start", "end")',
)

REPLACED_BY_STORED = ("v_commitments_reviewed", "v_reviews", "v_readings")


def _read(column: str, reader: str = "") -> str:
    """Return what is said of a place, by one reader; looked up for rows shown alone."""
    who = f"and g.reader = '{reader}'" if reader else "limit 1"
    return (
        f"(select g.{column} from readings g where g.run_id = p.run_id "
        "and g.item_id = p.item_id and g.kind = p.kind "
        f'and g."start" = p."start" and g."end" = p."end" {who})'
    )


_QUOTE = _read("quote")

_REVIEWS_VIEW = """
    create view v_reviews as
    select
      r.id as review_id, r.document_id, r.item_id, r.commitment_id, r.run_id,
      r.reviewer, r.verdict, r.record, r.note, r.created_at, r.anchor, r.decides
    from reviews r
    where r.undoes is null and r.item_id is not null
      and not exists (select 1 from reviews u where u.undoes = r.id)
    """

_READINGS_VIEW = f"""
    create view v_readings as
    select
      p.run_id, p.document_id, p.source_path, p.item_id,
      (select i.label from items i where i.id = p.item_id) as item_label,
      p.kind,
      {_QUOTE} as quote,
      (
        select substr(d.source, max(p."start" - 29, 1), min(p."start", 30)) || '【'
          || {_QUOTE} || '】' || substr(d.source, p."end" + 1, 30)
        from documents d where d.id = p.document_id
      ) as context,
      {_read("action", "rules")} as rules_action,
      {_read("object", "rules")} as rules_object,
      {_read("actor", "rules")} as rules_actor,
      p.rules_says,
      {_read("action", "model")} as model_action,
      {_read("object", "model")} as model_object,
      {_read("actor", "model")} as model_actor,
      p.model_says, p.likelihood, p.taken, p.agree,
      {_read("call_id", "model")} as call_id,
      p."start", p."end"
    from read_places p
    where unlikely(p.is_shown = 1)
    """

REVIEWED_PARTS = (
    # Nobody has judged it.
    f"""
    select
      {SELECTED},
      null as review, null as reviewer, null as reviewed_at, null as review_id
    from commitments c
    where unlikely(c.is_shown = 1) and c.review is null
    """,
    # From the few reviews to their records, by document and anchor: `cross join` and
    # the plus keep SQLite from looking through a million that are shown, for each.
    f"""
    select
      {SELECTED},
      c.review, r.reviewer, r.created_at as reviewed_at, r.id as review_id
    from reviews r
    cross join commitments c on c.document_id = r.document_id and c.anchor = r.anchor
    where r.decides = 1 and r.verdict = 'accept'
      and +c.is_shown = 1 and c.review = 'accepted'
    """,
    f"""
    select
      {CORRECTED},
      iif(r.verdict = 'add', 'added', 'corrected') as review,
      r.reviewer, r.created_at as reviewed_at, r.id as review_id
    from reviews r
    join v_latest_documents l on l.document_id = r.document_id
    join documents d on d.id = r.document_id
    join items i on i.id = r.item_id
    left join commitments c on c.document_id = r.document_id and c.anchor = r.anchor
      and +c.is_shown = 1
    where r.decides = 1 and r.verdict in ('correct', 'add')
    """,
)
"""What `v_commitments_reviewed` is put together of; no row is in two of them."""

VIEWS_OF_STORED = (
    _REVIEWS_VIEW,
    _READINGS_VIEW,
    f"""
    create view v_commitments_reviewed as
    {"union all".join(REVIEWED_PARTS)}
    order by source_path, document_id, "start"
    """,
)
