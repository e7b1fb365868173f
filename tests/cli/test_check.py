"""`extract check`: what a database must hold, and what is said when it does not."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner

from extractor.cli.main import main
from extractor.extraction.invariants import LAWS
from extractor.runs.audit import audit
from tests.commands import refused
from tests.conftest import DOCUMENTS

DB = "x.db"


@pytest.fixture
def checked_db(cli_runner: CliRunner) -> CliRunner:
    """Fill a database by the rules from all shipped documents."""
    made = cli_runner.invoke(
        main, ["run", str(DOCUMENTS), "--model", "rules", "--db", DB, "--show", "0"]
    )
    assert made.exit_code == 0, made.output
    return cli_runner


def tamper(sql: str) -> None:
    """Change the database behind the product's back."""
    with closing(sqlite3.connect(DB)) as conn, conn:
        assert conn.execute(sql).rowcount


def test_database_of_a_run_holds(checked_db: CliRunner) -> None:
    """Every law holds of every record; what was checked is counted."""
    result = checked_db.invoke(main, ["check", DB])

    records = sum(found.records for found in audit(DB))
    assert result.exit_code == 0
    assert f"9 documents, 94 items, {records} records checked: no violations\n" == (
        result.stdout
    )


@pytest.mark.parametrize(
    ("law", "sql"),
    [
        pytest.param(
            "not-its-span",
            "update commitments set action_start = action_start + 1 where action "
            "is not null",
            id="moved-span",
        ),
        pytest.param(
            "not-its-span",
            "update items set text = text || '。'",
            id="other-text",
        ),
        pytest.param(
            "not-its-span",
            "update commitments set clause = clause || '。'",
            id="other-clause",
        ),
        pytest.param(
            "part-of-a-number",
            "update commitments set target_quote = substr(target_quote, 2), "
            "target_start = target_start + 1 where target_quote glob '[0-9][0-9]*'",
            id="first-digit-gone",
        ),
        pytest.param(
            "other-value",
            "update commitments set target_value = target_value + 1 "
            "where target_value is not null",
            id="other-value",
        ),
        pytest.param(
            "other-date",
            "update commitments set deadline_date = '2031-01-01' "
            "where deadline_date is not null",
            id="other-date",
        ),
        pytest.param(
            "shared-characters",
            'update items set "end" = "end" + 40 where position = 0',
            id="items-overlap",
        ),
        pytest.param(
            "inside-a-cut",
            "update documents set cuts = (select json_group_array(json_object("
            "'start', target_start, 'end', target_end, 'reason', 'advertising')) "
            "from commitments where document_id = documents.id "
            "and target_start is not null)",
            id="cut-number",
        ),
    ],
)
def test_what_was_tampered_with_is_found(
    checked_db: CliRunner, law: str, sql: str
) -> None:
    """A changed row is one line that names file, row and law; exit 3."""
    tamper(sql)

    plain = checked_db.invoke(main, ["check", DB])
    as_json = checked_db.invoke(main, ["check", DB, "--json"])

    rows = [json.loads(line) for line in as_json.stdout.splitlines()]
    assert (plain.exit_code, as_json.exit_code) == (3, 3)
    assert law in {row["law"] for row in rows}
    assert len(plain.stdout.splitlines()) == len(rows) + 1
    assert any(LAWS[row["law"]] in plain.stdout for row in rows if row["law"] == law)
    assert f"{len(rows)} violations" in plain.stdout


def test_records_shown_twice_are_found(checked_db: CliRunner) -> None:
    """A second run replaces the first; records of both being shown is reported."""
    again = ["run", str(DOCUMENTS), "--model", "rules", "--db", DB, "--show", "0"]
    assert checked_db.invoke(main, [*again, "--soft", "off"]).exit_code == 0
    assert checked_db.invoke(main, ["check", DB]).exit_code == 0
    with closing(sqlite3.connect(DB)) as conn, conn:
        conn.execute("update commitments set is_shown = 1")

    result = checked_db.invoke(main, ["check", DB])

    assert result.exit_code == 3
    assert LAWS["sums"] in result.stdout


def test_hostile_text_is_shown_as_text(checked_db: CliRunner) -> None:
    """Control characters of a quote never reach the terminal."""
    tamper("update commitments set action = char(27) || '[2J' || char(10)")

    result = checked_db.invoke(main, ["check", DB])

    assert result.exit_code == 3
    assert "\x1b" not in result.stdout


def test_missing_database_is_one_line(cli_runner: CliRunner) -> None:
    """There is nothing to check, and how to make something."""
    refused(cli_runner.invoke(main, ["check", "none.db"]), "none.db", "extract run")


def test_other_file_is_one_line(cli_runner: CliRunner) -> None:
    """A file that is no database is named."""
    Path("x.txt").write_text("no database")

    refused(cli_runner.invoke(main, ["check", "x.txt"]), "x.txt")
