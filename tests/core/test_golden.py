"""The net: records, help texts and schema stay as they are until a commit says why.

Written anew with EXTRACT_SNAPSHOTS=1 python -m pytest tests/core/test_golden.py
"""

from __future__ import annotations

import hashlib
import json

import click
from click.testing import CliRunner
from sqlite_utils import Database

from extractor.cli.main import main
from extractor.documents.items import split_items
from extractor.documents.loading import load_document
from extractor.store.migrations import MIGRATIONS
from extractor.store.rows import commitment_row
from tests.conftest import DEVELOPMENT, DOCUMENTS
from tests.eval_samples import rules_records
from tests.snapshots_io import snapshot


def test_rules_make_the_same_records() -> None:
    """The records of all shipped and development documents keep their digest."""
    digest = hashlib.sha256()
    documents = items = records = 0
    for folder in (DOCUMENTS, DEVELOPMENT):
        for path in sorted(folder.glob("*.txt")):
            document = load_document(path)
            documents += 1
            for item in split_items(document):
                items += 1
                for record in rules_records(document, item):
                    records += 1
                    row = commitment_row(record, "", 0) | {"id": None}
                    del row["stated"]  # a count of the others
                    del row["likelihood"]  # only a model has one
                    digest.update(json.dumps(row, sort_keys=True).encode())

    text = (
        f"{documents} documents, {items} items, {records} records: "
        f"{digest.hexdigest()[:16]}\n"
    )
    assert text == snapshot("rules.digest", text)


def test_help_texts_are_what_was_agreed() -> None:
    """A flag that comes, goes or changes its default is seen in the diff."""
    texts = []
    for words in [[], *_commands(main, [])]:
        result = CliRunner().invoke(
            main, [*words, "--help"], prog_name="extract", terminal_width=88
        )
        texts.append(f"$ extract {' '.join([*words, '--help'])}\n{result.output}")

    text = "\n".join(texts)
    assert text == snapshot("help.txt", text)


def _commands(group: click.Group, prefix: list[str]) -> list[list[str]]:
    found = []
    for name, command in sorted(group.commands.items()):
        found.append([*prefix, name])
        if isinstance(command, click.Group):
            found += _commands(command, [*prefix, name])
    return found


def test_schema_is_what_the_migrations_made() -> None:
    """Tables, indexes, triggers and views: a change is a migration."""
    db = Database(memory=True)
    MIGRATIONS.apply(db)

    statements = db.execute(
        "select sql from sqlite_master where sql is not null "
        "and name not like '\\_%' escape '\\' order by type, name"
    ).fetchall()

    text = "\n".join(f"{statement};" for (statement,) in statements) + "\n"
    assert text == snapshot("schema.sql", text)
