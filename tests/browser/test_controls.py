"""Every control of the pages does what it says, by mouse and by keyboard."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.browser

FOLDED = "main details > summary"
PAGES = ("", "v_commitments", "by_actor?actor=学校", "plan")


@pytest.fixture
def base(site: str, database: Path) -> str:
    """Return the address of the database."""
    return f"{site}/{database.stem}"


def open_plan(tab: Any, site: str) -> None:
    """Open the first document."""
    tab.goto(site)
    tab.click("table.wide a[href*='/-/plan/']")
    tab.wait_for_selector(".blocks")


@pytest.mark.parametrize("page", PAGES)
def test_what_is_folded_opens(tab: Any, site: str, base: str, page: str) -> None:
    """Each fold is opened by a click and closed by Enter."""
    if page == "plan":
        open_plan(tab, site)
    else:
        tab.goto(f"{base}/{page}" if page else site)
    folds = tab.locator(FOLDED).filter(visible=True)
    for at in range(min(folds.count(), 8)):
        fold = folds.nth(at)
        details = fold.locator("xpath=..")
        before = details.evaluate("it => it.open")
        fold.click()
        assert before != details.evaluate("it => it.open")
        fold.focus()
        tab.keyboard.press("Enter")
        assert before == details.evaluate("it => it.open")


def test_menu_opens_and_closes(tab: Any, site: str) -> None:
    """By keyboard, and shut by a click beside it."""
    tab.goto(site)
    menu = tab.locator(".nav-menu")
    menu.locator("summary").focus()
    tab.keyboard.press("Enter")
    assert menu.evaluate("it => it.open")
    tab.mouse.click(300, 500)
    assert not menu.evaluate("it => it.open")


def test_tab_reaches_one_thing_after_another(tab: Any, base: str) -> None:
    """What has the keyboard is seen, and changes with every step."""
    tab.goto(f"{base}/v_commitments")
    seen = []
    for _ in range(25):
        tab.keyboard.press("Tab")
        seen.append(
            tab.evaluate(
                """() => {
                  const one = document.activeElement, box = one.getBoundingClientRect();
                  const line = getComputedStyle(one).outlineStyle;
                  return [one.outerHTML.slice(0, 200), box.width > 0, line !== "none"];
                }"""
            )
        )

    assert len({html for html, _, _ in seen}) > 20
    assert [] == [html for html, has_box, is_lit in seen if not (has_box and is_lit)]


@pytest.mark.parametrize("by", ["mouse", "keyboard"])
def test_search_filter_sort_and_page(tab: Any, base: str, by: str) -> None:
    """From words to rows, to fewer, in another order, and to the next page."""

    def send(selector: str) -> None:
        with tab.expect_navigation():
            if by == "mouse":
                tab.click(selector)
            else:
                tab.focus(selector)
                tab.keyboard.press("Enter")

    tab.goto(f"{base}/v_commitments?_size=5")
    send("a:has-text('Next page')")
    assert "_next=" in tab.url
    tab.fill("#_search", "学校")
    send("form.filters .search-row input[type=submit]")
    assert "_search=" in tab.url
    assert "学校" in tab.locator("table.rows-and-columns").inner_text()
    fold = tab.locator("details.filter > summary")
    if not tab.locator("details.filter[open]").count():
        fold.click()
    tab.locator("select[name=_filter_column]").select_option("kind")
    tab.locator("select[name=_filter_op]").select_option("exact")
    tab.fill("input[name=_filter_value]", "hard")
    tab.locator("select[name=_sort]").select_option("deadline_date")
    send("details.filter input[type=submit]")
    assert "kind__exact=hard" in tab.url
    assert "_sort=deadline_date" in tab.url
    assert tab.locator("details.filter[open]").count()  # stays as the reader left it


def test_facet_leads_to_its_rows(tab: Any, base: str) -> None:
    """A count of a value shows as many rows."""
    tab.goto(f"{base}/v_commitments")
    tab.click("details.facets > summary")
    first = tab.locator("#facet-kind li").first
    count = first.inner_text().split()[-1]
    first.locator("a").click()
    tab.wait_for_url("**kind=**")

    assert count == tab.locator(".found").inner_text().split()[0]


def test_column_menu_sorts(tab: Any, base: str) -> None:
    """The sign in a header opens a menu that can be read and used."""
    tab.goto(f"{base}/v_commitments?_size=5")
    tab.locator("th .dropdown-menu-icon").first.click()
    menu = tab.locator(".dropdown-menu").filter(visible=True)
    menu.get_by_text("Sort descending").click()
    tab.wait_for_url("**_sort_desc=**")


def test_question_asks_and_shows_its_sql(tab: Any, base: str) -> None:
    """What is typed is asked; the SQL behind it is one step away."""
    tab.goto(f"{base}/due_before")
    tab.fill("#qp1", "2023-06-30")
    tab.press("#qp1", "Enter")
    tab.wait_for_url("**date=2023-06-30**")
    dates = tab.locator("td.col-deadline_date").all_inner_texts()
    assert dates
    assert max(dates) <= "2023-06-30"
    tab.click(".show-hide-sql a")
    tab.wait_for_selector("#sql-query, #sql-editor, .CodeMirror", state="attached")


def test_only_doubts_and_the_way_to_a_record(tab: Any, site: str) -> None:
    """A plan's doubts are listed alone; a number leads to its record and on."""
    open_plan(tab, site)
    tab.click(".jump > summary")
    every = tab.locator(".card").filter(visible=True).count()
    tab.focus("#only-doubts")
    tab.keyboard.press("Space")
    assert 0 < tab.locator(".card.is-doubtful").count() < every
    assert 0 == tab.locator(".card:not(.is-doubtful)").filter(visible=True).count()
    tab.keyboard.press("Space")
    tab.locator(".card a[href*='/-/record/']").first.click()
    tab.wait_for_url("**/-/record/**")
    before = tab.url
    tab.focus("a[rel=next]")
    tab.keyboard.press("Enter")
    tab.wait_for_url(lambda url: url != before)
    tab.click("a[rel=prev]")
    tab.wait_for_url(before)
    tab.click("a[href*='#r-']")
    tab.wait_for_selector(".blocks")
    assert "#r-" in tab.url
