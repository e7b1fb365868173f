"""Statements of the third migration: which version of a file is the latest.

Published: never edited, as `migrations` says.
"""

from __future__ import annotations

VERSION_TABLES = (
    """
    create table document_paths (
      id text primary key not null,
      document_id text not null references documents(id),
      place text not null,
      path text not null,
      seen_at text not null
    )
    """,
    "create index document_paths_by_place on document_paths(place)",
    "create index document_paths_by_document on document_paths(document_id)",
)

REPLACED_VIEWS = ("v_commitments", "v_items", "v_ungrounded")

# A version that no run has finished takes no finished one's place: half a table is
# worse than yesterday's.
VERSION_VIEWS = (
    """
    create view v_versions as
    select
      v.document_id, v.path as source_path, d.title, d.plan_year, v.seen_at,
      cast(v.latest_document_id = v.document_id as integer) as is_latest,
      v.latest_document_id
    from (
      select *, first_value(document_id) over (
        partition by place
        order by is_finished desc, seen_at desc, document_id
      ) as latest_document_id
      from (
        select *, exists (
          select 1 from run_documents r
          where r.document_id = document_paths.document_id
            and r.finished_at is not null
        ) as is_finished
        from document_paths
      )
    ) v
    join documents d on d.id = v.document_id
    order by v.place, v.seen_at, v.document_id
    """,
    """
    create view v_latest_documents as
    select document_id, source_path
    from (
      select *, row_number() over (
        partition by document_id order by seen_at desc, source_path
      ) as at
      from v_versions where is_latest
    )
    where at = 1
    """,
    """
    create view v_commitments as
    select
      c.id as commitment_id, c.run_id, c.document_id, l.source_path,
      d.title, d.issuer, d.plan_year, i.label as item_label, i.heading_path,
      c.actor, c.actor_source, c.partners, c.action, c.object,
      c.target_quote, c.target_value, c.target_upper, c.target_baseline,
      c.target_unit, c.target_comparator, c.target_change,
      c.deadline_quote, c.deadline_date, c.deadline_basis,
      c.kind, c.method, c.clause, c."start", c."end", c.status
    from v_latest_documents l
    join v_latest_runs r on r.document_id = l.document_id
    join documents d on d.id = r.document_id
    join commitments c on c.document_id = r.document_id and c.run_id = r.run_id
    join items i on i.id = c.item_id
    order by l.source_path, d.id, i."start", c."start", c.position
    """,
    """
    create view v_items as
    select
      i.id as item_id, r.run_id, i.document_id, l.source_path,
      d.title, d.issuer, d.plan_year, i.position, i.label as item_label,
      i.heading_path, i.title as item_title, ri.outcome,
      cast(coalesce(ri.records, 0) as integer) as records, i."start", i."end", i.text
    from v_latest_documents l
    join documents d on d.id = l.document_id
    join items i on i.document_id = d.id
    left join v_latest_runs r on r.document_id = i.document_id
    left join run_items ri on ri.item_id = i.id and ri.run_id = r.run_id
    where i.position is not null
    order by l.source_path, d.id, i.position
    """,
    """
    create view v_ungrounded as
    select
      c.id as commitment_id, c.run_id, c.document_id, l.source_path,
      i.id as item_id, i.label as item_label, json_extract(u.value, '$[0]') as field,
      json_extract(u.value, '$[1]') as words, c.clause, c.method, c.status, c.call_id
    from v_latest_documents l
    join v_latest_runs r on r.document_id = l.document_id
    join commitments c on c.document_id = r.document_id and c.run_id = r.run_id
    join items i on i.id = c.item_id
    join json_each(c.ungrounded) u
    """,
)
