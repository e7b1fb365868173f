"""The canned queries that `serving` offers.

Each works in any SQLite client, but for the search: `plugin` gives SQL the function
that makes a query of full text out of words.
"""

from __future__ import annotations

from dataclasses import dataclass

from extractor.core.fields import FIELDS, QUOTES


@dataclass(frozen=True)
class CannedQuery:
    """A question people ask of the database."""

    title: str
    description: str
    sql: str
    params: tuple[str, ...] = ()
    """What the reader fills in; an empty field does not restrict."""


# The words around a number are cut out of its document, so not for all of them.
_MOST = 1001
"""One more than Datasette shows: it then says that there are others."""
_MOST_FOUND = 500
"""Rows of each kind that a search shows."""
_WHAT = ", ".join(field.column for field in QUOTES[1:])
_RECORD = f"""who, {_WHAT}, deadline_date, clause, item_label, title, plan_year,
  source_path, commitment_id"""
_TARGET = ", ".join(f.column for f in FIELDS if f.source == "target" and f.is_scored)

QUERIES = {
    "search": CannedQuery(
        "Search records and items",
        "Chinese full text in either script: a word of any length, or several that "
        "must all occur, in clauses and quotes, headings, titles and issuers. What "
        f"fits best comes first (bm25), {_MOST_FOUND} records and as many items.",
        f"""
select found, commitment_id, item_id, source_path, item_label, text from (
  select 'record' as found, c.id as commitment_id, c.item_id, c.source_path,
    i.label as item_label, c.clause as text, f.rank
  from (
    select f.rowid, rank from commitments_fts f
    join commitments s on s.rowid = f.rowid and s.is_shown = 1
    where commitments_fts match search_query(:words)
    order by rank limit {_MOST_FOUND}
  ) f
  join commitments c on c.rowid = f.rowid
  join items i on i.id = c.item_id
  union all
  select 'item', null, i.id, l.source_path, i.label, i.text, f.rank
  from (
    select f.rowid, rank from items_fts f
    join items s on s.rowid = f.rowid and s.position is not null
    where items_fts match search_query(:words)
    order by rank limit {_MOST_FOUND}
  ) f
  join items i on i.rowid = f.rowid
  join v_latest_documents l on l.document_id = i.document_id
)
order by found desc, rank
""",
        ("words",),
    ),
    "due_before": CannedQuery(
        "Due on or before a date",
        "What must be done by a date such as 2022-06-30, earliest first.",
        f"""
select {_RECORD}
from v_commitments
where deadline_date is not null and (:date = '' or deadline_date <= :date)
order by deadline_date, source_path, start
""",
        ("date",),
    ),
    "targets_by_indicator": CannedQuery(
        "Targets by indicator",
        "Numbers promised for an indicator or object, such as 学位, over all plans.",
        f"""
select object, target_quote, unit, {_TARGET},
  deadline_date, commitment_id, action, issuer, plan_year, item_label, clause,
  source_path
from v_commitments
where target_quote is not null
  and (:indicator = '' or instr(coalesce(object, ''), :indicator))
order by object, plan_year, source_path, start
""",
        ("indicator",),
    ),
    "by_actor": CannedQuery(
        "By actor",
        "What a body must do, alone or as a partner; the issuer where none is named.",
        f"""
select {_RECORD}, actor, actor_source, partners
from v_commitments
where :actor = '' or instr(who, :actor) or instr(coalesce(actor, issuer), :actor)
  or instr(partners, :actor)
order by who, source_path, start
""",
        ("actor",),
    ),
    "ungrounded": CannedQuery(
        "What was refused",
        "Fields that the model stated and the source does not have, most frequent "
        "kind of field first.",
        """
select u.*, count(*) over (partition by field) as of_this_field
from v_ungrounded u
order by of_this_field desc, field, source_path, commitment_id
""",
    ),
    "in_no_record": CannedQuery(
        "What no record says",
        "Numbers and dates of the items that are in no record; those that the rules "
        "take for a target or a deadline first, then by reason.",
        f"""
select v.source_path, v.item_label, v.kind, v.quote, v.reason, v.context, v.item_id
from (
  select left_out_id, source_path, start, reason,
    reason in ('target', 'deadline') as is_ours
  from v_left_out order by is_ours desc, reason, source_path, start limit {_MOST}
) f
join v_left_out v on v.left_out_id = f.left_out_id
order by f.is_ours desc, f.reason, f.source_path, f.start
""",
    ),
    "in_doubt": CannedQuery(
        "Where rules and model differ",
        "What rules and model each read, by doubt: what they read differently first, "
        "then what only one of them reads, then what they agree on; the least likely "
        "answers of the model first. What they read stays, whatever reviewers say.",
        f"""
select agree, likelihood, quote, rules_says, model_says, rules_action, model_action,
  rules_object, model_object, rules_actor, model_actor, taken, context, source_path,
  item_label, item_id, call_id
from v_readings
order by coalesce(agree * 2, 1), likelihood is null, likelihood, source_path, start
limit {_MOST}
""",
    ),
    "call_of_record": CannedQuery(
        "The call that made a record",
        "Model, prompt, request and answer behind a commitment_id; the call is empty "
        "for a record made by rules.",
        """
select p.commitment_id, p.method, p.model, p.prompt_name, p.prompt_sha256,
  p.schema_version, p.product_version, p.run_id, p.call_id, l.purpose, l.attempt,
  l.status, l.finish_reason, l.prompt_tokens, l.completion_tokens, l.latency_s,
  l.cost_usd, l.started_at, l.request_body, l.response_body
from v_provenance p
left join llm_calls l on l.id = p.call_id
where p.commitment_id = :commitment_id
""",
        ("commitment_id",),
    ),
    "items_without_records": CannedQuery(
        "Items without records",
        "Items of the latest runs that gave nothing, failed, or are not yet done.",
        """
select item_id, coalesce(outcome, 'not yet done') as outcome, source_path, item_label,
  heading_path, text
from v_items
where records = 0
order by source_path, position
""",
    ),
    "how_good_is_it": CannedQuery(
        "How good is it",
        "Scores against hand-labelled gold: the latest eval of each task and arm, with "
        "95 % interval and n, headlines first, then field by field.",
        """
select v.task, s.arm, s.metric, s.figure, s.value, s.low, s.high, s.n, s.correct,
  s.wrong, s.missed + s.missed_records as missed,
  s.spurious + s.spurious_records as spurious, s.correct_null, s.eval_run_id, s.run_id,
  v.finished_at
from v_eval_scores v
join eval_scores s on s.eval_run_id = v.eval_run_id and s.arm = v.arm
where :task = '' or v.task = :task
order by v.task, s.metric like 'field.%', s.eval_run_id, s.position
""",
        ("task",),
    ),
}
"""Name in the URL to query."""
