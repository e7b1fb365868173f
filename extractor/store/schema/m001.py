"""Statements of the first migration: documents, runs, the ledger, records and views.

Published: never edited, as `migrations` says.
"""

from __future__ import annotations

DOCUMENTS = (
    """
    create table documents (
      id text primary key not null,
      sha256 text not null unique,
      path text not null,
      encoding text not null,
      title text,
      issuer text,
      plan_year integer,
      n_chars integer not null,
      source text not null,
      cuts text not null check (json_valid(cuts)),
      added_at text not null
    )
    """,
    """
    create table items (
      id text primary key not null,
      document_id text not null references documents(id),
      position integer,
      label text,
      heading_path text not null check (json_valid(heading_path)),
      title text,
      "start" integer not null check ("start" >= 0),
      "end" integer not null check ("end" > "start"),
      text text not null
    )
    """,
    "create index items_by_document on items(document_id, position)",
)

RUNS = (
    """
    create table runs (
      id text primary key not null,
      model text not null,
      base_url text,
      strategy text not null,
      soft text not null,
      prompt_name text,
      prompt_sha256 text,
      schema_version text not null,
      product_version text not null,
      config text not null check (json_valid(config)),
      status text not null
        check (status in ('running', 'finished', 'failed', 'interrupted')),
      created_at text not null,
      finished_at text
    )
    """,
    # The check is law 3: nothing is lost between the splitter and the outcomes.
    """
    create table run_documents (
      run_id text not null references runs(id),
      document_id text not null references documents(id),
      position integer not null,
      started_at text not null,
      finished_at text,
      items integer,
      with_records integer,
      without_records integer,
      failed integer,
      primary key (run_id, document_id),
      check (items = with_records + without_records + failed)
    )
    """,
    "create index run_documents_by_document on run_documents(document_id)",
    """
    create table run_items (
      run_id text not null references runs(id),
      item_id text not null references items(id),
      outcome text not null check (outcome in ('records', 'none', 'failed')),
      records integer not null check (records >= 0),
      finished_at text not null,
      primary key (run_id, item_id),
      check (outcome <> 'none' or records = 0),
      check (outcome <> 'records' or records > 0)
    )
    """,
    "create index run_items_by_item on run_items(item_id)",
    """
    create table llm_calls (
      id text primary key not null,
      run_id text not null references runs(id),
      item_id text references items(id) on delete set null,
      request_key text not null,
      purpose text not null,
      model text not null,
      attempt integer not null,
      status integer,
      error text,
      finish_reason text,
      prompt_tokens integer,
      cached_tokens integer,
      completion_tokens integer,
      latency_s real,
      cost_usd real,
      request_body text,
      response_body text,
      started_at text not null
    )
    """,
    "create index llm_calls_by_request on llm_calls(request_key, status)",
    "create index llm_calls_by_run on llm_calls(run_id)",
    "create index llm_calls_by_item on llm_calls(item_id)",
    """
    create table failures (
      id text primary key not null,
      run_id text not null references runs(id),
      item_id text not null references items(id),
      kind text not null,
      message text not null,
      attempts integer not null,
      created_at text not null
    )
    """,
    "create index failures_by_item on failures(item_id, run_id)",
)

COMMITMENTS = (
    """
    create table commitments (
      id text primary key not null,
      run_id text not null references runs(id),
      document_id text not null references documents(id),
      item_id text not null references items(id),
      position integer not null,
      clause text not null,
      "start" integer not null,
      "end" integer not null,
      actor text,
      actor_start integer,
      actor_end integer,
      actor_source text not null
        check (actor_source in ('issuer', 'stated', 'inherited')),
      partners text not null check (json_valid(partners)),
      partner_spans text not null check (json_valid(partner_spans)),
      action text,
      action_start integer,
      action_end integer,
      object text,
      object_start integer,
      object_end integer,
      target_quote text,
      target_start integer,
      target_end integer,
      target_value numeric,
      target_upper numeric,
      target_baseline numeric,
      target_unit text,
      target_comparator text check (target_comparator in
        ('eq', 'ge', 'le', 'gt', 'lt', 'approx', 'range')),
      target_change text check (target_change in ('level', 'increase', 'decrease')),
      target_rule text,
      deadline_quote text,
      deadline_start integer,
      deadline_end integer,
      deadline_date text,
      deadline_basis text
        check (deadline_basis in ('absolute', 'plan_year', 'named_period')),
      deadline_rule text,
      kind text not null check (kind in ('hard', 'soft')),
      method text not null check (method in ('model', 'rules', 'reviewer')),
      status text not null check (status in ('grounded', 'ungrounded')),
      ungrounded text not null check (json_valid(ungrounded)),
      call_id text references llm_calls(id) on delete set null,
      check ("end" > "start")
    )
    """,
    "create index commitments_by_item on commitments(item_id, run_id)",
    "create index commitments_by_run on commitments(run_id, document_id)",
    "create index commitments_by_document on commitments(document_id)",
    "create index commitments_by_call on commitments(call_id)",
    "create index commitments_by_deadline on commitments(deadline_date)",
)

# A computed column is cast: without a type, Datasette's `records = '1'` finds nothing.
VIEWS = (
    """
    create view v_latest_runs as
    select document_id, run_id, started_at, finished_at
    from (
      select *, row_number() over (
        partition by document_id
        order by finished_at is null, finished_at desc, started_at desc, run_id
      ) as place
      from run_documents
    )
    where place = 1
    """,
    """
    create view v_commitments as
    select
      c.id as commitment_id, c.run_id, c.document_id, d.path as source_path,
      d.title, d.issuer, d.plan_year, i.label as item_label, i.heading_path,
      c.actor, c.actor_source, c.partners, c.action, c.object,
      c.target_quote, c.target_value, c.target_upper, c.target_baseline,
      c.target_unit, c.target_comparator, c.target_change,
      c.deadline_quote, c.deadline_date, c.deadline_basis,
      c.kind, c.method, c.clause, c."start", c."end", c.status
    from v_latest_runs r
    join documents d on d.id = r.document_id
    join commitments c on c.document_id = r.document_id and c.run_id = r.run_id
    join items i on i.id = c.item_id
    order by d.path, d.id, i."start", c."start", c.position
    """,
    """
    create view v_items as
    select
      i.id as item_id, r.run_id, i.document_id, d.path as source_path,
      d.title, d.issuer, d.plan_year, i.position, i.label as item_label,
      i.heading_path, i.title as item_title, ri.outcome,
      cast(coalesce(ri.records, 0) as integer) as records, i."start", i."end", i.text
    from items i
    join documents d on d.id = i.document_id
    left join v_latest_runs r on r.document_id = i.document_id
    left join run_items ri on ri.item_id = i.id and ri.run_id = r.run_id
    where i.position is not null
    order by d.path, d.id, i.position
    """,
    """
    create view v_runs as
    select
      r.id as run_id, r.status, r.model, r.strategy, r.soft, r.created_at,
      r.finished_at,
      cast((select count(*) from run_documents x where x.run_id = r.id) as integer)
        as documents,
      cast(coalesce(o.items, 0) as integer) as items,
      cast(coalesce(o.with_records, 0) as integer) as with_records,
      cast(coalesce(o.without_records, 0) as integer) as without_records,
      cast(coalesce(o.failed, 0) as integer) as failed,
      cast(coalesce(c.records, 0) as integer) as records,
      cast(coalesce(c.hard, 0) as integer) as hard,
      cast(coalesce(c.soft, 0) as integer) as soft_records,
      cast(coalesce(c.grounded, 0) as integer) as grounded,
      cast(coalesce(c.ungrounded, 0) as integer) as ungrounded,
      cast(coalesce(l.calls, 0) as integer) as calls,
      cast(coalesce(l.failed_calls, 0) as integer) as failed_calls,
      cast(coalesce(l.prompt_tokens, 0) as integer) as prompt_tokens,
      cast(coalesce(l.cached_tokens, 0) as integer) as cached_tokens,
      cast(coalesce(l.completion_tokens, 0) as integer) as completion_tokens,
      cast(coalesce(l.seconds, 0) as real) as seconds,
      cast(l.cost_usd as real) as cost_usd
    from runs r
    left join (
      select run_id, count(*) as items, sum(outcome = 'records') as with_records,
        sum(outcome = 'none') as without_records, sum(outcome = 'failed') as failed
      from run_items group by run_id
    ) o on o.run_id = r.id
    left join (
      select run_id, count(*) as records, sum(kind = 'hard') as hard,
        sum(kind = 'soft') as soft, sum(status = 'grounded') as grounded,
        sum(status = 'ungrounded') as ungrounded
      from commitments group by run_id
    ) c on c.run_id = r.id
    left join (
      select run_id, count(*) as calls,
        sum(status is not 200 or error is not null) as failed_calls,
        sum(prompt_tokens) as prompt_tokens, sum(cached_tokens) as cached_tokens,
        sum(completion_tokens) as completion_tokens, sum(latency_s) as seconds,
        sum(cost_usd) as cost_usd
      from llm_calls group by run_id
    ) l on l.run_id = r.id
    """,
    """
    create view v_ungrounded as
    select
      c.id as commitment_id, c.run_id, c.document_id, d.path as source_path,
      i.id as item_id, i.label as item_label, json_extract(u.value, '$[0]') as field,
      json_extract(u.value, '$[1]') as words, c.clause, c.method, c.status, c.call_id
    from v_latest_runs r
    join documents d on d.id = r.document_id
    join commitments c on c.document_id = r.document_id and c.run_id = r.run_id
    join items i on i.id = c.item_id
    join json_each(c.ungrounded) u
    """,
    """
    create view v_calls as
    select
      l.id as call_id, l.run_id, l.item_id, d.path as source_path,
      i.label as item_label, l.purpose, l.model, l.attempt, l.status, l.error,
      l.finish_reason, l.prompt_tokens, l.cached_tokens, l.completion_tokens,
      l.latency_s, l.cost_usd, l.started_at,
      cast((select count(*) from commitments c where c.call_id = l.id) as integer)
        as records
    from llm_calls l
    left join items i on i.id = l.item_id
    left join documents d on d.id = i.document_id
    """,
    """
    create view v_provenance as
    select
      c.id as commitment_id, c.run_id, r.model, r.base_url, r.strategy, r.soft,
      r.prompt_name, r.prompt_sha256, r.schema_version, r.product_version,
      c.method, c.target_rule, c.deadline_rule, c.call_id,
      r.created_at
    from commitments c
    join runs r on r.id = c.run_id
    """,
)
