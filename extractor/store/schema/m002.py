"""Statements of the second migration: evaluations, their scores and the latest ones.

Published: never edited, as `migrations` says.
"""

from __future__ import annotations

EVAL_TABLES = (
    """
    create table eval_runs (
      id text primary key not null,
      task text not null,
      description text not null,
      gold_sha256 text not null,
      documents integer not null,
      items integer not null,
      hard integer not null,
      soft integer not null,
      seed integer not null,
      resamples integer not null,
      arms text not null check (json_valid(arms)),
      gate_passed integer check (gate_passed in (0, 1)),
      gate_reason text,
      product_version text not null,
      code text not null,
      created_at text not null,
      finished_at text not null
    )
    """,
    "create index eval_runs_by_task on eval_runs(task, finished_at)",
    # Law 5: a score is never bare, so n is there even where nothing was counted.
    """
    create table eval_scores (
      id text primary key not null,
      eval_run_id text not null references eval_runs(id),
      position integer not null,
      arm text not null,
      metric text not null,
      figure text not null check (figure in ('f1', 'precision', 'recall', 'share')),
      value real,
      low real,
      high real,
      n integer not null check (n >= 0),
      correct numeric not null,
      predicted integer,
      gold integer,
      wrong integer,
      missed integer,
      spurious integer,
      correct_null integer,
      missed_records integer,
      spurious_records integer,
      run_id text references runs(id),
      unique (eval_run_id, arm, metric, figure),
      check ((low is null) = (high is null)),
      check (low <= high)
    )
    """,
    "create index eval_scores_by_run on eval_scores(run_id)",
)

EVAL_VIEWS = (
    """
    create view v_eval_scores as
    select
      e.task, l.arm, e.id as eval_run_id, f.run_id, e.documents,
      f.n as hard, o.n as soft,
      f.value as found_f1, f.low as found_low, f.high as found_high,
      fp.value as found_precision, fr.value as found_recall,
      s.value as strict_f1, s.low as strict_low, s.high as strict_high,
      sp.value as strict_precision, sr.value as strict_recall,
      o.value as soft_f1, o.low as soft_low, o.high as soft_high,
      i.value as items_f1, i.low as items_low, i.high as items_high,
      u.value as ungrounded, u.low as ungrounded_low, u.high as ungrounded_high,
      d.value as digits, d.low as digits_low, d.high as digits_high,
      e.gold_sha256, e.product_version, e.finished_at
    from (
      select r.task, x.arm, r.id as eval_run_id, row_number() over (
        partition by r.task, x.arm order by r.finished_at desc, r.id
      ) as place
      from eval_runs r
      join eval_scores x on x.eval_run_id = r.id
        and x.metric = 'found' and x.figure = 'f1'
    ) l
    join eval_runs e on e.id = l.eval_run_id
    join eval_scores f on f.eval_run_id = e.id and f.arm = l.arm
      and f.metric = 'found' and f.figure = 'f1'
    left join eval_scores fp on fp.eval_run_id = e.id and fp.arm = l.arm
      and fp.metric = 'found' and fp.figure = 'precision'
    left join eval_scores fr on fr.eval_run_id = e.id and fr.arm = l.arm
      and fr.metric = 'found' and fr.figure = 'recall'
    left join eval_scores s on s.eval_run_id = e.id and s.arm = l.arm
      and s.metric = 'strict' and s.figure = 'f1'
    left join eval_scores sp on sp.eval_run_id = e.id and sp.arm = l.arm
      and sp.metric = 'strict' and sp.figure = 'precision'
    left join eval_scores sr on sr.eval_run_id = e.id and sr.arm = l.arm
      and sr.metric = 'strict' and sr.figure = 'recall'
    left join eval_scores o on o.eval_run_id = e.id and o.arm = l.arm
      and o.metric = 'soft' and o.figure = 'f1'
    left join eval_scores i on i.eval_run_id = e.id and i.arm = l.arm
      and i.metric = 'items' and i.figure = 'f1'
    left join eval_scores u on u.eval_run_id = e.id and u.arm = l.arm
      and u.metric = 'ungrounded' and u.figure = 'share'
    left join eval_scores d on d.eval_run_id = e.id and d.arm = l.arm
      and d.metric = 'digits' and d.figure = 'share'
    where l.place = 1
    order by e.task, f.position
    """,
)
