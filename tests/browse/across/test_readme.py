"""README: the table of two plans is what really comes out of them."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path

from click.testing import CliRunner

from extractor.browse.across.promises import notes, promises_page
from extractor.browse.across.words import VERDICTS
from extractor.cli.main import main
from extractor.store.across.pledges import Pledge
from extractor.store.across.promises import Fate
from extractor.store.across.reading import plans
from tests.conftest import DOCUMENTS, ROOT

PLANS = (DOCUMENTS / "qinghe-2024.txt", ROOT / "tests/data/qinghe-2025.txt")
TABLE = re.compile(
    r"^<!-- across: .*? -->\n\n(.*?)\n\n<!-- end of across -->",
    re.DOTALL | re.MULTILINE,
)


def said(pledge: Pledge | None) -> str:
    """Return a promise in its own words."""
    if pledge is None:
        return ""
    words = (pledge.action, pledge.object, pledge.target, pledge.date)
    return " ".join(filter(None, words))


def row(fate: Fate) -> str:
    """Return a promise as a row of the table."""
    cells = (
        VERDICTS[fate.verdict].en,
        said(fate.earlier),
        said(fate.later),
        "; ".join(note.en for note in notes(fate)),
    )
    return "| " + " | ".join(cells) + " |"


def test_table_of_two_plans(tmp_path: Path) -> None:
    """Each row of README is a verdict on the shipped plan and its successor."""
    path = tmp_path / "two.db"
    files = [str(plan) for plan in PLANS]
    ran = CliRunner().invoke(
        main, ["run", *files, "--model", "rules", "--db", str(path), "--show", "0"]
    )
    with closing(sqlite3.connect(path)) as conn:
        conn.row_factory = sqlite3.Row
        one, other = (plan["id"] for plan in plans(conn))
        rows = [row(fate) for fate in promises_page(conn, one, other).fates]
    (table,) = TABLE.findall((ROOT / "README.md").read_text("utf-8"))
    shown = table.splitlines()[2:]

    assert 0 == ran.exit_code
    assert 5 <= len(shown)
    assert [line for line in shown if line not in rows] == []
