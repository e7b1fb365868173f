"""Statements of the seventh migration: what people search, count and review by.

Published: never edited, as `migrations` says.
"""

from __future__ import annotations

# Who acts and the unit stand here in clean, simplified words: 个 and 個 are one unit.
# Issuer, year and path are copied, and `is_shown` says which records are of the latest
# run of the latest version of a file, so that counting a million needs no join.
SHADOW_COLUMNS = (
    "alter table commitments add column who text",
    "alter table commitments add column unit text",
    "alter table commitments add column issuer text",
    "alter table commitments add column plan_year integer",
    "alter table commitments add column anchor text not null default ''",
    "alter table commitments add column source_path text",
    "alter table commitments add column is_shown integer not null default 0 "
    "check (is_shown in (0, 1))",
)

RECORD_TEXT = ("clause", "quotes", "headings", "issuer", "title")
ITEM_TEXT = ("text", "headings", "issuer", "title")
"""Columns of the full-text tables, each with the tokens of `search_text`."""

REPLACED_FULL_TEXT = (
    *(
        f"drop trigger {table}_{event}"
        for table in ("items", "commitments")
        for event in ("ai", "ad", "au")
    ),
    "drop table items_fts",
    "drop table commitments_fts",
)


def _full_text(table: str, columns: tuple[str, ...]) -> tuple[str, str]:
    """Return the index of a table, and the trigger by which a row leaves it.

    It keeps its own content: that of an index without one could only be removed by
    who knows what was put in. SQL cannot make the tokens, so the store writes them.
    """
    return (
        f"CREATE VIRTUAL TABLE {table}_fts USING FTS5 "
        f"({', '.join(columns)}, tokenize='unicode61 remove_diacritics 0')",
        f"create trigger {table}_ad after delete on {table} begin "
        f"delete from {table}_fts where rowid = old.rowid; end",
    )


FULL_TEXT = (
    *_full_text("items", ITEM_TEXT),
    *_full_text("commitments", RECORD_TEXT),
)

COUNTED = ("who", "issuer", "plan_year", "unit", "deadline_date")
"""Columns whose values are counted where there are any."""

# Only the last index serves for showing all records, which gives them in reading order:
# those of `COUNTED` are of rows with a value, the other two are wider.
INDEXES = (
    *(
        f"create index commitments_shown_by_{column} on commitments"
        f"(is_shown, {column}) where {column} is not null"
        for column in COUNTED
    ),
    "create index commitments_shown_by_sets on commitments"
    "(is_shown, kind, method, status, actor_source, target_comparator, target_change)",
    # What a start page counts of each document.
    "create index commitments_shown_by_document on commitments"
    "(is_shown, document_id, kind, status, method)",
    "create index commitments_by_anchor on commitments(document_id, anchor)",
    "create index commitments_shown on commitments"
    '(is_shown, source_path, document_id, "start", position)',
)

SUPERSEDED_VIEW = "v_commitments"

# In the order in which a person asks: who, does what, how much, by when, where it says
# so; then how far to trust it, what was computed, and the ids.
COLUMNS = (
    ("who", "c.who"),
    ("action", "c.action"),
    ("object", "c.object"),
    ("target_quote", "c.target_quote"),
    ("deadline_quote", "c.deadline_quote"),
    ("deadline_date", "c.deadline_date"),
    ("clause", "c.clause"),
    ("item_label", "(select i.label from items i where i.id = c.item_id)"),
    ("title", "(select d.title from documents d where d.id = c.document_id)"),
    ("issuer", "c.issuer"),
    ("plan_year", "c.plan_year"),
    ("source_path", "c.source_path"),
    ("page", "c.page"),
    ("locator", "c.locator"),
    ("kind", "c.kind"),
    ("method", "c.method"),
    ("likelihood", "c.likelihood"),
    ("status", "c.status"),
    ("actor", "c.actor"),
    ("actor_source", "c.actor_source"),
    ("partners", "c.partners"),
    ("target_value", "c.target_value"),
    ("target_upper", "c.target_upper"),
    ("target_baseline", "c.target_baseline"),
    ("unit", "c.unit"),
    ("target_unit", "c.target_unit"),
    ("target_comparator", "c.target_comparator"),
    ("target_change", "c.target_change"),
    ("deadline_basis", "c.deadline_basis"),
    ("heading_path", "(select i.heading_path from items i where i.id = c.item_id)"),
    ("commitment_id", "c.id"),
    ("run_id", "c.run_id"),
    ("document_id", "c.document_id"),
    ("item_id", "c.item_id"),
    ("start", 'c."start"'),
    ("end", 'c."end"'),
)

SELECTED = ",\n      ".join(f'{sql} as "{name}"' for name, sql in COLUMNS)

# Labels and titles are looked up and not joined, and rows are in reading order by the
# index alone: with `order by`, SQLite works out every row only to count them. It would
# take the flag for choosing ten rows; said to be unlikely, ids and words come first.
COMMITMENTS_VIEW = f"""
    create view v_commitments as
    select
      {SELECTED}
    from commitments c
    where unlikely(c.is_shown = 1)
    """

# Append-only: a review is taken back by another row, never changed. The record that it
# judges may be gone after the next run, so it is named by its anchor, and by its id
# without a reference.
REVIEWS_TABLE = (
    """
    create table reviews (
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
      anchor text,
      check (undoes is not null or (record is not null) = (verdict in
        ('correct', 'add'))),
      check ((anchor is not null) = (verdict in
        ('accept', 'correct', 'reject', 'add')) or verdict = 'note')
    )
    """,
    "create index reviews_by_document on reviews(document_id, anchor)",
    "create index reviews_by_item on reviews(item_id)",
    "create index reviews_by_commitment on reviews(commitment_id)",
    "create index reviews_by_run on reviews(run_id)",
    # Of what is taken back only: else SQLite would look there for what stands.
    "create unique index reviews_by_undone on reviews(undoes) where undoes is not null",
    # Nobody edits what was said, whichever program it is.
    """
    create trigger reviews_keep before update of
      document_id, commitment_id, reviewer, verdict, record, note, created_at, undoes,
      anchor
    on reviews begin select raise(abort, 'a review is never changed'); end
    """,
    """
    create trigger reviews_stay before delete on reviews
    begin select raise(abort, 'a review is never deleted'); end
    """,
)

_STANDS = """r.undoes is null and r.item_id is not null
      and not exists (select 1 from reviews u where u.undoes = r.id)"""
_JUDGES = "r.verdict in ('accept', 'correct', 'reject', 'add')"


def _merged(name: str, sql: str) -> str:
    """Return a column of a record that a reviewer wrote."""
    own = {
        "title": "d.title",
        "issuer": "d.issuer",
        "plan_year": "d.plan_year",
        "source_path": "l.source_path",
        "item_label": "i.label",
        "heading_path": "i.heading_path",
        "method": "'reviewer'",
        "likelihood": "null",
        "commitment_id": "c.id",
        "run_id": "coalesce(c.run_id, r.run_id)",
        "document_id": "r.document_id",
        "item_id": "r.item_id",
    }
    return f'{own.get(name) or _from_json(sql)} as "{name}"'


def _from_json(sql: str) -> str:
    column = sql.removeprefix("c.").strip('"')
    return f"r.record ->> '{column}'"


CORRECTED = ",\n      ".join(_merged(name, sql) for name, sql in COLUMNS)

REVIEW_VIEWS = (
    # A verdict stands until it is taken back, and the latest one on a record decides,
    # whoever gave it. Offsets of a file that was decoded anew mean nothing: those have
    # lost their item.
    f"""
    create view v_reviews as
    select
      r.id as review_id, r.document_id, r.item_id, r.commitment_id, r.run_id,
      r.reviewer, r.verdict, r.record, r.note, r.created_at, r.anchor,
      cast({_JUDGES} and row_number() over (
        partition by r.document_id, r.anchor, {_JUDGES}
        order by r.created_at desc, r.rowid desc
      ) = 1 as integer) as decides
    from reviews r
    where {_STANDS}
    """,
    f"""
    create view v_commitments_reviewed as
    select
      {SELECTED},
      iif(v.verdict = 'accept', 'accepted', null) as review,
      v.reviewer, v.created_at as reviewed_at, v.id as review_id
    from commitments c
    left join reviews v on v.id = (
      select r.id from reviews r
      where r.document_id = c.document_id and r.anchor = c.anchor
        and {_JUDGES} and {_STANDS}
      order by r.created_at desc, r.rowid desc limit 1
    )
    where unlikely(c.is_shown = 1) and (v.verdict is null or v.verdict = 'accept')
      and (c.document_id, c.anchor) not in (
        select document_id, record ->> 'anchor' from v_reviews
        where decides and verdict = 'correct' and record ->> 'anchor' <> anchor
      )
    union all
    select
      {CORRECTED},
      iif(r.verdict = 'add', 'added', 'corrected') as review,
      r.reviewer, r.created_at as reviewed_at, r.review_id
    from v_reviews r
    join v_latest_documents l on l.document_id = r.document_id
    join documents d on d.id = r.document_id
    join items i on i.id = r.item_id
    left join commitments c on c.document_id = r.document_id and c.anchor = r.anchor
      and c.is_shown = 1
    where r.decides and r.verdict in ('correct', 'add')
    order by source_path, document_id, "start"
    """,
)
