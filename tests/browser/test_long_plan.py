"""A plan of 500 items and 5,000 records in a real browser: opened, then scrolled."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from tests.big_database import make
from tests.browser.conftest import served

pytestmark = pytest.mark.browser

RECORDS = 5000
USABLE_S = 5
"""Four times what it takes where nothing else runs."""
TASK_MS = 500
"""Four times what it takes there."""
FIRST = """() => {
  const box = document.querySelector('.card .n').getBoundingClientRect();
  return [box.x + box.width / 2, box.y + box.height / 2];
}"""

WATCH = """() => {
  window.longest = 0;
  new PerformanceObserver((list) => {
    for (const task of list.getEntries())
      window.longest = Math.max(window.longest, task.duration);
  }).observe({ type: 'longtask' });
}"""


@pytest.fixture(scope="module")
def long_plan(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a database of one plan."""
    path = tmp_path_factory.mktemp("long") / "long.db"
    make(path, RECORDS, RECORDS)
    return path


def test_long_plan_opens_and_scrolls(browser: Any, long_plan: Path) -> None:
    """Nothing holds the page up for long, from the first record to the last."""
    with served(long_plan) as site:
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.set_default_timeout(60_000)
        page.goto(f"{site}/")
        address = page.get_attribute("table a[href*='/-/plan/']", "href")
        started = time.perf_counter()
        page.goto(f"{site}{address}", wait_until="domcontentloaded")
        # Not `click`: its own search looks through every element, twice.
        page.mouse.click(*page.evaluate(FIRST))
        page.wait_for_function("location.hash")
        usable = time.perf_counter() - started
        page.evaluate(WATCH)
        for _ in range(40):
            page.mouse.move(200, 400)
            page.mouse.wheel(0, 3000)
            page.mouse.move(1000, 500)
            page.wait_for_timeout(30)
        scrolled = page.evaluate("scrollY")
        longest = page.evaluate("longest")
        page.close()
    print(f"usable after {usable:.1f} s, longest task {longest:.0f} ms")

    assert scrolled > 10_000
    assert usable < USABLE_S
    assert longest < TASK_MS
