"""Statements of the sixth migration: what rules and model each read, and if they agree.

Published: never edited, as `migrations` says.
"""

from __future__ import annotations

from extractor.store.schema.m001 import COMMITMENTS
from extractor.store.schema.m004 import PLACE_VIEW
from extractor.store.schema.m005 import LEFT_OUT_VIEWS

READINGS_TABLE = (
    """
    create table readings (
      id text primary key not null,
      run_id text not null references runs(id),
      document_id text not null references documents(id),
      item_id text not null references items(id),
      position integer not null,
      reader text not null check (reader in ('rules', 'model')),
      kind text not null check (kind in ('number', 'action')),
      quote text not null,
      "start" integer not null,
      "end" integer not null,
      is_promise integer not null check (is_promise in (0, 1)),
      actor text,
      action text,
      object text,
      likelihood real,
      is_taken integer not null check (is_taken in (0, 1)),
      call_id text references llm_calls(id) on delete set null,
      unique (run_id, item_id, kind, "start", "end", reader),
      check ("end" > "start")
    )
    """,
    "create index readings_by_item on readings(item_id, run_id)",
    "create index readings_by_run on readings(run_id, document_id)",
    "create index readings_by_document on readings(document_id)",
    "create index readings_by_call on readings(call_id)",
)

_TABLE, *_INDEXES = COMMITMENTS
_METHODS = "method in ('model', 'rules', 'reviewer')"
_LAST = """check ("end" > "start")"""
_NEW_TABLE = _TABLE.replace(
    _METHODS, "method in ('model', 'rules', 'both', 'reviewer')"
).replace(
    _LAST,
    "page integer,\n      locator text,\n      "
    "stated integer not null default 0,\n      likelihood real,\n      " + _LAST,
)

# A check cannot be altered, so the table is made anew, by way of a copy and not of
# another name: `alter table rename` looks into every view. Row ids stay, to which the
# full-text index refers; no trigger is there while the rows move, so it stays in step.
REBUILT_COMMITMENTS = (
    "create table commitments_kept as select rowid as row, * from commitments",
    "drop table commitments",
    _NEW_TABLE,
    "insert into commitments (rowid, {columns}) "
    "select row, {columns} from commitments_kept",
    "drop table commitments_kept",
    *_INDEXES,
    # Strategy `closed` said `model` where the model's answer was the rules' reading;
    # of clauses without a number it asks apart, and there the answer alone decides.
    """
    update commitments set method = 'both'
    where method = 'model'
      and run_id in (select id from runs where strategy = 'closed')
      and not exists (
        select 1 from llm_calls l where l.id = call_id and l.purpose = 'soft'
      )
    """,
)

SUPERSEDED_VIEWS = ("v_commitments", "v_runs")

_RUNS = LEFT_OUT_VIEWS[0]
_BY_MODEL = "where method = 'model'"

READINGS_VIEWS = (
    PLACE_VIEW.replace("c.method,", "c.method, c.likelihood,", 1),
    _RUNS.replace(_BY_MODEL, "where method in ('model', 'both')"),
    # A place has one reading a reader, so `max` only picks it. Who acts is no part of
    # agreeing, nor are the words of what both take for no promise.
    """
    create view v_readings as
    select
      p.run_id, p.document_id, p.source_path, p.item_id, i.label as item_label,
      p.kind, p.quote,
      substr(d.source, max(p."start" - 29, 1), min(p."start", 30)) || '【' || p.quote
        || '】' || substr(d.source, p."end" + 1, 30) as context,
      p.rules_action, p.rules_object, p.rules_actor,
      case p.by_rules when 1 then 'promise' when 0 then 'no promise' end as rules_says,
      p.model_action, p.model_object, p.model_actor,
      case p.by_model when 1 then 'promise' when 0 then 'no promise' end as model_says,
      cast(p.likelihood as real) as likelihood,
      case
        when p.rules_taken and p.model_taken then 'both'
        when p.rules_taken then 'rules'
        when p.model_taken then 'model'
      end as taken,
      cast(case
        when p.by_rules is null or p.by_model is null then null
        when not p.by_rules and not p.by_model then 1
        else p.by_rules = p.by_model and p.rules_action is p.model_action
          and p.rules_object is p.model_object
      end as integer) as agree,
      p.call_id, p."start", p."end"
    from (
      select g.run_id, g.document_id, l.source_path, g.item_id, g.kind, g.quote,
        g."start", g."end",
        max(g.action) filter (where g.reader = 'rules') as rules_action,
        max(g.object) filter (where g.reader = 'rules') as rules_object,
        max(g.actor) filter (where g.reader = 'rules') as rules_actor,
        max(g.is_promise) filter (where g.reader = 'rules') as by_rules,
        max(g.is_taken) filter (where g.reader = 'rules') as rules_taken,
        max(g.action) filter (where g.reader = 'model') as model_action,
        max(g.object) filter (where g.reader = 'model') as model_object,
        max(g.actor) filter (where g.reader = 'model') as model_actor,
        max(g.is_promise) filter (where g.reader = 'model') as by_model,
        max(g.is_taken) filter (where g.reader = 'model') as model_taken,
        max(g.likelihood) filter (where g.reader = 'model') as likelihood,
        max(g.call_id) filter (where g.reader = 'model') as call_id
      from v_latest_documents l
      join v_latest_runs r on r.document_id = l.document_id
      join readings g on g.document_id = r.document_id and g.run_id = r.run_id
      group by g.run_id, g.item_id, g.kind, g."start", g."end"
    ) p
    join documents d on d.id = p.document_id
    join items i on i.id = p.item_id
    order by p.source_path, d.id, p."start", p."end"
    """,
)
