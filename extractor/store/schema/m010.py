"""Statements of the tenth migration: requests that are answered in batches.

Published: never edited, as `migrations` says.
"""

from __future__ import annotations

# A batch is known here before the endpoint knows it, and each step is written down
# before and after it is taken. Ids of the endpoint are named for what they are of.
BATCHES = (
    """
    create table batches (
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
    )
    """,
    "create index batches_by_run on batches(run_id)",
    """
    create table batch_requests (
      batch_id text not null references batches(id) on delete cascade,
      request_key text not null,
      item_id text references items(id) on delete set null,
      purpose text not null,
      turn integer not null,
      body text,
      call_id text references llm_calls(id) on delete set null,
      is_read integer not null default 0 check (is_read in (0, 1)),
      primary key (batch_id, request_key)
    )
    """,
    "create index batch_requests_by_key on batch_requests(request_key)",
    "create index batch_requests_by_item on batch_requests(item_id)",
    "create index batch_requests_by_call on batch_requests(call_id)",
)
