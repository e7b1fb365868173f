"""Nobody is shut out: axe-core on every kind of page, light and dark, wide and small.

On a plan of few records: the time it takes grows with what stands on a page.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.browser.conftest import read_by_rules, serving
from tests.eval_samples import PLAN

pytestmark = pytest.mark.browser

WIDE, NARROW = 1280, 390
CONTRAST = "color-contrast"
LOOKS: tuple[tuple[str, int, dict[str, Any]], ...] = (
    ("light", WIDE, {}),
    ("light", NARROW, {"rules": {CONTRAST: {"enabled": False}}}),
    ("dark", WIDE, {"runOnly": [CONTRAST]}),
)
"""Scheme, width, which rules of axe: what depends on colour does so at every width."""
PAGES = {
    "start": "/",
    "document": "/-/plan/plans/{document}",
    "labelling": "/-/plan/plans/{document}?label=1",
    "record": "/-/record/plans/{record}",
    "database": "/plans",
    "view": "/plans/v_commitments?_size=3",
    "nothing-found": "/plans/v_commitments?_search=不在其中的词",
    "table": "/plans/commitments?_facet=kind&_size=3",
    "row": "/plans/items/{item}",
    "question": "/plans/by_actor?actor=",
    "sql": "/plans?sql=select+1+as+n",
    "sql-in-error": "/plans?sql=selec",
    "error": "/nowhere",
}
"""Kind of page: where one is."""


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """Serve a small plan for review; return the address to open and the database."""
    folder = tmp_path_factory.mktemp("barriers")
    plan = folder / "plan.txt"
    plan.write_text(PLAN, encoding="utf-8")
    database = read_by_rules(folder / "plans.db", plan)
    with serving(database, "--write") as printed:
        yield re.findall(r"\S+token=\S+", printed)[0], database


@pytest.fixture(scope="module")
def reviewer(browser: Any, desk: tuple[str, Path]) -> Iterator[Any]:
    """Enter, say who reviews, and judge a record, so that all there is shows."""
    context = browser.new_context(reduced_motion="reduce")
    page = context.new_page()
    page.set_default_timeout(20_000)
    page.goto(desk[0])
    page.click("table a[href*='/-/plan/']")
    page.fill("#reviewer", "甲")
    page.press("#reviewer", "Enter")
    page.wait_for_selector("input[name=name][value='甲']")
    page.wait_for_selector(".order")
    page.keyboard.press("j")
    page.keyboard.press("x")
    page.wait_for_selector(".card.is-reject")
    yield page
    context.close()


@pytest.fixture(scope="module")
def ids(desk: tuple[str, Path]) -> dict[str, str]:
    """Return an id of each table with a page of its own."""
    tables = {"document": "documents", "record": "commitments", "item": "items"}
    with closing(sqlite3.connect(desk[1])) as conn:
        return {
            name: conn.execute(f"select id from {table}").fetchone()[0]
            for name, table in tables.items()
        }


def serious(axe: Any, page: Any, rules: dict[str, Any]) -> list[tuple[str, Any]]:
    """Return what shuts people out of the page as it stands."""
    options = {"resultTypes": ["violations"], **rules}
    answer = axe.run(page, options=options).response
    return [
        (found["id"], [node["target"] for node in found["nodes"][:3]])
        for found in answer["violations"]
        if found["impact"] in ("serious", "critical")
    ]


@pytest.mark.parametrize("kind", PAGES)
def test_page_has_no_serious_barrier(
    reviewer: Any, desk: tuple[str, Path], ids: dict[str, str], kind: str
) -> None:
    """axe-core finds no serious or critical violation, with what is folded open."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    entered = urlsplit(desk[0])
    path = PAGES[kind].format(**ids)
    reviewer.goto(f"{entered.scheme}://{entered.netloc}{path}")
    if kind == "document":
        reviewer.keyboard.press("j")
        reviewer.keyboard.press("e")
        reviewer.wait_for_selector(".editor")
    reviewer.eval_on_selector_all("main details", "all => all.map(d => d.open = true)")
    found = []
    for scheme, width, rules in LOOKS:
        reviewer.emulate_media(color_scheme=scheme)
        reviewer.set_viewport_size({"width": width, "height": 844})
        found += [(scheme, width, *one) for one in serious(axe, reviewer, rules)]
        if reviewer.evaluate("document.documentElement.scrollWidth") > width:
            found.append((scheme, width, "too wide"))

    assert found == []
