"""Web pages, PDF, Word and workbooks in a real browser: each record at its place."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.browser.conftest import served
from tests.format_samples import FILES
from tests.pdf_samples import MERGED, TITLE, printed, prose, table

pytestmark = pytest.mark.browser

TABLE = "ruled.pdf"
SUFFIXES = ("html", "pdf", "docx", "xlsx")


@pytest.fixture(scope="module")
def formats(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a database of one plan in each format, and of a ruled table."""
    folder = tmp_path_factory.mktemp("formats")
    for suffix in SUFFIXES:
        (folder / f"plan.{suffix}").write_bytes(FILES[suffix]())
    (folder / TABLE).write_bytes(printed(prose(TITLE), table(MERGED)))
    path = folder / "formats.db"
    command = [sys.executable, "-m", "extractor", "run", str(folder)]
    subprocess.run(
        [*command, "--model", "rules", "--db", str(path)],
        check=True,
        capture_output=True,
        timeout=300,
    )
    return path


IN_VIEW = """id => {
  const place = document.getElementById(`r-${id}`);
  const clause = place?.closest('.clause');
  const box = place?.getBoundingClientRect();
  return {
    clause: clause?.textContent ?? '',
    isSeen: Boolean(box) && box.top >= 0 && box.bottom <= innerHeight,
    isCard: Boolean(document.getElementById(`l-${id}`)?.classList.contains('on')),
  };
}"""
"""What stands where a record's link leads."""


@pytest.mark.parametrize("name", [*(f"plan.{s}" for s in SUFFIXES), TABLE])
def test_records_open_at_their_place(browser: Any, formats: Path, name: str) -> None:
    """Each link shows the clause as printed, on the screen, its entry lit up."""
    with closing(sqlite3.connect(formats)) as conn:
        rows = conn.execute(
            "select document_id, commitment_id, clause from v_commitments "
            "where source_path like ?",
            [f"%{name}"],
        ).fetchall()
    assert len(rows) >= 5
    with served(formats) as site:
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        for document, record, clause in rows:
            page.goto(f"{site}/-/plan/{formats.stem}/{document}#r-{record}")
            page.reload()
            page.locator(f"#l-{record}.on").wait_for(state="attached")
            found = page.evaluate(IN_VIEW, record)

            assert found == {"clause": clause, "isSeen": True, "isCard": True}
        page.close()
