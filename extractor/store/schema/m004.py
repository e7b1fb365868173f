"""Statements of the fourth migration: the format of a file, and places inside it.

Published: never edited, as `migrations` says.
"""

from __future__ import annotations

from extractor.store.schema.m003 import VERSION_VIEWS

# Files of earlier versions were all plain text, which has no places.
PLACE_COLUMNS = (
    "alter table documents add column format text not null default 'text'",
    "alter table documents add column places text not null default '[]' "
    "check (json_valid(places))",
    # Written with the record: a view that looks them up reads all places of a document
    # for each row.
    "alter table commitments add column page integer",
    "alter table commitments add column locator text",
)

REPLACED_VIEW = "v_commitments"

_BEFORE = next(view for view in VERSION_VIEWS if f"view {REPLACED_VIEW} as" in view)
PLACE_VIEW = _BEFORE.replace("l.source_path,", "l.source_path, c.page, c.locator,", 1)
