"""Tables on a phone: who does what is seen whole, and that there is more beside it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.browser.conftest import served

pytestmark = pytest.mark.browser

COLUMN = """() => {
  const box = document.querySelector('.table-wrapper').getBoundingClientRect();
  const cells = [...document.querySelectorAll('td.col-object .clip')];
  return cells.length && cells.every(
    (cell) => cell.getBoundingClientRect().right <= box.right
  );
}"""
EDGES = """() => {
  const box = document.querySelector('.table-wrapper');
  const style = getComputedStyle(box);
  return [
    box.scrollWidth > box.clientWidth, style.backgroundAttachment,
    getComputedStyle(box.querySelector('table')).backgroundColor,
    getComputedStyle(box.querySelector('th')).backgroundColor,
  ];
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_table_shows_that_it_goes_on(
    browser: Any, database: Path, scheme: Any
) -> None:
    """The object is not cut, and nothing covers the shadow at the edge."""
    with served(database) as site:
        page = browser.new_page(
            viewport={"width": 390, "height": 800}, color_scheme=scheme
        )
        page.goto(f"{site}/plans/v_commitments")
        is_whole, edges = page.evaluate(COLUMN), page.evaluate(EDGES)
        page.close()

    clear = "rgba(0, 0, 0, 0)"
    assert is_whole
    assert edges == [
        True,
        "local, local, scroll, scroll, scroll",
        clear,
        clear,
    ]
