"""Statements of the fifth migration: what no record says, and what was refused.

Published: never edited, as `migrations` says.
"""

from __future__ import annotations

from extractor.store.schema.m001 import VIEWS

LEFT_OUT_TABLE = (
    """
    create table left_out (
      id text primary key not null,
      run_id text not null references runs(id),
      document_id text not null references documents(id),
      item_id text not null references items(id),
      position integer not null,
      kind text not null check (kind in ('number', 'date')),
      quote text not null,
      "start" integer not null,
      "end" integer not null,
      reason text not null,
      check ("end" > "start")
    )
    """,
    "create index left_out_by_item on left_out(item_id, run_id)",
    "create index left_out_by_run on left_out(run_id, document_id)",
    "create index left_out_by_document on left_out(document_id)",
)

# Of records of earlier versions it is not known.
STATED_COLUMN = "alter table commitments add column stated integer not null default 0"

REPLACED_RUNS = "v_runs"

_RUNS = next(view for view in VIEWS if f"view {REPLACED_RUNS} as" in view)
_COUNTED = "cast(coalesce(c.ungrounded, 0) as integer) as ungrounded,"
_JOINED = "group by run_id\n    ) c on c.run_id = r.id"
_ANSWERED = """
      cast(coalesce(v.answered, 0) as integer) as answered,
      cast(coalesce(v.refused, 0) as integer) as refused,
      cast(coalesce(n.left_out, 0) as integer) as left_out,"""
_VALUES = """
    left join (
      select run_id, sum(json_array_length(ungrounded)) as refused,
        sum(stated) as answered
      from commitments where method = 'model' group by run_id
    ) v on v.run_id = r.id
    left join (
      select run_id, count(*) as left_out from left_out group by run_id
    ) n on n.run_id = r.id"""

LEFT_OUT_VIEWS = (
    _RUNS.replace(_COUNTED, _COUNTED + _ANSWERED).replace(_JOINED, _JOINED + _VALUES),
    """
    create view v_left_out as
    select
      n.id as left_out_id, n.run_id, n.document_id, l.source_path,
      n.item_id, i.label as item_label, n.kind, n.quote, n.reason,
      substr(d.source, max(n."start" - 29, 1), min(n."start", 30)) || '【' || n.quote
        || '】' || substr(d.source, n."end" + 1, 30) as context,
      n."start", n."end"
    from v_latest_documents l
    join v_latest_runs r on r.document_id = l.document_id
    join documents d on d.id = r.document_id
    join left_out n on n.document_id = r.document_id and n.run_id = r.run_id
    join items i on i.id = n.item_id
    order by l.source_path, d.id, n."start"
    """,
)
