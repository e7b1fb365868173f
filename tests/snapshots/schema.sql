CREATE INDEX batch_requests_by_call on batch_requests(call_id);
CREATE INDEX batch_requests_by_item on batch_requests(item_id);
CREATE INDEX batch_requests_by_key on batch_requests(request_key);
CREATE INDEX batches_by_run on batches(run_id);
CREATE INDEX commitments_by_anchor on commitments(document_id, anchor);
CREATE INDEX commitments_by_call on commitments(call_id);
CREATE INDEX commitments_by_deadline on commitments(deadline_date);
CREATE INDEX commitments_by_document on commitments(document_id);
CREATE INDEX commitments_by_item on commitments(item_id, run_id);
CREATE INDEX commitments_by_run on commitments(run_id, document_id);
CREATE INDEX commitments_shown on commitments(is_shown, source_path, document_id, "start", position);
CREATE INDEX commitments_shown_by_body on commitments(is_shown, who, source_path, "start", actor, issuer, partners);
CREATE INDEX commitments_shown_by_deadline_date on commitments(is_shown, deadline_date, review) where deadline_date is not null;
CREATE INDEX commitments_shown_by_document on commitments(is_shown, document_id, kind, status, method);
CREATE INDEX commitments_shown_by_issuer on commitments(is_shown, issuer, review) where issuer is not null;
CREATE INDEX commitments_shown_by_object on commitments(is_shown, object, plan_year, source_path, "start") where target_quote is not null;
CREATE INDEX commitments_shown_by_plan_year on commitments(is_shown, plan_year, review) where plan_year is not null;
CREATE INDEX commitments_shown_by_sets on commitments(is_shown, kind, method, status, actor_source, target_comparator, target_change, review);
CREATE INDEX commitments_shown_by_unit on commitments(is_shown, unit, review) where unit is not null;
CREATE INDEX commitments_shown_by_who on commitments(is_shown, who, review) where who is not null;
CREATE INDEX commitments_shown_ungrounded on commitments(is_shown, source_path) where ungrounded <> '[]';
CREATE INDEX document_paths_by_document on document_paths(document_id);
CREATE INDEX document_paths_by_place on document_paths(place);
CREATE INDEX eval_runs_by_task on eval_runs(task, finished_at);
CREATE INDEX eval_scores_by_run on eval_scores(run_id);
CREATE INDEX failures_by_item on failures(item_id, run_id);
CREATE UNIQUE INDEX "idx__sqlite_migrations_migration_set_name"
    ON "_sqlite_migrations" ("migration_set", "name");
CREATE INDEX items_by_document on items(document_id, position);
CREATE INDEX left_out_by_document on left_out(document_id);
CREATE INDEX left_out_by_item on left_out(item_id, run_id);
CREATE INDEX left_out_by_run on left_out(run_id, document_id);
CREATE INDEX llm_calls_by_item on llm_calls(item_id);
CREATE INDEX llm_calls_by_request on llm_calls(request_key, status);
CREATE INDEX llm_calls_by_run on llm_calls(run_id);
CREATE INDEX read_places_by_document on read_places(document_id, run_id);
CREATE INDEX read_places_by_item on read_places(item_id);
CREATE INDEX read_places_shown on read_places(is_shown, source_path, document_id, "start", "end");
CREATE INDEX read_places_shown_by_doubt on read_places(is_shown, coalesce(agree * 2, 1), likelihood is null, likelihood, source_path, "start");
CREATE INDEX read_places_shown_by_sets on read_places(is_shown, agree, taken, kind, rules_says, model_says);
CREATE INDEX readings_by_call on readings(call_id);
CREATE INDEX readings_by_document on readings(document_id);
CREATE INDEX readings_by_item on readings(item_id, run_id);
CREATE INDEX readings_by_run on readings(run_id, document_id);
CREATE INDEX reviews_by_commitment on reviews(commitment_id);
CREATE INDEX reviews_by_document on reviews(document_id, anchor);
CREATE INDEX reviews_by_item on reviews(item_id);
CREATE INDEX reviews_by_run on reviews(run_id);
CREATE UNIQUE INDEX reviews_by_undone on reviews(undoes) where undoes is not null;
CREATE INDEX reviews_deciding on reviews(verdict) where decides = 1;
CREATE INDEX run_documents_by_document on run_documents(document_id);
CREATE INDEX run_items_by_item on run_items(item_id);
CREATE TABLE batch_requests (
      batch_id text not null references batches(id) on delete cascade,
      request_key text not null,
      item_id text references items(id) on delete set null,
      purpose text not null,
      turn integer not null,
      body text,
      call_id text references llm_calls(id) on delete set null,
      is_read integer not null default 0 check (is_read in (0, 1)),
      primary key (batch_id, request_key)
    );
CREATE TABLE batches (
      id text primary key not null,
      run_id text not null references runs(id),
      command text not null check (json_valid(command)),
      requests integer not null,
      bytes integer not null,
      most_usd real,
      created_at text not null,
      planned_at text,
      uploading_at text,
      input_file_id text,
      creating_at text,
      remote_id text,
      status text,
      completed integer,
      failed integer,
      output_file_id text,
      error_file_id text,
      error text,
      checked_at text,
      collected_at text,
      read_at text
    );
CREATE TABLE commitments (
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
      method text not null check (method in ('model', 'rules', 'both', 'reviewer')),
      status text not null check (status in ('grounded', 'ungrounded')),
      ungrounded text not null check (json_valid(ungrounded)),
      call_id text references llm_calls(id) on delete set null,
      page integer,
      locator text,
      stated integer not null default 0,
      likelihood real, who text, unit text, issuer text, plan_year integer, anchor text not null default '', source_path text, is_shown integer not null default 0 check (is_shown in (0, 1)), review text check (review in ('accepted', 'gone')),
      check ("end" > "start")
    );
CREATE VIRTUAL TABLE commitments_fts USING FTS5 (clause, quotes, headings, issuer, title, tokenize='unicode61 remove_diacritics 0');
CREATE TABLE 'commitments_fts_config'(k PRIMARY KEY, v) WITHOUT ROWID;
CREATE TABLE 'commitments_fts_content'(id INTEGER PRIMARY KEY, c0, c1, c2, c3, c4);
CREATE TABLE 'commitments_fts_data'(id INTEGER PRIMARY KEY, block BLOB);
CREATE TABLE 'commitments_fts_docsize'(id INTEGER PRIMARY KEY, sz BLOB);
CREATE TABLE 'commitments_fts_idx'(segid, term, pgno, PRIMARY KEY(segid, term)) WITHOUT ROWID;
CREATE TABLE document_paths (
      id text primary key not null,
      document_id text not null references documents(id),
      place text not null,
      path text not null,
      seen_at text not null
    );
CREATE TABLE document_sheets (
      document_id text primary key not null references documents(id),
      key text not null,
      sheet text not null check (json_valid(sheet))
    );
CREATE TABLE documents (
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
    , format text not null default 'text', places text not null default '[]' check (json_valid(places)));
CREATE TABLE eval_runs (
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
    );
CREATE TABLE eval_scores (
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
    );
CREATE TABLE failures (
      id text primary key not null,
      run_id text not null references runs(id),
      item_id text not null references items(id),
      kind text not null,
      message text not null,
      attempts integer not null,
      created_at text not null
    );
CREATE TABLE items (
      id text primary key not null,
      document_id text not null references documents(id),
      position integer,
      label text,
      heading_path text not null check (json_valid(heading_path)),
      title text,
      "start" integer not null check ("start" >= 0),
      "end" integer not null check ("end" > "start"),
      text text not null
    );
CREATE VIRTUAL TABLE items_fts USING FTS5 (text, headings, issuer, title, tokenize='unicode61 remove_diacritics 0');
CREATE TABLE 'items_fts_config'(k PRIMARY KEY, v) WITHOUT ROWID;
CREATE TABLE 'items_fts_content'(id INTEGER PRIMARY KEY, c0, c1, c2, c3);
CREATE TABLE 'items_fts_data'(id INTEGER PRIMARY KEY, block BLOB);
CREATE TABLE 'items_fts_docsize'(id INTEGER PRIMARY KEY, sz BLOB);
CREATE TABLE 'items_fts_idx'(segid, term, pgno, PRIMARY KEY(segid, term)) WITHOUT ROWID;
CREATE TABLE left_out (
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
    );
CREATE TABLE llm_calls (
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
    );
CREATE TABLE read_places (
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
    );
CREATE TABLE readings (
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
    );
CREATE TABLE reviews (
      id text primary key not null,
      document_id text not null references documents(id),
      item_id text references items(id) on delete set null,
      commitment_id text,
      run_id text references runs(id) on delete set null,
      reviewer text not null check (reviewer <> ''),
      verdict text not null
        check (verdict in ('accept', 'correct', 'reject', 'add', 'note', 'done')),
      record text check (record is null or json_valid(record)),
      note text,
      created_at text not null,
      undoes text references reviews(id),
      anchor text, decides integer not null default 0 check (decides in (0, 1)), with_rest integer not null default 0 check (with_rest in (0, 1)),
      check (undoes is not null or (record is not null) = (verdict in
        ('correct', 'add'))),
      check ((anchor is not null) = (verdict in
        ('accept', 'correct', 'reject', 'add')) or verdict = 'note')
    );
CREATE VIRTUAL TABLE reviews_fts USING FTS5 (clause, quotes, headings, issuer, title, tokenize='unicode61 remove_diacritics 0');
CREATE TABLE 'reviews_fts_config'(k PRIMARY KEY, v) WITHOUT ROWID;
CREATE TABLE 'reviews_fts_content'(id INTEGER PRIMARY KEY, c0, c1, c2, c3, c4);
CREATE TABLE 'reviews_fts_data'(id INTEGER PRIMARY KEY, block BLOB);
CREATE TABLE 'reviews_fts_docsize'(id INTEGER PRIMARY KEY, sz BLOB);
CREATE TABLE 'reviews_fts_idx'(segid, term, pgno, PRIMARY KEY(segid, term)) WITHOUT ROWID;
CREATE TABLE run_documents (
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
    );
CREATE TABLE run_items (
      run_id text not null references runs(id),
      item_id text not null references items(id),
      outcome text not null check (outcome in ('records', 'none', 'failed')),
      records integer not null check (records >= 0),
      finished_at text not null,
      primary key (run_id, item_id),
      check (outcome <> 'none' or records = 0),
      check (outcome <> 'records' or records > 0)
    );
CREATE TABLE runs (
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
    );
CREATE TRIGGER commitments_ad after delete on commitments begin delete from commitments_fts where rowid = old.rowid; end;
CREATE TRIGGER items_ad after delete on items begin delete from items_fts where rowid = old.rowid; end;
CREATE TRIGGER reviews_keep before update of
      document_id, commitment_id, reviewer, verdict, record, note, created_at, undoes,
      anchor
    on reviews begin select raise(abort, 'a review is never changed'); end;
CREATE TRIGGER reviews_stay before delete on reviews
    begin select raise(abort, 'a review is never deleted'); end;
CREATE VIEW v_calls as
    select
      l.id as call_id, l.run_id, l.item_id, d.path as source_path,
      i.label as item_label, l.purpose, l.model, l.attempt, l.status, l.error,
      l.finish_reason, l.prompt_tokens, l.cached_tokens, l.completion_tokens,
      l.latency_s, l.cost_usd, l.started_at,
      cast((select count(*) from commitments c where c.call_id = l.id) as integer)
        as records
    from llm_calls l
    left join items i on i.id = l.item_id
    left join documents d on d.id = i.document_id;
CREATE VIEW v_commitments as
    select
      c.who as "who",
      c.action as "action",
      c.object as "object",
      c.target_quote as "target_quote",
      c.deadline_quote as "deadline_quote",
      c.deadline_date as "deadline_date",
      c.clause as "clause",
      (select i.label from items i where i.id = c.item_id) as "item_label",
      (select d.title from documents d where d.id = c.document_id) as "title",
      c.issuer as "issuer",
      c.plan_year as "plan_year",
      c.source_path as "source_path",
      c.page as "page",
      c.locator as "locator",
      c.kind as "kind",
      c.method as "method",
      c.likelihood as "likelihood",
      c.status as "status",
      c.actor as "actor",
      c.actor_source as "actor_source",
      c.partners as "partners",
      c.target_value as "target_value",
      c.target_upper as "target_upper",
      c.target_baseline as "target_baseline",
      c.unit as "unit",
      c.target_unit as "target_unit",
      c.target_comparator as "target_comparator",
      c.target_change as "target_change",
      c.deadline_basis as "deadline_basis",
      (select i.heading_path from items i where i.id = c.item_id) as "heading_path",
      c.id as "commitment_id",
      c.run_id as "run_id",
      c.document_id as "document_id",
      c.item_id as "item_id",
      c."start" as "start",
      c."end" as "end"
    from commitments c
    where unlikely(c.is_shown = 1);
CREATE VIEW v_commitments_reviewed as
    
    select
      c.who as "who",
      c.action as "action",
      c.object as "object",
      c.target_quote as "target_quote",
      c.deadline_quote as "deadline_quote",
      c.deadline_date as "deadline_date",
      c.clause as "clause",
      (select i.label from items i where i.id = c.item_id) as "item_label",
      (select d.title from documents d where d.id = c.document_id) as "title",
      c.issuer as "issuer",
      c.plan_year as "plan_year",
      c.source_path as "source_path",
      c.page as "page",
      c.locator as "locator",
      c.kind as "kind",
      c.method as "method",
      c.likelihood as "likelihood",
      c.status as "status",
      c.actor as "actor",
      c.actor_source as "actor_source",
      c.partners as "partners",
      c.target_value as "target_value",
      c.target_upper as "target_upper",
      c.target_baseline as "target_baseline",
      c.unit as "unit",
      c.target_unit as "target_unit",
      c.target_comparator as "target_comparator",
      c.target_change as "target_change",
      c.deadline_basis as "deadline_basis",
      (select i.heading_path from items i where i.id = c.item_id) as "heading_path",
      c.id as "commitment_id",
      c.run_id as "run_id",
      c.document_id as "document_id",
      c.item_id as "item_id",
      c."start" as "start",
      c."end" as "end",
      null as review, null as reviewer, null as reviewed_at, null as review_id
    from commitments c
    where unlikely(c.is_shown = 1) and c.review is null
    union all
    select
      c.who as "who",
      c.action as "action",
      c.object as "object",
      c.target_quote as "target_quote",
      c.deadline_quote as "deadline_quote",
      c.deadline_date as "deadline_date",
      c.clause as "clause",
      (select i.label from items i where i.id = c.item_id) as "item_label",
      (select d.title from documents d where d.id = c.document_id) as "title",
      c.issuer as "issuer",
      c.plan_year as "plan_year",
      c.source_path as "source_path",
      c.page as "page",
      c.locator as "locator",
      c.kind as "kind",
      c.method as "method",
      c.likelihood as "likelihood",
      c.status as "status",
      c.actor as "actor",
      c.actor_source as "actor_source",
      c.partners as "partners",
      c.target_value as "target_value",
      c.target_upper as "target_upper",
      c.target_baseline as "target_baseline",
      c.unit as "unit",
      c.target_unit as "target_unit",
      c.target_comparator as "target_comparator",
      c.target_change as "target_change",
      c.deadline_basis as "deadline_basis",
      (select i.heading_path from items i where i.id = c.item_id) as "heading_path",
      c.id as "commitment_id",
      c.run_id as "run_id",
      c.document_id as "document_id",
      c.item_id as "item_id",
      c."start" as "start",
      c."end" as "end",
      c.review, r.reviewer, r.created_at as reviewed_at, r.id as review_id
    from reviews r
    cross join commitments c on c.document_id = r.document_id and c.anchor = r.anchor
    where r.decides = 1 and r.verdict = 'accept'
      and +c.is_shown = 1 and c.review = 'accepted'
    union all
    select
      r.record ->> 'who' as "who",
      r.record ->> 'action' as "action",
      r.record ->> 'object' as "object",
      r.record ->> 'target_quote' as "target_quote",
      r.record ->> 'deadline_quote' as "deadline_quote",
      r.record ->> 'deadline_date' as "deadline_date",
      r.record ->> 'clause' as "clause",
      i.label as "item_label",
      d.title as "title",
      d.issuer as "issuer",
      d.plan_year as "plan_year",
      l.source_path as "source_path",
      r.record ->> 'page' as "page",
      r.record ->> 'locator' as "locator",
      r.record ->> 'kind' as "kind",
      'reviewer' as "method",
      null as "likelihood",
      r.record ->> 'status' as "status",
      r.record ->> 'actor' as "actor",
      r.record ->> 'actor_source' as "actor_source",
      r.record ->> 'partners' as "partners",
      r.record ->> 'target_value' as "target_value",
      r.record ->> 'target_upper' as "target_upper",
      r.record ->> 'target_baseline' as "target_baseline",
      r.record ->> 'unit' as "unit",
      r.record ->> 'target_unit' as "target_unit",
      r.record ->> 'target_comparator' as "target_comparator",
      r.record ->> 'target_change' as "target_change",
      r.record ->> 'deadline_basis' as "deadline_basis",
      i.heading_path as "heading_path",
      c.id as "commitment_id",
      coalesce(c.run_id, r.run_id) as "run_id",
      r.document_id as "document_id",
      r.item_id as "item_id",
      r.record ->> 'start' as "start",
      r.record ->> 'end' as "end",
      iif(r.verdict = 'add', 'added', 'corrected') as review,
      r.reviewer, r.created_at as reviewed_at, r.id as review_id
    from reviews r
    join v_latest_documents l on l.document_id = r.document_id
    join documents d on d.id = r.document_id
    join items i on i.id = r.item_id
    left join commitments c on c.document_id = r.document_id and c.anchor = r.anchor
      and +c.is_shown = 1
    where r.decides = 1 and r.verdict in ('correct', 'add')
    
    order by source_path, document_id, "start";
CREATE VIEW v_eval_scores as
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
    order by e.task, f.position;
CREATE VIEW v_items as
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
    order by l.source_path, d.id, i.position;
CREATE VIEW v_latest_documents as
    select document_id, source_path
    from (
      select *, row_number() over (
        partition by document_id order by seen_at desc, source_path
      ) as at
      from v_versions where is_latest
    )
    where at = 1;
CREATE VIEW v_latest_runs as
    select document_id, run_id, started_at, finished_at
    from (
      select *, row_number() over (
        partition by document_id
        order by finished_at is null, finished_at desc, started_at desc, run_id
      ) as place
      from run_documents
    )
    where place = 1;
CREATE VIEW v_left_out as
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
    order by l.source_path, d.id, n."start";
CREATE VIEW v_provenance as
    select
      c.id as commitment_id, c.run_id, r.model, r.base_url, r.strategy, r.soft,
      r.prompt_name, r.prompt_sha256, r.schema_version, r.product_version,
      c.method, c.target_rule, c.deadline_rule, c.call_id,
      r.created_at
    from commitments c
    join runs r on r.id = c.run_id;
CREATE VIEW v_readings as
    select
      p.run_id, p.document_id, p.source_path, p.item_id,
      (select i.label from items i where i.id = p.item_id) as item_label,
      p.kind,
      (select g.quote from readings g where g.run_id = p.run_id and g.item_id = p.item_id and g.kind = p.kind and g."start" = p."start" and g."end" = p."end" limit 1) as quote,
      (
        select substr(d.source, max(p."start" - 29, 1), min(p."start", 30)) || '【'
          || (select g.quote from readings g where g.run_id = p.run_id and g.item_id = p.item_id and g.kind = p.kind and g."start" = p."start" and g."end" = p."end" limit 1) || '】' || substr(d.source, p."end" + 1, 30)
        from documents d where d.id = p.document_id
      ) as context,
      (select g.action from readings g where g.run_id = p.run_id and g.item_id = p.item_id and g.kind = p.kind and g."start" = p."start" and g."end" = p."end" and g.reader = 'rules') as rules_action,
      (select g.object from readings g where g.run_id = p.run_id and g.item_id = p.item_id and g.kind = p.kind and g."start" = p."start" and g."end" = p."end" and g.reader = 'rules') as rules_object,
      (select g.actor from readings g where g.run_id = p.run_id and g.item_id = p.item_id and g.kind = p.kind and g."start" = p."start" and g."end" = p."end" and g.reader = 'rules') as rules_actor,
      p.rules_says,
      (select g.action from readings g where g.run_id = p.run_id and g.item_id = p.item_id and g.kind = p.kind and g."start" = p."start" and g."end" = p."end" and g.reader = 'model') as model_action,
      (select g.object from readings g where g.run_id = p.run_id and g.item_id = p.item_id and g.kind = p.kind and g."start" = p."start" and g."end" = p."end" and g.reader = 'model') as model_object,
      (select g.actor from readings g where g.run_id = p.run_id and g.item_id = p.item_id and g.kind = p.kind and g."start" = p."start" and g."end" = p."end" and g.reader = 'model') as model_actor,
      p.model_says, p.likelihood, p.taken, p.agree,
      (select g.call_id from readings g where g.run_id = p.run_id and g.item_id = p.item_id and g.kind = p.kind and g."start" = p."start" and g."end" = p."end" and g.reader = 'model') as call_id,
      p."start", p."end"
    from read_places p
    where unlikely(p.is_shown = 1);
CREATE VIEW v_reviews as
    select
      r.id as review_id, r.document_id, r.item_id, r.commitment_id, r.run_id,
      r.reviewer, r.verdict, r.with_rest, r.record, r.note, r.created_at, r.anchor,
      r.decides
    from reviews r
    where r.undoes is null and r.item_id is not null
      and not exists (select 1 from reviews u where u.undoes = r.id);
CREATE VIEW v_runs as
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
      cast(coalesce(v.answered, 0) as integer) as answered,
      cast(coalesce(v.refused, 0) as integer) as refused,
      cast(coalesce(n.left_out, 0) as integer) as left_out,
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
      select run_id, sum(json_array_length(ungrounded)) as refused,
        sum(stated) as answered
      from commitments where method in ('model', 'both') group by run_id
    ) v on v.run_id = r.id
    left join (
      select run_id, count(*) as left_out from left_out group by run_id
    ) n on n.run_id = r.id
    left join (
      select run_id, count(*) as calls,
        sum(status is not 200 or error is not null) as failed_calls,
        sum(prompt_tokens) as prompt_tokens, sum(cached_tokens) as cached_tokens,
        sum(completion_tokens) as completion_tokens, sum(latency_s) as seconds,
        sum(cost_usd) as cost_usd
      from llm_calls group by run_id
    ) l on l.run_id = r.id;
CREATE VIEW v_ungrounded as
    select
      c.id as commitment_id, c.run_id, c.document_id, c.source_path,
      i.id as item_id, i.label as item_label, json_extract(u.value, '$[0]') as field,
      json_extract(u.value, '$[1]') as words, c.clause, c.method, c.status, c.call_id
    from commitments c
    join items i on i.id = c.item_id
    join json_each(c.ungrounded) u
    where c.is_shown = 1 and c.ungrounded <> '[]';
CREATE VIEW v_versions as
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
    order by v.place, v.seen_at, v.document_id;
