"""Every page opens, fits a phone, and shows its first row."""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urldefrag, urlsplit

import pytest

pytestmark = pytest.mark.browser

DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}
SCREENS = (pytest.param(DESKTOP, id="1280"), pytest.param(PHONE, id="390"))
MAX_OF_A_KIND = 2
"""Pages of one shape that are opened: a row of a table looks like the next."""
ID = re.compile(r"[0-9a-f]{16}")
ROWS = "table.rows-and-columns tbody tr"


def kind_of(address: str) -> tuple[str, ...]:
    """Return the shape of an address: ids are alike, and so are a table's filters."""
    parts = urlsplit(address)
    names = {name for name, _ in parse_qsl(parts.query, keep_blank_values=True)}
    if not names:
        return (ID.sub("…", parts.path),)
    return tuple(sorted({n if n.startswith("_") or n == "sql" else "" for n in names}))


def is_page(address: str, site: str) -> bool:
    """Say whether a link leads to a page of the site, and not to a file of it."""
    path = urlsplit(address).path
    return address.startswith(site) and not path.endswith((".json", ".csv", ".db"))


def walk(tab: Any, site: str) -> Iterator[tuple[str, Any]]:
    """Yield (address, response) of a few pages of every kind that links lead to.

    Links of a table that is sorted, filtered or paged are those of the table, with one
    thing more: without end, and nothing new.
    """
    waiting, seen, kinds = deque([site + "/"]), set[str](), Counter[tuple[str, ...]]()
    while waiting:
        address = urldefrag(waiting.popleft()).url
        if address in seen or kinds[kind_of(address)] >= MAX_OF_A_KIND:
            continue
        seen.add(address)
        kinds[kind_of(address)] += 1
        yield address, tab.goto(address, wait_until="domcontentloaded")
        if not urlsplit(address).query:
            links = tab.eval_on_selector_all("a[href]", "all => all.map(a => a.href)")
            waiting += [link for link in dict.fromkeys(links) if is_page(link, site)]


def test_every_link_opens_a_page_that_fits_a_phone(tab: Any, site: str) -> None:
    """No dead link, and nothing to push aside at 390 pixels."""
    tab.set_viewport_size(PHONE)
    too_wide, dead, opened = [], [], 0
    for address, response in walk(tab, site):
        opened += 1
        if response.status != 200:
            dead.append((address, response.status))
        if tab.evaluate("document.documentElement.scrollWidth") > PHONE["width"]:
            too_wide.append(address)

    assert (dead, too_wide) == ([], [])
    assert opened > 40


@pytest.mark.parametrize("screen", SCREENS)
@pytest.mark.parametrize(
    ("path", "row"),
    [
        pytest.param("v_commitments", ROWS, id="view"),
        pytest.param("commitments", ROWS, id="table"),
        pytest.param("v_commitments?kind=hard&_facet=unit", ROWS, id="filtered"),
        pytest.param("due_before?date=2024-12-31", ROWS, id="question"),
        pytest.param("search?words=学校", ROWS, id="search"),
        pytest.param("", "table.wide tbody tr", id="start"),
    ],
)
def test_first_row_is_on_the_first_screen(
    tab: Any, site: str, database: Path, screen: dict[str, int], path: str, row: str
) -> None:
    """What people come for is not behind definitions and facets."""
    tab.set_viewport_size(screen)
    tab.goto(f"{site}/{database.stem}/{path}" if path else site)

    box = tab.locator(row).first.bounding_box()

    assert box["y"] + min(box["height"], 40) <= screen["height"]
