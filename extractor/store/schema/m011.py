"""Statements of the eleventh migration: what a run knows of a file without reading it.

Published: never edited, as `migrations` says.
"""

from __future__ import annotations

SHEETS_TABLE = """
    create table document_sheets (
      document_id text primary key not null references documents(id),
      key text not null,
      sheet text not null check (json_valid(sheet))
    )
    """
