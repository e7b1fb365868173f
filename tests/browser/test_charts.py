"""Charts in a real browser: drawn, used by mouse and keyboard, and done without."""

from __future__ import annotations

import json
from typing import Any

import pytest

pytestmark = pytest.mark.browser

READ_COLOUR = """canvas => {
  const { width, height } = canvas;
  const { data } = canvas.getContext("2d").getImageData(0, 0, width, height);
  const seen = new Map();
  for (let at = 0; at < data.length; at += 4) {
    if (!data[at + 3]) continue;
    const key = [...data.slice(at, at + 3)].join();
    seen.set(key, (seen.get(key) ?? 0) + 1);
  }
  const most = [...seen].sort((one, other) => other[1] - one[1]).slice(0, 12);
  return most.map(([key]) => key);
}"""
FIRST_BAR = """figure => {
  const chart = Chart.getChart(figure.querySelector("canvas"));
  const { x, y, base } = chart.getDatasetMeta(0).data[0];
  const box = chart.canvas.getBoundingClientRect();
  return { x: box.x + (x + base) / 2, y: box.y + y };
}"""
LINES = {
    "series": [
        {
            "name": "甲市",
            "points": [
                {"x": 2024, "y": 12.0, "label": "12处", "href": "/#a"},
                {"x": 2026, "y": 15.0, "label": "15处以上", "href": "/#b"},
            ],
        },
        {
            "name": "乙市",
            "points": [
                {"x": 2025, "y": 9.5, "label": "9.5处", "href": "//evil.invalid/"}
            ],
        },
    ],
    "unit": "处",
}


def test_charts_stand_over_their_tables(tab: Any, site: str) -> None:
    """Three pictures are drawn; their tables fold, and unfold on paper."""
    tab.goto(site)
    tables = tab.locator("figure .as-table")

    assert 3 == tab.locator("figure canvas").count() == tables.count()
    assert 0 == tab.locator("figure .as-table[open]").count()
    tab.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert 3 == tab.locator("figure .as-table[open]").count()
    tab.evaluate("dispatchEvent(new Event('afterprint'))")
    assert 0 == tab.locator("figure .as-table[open]").count()
    tab.emulate_media(media="print")
    assert not tab.locator("figure canvas").first.is_visible()


def test_tables_stay_without_script(browser: Any, site: str) -> None:
    """What is drawn is there to read."""
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(site)
    months, bars = page.locator("table.months"), page.locator("table.bars")
    shown = (
        months.is_visible(),
        bars.first.is_visible(),
        page.locator("canvas").count(),
    )
    context.close()

    assert (True, True, 0) == shown


def test_a_bar_leads_to_its_records(tab: Any, site: str) -> None:
    """A click on a bar opens what it counts."""
    tab.emulate_media(reduced_motion="reduce")
    tab.goto(site)
    figure = tab.locator("figure[data-chart=rows]").first
    figure.scroll_into_view_if_needed()
    bar = figure.evaluate(FIRST_BAR)
    tab.mouse.move(bar["x"], bar["y"])
    said = figure.locator(".pointed a").inner_text()
    tab.mouse.click(bar["x"], bar["y"])
    tab.wait_for_url("**/v_commitments?**")
    found = tab.locator(".found").inner_text()

    assert found.split()[0] == said.rsplit(": ", 1)[1]


def test_arrows_and_enter_do_the_same(tab: Any, site: str) -> None:
    """Along the bars by arrows, what is there is said, Enter opens it."""
    tab.goto(site)
    link = tab.locator("figure[data-chart=columns] .pointed a")
    link.focus()
    tab.keyboard.press("Home")
    first = link.inner_text()
    tab.keyboard.press("ArrowLeft")
    assert first == link.inner_text()
    tab.keyboard.press("ArrowRight")
    said = link.inner_text()
    tab.keyboard.press("Enter")
    tab.wait_for_url("**/v_commitments?**")
    found = tab.locator(".found").inner_text()

    assert first != said
    assert found.split()[0] == said.rsplit(": ", 1)[1]


def test_colours_follow_the_scheme(tab: Any, site: str) -> None:
    """Light and dark are drawn in their own colours, also when it changes."""
    tab.emulate_media(color_scheme="light", reduced_motion="reduce")
    tab.goto(site)
    canvas = tab.locator("figure[data-chart=rows] canvas").first
    canvas.scroll_into_view_if_needed()
    tab.wait_for_timeout(100)
    light = canvas.evaluate(READ_COLOUR)
    tab.emulate_media(color_scheme="dark")
    tab.wait_for_timeout(300)
    dark = canvas.evaluate(READ_COLOUR)

    assert "0,68,136" in light
    assert "77,138,253" in dark
    assert "0,68,136" not in dark


def test_lines_over_years(tab: Any, site: str) -> None:
    """A page with one indicator over bodies and years is drawn by the same script."""
    block = json.dumps(LINES, ensure_ascii=False)
    page = (
        '<!DOCTYPE html><html lang="zh"><title>甲</title>'
        '<link rel="stylesheet" href="/-/extract/browse.css">'
        '<link rel="stylesheet" href="/-/extract/pages.css">'
        '<script src="/-/extract/vendor/chart.umd.min.js" defer></script>'
        '<script src="/-/extract/charts.js" defer></script>'
        f'<figure data-chart><script type="application/json">{block}</script></figure>'
    )
    address = f"{site}/-/lines"
    html = "text/html; charset=utf-8"
    tab.route(address, lambda route: route.fulfill(body=page, content_type=html))
    tab.emulate_media(reduced_motion="reduce")
    tab.goto(address)
    link = tab.locator(".pointed a")
    link.focus()
    said = [link.inner_text()]
    for key in ("Home", "ArrowRight"):
        tab.keyboard.press(key)
        said.append(link.inner_text())
    chart = "Chart.getChart(document.querySelector('canvas'))"
    kind = tab.evaluate(f"{chart}.config.type")
    ticks = tab.evaluate(f"{chart}.scales.y.ticks.map(tick => tick.label)")
    years = tab.evaluate(f"{chart}.scales.x.ticks.map(tick => tick.label)")

    assert ["2026 · 甲市: 15处以上", "2024 · 甲市: 12处", "2025 · 乙市: 9.5处"] == said
    assert "line" == kind
    assert all(tick.endswith("处") for tick in ticks)
    assert {"2024", "2025", "2026"} <= set(years)
