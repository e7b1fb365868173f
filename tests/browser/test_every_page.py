"""Every page opens, fits the screen, can be read by all, and shows its first row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urldefrag, urlsplit

import pytest

pytestmark = pytest.mark.browser

DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}
SCREENS = (pytest.param(DESKTOP, id="1280"), pytest.param(PHONE, id="390"))
SCHEMES = ("light", "dark")
MAX_OF_A_KIND = 3
"""Pages of one shape that are opened: a row of a table looks like the next."""
ROW = "table.rows-and-columns tbody tr"


def kind_of(address: str) -> str:
    """Return the shape of an address: ids are alike, and so are values of filters."""
    parts = urlsplit(address)
    names = sorted(part.partition("=")[0] for part in parts.query.split("&"))
    steps = ["…" if len(step) == 16 else step for step in parts.path.split("/")]
    return "/".join(steps) + "?" + "&".join(names)


def is_page(address: str, site: str) -> bool:
    """Say whether a link leads to a page of the site, and not to a file of it."""
    path = urlsplit(address).path
    return address.startswith(site) and not path.endswith((".json", ".csv", ".db"))


def walk(tab: Any, site: str) -> Iterator[tuple[str, Any]]:
    """Yield (address, response) of every kind of page that links lead to."""
    waiting, seen, kinds = [site + "/"], set[str](), Counter[str]()
    while waiting:
        address = urldefrag(waiting.pop(0)).url
        if address in seen or kinds[kind_of(address)] >= MAX_OF_A_KIND:
            continue
        seen.add(address)
        kinds[kind_of(address)] += 1
        yield address, tab.goto(address)
        links = tab.eval_on_selector_all("a[href]", "all => all.map(one => one.href)")
        waiting += [link for link in links if is_page(link, site)]


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
def test_first_record_is_on_the_first_screen(
    tab: Any, site: str, database: Path, screen: dict[str, int]
) -> None:
    """What people come for is not behind definitions and facets."""
    tab.set_viewport_size(screen)
    tab.goto(f"{site}/{database.stem}/v_commitments")

    box = tab.locator(ROW).first.bounding_box()

    assert box["y"] + min(box["height"], 40) <= screen["height"]


@pytest.mark.parametrize("scheme", SCHEMES)
def test_pages_have_no_serious_barrier(tab: Any, site: str, scheme: str) -> None:
    """axe-core finds no serious or critical violation on any kind of page."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    tab.emulate_media(color_scheme=scheme)
    found, kinds = [], set[str]()
    for address, _ in walk(tab, site):
        if kind_of(address) in kinds:
            continue
        kinds.add(kind_of(address))
        for violation in axe.run(tab).response["violations"]:
            if violation["impact"] in ("serious", "critical"):
                targets = [node["target"] for node in violation["nodes"][:3]]
                found.append((address, violation["id"], targets))

    assert found == []
    assert len(kinds) > 10
